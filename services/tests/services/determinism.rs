//! Each service follows the seed: twice in one process and in three fresh ones, it is the same bytes,
//! with all faults on.
//!
//! Each run has a thread of its own, as `Check` gives them: what libraries draw once a thread, for the
//! order of their hash maps, is then drawn in each run.

use reenact::{
    Faults, Simulation,
    trace::{Level, View},
};
use reenact_services::{
    chat::{self, scenario::Door},
    grpc, raft,
    web::{self, scenario::Load, shop::WhilePaying},
};
use std::{
    hash::{DefaultHasher, Hasher},
    process::Command,
};

const SEEDS: [u64; 3] = [1, 2, 3];
const SERVICES: [&str; 6] = ["web", "grpc", "chat", "chat behind axum", "raft", "raft in chaos"];

/// A line for a run: its digest, and a hash of all that can be seen of it.
fn line(service: &str, seed: u64) -> String {
    let simulation = Simulation::new(seed);
    let load = Load { customers: 20, seats: 10 };
    let run = match service {
        "web" => {
            let simulation = simulation.net(web::scenario::net()).faults(web::scenario::faults());
            simulation.run_isolated(|sim| web::scenario::run(sim, load, WhilePaying::Claim))
        }
        "grpc" => {
            let simulation = simulation.net(grpc::scenario::net()).faults(grpc::scenario::faults());
            simulation.run_isolated(grpc::scenario::run)
        }
        "chat" | "chat behind axum" => {
            let door = if service == "chat" { Door::Listener } else { Door::Route };
            let simulation = simulation.net(chat::scenario::net()).faults(chat::scenario::faults());
            simulation.run_isolated(move |sim| chat::scenario::run(sim, door))
        }
        "raft" => {
            let simulation = simulation.net(raft::scenario::net());
            simulation.run_isolated(|sim| raft::scenario::run(sim, 3, raft::server::Reads::Confirmed))
        }
        "raft in chaos" => {
            let simulation = simulation.net(raft::scenario::net()).faults(Faults::swarm());
            simulation
                .run_isolated(|sim| raft::scenario::run_in_chaos(sim, 5, raft::server::Reads::Confirmed))
        }
        other => panic!("no service is called {other}"),
    };
    assert!(run.result.is_ok(), "{service}, seed {seed}: {:?}", run.result);
    let text = run.trace().text(View::timeline().level(Level::All).times(true));
    // `DefaultHasher::new` has fixed keys.
    let mut hasher = DefaultHasher::new();
    hasher.write(text.as_bytes());
    format!("run of {service}, seed {seed}: {:016x} {:016x} {:?}", run.digest(), hasher.finish(), run.stats())
}

fn lines() -> Vec<String> {
    SERVICES.iter().flat_map(|service| SEEDS.map(|seed| line(service, seed))).collect()
}

#[test]
fn twice_in_this_process_and_in_three_fresh_ones_it_is_the_same() {
    let own = lines();
    assert_eq!(lines(), own);
    for _ in 0..3 {
        let child = Command::new(std::env::current_exe().expect("a path"))
            .args(["--exact", "determinism::say_what_runs_come_to", "--ignored", "--nocapture"])
            .output()
            .expect("it runs");
        assert!(child.status.success(), "{child:?}");
        let said = String::from_utf8(child.stdout).expect("text");
        let said: Vec<_> = said.lines().filter_map(|line| Some(&line[line.find("run of ")?..])).collect();
        assert_eq!(said, own);
    }
}

#[test]
fn another_seed_is_another_run() {
    for service in SERVICES {
        let [first, second] = [1, 2].map(|seed| line(service, seed).split(": ").nth(1).map(str::to_owned));
        assert_ne!(first, second, "{service}");
    }
}

#[test]
#[ignore = "for the test above, in its own process"]
fn say_what_runs_come_to() {
    println!();
    lines().iter().for_each(|line| println!("{line}"));
}
