//! Deterministic simulation tests for async Rust.
//!
//! reenact runs async code in a simulation: one thread, a virtual clock, simulated nodes, a simulated
//! network, and one seed that decides the order of wake-ups, the latency and loss of packets and every
//! random draw. Nothing waits for real time, so a test runs over hundreds of seeds in about a second. A
//! seed that fails is repeated bit for bit, shrunk to the few decisions that matter, and explained.
//!
//! # A first test
//!
//! ```
//! use futures::{AsyncReadExt, AsyncWriteExt};
//! use reenact::{Sim, clock, net::{TcpListener, TcpStream}};
//! use std::{io, time::Duration};
//!
//! async fn server() -> io::Result<()> {
//!     let listener = TcpListener::bind("0.0.0.0:7000").await?;
//!     loop {
//!         let (mut stream, _peer) = listener.accept().await?;
//!         reenact::spawn(async move {
//!             let mut buf = [0; 64];
//!             while let Ok(n @ 1..) = stream.read(&mut buf).await {
//!                 if stream.write_all(&buf[..n]).await.is_err() { break }
//!             }
//!         });
//!     }
//! }
//!
//! #[reenact::test(seeds = 200)]
//! # // A documentation test has no harness: the attribute is tried on this one, and the test run below.
//! # async fn nothing(_sim: Sim) {}
//! async fn every_client_hears_its_echo(sim: Sim) {
//!     sim.node("server").start(server);
//!     let clients: Vec<_> = (0..3u8)
//!         .map(|i| sim.node(format!("client-{i}")).spawn(async move {
//!             let mut stream = TcpStream::connect("server:7000").await?;
//!             stream.write_all(&[i; 8]).await?;
//!             let mut back = [0; 8];
//!             stream.read_exact(&mut back).await?;
//!             assert_eq!(back, [i; 8]);
//!             io::Result::Ok(())
//!         }))
//!         .collect();
//!     for client in clients {
//!         clock::timeout(Duration::from_secs(60), client).await.expect("in time").expect("no panic").expect("no error");
//!     }
//! }
//! # reenact::Check::new("doc").seeds(20).run(every_client_hears_its_echo);
//! ```
//!
//! The attribute [`macro@test`] makes an ordinary `#[test]` of it, which `cargo test` runs: 200
//! simulations, each of another seed. The future need not be `Send`. Futures, channels and locks that
//! belong to no runtime (`futures`, `async-lock`, `tokio::sync`) work as they are; tasks, time, sockets
//! and randomness come from here.
//!
//! # One run
//!
//! A [`Simulation`] is one run of one seed, and gives an [`Outcome`]: the result, a digest of all that
//! happened, statistics, the trace, and the tape that repeats it.
//!
//! ```
//! use reenact::{Simulation, clock, trace::View};
//! use std::time::Duration;
//!
//! let run = |seed| Simulation::new(seed).run(|sim| async move {
//!     let db = sim.node("db");
//!     db.start(|| clock::sleep(Duration::from_secs(3600)));
//!     clock::sleep(Duration::from_secs(60)).await;
//!     db.crash();
//!     sim.elapsed()
//! });
//! let outcome = run(42);
//! assert_eq!(outcome.digest(), run(42).digest(), "equal seeds, equal runs");
//! assert_eq!(outcome.trace().text(View::timeline()), "db    start\ndb    crash\ntest  end\n");
//! assert_eq!(outcome.unwrap(), Duration::from_secs(60));
//! ```
//!
//! # Many runs
//!
//! A [`Check`] is a sweep: a test run once for each of many seeds. `#[reenact::test]` is
//! [`Check::run`], which panics with a report; [`Check::report`] returns it.
//!
//! ```
//! use reenact::{Check, draw};
//!
//! let report = Check::new("a die").seeds(1000).report(|_sim| async {
//!     assert_ne!(draw::range(1..=6), 6);
//! });
//! let finding = &report.findings()[0];
//! println!("seed {}: {}", finding.seed, finding.failure);
//! # assert!(finding.failure.to_string().starts_with("panic in test/main at "));
//! ```
//!
//! # How to read a failure
//!
//! This test takes for granted that datagrams arrive in the order in which they were sent:
//!
//! ```
//! use reenact::{Sim, net::UdpSocket};
//! use std::io;
//!
//! #[reenact::test(seeds = 200)]
//! # async fn nothing(_sim: Sim) {}
//! async fn the_last_word_wins(sim: Sim) -> io::Result<()> {
//!     let socket = UdpSocket::bind("0.0.0.0:7000").await?;
//!     sim.node("writer").start(|| async {
//!         let socket = UdpSocket::bind("0.0.0.0:0").await?;
//!         socket.send_to(b"draft", "test:7000").await?;
//!         socket.send_to(b"final", "test:7000").await.map(drop)
//!     });
//!     let mut word = [0; 5];
//!     for _ in 0..2 {
//!         socket.recv(&mut word).await?;
//!     }
//!     assert_eq!(str::from_utf8(&word), Ok("final"));
//!     Ok(())
//! }
//! # assert!(!reenact::Check::new("doc").seeds(200).report(the_last_word_wins).passed());
//! ```
//!
//! ```text
//! thread 'the_last_word_wins' panicked at tests/words.rs:17:5:
//! assertion `left == right` failed
//!   left: Ok("draft")
//!  right: Ok("final")
//!
//! reenact: words::the_last_word_wins failed on seed 0x5452d95d3c4ef694 (3rd of 200; 4 runs passed)
//!   at        t=0.001035157s  step 6  node test  task main
//!   kind      panic
//!   shrunk    6 -> 6 steps, 2 -> 1 decisions (12 runs)
//!   verified  same digest in a second run
//!   because   writer>test datagram 1 takes 0.001035157s, after: writer>test datagram 2 came  only the order matters
//!   without   the first, it passes; they part at event 13:
//!             here   t=0.001s test recv m1 datagram 5 B #3620 <- writer
//!             there  t=0.001s test recv m1 datagram 5 B #9d54 <- writer
//!   seen      4 runs of 2 distinct orders; never more than one task was ready
//!             a bug that shows in 1 run of 2 is missed so by 1 sweep in 20
//!   last      0.000000000s  writer  main  send m1 datagram 5 B #3620 -> test
//!             0.000000000s  writer  main  finish
//!             0.000000000s  writer        stop
//!             0.001000000s  test          recv m1 datagram 5 B #3620 <- writer
//!             0.001035157s  test          recv m2 datagram 5 B #9d54 <- writer
//!             0.001035157s  test    main  panic
//!   replay    REENACT_REPLAY=r1:5452d95d… cargo test -p my-service --test words -- --exact the_last_word_wins
//!   open      target/reenact/my-service/words.the_last_word_wins/5452d95d3c4ef694/trace.txt
//!   saved     tests/words.reenact-regressions  (+1 line: commit it)
//! ```
//!
//! - First stands what the panic said, and where. It is the run that is left after shrinking: what
//!   `replay` repeats. [`Finding::original`] is the run as it was found.
//! - `at` is virtual time, the number of steps, and who failed; `kind` is a [`FailureKind`]. A run that
//!   came to no end also lists every task with what it waits for.
//! - `shrunk` says what is left: the run fails in the same way with so few decisions that are not the
//!   simplest ones. `because` has each of them in words, with how much of it matters ([`Need`]), and
//!   `without` the nearest run that does not fail so, with the first event in which the two differ.
//! - `seen` is how much the runs that passed saw of the program ([`Progress`]), and what they may have missed.
//! - `last` are the last events of the run, as many as there is room for: here what was sent last came first.
//! - `replay` is a line to copy: it makes that very run again, and no other, so prints and a debugger
//!   show what it did. Where the test has changed, it fails as diverged, with the part of the run in
//!   which it left its tape. `REENACT_SEED=0x5452d95d3c4ef694` runs the seed, also after the test has changed.
//!   [`Check::run`] has all variables.
//! - `open` is the trace; beside it lie the tape as text, the explanation, and for programs `report.json` and
//!   `trace.jsonl` ([`trace::Recording`]).
//! - `saved` is a file beside the test that is to be committed: its runs are made first from now on.
//!
//! To see more than the last events, replay the token by hand: with [`Tape::parse`] and
//! [`Simulation::replay`] the run's [`trace`](Outcome::trace) is there whole, to be laid out by a
//! [`View`](trace::View).
//!
//! # Where things are
//!
//! | | |
//! |---|---|
//! | [`Simulation`], [`Outcome`], [`Stats`], [`Failure`] | one run, and what came of it |
//! | [`macro@test`], [`Check`], [`Report`], [`Finding`] | many runs, and what they found |
//! | [`Sim`], [`Node`], [`Clock`], [`NetHandle`] | the world from the test: nodes, crashes, clocks, partitions |
//! | [`spawn`], [`JoinSet`], [`select!`], [`task`] | tasks |
//! | [`clock`] | virtual time: sleeps, time-outs, intervals, callbacks |
//! | [`net`] | TCP and UDP with tokio's method names |
//! | [`draw`], [`rng`] | random values that follow the seed |
//! | [`Faults`], [`buggify!`], [`Sim::calm`] | what goes wrong, and that progress is made afterwards |
//! | [`always!`], [`sometimes!`], [`reachable!`], [`Sim::invariant`] | what is claimed, added up over a sweep |
//! | [`trace`] | what a run wrote down, marks of your own, views |
//! | [`Tape`] | the decisions of a run, as a token on one line |
//! | [`Os`] | calls to the operating system |
//!
//! Crates that ask their user for a runtime run inside by a feature each, none of which is on unless
//! asked for. No tokio runtime is involved.
//!
//! | feature | |
//! |---|---|
//! | `tokio-io` | streams have `tokio::io::{AsyncRead, AsyncWrite}` besides the traits of `futures`: tokio-tungstenite, tokio-util's codecs |
//! | `hyper` | `reenact::hyper`: executor, timer, streams, a pooled client |
//! | `axum` | `reenact::serve(listener, router)` |
//! | `tonic` | `reenact::tonic`: a server of routes, a channel; deadlines and keep-alive |
//! | `openraft` | `reenact::openraft::Runtime` |
//! | `tracing` | `reenact::tracing::layer()`: events and spans of the code, in the trace |
//!
//! # What follows the seed
//!
//! On Linux and macOS, what code asks the operating system is answered by the run on its thread (feature
//! `os`, on by default): `std::time::Instant::now` and `SystemTime::now` are virtual time, and random
//! bytes, so also the order of a `HashMap`, `rand::rng()` and keys, come from the seed. On Linux, in
//! a [`Check`] or [`Simulation::run_isolated`], so does the branch at which `tokio::select!` begins (feature
//! `tokio-select`, on by default), and `futures::select!` (feature `futures-select`). A sleep that blocks, or a thread, is told of. [`Os`] says what becomes of
//! such calls, and switches all of it off.
//!
//! What is left (a static that survives a run, the timing of threads, the order of addresses) is looked
//! for: a sweep runs some of its seeds twice and compares; where two runs differ, it fails and names the
//! first event that did ([`FailureKind::Nondeterminism`], [`Check::determinism`]). `docs/determinism.md`
//! has the whole list, and how to read such a report.
#![deny(missing_docs)]

