//! Random sets of sleeps against what a list of them says.

use crate::common::{MICRO, Notes};
use proptest::prelude::{Just, ProptestConfig, Strategy, any, prop, prop_assert_eq, prop_oneof, proptest};
use reenact::{Simulation, clock, spawn};
use std::{cell::RefCell, pin::Pin, rc::Rc, time::Duration};

/// A sleep of a program, in microseconds since the beginning.
#[derive(Clone, Debug)]
struct Planned {
    /// When it is first asked to end.
    until: u64,
    /// What happens to it, and when, if it has not ended by then.
    change: Change,
    /// Whether it is waited for through a combinator, with a waker that is not the task's.
    foreign: bool,
}

#[derive(Clone, Copy, Debug)]
enum Change {
    None,
    Drop(u64),
    Reset(u64, u64),
}

impl Planned {
    /// When it ends, if it does.
    fn end(&self) -> Option<u64> {
        match self.change {
            Change::Drop(at) if at < self.until => None,
            // Reset to a time that has passed, it ends at once.
            Change::Reset(at, until) if at < self.until => Some(until.max(at)),
            _ => Some(self.until),
        }
    }
}

/// Few different times, so that many things are due together, and many, so that they are not.
fn time() -> impl Strategy<Value = u64> {
    prop_oneof![(0..6u64).prop_map(|i| i * 700), 0..5_000u64, 0..3_000_000u64]
}

fn planned() -> impl Strategy<Value = Planned> {
    // What changes a sleep runs before it could end at that time: odd times do not meet even ones.
    let change = prop_oneof![
        2 => Just(Change::None),
        1 => time().prop_map(|at| Change::Drop(at * 2 + 1)),
        1 => (time(), time()).prop_map(|(at, until)| Change::Reset(at * 2 + 1, until * 2)),
    ];
    (time(), change, any::<bool>()).prop_map(|(until, change, foreign)| Planned {
        until: until * 2,
        change,
        foreign,
    })
}

fn micros(micros: u64) -> clock::Instant {
    clock::Instant::ZERO + Duration::from_micros(micros)
}

/// Carries a plan out: when which sleep ended, in the order in which they did.
fn carry_out(seed: u64, plan: Vec<Planned>) -> Vec<(u64, usize)> {
    let run = Simulation::new(seed).run(|_| async move {
        let notes = Notes::new();
        for (i, one) in plan.into_iter().enumerate() {
            let sleep: Pin<Box<clock::Sleep>> = Box::pin(clock::sleep_until(micros(one.until)));
            let (sleep, noted) = (Rc::new(RefCell::new(sleep)), notes.clone());
            let waits = sleep.clone();
            let wait = std::future::poll_fn(move |cx| waits.borrow_mut().as_mut().poll(cx));
            let task = spawn(async move {
                if one.foreign {
                    futures::future::join_all([wait]).await;
                } else {
                    wait.await;
                }
                noted.put(((clock::now().since_start().as_nanos() / 1_000) as u64, i));
            });
            match one.change {
                Change::None => drop(task),
                Change::Drop(at) => drop(clock::call_at(micros(at), move || task.abort())),
                Change::Reset(at, until) => drop(clock::call_at(micros(at), move || {
                    // Like this it would begin anew.
                    if !task.is_finished() {
                        sleep.borrow_mut().as_mut().reset(micros(until));
                    }
                })),
            }
        }
        clock::sleep(15_000_000 * MICRO).await;
        notes.all()
    });
    run.unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) })]

    #[test]
    fn sleeps_end_at_their_time_and_in_the_order_of_their_times(
        seed: u64,
        plan in prop::collection::vec(planned(), 0..80),
    ) {
        let mut expected: Vec<(u64, usize)> =
            plan.iter().enumerate().filter_map(|(i, one)| Some((one.end()?, i))).collect();
        expected.sort();
        let mut ended = carry_out(seed, plan);
        let times: Vec<u64> = ended.iter().map(|(at, _)| *at).collect();
        prop_assert_eq!(&times, &expected.iter().map(|(at, _)| *at).collect::<Vec<_>>());
        // Those of one time end in any order.
        ended.sort();
        prop_assert_eq!(ended, expected);
    }
}
