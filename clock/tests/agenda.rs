//! The agenda against a model that is plainly right: one ordered map.
//!
//! Every test here is about what a caller can see; which of its structures the
//! agenda uses is not said, but the times are chosen so that all are.

use proptest::prelude::*;
use reenact_clock::{Agenda, Instant, Key};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};
use std::time::Duration;

const SLOT: u64 = 1 << 18;
const TURN: u64 = SLOT << 12;
const HOUR: u64 = 3_600_000_000_000;

/// One thing a caller may do.
#[derive(Clone, Debug)]
enum Step {
    /// Push so many items, the first so long after the last popped instant and
    /// each so long after the one before.
    Push {
        count: u64,
        delay: u64,
        stride: u64,
    },
    /// Push at this distance from never.
    PushLate {
        before_never: u64,
    },
    /// Cancel a key that was ever given out, whatever became of it.
    Cancel {
        which: usize,
    },
    /// Cancel many: sweeps happen.
    CancelMany {
        from: usize,
        count: usize,
    },
    Look,
    /// Pop what is due so long after the last popped instant.
    Pop {
        wait: u64,
        count: usize,
    },
    /// Go to the next instant and pop all of it; push one more at that instant
    /// in the midst.
    Instant {
        again: bool,
    },
    Clear,
}

fn delay() -> impl Strategy<Value = u64> {
    prop_oneof![
        3 => Just(0),
        3 => 0..SLOT,
        2 => Just(1_000_000),
        4 => 0..10_000_000u64,
        3 => 0..TURN + 2 * SLOT,
        2 => (0..5u64, 0..3u64).prop_map(|(turns, edge)| (turns * TURN + edge).saturating_sub(1)),
        2 => (0..4_200u64).prop_map(|slots| slots * SLOT),
        2 => Just(30_000_000_000),
        2 => 0..2 * HOUR,
        2 => 0..10_000 * HOUR,
        1 => (4_090..4_100u64, 0..3u64).prop_map(|(turns, edge)| turns * TURN + edge - 1),
    ]
}

fn stride() -> impl Strategy<Value = u64> {
    prop_oneof![
        Just(0),
        Just(1),
        Just(SLOT / 3),
        Just(1_000_000),
        Just(TURN / 7),
        Just(30_000_000_000),
        0..HOUR,
    ]
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        10 => (1..4u64, delay(), stride())
            .prop_map(|(count, delay, stride)| Step::Push { count, delay, stride }),
        3 => (1..150u64, delay(), stride())
            .prop_map(|(count, delay, stride)| Step::Push { count, delay, stride }),
        1 => (0..3u64).prop_map(|before_never| Step::PushLate { before_never }),
        6 => any::<usize>().prop_map(|which| Step::Cancel { which }),
        1 => (any::<usize>(), 1..200usize)
            .prop_map(|(from, count)| Step::CancelMany { from, count }),
        4 => Just(Step::Look),
        6 => (delay(), 1..40usize).prop_map(|(wait, count)| Step::Pop { wait, count }),
        8 => any::<bool>().prop_map(|again| Step::Instant { again }),
        1 => (0..20u8).prop_map(|n| if n == 0 { Step::Clear } else { Step::Look }),
    ]
}

/// The agenda and the model side by side.
#[derive(Default)]
struct Pair {
    agenda: Agenda<u64>,
    model: BTreeMap<(Instant, Key), u64>,
    /// All that was pushed since the last `Clear`, and whether it was popped.
    known: Vec<(Instant, Key, bool)>,
    last: (Instant, Key),
    /// What came out, for a comparison of whole runs.
    transcript: Vec<(Instant, Key, u64)>,
}

impl Pair {
    fn after(&self, nanos: u64) -> Instant {
        Instant::from_nanos(self.last.0.as_nanos().saturating_add(nanos))
    }

    fn push(&mut self, at: Instant) {
        let item = self.known.len() as u64 * 7;
        let key = self.agenda.push(at, item);
        assert_eq!(key.get(), self.known.len() as u64 + 1, "keys count from 1");
        self.known.push((at, key, false));
        if at != Instant::MAX {
            self.model.insert((at, key), item);
        }
    }

    fn cancel(&mut self, which: usize) {
        if let Some(&(at, key, _)) = self.known.get(which % self.known.len().max(1)) {
            self.agenda.cancel(at, key);
            self.model.remove(&(at, key));
        }
    }

    /// Pops one item in both worlds; false if none is due.
    fn pop(&mut self, now: Instant) -> bool {
        let expected = self.model.first_key_value().map(|(&k, &v)| (k, v));
        let expected = expected.filter(|((at, _), _)| *at <= now);
        let popped = self.agenda.pop_due(now);
        assert_eq!(popped, expected.map(|((_, key), item)| (key, item)));
        let Some(((at, key), item)) = expected else {
            return false;
        };
        assert!((at, key) > self.last, "the order is strictly increasing");
        self.last = (at, key);
        self.model.remove(&(at, key));
        self.known[key.get() as usize - 1].2 = true;
        self.transcript.push((at, key, item));
        true
    }

