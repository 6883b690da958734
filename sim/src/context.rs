//! Where code inside a run finds the machine: a thread-local, beside one that says which run it is.
//!
//! Rim. It is tiny and scoped: a run enters it, and whatever way the run ends it is left as it was.
//! No borrow is alive while user code runs. The panic hook reads and writes here too.

use crate::{actor::Actor, core::Core, id::TaskId, task::Wakers, world::World};
use std::{
    any::Any,
    backtrace::Backtrace,
    cell::{Cell, RefCell, RefMut},
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    task::Waker,
};

/// What the panic hook saw.
#[derive(Debug)]
pub(crate) struct PanicNote {
    pub(crate) message: String,
    pub(crate) location: Option<String>,
    /// Put into words only if it is reported, since that takes long.
    pub(crate) backtrace: Backtrace,
}

struct Context {
    world: RefCell<Option<Box<World>>>,
    /// The machine of the last run of this thread, for its allocations.
    spare: RefCell<Option<Box<World>>>,
    panic: RefCell<Option<PanicNote>>,
}

thread_local! {
    static CONTEXT: Context = const {
        Context {
            world: RefCell::new(None),
            spare: RefCell::new(None),
            panic: RefCell::new(None),
        }
    };
    /// The number of the run that is on this thread's stack, whose panics are caught and reported by it;
    /// 0 outside of runs. Apart from the machine, so that misuse is found out without a borrow of it.
    static RUN: Cell<u64> = const { Cell::new(0) };
}

/// Numbers runs in this process. It only tells a handle that it is in the wrong run: it is
/// compared, never traced, hashed, ordered or shown.
static RUNS: AtomicU64 = AtomicU64::new(1);

/// Runs `f` with the machine of this thread's run, or returns `None` where there is no run.
#[inline]
pub fn try_with<R>(f: impl FnOnce(&mut World) -> R) -> Option<R> {
    CONTEXT.try_with(|context| Some(f(context.world.try_borrow_mut().ok()?.as_mut()?))).ok().flatten()
}

/// Runs `f` with the machine of this thread's run.
///
/// # Panics
///
/// Outside a run, with a sentence that names `what` and says what to do.
#[inline]
#[track_caller]
pub fn with<R>(what: &str, f: impl FnOnce(&mut World) -> R) -> R {
    assert_inside(what);
    within(f)
}

/// Runs `f` with the machine, on behalf of a `handle` that was made in the run of this number.
///
/// # Panics
///
/// Outside a run, and in another one than the handle's: with sentences that name `what` and `handle`.
#[inline]
#[track_caller]
pub fn with_own<R>(what: &str, handle: &str, run: u64, f: impl FnOnce(&mut World) -> R) -> R {
    assert_own(what, handle, run);
    within(f)
}

/// Checks that a run is going on in this thread.
///
/// # Panics
///
/// As [`with`].
// Here and below the panic is raised outside of closures, which would hide the caller's line; and before
// the borrow, so that nothing it returns has to be carried through an `Option`.
#[inline]
#[track_caller]
pub fn assert_inside(what: &str) {
    if RUN.get() == 0 {
        outside(what)
    }
}

/// Whether the run of this number is going on in this thread.
#[inline]
pub fn is_here(run: u64) -> bool {
    RUN.get() == run
}

/// Checks that the run of a `handle` is going on in this thread.
///
/// # Panics
///
/// As [`with_own`].
#[inline]
#[track_caller]
pub fn assert_own(what: &str, handle: &str, run: u64) {
    match RUN.get() {
        here if here == run => {}
        0 => outside(what),
        _ => other_run(handle),
    }
}

/// Runs `f` with the machine, which is known to be there.
#[inline]
pub(crate) fn within<R>(f: impl FnOnce(&mut World) -> R) -> R {
    CONTEXT.with(|context| match context.world.try_borrow_mut().as_deref_mut() {
        Ok(Some(world)) => f(world),
        _ => gone(),
    })
}

#[cold]
#[inline(never)]
fn gone() -> ! {
    unreachable!("code of the test ran while the machine was borrowed; please report this")
}

#[cold]
#[inline(never)]
#[track_caller]
fn outside(what: &str) -> ! {
    panic!(
        "`{what}` was called outside a simulation: call it from inside `Simulation::run`, `Check::run` or a function with `#[reenact::test]`, on the thread that runs it"
    )
}

#[cold]
#[inline(never)]
#[track_caller]
fn other_run(what: &str) -> ! {
    panic!(
        "this {what} belongs to another run of the simulation: handles live only as long as their run, so make a new one inside this run (do not keep one in a static or outside the test's closure)"
    )
}

/// Runs `f` with the machine, on behalf of a future that is polled with this context: what `f`
/// gets from [`Core::waiter`] is whoever its waker wakes.
///
/// The waker is cloned only when it is not the polled task's own, and outside of the borrow, since
/// cloning may run any code.
///
/// # Panics
///
/// As [`with`].
#[inline]
#[track_caller]
pub fn with_waker<R>(what: &str, cx: &std::task::Context<'_>, f: impl FnOnce(&mut World) -> R) -> R {
    assert_inside(what);
    within_for(cx, f)
}

