//! Timers that fire late.

use crate::common::SECOND;
use reenact::{Check, FaultKind, Faults, Outcome, Simulation, clock};
use std::time::Duration;

const NAP: Duration = Duration::from_millis(10);

/// By how much the naps of a node were too long, and those of the test itself.
fn naps(seed: u64, faults: Faults) -> Outcome<(Vec<Duration>, Vec<Duration>)> {
    async fn thirty() -> Vec<Duration> {
        let mut late = Vec::new();
        for _ in 0..30 {
            let due = clock::now() + NAP;
            clock::sleep(NAP).await;
            late.push(clock::now() - due);
        }
        late
    }
    Simulation::new(seed).faults(faults).run(|sim| async move {
        let node = sim.node("worker").spawn(thirty());
        (node.await.expect("no panic"), thirty().await)
    })
}

#[test]
fn naps_of_nodes_are_too_long_by_up_to_a_hundred_milliseconds_and_never_too_short() {
    let (mut late, mut runs) = (0, 0);
    for seed in 0..20 {
        let run = naps(seed, Faults::only([FaultKind::Timer]));
        let counted = run.stats().faults.get(FaultKind::Timer);
        let (node, test) = run.unwrap();
        let longest = node.iter().max().expect("thirty");
        assert!(*longest <= Duration::from_millis(100), "{longest:?}");
        assert!(test.iter().all(Duration::is_zero), "nothing happens to node `test`");
        let too_long = node.iter().filter(|late| !late.is_zero()).count() as u64;
        assert_eq!(counted.map_or(0, |effect| effect.effective), too_long);
        (late, runs) = (late + too_long, runs + u64::from(counted.is_some()));
    }
    assert!(late > 20 && (5..20).contains(&runs), "{late} late, on in {runs} runs of 20");
    let (node, _) = naps(1, Faults::only([FaultKind::Crash])).unwrap();
    assert!(node.iter().all(Duration::is_zero));
}

#[test]
fn one_late_timer_is_left_of_a_run_that_fails_by_it_and_is_told() {
    let check = Check::new("a lease of five seconds").seeds(200).faults(Faults::only([FaultKind::Timer]));
    let report = check.report(|sim| async move {
        let renews = async {
            for _ in 0..5 {
                let last = clock::now();
                clock::sleep(SECOND).await;
                assert!(clock::now() - last < SECOND + Duration::from_millis(60), "the lease has run out");
            }
        };
        sim.node("holder").spawn(renews).await.expect("no panic");
    });
    let finding = &report.findings()[0];
    assert_eq!(finding.failure.message, "the lease has run out");
    let left: Vec<_> = finding.tape().entries().map(|(_, _, entry)| entry.value).collect();
    assert_eq!(left, [60], "the least lateness that does it");
    let told = finding.explanation().expect("it was shrunk").to_string();
    assert!(told.contains("fires late by 60 ms"), "{told}");
}
