//! The queue of ready tasks: one structure for each way to pick.
//!
//! Pure: it holds numbers and draws from the strategy's own stream. What it picks is recorded by
//! the caller as an order, so a strategy may keep whatever shape is fastest; only `Passes`, which
//! repeats a recorded order, needs to know who came before whom.

use crate::{
    explore::{Chooser, Woken, chooser},
    id::TaskId,
    strategy::Strategy,
    tape::{Base, Tape, chacha},
};
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use std::collections::VecDeque;

/// The tasks that are ready, and who of them goes next.
#[expect(
    clippy::large_enum_variant,
    reason = "there is one in a machine, and picking goes without an indirection"
)]
// The tag has a byte of its own: worked out from another field it costs more than a pick.
#[repr(u8)]
pub(crate) enum Ready {
    /// First woken, first polled.
    Fifo(VecDeque<TaskId>),
    /// Any of them, equally likely.
    Random(Random),
    /// As a tape says.
    Passes(Passes),
    /// By one of the strategies that are told more.
    Chosen(Box<dyn Chooser>),
}

impl Ready {
    /// The queue for a run of at most so many steps from this tape; a random one keeps the room it had.
    pub(crate) fn reset(&mut self, tape: &Tape, max_steps: u64) {
        let list = match self {
            Ready::Random(random) => std::mem::take(&mut random.list),
            _ => Vec::new(),
        };
        *self = Ready::new(tape, max_steps);
        if let Ready::Random(random) = self {
            random.list = list;
            random.list.clear();
        }
    }

    /// The queue for a run from this tape.
    fn new(tape: &Tape, max_steps: u64) -> Self {
        if tape.header.base == Base::Zero {
            return Ready::Passes(Passes::default());
        }
        if let Some(chooser) = chooser(&tape.header, tape.profile.as_deref(), max_steps) {
            return Ready::Chosen(chooser);
        }
        match tape.header.strategy.of_seed(tape.header.seed) {
            // The search by delays is made of tapes; its first run has no delay.
            Strategy::Fifo | Strategy::Delay { .. } => Ready::Fifo(VecDeque::new()),
            _ => Ready::Random(Random::new(tape.header.seed)),
        }
    }

    /// `passes` is how many later tasks may overtake this one; only a tape's order looks at it.
    #[inline]
    pub(crate) fn push(&mut self, task: TaskId, passes: u64) {
        match self {
            Ready::Random(random) => random.list.push(task),
            _ => self.push_in_order(task, passes),
        }
    }

    /// Apart from `push`, so that this is small enough to be inlined.
    #[inline(never)]
    fn push_in_order(&mut self, task: TaskId, passes: u64) {
        match self {
            Ready::Random(_) => {}
            Ready::Fifo(queue) => queue.push_back(task),
            Ready::Passes(order) => order.push(task, passes),
            Ready::Chosen(_) => {}
        }
    }

    /// As [`push`](Self::push), with all that a strategy may want to know.
    pub(crate) fn push_woken(&mut self, woken: Woken, passes: u64) {
        match self {
            Ready::Chosen(chooser) => chooser.woken(woken),
            _ => self.push(woken.task, passes),
        }
    }

    /// The strategy, if it is one that is to be told of what happens.
    pub(crate) fn chooser(&mut self) -> Option<&mut dyn Chooser> {
        match self {
            Ready::Chosen(chooser) => Some(&mut **chooser),
            _ => None,
        }
    }

    /// How many are ready.
    pub(crate) fn len(&self) -> usize {
        match self {
            Ready::Fifo(queue) => queue.len(),
            Ready::Random(random) => random.list.len(),
            Ready::Passes(order) => order.free.len() + order.held.len(),
            Ready::Chosen(chooser) => chooser.len(),
        }
    }

    #[inline]
    pub(crate) fn pick(&mut self) -> Option<TaskId> {
        match self {
            Ready::Random(random) => random.pick(),
            _ => self.pick_in_order(),
        }
    }

    /// Apart from `pick`, as for `push`.
    #[inline(never)]
    fn pick_in_order(&mut self) -> Option<TaskId> {
        match self {
            Ready::Random(_) => None,
            Ready::Fifo(queue) => queue.pop_front(),
            Ready::Passes(order) => order.pick(),
            Ready::Chosen(chooser) => chooser.pick(),
        }
    }

    /// Takes a task out that will not run: it was killed, or ended in the poll that woke it.
    pub(crate) fn remove(&mut self, task: TaskId) {
        match self {
            Ready::Random(random) => {
                // Such a task was mostly woken a moment ago.
                if let Some(i) = random.list.iter().rposition(|&t| t == task) {
                    random.list.swap_remove(i);
                }
            }
            Ready::Fifo(queue) => queue.retain(|&t| t != task),
            Ready::Passes(order) => order.remove(task),
            Ready::Chosen(chooser) => chooser.remove(task),
        }
    }

    /// How often a tape's order could not be followed, because all waited for somebody else.
    pub(crate) fn forced(&self) -> u64 {
        match self {
            Ready::Passes(order) => order.forced,
            _ => 0,
        }
    }
}

/// The random walk.
pub(crate) struct Random {
    list: Vec<TaskId>,
    rng: ChaCha8Rng,
}

