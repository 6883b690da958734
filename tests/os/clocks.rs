//! The clock of a run, as code sees it that asks the operating system.

use reenact::{Check, Os, Simulation, clock};
use std::time::{Duration, Instant, SystemTime};

#[test]
fn real_time_passes_between_runs() {
    let started = Instant::now();
    Simulation::new(1).run(|_sim| clock::sleep(Duration::from_secs(86_400))).unwrap();
    assert!(started.elapsed() < Duration::from_secs(3_600));
    assert!(SystemTime::now() > SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000));
}

#[test]
fn an_hour_ago_is_a_moment_too() {
    let run = Simulation::new(1).run(|_sim| async { Instant::now() - Duration::from_secs(3_600) });
    run.unwrap();
}

#[test]
fn a_destructor_at_the_end_sees_the_time_of_the_end() {
    struct Late(Instant);
    impl Drop for Late {
        fn drop(&mut self) {
            assert_eq!(self.0.elapsed(), Duration::from_secs(7));
        }
    }
    let run = Simulation::new(1).run(|sim| async move {
        sim.node("db").spawn(async {
            let _late = Late(Instant::now());
            std::future::pending::<()>().await;
        });
        clock::sleep(Duration::from_secs(7)).await;
    });
    run.unwrap();
}

#[test]
fn switched_off_the_clock_is_real() {
    let run = Simulation::new(1).os(Os::Off).run(|_sim| async {
        let start = Instant::now();
        clock::sleep(Duration::from_secs(86_400)).await;
        start.elapsed()
    });
    assert!(run.unwrap() < Duration::from_secs(3_600));
}

#[test]
fn a_node_sees_its_own_clock_however_it_asks() {
    let run = Simulation::new(1).run(|sim| async move {
        let node = sim.node("db");
        node.clock().skew(Duration::from_secs(30));
        node.clock().drift_ppm(500);
        let seen = node.spawn(async {
            let (start, own) = (Instant::now(), clock::now());
            clock::sleep(Duration::from_secs(1_000)).await;
            assert_eq!(start.elapsed(), clock::now() - own);
            assert_eq!(SystemTime::now(), clock::system_time());
            SystemTime::now()
        });
        let seen = seen.await.expect("no panic");
        assert_eq!(SystemTime::now(), clock::system_time());
        seen.duration_since(SystemTime::now()).expect("it is ahead")
    });
    assert!(run.unwrap() >= Duration::from_secs(29));
}

#[test]
fn runs_on_many_threads_have_a_clock_each() {
    let report = Check::new("clocks").jobs(4).seeds(200).report(|_sim| async {
        let start = Instant::now();
        let length = Duration::from_millis(reenact::draw::range(1..100_000));
        clock::sleep(length).await;
        assert_eq!(start.elapsed(), length);
    });
    assert!(report.passed(), "{report}");
}
