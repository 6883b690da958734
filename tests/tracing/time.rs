//! Virtual time in what ordinary subscribers print.

use reenact::{Simulation, clock, tracing::VirtualTime};
use std::{
    io,
    sync::{Arc, Mutex},
    time::Duration,
};
use tracing::{info, subscriber::with_default};

#[derive(Clone, Default)]
struct Out(Arc<Mutex<Vec<u8>>>);

impl io::Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("nobody panics").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn printed(timer: VirtualTime) -> String {
    let out = Out::default();
    let writer = out.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_timer(timer)
        .with_writer(move || writer.clone())
        .with_ansi(false)
        .with_target(false)
        .finish();
    with_default(subscriber, || {
        info!("before");
        Simulation::new(1).run(|sim| async move {
            let db = sim.node("db");
            // A clock that is wrong is the node's affair: lines are in the order of the run.
            db.clock().skew(Duration::from_secs(9));
            info!("begin");
            clock::sleep(Duration::from_nanos(1_000_000_001)).await;
            let _ = db.spawn(async { info!("there") }).await;
        });
    });
    let bytes = out.0.lock().expect("nobody panics").clone();
    String::from_utf8(bytes).expect("text")
}

#[test]
fn lines_are_stamped_with_the_time_of_the_run() {
    let text = printed(VirtualTime::default());
    assert_eq!(text, "-  INFO before\n0.000000000s  INFO begin\n1.000000001s  INFO there\n");
}

#[test]
fn and_with_the_node_if_that_is_asked_for() {
    let text = printed(VirtualTime::with_node());
    assert_eq!(text, "-  INFO before\n0.000000000s test  INFO begin\n1.000000001s db  INFO there\n");
}
