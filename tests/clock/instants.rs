//! Instants as users meet them: arithmetic that never fails.

use crate::common::{SECOND, run};
use reenact::clock::{self, Instant};
use std::time::Duration;

#[test]
fn they_never_overflow() {
    assert_eq!(Instant::ZERO + Duration::MAX, Instant::MAX);
    assert_eq!(Instant::MAX + Duration::from_nanos(1), Instant::MAX);
    assert_eq!(Instant::ZERO - Duration::from_nanos(1), Instant::ZERO);
    assert_eq!(Instant::ZERO.duration_since(Instant::MAX), Duration::ZERO);
    assert_eq!(Instant::MAX.checked_add(Duration::from_nanos(1)), None);
}

#[test]
fn they_print_as_seconds() {
    let shown = |nanos| Instant::from_nanos(nanos).to_string();
    assert_eq!(shown(0), "0.000s");
    assert_eq!(shown(1_204_000_000), "1.204s");
    assert_eq!(shown(1_500), "0.000001500s");
    assert_eq!(shown(u64::MAX), "never");
}

#[test]
fn they_know_the_present() {
    run(|_| async {
        let start = Instant::now();
        clock::sleep(SECOND).await;
        assert_eq!((start.elapsed(), Instant::now()), (SECOND, clock::now()));
        assert_eq!((clock::now() + SECOND).elapsed(), Duration::ZERO, "it lies ahead");
    });
}