// The macros write `::reenact`, also inside this crate's own tests.
extern crate self as reenact;

mod os;
mod env;
mod below;
mod carried;
mod fresh;
mod watchdog;
mod json;
mod faults;
pub mod trace;
#[cfg(feature = "tracing")]
pub mod tracing;
mod world;
mod outcome;
mod snapshot;
mod simulation;
mod check;
#[cfg(any(feature = "hyper", feature = "openraft"))]
mod adapters;
mod claims;
mod private;

pub use check::{
    Assertion, Certificate, Check, Explanation, Fault, Finding, Need, Neighbour, Progress, Reason, Report,
    Seeds, Shrink,
};
pub use faults::{Calm, Faults, FaultsHandle};
pub use os::Os;
pub use outcome::Outcome;
pub use reenact_sim::draw;
pub use reenact_sim::{
    Claim, Claims, Effect, Effects, Failure, FailureKind, FaultKind, Held, JoinError, JoinHandle, JoinSet,
    MainOutput, NodeState, OnPanic, Record, Stats, Strategy, Tally, Tape, TokenError, Waiting, draw::rng,
    spawn, yield_now,
};
pub use simulation::Simulation;
pub use world::{Clock, NetHandle, Node, Sim};

#[cfg(feature = "axum")]
pub use adapters::axum::{self, serve};
#[cfg(feature = "hyper")]
pub use adapters::hyper;
#[cfg(feature = "openraft")]
pub use adapters::openraft;
#[cfg(feature = "tonic")]
pub use adapters::tonic;

