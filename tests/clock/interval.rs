//! Ticks, in time and late.

use crate::common::{MILLI, SECOND, run};
use reenact::clock::{self, MissedTickBehavior};
use std::time::Duration;

/// When each tick came and when it was due, in milliseconds: a period of 10, and so long between
/// two ticks as `busy` says.
fn ticks(behavior: MissedTickBehavior, busy: &'static [u32]) -> Vec<(u128, u128)> {
    run(|_| async move {
        let mut interval = clock::interval(10 * MILLI);
        interval.set_missed_tick_behavior(behavior);
        let mut ticks = Vec::new();
        for &time in busy {
            let due = interval.tick().await;
            ticks.push((clock::now().since_start().as_millis(), due.since_start().as_millis()));
            clock::sleep(time * MILLI).await;
        }
        ticks
    })
}

#[test]
fn it_ticks_at_once_and_then_every_period() {
    for behavior in [MissedTickBehavior::Burst, MissedTickBehavior::Delay, MissedTickBehavior::Skip] {
        assert_eq!(ticks(behavior, &[0, 3, 9, 0]), [(0, 0), (10, 10), (20, 20), (30, 30)]);
    }
}

/// The rules are tokio's: 35 ms of work after the second tick make two ticks late.
#[test]
fn late_ticks_come_as_their_behaviour_says() {
    let busy = &[0, 35, 0, 0, 0, 0, 0];
    assert_eq!(
        ticks(MissedTickBehavior::Burst, busy),
        [(0, 0), (10, 10), (45, 20), (45, 30), (45, 40), (50, 50), (60, 60)]
    );
    assert_eq!(
        ticks(MissedTickBehavior::Delay, busy),
        [(0, 0), (10, 10), (45, 20), (55, 55), (65, 65), (75, 75), (85, 85)]
    );
    assert_eq!(
        ticks(MissedTickBehavior::Skip, busy),
        [(0, 0), (10, 10), (45, 20), (50, 50), (60, 60), (70, 70), (80, 80)]
    );
}

/// tokio lets a tick be 5 ms late before it calls the next one missed.
#[test]
fn a_tick_that_is_no_more_than_five_milliseconds_late_moves_no_other() {
    let busy = &[0, 15, 0, 26, 0, 0];
    let (early, late) = ([(0, 0), (10, 10), (25, 20), (30, 30)], [(56, 40)]);
    let after = |behavior| {
        let ticks = ticks(behavior, busy);
        assert_eq!((&ticks[..4], &ticks[4..5]), (&early[..], &late[..]), "{behavior:?}");
        ticks[5]
    };
    assert_eq!(after(MissedTickBehavior::Burst), (56, 50));
    assert_eq!(after(MissedTickBehavior::Delay), (66, 66));
    assert_eq!(after(MissedTickBehavior::Skip), (60, 60));
}

#[test]
fn it_may_be_set_to_tick_again_at_another_time() {
    run(|_| async {
        let start = clock::now();
        let mut interval = clock::interval(10 * MILLI);
        interval.tick().await;
        interval.reset_after(3 * MILLI);
        assert_eq!(interval.tick().await - start, 3 * MILLI);
        assert_eq!(interval.tick().await - start, 13 * MILLI);
        interval.reset_at(start + 14 * MILLI);
        assert_eq!(interval.tick().await - start, 14 * MILLI);
        assert_eq!(interval.tick().await - start, 24 * MILLI);
        interval.reset_at(start);
        assert_eq!((interval.tick().await, clock::now()), (start, start + 24 * MILLI));
    });
}

#[test]
fn a_tick_that_is_exactly_late_by_periods_skips_to_the_next() {
    assert_eq!(ticks(MissedTickBehavior::Skip, &[30, 0, 0]), [(0, 0), (30, 10), (40, 40)]);
}

#[test]
fn it_may_begin_later_and_in_the_past() {
    run(|_| async {
        let mut interval = clock::interval_at(clock::Instant::ZERO + 5 * MILLI, 10 * MILLI);
        interval.tick().await;
        assert_eq!(clock::now().since_start(), 5 * MILLI);
        clock::sleep(SECOND).await;
        let mut late = clock::interval_at(clock::Instant::ZERO, 600 * MILLI);
        assert_eq!(late.tick().await.since_start(), Duration::ZERO);
        assert_eq!(late.tick().await.since_start(), 600 * MILLI);
        assert_eq!(late.tick().await.since_start(), 1_200 * MILLI);
        assert_eq!(clock::now().since_start(), 1_200 * MILLI);
    });
}

#[test]
fn a_tick_that_was_given_up_is_not_lost() {
    run(|_| async {
        let mut interval = clock::interval(10 * MILLI);
        interval.tick().await;
        for _ in 0..3 {
            assert!(clock::timeout(3 * MILLI, interval.tick()).await.is_err());
        }
        assert_eq!(interval.tick().await.since_start(), 10 * MILLI);
    });
}

#[test]
fn it_may_be_reset() {
    run(|_| async {
        let mut interval = clock::interval(10 * MILLI);
        interval.tick().await;
        clock::sleep(4 * MILLI).await;
        interval.reset();
        assert_eq!(interval.tick().await.since_start(), 14 * MILLI);
        clock::sleep(MILLI).await;
        interval.reset_immediately();
        assert_eq!(interval.tick().await.since_start(), 15 * MILLI);
        assert_eq!(interval.tick().await.since_start(), 25 * MILLI);
    });
}

#[test]
fn it_knows_its_settings() {
    run(|_| async {
        let mut interval = clock::interval(SECOND);
        assert_eq!(interval.period(), SECOND);
        assert_eq!(interval.missed_tick_behavior(), MissedTickBehavior::Burst);
        interval.set_missed_tick_behavior(MissedTickBehavior::Skip);
        assert_eq!(interval.missed_tick_behavior(), MissedTickBehavior::Skip);
    });
}

#[test]
#[should_panic(expected = "`clock::interval` was given a period of zero")]
fn a_period_of_zero_is_refused() {
    run(|_| async { drop(clock::interval(Duration::ZERO)) });
}
