//! The same seed again: at once, after other runs, and beside other runs.
#![expect(clippy::disallowed_methods, reason = "runs on other threads are compared")]

use crate::{
    interpreter::{self, Log},
    program::Program,
};
use reenact::{
    Outcome, Simulation, clock, spawn,
    trace::{Level, View},
    yield_now,
};
use std::collections::BTreeSet;

/// How many programs are looked at.
const PROGRAMS: u64 = 150;

/// A program's run from a seed.
pub(crate) fn run(number: u64, seed: u64) -> Outcome<Log> {
    let program = Program::draw(number);
    interpreter::run(&program, interpreter::simulation(&program, seed))
}

/// All that can be seen of a run.
pub(crate) fn seen(run: &Outcome<Log>) -> String {
    let text = run.trace().text(View::timeline().level(Level::All).times(true));
    // Not the backtrace, which `RUST_BACKTRACE` may ask for: it tells of the caller too.
    let result = run.result.as_ref().map_err(ToString::to_string);
    format!("{:016x} {:?} {result:?}\n{text}", run.digest(), run.stats())
}

#[test]
fn twice_is_the_same() {
    for number in 0..PROGRAMS {
        let (first, second) = (run(number, 1), run(number, 1));
        assert!(first.trace() == second.trace());
        assert_eq!(seen(&first), seen(&second));
        assert_eq!(first.decisions(), second.decisions());
        assert_eq!(first.tape(), second.tape());
    }
}

#[test]
fn after_other_runs_it_is_the_same() {
    for number in 0..PROGRAMS {
        let alone = std::thread::spawn(move || seen(&run(number, 2))).join().expect("no panic");
        // Runs of every size, and some that fail, have left their traces on this thread.
        assert_eq!(seen(&run(number, 2)), alone);
        let failed = Simulation::new(number).run(|_| async {
            yield_now().await;
            panic!("as it should");
        });
        assert!(failed.result.map(|(): ()| ()).is_err());
    }
}

#[test]
fn beside_other_runs_it_is_the_same() {
    let all = |first: u64| {
        (0..PROGRAMS).map(|number| seen(&run((number + first) % PROGRAMS, 3))).collect::<Vec<_>>()
    };
    let threads: Vec<_> =
        (0..4).map(|thread| std::thread::spawn(move || all(thread * PROGRAMS / 4))).collect();
    let alone = all(0);
    for (thread, runs) in threads.into_iter().enumerate() {
        let mut runs = runs.join().expect("no panic");
        runs.rotate_right(thread * PROGRAMS as usize / 4);
        assert!(runs == alone, "thread {thread}");
    }
}

#[test]
fn another_seed_is_another_run() {
    let mut same = 0;
    for number in 0..PROGRAMS {
        let digests: BTreeSet<u64> = (0..10).map(|seed| run(number, seed).digest()).collect();
        same += u32::from(digests.len() < 8);
    }
    // In a few programs there is little to decide.
    assert!(same < PROGRAMS as u32 / 10, "{same} programs");
}

/// The closure that makes the test's future acts inside the run, before any task.
#[test]
fn what_happens_before_the_first_task_is_part_of_the_run() {
    let simulate = |simulation: Simulation| {
        simulation.run(|sim| {
            let drawn = reenact::draw::below(1_000);
            let tasks = [sim.node("a").spawn(yield_now()), spawn(yield_now()), spawn(yield_now())];
            clock::call_soon(|| drop(spawn(yield_now())));
            async move {
                for task in tasks {
                    task.await.expect("no panic");
                }
                drawn
            }
        })
    };
    for seed in 0..20 {
        let first = simulate(Simulation::new(seed));
        let decisions = first.decisions().expect("everything was recorded").clone();
        let again = simulate(Simulation::new(!seed).replay(decisions).expect(first.trace().clone()));
        assert_eq!((&again.result, again.digest()), (&first.result, first.digest()));
    }
}

/// Neither files, lines and names of functions nor what people wrote into the trace are part of it.
#[test]
fn where_a_program_is_written_makes_no_difference() {
    macro_rules! written_here {
        ($($mark:expr)?) => {
            Simulation::new(5).run(|sim| async move {
                let task = sim.node("a").spawn(async {
                    yield_now().await;
                    $(reenact::trace::mark("mark", $mark);)?
                    spawn(clock::sleep(std::time::Duration::from_secs(1))).await
                });
                task.await.expect("no panic").expect("no panic");
            })
        };
    }
    let one = written_here!();
    // Elsewhere in the file, and with a word for people.
    let other = written_here!("marked");
    assert_eq!((one.digest(), one.stats()), (other.digest(), other.stats()));
    assert_eq!(one.decisions().map(reenact::Tape::len), other.decisions().map(reenact::Tape::len));
}
