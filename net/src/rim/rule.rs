//! Rules: closures of the test that decide about packets.
//!
//! Rim. They are asked outside of the machine, when the step is over in which a packet was sent, by a
//! waker that the fabric wakes.

use super::{
    call, even_if_dead,
    guard::{Damage, Guard},
    packet::Packet,
};
use crate::fabric::{Closure, Verdict};
use std::{
    sync::Arc,
    task::{Wake, Waker},
};

type Rule = Box<dyn FnMut(&Packet) -> Verdict>;

/// Asks a closure about every packet that is sent from one node to another, until the guard is dropped.
/// The first of several rules that does not say [`Verdict::Pass`] decides.
///
/// # Panics
///
/// Outside a run.
#[track_caller]
pub fn rule(what: &str, rule: impl FnMut(&Packet) -> Verdict + 'static) -> Guard {
    let rule: Rule = Box::new(rule);
    let mut closure: Option<Closure> = Some(Box::new(rule));
    call(what, |net, core| {
        let closure = if core.is_inert() { None } else { closure.take() };
        let judge = |run| Waker::from(Arc::new(Judge { run }));
        let rule = closure.map(|closure| Damage::Rule(net.add_rule(core, closure, judge(core.run_id()))));
        Guard::new(core.run_id(), rule)
    })
}

/// Lets the rules decide about what was sent.
struct Judge {
    run: u64,
}

impl Wake for Judge {
    fn wake(self: Arc<Self>) {
        while self.decide().is_some() {}
    }
}

impl Judge {
    /// Decides about one packet, if one waits.
    fn decide(&self) -> Option<()> {
        let (packet, rules) = even_if_dead(self.run, |net, core| {
            let (cell, rules) = net.next_case()?;
            let (head, payload) = net.packet(cell);
            Some((Packet::of(core, &head, payload), rules))
        })??;
        let verdict = rules.into_iter().find_map(|rule| self.ask(rule, &packet));
        even_if_dead(self.run, |net, core| net.judged(core, verdict.unwrap_or(Verdict::Pass)))
    }

    /// What one rule says, if it says anything.
    fn ask(&self, number: u64, packet: &Packet) -> Option<Verdict> {
        let mut closure = even_if_dead(self.run, |net, _| net.lend_rule(number))??;
        let verdict = closure.downcast_mut::<Rule>().map(|rule| rule(packet));
        // One that was taken out of force meanwhile is dropped behind the borrow.
        let _former = even_if_dead(self.run, |net, _| net.return_rule(number, closure));
        verdict.filter(|&verdict| verdict != Verdict::Pass)
    }
}
