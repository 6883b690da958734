//! A generated workload loses operations from anywhere, and the rest stays as it was.

use reenact::{Check, Outcome, Sim, Simulation, Tape, draw, tape::Kind};
use std::collections::BTreeMap;

#[derive(Clone, PartialEq, Eq, Debug)]
struct Op {
    index: usize,
    kind: &'static str,
    amount: u64,
    notes: Vec<u8>,
}

fn workload(least: usize) -> Vec<Op> {
    draw::vec(least..=50, |index| Op {
        index,
        kind: draw::pick::<&str>(&["read", "write", "scan"]),
        amount: draw::below(1_000_000),
        notes: draw::vec(0..4, |_| draw::range(1..=9)),
    })
}

fn made(tape: Tape) -> Outcome<(Vec<Op>, u64)> {
    Simulation::new(0).replay_lenient(tape).run(|_sim: Sim| async { (workload(0), draw::below(1_000_000)) })
}

/// A run with many operations, spelled out.
fn spelled() -> (Tape, Vec<Op>, u64) {
    for seed in 0.. {
        let run = Simulation::new(seed).run(|_sim| async { (workload(0), draw::below(1_000_000)) });
        let tape = run.decisions().expect("recorded").clone();
        let (ops, after) = run.unwrap();
        if ops.len() == 50 {
            return (tape, ops, after);
        }
    }
    unreachable!("one seed in fifty-one makes fifty operations")
}

#[test]
fn deleting_one_of_fifty_operations_leaves_the_others_as_they_were() {
    let (tape, ops, after) = spelled();
    let kept: Vec<_> = tape.entries().filter(|(_, _, entry)| entry.kind == Kind::Keep).collect();
    let mut lists: BTreeMap<_, usize> = BTreeMap::new();
    kept.iter().for_each(|(stream, ..)| *lists.entry(*stream).or_default() += 1);
    let (list, _) = lists.into_iter().max_by_key(|(_, n)| *n).expect("there is a list");
    for gone in 0..50 {
        let entries = tape.entries().filter(|&(stream, seq, _)| (stream, seq) != (list, gone));
        let run = made(Tape::new(tape.header, entries));
        let left: Vec<Op> = ops.iter().filter(|op| op.index != gone as usize).cloned().collect();
        assert_eq!(run.unwrap(), (left, after), "without operation {gone}");
    }
}

#[test]
fn a_list_has_at_least_what_was_asked_for() {
    let run = Simulation::new(0).replay_lenient(Tape::zero()).run(|_sim| async { workload(3) });
    let ops = run.unwrap();
    assert_eq!(ops.iter().map(|op| op.index).collect::<Vec<_>>(), [0, 1, 2]);
    assert!(ops.iter().all(|op| (op.kind, op.amount, op.notes.len()) == ("read", 0, 0)));
}

#[test]
fn only_the_operations_that_matter_are_left() {
    let report = Check::new("workload").seeds(300).report(|_sim| async {
        let ops = workload(0);
        let writes: Vec<&Op> = ops.iter().filter(|op| op.kind == "write").collect();
        let scanned = ops.iter().any(|op| op.kind == "scan" && op.amount > 1_000);
        assert!(writes.len() < 2 || !scanned, "{ops:?}");
    });
    let finding = &report.findings()[0];
    // Three operations, each kept and of a kind, and the amount of one.
    assert_eq!(finding.tape().len(), 7, "{}", finding.explanation().expect("shrunk"));
    assert!(finding.shrink_runs() < 300, "{} runs", finding.shrink_runs());
}

#[test]
fn an_element_draws_the_same_whatever_others_draw() {
    let list = |greedy: bool| {
        let run = Simulation::new(5).run(move |_sim| async move {
            draw::vec(10, |i| {
                if greedy && i == 3 {
                    assert!((0..100).map(|_| draw::below(7)).sum::<u64>() < 700);
                    drop(draw::vec(20, |_| draw::bool()));
                }
                draw::below(1_000_000)
            })
        });
        run.unwrap()
    };
    let (plain, greedy) = (list(false), list(true));
    assert_eq!(plain[..3], greedy[..3]);
    assert_eq!(plain[4..], greedy[4..]);
    assert_ne!(plain[3], greedy[3]);
}

#[test]
fn a_panic_while_an_element_is_made_leaves_the_others_their_draws() {
    let after = |panics: bool| {
        let run = Simulation::new(5).run(move |sim| async move {
            let node = sim.node("n");
            let first = node.spawn(async move {
                let caught = std::panic::catch_unwind(|| {
                    draw::vec(3, |i| assert!(!panics || i < 1, "stop"));
                });
                assert_eq!(caught.is_err(), panics);
                draw::below(1_000_000)
            });
            first.await.expect("caught inside")
        });
        run.unwrap()
    };
    assert_eq!(after(false), after(true));
}
