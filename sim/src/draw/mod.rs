//! Random values for the user's code: draws from the stream of whoever calls.
//!
//! Rim over the dice. Every draw is a decision of the tape: the same seed gives the same values, a
//! draw added in one task moves nothing in another, and 0 stands for the simplest value, so that a
//! shrunk run has the simplest data too.
//!
//! ```
//! # use reenact_sim as reenact;
//! # reenact_sim::doc(|| async {
//! use reenact::draw;
//!
//! let other = reenact::spawn(async { draw::below(100) });
//! // However often this task draws, the other one draws the same.
//! let rolls = draw::vec(3, |_| draw::range(1..=6));
//! assert!(rolls.iter().all(|roll| (1..=6).contains(roll)));
//! assert!(other.await.unwrap() < 100);
//! # });
//! ```

use crate::{
    context,
    core::{Core, Element},
    hash,
    id::{StreamId, TaskId},
    tape::{Kind, Stream},
    task::Drawn,
    world::World,
};
use std::convert::Infallible;

mod integer;
mod list;

pub use integer::{Integer, Span, range};
pub use list::{Length, vec};

const DRAWS: u64 = hash::bytes(b"draws");
const SELECTS: u64 = hash::bytes(b"select");

impl Core {
    /// The stream from which whoever is acting draws: its own, or that of the element of a list that
    /// it is making.
    #[inline]
    fn draws(&mut self) -> Stream {
        if !self.elements.is_empty()
            && let Some(element) = self.element()
        {
            return element.draws;
        }
        let (path, drawn) = self.drawn();
        Stream { id: StreamId(hash::combine(path, DRAWS)), seq: drawn.seq }
    }

    /// Puts the stream back.
    #[inline]
    fn set_draws(&mut self, draws: Stream) {
        if !self.elements.is_empty()
            && let Some(element) = self.element()
        {
            element.draws = draws;
            return;
        }
        self.drawn().1.seq = draws.seq;
    }

    /// The stable identity of whoever is acting, and how far it has drawn.
    #[inline]
    fn drawn(&mut self) -> (u64, &mut Drawn) {
        if self.actor.task == TaskId::NONE {
            return (self.callback.0, &mut self.callback.2);
        }
        let slot = self.actor.task.slot();
        (self.tasks.hot[slot].path, &mut self.tasks.cold[slot].drawn)
    }

    /// The element that whoever is acting is making.
    #[cold]
    #[inline(never)]
    fn element(&mut self) -> Option<&mut Element> {
        let path = self.identity().0;
        self.elements.last_mut().filter(|element| element.owner == path)
    }
}

impl World {
    /// Asks the tape on the stream of whoever is acting; the dead get `dead`.
    fn draw<R>(&mut self, ask: impl FnOnce(&mut Core, &mut Stream) -> R, dead: R) -> R {
        let core = &mut self.core;
        if core.actor.inert || core.ending {
            return dead;
        }
        let mut stream = core.draws();
        let result = ask(core, &mut stream);
        core.set_draws(stream);
        result
    }

    /// As [`draw`](Self::draw), for one of `0..n`.
    fn draw_below(&mut self, n: u64) -> u64 {
        let core = &mut self.core;
        if core.actor.inert || core.ending || n <= 1 {
            return 0;
        }
        if !core.elements.is_empty() {
            return self.draw(|core, stream| core.decide(stream, Kind::User, n), 0);
        }
        let (path, drawn) = core.drawn();
        let stream = Stream { id: StreamId(hash::combine(path, DRAWS)), seq: drawn.seq };
        drawn.seq = drawn.seq.wrapping_add(1);
        let prepared = match drawn.stream {
            Some(prepared) => prepared,
            None => {
                let prepared = core.prepare(stream.id);
                *core.drawn().1.stream.insert(prepared)
            }
        };
        core.decide_prepared(stream, prepared, Kind::User, n)
    }

    /// As [`draw`](Self::draw), on the stream of selects, so that a draw more moves none of them.
    fn draw_select(&mut self, n: u64) -> u64 {
        let core = &mut self.core;
        if core.actor.inert || core.ending {
            return 0;
        }
        let (path, counters) = core.identity();
        let mut stream = Stream { id: StreamId(hash::combine(path, SELECTS)), seq: counters.selects };
        let first = core.decide(&mut stream, Kind::Select, n);
        core.identity().1.selects = stream.seq;
        first
    }
}

/// One of `0..n`, all equally likely; 0 is the simplest. (Lemire's multiplication with rejection,
/// ACM TOMACS 29, 2019.)
///
/// ```
/// # use reenact_sim as reenact;
/// # reenact_sim::doc(|| async {
/// assert!(reenact::draw::below(6) < 6);
/// # });
/// ```
///
/// # Panics
///
/// If `n` is 0, and outside a run.
#[track_caller]
pub fn below(n: u64) -> u64 {
    assert!(n > 0, "`draw::below(0)` has nothing to draw from: give it at least 1");
    one_of("draw::below", n)
}

#[track_caller]
fn one_of(what: &str, n: u64) -> u64 {
    context::with(what, |world| world.draw_below(n))
}

/// Any 64 bits; all are equally likely.
#[track_caller]
fn bits(what: &str) -> u64 {
    context::with(what, |world| world.draw(|core, stream| core.decide_bits(stream, Kind::User), 0))
}

