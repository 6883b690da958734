//! Clocks of nodes that are wrong.

use crate::common::{MILLI, Notes, SECOND, always, run};
use futures::{StreamExt, future::join_all, stream::FuturesUnordered};
use reenact::{
    Sim, Simulation, clock,
    trace::{Level, View},
};
use std::time::{Duration, SystemTime};

async fn wall(sim: &Sim, node: &str) -> SystemTime {
    sim.node(node).spawn(async { clock::system_time() }).await.unwrap()
}

#[test]
fn skew_and_steps_are_of_the_wall_clock_only() {
    run(|sim| async move {
        let db = sim.node("db").clock();
        let right = clock::system_time();
        db.skew(90 * SECOND);
        assert_eq!(wall(&sim, "db").await, right + 90 * SECOND);
        db.step_forward(10 * SECOND);
        assert_eq!(wall(&sim, "db").await, right + 100 * SECOND);
        db.step_back(200 * SECOND);
        assert_eq!(wall(&sim, "db").await, right - 100 * SECOND);
        db.lag(SECOND);
        assert_eq!(wall(&sim, "db").await, right - SECOND, "skew and lag are not added up");
        let monotonic = sim.node("db").spawn(async { clock::now() }).await.unwrap();
        assert_eq!(monotonic, clock::now());
        assert_eq!(clock::system_time(), right, "the others' clocks are right");
    });
}

#[test]
fn a_wall_clock_can_show_a_time_before_the_run() {
    run(|sim| async move {
        let db = sim.node("db");
        db.clock().lag(Duration::from_secs(60 * 365 * 86_400));
        assert!(wall(&sim, "db").await < SystemTime::UNIX_EPOCH);
    });
}

#[test]
fn a_drift_is_of_both_clocks_and_of_all_that_waits_for_a_time() {
    for (ppm, takes) in [(1_000_000, 5 * SECOND), (-500_000, 20 * SECOND), (0, 10 * SECOND)] {
        always(3, move |sim| async move {
            let db = sim.node("db");
            db.clock().drift_ppm(ppm);
            let callback = Notes::new();
            let noted = callback.clone();
            let slept = db.spawn(async move {
                let (start, ten) = (clock::now(), 10 * SECOND);
                clock::call_later(ten, move || noted.put(clock::now().since_start()));
                clock::sleep(ten).await;
                assert_eq!(clock::now() - start, ten, "on its own clock");
                assert!(clock::timeout(SECOND, std::future::pending::<()>()).await.is_err());
            });
            clock::sleep(takes).await;
            reenact::yield_now().await;
            assert_eq!(callback.all(), [10 * SECOND]);
            slept.await.unwrap();
            assert_eq!(sim.elapsed(), takes + takes / 10);
        });
    }
}

#[test]
fn what_waits_already_follows_a_clock_that_changes_its_rate() {
    for (ppm, ends) in [(1_000_000, 6 * SECOND), (-500_000, 18 * SECOND)] {
        always(3, move |sim| async move {
            let db = sim.node("db");
            let own = db.spawn(async { clock::sleep(10 * SECOND).await });
            // One whose waker is not its task's.
            let foreign = db.spawn(async {
                let naps: FuturesUnordered<_> = (0..40).map(|_| clock::sleep(10 * SECOND)).collect();
                naps.collect::<Vec<()>>().await
            });
            let limited = db.spawn(clock::timeout(10 * SECOND, std::future::pending::<()>()));
            let callback = Notes::new();
            let (noted, world) = (callback.clone(), sim.clone());
            db.spawn(async move { clock::call_later(10 * SECOND, move || noted.put(world.elapsed())) });
            let dropped = db.spawn(async {
                let _ = clock::timeout(5 * SECOND, clock::sleep(10 * SECOND)).await;
                clock::now().since_start()
            });
            clock::sleep(2 * SECOND).await;
            db.clock().drift_ppm(ppm);
            own.await.unwrap();
            assert_eq!(sim.elapsed(), ends);
            foreign.await.unwrap();
            assert!(limited.await.unwrap().is_err());
            assert_eq!(sim.elapsed(), ends);
            reenact::yield_now().await;
            clock::sleep(MILLI).await;
            assert_eq!(callback.all(), [ends]);
            assert_eq!(dropped.await.unwrap(), 5 * SECOND);
        });
    }
}

#[test]
fn a_rate_that_changes_often_still_comes_to_the_right_end() {
    always(5, |sim| async move {
        let db = sim.node("db");
        let naps = join_all((1..=20).map(|i| {
            db.spawn(async move {
                clock::sleep(i * SECOND).await;
                clock::now().since_start()
            })
        }));
        sim.node("meddler").spawn({
            let sim = sim.clone();
            async move {
                for ppm in [900_000, -900_000, 100, -100, 2_000_000, -500_000, 0, 9_000_000] {
                    sim.node("db").clock().drift_ppm(ppm);
                    clock::sleep(700 * MILLI).await;
                }
            }
        });
        for (i, woke) in naps.await.into_iter().enumerate() {
            let (due, woke) = ((i as u32 + 1) * SECOND, woke.unwrap());
            // Time has a grain of a nanosecond on the run's clock, and up to ten of them on a fast one.
            assert!(woke >= due && woke - due < Duration::from_nanos(20), "{due:?} {woke:?}");
        }
    });
}

#[test]
fn traces_show_the_time_of_the_run() {
    let run = Simulation::new(1).run(|sim| async move {
        let db = sim.node("db");
        db.clock().skew(SECOND).drift_ppm(1_000_000);
        db.spawn(async { clock::sleep(10 * SECOND).await }).await.unwrap();
    });
    let text = run.trace().text(View::timeline().level(Level::Task).times(true));
    run.unwrap();
    assert!(text.contains(" clock 1.000s ahead, +1000000 ppm\n"), "{text}");
    assert!(text.contains("timer set +5.000s"), "{text}");
}

#[test]
#[should_panic(expected = "`Clock::drift_ppm(-1000000)` is out of range")]
fn a_clock_cannot_stand_still() {
    run(|sim| async move {
        sim.node("db").clock().drift_ppm(-1_000_000);
    });
}