    fn next(&mut self) -> Option<Instant> {
        let next = self.agenda.next_at();
        let expected = self.model.first_key_value().map(|(&(at, _), _)| at);
        assert_eq!(next, expected);
        next
    }

    fn run(&mut self, step: &Step) {
        match *step {
            Step::Push { count, delay, stride } => {
                // The last first, so that they do not come sorted.
                for nth in (0..count).rev() {
                    self.push(self.after(delay + nth * stride));
                }
            }
            Step::PushLate { before_never } => {
                self.push(Instant::from_nanos(u64::MAX - before_never).max(self.last.0));
            }
            Step::Cancel { which } => self.cancel(which),
            Step::CancelMany { from, count } => {
                for which in 0..count {
                    self.cancel(from.wrapping_add(which));
                }
            }
            Step::Look => drop(self.next()),
            Step::Pop { wait, count } => {
                let now = self.after(wait);
                for _ in 0..count {
                    if !self.pop(now) {
                        break;
                    }
                }
            }
            Step::Instant { again } => {
                if let Some(now) = self.next() {
                    assert!(self.pop(now), "what is next is due then");
                    if again {
                        self.push(now);
                    }
                    while self.pop(now) {}
                }
            }
            Step::Clear => self.clear(),
        }
        self.check();
    }

    fn clear(&mut self) {
        self.agenda.clear();
        self.model.clear();
        self.known.clear();
        self.last = (Instant::ZERO, Key::NONE);
        self.transcript.clear();
    }

    fn check(&self) {
        assert_eq!(self.agenda.is_empty(), self.model.is_empty());
        assert_eq!(self.agenda.len(), self.model.len());
        assert!(self.agenda.stored() <= 2 * self.model.len() + 32);
        for &(at, key, popped) in self.known.iter().rev().take(8) {
            let live = self.model.contains_key(&(at, key));
            if popped || live {
                assert_eq!(self.agenda.has_popped(at, key), popped);
            }
        }
    }

    fn finish(&mut self) {
        while let Some(now) = self.next() {
            while self.pop(now) {}
        }
        assert_eq!(self.agenda.stored(), 0, "nothing leaks");
        self.check();
    }
}

proptest! {
    #[test]
    fn the_agenda_does_what_an_ordered_map_does(
        steps in prop::collection::vec(step(), 1..80),
    ) {
        let mut pair = Pair::default();
        for step in &steps {
            pair.run(step);
        }
        pair.finish();
    }

    #[test]
    fn a_cleared_agenda_behaves_like_a_new_one(
        before in prop::collection::vec(step(), 1..50),
        after in prop::collection::vec(step(), 1..50),
    ) {
        let mut used = Pair::default();
        for step in &before {
            used.run(step);
        }
        used.clear();
        let mut new = Pair::default();
        for step in &after {
            used.run(step);
            new.run(step);
            prop_assert_eq!(used.agenda.stored(), new.agenda.stored());
            prop_assert_eq!(format!("{:?}", used.agenda), format!("{:?}", new.agenda));
        }
        used.finish();
        new.finish();
        prop_assert_eq!(used.transcript, new.transcript);
    }
}

#[test]
fn a_million_cancelled_time_outs_take_no_more_room_than_the_live_ones() {
    let timeout = 30_000_000_000;
    let mut agenda = Agenda::new();
    let mut armed: Vec<(Instant, Key)> = Vec::new();
    let live = 100;
    for item in 0..live {
        agenda.push(Instant::from_nanos(item * 10_000), item);
        let at = Instant::from_nanos(timeout);
        armed.push((at, agenda.push(at, live + item)));
    }
    for _ in 0..1_000_000 {
        let now = agenda.next_at().expect("the requests never end");
        let (_, item) = agenda.pop_due(now).expect("it is due");
        assert!(item < live, "no time-out fires");
        agenda.push(now + Duration::from_millis(1), item);
        let (at, key) = armed[item as usize];
        agenda.cancel(at, key);
        let at = now + Duration::from_nanos(timeout);
        armed[item as usize] = (at, agenda.push(at, live + item));
        assert!(agenda.stored() as u64 <= 4 * live + 32);
    }
    assert_eq!(agenda.len() as u64, 2 * live);
}

