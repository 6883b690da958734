//! Each kind of fault does something, and that is counted.

use crate::{common::SECOND, workload::greeters};
use reenact::{Check, Effect, FaultKind, Faults, Outcome, Record, Simulation, clock};

fn run(seed: u64, faults: Faults, seconds: u32) -> Outcome<()> {
    let simulation = Simulation::new(seed).faults(faults).record(Record::Digest);
    simulation.run(move |sim| async move {
        greeters(&sim, 5);
        clock::sleep(seconds * SECOND).await;
    })
}

#[test]
fn every_kind_has_an_effect_alone_and_its_counters_are_in_order() {
    for kind in FaultKind::ALL {
        // Data are lost when a node comes back, and only who is down is not reached.
        let needs_crashes = matches!(kind, FaultKind::DataLoss | FaultKind::Unreachable);
        let with = if needs_crashes { vec![kind, FaultKind::Crash] } else { vec![kind] };
        let mut sum = Effect::default();
        // Each is on in about half of the runs.
        for seed in 0..40 {
            if seed > 8 && sum.effective > 0 {
                break;
            }
            let run = run(seed, Faults::only(with.iter().copied()), 20);
            let effects = run.stats().faults.clone();
            run.unwrap();
            assert!(effects.iter().all(|(seen, _)| with.contains(&seen)), "{kind}: {effects:?}");
            let Some(Effect { scheduled, applied, effective }) = effects.get(kind) else { continue };
            assert!(scheduled >= applied && applied >= effective, "{kind}: {effects:?}");
            (sum.scheduled, sum.applied) = (sum.scheduled + scheduled, sum.applied + applied);
            sum.effective += effective;
        }
        assert!(sum.effective > 0, "{kind}: {sum:?}");
    }
}

#[test]
fn a_kind_is_on_in_about_half_of_the_runs() {
    for kind in [FaultKind::Pause, FaultKind::Buggify] {
        let is_on = |seed: &u64| run(*seed, Faults::only([kind]), 1).stats().faults.get(kind).is_some();
        let count = (0..60).filter(is_on).count();
        assert!((18..42).contains(&count), "{kind}: on in {count} of 60");
    }
}

#[test]
fn a_kind_that_never_had_an_effect_is_named_with_what_may_be_the_reason() {
    let check = Check::new("in vain").seeds(30).faults(Faults::only([FaultKind::Crash, FaultKind::Close]));
    let report = check.report(|sim| async move {
        sim.node("n1").start(std::future::pending::<()>);
        clock::sleep(60 * SECOND).await;
    });
    let vacuous = report.vacuous();
    assert_eq!(vacuous.len(), 2, "{vacuous:?}");
    assert!(vacuous[0].starts_with("crash faults: on in "), "{vacuous:?}");
    assert!(vacuous[0].contains("none was possible or within `Faults::tolerate`"), "{vacuous:?}");
    assert!(vacuous[1].starts_with("close faults: on in "), "{vacuous:?}");
    assert!(report.to_string().contains(&vacuous[0]), "{report}");
}

#[test]
fn what_faults_came_to_is_added_up_over_a_sweep_for_any_number_of_jobs() {
    let report = |jobs| {
        let check = Check::new("added up").seeds(10).jobs(jobs).faults(Faults::swarm());
        check.report(|sim| async move {
            greeters(&sim, 3);
            clock::sleep(20 * SECOND).await;
        })
    };
    let (one, many) = (report(1), report(3));
    assert!(one.passed(), "{one}");
    assert_eq!(one.faults(), many.faults());
    assert!(one.effect(FaultKind::Crash).unwrap().effective > 0);
}

#[test]
fn without_a_plan_nothing_is_counted_and_nothing_costs_a_decision() {
    let stats = |faults| run(1, faults, 20).stats().clone();
    let none = stats(Faults::none());
    assert!(none.faults.is_empty());
    let without = Simulation::new(1).run(|sim| async move {
        greeters(&sim, 5);
        clock::sleep(20 * SECOND).await;
    });
    assert_eq!((&none, run(1, Faults::none(), 20).digest()), (without.stats(), without.digest()));
}

#[test]
fn every_kind_is_described() {
    let text = include_str!("../../docs/world.md");
    for kind in FaultKind::ALL {
        let row = text.lines().find(|line| line.starts_with("| `") && line.contains(&format!("`{kind:?}`")));
        assert!(row.is_some(), "{kind:?} has a row in docs/world.md");
    }
}