impl Random {
    fn new(seed: u64) -> Self {
        Random { list: Vec::new(), rng: chacha(seed, 1) }
    }

    #[inline]
    fn pick(&mut self) -> Option<TaskId> {
        let n = self.list.len() as u32;
        match n {
            0 => None,
            // One candidate leaves nothing to decide.
            1 => self.list.pop(),
            _ => {
                let i = self.below(n);
                Some(self.list.swap_remove(i as usize))
            }
        }
    }

    /// Multiply-shift with rejection, as in `Dice::draw`, on 32 bits.
    #[inline]
    fn below(&mut self, n: u32) -> u32 {
        let mut product = self.rng.next_u32() as u64 * n as u64;
        if (product as u32) < n {
            let short = n.wrapping_neg() % n;
            while (product as u32) < short {
                product = self.rng.next_u32() as u64 * n as u64;
            }
        }
        (product >> 32) as u32
    }
}

/// The order on a tape: each task lets as many later ones overtake it as its entry says.
///
/// A tape that was shrunk holds few back, and then picking is taking the first.
#[derive(Default)]
pub(crate) struct Passes {
    /// Those that nobody may overtake any more, by when they became ready.
    free: VecDeque<(u64, TaskId)>,
    /// Those that others may still overtake, by when they became ready, and by how many.
    held: Vec<(u64, TaskId, u64)>,
    /// How many have become ready.
    pushed: u64,
    forced: u64,
}

impl Passes {
    fn push(&mut self, task: TaskId, passes: u64) {
        let number = self.pushed;
        self.pushed += 1;
        match passes {
            0 => self.free.push_back((number, task)),
            passes => self.held.push((number, task, passes)),
        }
    }

    fn pick(&mut self) -> Option<TaskId> {
        let Some((picked, task)) = self.free.pop_front() else {
            if self.held.is_empty() {
                return None;
            }
            // Everybody waits to be overtaken: the run must go on, so the first goes.
            self.forced += 1;
            return Some(self.held.remove(0).1);
        };
        let overtaken = self.held.partition_point(|&(number, ..)| number < picked);
        for place in (0..overtaken).rev() {
            let (number, task, passes) = &mut self.held[place];
            *passes -= 1;
            if *passes == 0 {
                // All of `free` became ready later than the one just picked.
                self.free.push_front((*number, *task));
                self.held.remove(place);
            }
        }
        Some(task)
    }

    fn remove(&mut self, task: TaskId) {
        self.free.retain(|&(_, t)| t != task);
        self.held.retain(|&(_, t, _)| t != task);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tape::{Moment, Order, Readiness};

    fn task(i: u32) -> TaskId {
        TaskId::new(i, 0)
    }

    fn queue(tape: &Tape) -> Ready {
        Ready::new(tape, 1_000_000)
    }

    /// Lets a queue pick while tasks arrive, and returns the order with its log.
    fn order(mut ready: Ready, passes: impl Fn(u32) -> u64) -> (Vec<u32>, Order) {
        let mut log = Order::default();
        let mut order = Vec::new();
        let arrive = |ready: &mut Ready, log: &mut Order, i: u32| {
            ready.push(task(i), passes(i));
            let readiness = Readiness { path: i as u64, readiness: 0, moment: Moment::default() };
            assert_eq!(log.push(readiness), i);
        };
        for i in 0..8 {
            arrive(&mut ready, &mut log, i);
        }
        for i in 8..24 {
            let id = ready.pick().expect("some are ready");
            log.ran(id.slot() as u32);
            order.push(id.slot() as u32);
            arrive(&mut ready, &mut log, i);
        }
        while let Some(id) = ready.pick() {
            log.ran(id.slot() as u32);
            order.push(id.slot() as u32);
        }
        assert_eq!(ready.forced(), 0);
        (order, log)
    }

    #[test]
    fn a_random_order_is_repeated_from_its_pass_counts() {
        for seed in 0..200 {
            let random = queue(&Tape::seed(seed, Strategy::Random));
            let (first, log) = order(random, |_| 0);
            let counts: std::collections::BTreeMap<_, _> = log.pass_counts().into_iter().collect();
            let passes = queue(&Tape::zero());
            let (second, _) = order(passes, |i| counts.get(&i).copied().unwrap_or(0));
            assert_eq!(first, second);
        }
    }

    #[test]
    fn the_empty_tape_is_first_in_first_out() {
        let zero = order(queue(&Tape::zero()), |_| 0).0;
        let fifo = order(queue(&Tape::seed(1, Strategy::Fifo)), |_| 0).0;
        assert_eq!(zero, fifo);
        assert_eq!(zero, (0..24).collect::<Vec<_>>());
    }

    #[test]
    fn a_task_taken_out_is_never_picked() {
        for tape in [Tape::zero(), Tape::seed(3, Strategy::Random), Tape::seed(3, Strategy::Fifo)] {
            let mut ready = queue(&tape);
            (0..3).for_each(|i| ready.push(task(i), 0));
            ready.remove(task(1));
            let mut rest = vec![ready.pick(), ready.pick(), ready.pick()];
            rest.sort();
            assert_eq!(rest, [None, Some(task(0)), Some(task(2))]);
        }
    }
}
