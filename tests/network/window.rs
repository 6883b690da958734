//! Flow control: a writer may be so far ahead of the reader, and no further.

use crate::{
    common::SECOND,
    wires::{pair, steady},
};
use futures::{AsyncReadExt, AsyncWriteExt, FutureExt, poll};
use reenact::{Sim, Simulation, clock};
use std::pin::pin;

fn with_window<F: Future<Output = ()> + 'static>(window: u32, main: impl FnOnce(Sim) -> F) {
    Simulation::new(1).net(steady().window(window)).run(main).unwrap();
}

#[test]
fn a_writer_waits_at_exactly_the_window() {
    for window in [1u32, 2, 3, 1_000] {
        with_window(window, move |sim| async move {
            let (mut client, _server) = pair(&sim).await;
            let (all, window) = (vec![0; 2 * window as usize], window as usize);
            assert_eq!(
                client.write(&all[..window - 1]).now_or_never().map(Result::unwrap),
                (window > 1).then_some(window - 1).or(Some(0))
            );
            assert_eq!(client.write(&all).now_or_never().map(Result::unwrap), Some(1));
            assert!(client.write(&all).now_or_never().is_none());
            clock::sleep(SECOND).await;
            assert!(client.write(&all).now_or_never().is_none(), "nobody reads");
        });
    }
}

#[test]
fn the_default_window_is_256_kib() {
    Simulation::new(1)
        .run(|sim| async move {
            let (mut client, _server) = pair(&sim).await;
            let all = vec![0; 1 << 20];
            assert_eq!(client.write(&all).await.expect("written"), 256 << 10);
            assert!(client.write(&all).now_or_never().is_none());
        })
        .unwrap();
}

#[test]
fn it_opens_when_half_of_it_has_been_read() {
    with_window(1_000, |sim| async move {
        let (mut client, mut server) = pair(&sim).await;
        client.write_all(&[0; 1_000]).await.expect("written");
        clock::sleep(SECOND).await;
        server.read_exact(&mut [0; 499]).await.expect("read");
        clock::sleep(SECOND).await;
        assert!(client.write(&[0]).now_or_never().is_none());
        server.read_exact(&mut [0; 1]).await.expect("read");
        clock::sleep(SECOND).await;
        assert_eq!(client.write(&[0; 1_000]).now_or_never().map(Result::unwrap), Some(500));
    });
}

#[test]
fn a_waiting_writer_is_woken_when_it_opens() {
    with_window(10, |sim| async move {
        let (mut client, mut server) = pair(&sim).await;
        let mut write = pin!(client.write_all(&[7; 100]));
        assert!(poll!(write.as_mut()).is_pending());
        let reads = sim.node("server").spawn(async move {
            let mut all = [0; 100];
            server.read_exact(&mut all).await.map(|()| all)
        });
        write.await.expect("written");
        assert_eq!(reads.await.expect("no panic").expect("read"), [7; 100]);
    });
}

/// Each direction has a window of its own.
#[test]
fn a_full_window_does_not_stop_the_other_direction() {
    with_window(10, |sim| async move {
        let (mut client, mut server) = pair(&sim).await;
        client.write_all(&[1; 10]).await.expect("written");
        assert!(client.write(&[1]).now_or_never().is_none());
        for _ in 0..5 {
            server.write_all(&[2; 10]).await.expect("written");
            client.read_exact(&mut [0; 10]).await.expect("read");
        }
        assert!(client.write(&[1]).now_or_never().is_none());
    });
}

#[test]
fn a_writer_in_front_of_a_closed_window_hears_that_the_reader_is_gone() {
    // With bytes unread it is reset; so it is when it writes to one that has read all and gone.
    with_window(10, |sim| async move {
        let (mut client, server) = pair(&sim).await;
        let mut write = pin!(client.write_all(&[7; 100]));
        assert!(poll!(write.as_mut()).is_pending());
        clock::sleep(SECOND).await;
        drop(server);
        assert_eq!(write.await.expect_err("reset").kind(), std::io::ErrorKind::ConnectionReset);
    });
}

#[test]
#[should_panic(expected = "a window of 0 bytes lets nothing through")]
fn a_window_of_nothing_is_refused() {
    drop(steady().window(0));
}
