//! `select!`: the first of several branches, and which one where several are ready.

use crate::common::{MILLI, Notes, run};
use futures::{StreamExt, channel::mpsc};
use reenact::{Simulation, Tape, clock, spawn};
use std::{collections::BTreeMap, future::pending};

/// How often each of two ready branches wins over so many seeds.
fn winners(seeds: u64) -> BTreeMap<&'static str, u32> {
    let mut winners = BTreeMap::new();
    for seed in 0..seeds {
        let run = Simulation::new(seed).run(|_| async {
            reenact::select! {
                () = async {} => "first",
                () = async {} => "second",
            }
        });
        *winners.entry(run.unwrap()).or_default() += 1;
    }
    winners
}

#[test]
fn each_ready_branch_wins_on_some_seed() {
    let winners = winners(400);
    // 200 each; six standard deviations are 60.
    assert!(winners.len() == 2 && winners.values().all(|wins| (140..=260).contains(wins)), "{winners:?}");
}

#[test]
fn on_the_tape_of_zeroes_the_first_in_the_source_wins() {
    let run = Simulation::new(1).replay(Tape::zero()).run(|_| async {
        for _ in 0..20 {
            let won = reenact::select! {
                () = async {} => 1,
                () = async {} => 2,
                () = async {} => 3,
            };
            assert_eq!(won, 1);
        }
    });
    run.unwrap();
}

#[test]
fn biased_is_always_the_first_in_the_source() {
    for seed in 0..20 {
        let run = Simulation::new(seed).run(|_| async {
            reenact::select! {
                biased;
                () = async {} => 1,
                () = async {} => 2,
            }
        });
        assert_eq!(run.unwrap(), 1);
    }
}

#[test]
fn a_branch_that_is_ready_first_wins_whatever_the_seed() {
    for seed in 0..20 {
        let run = Simulation::new(seed).run(|_| async {
            reenact::select! {
                () = clock::sleep(2 * MILLI) => "slow",
                () = clock::sleep(MILLI) => "fast",
                () = pending() => "never",
            }
        });
        assert_eq!(run.unwrap(), "fast");
    }
}

#[test]
fn a_condition_takes_a_branch_out() {
    for seed in 0..20 {
        let run = Simulation::new(seed).run(|_| async {
            let mut order = Vec::new();
            let (mut one, mut other) = (true, true);
            while one || other {
                reenact::select! {
                    () = async {}, if one => {
                        one = false;
                        order.push("one");
                    }
                    () = async {}, if other => {
                        other = false;
                        order.push("other");
                    }
                }
            }
            order.sort();
            order
        });
        assert_eq!(run.unwrap(), ["one", "other"]);
    }
}

#[test]
fn else_runs_when_no_branch_is_left() {
    run(|_| async {
        let (sender, mut receiver) = mpsc::unbounded();
        for i in 0..3 {
            sender.unbounded_send(i).expect("it is open");
        }
        drop(sender);
        let mut sum = 0;
        loop {
            reenact::select! {
                Some(i) = receiver.next() => sum += i,
                else => break,
            }
        }
        assert_eq!(sum, 3);
        let nothing = reenact::select! {
            () = async {}, if false => "never",
            else => "else",
        };
        assert_eq!(nothing, "else");
    });
}

#[test]
fn a_pattern_that_does_not_match_takes_its_branch_out() {
    for seed in 0..20 {
        let run = Simulation::new(seed).run(|_| async {
            reenact::select! {
                Some(found) = async { None::<u32> } => found,
                found = async { 7 } => found,
            }
        });
        assert_eq!(run.unwrap(), 7);
    }
}

#[test]
fn the_losers_are_dropped() {
    run(|_| async {
        let notes = Notes::new();
        let held = notes.at_drop("dropped");
        let won = reenact::select! {
            () = async {
                let _held = held;
                pending::<()>().await
            } => "pending",
            () = clock::sleep(MILLI) => "sleep",
        };
        assert_eq!((won, notes.all()), ("sleep", vec!["dropped"]));
    });
}

#[test]
fn a_future_behind_a_reference_goes_on_in_the_next_round() {
    run(|_| async {
        let mut task = spawn(async {
            clock::sleep(5 * MILLI).await;
            42
        });
        let mut ticks = clock::interval(2 * MILLI);
        let mut ticked = 0;
        let answer = loop {
            reenact::select! {
                answer = &mut task => break answer.expect("no panic"),
                _ = ticks.tick() => ticked += 1,
            }
        };
        assert_eq!((answer, ticked), (42, 3));
    });
}

/// Two full channels: neither is starved, and what each says stays in its order.
#[test]
fn channels_take_turns_as_the_seed_says() {
    let mut mixtures = std::collections::BTreeSet::new();
    for seed in 0..50 {
        let run = Simulation::new(seed).run(|_| async {
            let (to_a, mut a) = mpsc::unbounded();
            let (to_b, mut b) = mpsc::unbounded();
            for i in 0..10 {
                to_a.unbounded_send(("a", i)).expect("it is open");
                to_b.unbounded_send(("b", i)).expect("it is open");
            }
            drop((to_a, to_b));
            let mut heard = Vec::new();
            loop {
                reenact::select! {
                    Some(said) = a.next() => heard.push(said),
                    Some(said) = b.next() => heard.push(said),
                    else => break heard,
                }
            }
        });
        let heard = run.unwrap();
        for name in ["a", "b"] {
            let own: Vec<u32> = heard.iter().filter(|(who, _)| *who == name).map(|(_, i)| *i).collect();
            assert_eq!(own, (0..10).collect::<Vec<_>>());
        }
        mixtures.insert(heard);
    }
    assert!(mixtures.len() > 45, "{} mixtures from 50 seeds", mixtures.len());
}
