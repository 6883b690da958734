//! Numbers that would check nothing are refused where they are given.

use super::panic_of;
use reenact::{Check, net};
use std::time::Duration;

#[test]
fn no_seeds_are_refused() {
    let check = || Check::new("none");
    #[expect(clippy::reversed_empty_ranges, reason = "that is the point")]
    let said = [
        panic_of(|| check().seeds(0)),
        panic_of(|| check().seeds(-5)),
        panic_of(|| check().seeds(7..7)),
        panic_of(|| check().seeds(7..=6)),
        panic_of(|| check().seeds([])),
        panic_of(|| check().seeds(Vec::new())),
    ];
    for said in said {
        assert!(
            said.starts_with("a sweep over no seeds checks nothing: give `seeds` a count of at least 1"),
            "{said}"
        );
    }
}

#[test]
fn no_threads_and_no_findings_are_refused() {
    let said = panic_of(|| Check::new("none").jobs(0));
    assert_eq!(said, "a sweep on no threads makes no run: give `jobs` a number of at least 1");
    let said = panic_of(|| Check::new("none").keep_going(0));
    assert!(said.ends_with("give `keep_going` a number of at least 1"), "{said}");
}

#[test]
fn a_latency_that_ends_before_it_starts_is_refused() {
    let seconds = Duration::from_secs;
    let said = panic_of(|| net::Config::default().latency(seconds(5)..seconds(1)));
    assert_eq!(said, "a latency between 5s and 1s is none: write the least first, as in `1s..5s`");
    let always = net::Config::default().latency(seconds(5)..seconds(5));
    assert_ne!(always, net::Config::ideal());
}
