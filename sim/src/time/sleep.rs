//! Now, and later.
//!
//! Rim. A sleep is a deadline and, once polled, an item of the agenda that names its task; there
//! is no table of timers.

use crate::{
    context,
    core::Core,
    due::{Alarm, Due},
    id::TaskId,
    side::ForeignTimer,
    task::{Wait, Waiter},
    trace::Event,
};
use reenact_clock::{Instant, Key};
use std::{
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll, Waker},
    time::{Duration, SystemTime},
};

/// Virtual time since the run began, on the clock of the run.
///
/// Time stands still while a task is ready: it moves only when all wait.
///
/// ```
/// # mod reenact { pub use reenact_sim::{time as clock, *}; }
/// # reenact_sim::doc(|| async {
/// use reenact::clock;
/// use std::time::Duration;
///
/// let before = clock::now();
/// clock::sleep(Duration::from_millis(1500)).await;
/// assert_eq!(clock::now() - before, Duration::from_millis(1500), "to the nanosecond");
/// # });
/// ```
///
/// # Panics
///
/// Outside a run.
#[inline]
#[track_caller]
pub fn now() -> Instant {
    context::with("clock::now", |world| world.core.own_now())
}

/// Where the wall clock of every run begins: 2020-01-01 00:00:00 UTC.
pub const EPOCH: Duration = Duration::from_secs(1_577_836_800);

/// The time on the calling node's wall clock. Every run begins on 2020-01-01 at midnight, UTC.
///
/// ```
/// # mod reenact { pub use reenact_sim::{time as clock, *}; }
/// # reenact_sim::doc(|| async {
/// use reenact::clock;
/// use std::time::SystemTime;
///
/// let since = clock::system_time().duration_since(SystemTime::UNIX_EPOCH).unwrap();
/// assert_eq!(since.as_secs(), 1_577_836_800);
/// # });
/// ```
///
/// # Panics
///
/// Outside a run.
#[track_caller]
pub fn system_time() -> SystemTime {
    let since = context::with("clock::system_time", |world| world.core.own_wall());
    let epoch = SystemTime::UNIX_EPOCH + EPOCH;
    let apart = Duration::from_nanos(u64::try_from(since.unsigned_abs()).unwrap_or(u64::MAX));
    if since < 0 { epoch - apart } else { epoch + apart }
}

/// Waits until `duration` has passed since this call.
///
/// A duration that ends after the end of virtual time (`Duration::MAX`) never ends.
///
/// ```
/// # mod reenact { pub use reenact_sim::{time as clock, *}; }
/// # reenact_sim::doc(|| async {
/// use reenact::clock;
/// use std::time::Duration;
///
/// clock::sleep(Duration::from_secs(3600)).await; // an hour that takes no time
/// assert_eq!(clock::now().since_start(), Duration::from_secs(3600));
/// # });
/// ```
///
/// # Panics
///
/// Outside a run.
#[track_caller]
pub fn sleep(duration: Duration) -> Sleep {
    sleep_as("clock::sleep", duration)
}

/// Waits until `deadline`; if it has passed, not at all.
///
/// ```
/// # mod reenact { pub use reenact_sim::{time as clock, *}; }
/// # reenact_sim::doc(|| async {
/// use reenact::clock;
/// use std::time::Duration;
///
/// let noon = clock::now() + Duration::from_secs(12 * 3600);
/// clock::sleep_until(noon).await;
/// clock::sleep_until(noon).await; // it has passed
/// assert_eq!(clock::now(), noon);
/// # });
/// ```
///
/// # Panics
///
/// Outside a run.
#[track_caller]
pub fn sleep_until(deadline: Instant) -> Sleep {
    sleep_until_as("clock::sleep_until", deadline)
}

/// As [`sleep`], on behalf of a function of that name.
#[track_caller]
pub(super) fn sleep_as(what: &str, duration: Duration) -> Sleep {
    let (deadline, run) = context::with(what, |world| (world.core.own_now() + duration, world.core.run));
    Sleep { deadline, due: deadline, run, key: Key::NONE, owner: Owner::Nobody }
}

