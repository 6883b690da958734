//! A panic in a destructor fails the run and says that it was one, wherever it happens, and
//! whatever a node was told of panics. The other destructors run all the same.

use crate::common::{AtDrop, MILLI, Notes, at_drop, failure};
use reenact::{FailureKind, OnPanic, Sim, clock, spawn};
use std::future::pending;

fn bomb() -> AtDrop {
    at_drop(|| panic!("in a destructor"))
}

/// As [`bomb`], for where a value must be `Send`.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("in a destructor");
    }
}

async fn hold<T>(held: T) {
    let _held = held;
    pending::<()>().await;
}

/// Asserts what a run that drops a bomb somewhere says.
#[track_caller]
fn says<F>(what: &str, main: impl FnOnce(Sim) -> F)
where
    F: Future + 'static,
    F::Output: 'static,
{
    let failure = failure(main);
    assert_eq!(failure.kind, FailureKind::Panic);
    assert_eq!(failure.message, format!("{what} panicked while it was dropped: in a destructor"));
    assert!(failure.location.as_deref().is_some_and(|place| place.starts_with(file!())), "{failure}");
}

#[test]
fn of_an_aborted_task() {
    says("a cancelled task", |_| async {
        let task = spawn(hold(bomb()));
        clock::sleep(MILLI).await;
        task.abort();
        clock::sleep(MILLI).await;
    });
}

#[test]
fn of_a_task_on_a_node_that_crashes() {
    for policy in [OnPanic::Fail, OnPanic::Catch, OnPanic::Crash, OnPanic::Restart] {
        says("a cancelled task", move |sim| async move {
            let node = sim.node("db");
            node.on_panic(policy);
            node.spawn(hold(bomb()));
            clock::sleep(MILLI).await;
            node.crash();
            clock::sleep(MILLI).await;
        });
    }
}

#[test]
fn of_what_a_caught_panic_carried() {
    const WHAT: &str = "the payload of a panic";
    let thrown = || std::panic::panic_any(Bomb);
    says(WHAT, move |sim| async move {
        sim.node("db").on_panic(OnPanic::Catch).spawn(async move { thrown() });
        clock::sleep(MILLI).await;
    });
    says(WHAT, move |sim| async move {
        let kept = sim.node("db").on_panic(OnPanic::Catch).spawn(async move { thrown() });
        clock::sleep(MILLI).await;
        drop(kept);
        pending::<()>().await;
    });
    says(WHAT, move |sim| async move {
        sim.node("db").on_panic(OnPanic::Catch).spawn(async move { clock::call_soon(thrown) });
        clock::sleep(MILLI).await;
    });
    says(WHAT, move |sim| async move {
        sim.node("db").on_panic(OnPanic::Crash).spawn(async move { thrown() });
        clock::sleep(MILLI).await;
    });
}

#[test]
fn of_a_task_at_the_end_of_the_run() {
    says("a cancelled task", |_| async {
        spawn(hold(bomb()));
        clock::sleep(MILLI).await;
    });
}

#[test]
fn of_a_result_that_nobody_asks_for() {
    says("the result of a task", |_| async {
        let task = spawn(async { bomb() });
        clock::sleep(MILLI).await;
        drop(task);
        clock::sleep(MILLI).await;
    });
    says("the result of a task", |_| async {
        drop(spawn(async { bomb() }));
        clock::sleep(MILLI).await;
    });
}

#[test]
fn of_a_callback_that_never_runs() {
    says("a cancelled callback", |_| async {
        let bomb = bomb();
        clock::call_later(MILLI, move || drop(bomb)).cancel();
        clock::sleep(MILLI).await;
    });
    says("a callback that never ran", |_| async {
        let bomb = bomb();
        clock::call_later(MILLI, move || drop(bomb));
    });
}

#[test]
fn of_a_task_that_could_not_be_spawned() {
    says("a task that could not be spawned", |sim| async move {
        sim.node("db").crash();
        sim.node("db").spawn(hold(bomb()));
        clock::sleep(MILLI).await;
    });
}

#[test]
fn of_what_makes_a_main() {
    says("the main of a node", |sim| async move {
        let bomb = bomb();
        sim.node("db").start(move || {
            let _bomb = &bomb;
            pending::<()>()
        });
    });
}

#[test]
fn the_other_destructors_run_all_the_same() {
    let notes = Notes::new();
    let noted = notes.clone();
    says("a cancelled task", |sim| async move {
        let node = sim.node("db");
        for (i, name) in ["first", "second", "third"].into_iter().enumerate() {
            let held = (i == 1).then(bomb);
            node.spawn(hold((noted.at_drop(name), held)));
        }
        spawn(hold(noted.at_drop("elsewhere")));
        clock::sleep(MILLI).await;
        node.crash();
        clock::sleep(MILLI).await;
    });
    assert_eq!(notes.all(), ["first", "second", "third", "elsewhere"]);
}

#[test]
fn the_failure_of_the_run_is_the_first_one() {
    let failure = failure(|_| async {
        spawn(hold(bomb()));
        clock::sleep(MILLI).await;
        panic!("the first");
    });
    assert_eq!(failure.message, "the first");
}