/// As [`with_waker`], on behalf of a `handle` that was made in the run of this number.
///
/// # Panics
///
/// As [`with_own`].
#[inline]
#[track_caller]
pub fn with_own_waker<R>(
    (what, handle, run): (&str, &str, u64),
    cx: &std::task::Context<'_>,
    f: impl FnOnce(&mut World) -> R,
) -> R {
    assert_own(what, handle, run);
    within_for(cx, f)
}

/// As [`within`], with the waker of `cx` at hand.
#[inline]
fn within_for<R>(cx: &std::task::Context<'_>, f: impl FnOnce(&mut World) -> R) -> R {
    let waker = cx.waker();
    CONTEXT.with(|context| {
        // Declared before the borrow, so that it acts after it, also when `f` panics.
        let mut foreign = Foreign(None);
        let Ok(mut borrow) = context.world.try_borrow_mut() else { gone() };
        let Some(world) = borrow.as_deref_mut() else { gone() };
        if !world.core.is_own(waker) {
            drop(borrow);
            borrow = foreign.bring(context, waker);
        }
        match borrow.as_deref_mut() {
            Some(world) => f(world),
            None => gone(),
        }
    })
}

/// The context in which a foreign waker was brought into the machine.
struct Foreign<'a>(Option<&'a Context>);

impl<'a> Foreign<'a> {
    #[cold]
    #[inline(never)]
    fn bring(&mut self, context: &'a Context, waker: &Waker) -> RefMut<'a, Option<Box<World>>> {
        let clone = Waker::clone(waker);
        self.0 = Some(context);
        let mut borrow = context.world.borrow_mut();
        if let Some(world) = borrow.as_deref_mut() {
            world.core.foreign = Some(clone);
        }
        borrow
    }
}

impl Drop for Foreign<'_> {
    #[inline]
    fn drop(&mut self) {
        if let Some(context) = self.0 {
            drop_unused(context);
        }
    }
}

/// Takes the foreign waker back that nobody asked for, and drops it outside of the machine.
#[cold]
#[inline(never)]
fn drop_unused(context: &Context) {
    let mut unused = None;
    if let Ok(mut borrow) = context.world.try_borrow_mut()
        && let Some(world) = borrow.as_deref_mut()
    {
        unused = world.core.foreign.take();
    }
    drop(unused);
}

/// Wakes a task of the run with this number, if that run is going on in this thread.
pub(crate) fn wake(run: u64, task: TaskId) -> bool {
    try_with(|world| {
        let mine = world.core.run == run;
        if mine {
            world.core.wake_task(task);
        }
        mine
    })
    .unwrap_or(false)
}

/// Whether a run is going on in this thread.
pub(crate) fn is_entered() -> bool {
    RUN.get() != 0
}

/// Enters a fresh machine, with `prepare` to set it up.
///
/// # Errors
///
/// When a run is going on in this thread already.
pub(crate) fn enter(prepare: impl FnOnce(&mut World, u64)) -> Result<(), ()> {
    CONTEXT.with(|context| {
        if context.world.borrow().is_some() {
            return Err(());
        }
        let spare = context.spare.borrow_mut().take();
        let mut world = spare.unwrap_or_else(first_machine);
        let run = RUNS.fetch_add(1, Relaxed);
        prepare(&mut world, run);
        *context.world.borrow_mut() = Some(world);
        RUN.set(run);
        Ok(())
    })
}

/// The first machine of a thread. Apart, since it is large and is made on the stack.
#[cold]
#[inline(never)]
fn first_machine() -> Box<World> {
    Box::new(World::new(Core::new(Wakers::new(wake))))
}

/// Leaves the machine, which is kept for the next run of this thread.
pub(crate) fn leave<R>(finish: impl FnOnce(&mut World) -> R) -> Option<R> {
    CONTEXT.with(|context| {
        let mut world = context.world.borrow_mut().take()?;
        RUN.set(0);
        let result = finish(&mut world);
        world.core.wakers.beacon.end();
        *context.spare.borrow_mut() = Some(world);
        Some(result)
    })
}

/// Runs user code, and returns what a panic left.
#[inline]
pub(crate) fn user_code<R>(f: impl FnOnce() -> R) -> Result<R, (Box<dyn Any + Send>, Option<PanicNote>)> {
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(f));
    result.map_err(with_note)
}

/// A payload, with what the panic hook saw of it.
#[cold]
#[inline(never)]
fn with_note(payload: Box<dyn Any + Send>) -> (Box<dyn Any + Send>, Option<PanicNote>) {
    (payload, CONTEXT.with(|context| context.panic.borrow_mut().take()))
}

/// Acts as somebody else while `f` runs.
pub(crate) fn acting_as<R>(actor: Actor, f: impl FnOnce() -> R) -> R {
    let before = try_with(|world| std::mem::replace(&mut world.core.actor, actor));
    let result = f();
    if let Some(mut before) = before {
        // Whoever acted before may have died meanwhile.
        try_with(|world| {
            before.inert |= world.core.is_dead(&before);
            world.core.actor = before;
        });
    }
    result
}

/// Keeps what a panic said, if it happened in a run's user code on this thread; says whether.
pub(crate) fn note_panic(note: impl FnOnce() -> PanicNote) -> bool {
    CONTEXT
        .try_with(|context| {
            if !is_entered() {
                return false;
            }
            if let Ok(mut panic) = context.panic.try_borrow_mut() {
                *panic = Some(note());
            }
            true
        })
        .unwrap_or(false)
}
