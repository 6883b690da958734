//! What the program and its test claim: assertions in the code, invariants between steps.
//!
//! Rim. Outside of a run an assertion that is broken panics, and the others do nothing: the code under
//! test keeps them when it is run for real. Invariants only look: what they do has no effect.

use crate::{
    actor::Actor,
    claim::{Claim, Tally},
    context,
    core::Core,
    failure::FailureKind,
    id::TaskId,
    invariant::{Check, Invariant},
    panics::{discard, drop_quietly},
};
use std::{borrow::Cow, panic::Location};

/// Looks at a claim of the running code. One that is broken fails the run, which goes on to the end
/// of the step; `words` says what was claimed.
///
/// # Panics
///
/// Outside of a run, if the claim is broken.
#[track_caller]
pub fn claim(claim: Claim, name: &'static str, holds: bool, words: impl FnOnce() -> String) {
    let broken = !holds && matches!(claim, Claim::Always | Claim::Unreachable);
    // What they are made of may run any code.
    let said = broken.then(words);
    let site = Location::caller();
    let in_a_run = context::try_with(|world| {
        let core = &mut world.core;
        if core.actor.inert || core.ending {
            return;
        }
        let seen = Tally { held: u64::from(holds), failed: u64::from(!holds) };
        core.stats.claims.add(claim, Cow::Borrowed(name), seen);
        if let Some(said) = &said {
            core.fail_at(FailureKind::Invariant, site, sentence(claim, said));
        }
    });
    if let (None, Some(said)) = (in_a_run, said) {
        panic!("{}", sentence(claim, &said));
    }
}

fn sentence(claim: Claim, said: &str) -> String {
    match claim {
        Claim::Unreachable => format!("`{said}` was reached, which is claimed to be unreachable"),
        _ => format!("`{said}` does not hold, which is claimed to hold always"),
    }
}

impl Core {
    /// Lets the run fail after a step, in the name of who made it.
    fn fail_after_step(&mut self, site: &'static Location<'static>, message: String) {
        let (node, task) = self.invariants.acted;
        let lives = self.tasks.get(task).is_some();
        self.actor = Actor { node, task: if lives { task } else { TaskId::NONE }, ..Actor::NOBODY };
        self.fail_at(FailureKind::Invariant, site, message);
        self.actor = Actor::NOBODY;
    }
}

/// From now on looks at `check` after each step that ran user code; the first `Err` fails the run.
///
/// # Panics
///
/// Outside of a run.
#[track_caller]
pub fn invariant(name: String, check: impl FnMut() -> Result<(), String> + 'static) {
    let site = Location::caller();
    let check: Check = Box::new(check);
    let refused = context::with("Sim::invariant", |world| {
        let core = &mut world.core;
        if core.actor.inert || core.ending {
            return Some(check);
        }
        core.noted = true;
        // This step began before it was noted who acts.
        core.invariants.act(core.actor.node, core.actor.task);
        core.invariants.list.push(Invariant { name, site, check, held: 0, failed: 0 });
        None
    });
    drop_quietly("an invariant", refused);
}

/// Looks at all of them.
pub(crate) fn look() {
    let mut list = context::with("run", |world| std::mem::take(&mut world.core.invariants.list));
    let observer = Actor { inert: true, ..Actor::NOBODY };
    let broken = context::acting_as(observer, || {
        list.iter_mut().find_map(|invariant| {
            let seen = context::user_code(&mut invariant.check);
            if let Ok(Ok(())) = seen {
                invariant.held += 1;
                return None;
            }
            invariant.failed += 1;
            Some((invariant.name.clone(), invariant.site, seen))
        })
    });
    context::with("run", |world| {
        let core = &mut world.core;
        // Those that were set meanwhile come last.
        list.append(&mut core.invariants.list);
        core.invariants.list = list;
    });
    match broken {
        None | Some((_, _, Ok(Ok(())))) => {}
        Some((name, site, Ok(Err(reason)))) => context::with("run", |world| {
            world.core.fail_after_step(site, format!("`{name}` does not hold: {reason}"));
        }),
        Some((name, _, Err(panicked))) => {
            context::with("run", |world| {
                world.core.fail_with_panic(&format!("the invariant `{name}` panicked: "), &panicked);
            });
            discard(panicked.0);
        }
    }
}
