//! Calls that a run has no part in are noticed, carried out, and told of.

use crate::process;
use reenact::{Check, FailureKind, Os, Sim, Simulation, clock};
use std::{
    sync::{LazyLock, mpsc},
    thread,
    time::Duration,
};

const SHORT: Duration = Duration::from_millis(1);

async fn sleeps(sim: Sim) {
    sim.node("db").spawn(async {
        clock::sleep(Duration::from_secs(1)).await;
        thread::sleep(SHORT);
        clock::sleep(Duration::from_secs(1)).await;
    });
    clock::sleep(Duration::from_secs(60)).await;
}

async fn starts_a_thread(_sim: Sim) {
    thread::spawn(|| ()).join().expect("no panic");
}

fn failure<F: Future<Output = ()> + 'static>(main: fn(Sim) -> F) -> reenact::Failure {
    let failure = Simulation::new(1).os(Os::Fail).run(main).result.expect_err("it fails");
    assert_eq!(failure.kind, FailureKind::Nondeterminism);
    failure
}

#[test]
fn a_sleep_fails_the_run_at_its_task_and_says_what_to_do() {
    let failure = failure(sleeps);
    assert_eq!((failure.node.as_deref(), failure.task.as_deref()), (Some("db"), Some("#0")));
    assert_eq!(failure.at.since_start(), Duration::from_secs(1));
    for part in ["tests/os/escapes.rs:", "slept for 1ms", "reenact::clock::sleep"] {
        assert!(failure.message.contains(part), "{part} in {}", failure.message);
    }
}

#[test]
fn a_thread_fails_the_run_even_in_the_last_poll() {
    let failure = failure(starts_a_thread);
    assert_eq!((failure.node.as_deref(), failure.task.as_deref()), (Some("test"), Some("main")));
    assert!(failure.message.contains("started a thread"), "{}", failure.message);
}

#[test]
fn a_wait_that_ends_by_itself_is_noticed() {
    let failure = failure(|_sim| async { thread::park_timeout(SHORT) });
    assert!(failure.message.contains("clock::timeout"), "{}", failure.message);
}

#[test]
fn a_copy_of_the_process_fails_the_run_and_says_what_to_do() {
    use std::os::unix::{fs::MetadataExt as _, process::CommandExt as _};
    let own = std::fs::metadata(std::env::current_exe().expect("this program")).expect("it is a file");
    // To change the user, even to the same one, the standard library has to copy the process.
    let user = std::fs::metadata("/proc/self").map_or(own.uid(), |process| process.uid());
    let main = async move |_sim: Sim| {
        let child = std::process::Command::new("true").uid(user).status().expect("it is started");
        assert!(child.success());
    };
    let failure = Simulation::new(1).os(Os::Fail).run(main).result.expect_err("it fails");
    assert_eq!(failure.kind, FailureKind::Nondeterminism);
    assert!(failure.message.contains("copied the process (`fork`)"), "{}", failure.message);
    assert!(failure.message.contains("before the run or after it"), "{}", failure.message);
}

#[test]
fn a_library_that_keeps_a_thread_is_told_of_when_it_begins_one() {
    static POOL: LazyLock<mpsc::Sender<u32>> = LazyLock::new(|| {
        let (tell, told) = mpsc::channel();
        thread::spawn(move || told.into_iter().sum::<u32>());
        tell
    });
    let work = |_sim: Sim| async { POOL.send(1).expect("it is listening") };
    let failure = Simulation::new(1).os(Os::Fail).run(work).result.expect_err("it fails");
    assert!(failure.message.contains("started a thread"), "{}", failure.message);
    assert!(failure.message.contains("start the thread before the run"), "{}", failure.message);
    // There it was begun before the run, and nothing of it is seen.
    Simulation::new(1).os(Os::Fail).run(work).unwrap();
}

#[test]
fn a_callback_is_named_by_its_node() {
    let failure = failure(|sim| async move {
        sim.node("db").spawn(async { clock::call_soon(|| thread::sleep(SHORT)) });
        clock::sleep(SHORT).await;
    });
    assert_eq!((failure.node.as_deref(), failure.task), (Some("db"), None));
}

#[test]
fn unless_they_are_to_fail_they_do_not() {
    for os in [Os::Off, Os::Allow] {
        Simulation::new(1).os(os).run(sleeps).unwrap();
        Simulation::new(1).os(os).run(starts_a_thread).unwrap();
    }
}

#[test]
fn a_finding_tells_of_it_as_one_run_does() {
    let report = Check::new("sleeps").os(Os::Fail).seeds(3).report(sleeps);
    let findings = report.findings();
    let finding = &findings[0];
    assert_eq!(finding.failure.kind, FailureKind::Nondeterminism);
    assert!(finding.failure.message.contains("slept for 1ms"), "{}", finding.failure);
}

#[reenact::test(seeds = 10)]
async fn child_sleeps(sim: Sim) {
    if process::is_child() {
        sleeps(sim).await;
    }
}

#[test]
fn a_warning_is_printed_once_for_a_test_though_it_passes() {
    let child = process::run("escapes::child_sleeps", &[]);
    assert!(child.passed, "{child:?}");
    assert_eq!(child.err.matches("left the simulation: it slept for 1ms").count(), 1, "{child:?}");
    assert!(child.err.contains("in os::escapes::child_sleeps, the task of node db"), "{child:?}");
    let child = process::run("escapes::child_sleeps", &[("REENACT_OS", "allow")]);
    assert!(child.passed && !child.err.contains("left the simulation"), "{child:?}");
}

#[test]
fn the_variable_makes_a_failure_of_it() {
    let child = process::run("escapes::child_sleeps", &[("REENACT_OS", "fail")]);
    assert!(!child.passed && child.err.contains("left the simulation: it slept for 1ms"), "{child:?}");
}
