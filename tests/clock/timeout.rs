//! Time-outs: an end for any future.

use crate::common::{MILLI, Notes, SECOND, always, run};
use futures::channel::oneshot;
use reenact::{clock, spawn};
use std::{future::pending, io, pin::pin, time::Duration};

#[test]
fn what_is_ready_in_time_is_returned() {
    always(10, |_| async {
        assert_eq!(clock::timeout(MILLI, async { 7 }).await, Ok(7));
        assert_eq!(clock::timeout(MILLI, clock::sleep(MILLI / 2)).await, Ok(()));
        assert!(clock::timeout(MILLI, clock::sleep(2 * MILLI)).await.is_err());
    });
}

#[test]
fn what_is_ready_at_the_last_moment_is_in_time() {
    always(20, |_| async {
        assert_eq!(clock::timeout(MILLI, clock::sleep(MILLI)).await, Ok(()));
        assert_eq!(clock::timeout(Duration::ZERO, async { 7 }).await, Ok(7));
        assert_eq!(clock::timeout_at(clock::Instant::ZERO, async { 7 }).await, Ok(7));
    });
}

/// The inner future is looked at first, also when the time was long over.
#[test]
fn what_is_ready_before_it_is_looked_at_is_never_lost() {
    always(20, |_| async {
        let (sender, receiver) = oneshot::channel();
        let mut timeout = pin!(clock::timeout(MILLI, receiver));
        assert!(futures::poll!(timeout.as_mut()).is_pending());
        sender.send(5).expect("somebody waits");
        clock::sleep(SECOND).await;
        assert_eq!(timeout.await, Ok(Ok(5)));
    });
}

#[test]
fn it_ends_at_its_time() {
    run(|_| async {
        assert!(clock::timeout(3 * MILLI, pending::<()>()).await.is_err());
        assert_eq!(clock::now().since_start(), 3 * MILLI);
        assert!(clock::timeout_at(clock::Instant::ZERO + 5 * MILLI, pending::<()>()).await.is_err());
        assert_eq!(clock::now().since_start(), 5 * MILLI);
        assert!(clock::timeout_at(clock::Instant::ZERO, pending::<()>()).await.is_err());
        assert_eq!(clock::now().since_start(), 5 * MILLI);
    });
}

#[test]
fn the_shorter_of_two_strikes() {
    run(|_| async {
        let inner = clock::timeout(MILLI, pending::<()>());
        assert!(clock::timeout(2 * MILLI, inner).await.expect("the inner struck").is_err());
        let inner = clock::timeout(2 * MILLI, pending::<()>());
        assert!(clock::timeout(MILLI, inner).await.is_err());
    });
}

#[test]
fn what_it_cuts_short_is_dropped_with_it() {
    run(|_| async {
        let notes = Notes::new();
        let held = notes.at_drop("dropped");
        let cut = clock::timeout(MILLI, async move {
            let _held = held;
            pending::<()>().await;
        });
        assert!(cut.await.is_err());
        assert_eq!(notes.all(), ["dropped"]);
    });
}

#[test]
fn a_future_behind_a_reference_goes_on_afterwards() {
    run(|_| async {
        let mut task = spawn(async {
            clock::sleep(5 * MILLI).await;
            9
        });
        assert!(clock::timeout(MILLI, &mut task).await.is_err());
        assert_eq!(task.await.expect("no panic"), 9);
    });
}

#[test]
fn an_elapsed_time_says_so_and_is_an_io_error() {
    run(|_| async {
        let elapsed = clock::timeout(MILLI, pending::<()>()).await.expect_err("it struck");
        assert_eq!(elapsed.to_string(), "deadline has elapsed");
        assert_eq!(io::Error::from(elapsed).kind(), io::ErrorKind::TimedOut);
    });
}

#[test]
fn its_future_can_be_taken_back() {
    run(|_| async {
        let mut timeout = clock::timeout(MILLI, clock::sleep(2 * MILLI));
        assert_eq!(timeout.get_ref().deadline().since_start(), 2 * MILLI);
        timeout.get_mut();
        timeout.into_inner().await;
        assert_eq!(clock::now().since_start(), 2 * MILLI);
    });
}
