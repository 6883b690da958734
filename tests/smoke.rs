use reenact::{FailureKind, Simulation, Strategy, clock, spawn, yield_now};
use std::time::Duration;

#[test]
fn it_runs() {
    let run = |seed| {
        Simulation::new(seed).run(|sim| async move {
            let db = sim.node("db");
            db.start(|| async {
                clock::sleep(Duration::from_secs(1)).await;
            });
            let mut handles = vec![];
            for i in 0..10u64 {
                handles.push(spawn(async move {
                    for _ in 0..10 {
                        yield_now().await
                    }
                    clock::sleep(Duration::from_millis(i)).await;
                    i
                }));
            }
            let mut sum = 0;
            for h in handles {
                sum += h.await.unwrap();
            }
            db.crash();
            sum
        })
    };
    let a = run(1);
    let b = run(1);
    let c = run(2);
    assert_eq!(a.result.as_ref().unwrap(), &45);
    assert_eq!(a.digest(), b.digest());
    assert_ne!(a.digest(), c.digest());
    let tape = a.decisions().unwrap().clone();
    assert!(tape.len() > 0);
    let r = Simulation::new(9).replay(tape).expect(a.trace().clone()).run(|sim| async move {
        let db = sim.node("db");
        db.start(|| async {
            clock::sleep(Duration::from_secs(1)).await;
        });
        let mut handles = vec![];
        for i in 0..10u64 {
            handles.push(spawn(async move {
                for _ in 0..10 {
                    yield_now().await
                }
                clock::sleep(Duration::from_millis(i)).await;
                i
            }));
        }
        let mut sum = 0;
        for h in handles {
            sum += h.await.unwrap();
        }
        db.crash();
        sum
    });
    println!("{:?}", r.result);
    assert_eq!(r.digest(), a.digest());
}

#[test]
fn deadlock() {
    let run = Simulation::new(1).run(|_| async {
        let (_tx, rx) = futures::channel::oneshot::channel::<()>();
        let _ = spawn(async move { rx.await }).await;
    });
    let failure = run.result.unwrap_err();
    println!("{failure}");
    assert_eq!(failure.kind, FailureKind::Deadlock);
    let run = Simulation::new(1).strategy(Strategy::Fifo).max_steps(100).run(|_| async {
        loop {
            yield_now().await
        }
    });
    println!("{}", run.result.map(|_: ()| ()).unwrap_err());
    let run = Simulation::new(1).run(|_| async {
        spawn(async { panic!("boom {}", 1) }).await.unwrap();
    });
    println!("{}", run.result.unwrap_err());
}
