//! The portfolio is a function of the seed.

use reenact::{Check, Shrink, Simulation, Strategy, Tape, yield_now};
use std::collections::BTreeMap;

#[test]
fn each_strategy_has_its_share() {
    let mut shares = BTreeMap::<String, u64>::new();
    for seed in 0..20_000 {
        *shares.entry(Strategy::Portfolio.of_seed(seed).to_string()).or_default() += 1;
    }
    let names: Vec<&str> = shares.keys().map(String::as_str).collect();
    assert_eq!(names, ["grouped", "pct 10", "pct 2", "pct 3", "pos", "random", "surw"]);
    assert!(shares.values().all(|&share| share > 700), "{shares:?}");
    assert!((4_500..5_500).contains(&shares["surw"]), "{shares:?}");
}

#[test]
fn a_run_of_it_is_the_run_of_the_strategy_it_chose() {
    for seed in 0..40 {
        let digest = |strategy| {
            let run = Simulation::new(seed).strategy(strategy).run(|_sim| async {
                let tasks: Vec<_> = (0..4).map(|_| reenact::spawn(yield_now())).collect();
                for task in tasks {
                    task.await.expect("it gives way");
                }
            });
            run.digest()
        };
        assert_eq!(digest(Strategy::Portfolio), digest(Strategy::Portfolio.of_seed(seed)));
    }
}

#[test]
fn the_tape_of_a_finding_names_the_strategy_that_found_it() {
    let check = Check::new("order").strategy(Strategy::Portfolio).shrink(Shrink::off());
    let report = check.report(super::profiles::race);
    let finding = &report.findings()[0];
    let strategy = finding.tape().header.strategy;
    assert_eq!(strategy, Strategy::Portfolio.of_seed(finding.seed));
    assert!(Tape::parse(&finding.tape().text()).expect("it reads back").header.strategy == strategy);
}
