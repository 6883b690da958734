//! The bounded search: every order of tasks with at most so many delays, each once, those with the
//! fewest first.
//!
//! Rim: it calls the user's test, on the calling thread, since each run says which others there are.
//! The order is all that is searched; every other decision is the simplest one.
//!
//! A run is followed by its children: up to one of its picks they are as it was, there they take
//! another task than the first that was ready, and from there on they go first in, first out. To take
//! the task at index `j` costs `j` delays, for so many are overtaken by it. So every order is the child
//! of exactly one other, which costs less, and none is made twice. Delay-bounded scheduling: Emmi,
//! Qadeer and Rakamarić, POPL 2011.

use super::{
    finding::Finding,
    one::{Runner, Verdict, guarded},
    plan::{Plan, Planned, Role},
    report::{Certificate, Report},
    seeds::SeedSet,
    settings::Settings,
    sweep::{Ledger, Observer, sweep},
};
use crate::fresh;
use reenact_sim::{Base, Decided, Entry, Header, Kind, Record, Strategy, StreamId, Tape};
use std::collections::{BTreeMap, VecDeque};

/// How many orders are run at the most, unless a count of seeds says otherwise.
const MOST_RUNS: u64 = 100_000;

/// Makes the runs that settings ask for: a sweep over seeds, or over orders.
pub(crate) fn runs(settings: &Settings, plan: &Plan, runner: &Runner<'_>, observer: Observer<'_>) -> Report {
    fresh::on_a_fresh_thread(runner.template.os_calls(), || here(settings, plan, runner, observer))
}

fn here(settings: &Settings, plan: &Plan, runner: &Runner<'_>, observer: Observer<'_>) -> Report {
    let Settings { jobs, keep_going, .. } = *settings;
    let mut report = match plan.header.strategy {
        Strategy::Delay { budget } => {
            let most = if plan.seeds == SeedSet::DEFAULT { MOST_RUNS } else { plan.seeds.len() };
            explore(plan, runner, budget, most, keep_going, observer)
        }
        _ => sweep(plan, runner, jobs, keep_going, observer),
    };
    let seen = runner.seen.rolled_up();
    (report.assertions, report.faults) = (seen.assertions(&settings.reaches), seen.faults());
    report
}

/// An order that was found and is to be run.
struct Order {
    /// The order that it deviates from; `None` for the first.
    parent: Option<usize>,
    /// The picks up to this one are fixed.
    picks: usize,
    /// Who is overtaken once more there than in the parent.
    overtaken: Vec<(StreamId, u32)>,
}

/// The orders to be run, by what they cost, and those that were.
#[derive(Default)]
struct Orders {
    known: Vec<Order>,
    /// By cost, in the order in which they were found.
    waiting: BTreeMap<u64, VecDeque<usize>>,
    /// Whether there are orders that cost more than the budget.
    beyond: bool,
}

impl Orders {
    fn add(&mut self, cost: u64, order: Order) {
        self.waiting.entry(cost).or_default().push_back(self.known.len());
        self.known.push(order);
    }

    /// The next order and its cost; without one, there is no further order within the budget.
    fn next(&mut self) -> Option<(u64, usize)> {
        let mut level = self.waiting.first_entry()?;
        let cost = *level.key();
        let next = level.get_mut().pop_front();
        if level.get().is_empty() {
            level.remove();
        }
        next.map(|order| (cost, order))
    }

    /// The tape of an order.
    fn tape(&self, header: Header, order: usize) -> Tape {
        let mut moves: BTreeMap<(StreamId, u32), u64> = BTreeMap::new();
        let mut next = Some(order);
        while let Some(order) = next {
            let Order { parent, overtaken, .. } = &self.known[order];
            for &place in overtaken {
                *moves.entry(place).or_default() += 1;
            }
            next = *parent;
        }
        let entry = |value| Entry { kind: Kind::Schedule, n: 0, value };
        Tape::new(header, moves.into_iter().map(|((stream, seq), value)| (stream, seq, entry(value))))
    }

    /// Adds the children of an order that was run, as far as the budget goes.
    fn branch(&mut self, order: usize, cost: u64, budget: u64, decided: &Decided) {
        let fixed = self.known[order].picks;
        decided.order.picks(|number, ready| {
            if number < fixed {
                return true;
            }
            let affordable = usize::try_from(budget - cost).unwrap_or(usize::MAX);
            self.beyond |= ready.len() - 1 > affordable;
            for j in 1..ready.len().min(affordable.saturating_add(1)) {
                let overtaken = ready[..j]
                    .iter()
                    .map(|&event| {
                        let choice = decided.of_schedule(event, 1);
                        (choice.stream, choice.seq)
                    })
                    .collect();
                let delays = u64::try_from(j).unwrap_or(u64::MAX);
                self.add(cost + delays, Order { parent: Some(order), picks: number + 1, overtaken });
            }
            cost < budget
        });
    }
}

/// Makes the orders of a test with at most `budget` delays, and at most `most` runs.
fn explore(
    plan: &Plan,
    runner: &Runner<'_>,
    budget: u64,
    most: u64,
    keep_going: usize,
    observer: Observer<'_>,
) -> Report {
    let mut orders = Orders::default();
    orders.add(0, Order { parent: None, picks: 0, overtaken: Vec::new() });
    let header = Header { base: Base::Zero, seed: 0, ..plan.header };
    let mut ledger = Ledger::default();
    let mut reached = 0;
    let mut complete = false;
    while ledger.findings.len() < keep_going {
        let Some((cost, order)) = orders.next() else {
            complete = true;
            break;
        };
        reached = cost;
        if ledger.next == most || !(runner.goes_on)() {
            break;
        }
        let role = if order == 0 { Role::Zero } else { Role::Delays(cost) };
        let planned = Planned { index: ledger.next, role, tape: orders.tape(header, order) };
        observer(0, &planned);
        let (verdict, decided) = run(runner, &planned);
        if let Some(decided) = decided {
            orders.branch(order, cost, budget, &decided);
        }
        if ledger.is_new(&verdict) {
            ledger.enter(Finding::of(runner, &planned, verdict));
        }
        ledger.next += 1;
        runner.seen.settle(ledger.next);
    }
    let up_to = if complete { Some(budget) } else { reached.checked_sub(1) };
    let certificate = Certificate { up_to, runs: ledger.next, all: complete && !orders.beyond };
    ledger.report(Some(certificate))
}

fn run(runner: &Runner<'_>, planned: &Planned) -> (Verdict, Option<Decided>) {
    if planned.role == Role::Zero {
        // The first run is compared with a second one, like that of any sweep.
        let verdict = runner.first(planned);
        if let Verdict::Found(_) = verdict {
            return (verdict, None);
        }
    }
    let made = guarded(planned, || {
        let mut outcome = runner.make(
            runner
                .simulation(planned)
                .record(Record::Digest)
                .backtraces(false)
                .surveyed(true)
                .decisions(true),
        );
        runner.seen.note(planned.index, outcome.stats());
        let decided = outcome.decided.take();
        (Verdict::of(&outcome), decided)
    });
    made.unwrap_or_else(|outcome| (Verdict::Found(outcome), None))
}
