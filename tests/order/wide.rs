//! Many tasks at once, where almost every wake is overtaken.

use reenact::{Outcome, Simulation, spawn, yield_now};

/// So many tasks, each polled so many times; returns who came when.
fn crowd(simulation: Simulation, tasks: u32, polls: u32) -> Outcome<Vec<u32>> {
    simulation.run(move |_| async move {
        let order = std::rc::Rc::new(std::cell::RefCell::new(Vec::new()));
        let tasks: Vec<_> = (0..tasks)
            .map(|task| {
                let order = order.clone();
                spawn(async move {
                    for _ in 1..polls {
                        order.borrow_mut().push(task);
                        yield_now().await;
                    }
                    order.borrow_mut().push(task);
                })
            })
            .collect();
        for task in tasks {
            task.await.expect("no panic");
        }
        order.take()
    })
}

#[test]
fn the_order_of_a_crowd_is_repeated() {
    let first = crowd(Simulation::new(1), 300, 50);
    let decisions = first.decisions().expect("everything was recorded").clone();
    assert!(decisions.len() > 10_000, "{} of 15,000 wakes were overtaken", decisions.len());
    for tape in [decisions, first.tape().clone()] {
        let again = crowd(Simulation::new(2).replay(tape).expect(first.trace().clone()), 300, 50);
        assert_eq!((again.digest(), again.stats()), (first.digest(), first.stats()));
        assert_eq!(again.decisions(), first.decisions());
        assert!(again.result == first.result, "{:?}", again.result.err());
    }
}

#[test]
fn nothing_decided_is_first_in_first_out() {
    let run = crowd(Simulation::new(1).replay(reenact::Tape::zero()), 300, 50);
    let turns: Vec<u32> = (0..50).flat_map(|_| 0..300).collect();
    assert!(run.decisions().expect("everything was recorded").is_empty());
    assert_eq!(run.unwrap(), turns);
}
