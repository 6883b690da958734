//! Nodes that lose their data, and groups of nodes.

use crate::common::{Notes, SECOND, run};
use reenact::{
    Simulation, clock,
    trace::{Level, View},
};

#[test]
fn data_are_lost_between_two_lives() {
    let run = Simulation::new(1).run(|sim| async move {
        let notes = Notes::new();
        let (starts, losses) = (notes.clone(), notes.clone());
        let db = sim.node("db");
        db.on_data_loss(move || losses.put("lost"));
        db.start(move || {
            starts.put("start");
            std::future::pending::<()>()
        });
        clock::sleep(SECOND).await;
        db.restart_empty();
        clock::sleep(SECOND).await;
        db.crash();
        db.restart_empty();
        clock::sleep(SECOND).await;
        assert_eq!(notes.all(), ["start", "lost", "start", "lost", "start"]);
        assert_eq!(db.incarnation(), 2);
    });
    let text = run.trace().text(View::timeline().level(Level::Fault));
    run.unwrap();
    assert!(text.contains("db    kill\ndb    data lost\ndb    start (life 2)\n"), "{text}");
}

#[test]
fn a_node_can_lose_its_own_data_and_start_again() {
    run(|sim| async move {
        let notes = Notes::new();
        let (starts, losses, world) = (notes.clone(), notes.clone(), sim.clone());
        let db = sim.node("db");
        db.on_data_loss(move || losses.put("lost"));
        db.start(move || {
            starts.put("start");
            let (notes, sim) = (starts.clone(), world.clone());
            async move {
                clock::sleep(SECOND).await;
                if notes.len() == 1 {
                    sim.node("db").restart_empty();
                }
                clock::sleep(SECOND).await;
            }
        });
        clock::sleep(10 * SECOND).await;
        assert_eq!(notes.all(), ["start", "lost", "start"]);
    });
}

#[test]
fn the_nodes_of_a_group_are_found_by_its_name() {
    run(|sim| async move {
        for i in 0..4 {
            sim.node(format!("n{i}")).group(if i % 2 == 0 { "even" } else { "odd" });
        }
        sim.node("n3").group("even");
        let names: Vec<_> = sim.group("even").iter().map(|node| node.name().to_owned()).collect();
        assert_eq!(names, ["n0", "n2", "n3"], "a node is in one group");
        assert!(sim.group("nobody's").is_empty());
    });
}

#[test]
#[should_panic(expected = "`Node::restart` was called on `db`, which was never started")]
fn a_node_that_was_never_started_cannot_start_again_empty() {
    run(|sim| async move { sim.node("db").restart_empty() });
}
