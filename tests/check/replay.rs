//! A finding repeats.

use reenact::{Check, FailureKind, Sim, Simulation, Tape, clock, draw, spawn};
use std::time::Duration;

async fn race(sim: Sim) {
    let winner = std::sync::Arc::new(std::sync::Mutex::new(Vec::new()));
    for i in 0..4 {
        let winner = winner.clone();
        sim.node(format!("n{i}")).spawn(async move {
            clock::sleep(Duration::from_millis(draw::below(3))).await;
            winner.lock().expect("no panic").push(i);
        });
    }
    clock::sleep(Duration::from_secs(1)).await;
    let order = winner.lock().expect("no panic").clone();
    assert_ne!(order[..2], [3, 2], "{order:?}");
}

#[test]
fn the_token_of_a_finding_repeats_its_run_strictly() {
    let report = Check::new("race").seeds(1_000).report(race);
    let finding = &report.findings()[0];
    let tape = Tape::parse(&finding.token()).expect("a token");
    assert_eq!(&tape, finding.tape());
    let run = Simulation::new(0).replay(tape).run(race);
    assert_eq!(run.digest(), finding.shrunk().digest());
    assert!(run.trace().lines().eq(finding.shrunk().trace().lines()));
    assert_eq!(run.result, finding.shrunk().result);
    assert_eq!(run.result.expect_err("it fails again").kind, FailureKind::Panic);
}

#[test]
fn a_seed_repeats_its_run_wherever_it_stands() {
    let report = Check::new("race").seeds(1_000).report(race);
    let finding = &report.findings()[0];
    let alone = Check::new("race").seeds([finding.seed]).report(race);
    assert_eq!(alone.findings()[0].original().digest(), finding.original().digest());
    let run = Simulation::new(finding.seed).run(race);
    assert_eq!(run.digest(), finding.original().digest());
}

#[test]
fn the_runs_of_the_sweep_itself_have_tokens_too() {
    for (test, index) in [("zero", 0), ("fifo", 1)] {
        let fails = move |_| async move {
            let die = draw::below(1_000_000);
            spawn(async {}).await.expect("no panic");
            assert!((die == 0) == (index == 1), "{die}");
        };
        let report = Check::new(test).seeds(1).report(fails);
        assert_eq!(report.first_failure(), Some(index));
        let finding = &report.findings()[0];
        let run = Simulation::new(0).replay(Tape::parse(&finding.token()).expect("a token")).run(fails);
        assert_eq!(run.digest(), finding.shrunk().digest());
        assert_eq!(run.result, finding.shrunk().result);
    }
}

#[test]
fn the_token_names_its_test() {
    let header = |name: &str| {
        let report = Check::new(name).seeds(1).report(|_| async { panic!("always") });
        report.findings()[0].tape().header
    };
    assert_eq!(header("a").test, header("a").test);
    assert_ne!(header("a").test, header("b").test);
    assert_eq!(header("a").steps, 1);
}