/// A property test: an `async fn` that is run once for each of many seeds.
///
/// ```
/// use reenact::{Sim, clock};
/// use std::time::Duration;
///
/// #[reenact::test(seeds = 20)]
/// # // A documentation test has no harness: the attribute is tried on this one, and the test run below.
/// # async fn nothing(_sim: Sim) {}
/// async fn a_task_sleeps(sim: Sim) -> Result<(), reenact::JoinError> {
///     let woke = sim.node("sleeper").spawn(async {
///         clock::sleep(Duration::from_secs(3600)).await;
///         clock::now()
///     });
///     assert_eq!(woke.await?.since_start(), Duration::from_secs(3600));
///     Ok(())
/// }
/// # reenact::Check::new("doc").seeds(20).run(a_task_sleeps);
/// ```
///
pub use reenact_macros::test;

/// The first of several futures; the seed decides between those that are ready at once.
///
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
    pub use crate::private::{Site, buggify, claim, run_test, select_start, set_watchdog};
    pub use crate::snapshot::{Snapshot, snapshot};
}

/// Virtual time: what it is now, waiting for it, callbacks.
///
/// Names and meanings are tokio's where tokio has them. Time stands still while a task is ready; when
/// all wait, it jumps to the next moment at which something is due, so waiting costs nothing.
///
/// ```
/// use reenact::{Simulation, clock};
/// use std::time::Duration;
///
/// let run = Simulation::new(1).run(|_sim| async {
///     let (day, hour) = (Duration::from_secs(86_400), Duration::from_secs(3600));
///     assert!(clock::timeout(hour, clock::sleep(day)).await.is_err());
///     clock::now()
/// });
/// assert_eq!(run.unwrap().to_string(), "3600.000s");
/// ```
pub mod clock {
    pub use reenact_sim::time::{
        CallbackHandle, Elapsed, Instant, Interval, MissedTickBehavior, Sleep, Tick, Timeout, call_at,
        call_later, call_soon, interval, interval_at, now, sleep, sleep_until, system_time, timeout,
        timeout_at,
    };
}

