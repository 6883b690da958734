//! Functions of a run called where there is none, and runs called where there is one.

use super::{panic_of, place_of};
use reenact::{
    Check, FailureKind, JoinSet, Sim, Simulation,
    clock::{self, Instant},
    draw, spawn, task, trace,
};
use std::{pin::pin, time::Duration};

#[track_caller]
fn poll_once(future: impl Future) -> bool {
    pin!(future).poll(&mut std::task::Context::from_waker(std::task::Waker::noop())).is_ready()
}

#[test]
fn outside_of_a_run_each_function_names_itself_and_says_what_to_do() {
    const SECOND: Duration = Duration::from_secs(1);
    let calls: &[(&str, fn())] = &[
        ("clock::now", || _ = clock::now()),
        ("clock::system_time", || _ = clock::system_time()),
        ("clock::sleep", || drop(clock::sleep(Duration::ZERO))),
        ("clock::sleep_until", || drop(clock::sleep_until(Instant::ZERO))),
        ("clock::timeout", || drop(clock::timeout(SECOND, async {}))),
        ("clock::timeout_at", || drop(clock::timeout_at(Instant::ZERO, async {}))),
        ("clock::interval", || drop(clock::interval(SECOND))),
        ("clock::interval_at", || drop(clock::interval_at(Instant::ZERO, SECOND))),
        ("clock::call_soon", || _ = clock::call_soon(|| ())),
        ("clock::call_later", || _ = clock::call_later(SECOND, || ())),
        ("clock::call_at", || _ = clock::call_at(Instant::ZERO, || ())),
        ("Instant::now", || _ = Instant::now()),
        ("Instant::elapsed", || _ = Instant::ZERO.elapsed()),
        ("spawn", || drop(spawn(async {}))),
        ("task::Builder::spawn", || drop(task::Builder::new().spawn(async {}))),
        ("JoinSet::spawn", || _ = JoinSet::new().spawn(async {})),
        ("task::touch", || task::touch(1)),
        ("task::cancellable", || drop(task::cancellable(async {}))),
        ("task::current", || _ = task::current()),
        ("yield_now", || _ = poll_once(reenact::yield_now())),
        ("draw::below", || _ = draw::below(2)),
        ("draw::range", || _ = draw::range(0..2)),
        ("draw::range", || _ = draw::range(0..=u128::MAX)),
        ("draw::bool", || _ = draw::bool()),
        ("draw::chance", || _ = draw::chance(1, 2)),
        ("draw::pick", || _ = draw::pick(&[1, 2])),
        ("draw::weighted", || _ = draw::weighted(&[(1, 'a'), (1, 'b')])),
        ("draw::shuffle", || draw::shuffle::<u8>(&mut [])),
        ("draw::vec", || _ = draw::vec(0, |i| i)),
        ("rng", || _ = reenact::rng()),
        ("Sim::current", || _ = Sim::current()),
        ("trace::mark", || trace::mark("a", 1)),
    ];
    for (name, call) in calls {
        let (said, file) = place_of(call);
        assert!(said.contains(&format!("`{name}` was called outside a simulation")), "{name}: {said}");
        assert!(said.contains("`Check::run` or a function with `#[reenact::test]`"), "{said}");
        assert_eq!(file, file!(), "{name}: the caller's line");
    }
}

#[test]
fn a_run_inside_a_run_is_refused() {
    let says = |run: reenact::Outcome<()>, what: &str| {
        let failure = run.result.expect_err("refused");
        assert_eq!(failure.kind, FailureKind::Panic);
        assert!(failure.message.contains(what), "{failure}");
        assert!(failure.location.as_deref().is_some_and(|place| place.starts_with(file!())), "{failure}");
    };
    let run = Simulation::new(1).run(|_| async {
        Simulation::new(2).run(|_| async {}).unwrap();
    });
    says(run, "a simulation was started inside another one");
    for jobs in [1, 2] {
        let run = Simulation::new(1).run(move |_| async move {
            Check::new("inner").seeds(1).jobs(jobs).report(|_| async {});
        });
        says(run, "`Check::report` was called inside a simulation");
    }
    let run = Simulation::new(1).run(|_| async { Check::new("inner").seeds(1).run(|_| async {}) });
    says(run, "`Check::run` was called inside a simulation");
}

#[test]
fn a_refused_run_leaves_the_thread_as_it_was() {
    let run = Simulation::new(1).run(|_| async {
        let inner = std::panic::catch_unwind(|| Simulation::new(2).run(|_| async {}).unwrap());
        assert!(inner.is_err());
        clock::sleep(Duration::from_secs(1)).await;
        clock::now().since_start()
    });
    assert_eq!(run.unwrap(), Duration::from_secs(1));
    assert!(panic_of(clock::now).contains("outside a simulation"));
}