#[test]
fn popping_the_live_leaves_no_heap_of_cancelled_behind() {
    let mut agenda = Agenda::new();
    let far = Instant::from_nanos(HOUR);
    let cancelled: Vec<Key> = (0..1_000).map(|_| agenda.push(far, ())).collect();
    for nanos in 0..1_000 {
        agenda.push(Instant::from_nanos(nanos), ());
    }
    for key in cancelled {
        agenda.cancel(far, key);
    }
    while agenda.pop_due(Instant::from_nanos(1_000)).is_some() {
        assert!(agenda.stored() <= 2 * agenda.len() + 32);
    }
    assert_eq!(agenda.stored(), 0);
}

#[test]
fn what_is_never_due_has_a_key_and_is_not_stored() {
    let mut agenda = Agenda::new();
    let never = agenda.push(Instant::MAX, 'n');
    let soon = agenda.push(Instant::from_nanos(u64::MAX - 1), 's');
    assert_eq!((never.get(), soon.get(), agenda.stored()), (1, 2, 1));
    agenda.cancel(Instant::MAX, never);
    assert_eq!(agenda.len(), 1);
    assert_eq!(agenda.pop_due(Instant::MAX), Some((soon, 's')));
    assert_eq!(agenda.pop_due(Instant::MAX), None);
    assert!(!agenda.has_popped(Instant::MAX, never));
}

#[test]
fn looking_ahead_does_not_spoil_what_is_pushed_before() {
    // Enough items for the wheels, then a look that goes an hour ahead.
    let mut agenda = Agenda::new();
    for item in 0..200 {
        agenda.push(Instant::from_nanos(HOUR + item), item);
    }
    assert_eq!(agenda.next_at(), Some(Instant::from_nanos(HOUR)));
    for item in (0..200).rev() {
        agenda.push(Instant::from_nanos(item * SLOT), 1_000 + item);
    }
    for item in 0..200 {
        let at = agenda.next_at().expect("400 items were pushed");
        assert_eq!(at, Instant::from_nanos(item * SLOT));
        assert_eq!(agenda.pop_due(at).map(|(_, it)| it), Some(1_000 + item));
    }
    assert_eq!(agenda.next_at(), Some(Instant::from_nanos(HOUR)));
}

#[test]
fn a_key_that_was_never_given_out_cancels_nothing() {
    let mut other = Agenda::new();
    for _ in 0..10 {
        other.push(Instant::ZERO, ());
    }
    let foreign = other.push(Instant::from_nanos(9), ());
    let mut agenda = Agenda::new();
    agenda.push(Instant::from_nanos(9), ());
    agenda.cancel(Instant::from_nanos(9), foreign);
    agenda.cancel(Instant::from_nanos(9), Key::NONE);
    assert_eq!(agenda.len(), 1);
}

#[cfg(debug_assertions)]
#[test]
#[should_panic(expected = "pushed before the item popped last")]
fn to_push_into_the_past_is_a_bug() {
    let mut agenda = Agenda::new();
    agenda.push(Instant::from_nanos(5), ());
    agenda.pop_due(Instant::from_nanos(5));
    agenda.push(Instant::from_nanos(4), ());
}

#[cfg(not(debug_assertions))]
#[test]
fn what_is_pushed_into_the_past_is_due_at_once() {
    let mut agenda = Agenda::new();
    agenda.push(Instant::from_nanos(5), 'a');
    agenda.push(Instant::from_nanos(5), 'b');
    agenda.pop_due(Instant::from_nanos(5));
    agenda.push(Instant::from_nanos(4), 'c');
    assert_eq!(agenda.next_at(), Some(Instant::from_nanos(5)));
    let rest: Vec<_> = std::iter::from_fn(|| agenda.pop_due(Instant::from_nanos(5))).collect();
    assert_eq!(rest.iter().map(|(_, it)| *it).collect::<String>(), "bc");
}

#[test]
fn ten_thousand_pending_items_come_in_the_order_of_a_plain_heap() {
    let mut state = 1u64;
    let mut dice = move |bound: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % bound
    };
    let mut later = move || match dice(8) {
        0 => 0,
        1..=4 => 1_000_000 + dice(9_000_000),
        5 => dice(30_000),
        6 => dice(3_000_000_000),
        _ => dice(10) * HOUR,
    };
    let (mut agenda, mut heap) = (Agenda::new(), BinaryHeap::new());
    for item in 0..10_000 {
        let at = Instant::from_nanos(later());
        heap.push(Reverse((at, agenda.push(at, item), item)));
    }
    for _ in 0..100_000 {
        let Reverse((at, key, item)) = heap.pop().expect("what is popped is pushed again");
        assert_eq!(agenda.next_at(), Some(at));
        assert_eq!(agenda.pop_due(at), Some((key, item)));
        let at = at + Duration::from_nanos(later());
        heap.push(Reverse((at, agenda.push(at, item), item)));
    }
}
