//! Coroutines: functions that wait in their middle.

use crate::common::{MILLI, Notes, always, run};
use futures::future::LocalBoxFuture;
use reenact::{clock, spawn, yield_now};
use std::{
    pin::Pin,
    task::{Context, Poll},
};

async fn brew(minutes: u32) -> String {
    clock::sleep(minutes * 60_000 * MILLI).await;
    format!("tea of {minutes} minutes")
}

#[test]
fn a_coroutine_does_nothing_until_it_is_awaited() {
    run(|_| async {
        let notes = Notes::new();
        let noted = notes.clone();
        let coroutine = async move { noted.put("ran") };
        clock::sleep(MILLI).await;
        assert_eq!(notes.len(), 0);
        coroutine.await;
        assert_eq!(notes.all(), ["ran"]);
    });
}

#[test]
fn awaiting_one_after_the_other_takes_the_sum_of_their_times() {
    run(|_| async {
        assert_eq!(brew(3).await, "tea of 3 minutes");
        assert_eq!(brew(4).await, "tea of 4 minutes");
        assert_eq!(clock::now().since_start().as_secs(), 7 * 60);
    });
}

#[test]
fn tasks_wait_at_the_same_time() {
    run(|_| async {
        let (three, four) = (spawn(brew(3)), spawn(brew(4)));
        assert_eq!(three.await.expect("no panic"), "tea of 3 minutes");
        assert_eq!(four.await.expect("no panic"), "tea of 4 minutes");
        assert_eq!(clock::now().since_start().as_secs(), 4 * 60);
    });
}

#[test]
fn a_coroutine_keeps_its_variables_while_others_run() {
    always(20, |_| async {
        let count = async |from: u32| {
            let mut sum = 0;
            for i in from..from + 10 {
                sum += i;
                yield_now().await;
            }
            sum
        };
        let (one, other) = (spawn(count(0)), spawn(count(100)));
        assert_eq!((one.await.expect("no panic"), other.await.expect("no panic")), (45, 1_045));
    });
}

#[test]
fn a_coroutine_may_call_itself() {
    fn fibonacci(n: u64) -> LocalBoxFuture<'static, u64> {
        Box::pin(async move {
            if n < 2 {
                return n;
            }
            yield_now().await;
            fibonacci(n - 1).await + fibonacci(n - 2).await
        })
    }
    assert_eq!(run(|_| fibonacci(15)), 610);
}

#[test]
fn a_future_may_be_written_by_hand() {
    struct Countdown(u32);
    impl Future for Countdown {
        type Output = &'static str;
        fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<&'static str> {
            match self.0 {
                0 => Poll::Ready("lift off"),
                _ => {
                    self.0 -= 1;
                    cx.waker().wake_by_ref();
                    Poll::Pending
                }
            }
        }
    }
    always(5, |_| async {
        assert_eq!(Countdown(10).await, "lift off");
        assert_eq!(spawn(Countdown(3)).await.expect("no panic"), "lift off");
    });
}

#[test]
fn errors_go_up_with_a_question_mark() {
    async fn parse(text: &str) -> Result<u32, std::num::ParseIntError> {
        yield_now().await;
        Ok(text.parse::<u32>()? + 1)
    }
    run(|_| async {
        assert_eq!(parse("41").await, Ok(42));
        assert!(parse("many").await.is_err());
    });
}
