//! The guide's log.

use reenact::{
    Simulation,
    trace::{Level, View},
};
use tracing_subscriber::prelude::*;

#[test]
fn logs_are_in_the_trace() {
    let layer = reenact::tracing::layer();
    let _logs = tracing_subscriber::registry().with(layer).set_default();
    let run = Simulation::new(7).run(|sim| async move {
        let db = sim.node("db").spawn(async { tracing::info!(pages = 3, "recovered") });
        db.await.expect("it ends");
    });
    let text = run.trace().text(View::per_node().level(Level::User));
    assert!(text.contains("recovered pages=3"), "{text}");
}
