//! Who runs next: the strategy decides, and nothing but the order depends on it.

use crate::common::Notes;
use reenact::{Outcome, Simulation, Strategy, clock, spawn, yield_now};
use std::{collections::BTreeSet, time::Duration};

/// Five tasks that take turns: who came when, and what they made together.
fn turns(simulation: Simulation) -> Outcome<(Vec<u8>, u64)> {
    simulation.run(|_| async {
        let notes = Notes::new();
        let tasks: Vec<_> = (0..5u8)
            .map(|i| {
                let notes = notes.clone();
                spawn(async move {
                    for _ in 0..3 {
                        notes.put(i);
                        yield_now().await;
                    }
                    u64::from(i)
                })
            })
            .collect();
        let mut sum = 0;
        for task in tasks {
            sum += task.await.expect("no panic");
        }
        (notes.all(), sum)
    })
}

#[test]
fn fifo_takes_turns() {
    for seed in 0..5 {
        let (order, _) = turns(Simulation::new(seed).strategy(Strategy::Fifo)).unwrap();
        assert_eq!(order, [0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4]);
    }
}

#[test]
fn random_does_not_and_every_seed_has_its_own_order() {
    let orders: BTreeSet<_> = (0..50).map(|seed| turns(Simulation::new(seed)).unwrap().0).collect();
    assert!(orders.len() > 45, "{} orders from 50 seeds", orders.len());
}

#[test]
fn the_strategy_moves_nothing_but_the_order() {
    for seed in 0..50 {
        for strategy in [Strategy::Fifo, Strategy::Random] {
            let run = turns(Simulation::new(seed).strategy(strategy));
            assert_eq!((run.stats().tasks, run.stats().virtual_time), (6, Duration::ZERO));
            assert_eq!(run.unwrap().1, 10);
        }
    }
}

/// Each of the orders in which three tasks can begin is taken, each about as often.
#[test]
fn random_takes_every_order() {
    let mut counts = std::collections::BTreeMap::<Vec<u8>, u32>::new();
    for seed in 0..1_200 {
        let run = Simulation::new(seed).run(|_| async {
            let notes = Notes::new();
            for i in 0..3 {
                let notes = notes.clone();
                drop(spawn(async move { notes.put(i) }));
            }
            clock::sleep(Duration::from_secs(1)).await;
            notes.all()
        });
        *counts.entry(run.unwrap()).or_default() += 1;
    }
    assert_eq!(counts.len(), 6, "{counts:?}");
    // 200 each; six standard deviations are 77.
    assert!(counts.values().all(|count| (123..=277).contains(count)), "{counts:?}");
}

#[test]
fn a_task_runs_until_it_waits() {
    for seed in 0..20 {
        let run = Simulation::new(seed).run(|_| async {
            let notes = Notes::new();
            for i in 0..10 {
                let notes = notes.clone();
                drop(spawn(async move {
                    notes.put((i, "begins"));
                    let inner = async { notes.put((i, "goes on")) };
                    inner.await;
                    std::future::ready(()).await;
                    notes.put((i, "waits"));
                    yield_now().await;
                }));
            }
            clock::sleep(Duration::from_secs(1)).await;
            notes.all()
        });
        for of_one in run.unwrap().chunks(3) {
            let i = of_one[0].0;
            assert_eq!(of_one, [(i, "begins"), (i, "goes on"), (i, "waits")]);
        }
    }
}

#[test]
fn a_spawned_task_does_not_run_before_its_maker_waits() {
    for seed in 0..20 {
        Simulation::new(seed)
            .run(|_| async {
                let notes = Notes::new();
                let noted = notes.clone();
                let task = spawn(async move { noted.put("task") });
                notes.put("maker");
                task.await.expect("no panic");
                assert_eq!(notes.all(), ["maker", "task"]);
            })
            .unwrap();
    }
}
