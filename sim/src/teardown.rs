//! The end of a run: everything that still lives goes, in order, with no effect on anything.
//!
//! Rim: destructors are user code, so each runs outside of the borrow and in a `catch_unwind` of its
//! own.

use crate::{
    actor::Actor,
    context,
    core::Core,
    director::Director,
    failure::FailureKind,
    invariant::Check,
    limbo::Limbo,
    panics::{discard, drop_quietly},
    side::Callback,
    spawn::{cancel, drop_remains},
    task::{Boxed, Ended},
};
/// How often what wakers do at the end may bring up others.
const ROUNDS: usize = 1_000;

/// Ends everything that still lives, in the order of nodes and tasks, with no effect on anything.
pub(crate) fn tear_down() {
    let Some(nodes) = context::try_with(|world| {
        if world.core.leaks && !world.core.ending {
            world.core.stats.left = world.waiting();
            world.core.stats.held = world.held();
        }
        world.core.ending = true;
        world.core.actor = Actor { inert: true, ..Actor::NOBODY };
        world.core.nodes.ids()
    }) else {
        return;
    };
    for node in nodes {
        let had = context::try_with(|world| {
            let ids = world.core.tasks_of(node);
            let record = world.core.nodes.get_mut(node);
            (ids, record.factory.take(), std::mem::take(&mut record.losses))
        });
        let Some((ids, factory, losses)) = had else { continue };
        for id in ids {
            if let Some(Some(object)) = context::try_with(|world| world.core.doom(id)) {
                cancel(id, object, true);
            }
        }
        if let Some(factory) = factory {
            drop_quietly("the main of a node", factory);
        }
        for lose in losses {
            drop_quietly("what hears of lost data", lose);
        }
    }
    if let Some(left) = context::try_with(|world| world.core.take_left()).flatten() {
        left.bury();
    }
    for _ in 0..ROUNDS {
        if !settle_all() {
            return;
        }
    }
    let rest = context::try_with(|world| {
        world
            .core
            .fail(FailureKind::Harness, "foreign wakers kept waking each other after the run had ended");
        std::mem::take(&mut world.core.limbo)
    });
    // Dropping them would go on for ever too.
    std::mem::forget(rest);
}

/// What a machine still has of a run when all tasks have gone.
struct Left {
    director: Option<Box<dyn Director>>,
    invariants: Vec<Check>,
    results: Vec<(Option<Boxed>, Option<Ended>)>,
    callbacks: Vec<Callback>,
}

impl Core {
    /// Takes out what is left to be dropped, if there is anything.
    fn take_left(&mut self) -> Option<Left> {
        let left = Left {
            director: self.take_director(),
            invariants: self.invariants.end(&mut self.stats.claims),
            results: self.take_rest(),
            callbacks: self.callbacks.take_all(),
        };
        let Left { director, invariants, results, callbacks } = &left;
        let nothing =
            director.is_none() && invariants.is_empty() && results.is_empty() && callbacks.is_empty();
        (!nothing).then_some(left)
    }
}

impl Left {
    fn bury(self) {
        if let Some(mut director) = self.director {
            director.end();
            drop_quietly("a fault plan", director);
        }
        for invariant in self.invariants {
            drop_quietly("an invariant", invariant);
        }
        for remains in self.results {
            drop_remains(remains);
        }
        for callback in self.callbacks {
            drop_quietly("a callback that never ran", callback.run);
        }
    }
}

/// Wakes and drops the foreign wakers that are still in the machine; says whether there were any.
fn settle_all() -> bool {
    let limbo = context::try_with(|world| {
        world.each_device(|device, core| device.end(core));
        world.core.forget_all();
        std::mem::take(&mut world.core.limbo)
    });
    match limbo {
        Some(limbo) if !limbo.is_empty() => {
            settle(limbo);
            true
        }
        _ => false,
    }
}

/// Wakes and drops foreign wakers, one at a time, each as whoever let it come to that.
pub(crate) fn settle(limbo: Limbo) {
    let act = |actor: Actor, what: &str, f: Box<dyn FnOnce() + '_>| {
        if let Err(panicked) = context::acting_as(actor, || context::user_code(f)) {
            context::try_with(|world| {
                world.core.fail_with_panic(&format!("a waker panicked while it was {what}: "), &panicked);
            });
            discard(panicked.0);
        }
    };
    let (wake, dropped, values) = limbo.into_parts();
    for (actor, waker) in wake {
        act(actor, "woken", Box::new(|| waker.wake()));
    }
    for (actor, waker) in dropped {
        act(actor, "dropped", Box::new(|| drop(waker)));
    }
    for (actor, value) in values {
        context::acting_as(actor, || drop_quietly("a closure of the test", value));
    }
}
