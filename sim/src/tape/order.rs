//! The order in which ready tasks ran, written as moves.
//!
//! Pure. The loop reports each task that becomes ready, runs, or is taken out of the queue; at the
//! end [`Order::pass_counts`] says, for each of these events, how many later ones overtook it.
//! A count of zero everywhere is first in first out, and a run that lets each event be overtaken
//! just as often takes the same order (`ready::Passes` does it). Counts are keyed by the task's
//! path and by the how-many-eth time it became ready, so that deleting one leaves the others their
//! meaning.
//!
//! Events that never ran count too: those of a task that was killed, that woke itself in its last
//! poll, or that was still waiting when the run ended. They are overtaken by whatever ran before
//! they were taken out. Without them the order of the others could not be repeated.

use super::entry::Moment;

/// A task became ready: an event of the ready queue.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Readiness {
    /// The stable identity of the task.
    pub path: u64,
    /// How often it had become ready before.
    pub readiness: u32,
    /// When.
    pub moment: Moment,
}

/// A task left the ready queue.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Leaving {
    event: u32,
    /// Whether it was polled, and not only taken out.
    ran: bool,
    /// How many had become ready by then.
    before: u32,
}

/// The order of a run: who became ready, and who ran, in one sequence.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Order {
    ready: Vec<Readiness>,
    /// In the order in which they left.
    left: Vec<Leaving>,
}

impl Order {
    /// A task became ready; returns the number of this event, which counts from 0.
    pub(crate) fn push(&mut self, readiness: Readiness) -> u32 {
        self.ready.push(readiness);
        self.ready.len() as u32 - 1
    }

    /// The task ran.
    pub(crate) fn ran(&mut self, event: u32) {
        self.leave(event, true);
    }

    /// The task was taken out of the queue without running.
    pub(crate) fn removed(&mut self, event: u32) {
        self.leave(event, false);
    }

    fn leave(&mut self, event: u32, ran: bool) {
        let before = self.ready.len() as u32;
        self.left.push(Leaving { event, ran, before });
    }

    /// The events, in the order in which tasks became ready.
    pub fn events(&self) -> &[Readiness] {
        &self.ready
    }

    /// For each event that was overtaken: its number, and by how many.
    pub fn pass_counts(&self) -> Vec<(u32, u64)> {
        let mut ran = Fenwick::new(self.ready.len());
        let mut gone = vec![false; self.ready.len()];
        let mut counts = Vec::new();
        let mut total = 0;
        let mut note = |event: u32, total: u64, ran: &Fenwick| {
            let overtaken = total - ran.up_to(event as usize);
            if overtaken > 0 {
                counts.push((event, overtaken));
            }
        };
        for &Leaving { event, ran: did_run, .. } in &self.left {
            note(event, total, &ran);
            gone[event as usize] = true;
            if did_run {
                ran.add(event as usize);
                total += 1;
            }
        }
        for event in (0..self.ready.len()).filter(|&event| !gone[event]) {
            note(event as u32, total, &ran);
        }
        counts
    }

    /// The events whose tasks ran while others were ready, as they ran: those that could have been
    /// overtaken by more. To put back any other changes nothing.
    pub fn contested(&self) -> impl Iterator<Item = u32> + '_ {
        let ready = |(left, leaving): &(usize, &Leaving)| leaving.before as usize - left;
        let contested =
            self.left.iter().enumerate().filter(move |leaving| leaving.1.ran && ready(leaving) > 1);
        contested.map(|(_, leaving)| leaving.event)
    }

    /// Calls `pick` for each pick among several, in order: with the number of the pick (those among
    /// one are counted too), and the events that were ready, in the order in which they became so.
    /// `pick` says whether to go on.
    pub fn picks(&self, mut pick: impl FnMut(usize, &[u32]) -> bool) {
        let mut queue: Vec<u32> = Vec::new();
        let (mut known, mut number) = (0, 0);
        for leaving in &self.left {
            queue.extend(known..leaving.before);
            known = leaving.before;
            if leaving.ran {
                if queue.len() > 1 && !pick(number, &queue) {
                    return;
                }
                number += 1;
            }
            // Nobody leaves who was not ready.
            if let Ok(place) = queue.binary_search(&leaving.event) {
                queue.remove(place);
            }
        }
    }
}

/// Counts of marked places below a place, in logarithmic time (Fenwick, Software: Practice and
/// Experience, 1994).
struct Fenwick(Vec<u64>);

impl Fenwick {
    fn new(places: usize) -> Self {
        Fenwick(vec![0; places + 1])
    }

    fn add(&mut self, place: usize) {
        let mut i = place + 1;
        while i < self.0.len() {
            self.0[i] += 1;
            i += i & i.wrapping_neg();
        }
    }

    /// How many places from 0 to `place` inclusive are marked.
    fn up_to(&self, place: usize) -> u64 {
        let mut i = place + 1;
        let mut sum = 0;
        while i > 0 {
            sum += self.0[i];
            i &= i - 1;
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ready(order: &mut Order, path: u64) -> u32 {
        order.push(Readiness { path, readiness: 0, moment: Moment::default() })
    }

    #[test]
    fn first_in_first_out_has_no_moves() {
        let mut order = Order::default();
        for task in 0..4 {
            let event = ready(&mut order, task);
            order.ran(event);
        }
        assert_eq!(order.pass_counts(), []);
    }

    #[test]
    fn an_overtaken_wake_counts_those_that_overtook_it() {
        let mut order = Order::default();
        let [a, b, c] = [10, 11, 12].map(|task| ready(&mut order, task));
        order.ran(c);
        order.ran(b);
        order.ran(a);
        assert_eq!(order.pass_counts(), [(b, 1), (a, 2)]);
    }

    #[test]
    fn what_never_ran_is_overtaken_until_it_was_taken_out() {
        let mut order = Order::default();
        let [left, killed, last] = [10, 11, 12].map(|task| ready(&mut order, task));
        order.ran(last);
        order.removed(killed);
        let late = ready(&mut order, 13);
        order.ran(late);
        assert_eq!(order.pass_counts(), [(killed, 1), (left, 2)]);
    }

    #[test]
    fn picks_are_told_with_all_that_were_ready() {
        let mut order = Order::default();
        let [a, b, c] = [10, 11, 12].map(|task| ready(&mut order, task));
        order.ran(b);
        order.removed(a);
        let d = ready(&mut order, 13);
        order.ran(d);
        order.ran(c);
        let mut told = Vec::new();
        order.picks(|number, queue| {
            told.push((number, queue.to_vec()));
            true
        });
        assert_eq!(told, [(0, vec![a, b, c]), (1, vec![c, d])]);
        assert_eq!(order.contested().collect::<Vec<_>>(), [b, d], "c ran alone, a not at all");
    }
}
