//! The end of a run: everything that still lives goes, in order, with no effect on anything.
//!
//! Rim: destructors are user code, so each runs outside of the borrow and in a `catch_unwind` of its
//! own.

use crate::{
    actor::Actor,
    context,
    failure::FailureKind,
    limbo::Limbo,
    panics::{discard, drop_quietly},
    spawn::{cancel, drop_remains},
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
    if let Some(mut director) = context::try_with(|world| world.core.take_director()).flatten() {
        director.end();
        drop_quietly("a fault plan", director);
    }
    let invariants = context::try_with(|world| {
        let core = &mut world.core;
        core.invariants.end(&mut core.stats.claims)
    });
    for invariant in invariants.unwrap_or_default() {
        drop_quietly("an invariant", invariant);
    }
    let results = context::try_with(|world| world.core.take_rest()).unwrap_or_default();
    for remains in results {
        drop_remains(remains);
    }
    let callbacks = context::try_with(|world| {
        let places = world.core.callbacks.places(|_| true);
        places.into_iter().filter_map(|place| world.core.callbacks.take(place)).collect::<Vec<_>>()
    });
    for callback in callbacks.unwrap_or_default() {
        drop_quietly("a callback that never ran", callback.run);
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
