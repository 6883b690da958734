//! The same seed is the same run: in one process, on any thread, whatever ran before.

use crate::programs::{PROGRAMS, Program};
use reenact::{
    Check, Os,
    trace::{Level, View},
};
use std::sync::Mutex;

/// What can be seen of the runs of a sweep: for each its seed and its whole trace.
pub(crate) fn seen(program: Program, seeds: std::ops::Range<u64>) -> String {
    let (name, run) = program;
    let seen = Mutex::new(String::new());
    for seed in seeds {
        // A run that fails is recorded in full.
        let report = Check::new(name).seeds([seed]).determinism(1).shrink(reenact::Shrink::off()).report(
            |sim| async move {
                run().await;
                assert_ne!(sim.seed(), seed, "to be recorded");
            },
        );
        let finding = &report.findings()[0];
        assert!(finding.failure.message.contains("to be recorded"), "{name}: {}", finding.failure);
        let trace = finding.original().trace().text(View::timeline().level(Level::All).times(true));
        let digest = finding.original().digest();
        seen.lock().expect("no panic").push_str(&format!("{name} {seed}: {digest:016x}\n{trace}\n"));
    }
    seen.into_inner().expect("no panic")
}

#[test]
fn two_runs_of_a_seed_are_alike_and_two_seeds_are_not() {
    for program in PROGRAMS {
        let (name, run) = program;
        let report = Check::new(name).seeds(20).determinism(1).report(|_sim| run());
        assert!(report.passed(), "{name}: {report}");
        assert_eq!(seen(program, 1..3), seen(program, 1..3), "{name}");
        assert_ne!(seen(program, 1..2).replace(" 1:", ""), seen(program, 2..3).replace(" 2:", ""), "{name}");
    }
}

#[test]
fn what_the_thread_did_before_is_of_no_account() {
    let fresh = seen(PROGRAMS[0], 5..6);
    let set: std::collections::HashSet<u8> = (0..100).collect();
    assert_eq!(set.len(), 100);
    assert_eq!(seen(PROGRAMS[0], 5..6), fresh);
}

#[test]
fn without_the_overrides_the_check_finds_it() {
    for (name, run) in PROGRAMS {
        let report = Check::new(name).os(Os::Off).seeds(5).report(|_sim| run());
        assert!(!report.passed(), "{name}");
    }
}
