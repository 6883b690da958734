//! Channels and pipelines.

use crate::common::{MILLI, Notes, always, run};
use futures::{SinkExt, StreamExt, channel::mpsc};
use reenact::{Sim, clock, draw, spawn, yield_now};

/// Three stages on three nodes, with little room between them.
#[test]
fn a_pipeline_keeps_the_order() {
    always(20, |sim: Sim| async move {
        let (mut to_square, mut numbers) = mpsc::channel::<u64>(2);
        let (mut to_sum, mut squares) = mpsc::channel::<u64>(0);
        sim.node("source").spawn(async move {
            for i in 0..50 {
                to_square.send(i).await.expect("somebody squares");
            }
        });
        sim.node("square").spawn(async move {
            while let Some(i) = numbers.next().await {
                if draw::chance(1, 4) {
                    clock::sleep(MILLI).await;
                }
                to_sum.send(i * i).await.expect("somebody sums");
            }
        });
        let mut received = Vec::new();
        while let Some(square) = squares.next().await {
            received.push(square);
        }
        assert_eq!(received, (0..50).map(|i| i * i).collect::<Vec<_>>());
    });
}

#[test]
fn a_full_channel_holds_its_sender_back() {
    run(|_| async {
        let (mut sender, mut receiver) = mpsc::channel(1);
        let notes = Notes::new();
        let noted = notes.clone();
        spawn(async move {
            for i in 0..6 {
                sender.send(i).await.expect("it is open");
                noted.put(i);
            }
        });
        clock::sleep(MILLI).await;
        // One in the buffer, one for the sender itself.
        let ahead = notes.len();
        assert!(ahead <= 2, "{ahead}");
        assert_eq!(receiver.next().await, Some(0));
        clock::sleep(MILLI).await;
        assert_eq!(notes.len(), ahead + 1);
    });
}

#[test]
fn many_senders_share_a_receiver() {
    always(20, |sim: Sim| async move {
        let (sender, mut receiver) = mpsc::unbounded();
        for i in 0..5u32 {
            let sender = sender.clone();
            sim.node(format!("n{i}")).spawn(async move {
                for round in 0..4 {
                    sender.unbounded_send((i, round)).expect("it is open");
                    yield_now().await;
                }
            });
        }
        drop(sender);
        let mut heard = Vec::new();
        while let Some(said) = receiver.next().await {
            heard.push(said);
        }
        for i in 0..5 {
            let rounds: Vec<_> = heard.iter().filter(|(who, _)| *who == i).map(|(_, round)| *round).collect();
            assert_eq!(rounds, [0, 1, 2, 3]);
        }
    });
}

#[test]
fn a_channel_ends_with_its_last_sender() {
    always(20, |sim: Sim| async move {
        let (sender, mut receiver) = mpsc::unbounded::<()>();
        let node = sim.node("a");
        node.spawn(async move {
            let _sender = sender;
            std::future::pending::<()>().await;
        });
        clock::call_later(MILLI, move || node.crash());
        assert_eq!(receiver.next().await, None);
        assert_eq!(clock::now().since_start(), MILLI);
    });
}

/// An actor: it owns its state, and is spoken to.
#[test]
fn an_actor_answers_one_after_the_other() {
    enum Ask {
        Add(i64),
        Read(futures::channel::oneshot::Sender<i64>),
    }
    always(20, |sim: Sim| async move {
        let (actor, mut inbox) = mpsc::unbounded();
        sim.node("counter").spawn(async move {
            let mut count = 0;
            while let Some(ask) = inbox.next().await {
                match ask {
                    Ask::Add(n) => count += n,
                    Ask::Read(answer) => drop(answer.send(count)),
                }
            }
        });
        let adders: Vec<_> = (1..=10)
            .map(|n| {
                let actor = actor.clone();
                spawn(async move { actor.unbounded_send(Ask::Add(n)).expect("it lives") })
            })
            .collect();
        for adder in adders {
            adder.await.expect("no panic");
        }
        let (answer, count) = futures::channel::oneshot::channel();
        actor.unbounded_send(Ask::Read(answer)).expect("it lives");
        assert_eq!(count.await, Ok(55));
    });
}
