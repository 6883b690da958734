//! Time stands still while a task is ready, then jumps to what is due next.

use crate::common::{MILLI, Notes, SECOND, always, run};
use reenact::{Sim, clock, spawn, yield_now};
use std::{
    future::pending,
    time::{Duration, SystemTime},
};

#[test]
fn it_begins_at_zero_and_on_the_first_of_january_2020() {
    run(|sim| async move {
        assert_eq!(clock::now(), clock::Instant::ZERO);
        assert_eq!(sim.elapsed(), Duration::ZERO);
        let unix =
            |time: SystemTime| time.duration_since(SystemTime::UNIX_EPOCH).expect("after 1970").as_secs();
        assert_eq!(unix(clock::system_time()), 1_577_836_800);
        clock::sleep(Duration::from_secs(3600)).await;
        assert_eq!(unix(clock::system_time()), 1_577_836_800 + 3600);
        assert_eq!(sim.elapsed(), Duration::from_secs(3600));
    });
}

#[test]
fn it_stands_still_while_a_task_is_ready() {
    always(5, |_| async {
        let due = spawn(clock::sleep(Duration::from_nanos(1)));
        for _ in 0..1_000 {
            yield_now().await;
        }
        assert_eq!(clock::now(), clock::Instant::ZERO);
        assert!(!due.is_finished());
    });
}

#[test]
fn it_jumps_to_the_next_thing_due() {
    run(|_| async {
        let times =
            [7 * MILLI, 7 * MILLI + Duration::from_nanos(1), 20 * SECOND, Duration::from_secs(80_000)];
        let notes = Notes::new();
        let sleepers: Vec<_> = times
            .into_iter()
            .map(|time| {
                let notes = notes.clone();
                spawn(async move {
                    clock::sleep(time).await;
                    notes.put(clock::now().since_start());
                })
            })
            .collect();
        for sleeper in sleepers {
            sleeper.await.expect("no panic");
        }
        assert_eq!(notes.all(), times);
    });
}

#[test]
fn a_long_time_costs_no_more_steps_than_a_short_one() {
    let steps = |time| reenact::Simulation::new(1).run(move |_| clock::sleep(time)).stats().steps;
    assert_eq!(steps(MILLI), 3);
    assert_eq!(steps(Duration::from_secs(80_000)), 3);
}

#[test]
fn it_does_not_move_for_nothing() {
    let run = reenact::Simulation::new(1).run(|_| async {
        spawn(clock::sleep(SECOND));
        clock::sleep(MILLI).await;
    });
    assert_eq!(run.stats().virtual_time, MILLI);
}

/// Timers of tasks and callbacks, set in turns for the same time: all fire before any task runs.
#[test]
fn all_that_is_due_at_an_instant_happens_before_any_task_runs() {
    always(20, |_: Sim| async {
        let notes = Notes::new();
        for i in 0..4 {
            let (slept, called) = (notes.clone(), notes.clone());
            spawn(async move {
                clock::sleep(MILLI).await;
                slept.put("task");
            });
            clock::call_later(MILLI, move || called.put(["0", "1", "2", "3"][i]));
            yield_now().await;
        }
        clock::sleep(2 * MILLI).await;
        assert_eq!(notes.all(), ["0", "1", "2", "3", "task", "task", "task", "task"]);
    });
}

/// With nobody to reorder the wakes, tasks run in the order in which their timers were set.
#[test]
fn timers_of_one_instant_fire_in_the_order_in_which_they_were_set() {
    let run = reenact::Simulation::new(1).strategy(reenact::Strategy::Fifo).run(|_| async {
        let notes = Notes::new();
        for i in 0..20 {
            let notes = notes.clone();
            spawn(async move {
                // The later half asks earlier, at another time.
                clock::sleep((20 - i) * MILLI).await;
                clock::sleep_until(clock::Instant::ZERO + SECOND).await;
                notes.put(i);
            });
        }
        clock::sleep(2 * SECOND).await;
        notes.all()
    });
    assert_eq!(run.unwrap(), (0..20).rev().collect::<Vec<_>>());
}

#[test]
fn nodes_share_one_time() {
    run(|sim| async move {
        clock::sleep(MILLI).await;
        for name in ["a", "b"] {
            let now = sim.node(name).spawn(async { clock::now() });
            assert_eq!(now.await.expect("no panic").since_start(), MILLI);
        }
        sim.node("a").spawn(pending::<()>());
    });
}
