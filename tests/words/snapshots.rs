//! The guide's snapshot.

use reenact::{
    Simulation, clock,
    trace::{Level, View, mark},
};
use std::time::Duration;

#[test]
fn the_database_recovers() {
    let run = Simulation::new(7).run(|sim| async move {
        let db = sim.node("db");
        db.start(|| async {
            mark("state", "recovering");
            clock::sleep(Duration::from_secs(2)).await;
            mark("state", "ready");
        });
        clock::sleep(Duration::from_secs(1)).await;
        db.crash();
        db.restart();
        clock::sleep(Duration::from_secs(5)).await;
    });
    reenact::assert_trace!(run, View::per_node().level(Level::User));
}
