//! openraft on the simulation (feature `openraft`): its `AsyncRuntime`.
//!
//! In `declare_raft_types!`, say `AsyncRuntime = reenact::openraft::Runtime`. Tasks, time-outs and
//! elections then follow the seed. How nodes reach each other (`RaftNetwork`) and where they keep
//! their logs is the program's own affair, as on tokio.

use crate::{clock, draw};
use futures_channel::oneshot;
use openraft::{AsyncRuntime, OptionalSend, async_runtime::AsyncOneshotSendExt};
use rand_08::RngCore;
use std::{
    fmt,
    ops::{Add, AddAssign, Sub, SubAssign},
    time::Duration,
};

/// openraft's runtime: tasks, time and randomness of the run.
///
/// ```
/// use openraft::{AsyncRuntime, Instant as _};
/// use reenact::{Simulation, openraft::{Instant, Runtime}};
/// use std::time::Duration;
///
/// let run = Simulation::new(1).run(|_sim| async {
///     let begun = Instant::now();
///     Runtime::spawn(Runtime::sleep(Duration::from_secs(5))).await.unwrap();
///     begun.elapsed()
/// });
/// assert_eq!(run.unwrap(), Duration::from_secs(5));
/// ```
///
/// # Panics
///
/// All its functions but `oneshot` do outside a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Runtime;

impl AsyncRuntime for Runtime {
    type JoinError = crate::JoinError;
    type JoinHandle<T: OptionalSend + 'static> = crate::JoinHandle<T>;
    type Sleep = clock::Sleep;
    type Instant = Instant;
    type TimeoutError = clock::Elapsed;
    type Timeout<R, T: Future<Output = R> + OptionalSend> = clock::Timeout<T>;
    type ThreadLocalRng = Rng;
    type OneshotSender<T: OptionalSend> = Sender<T>;
    type OneshotReceiver<T: OptionalSend> = oneshot::Receiver<T>;
    type OneshotReceiverError = oneshot::Canceled;

    #[track_caller]
    fn spawn<T>(future: T) -> Self::JoinHandle<T::Output>
    where
        T: Future + OptionalSend + 'static,
        T::Output: OptionalSend + 'static,
    {
        within();
        crate::spawn(future)
    }

    #[track_caller]
    fn sleep(duration: Duration) -> Self::Sleep {
        within();
        clock::sleep(duration)
    }

    #[track_caller]
    fn sleep_until(deadline: Instant) -> Self::Sleep {
        within();
        clock::sleep_until(deadline.0)
    }

    #[track_caller]
    fn timeout<R, F: Future<Output = R> + OptionalSend>(duration: Duration, future: F) -> clock::Timeout<F> {
        within();
        clock::timeout(duration, future)
    }

    #[track_caller]
    fn timeout_at<R, F: Future<Output = R> + OptionalSend>(
        deadline: Instant,
        future: F,
    ) -> clock::Timeout<F> {
        within();
        clock::timeout_at(deadline.0, future)
    }

    fn is_panic(join_error: &crate::JoinError) -> bool {
        join_error.is_panic()
    }

    fn thread_rng() -> Rng {
        Rng
    }

    fn oneshot<T: OptionalSend>() -> (Sender<T>, oneshot::Receiver<T>) {
        let (sender, receiver) = oneshot::channel();
        (Sender(sender), receiver)
    }
}

/// Says what to do outside a run.
#[track_caller]
fn within() {
    reenact_sim::with("openraft::Runtime", |_| ());
}

/// An instant of virtual time.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Instant(clock::Instant);

impl openraft::Instant for Instant {
    fn now() -> Self {
        Instant(clock::now())
    }
}

impl Add<Duration> for Instant {
    type Output = Instant;

    fn add(self, duration: Duration) -> Instant {
        Instant(self.0 + duration)
    }
}

impl AddAssign<Duration> for Instant {
    fn add_assign(&mut self, duration: Duration) {
        self.0 += duration;
    }
}

impl Sub<Duration> for Instant {
    type Output = Instant;

    fn sub(self, duration: Duration) -> Instant {
        Instant(self.0 - duration)
    }
}

impl SubAssign<Duration> for Instant {
    fn sub_assign(&mut self, duration: Duration) {
        self.0 -= duration;
    }
}

impl Sub<Instant> for Instant {
    type Output = Duration;

    fn sub(self, earlier: Instant) -> Duration {
        self.0 - earlier.0
    }
}

/// The generator by which openraft spreads its elections: draws of the calling task, which shrink.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Rng;

impl RngCore for Rng {
    fn next_u32(&mut self) -> u32 {
        draw::range(0..=u32::MAX)
    }

    fn next_u64(&mut self) -> u64 {
        draw::range(0..=u64::MAX)
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(&self.next_u64().to_le_bytes()[..chunk.len()]);
        }
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rand_08::Error> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

/// Sends one value.
pub struct Sender<T>(oneshot::Sender<T>);

impl<T: OptionalSend> AsyncOneshotSendExt<T> for Sender<T> {
    fn send(self, value: T) -> Result<(), T> {
        self.0.send(value)
    }
}

impl<T> fmt::Debug for Sender<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sender")
    }
}
