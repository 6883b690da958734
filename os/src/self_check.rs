//! Whether the program really calls what this crate defines.
//!
//! The linker decides that, and may be told otherwise: by another definition of the same name, by a
//! standard library that is linked dynamically, by a list of symbols that are kept inside. So it is tried
//! out: with the standard library's own functions, and by asking the dynamic linker. A look at one function
//! of each kind is for the beginning of every program; all of them are tried out where somebody wants to know.

/// Whether one override of each kind is in effect in this program: it takes a few microseconds.
///
/// ```
/// // Where nothing is overridden, nothing can be missing.
/// assert!(reenact_os::is_in_effect());
/// ```
#[must_use]
pub fn is_in_effect() -> bool {
    #[cfg(overrides)]
    return check::first_look();
    #[cfg(not(overrides))]
    return true;
}

/// Finds out which overrides are not in effect in this program; returns the names of functions.
///
/// It starts a thread and sleeps for a moment, so it is best called once, and outside of a simulation.
///
/// ```
/// // Where nothing is overridden, nothing can be missing.
/// assert!(reenact_os::self_check().is_empty());
/// ```
#[must_use]
pub fn self_check() -> Vec<&'static str> {
    #[cfg(overrides)]
    return check::missing();
    #[cfg(not(overrides))]
    return Vec::new();
}

#[cfg(overrides)]
mod check {
    use crate::{
        clocks, escapes,
        here::during,
        randomness,
        simulated::{Escape, Simulated},
    };
    use std::{
        cell::Cell,
        ffi::{CStr, c_void},
        hash::{BuildHasher as _, RandomState},
        time::{Duration, SystemTime},
    };

    /// What the standard library draws the keys of hash maps with.
    #[cfg(target_os = "linux")]
    const RANDOMNESS: (&CStr, *const c_void) = (c"getrandom", randomness::getrandom as *const c_void);
    #[cfg(target_os = "macos")]
    const RANDOMNESS: (&CStr, *const c_void) =
        (c"CCRandomGenerateBytes", randomness::CCRandomGenerateBytes as *const c_void);

    /// A moment that is not now.
    const MOMENT: Duration = Duration::from_secs(1_234_567_890);

    #[derive(Default)]
    struct Probe {
        filled: Cell<bool>,
        slept: Cell<bool>,
    }

    impl Simulated for Probe {
        fn monotonic(&self) -> Duration {
            MOMENT
        }
        fn wall(&self) -> Duration {
            MOMENT
        }
        fn fill(&self, bytes: &mut [u8]) {
            self.filled.set(true);
            bytes.fill(7);
        }
        fn escaped(&self, _escape: Escape) {
            self.slept.set(true);
        }
    }

    /// The clock as the standard library reads it, and as the dynamic linker sees the other kinds.
    pub(super) fn first_look() -> bool {
        let kinds: [(&CStr, *const c_void); 2] =
            [RANDOMNESS, (c"pthread_create", escapes::pthread_create as *const c_void)];
        during(&Probe::default(), tells_the_moment) && kinds.into_iter().all(is_found)
    }

    pub(super) fn missing() -> Vec<&'static str> {
        let mut missing = Vec::new();
        // On a thread of its own: the keys of hash maps are drawn once a thread. That it can be started
        // is no question here.
        if let Ok(thread) = std::thread::Builder::new().spawn(of_the_standard_library) {
            missing.extend(thread.join().unwrap_or_default());
        }
        for (name, address) in defined() {
            if let Ok(text) = name.to_str()
                && !is_found((name, address))
                && !missing.contains(&text)
            {
                missing.push(text);
            }
        }
        missing
    }

    /// Whether who asks for the function of this name gets this one.
    fn is_found((name, address): (&CStr, *const c_void)) -> bool {
        // SAFETY: the name ends in a zero.
        let found = unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) };
        found.cast_const() == address
    }

    /// Whether the standard library asks the probe of this thread for the time.
    #[expect(clippy::disallowed_methods, reason = "it is found out what it does")]
    fn tells_the_moment() -> bool {
        SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).ok() == Some(MOMENT)
    }

    #[expect(clippy::disallowed_methods, reason = "it is found out what they do")]
    fn of_the_standard_library() -> Vec<&'static str> {
        let probe = Probe::default();
        during(&probe, || {
            let mut missing = Vec::new();
            if !tells_the_moment() {
                missing.push("clock_gettime");
            }
            std::hint::black_box(RandomState::new().hash_one(0));
            if !probe.filled.get() {
                missing.extend(RANDOMNESS.0.to_str());
            }
            std::thread::sleep(Duration::from_nanos(1));
            if !probe.slept.get() {
                missing.push("nanosleep");
            }
            missing
        })
    }

    /// What is defined here, by name.
    fn defined() -> Vec<(&'static CStr, *const c_void)> {
        let mut defined: Vec<(&CStr, *const c_void)> = vec![
            RANDOMNESS,
            (c"clock_gettime", clocks::clock_gettime as *const c_void),
            (c"gettimeofday", clocks::gettimeofday as *const c_void),
            (c"time", clocks::time as *const c_void),
            (c"getentropy", randomness::getentropy as *const c_void),
            (c"nanosleep", escapes::nanosleep as *const c_void),
            (c"sleep", escapes::sleep as *const c_void),
            (c"usleep", escapes::usleep as *const c_void),
            (c"pthread_create", escapes::pthread_create as *const c_void),
            (c"fork", escapes::fork as *const c_void),
        ];
        #[cfg(target_os = "linux")]
        defined.extend([
            (c"clock_nanosleep", escapes::clock_nanosleep as *const c_void),
            (c"syscall", crate::syscall::syscall as *const c_void),
        ]);
        #[cfg(target_os = "macos")]
        defined.extend([
            (c"clock_gettime_nsec_np", clocks::clock_gettime_nsec_np as *const c_void),
            (c"arc4random_buf", randomness::arc4random_buf as *const c_void),
            (c"arc4random", randomness::arc4random as *const c_void),
        ]);
        defined
    }
}
