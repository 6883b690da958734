//! The one thread-local: whose simulation this thread runs, and whether it ever drew random bytes.
//!
//! It has no destructor, so it can be read at any time in a thread's life; it is set for the length of
//! a call, and only by that call.

use crate::simulated::Simulated;
use std::{cell::Cell, ptr::NonNull};

struct Here {
    simulated: Cell<Option<NonNull<dyn Simulated>>>,
    drawn: Cell<bool>,
}

thread_local! {
    static HERE: Here = const { Here { simulated: Cell::new(None), drawn: Cell::new(false) } };
}

/// Calls `f`; meanwhile what this thread asks the operating system is answered by `simulated`.
///
/// ```
/// use reenact_os::{Escape, Simulated, during};
/// use std::time::{Duration, SystemTime};
///
/// struct Noon;
/// impl Simulated for Noon {
///     fn monotonic(&self) -> Duration { Duration::ZERO }
///     fn wall(&self) -> Duration { Duration::from_secs(12 * 3600) }
///     fn fill(&self, bytes: &mut [u8]) { bytes.fill(7) }
///     fn escaped(&self, _: Escape) {}
/// }
/// let time = during(&Noon, || SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap());
/// assert_eq!(time == Noon.wall(), reenact_os::SUPPORTED);
/// ```
pub fn during<R>(simulated: &dyn Simulated, f: impl FnOnce() -> R) -> R {
    let borrowed: NonNull<dyn Simulated + '_> = NonNull::from(simulated);
    // SAFETY: only the lifetime changes, so the layout is the same. The pointer is followed only while
    // it is in `HERE`, which `Restore` takes it out of before this call returns or unwinds, and until
    // then the reference that it was made from is borrowed. No other thread sees this one's `HERE`.
    let erased = unsafe {
        std::mem::transmute::<NonNull<dyn Simulated + '_>, NonNull<dyn Simulated + 'static>>(borrowed)
    };
    with(Some(erased), f)
}

/// Calls `f`, for which there is no simulation on this thread.
pub fn outside<R>(f: impl FnOnce() -> R) -> R {
    with(None, f)
}

fn with<R>(simulated: Option<NonNull<dyn Simulated>>, f: impl FnOnce() -> R) -> R {
    struct Restore(Option<NonNull<dyn Simulated>>);
    impl Drop for Restore {
        fn drop(&mut self) {
            HERE.with(|here| here.simulated.set(self.0));
        }
    }
    let _restore = Restore(HERE.with(|here| here.simulated.replace(simulated)));
    f()
}

/// Where the thread-local is on this thread: among those of the whole program.
#[cfg(all(overrides, target_os = "linux"))]
pub(crate) fn address() -> usize {
    HERE.with(|here| std::ptr::from_ref(here).expose_provenance())
}

/// Whether nobody drew random bytes on this thread yet, as far as could be seen: then what a library
/// draws once a thread (the keys of its hash maps, the seed of its generator) is still to be drawn.
///
/// Where nothing is overridden, it cannot be known; then it is true.
pub fn is_fresh() -> bool {
    HERE.with(|here| !here.drawn.get())
}

/// Asks the simulation of this thread; `None` where there is none.
#[cfg(overrides)]
#[inline]
pub(crate) fn ask<R>(f: impl FnOnce(&dyn Simulated) -> R) -> Option<R> {
    let simulated = HERE.with(|here| here.simulated.get())?;
    // SAFETY: what is in `HERE` is borrowed by the call of `during` that put it there, and which has
    // not returned; see there.
    Some(f(unsafe { simulated.as_ref() }))
}

/// Notes that random bytes are drawn on this thread.
#[cfg(overrides)]
#[inline]
pub(crate) fn draws() {
    HERE.with(|here| here.drawn.set(true));
}