/// The simulated network: sockets with tokio's method names, and how the network behaves.
///
/// Each node has an address, and is found by its name. Streams implement the traits of `futures::io`,
/// and with the feature `tokio-io` those of tokio.
///
/// ```
/// use futures::{AsyncReadExt, AsyncWriteExt};
/// use reenact::{Simulation, net::{TcpListener, TcpStream}};
/// use std::io;
///
/// async fn greeter() -> io::Result<()> {
///     let listener = TcpListener::bind("0.0.0.0:7000").await?;
///     let (mut stream, _peer) = listener.accept().await?;
///     stream.write_all(b"hello").await
/// }
/// let run = Simulation::new(1).run(|sim| async move {
///     sim.node("greeter").start(greeter);
///     let mut heard = String::new();
///     TcpStream::connect("greeter:7000").await?.read_to_string(&mut heard).await?;
///     io::Result::Ok(heard)
/// });
/// assert_eq!(run.unwrap().unwrap(), "hello");
/// ```
pub mod net {
    pub use crate::world::{Link, Shape};
    pub use reenact_net::{
        Config, Flavour, Guard, InFlight, Latency, LossReason, NetStats, Packet, PacketKind, Ratio,
        TcpKeepalive, TcpListener, TcpSocket, TcpStream, ToSocketAddrs, UdpSocket, Verdict, lookup_host,
    };

    /// The halves of a stream, as tokio's module of this name has them.
    pub mod tcp {
        pub use reenact_net::{OwnedReadHalf, OwnedWriteHalf, ReadHalf, ReuniteError, WriteHalf};
    }
}

/// The decision tape: what a run decided, as data.
pub mod tape {
    pub use reenact_sim::{Base, Entry, Header, Kind, StreamId, Tape, TokenError, Waypoints};
}

/// Tasks: names, and who is running.
///
/// ```
/// use reenact::{Simulation, task};
///
/// let run = Simulation::new(1).run(|sim| async move {
///     let flusher = async { task::Builder::new().name("flusher").spawn(async { task::current() }).await };
///     sim.node("db").spawn(flusher).await.unwrap().unwrap()
/// });
/// let who = run.unwrap();
/// assert_eq!((who.node(), who.name()), ("db", Some("flusher")));
/// ```
pub mod task {
    pub use reenact_sim::{
        AbortHandle, Builder, Cancellable, Current, JoinError, JoinHandle, JoinNext, JoinSet, TaskId,
        YieldNow, cancellable, current, spawn, touch, yield_now,
    };
}

/// The README's examples, compiled.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
