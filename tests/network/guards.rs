//! Guards: damage to the network for as long as somebody wants it.
#![expect(clippy::disallowed_methods, reason = "a guard may be dropped on another thread")]

use crate::{
    common::{MILLI, SECOND, failure},
    wires::{kind, steadily},
};
use reenact::{FailureKind, Sim, Simulation, clock, net, net::TcpStream};
use std::{
    future::pending,
    io::ErrorKind,
    sync::{Arc, Mutex},
};

/// Whether the nodes `test` and `a` reach each other: a connect is refused, not lost.
async fn whole(sim: &Sim) -> bool {
    let connect = TcpStream::connect((sim.node("a").ip(), 1));
    match clock::timeout(SECOND / 2, connect).await {
        Ok(refused) => {
            assert_eq!(kind(refused), ErrorKind::ConnectionRefused);
            true
        }
        Err(_) => false,
    }
}

#[test]
fn they_heal_when_they_are_dropped() {
    steadily(|sim| async move {
        sim.node("a");
        let guard = sim.net().isolate("a");
        assert!(!whole(&sim).await);
        drop(guard);
        assert!(whole(&sim).await);
    });
}

#[test]
fn kept_damage_stays() {
    steadily(|sim| async move {
        sim.node("a");
        sim.net().isolate("a").keep();
        clock::sleep(3_600 * SECOND).await;
        assert!(!whole(&sim).await);
        sim.net().heal();
        assert!(whole(&sim).await);
    });
}

#[test]
fn a_link_that_is_cut_twice_is_whole_when_both_are_healed() {
    steadily(|sim| async move {
        sim.node("a");
        let first = sim.net().isolate("a");
        let second = sim.net().partition(&["a"], &["test"]);
        drop(first);
        assert!(!whole(&sim).await);
        drop(second);
        assert!(whole(&sim).await);
    });
}

#[test]
fn heal_mends_all_and_leaves_guards_nothing_to_do() {
    steadily(|sim| async move {
        sim.node("a");
        let first = sim.net().isolate("a");
        let second = sim.net().partition(&["a"], &["test"]);
        sim.net().heal();
        assert!(whole(&sim).await);
        let third = sim.net().isolate("a");
        drop((first, second));
        assert!(!whole(&sim).await, "the former guards heal nothing of the later one");
        drop(third);
        assert!(whole(&sim).await);
    });
}

#[test]
fn they_heal_however_they_are_dropped() {
    steadily(|sim| async move {
        sim.node("a");
        let holder = sim.node("holder");
        let hold = |guard: net::Guard| async move {
            let _guard = guard;
            pending::<()>().await;
        };
        // By a crash of the node of whoever holds it.
        holder.spawn(hold(sim.net().isolate("a")));
        clock::sleep(MILLI).await;
        assert!(!whole(&sim).await);
        holder.crash();
        assert!(whole(&sim).await);
        // Before the task that would hold it runs at all: its node is down.
        holder.spawn(hold(sim.net().isolate("a")));
        assert!(whole(&sim).await);
        // By an abort.
        let task = reenact::spawn(hold(sim.net().isolate("a")));
        clock::sleep(MILLI).await;
        task.abort();
        assert!(whole(&sim).await);
        // By a panic.
        sim.node("test").on_panic(reenact::OnPanic::Catch);
        let guard = sim.net().isolate("a");
        let panics = reenact::spawn(async move {
            let _guard = guard;
            panic!("with the guard in hand");
        });
        assert!(panics.await.map(|(): ()| ()).is_err());
        assert!(whole(&sim).await);
        // By a callback.
        let guard = sim.net().isolate("a");
        clock::call_later(SECOND, move || drop(guard));
        assert!(!whole(&sim).await);
        clock::sleep(SECOND).await;
        assert!(whole(&sim).await);
    });
}

#[test]
fn after_their_run_they_do_nothing() {
    let bag = Arc::new(Mutex::new(None));
    let put = bag.clone();
    steadily(|sim| async move {
        sim.node("a");
        *put.lock().expect("no panic") = Some(sim.net().isolate("a"));
    });
    let kept = bag.lock().expect("no panic").take();
    // In another run, with damage of the same number.
    steadily(|sim| async move {
        sim.node("a");
        let guard = sim.net().isolate("a");
        drop(kept);
        assert!(!whole(&sim).await);
        drop(guard);
    });
}

#[test]
fn after_their_run_they_may_be_dropped_anywhere() {
    let bag = Arc::new(Mutex::new(Vec::new()));
    let put = bag.clone();
    steadily(|sim| async move {
        sim.node("a");
        *put.lock().expect("no panic") = vec![sim.net().isolate("a"), sim.net().isolate("a")];
    });
    let mut kept = bag.lock().expect("no panic").split_off(0);
    let sent = kept.pop();
    std::thread::spawn(move || drop(sent)).join().expect("no panic");
    drop(kept);
}

#[test]
fn a_name_that_no_node_has_is_refused() {
    let calls: [fn(&Sim); 3] = [
        |sim| drop(sim.net().partition(&["test"], &["nobody"])),
        |sim| drop(sim.net().partition(&["nobody"], &["test"])),
        |sim| drop(sim.net().isolate("nobody")),
    ];
    for call in calls {
        let failure = failure(move |sim| async move { call(&sim) });
        assert_eq!(failure.kind, FailureKind::Panic);
        assert!(
            failure.message.contains("no node has the name `nobody`: make it with `Sim::node`"),
            "{failure}"
        );
    }
}

#[test]
fn groups_may_be_empty_and_names_of_any_kind() {
    Simulation::new(1)
        .run(|sim| async move {
            sim.node("a");
            let none: [&str; 0] = [];
            drop(sim.net().partition(&none, &["a"]));
            drop(sim.net().partition(&[String::from("a")], &["test"]));
            drop(sim.net().isolate(String::from("a")));
            assert!(whole(&sim).await);
        })
        .unwrap();
}