/// True or false, equally likely; false is the simpler.
///
/// ```
/// # use reenact_sim as reenact;
/// # reenact_sim::doc(|| async {
/// use reenact::draw;
///
/// let heads = (0..100).filter(|_| draw::bool()).count();
/// assert!((20..80).contains(&heads));
/// # });
/// ```
///
/// # Panics
///
/// Outside a run.
#[track_caller]
pub fn bool() -> bool {
    one_of("draw::bool", 2) == 1
}

/// True in `num` of `den` cases; false is the simpler.
///
/// ```
/// # use reenact_sim as reenact;
/// # reenact_sim::doc(|| async {
/// use reenact::draw;
///
/// let late = (0..1000).filter(|_| draw::chance(1, 100)).count();
/// assert!(late < 50, "about ten");
/// assert!(draw::chance(1, 1) && !draw::chance(0, 1));
/// # });
/// ```
///
/// # Panics
///
/// If `den` is 0 or `num` is above `den`, and outside a run.
#[track_caller]
pub fn chance(num: u64, den: u64) -> bool {
    assert!(den > 0 && num <= den, "`draw::chance({num}, {den})` is no chance: it must lie between 0 and 1");
    let ask = |core: &mut Core, stream: &mut Stream| core.decide_whether(stream, Kind::User, num, den);
    context::with("draw::chance", |world| world.draw(ask, false))
}

/// One of the elements, all equally likely; the first is the simplest.
///
/// ```
/// # use reenact_sim as reenact;
/// # reenact_sim::doc(|| async {
/// use reenact::draw;
///
/// let modes = ["read", "write", "scan"];
/// assert!(modes.contains(draw::pick(&modes)));
/// # });
/// ```
///
/// # Panics
///
/// If there are none, and outside a run.
#[track_caller]
pub fn pick<T>(elements: &[T]) -> &T {
    assert!(!elements.is_empty(), "`draw::pick` was given nothing to pick from");
    &elements[one_of("draw::pick", elements.len() as u64) as usize]
}

/// One of the elements, each as likely as its weight says; the first with a weight above zero is
/// the simplest.
///
/// ```
/// # use reenact_sim as reenact;
/// # reenact_sim::doc(|| async {
/// use reenact::draw;
///
/// // Reads are nine times as frequent as writes; scans are switched off.
/// let mix = [(9, "read"), (1, "write"), (0, "scan")];
/// let made: Vec<_> = (0..100).map(|_| *draw::weighted(&mix)).collect();
/// assert!(made.contains(&"read") && !made.contains(&"scan"));
/// # });
/// ```
///
/// # Panics
///
/// If all weights are zero, and outside a run.
#[track_caller]
pub fn weighted<T>(elements: &[(u64, T)]) -> &T {
    let total = elements.iter().fold(0u64, |sum, (weight, _)| sum.saturating_add(*weight));
    assert!(total > 0, "`draw::weighted` was given nothing with a weight above zero");
    let mut left = one_of("draw::weighted", total);
    for (weight, element) in elements {
        if left < *weight {
            return element;
        }
        left -= weight;
    }
    unreachable!("what was drawn lies below the sum of the weights")
}

/// Puts the elements into a random order, all equally likely; the order they have is the simplest.
/// (Fisher and Yates's method in Durstenfeld's form, CACM 7, 1964.)
///
/// ```
/// # use reenact_sim as reenact;
/// # reenact_sim::doc(|| async {
/// use reenact::draw;
///
/// let mut keys = [1, 2, 3, 4];
/// draw::shuffle(&mut keys);
/// keys.sort();
/// assert_eq!(keys, [1, 2, 3, 4], "none was lost");
/// # });
/// ```
///
/// # Panics
///
/// Outside a run.
#[track_caller]
pub fn shuffle<T>(elements: &mut [T]) {
    context::with("draw::shuffle", |_| ());
    // Fisher and Yates, in Durstenfeld's form (CACM 7, 1964); 0 exchanges nothing.
    for i in (1..elements.len()).rev() {
        let back = one_of("draw::shuffle", i as u64 + 1) as usize;
        elements.swap(i, i - back);
    }
}

/// A generator that draws from the stream of whoever calls: see [`rng`].
#[derive(Clone, Debug)]
pub struct TaskRng(());

/// A generator for code that wants a [`rand::Rng`]: it draws from the stream of the task that uses
/// it, so it may be passed around freely.
///
/// ```
/// # use reenact_sim::draw as reenact;
/// # reenact_sim::doc(|| async {
/// use rand::RngExt;
///
/// let die = reenact::rng().random_range(1..=6);
/// assert!((1..=6).contains(&die));
/// # });
/// ```
///
/// # Panics
///
/// Outside a run; and what it gives, when it is asked for a number there.
#[track_caller]
pub fn rng() -> TaskRng {
    context::with("rng", |_| TaskRng(()))
}

impl rand::TryRng for TaskRng {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(one_of("rng", 1 << 32) as u32)
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(bits("rng"))
    }

    fn try_fill_bytes(&mut self, target: &mut [u8]) -> Result<(), Infallible> {
        for chunk in target.chunks_mut(8) {
            let word = bits("rng").to_le_bytes();
            chunk.copy_from_slice(&word[..chunk.len()]);
        }
        Ok(())
    }
}

/// Which branch of a `select!` of `n` is polled first; 0 is the first in source order.
#[doc(hidden)]
#[track_caller]
pub fn select_start(n: u32) -> u32 {
    context::with("select!", |world| world.draw_select(u64::from(n)) as u32)
}
