//! What the destructors of a dead node do reaches nothing and nobody.

use crate::common::{MILLI, Notes, SECOND, at_drop, run};
use futures::FutureExt;
use reenact::{Node, NodeState, Simulation, clock, draw, net, spawn, yield_now};
use std::{cell::RefCell, future::pending, rc::Rc};

/// Ends a node in every way while a task of it holds something that acts when it is dropped.
fn at_each_end(act: impl Fn(&Node) + Clone + 'static) {
    let ends: [fn(&Node); 4] = [Node::stop, Node::kill, Node::crash, Node::restart];
    for end in ends {
        let act = act.clone();
        let run = Simulation::new(1).run(|sim| async move {
            let acted = Notes::new();
            let (node, noted) = (sim.node("a"), acted.clone());
            node.start(pending::<()>);
            let own = node.clone();
            let last = at_drop(move || {
                act(&own);
                noted.put("acted");
            });
            node.spawn(async move {
                let _last = last;
                pending::<()>().await;
            });
            clock::sleep(MILLI).await;
            let (state, life) = (node.state(), node.incarnation());
            assert_eq!((state, life), (NodeState::Running, 0));
            end(&node);
            assert_eq!(acted.all(), ["acted"]);
            clock::sleep(SECOND).await;
        });
        run.unwrap();
    }
}

#[test]
fn nothing_is_spawned() {
    at_each_end(|node| {
        let never = || async { unreachable!("it was spawned by a dead node") };
        assert!(spawn(never()).is_finished());
        assert!(node.spawn(never()).is_finished());
        reenact::task::Builder::new().name("late").spawn(never());
        clock::call_soon(|| unreachable!("it was set by a dead node"));
    });
}

#[test]
fn every_draw_is_zero() {
    at_each_end(|_| {
        assert_eq!(draw::below(1 << 60), 0);
        assert!(!draw::bool() && !draw::chance(1, 2));
        assert_eq!(*draw::pick(&[7, 8, 9]), 7);
        assert_eq!(draw::range(-5..5), 0);
        assert_eq!(draw::vec(2..9usize, |i| i), [0, 1]);
        let mut list = [1, 2, 3];
        draw::shuffle(&mut list);
        assert_eq!(list, [1, 2, 3]);
    });
}

#[test]
fn draws_of_zero_move_no_other_draw() {
    let later = |dying: bool| {
        run(move |sim| async move {
            let node = sim.node("a");
            let last = at_drop(move || assert!(!dying || draw::below(100) == 0));
            node.spawn(async move {
                let _last = last;
                draw::below(100);
                pending::<()>().await;
            });
            clock::sleep(MILLI).await;
            node.crash();
            (0..10).map(|_| draw::below(1 << 60)).collect::<Vec<_>>()
        })
    };
    assert_eq!(later(true), later(false));
}

#[test]
fn no_node_is_ended_or_started() {
    let end: fn(&Node) = |own| {
        let sim = reenact::Sim::current();
        let (victim, fresh) = (sim.node("victim"), sim.node("fresh"));
        victim.crash();
        fresh.start(|| async { unreachable!("it was started by a dead node") });
        let before = (own.state(), own.incarnation());
        own.restart();
        assert_eq!((own.state(), own.incarnation()), before, "a dead node starts nothing, not even itself");
        assert_eq!((victim.state(), fresh.state()), (NodeState::Created, NodeState::Created));
    };
    at_each_end(end);
}

#[test]
fn no_task_is_aborted() {
    run(|sim| async move {
        let task = Rc::new(RefCell::new(Some(spawn(clock::sleep(10 * MILLI)))));
        let (node, aborts) = (sim.node("a"), task.clone());
        let last = at_drop(move || aborts.borrow().as_ref().expect("it is there").abort());
        node.spawn(async move {
            let _last = last;
            pending::<()>().await;
        });
        clock::sleep(MILLI).await;
        node.crash();
        let task = task.take().expect("it is there");
        task.await.expect("it was not aborted");
    });
}

#[test]
fn nothing_reaches_the_wire() {
    let run = Simulation::new(1).run(|sim| async move {
        let receiver = sim.node("b").spawn(async {
            let socket = net::UdpSocket::bind("0.0.0.0:9").await.expect("free");
            clock::timeout(SECOND, socket.recv(&mut [0; 8])).await.is_err()
        });
        let node = sim.node("a");
        node.spawn(async {
            let socket = net::UdpSocket::bind("0.0.0.0:0").await.expect("free");
            let _last = at_drop(move || {
                assert_eq!(
                    socket.send_to(b"late", "b:9").now_or_never().expect("at once").expect("no error"),
                    4
                );
                assert!(net::TcpStream::connect("b:9").now_or_never().is_none());
                assert!(net::UdpSocket::bind("0.0.0.0:0").now_or_never().expect("at once").is_err());
            });
            pending::<()>().await;
        });
        clock::sleep(MILLI).await;
        node.crash();
        assert!(receiver.await.expect("no panic"), "nothing came");
    });
    assert_eq!(run.stats().packets_sent, 0);
    run.unwrap();
}

/// Memory is not a wire: what tasks share beside the simulation is theirs.
#[test]
fn wakes_and_channels_of_the_program_work() {
    run(|sim| async move {
        let (sender, receiver) = futures::channel::oneshot::channel();
        let node = sim.node("a");
        let last = at_drop(move || sender.send("bye").expect("somebody waits"));
        node.spawn(async move {
            let _last = last;
            pending::<()>().await;
        });
        clock::call_later(MILLI, move || node.crash());
        assert_eq!(receiver.await, Ok("bye"));
    });
}

#[test]
fn at_the_end_of_the_run_all_are_dead() {
    let notes = Notes::new();
    let noted = notes.clone();
    let run = Simulation::new(1).run(|sim| async move {
        for name in ["test", "a"] {
            let noted = noted.clone();
            let last = at_drop(move || {
                assert_eq!(draw::below(1 << 60), 0);
                assert!(spawn(async { unreachable!("the run has ended") }).is_finished());
                clock::call_soon(|| unreachable!("the run has ended"));
                noted.put((name, clock::now().since_start()));
            });
            sim.node(name).spawn(async move {
                let _last = last;
                pending::<()>().await;
            });
        }
        clock::sleep(MILLI).await;
    });
    assert_eq!(notes.all(), [("test", MILLI), ("a", MILLI)]);
    run.unwrap();
}

/// A task of another node that is dropped because its owner died is not dead itself.
#[test]
fn an_abort_from_a_living_node_lets_destructors_act() {
    run(|sim| async move {
        let notes = Notes::new();
        let (node, noted) = (sim.node("a"), notes.clone());
        let last = at_drop(move || {
            drop(spawn(async move {
                yield_now().await;
                noted.put("spawned");
            }))
        });
        let task = node.spawn(async move {
            let _last = last;
            pending::<()>().await;
        });
        clock::sleep(MILLI).await;
        task.abort();
        clock::sleep(MILLI).await;
        assert_eq!(notes.all(), ["spawned"]);
    });
}
