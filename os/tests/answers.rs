//! What a program asks below Rust is answered by the simulation on its thread, and by nobody else.
#![cfg(any(target_os = "linux", target_os = "macos"))]
#![expect(clippy::disallowed_methods, reason = "what is asked is what is answered")]

use reenact_os::{
    Escape, Generator, SUPPORTED, Simulated, during, is_fresh, is_in_effect, outside, self_check,
};
use std::{
    cell::{Cell, RefCell},
    hash::{BuildHasher as _, RandomState},
    sync::{Condvar, Mutex},
    thread,
    time::{Duration, Instant, SystemTime},
};

/// A clock that stands where it is put, bytes that count, and a list of what escaped.
#[derive(Default)]
struct World {
    now: Cell<Duration>,
    next: Cell<u8>,
    escapes: RefCell<Vec<Escape>>,
}

const EPOCH: Duration = Duration::from_secs(1_000_000_000);

impl Simulated for World {
    fn monotonic(&self) -> Duration {
        self.now.get()
    }
    fn wall(&self) -> Duration {
        EPOCH + self.now.get()
    }
    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            *byte = self.next.get();
            self.next.set(byte.wrapping_add(1));
        }
    }
    fn escaped(&self, escape: Escape) {
        self.escapes.borrow_mut().push(escape);
    }
}

fn world() -> World {
    World { now: Cell::new(Duration::from_millis(5_000)), ..World::default() }
}

fn on_a_new_thread<R: Send>(f: impl FnOnce() -> R + Send) -> R {
    thread::scope(|scope| scope.spawn(f).join().expect("no panic"))
}

#[test]
fn the_clock_stands_until_it_is_moved() {
    if !SUPPORTED {
        return;
    }
    let world = world();
    during(&world, || {
        let start = Instant::now();
        assert_eq!(start.elapsed(), Duration::ZERO);
        world.now.set(Duration::from_secs(3605));
        assert_eq!(start.elapsed(), Duration::from_secs(3600));
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
        assert_eq!(since, EPOCH + Duration::from_secs(3605));
        // SAFETY: it may be null.
        assert_eq!(unsafe { libc::time(std::ptr::null_mut()) }, 1_000_003_605);
        let mut time = libc::timeval { tv_sec: 0, tv_usec: 0 };
        // SAFETY: it is a local variable.
        unsafe { libc::gettimeofday(&mut time, std::ptr::null_mut()) };
        assert_eq!((time.tv_sec, time.tv_usec), (1_000_003_605, 0));
    });
}

#[test]
fn the_time_that_a_processor_was_used_is_real() {
    let used = || {
        let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: it is a local variable.
        assert_eq!(unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut time) }, 0);
        Duration::new(time.tv_sec as u64, time.tv_nsec as u32)
    };
    during(&world(), || {
        let before = used();
        while used() == before {}
    });
}

#[test]
fn a_clock_that_is_not_there_is_an_error_as_ever() {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: it is a local variable.
    let ask = |time: &mut libc::timespec| unsafe { libc::clock_gettime(4_711, time) };
    assert_eq!(ask(&mut time), -1);
    assert_eq!(during(&world(), || ask(&mut time)), -1);
    assert_eq!(std::io::Error::last_os_error().raw_os_error(), Some(libc::EINVAL));
}

#[test]
fn other_threads_and_the_outside_see_real_time() {
    let world = world();
    during(&world, || {
        let real = || Instant::now().elapsed() > Duration::ZERO || SystemTime::now().elapsed().is_ok();
        assert!(outside(real));
        let year = |time: SystemTime| time.duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
        assert!(year(outside(SystemTime::now)) > Duration::from_secs(1_600_000_000));
        let elsewhere = on_a_new_thread(SystemTime::now);
        assert!(year(elsewhere) > Duration::from_secs(1_600_000_000));
        assert_eq!(year(SystemTime::now()) < Duration::from_secs(1_600_000_000), SUPPORTED);
    });
    assert!(SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970") > EPOCH * 3 / 2);
}

#[test]
fn a_panic_ends_the_simulation_of_its_thread() {
    let world = world();
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        during(&world, || std::panic::resume_unwind(Box::new("out of here")));
    }));
    assert!(panicked.is_err());
    let real = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
    assert!(real > EPOCH * 3 / 2);
}

