//! Callbacks: functions that run at a time, without a task.
//!
//! Rim. They run on the agenda, in the node that set them, each as a step of its own.

use crate::{
    context,
    due::{Alarm, Due},
    panics::drop_quietly,
    side::Callback,
    trace::Event,
    world::World,
};
use reenact_clock::Instant;
use std::{fmt, time::Duration};

/// Calls `f` as soon as no task is ready any more, without time passing.
///
/// ```
/// # mod reenact { pub use reenact_sim::{time as clock, *}; }
/// # reenact_sim::doc(|| async {
/// use futures::channel::oneshot;
/// use reenact::clock;
///
/// let (sender, receiver) = oneshot::channel();
/// clock::call_soon(move || sender.send(clock::now()).unwrap());
/// assert_eq!(receiver.await, Ok(clock::now()), "no time passed");
/// # });
/// ```
///
/// # Panics
///
/// Outside a run.
#[track_caller]
pub fn call_soon(f: impl FnOnce() + 'static) -> CallbackHandle {
    set("clock::call_soon", |now| now, f)
}

/// Calls `f` after `delay`.
///
/// ```
/// # mod reenact { pub use reenact_sim::{time as clock, *}; }
/// # reenact_sim::doc(|| async {
/// use reenact::clock;
/// use std::{cell::Cell, rc::Rc, time::Duration};
///
/// let rang = Rc::new(Cell::new(false));
/// let bell = rang.clone();
/// clock::call_later(Duration::from_secs(5), move || bell.set(true));
/// clock::sleep(Duration::from_secs(4)).await;
/// assert!(!rang.get());
/// clock::sleep(Duration::from_secs(2)).await;
/// assert!(rang.get());
/// # });
/// ```
///
/// # Panics
///
/// Outside a run.
#[track_caller]
pub fn call_later(delay: Duration, f: impl FnOnce() + 'static) -> CallbackHandle {
    set("clock::call_later", |now| now + delay, f)
}

/// Calls `f` at `at`, or as soon as no task is ready if that has passed.
///
/// ```
/// # mod reenact { pub use reenact_sim::{time as clock, *}; }
/// # reenact_sim::doc(|| async {
/// use futures::channel::oneshot;
/// use reenact::clock;
/// use std::time::Duration;
///
/// let (sender, receiver) = oneshot::channel();
/// let at = clock::now() + Duration::from_secs(5);
/// clock::call_at(at, move || sender.send(clock::now()).unwrap());
/// assert_eq!(receiver.await, Ok(at));
/// # });
/// ```
///
/// # Panics
///
/// Outside a run.
#[track_caller]
pub fn call_at(at: Instant, f: impl FnOnce() + 'static) -> CallbackHandle {
    set("clock::call_at", |now| now.max(at), f)
}

#[track_caller]
fn set(what: &str, when: impl FnOnce(Instant) -> Instant, f: impl FnOnce() + 'static) -> CallbackHandle {
    let boxed: Box<dyn FnOnce()> = Box::new(f);
    let set = context::with(what, |world| {
        let at = when(world.core.own_now());
        put(world, world.core.when(at), boxed)
    });
    match set {
        Ok(handle) => handle,
        Err((refused, run)) => {
            drop_quietly("a callback of a dead node", refused);
            CallbackHandle { place: u32::MAX, generation: 0, run }
        }
    }
}

type Refused = (Box<dyn FnOnce()>, u64);

fn put(world: &mut World, at: Instant, run: Box<dyn FnOnce()>) -> Result<CallbackHandle, Refused> {
    let core = &mut world.core;
    let node = core.actor.node;
    if core.actor.inert || core.ending || !core.nodes.get(node).state.is_alive() {
        return Err((run, core.run));
    }
    let life = core.nodes.get(node).incarnation;
    let path = core.callback_path();
    let key = reenact_clock::Key::NONE;
    let (place, generation) = core.callbacks.insert(Callback { run, node, life, path, at, key });
    let key = core.agenda.push(at, Due::new(Alarm::Callback(place)));
    if let Some(callback) = core.callbacks.get(place, generation) {
        callback.key = key;
    }
    let seq = core.record(Event::CallbackSet(at));
    core.recorder.timer_set(key.get(), seq);
    Ok(CallbackHandle { place, generation, run: core.run })
}

/// A callback that was set. Dropping the handle does not cancel it.
pub struct CallbackHandle {
    place: u32,
    generation: u32,
    run: u64,
}

impl CallbackHandle {
    /// Takes the callback back; one that has run is left as it was.
    ///
    /// ```
    /// # mod reenact { pub use reenact_sim::{time as clock, *}; }
    /// # reenact_sim::doc(|| async {
    /// use reenact::clock;
    /// use std::{cell::Cell, rc::Rc, time::Duration};
    ///
    /// let rang = Rc::new(Cell::new(false));
    /// let bell = rang.clone();
    /// let alarm = clock::call_later(Duration::from_secs(5), move || bell.set(true));
    /// alarm.cancel();
    /// assert_eq!(Rc::strong_count(&rang), 1, "the callback was dropped at once");
    /// clock::sleep(Duration::from_secs(6)).await;
    /// assert!(!rang.get());
    /// # });
    /// ```
    ///
    /// # Panics
    ///
    /// In another run.
    #[track_caller]
    pub fn cancel(&self) {
        let own = ("CallbackHandle::cancel", "CallbackHandle", self.run);
        let callback = context::with_own(own.0, own.1, own.2, |world| {
            let core = &mut world.core;
            if core.actor.inert {
                return None;
            }
            core.callbacks.get(self.place, self.generation)?;
            let callback = core.callbacks.take(self.place)?;
            core.agenda.cancel(callback.at, callback.key);
            core.recorder.timer_gone(callback.key.get());
            Some(callback)
        });
        if let Some(callback) = callback {
            drop_quietly("a cancelled callback", callback.run);
        }
    }
}

impl fmt::Debug for CallbackHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallbackHandle").finish_non_exhaustive()
    }
}
