//! What of the agenda only its own parts show. What callers see is tested from
//! outside, in `tests/agenda.rs`.

use super::*;

const NOON: Instant = Instant::from_nanos(12);

#[test]
fn to_cancel_what_was_popped_leaves_nothing_behind() {
    let mut agenda = Agenda::new();
    let key = agenda.push(NOON, ());
    agenda.pop_due(NOON);
    agenda.cancel(NOON, key);
    assert!(agenda.cancelled.is_empty());
}

#[test]
fn to_cancel_again_after_a_sweep_leaves_nothing_behind_for_long() {
    let mut agenda = Agenda::new();
    let keys: Vec<Key> = (0..100).map(|_| agenda.push(NOON, ())).collect();
    for &key in keys.iter().chain(&keys) {
        agenda.cancel(NOON, key);
        assert!(agenda.cancelled.len() <= agenda.len() + SLACK);
    }
    assert_eq!((agenda.len(), agenda.next_at()), (0, None));
    assert!(agenda.cancelled.is_empty());
}

#[test]
fn the_wheels_are_left_alone_while_there_is_little_and_left_again_after() {
    let mut agenda = Agenda::new();
    let hours = |n: u64| Instant::from_nanos(n * 3_600_000_000_000);
    for n in 1..=MANY as u64 {
        agenda.push(hours(n), n);
    }
    assert!(agenda.later.is_idle());
    agenda.push(hours(100), 100);
    assert!(!agenda.later.is_idle());
    let mut came = Vec::new();
    while let Some((_, n)) = agenda.pop_due(hours(100)) {
        came.push(n);
    }
    assert!(came.is_sorted() && came.len() == MANY + 1);
    assert!(agenda.later.is_idle());
}

#[test]
fn an_item_with_eight_bytes_takes_twenty_four() {
    assert_eq!(size_of::<Item<u64>>(), 24);
}