#[test]
fn the_keys_of_hash_maps_are_the_simulations_on_a_new_thread() {
    if !SUPPORTED {
        return;
    }
    let hash = |first| {
        on_a_new_thread(move || {
            assert!(is_fresh());
            let world = World { next: Cell::new(first), ..World::default() };
            let hash = during(&world, || RandomState::new().hash_one("a key"));
            assert!(!is_fresh(), "they are drawn once a thread");
            hash
        })
    };
    assert_eq!(hash(1), hash(1));
    assert_ne!(hash(1), hash(2));
}

#[test]
#[cfg(target_os = "linux")]
fn random_bytes_come_in_order_however_they_are_asked_for() {
    if !SUPPORTED {
        return;
    }
    on_a_new_thread(|| {
        during(&world(), || {
            let mut bytes = [0u8; 300];
            let place = |bytes: &mut [u8]| bytes.as_mut_ptr().cast::<libc::c_void>();
            // SAFETY: here and below, it is a slice of a local array, of the length that is said.
            assert_eq!(unsafe { libc::getrandom(place(&mut bytes[..3]), 3, 0) }, 3);
            // SAFETY: as above.
            assert_eq!(unsafe { libc::getentropy(place(&mut bytes[3..5]), 2) }, 0);
            let rest = bytes[5..].as_mut_ptr();
            // SAFETY: as above.
            assert_eq!(unsafe { libc::syscall(libc::SYS_getrandom, rest, 295, 0) }, 295);
            let counted: Vec<u8> = (0..300).map(|i| i as u8).collect();
            assert_eq!(bytes.as_slice(), counted);
        });
    });
}

#[test]
fn what_only_asks_whether_there_are_bytes_draws_none() {
    on_a_new_thread(|| {
        // SAFETY: nothing is written.
        unsafe { libc::getentropy(std::ptr::null_mut(), 0) };
        assert!(is_fresh());
    });
}

#[test]
fn sleeps_and_threads_are_noticed_and_done() {
    if !SUPPORTED {
        return;
    }
    let world = world();
    let short = Duration::from_millis(2);
    let took = outside(Instant::now);
    during(&world, || {
        thread::sleep(short);
        assert_eq!(on_a_new_thread(|| 6 * 7), 42);
    });
    assert!(took.elapsed() >= short);
    assert_eq!(*world.escapes.borrow(), [Escape::Sleep(short), Escape::Thread]);
}

#[test]
#[cfg(target_os = "linux")]
fn a_wait_with_an_end_ends_after_its_time_and_not_at_a_moment_of_another_clock() {
    if !SUPPORTED {
        return;
    }
    // Whether the simulation's clock is far behind the real one, or far ahead.
    for now in [Duration::from_secs(1), Duration::from_secs(4_000_000_000)] {
        let world = World { now: Cell::new(now), ..World::default() };
        let short = Duration::from_millis(20);
        let took = outside(Instant::now);
        during(&world, || {
            let (lock, never) = (Mutex::new(()), Condvar::new());
            let guard = lock.lock().expect("it is not poisoned");
            assert!(never.wait_timeout(guard, short).expect("it is not poisoned").1.timed_out());
        });
        let took = took.elapsed();
        assert!((short..Duration::from_secs(5)).contains(&took), "{took:?}");
        assert_eq!(*world.escapes.borrow(), [Escape::Wait(short)]);
    }
}

