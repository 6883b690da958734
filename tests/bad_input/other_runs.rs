//! Handles of one run used in another say so, and panic in nobody else's face.

use reenact::{JoinSet, Simulation, clock, spawn};
use std::{
    pin::pin,
    sync::{Arc, Mutex},
    time::Duration,
};

/// Makes a value in one run and uses it in the next; returns what the second run died of, which is
/// said to be here.
fn smuggled<T: Send + 'static, F: Future + 'static>(
    make: impl FnOnce(reenact::Sim) -> T + 'static,
    use_it: impl FnOnce(T) -> F + 'static,
) -> String
where
    F::Output: 'static,
{
    let bag = Arc::new(Mutex::new(None));
    let put = bag.clone();
    Simulation::new(1).run(|sim| async move { *put.lock().expect("no panic") = Some(make(sim)) }).unwrap();
    let run = Simulation::new(2).run(move |_| async move {
        let value = bag.lock().expect("no panic").take().expect("the first run put it there");
        use_it(value).await;
    });
    let failure = run.result.expect_err("it is refused");
    let place = failure.location.expect("a place");
    assert!(place.starts_with(file!()), "{}, at {place}", failure.message);
    failure.message
}

fn names(what: &str, said: &str) {
    assert!(said.contains(&format!("this {what} belongs to another run of the simulation")), "{said}");
    assert!(said.contains("make a new one inside this run"), "{said}");
}

#[test]
fn a_join_handle_of_another_run_is_refused() {
    names("JoinHandle", &smuggled(|_| spawn(std::future::pending::<()>()), |task| task));
}

#[test]
fn a_sleep_of_another_run_is_refused() {
    names("Sleep", &smuggled(|_| clock::sleep(Duration::from_secs(1)), |sleep| sleep));
}

#[test]
fn handles_that_end_tasks_are_refused_in_another_run() {
    let endless = || spawn(std::future::pending::<()>());
    names("JoinHandle", &smuggled(move |_| endless(), |task| async move { task.abort() }));
    names("JoinHandle", &smuggled(move |_| endless(), |task| async move { _ = task.is_finished() }));
    let abort = move |_| endless().abort_handle();
    names("AbortHandle", &smuggled(abort, |task| async move { task.abort() }));
    names("AbortHandle", &smuggled(abort, |task| async move { _ = task.is_finished() }));
}

#[test]
fn a_join_set_of_another_run_is_refused() {
    let set = move |_| {
        let mut set = JoinSet::new();
        set.spawn(std::future::pending::<()>());
        set
    };
    names("JoinHandle", &smuggled(set, |mut set| async move { _ = set.join_next().await }));
    names("JoinHandle", &smuggled(set, |mut set| async move { _ = set.try_join_next() }));
    names("JoinHandle", &smuggled(set, |mut set| async move { set.abort_all() }));
}

#[test]
fn timers_of_another_run_are_refused() {
    const SECOND: Duration = Duration::from_secs(1);
    let sleep = |_| clock::sleep(SECOND);
    names("Sleep", &smuggled(sleep, |sleep| async move { _ = sleep.is_elapsed() }));
    names("Sleep", &smuggled(sleep, |sleep| async move { pin!(sleep).reset(clock::now()) }));
    let timeout = |_| clock::timeout(SECOND, std::future::pending::<()>());
    names("Timeout", &smuggled(timeout, |timeout| timeout));
    let ticks = |_| clock::interval(SECOND);
    names("Interval", &smuggled(ticks, |mut ticks| async move { ticks.tick().await }));
    names("Interval", &smuggled(ticks, |mut ticks| async move { ticks.reset() }));
    names("Interval", &smuggled(ticks, |mut ticks| async move { ticks.reset_after(SECOND) }));
    let bell = |_| clock::call_later(SECOND, || ());
    names("CallbackHandle", &smuggled(bell, |bell| async move { bell.cancel() }));
}

#[test]
fn a_node_of_another_run_is_refused() {
    names("Node", &smuggled(|sim| sim.node("db"), |node| async move { node.crash() }));
    names("Node", &smuggled(|sim| sim.node("db"), |node| async move { drop(node.spawn(async {})) }));
}

#[test]
fn a_simulation_of_another_run_is_refused() {
    names("Sim", &smuggled(|sim| sim, |sim| async move { drop(sim.node("db")) }));
    names("Sim", &smuggled(|sim| sim, |sim| async move { _ = sim.seed() }));
}

#[test]
fn dropping_a_handle_of_another_run_does_nothing() {
    let bag = Arc::new(Mutex::new(None));
    let put = bag.clone();
    Simulation::new(1)
        .run(|sim| async move {
            let sleep = clock::sleep(Duration::from_secs(1));
            *put.lock().expect("no panic") = Some((spawn(async {}), sleep, sim.node("db"), sim));
        })
        .unwrap();
    let other = bag.clone();
    Simulation::new(2).run(|_| async move { drop(other.lock().expect("no panic").take()) }).unwrap();
}
