//! Small tests with known bugs, which the others shrink.

use reenact::{Sim, clock, net::UdpSocket, spawn, yield_now};
use std::{cell::Cell, io, rc::Rc, time::Duration};

/// Two tasks add one to a counter, in two turns each; others only make noise.
pub(crate) async fn lost_update(sim: Sim) {
    for _ in 0..6 {
        spawn(async {
            for _ in 0..5 {
                yield_now().await;
            }
        });
    }
    bare_lost_update(sim).await;
}

/// The same without the noise.
pub(crate) async fn bare_lost_update(_sim: Sim) {
    let counter = Rc::new(Cell::new(0));
    let add = |late: bool, counter: Rc<Cell<i32>>| async move {
        if late {
            yield_now().await;
            yield_now().await;
        }
        let read = counter.get();
        yield_now().await;
        counter.set(read + 1);
    };
    let adding = [spawn(add(false, counter.clone())), spawn(add(true, counter.clone()))];
    for task in adding {
        task.await.expect("no panic");
    }
    assert_eq!(counter.get(), 2, "an update was lost");
}

/// Three writers send a word each; the reader takes for granted who comes last.
pub(crate) async fn late_packet(sim: Sim) -> io::Result<()> {
    let socket = UdpSocket::bind("0.0.0.0:7000").await?;
    for name in ["first", "second", "third"] {
        sim.node(name).start(move || async move {
            let socket = UdpSocket::bind("0.0.0.0:0").await?;
            if name == "third" {
                clock::sleep(Duration::from_millis(5)).await;
            }
            socket.send_to(name.as_bytes(), "test:7000").await.map(drop)
        });
    }
    let mut word = [0; 8];
    let mut last = String::new();
    for _ in 0..3 {
        let n = socket.recv(&mut word).await?;
        last = String::from_utf8_lossy(&word[..n]).into_owned();
    }
    assert_eq!(last, "third");
    Ok(())
}