/// As [`sleep_until`], on behalf of a function of that name.
#[track_caller]
pub(super) fn sleep_until_as(what: &str, deadline: Instant) -> Sleep {
    let run = context::with(what, |world| world.core.run);
    Sleep { deadline, due: deadline, run, key: Key::NONE, owner: Owner::Nobody }
}

/// The future of [`sleep`] and [`sleep_until`].
///
/// Dropping it takes it off the agenda. It is `Unpin`, `Send` and `Sync`, and may be moved to
/// another task between polls.
///
/// ```
/// # mod reenact { pub use reenact_sim::{time as clock, *}; }
/// # reenact_sim::doc(|| async {
/// use reenact::clock;
/// use std::time::Duration;
///
/// let mut nap = clock::sleep(Duration::from_secs(5));
/// // It can be waited for in pieces, since a sleep ends when it ends.
/// assert!(clock::timeout(Duration::from_secs(2), &mut nap).await.is_err());
/// (&mut nap).await;
/// assert!(nap.is_elapsed());
/// assert_eq!(clock::now(), nap.deadline());
/// # });
/// ```
#[must_use = "futures do nothing unless polled"]
pub struct Sleep {
    /// When it ends, on the clock of the node that waits.
    deadline: Instant,
    /// When the agenda's item is due, on the clock of the run.
    due: Instant,
    run: u64,
    key: Key,
    owner: Owner,
}

/// Whom the agenda's item wakes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Owner {
    Nobody,
    Task(TaskId),
    /// A foreign waker, by its place and generation in the side table.
    Foreign(u32, u32),
}

impl Sleep {
    /// When it ends.
    pub fn deadline(&self) -> Instant {
        self.deadline
    }

    /// Whether it has ended.
    ///
    /// # Panics
    ///
    /// Outside a run.
    #[track_caller]
    pub fn is_elapsed(&self) -> bool {
        context::with_own("Sleep::is_elapsed", "Sleep", self.run, |world| {
            world.core.own_now() >= self.deadline
        })
    }

    /// Lets it end at another time, earlier or later, even if it has ended. Whoever polled it is
    /// woken at the new time.
    ///
    /// ```
    /// # mod reenact { pub use reenact_sim::{time as clock, *}; }
    /// # reenact_sim::doc(|| async {
    /// use reenact::clock;
    /// use std::{pin::pin, time::Duration};
    ///
    /// const IDLE: Duration = Duration::from_secs(10);
    /// let mut idle = pin!(clock::sleep(IDLE));
    /// clock::sleep(Duration::from_secs(7)).await;
    /// // Something happened: the connection is idle ten seconds from now.
    /// idle.as_mut().reset(clock::now() + IDLE);
    /// idle.await;
    /// assert_eq!(clock::now().since_start(), Duration::from_secs(17));
    /// # });
    /// ```
    ///
    /// # Panics
    ///
    /// In another run.
    #[track_caller]
    pub fn reset(self: Pin<&mut Self>, deadline: Instant) {
        self.get_mut().reset_as(("Sleep::reset", "Sleep"), |_| deadline);
    }

    /// As [`reset`](Self::reset), on behalf of a function and a handle of these names, to what
    /// `deadline` makes of the present time.
    #[track_caller]
    pub(super) fn reset_as(
        &mut self,
        (what, handle): (&str, &str),
        deadline: impl FnOnce(Instant) -> Instant,
    ) {
        context::with_own(what, handle, self.run, |world| {
            let core = &mut world.core;
            let now = core.own_now();
            let deadline = deadline(now);
            let waiter = match self.owner {
                Owner::Task(task) => Waiter::Task(task),
                Owner::Foreign(place, generation) => take_waker(core, place, generation),
                Owner::Nobody => Waiter::None,
            };
            self.disarm(core);
            self.deadline = deadline;
            if waiter.is_some() && now < deadline && !core.actor.inert {
                self.arm(core, waiter);
            } else {
                // Whoever waits polls again and finds it ended.
                core.wake(waiter);
            }
        });
    }

