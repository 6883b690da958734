//! Threads on which nothing was drawn from the operating system's randomness yet.
//!
//! Libraries draw once a thread what they then use for long: the keys of hash maps, the seed of a
//! generator. So a run that is to follow its seed begins on a thread where that was not drawn. Most
//! tests never draw it, and then their runs stay on one thread, as if this were not here.
//!
//! Rim: threads are started here.

use crate::{below, carried::Carried, os::Os};
use std::{
    panic::resume_unwind,
    thread::{Builder, current, scope},
};

/// Calls `f` on this thread, or on a new one if something was drawn on this.
#[inline]
pub(crate) fn on_a_fresh_thread<R: Send>(os: Os, f: impl FnOnce() -> R + Send) -> R {
    if os == Os::Off {
        return f();
    }
    below::look_for_generators();
    if below::is_fresh() { f() } else { on_a_new_thread(f) }
}

/// Calls `f` on a new thread.
pub(crate) fn on_a_new_thread<R: Send>(f: impl FnOnce() -> R + Send) -> R {
    let mut f = Some(f);
    let on_it = scope(|scope| {
        // What the code prints of its thread is as if it had stayed.
        let name = current().name().unwrap_or("reenact").to_owned();
        let carried = Carried::here();
        let work = || carried.within(|| f.take().map(|f| f()));
        let thread = Builder::new().name(name).spawn_scoped(scope, work).ok()?;
        thread.join().unwrap_or_else(|payload| resume_unwind(payload))
    });
    // Without threads to be had, this one has to do.
    on_it.or_else(|| f.take().map(|f| f())).unwrap_or_else(|| unreachable!("it was called on one of the two"))
}
