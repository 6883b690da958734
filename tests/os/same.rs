//! The same seed is the same run: in one process, on any thread, whatever ran before.

use crate::programs::{PROGRAMS, Program};
use reenact::{
    Check, FailureKind, Os, Shrink,
    trace::{Level, View},
};

/// What can be seen of runs of a program: for each seed the digest and the whole trace.
pub(crate) fn seen(program: Program, seeds: impl IntoIterator<Item = u64>) -> String {
    let Program { name, run } = program;
    let mut seen = String::new();
    for seed in seeds {
        // A run that fails is repeated, compared, and recorded in full.
        let check = Check::new(name).seeds([seed]).shrink(Shrink::off());
        let report = check.report(|sim| async move {
            run().await;
            assert_ne!(sim.seed(), seed, "to be recorded");
        });
        let findings = report.findings();
        let finding = &findings[0];
        assert!(finding.failure.message.contains("to be recorded"), "{name}: {}", finding.failure);
        let trace = finding.original().trace().text(View::timeline().level(Level::All).times(true));
        seen += &format!("{name}: {:016x}\n{trace}\n", finding.original().digest());
    }
    seen
}

#[test]
fn two_runs_of_a_seed_are_alike_and_two_seeds_are_not() {
    for &program in PROGRAMS {
        let Program { name, run } = program;
        let report = Check::new(name).seeds(20).determinism(1).report(|_sim| run());
        assert!(report.passed(), "{name}: {report}");
        assert_eq!(seen(program, [1]), seen(program, [1]), "{name}");
        assert_ne!(seen(program, [1]), seen(program, [2]), "{name}");
    }
}

#[test]
fn what_the_thread_did_before_is_of_no_account() {
    let all = || PROGRAMS.iter().map(|&program| seen(program, [5])).collect::<Vec<_>>();
    let fresh = all();
    let set: std::collections::HashSet<u8> = (0..100).collect();
    assert_eq!(set.len(), 100);
    assert_ne!(rand::random::<u64>(), fastrand::u64(..));
    assert_eq!(all(), fresh);
}

#[test]
fn eight_at_a_time_are_as_one() {
    let all = || PROGRAMS.iter().map(|&program| seen(program, 1..4)).collect::<Vec<_>>();
    let alone = all();
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(all)).collect();
        for thread in threads {
            assert_eq!(thread.join().expect("no panic"), alone);
        }
    });
}

#[test]
fn a_sweep_on_many_threads_is_as_on_one() {
    for &Program { name, run } in PROGRAMS {
        let report = Check::new(name).seeds(40).jobs(4).determinism(2).report(|_sim| run());
        assert!(report.passed(), "{name}: {report}");
    }
}

#[test]
fn without_the_overrides_the_check_finds_it() {
    for &Program { name, run } in PROGRAMS {
        let report = Check::new(name).os(Os::Off).seeds(5).report(|_sim| run());
        let findings = report.findings();
        let kind = findings.first().map(|finding| finding.failure.kind);
        assert_eq!(kind, Some(FailureKind::Nondeterminism), "{name}");
    }
}

#[test]
fn it_is_the_same_run_however_much_is_written_down() {
    use reenact::{Record, Simulation};
    for &Program { name, run } in PROGRAMS {
        let digest = |record| Simulation::new(3).record(record).run_isolated(move |_sim| run()).digest();
        let all = digest(Record::All);
        assert_eq!(
            [digest(Record::Digest), digest(Record::Tail(3)), digest(Record::All)],
            [all; 3],
            "{name}"
        );
    }
}

#[test]
fn outside_of_runs_random_is_random() {
    reenact::Simulation::new(1).run(|_sim| async { fastrand::u64(..) }).unwrap();
    let here = fastrand::u64(..);
    reenact::Simulation::new(1).run(|_sim| async { fastrand::u64(..) }).unwrap();
    assert_ne!(fastrand::u64(..), here);
}
