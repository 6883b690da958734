//! Passes that put something else in the place of what is left, where nothing can be taken away.
//!
//! A bug that needs one long delay is found by chance as several short ones, in the midst of draws that
//! happen to suit them. No deletion lengthens a delay, and each draw is needed as long as the others
//! are there. So whatever there is of the order makes way for a delay as long as can be, be it one that
//! is left or any other that the run could have had, upon a few of the other decisions.
//!
//! Pure.

use super::{
    search::{Search, is_order, is_same, valued},
    trials::{Trial, Trials},
};
use reenact_sim::{Choice, Entry, Kind};

/// How far a task is put back at the most: longer than any queue of ready tasks.
const LONGEST_DELAY: u64 = 1 << 20;
/// In a run of no more steps than this, every single delay is tried in the place of several.
const FEW_STEPS: u64 = 500;
/// And in one of no more than this, shorter ones too.
const FEWER_STEPS: u64 = 200;
/// So many decisions are few enough to be tried in pairs.
const FEW: usize = 8;

/// Which delays of a run are tried.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// Those that come up not much later than the last decision that is left.
    Soon,
    /// All.
    Ever,
}

impl<T: Trials> Search<'_, T> {
    /// Raises each delay as far as it goes and does without the others, all of them or some at a time;
    /// or raises a draw, and does without any delay.
    pub(super) fn longer(&mut self) {
        let rest = self.only(|choice| !is_order(choice));
        if self.size.orders() > 0 && rest.len() <= FEW {
            let mut draws = rest.iter().filter(|choice| choice.entry.n != 2);
            if draws.any(|&draw| self.adopt(&with(rest.clone(), longest(draw)))) {
                return self.longer();
            }
        }
        if self.size.orders() < 2 {
            return;
        }
        for raised in self.only(is_order).into_iter().map(longest) {
            if self.adopt(&with(self.only(|choice| !is_order(choice)), raised)) {
                return self.longer();
            }
            let orders = self.only(is_order);
            for gone in orders.chunks(orders.len().div_ceil(FEW)) {
                if self.has(&raised) {
                    let is_gone = |choice: &Choice| gone.iter().any(|gone| is_same(gone, choice));
                    self.adopt(&with(self.only(|choice| !is_gone(choice)), raised));
                }
            }
        }
    }

    /// Where few decisions are left: does without two at a time, or without one of two, the value of
    /// which is added to that of the other, or taken from it.
    pub(super) fn exchange(&mut self) {
        if self.best.len() > FEW {
            return;
        }
        let left = self.best.clone();
        let pairs =
            left.iter().enumerate().flat_map(|(i, one)| left[i + 1..].iter().map(move |two| (one, two)));
        for (one, two) in pairs {
            if self.has(one)
                && self.has(two)
                && !self.adopt_only(|choice| !is_same(choice, one) && !is_same(choice, two))
                && one.entry.kind == two.entry.kind
            {
                let _ = self.merge(one, two) || self.merge(two, one);
            }
        }
    }

    /// Does without a decision, and tells its value another one of its kind.
    fn merge(&mut self, gone: &Choice, stays: &Choice) -> bool {
        let (value, n) = (stays.entry.value, stays.entry.n);
        let values = [value.saturating_add(gone.entry.value), value.saturating_sub(gone.entry.value)];
        values.into_iter().filter(|&value| n == 0 || value < n).any(|value| {
            let others = self.only(|choice| !is_same(choice, gone));
            self.adopt(&with(others, valued(*stays, value)))
        })
    }

    /// One delay, as long as can be, of any task at any time or of any packet: upon each of the other
    /// decisions alone, as it is and with its least value, upon all but one, and upon all.
    pub(super) fn one_delay(&mut self, reach: Reach) {
        if self.size.orders() < 2 {
            return;
        }
        let rest = self.only(|choice| !is_order(choice));
        let mut bases: Vec<Vec<Choice>> = Vec::new();
        if rest.len() <= FEW {
            bases.extend(rest.iter().map(|&choice| vec![choice]));
            bases.extend(rest.iter().map(|&choice| vec![valued(choice, 1)]));
            bases.extend((0..rest.len()).map(|i| [&rest[..i], &rest[i + 1..]].concat()));
        }
        bases.push(rest);
        let _ = bases.iter().any(|base| self.upon(base, FEW_STEPS, reach, longest));
    }

    /// A task that is put back by a few more turns, in the place of whatever else there is of the order:
    /// what overtakes it last goes along, what is put back as far as can be would miss the moment.
    pub(super) fn little_longer(&mut self) {
        if self.size.orders() < 2 {
            return;
        }
        let rest = self.only(|choice| !is_order(choice));
        let tasks = self.only(|choice| choice.entry.kind == Kind::Schedule);
        let mut more = (1..=FEW as u64)
            .flat_map(|turns| tasks.iter().map(move |&task| valued(task, task.entry.value + turns)));
        let _ = more.any(|task| self.adopt(&with(rest.clone(), task)));
    }

    /// One shorter delay upon all other decisions: what is too late may miss the bug too.
    pub(super) fn shorter_delay(&mut self) {
        const EIGHTHS: [(u64, u64); 4] = [(2, 4), (1, 2), (3, 6), (4, 1)];
        if self.size.orders() < 2 {
            return;
        }
        let rest = self.only(|choice| !is_order(choice));
        let _ = EIGHTHS.into_iter().any(|(turns, eighths)| {
            self.upon(&rest, FEWER_STEPS, Reach::Ever, |delay| match delay.entry {
                Entry { kind: Kind::Schedule, .. } => valued(delay, turns),
                Entry { n, .. } => valued(delay, n / 8 * eighths),
            })
        });
    }

    /// One of the delays that are left, as it is, and any other as long as can be.
    pub(super) fn two_delays(&mut self) {
        if self.size.orders() < 3 {
            return;
        }
        let rest = self.only(|choice| !is_order(choice));
        let _ = self.only(is_order).into_iter().rev().any(|kept| {
            let base = with(rest.clone(), kept);
            self.upon(&base, FEW_STEPS, Reach::Soon, longest)
        });
    }

    /// Tries some decisions and one delay more, if their run is short enough: each that could have
    /// been in it, as they come up. Says whether something was adopted.
    fn upon(
        &mut self,
        base: &[Choice],
        most_steps: u64,
        reach: Reach,
        delayed: impl Fn(Choice) -> Choice,
    ) -> bool {
        let Some(trial) = self.trials.look(base) else { return false };
        if self.judge(&trial) {
            return true;
        }
        let last = match reach {
            Reach::Soon => self.best.iter().map(|choice| choice.moment.step).max().unwrap_or(0),
            Reach::Ever => trial.steps,
        };
        let last = last + last / 4;
        trial.steps <= most_steps
            && delays(&trial)
                .into_iter()
                .take_while(|delay| delay.moment.step <= last)
                .any(|delay| self.adopt(&with(base.to_vec(), delayed(delay))))
    }
}

/// All delays that a run had or could have had, as they come up in it.
fn delays(trial: &Trial) -> Vec<Choice> {
    let decided = &trial.decided;
    let tasks = decided.order.contested().map(|event| decided.of_schedule(event, 0));
    let packets = decided.choices.iter().filter(|choice| choice.entry.kind == Kind::Latency).copied();
    let mut delays: Vec<Choice> = tasks.chain(packets).collect();
    delays.sort_by_key(|delay| delay.moment.step);
    delays
}

/// Decisions, and one more in the place of itself.
fn with(mut decisions: Vec<Choice>, one: Choice) -> Vec<Choice> {
    decisions.retain(|choice| !is_same(choice, &one));
    decisions.push(one);
    decisions
}

/// The same decision with the greatest value.
fn longest(choice: Choice) -> Choice {
    let value = match choice.entry {
        Entry { kind: Kind::Schedule, .. } => LONGEST_DELAY,
        Entry { n: 0, .. } => u64::MAX,
        Entry { n, .. } => n - 1,
    };
    valued(choice, value)
}
