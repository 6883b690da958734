//! Functions of a run called where there is none, and runs called where there is one.

use super::panic_of;
use reenact::{Check, FailureKind, Sim, Simulation, clock, draw, spawn, trace};
use std::time::Duration;

#[test]
fn outside_of_a_run_each_function_names_itself_and_says_what_to_do() {
    let calls: [(&str, fn()); 7] = [
        ("clock::now", || _ = clock::now()),
        ("clock::sleep", || drop(clock::sleep(Duration::ZERO))),
        ("clock::call_soon", || _ = clock::call_soon(|| ())),
        ("spawn", || drop(spawn(async {}))),
        ("below", || _ = draw::below(2)),
        ("Sim::current", || _ = Sim::current()),
        ("mark", || trace::mark("a", 1)),
    ];
    for (name, call) in calls {
        let said = panic_of(call);
        assert!(said.contains(&format!("{name}` was called outside a simulation")), "{name}: {said}");
        assert!(said.contains("`Check::run` or a function with `#[reenact::test]`"), "{said}");
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
