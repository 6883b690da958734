//! Tasks that do nothing but take turns, and the orders in which they did.

use reenact::{Check, Shrink, Strategy, yield_now};
use std::{
    cell::RefCell,
    rc::Rc,
    sync::{Arc, Mutex},
};

/// In which order tasks took their turns, by their numbers.
pub(crate) type Order = Vec<usize>;

/// Spawns tasks of so many turns each, and tells the order in which they were taken.
async fn take_turns(turns: Vec<usize>) -> Order {
    let order = Rc::new(RefCell::new(Order::new()));
    let spawn = |(number, turns)| {
        let order = order.clone();
        reenact::spawn(async move {
            for turn in 0..turns {
                if turn > 0 {
                    yield_now().await;
                }
                order.borrow_mut().push(number);
            }
        })
    };
    let tasks: Vec<_> = turns.into_iter().enumerate().map(spawn).collect();
    for task in tasks {
        task.await.expect("it takes its turns");
    }
    order.take()
}

/// The orders in which tasks of so many turns took them, by the seeds of a sweep.
pub(crate) fn orders(strategy: Strategy, seeds: u64, turns: &[usize]) -> Vec<Order> {
    orders_of(strategy, seeds, || take_turns(turns.to_vec()))
}

/// The orders that the seeds of a sweep led to.
pub(crate) fn orders_of<Fut>(
    strategy: Strategy,
    seeds: u64,
    run: impl Fn() -> Fut + Send + Sync,
) -> Vec<Order>
where
    Fut: Future<Output = Order> + 'static,
{
    let seen = Arc::new(Mutex::new(Vec::new()));
    let check = Check::new("chains").strategy(strategy).seeds(0..seeds).determinism(0).shrink(Shrink::off());
    let report = check.report(|_sim| {
        let (seen, run) = (seen.clone(), run());
        async move {
            let order = run.await;
            seen.lock().expect("no panic").push(order);
        }
    });
    assert!(report.passed(), "{report}");
    // The sweep's own two runs are first in, first out.
    let mut seen = seen.lock().expect("no panic");
    seen.split_off(2)
}

/// The place in an order of a task's turn, both counted from 0.
pub(crate) fn place(order: &Order, task: usize, turn: usize) -> usize {
    let mut turns = order.iter().enumerate().filter(|&(_, &number)| number == task);
    turns.nth(turn).expect("every turn is taken").0
}
