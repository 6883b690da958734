//! What becomes of calls to the operating system: the setting.
//!
//! Pure data. What a run answers to such calls is in `below`.

/// What becomes of calls to the operating system that code makes below Rust, in a run.
///
/// With any but `Off`, on Linux and macOS ([`SUPPORTED`](Os::SUPPORTED)), the functions with which a
/// program asks for the time and for random bytes follow the run on its thread: `Instant::now` and
/// `SystemTime::now` are its clock, and what is seeded by the operating system (the order of a `HashMap`,
/// `rand::rng`, `uuid`, keys) is drawn from its seed. The values differ in what becomes of calls that no
/// run can answer: those that sleep for real, start a thread or fork. They are always carried out.
///
/// ```
/// use reenact::{Os, Simulation, clock};
/// use std::time::{Duration, Instant};
///
/// let hour = Duration::from_secs(3600);
/// let took = |os| Simulation::new(1).os(os).run(move |_sim| async move {
///     let start = Instant::now();
///     clock::sleep(hour).await;
///     start.elapsed()
/// });
/// assert!(took(Os::Off).unwrap() < hour, "real time");
/// if Os::SUPPORTED {
///     assert_eq!(took(Os::Warn).unwrap(), hour);
/// }
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub enum Os {
    /// Nothing is overridden.
    Off,
    /// Such calls are carried out, and nothing is said.
    Allow,
    /// Such calls are carried out; the first of a run is told of on the terminal, once a test.
    #[default]
    Warn,
    /// Such calls are carried out; the run fails as soon as the code that made it returns.
    Fail,
}

impl Os {
    /// Whether calls can be overridden in this build: with the feature `os`, on Linux with glibc and on
    /// macOS, on 64-bit x86 and ARM, not under Miri or a sanitizer.
    #[cfg(feature = "os")]
    pub const SUPPORTED: bool = reenact_os::SUPPORTED;
    /// Whether calls can be overridden in this build: not without the feature `os`.
    #[cfg(not(feature = "os"))]
    pub const SUPPORTED: bool = false;
}
