//! A task that ends its own node: its poll goes on to its next await, and can do nothing any more.

use crate::common::{MILLI, Notes, SECOND, always, run};
use futures::FutureExt;
use reenact::{Node, NodeState, Sim, clock, draw, net, spawn, trace, yield_now};
use std::future::pending;

const ENDS: [fn(&Node); 3] = [Node::stop, Node::kill, Node::crash];

#[test]
fn its_poll_goes_on_and_then_it_is_dropped() {
    for end in ENDS {
        always(10, move |sim: Sim| async move {
            let (node, notes) = (sim.node("a"), Notes::new());
            let (own, noted, held) = (node.clone(), notes.clone(), notes.at_drop("dropped"));
            let task = node.spawn(async move {
                let _held = held;
                end(&own);
                noted.put("still here");
                yield_now().await;
                noted.put("never");
            });
            clock::sleep(MILLI).await;
            assert_eq!(notes.all(), ["still here", "dropped"]);
            assert!(task.await.expect_err("its node has ended").is_cancelled());
        });
    }
}

#[test]
fn what_it_returns_is_not_its_result() {
    for end in ENDS {
        run(|sim| async move {
            let node = sim.node("a");
            let own = node.clone();
            let task = node.spawn(async move {
                end(&own);
                5
            });
            assert!(task.await.expect_err("its node had ended").is_cancelled());
        });
    }
}

#[test]
fn it_can_do_nothing_any_more() {
    for end in ENDS {
        let run = reenact::Simulation::new(1).run(|sim| async move {
            let (node, notes) = (sim.node("a"), Notes::new());
            let (own, others, noted) = (node.clone(), sim.clone(), notes.clone());
            let bystander = sim.node("b").spawn(pending::<()>());
            node.spawn(async move {
                let socket = net::UdpSocket::bind("0.0.0.0:9").await.expect("free");
                end(&own);
                // Nothing is spawned, here and elsewhere.
                assert!(spawn(async {}).is_finished());
                assert!(others.node("b").spawn(async {}).is_finished());
                assert!(own.spawn(async {}).is_finished());
                clock::call_soon(|| unreachable!("it was set by a dead node"));
                // Nothing is drawn.
                assert_eq!((draw::below(1 << 60), draw::bool(), draw::range(3..9u8)), (0, false, 3));
                // Nobody else is ended.
                bystander.abort();
                others.node("b").crash();
                drop(others.net().partition(&["test"], &["b"]));
                others.net().isolate("test").keep();
                // Nothing goes out, and nothing comes in.
                assert_eq!(socket.send_to(b"lost", "b:9").now_or_never().expect("at once").expect("lost"), 4);
                assert!(socket.recv(&mut [0; 8]).now_or_never().is_none());
                let connect = net::TcpStream::connect("b:1");
                assert!(connect.now_or_never().is_none());
                assert!(clock::sleep(std::time::Duration::ZERO).now_or_never().is_none());
                noted.put((others.node("b").state(), bystander.is_finished()));
                yield_now().await;
                unreachable!("its node has ended");
            });
            clock::sleep(SECOND).await;
            assert_eq!(notes.all(), [(NodeState::Created, false)]);
            // The network is whole: this is refused, not lost.
            let refused = net::TcpStream::connect((sim.node("b").ip(), 1)).await.expect_err("nobody listens");
            assert_eq!(refused.kind(), std::io::ErrorKind::ConnectionRefused);
        });
        assert_eq!(run.stats().packets_sent, 2, "the SYN of the last lines, and its refusal");
        run.unwrap();
    }
}

#[test]
fn it_leaves_no_marks() {
    let run = reenact::Simulation::new(1).run(|sim| async move {
        let node = sim.node("a");
        let own = node.clone();
        node.spawn(async move {
            trace::mark("before", "the crash");
            own.crash();
            trace::mark("after", "the crash");
        });
        clock::sleep(MILLI).await;
    });
    let text = run.trace().text(trace::View::per_node().level(trace::Level::User));
    assert!(text.ends_with("a\n  mark before = the crash\n  crash\n"), "{text}");
}

#[test]
fn it_may_restart_its_own_node() {
    always(10, |sim: Sim| async move {
        let (node, notes) = (sim.node("a"), Notes::new());
        let (own, noted) = (node.clone(), notes.clone());
        node.start(move || {
            let (own, noted) = (own.clone(), noted.clone());
            async move {
                noted.put((own.incarnation(), "begins"));
                clock::sleep(MILLI).await;
                if own.incarnation() < 3 {
                    own.restart();
                    noted.put((own.incarnation(), "goes on"));
                }
                pending::<()>().await;
            }
        });
        clock::sleep(SECOND).await;
        let lives = notes.all();
        let expected: Vec<_> = (0..3)
            .flat_map(|life| [(life, "begins"), (life + 1, "goes on")])
            .chain([(3, "begins")])
            .collect();
        assert_eq!(lives, expected);
        assert_eq!(node.state(), NodeState::Running);
    });
}

#[test]
fn a_main_may_stop_its_own_node() {
    run(|sim| async move {
        let node = sim.node("a");
        let own = node.clone();
        node.start(move || {
            let own = own.clone();
            async move {
                own.stop();
                pending::<()>().await;
            }
        });
        clock::sleep(MILLI).await;
        assert_eq!(node.state(), NodeState::Stopped);
    });
}

#[test]
fn two_tasks_may_end_each_other_at_one_time() {
    always(20, |sim: Sim| async move {
        let (a, b) = (sim.node("a"), sim.node("b"));
        for (own, other) in [(&a, &b), (&b, &a)] {
            let other = other.clone();
            own.spawn(async move {
                clock::sleep(MILLI).await;
                other.crash();
            });
        }
        clock::sleep(2 * MILLI).await;
        // The one that came second was dead already.
        let up = [&a, &b].iter().filter(|node| node.state() == NodeState::Created).count();
        assert_eq!(up, 1);
    });
}