    /// As polling it, on behalf of a function and a handle of these names; gives the present time.
    #[inline]
    #[track_caller]
    pub(super) fn poll_as(&mut self, (what, handle): (&str, &str), cx: &Context<'_>) -> Poll<Instant> {
        context::with_own_waker((what, handle, self.run), cx, |world| {
            self.poll_in(&mut world.core).map(|()| world.core.own_now())
        })
    }

    #[inline]
    fn arm(&mut self, core: &mut Core, waiter: Waiter) {
        match waiter {
            Waiter::Task(task) => self.set(core, Alarm::Task(task), Owner::Task(task)),
            Waiter::Foreign(waker) => self.arm_for_other(core, waker),
            Waiter::None => {}
        }
    }

    #[inline(never)]
    fn arm_for_other(&mut self, core: &mut Core, waker: Waker) {
        let owner = core.actor.bystander();
        let (place, generation) = core.timers.insert(ForeignTimer { waker, owner });
        self.set(core, Alarm::Waker(place), Owner::Foreign(place, generation));
    }

    #[inline]
    fn set(&mut self, core: &mut Core, alarm: Alarm, owner: Owner) {
        self.due = core.when(self.deadline);
        if core.lateness.is_some() {
            self.due = core.late(self.due);
        }
        self.key = core.agenda.push(self.due, Due::new(alarm));
        self.owner = owner;
        if core.noted {
            self.note_set(core);
        }
    }

    #[cold]
    #[inline(never)]
    fn note_set(&self, core: &mut Core) {
        let seq = core.record(Event::TimerSet(self.due));
        core.recorder.timer_set(self.key.get(), seq);
    }

    #[inline]
    fn disarm(&mut self, core: &mut Core) {
        if self.key != Key::NONE {
            self.take_off(core);
        }
    }

    /// Takes what is set off the agenda.
    #[inline(never)]
    fn take_off(&mut self, core: &mut Core) {
        if !core.agenda.has_popped(self.due, self.key) {
            core.agenda.cancel(self.due, self.key);
            core.recorder.timer_gone(self.key.get());
        }
        if let Owner::Foreign(place, generation) = self.owner {
            let waiter = take_waker(core, place, generation);
            core.forget(waiter);
        }
        self.key = Key::NONE;
        self.owner = Owner::Nobody;
    }

    #[inline]
    fn poll_in(&mut self, core: &mut Core) -> Poll<()> {
        if core.own_now() >= self.deadline && !core.actor.inert {
            if core.lateness.is_some() {
                core.note_lateness(self.due, self.deadline);
            }
            match self.owner {
                // It fired: nothing of it is left in the machine.
                Owner::Task(_) if core.agenda.has_popped(self.due, self.key) => {
                    self.key = Key::NONE;
                    self.owner = Owner::Nobody;
                }
                _ => self.disarm(core),
            }
            return Poll::Ready(());
        }
        core.waits_for(Wait::Timer(self.deadline));
        // Nothing to do if it is set already, for the task that polls it now.
        let set = core.foreign.is_none()
            && self.owner == Owner::Task(core.actor.task)
            // A clock whose rate has changed shows the deadline at another time.
            && (core.clocks.is_empty() || core.when(self.deadline) == self.due);
        if !set && !core.actor.inert {
            self.disarm(core);
            let waiter = core.waiter();
            self.arm(core, waiter);
        }
        Poll::Pending
    }
}

/// The foreign waker of a timer, if it has not fired.
fn take_waker(core: &mut Core, place: u32, generation: u32) -> Waiter {
    if core.timers.get(place, generation).is_none() {
        return Waiter::None;
    }
    core.timers.take(place).map_or(Waiter::None, |timer| Waiter::Foreign(timer.waker))
}

impl Future for Sleep {
    type Output = ();

    #[inline]
    #[track_caller]
    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        context::with_own_waker(("clock::sleep", "Sleep", this.run), cx, |world| {
            this.poll_in(&mut world.core)
        })
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if self.key != Key::NONE {
            context::try_with(|world| {
                if world.core.run == self.run {
                    self.disarm(&mut world.core);
                }
            });
        }
    }
}

impl fmt::Debug for Sleep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sleep").field("deadline", &self.deadline).finish_non_exhaustive()
    }
}
