//! Deterministic simulation tests for async Rust.
//!
//! reenact takes the order of wake-ups, the lateness of packets and the moment of a crash into its
//! own hands: a seed decides all of them, so a failing run can be repeated bit for bit.
#![deny(missing_docs)]

// The macros write `::reenact`, also inside this crate's own tests.
extern crate self as reenact;

mod env;
mod watchdog;
pub mod trace;
mod world;
mod simulation;
mod check;
mod private;

pub use check::{Check, Finding, Report, Seeds};
pub use reenact_sim::draw;
pub use reenact_sim::{
    Failure, FailureKind, JoinError, JoinHandle, JoinSet, MainOutput, NodeState, OnPanic, Record, Stats,
    Strategy, Tape, TokenError, Waiting, draw::rng, spawn, yield_now,
};
pub use simulation::{Outcome, Simulation};
pub use world::{NetHandle, Node, Sim};

/// ```
/// use reenact::{Sim, clock};
/// use std::time::Duration;
///
/// #[reenact::test(seeds = 20)]
/// async fn a_task_sleeps(sim: Sim) -> Result<(), reenact::JoinError> {
///     let woke = sim.node("sleeper").spawn(async {
///         clock::sleep(Duration::from_secs(3600)).await;
///         clock::now()
///     });
///     assert_eq!(woke.await?.since_start(), Duration::from_secs(3600));
///     Ok(())
/// }
/// # // A documentation test has no test harness: this is what the attribute does there.
/// # reenact::Check::new("doc").seeds(20).run(|sim: Sim| async move {
/// #     let woke = sim.node("sleeper").spawn(async {
/// #         clock::sleep(Duration::from_secs(3600)).await;
/// #         clock::now()
/// #     });
/// #     assert_eq!(woke.await?.since_start(), Duration::from_secs(3600));
/// #     Ok::<(), reenact::JoinError>(())
/// # });
/// ```
///
pub use reenact_macros::test;

/// ```
/// use reenact::{Simulation, clock};
/// use std::time::Duration;
///
/// let run = Simulation::new(1).run(|_sim| async {
///     reenact::select! {
///         _ = clock::sleep(Duration::from_secs(2)) => "two",
///         _ = clock::sleep(Duration::from_secs(1)) => "one",
///     }
/// });
/// assert_eq!(run.unwrap(), "one");
/// ```
///
pub use reenact_macros::select;

#[doc(hidden)]
pub mod __private {
    pub use crate::private::{Site, run_test, select_start, set_watchdog};
}

/// Virtual time: what it is now, waiting for it, callbacks.
pub mod clock {
    pub use reenact_sim::time::{
        CallbackHandle, Elapsed, Instant, Interval, MissedTickBehavior, Sleep, Timeout, call_at, call_later,
        call_soon, interval, interval_at, now, sleep, sleep_until, system_time, timeout, timeout_at,
    };
}

/// The simulated network: sockets with tokio's method names, and how the network behaves.
pub mod net {
    pub use reenact_net::{
        Config, Guard, Ratio, TcpListener, TcpStream, ToSocketAddrs, UdpSocket, lookup_host,
    };
}

/// Tasks: names, and who is running.
pub mod task {
    pub use reenact_sim::{
        Builder, Current, JoinError, JoinHandle, JoinSet, TaskId, YieldNow, current, spawn, yield_now,
    };
}

/// The README's examples, compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
