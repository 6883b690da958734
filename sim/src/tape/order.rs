//! The order in which ready tasks ran, written as moves.
//!
//! Pure. The loop reports each task that becomes ready, runs, or is taken out of the queue; at the
//! end [`OrderLog::pass_counts`] says, for each of these events, how many later ones overtook it.
//! A count of zero everywhere is first in first out, and a run that lets each event be overtaken
//! just as often takes the same order (`ready::Passes` does it). Counts are keyed by the task's
//! path and by the how-many-eth time it became ready, so that deleting one leaves the others their
//! meaning.
//!
//! Events that never ran count too: those of a task that was killed, that woke itself in its last
//! poll, or that was still waiting when the run ended. They are overtaken by whatever ran before
//! they were taken out. Without them the order of the others could not be repeated.

/// An event of the ready queue, as the log's caller knows it: a number from 0 upwards, in the
/// order in which tasks became ready.
pub(crate) type EventNo = u32;

/// What happened in the ready queue.
#[derive(Default)]
pub(crate) struct OrderLog {
    /// Who became ready: the task's path and how often it had been ready before.
    ready: Vec<(u64, u32)>,
    /// Events in the order in which they left the queue, and whether they ran.
    left: Vec<(EventNo, bool)>,
}

impl OrderLog {
    /// A task became ready; returns the number of this event.
    pub(crate) fn push(&mut self, path: u64, readiness: u32) -> EventNo {
        self.ready.push((path, readiness));
        self.ready.len() as EventNo - 1
    }

    /// The task ran.
    pub(crate) fn ran(&mut self, event: EventNo) {
        self.left.push((event, true));
    }

    /// The task was taken out of the queue without running.
    pub(crate) fn removed(&mut self, event: EventNo) {
        self.left.push((event, false));
    }

    /// For each event that was overtaken: its task's path, its readiness, and by how many.
    pub(crate) fn pass_counts(&self) -> Vec<(u64, u32, u64)> {
        let mut ran = Fenwick::new(self.ready.len());
        let mut gone = vec![false; self.ready.len()];
        let mut counts = Vec::new();
        let mut total = 0;
        let mut note = |event: EventNo, total: u64, ran: &Fenwick| {
            let overtaken = total - ran.up_to(event as usize);
            if overtaken > 0 {
                let (path, readiness) = self.ready[event as usize];
                counts.push((path, readiness, overtaken));
            }
        };
        for &(event, did_run) in &self.left {
            note(event, total, &ran);
            gone[event as usize] = true;
            if did_run {
                ran.add(event as usize);
                total += 1;
            }
        }
        for event in (0..self.ready.len()).filter(|&event| !gone[event]) {
            note(event as EventNo, total, &ran);
        }
        counts
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

    #[test]
    fn first_in_first_out_has_no_moves() {
        let mut log = OrderLog::default();
        for task in 0..4 {
            let event = log.push(task, 0);
            log.ran(event);
        }
        assert_eq!(log.pass_counts(), []);
    }

    #[test]
    fn an_overtaken_wake_counts_those_that_overtook_it() {
        let mut log = OrderLog::default();
        let [a, b, c] = [10, 11, 12].map(|task| log.push(task, 0));
        log.ran(c);
        log.ran(b);
        log.ran(a);
        assert_eq!(log.pass_counts(), [(11, 0, 1), (10, 0, 2)]);
    }

    #[test]
    fn what_never_ran_is_overtaken_until_it_was_taken_out() {
        let mut log = OrderLog::default();
        let [_left, killed, last] = [10, 11, 12].map(|task| log.push(task, 3));
        log.ran(last);
        log.removed(killed);
        let late = log.push(13, 0);
        log.ran(late);
        assert_eq!(log.pass_counts(), [(11, 3, 1), (10, 3, 2)]);
    }
}