#[test]
fn a_copy_of_the_process_is_noticed_and_made() {
    if !SUPPORTED {
        return;
    }
    let world = world();
    // SAFETY: the child does nothing but end at once, without any destructor.
    let child = during(&world, || unsafe { libc::fork() });
    if child == 0 {
        // SAFETY: it does not return.
        unsafe { libc::_exit(7) };
    }
    assert!(child > 0, "{}", std::io::Error::last_os_error());
    let mut status = 0;
    // SAFETY: it is a local variable.
    assert_eq!(unsafe { libc::waitpid(child, &mut status, 0) }, child);
    assert!(libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 7);
    assert_eq!(*world.escapes.borrow(), [Escape::Fork]);
}

#[test]
fn a_sleep_until_a_moment_of_the_simulation_is_a_sleep_of_what_is_left() {
    if !SUPPORTED || cfg!(target_os = "macos") {
        return;
    }
    #[cfg(target_os = "linux")]
    for now in [Duration::from_secs(1), Duration::from_secs(4_000_000_000)] {
        let world = World { now: Cell::new(now), ..World::default() };
        let moment = now + Duration::from_millis(20);
        let mut time = libc::timespec { tv_sec: moment.as_secs() as i64, tv_nsec: 0 };
        time.tv_nsec = moment.subsec_nanos().into();
        let took = outside(Instant::now);
        let slept = during(&world, || {
            // SAFETY: it is a local variable, and what is left is not asked for.
            unsafe {
                libc::clock_nanosleep(libc::CLOCK_MONOTONIC, libc::TIMER_ABSTIME, &time, std::ptr::null_mut())
            }
        });
        assert_eq!(slept, 0);
        assert!((Duration::from_millis(20)..Duration::from_secs(5)).contains(&took.elapsed()));
        assert_eq!(*world.escapes.borrow(), [Escape::Sleep(Duration::from_millis(20))]);
    }
}

#[test]
fn every_override_is_in_effect() {
    assert_eq!(self_check(), [""; 0]);
    on_a_new_thread(|| {
        assert!(is_in_effect());
        assert!(is_fresh(), "to look at it draws nothing");
    });
}

#[test]
fn a_generator_that_is_not_there_is_not_found() {
    thread_local! {
        static TWO: Cell<Option<[u64; 2]>> = const { Cell::new(None) };
        static CHANGES: Cell<u64> = const { Cell::new(1) };
    }
    fn step(state: u64) -> u64 {
        state.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(0x1405_7b7e_f767_814f)
    }
    let nothing = Generator::find(|| (), || ());
    let too_large = Generator::find(|| (), || TWO.set(Some(TWO.get().unwrap_or([1, 2]).map(step))));
    let always_there = Generator::find(|| (), || CHANGES.set(step(CHANGES.get())));
    assert_eq!((nothing, too_large, always_there), (None, None, None));
}

#[test]
#[cfg(target_os = "linux")]
fn a_generator_is_found_and_others_keep_their_state() {
    if !SUPPORTED {
        return;
    }
    thread_local! {
        static BEFORE: Cell<u32> = const { Cell::new(0) };
        static STATE: Cell<Option<(u32, u32)>> = const { Cell::new(None) };
        static AFTER: Cell<Option<u64>> = const { Cell::new(None) };
    }
    fn draw() -> u32 {
        let (one, two) = STATE.get().unwrap_or((3, 4));
        let three = (one ^ one << 17) ^ two ^ one >> 7 ^ two >> 16;
        STATE.set(Some((two, three)));
        three.wrapping_add(two)
    }
    fn watched() {
        draw();
    }
    let generator = Generator::find(|| (), watched).expect("it is found");
    on_a_new_thread(|| {
        BEFORE.set(7);
        AFTER.set(Some(8));
        let drawn = |seed| {
            let kept = generator.seed(seed);
            let drawn = [draw(), draw()];
            generator.restore(kept);
            drawn
        };
        assert_eq!(drawn(5), drawn(5));
        assert_ne!(drawn(5), drawn(6));
        assert_ne!(drawn(0), [0, 0], "it does not stand still");
        assert_eq!((STATE.get(), BEFORE.get(), AFTER.get()), (None, 7, Some(8)), "as if nothing had been");
    });
}
