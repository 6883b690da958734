//! One service, run twice: on tokio with real loopback sockets, and in the simulation.
//!
//! ```text
//! cargo run -p reenact-services --example facade
//! ```

use reenact_services::facade::{
    InSimulation, OnTokio, Platform,
    store::{self, Client},
};
use std::io;

const QUESTIONS: [&str; 4] = ["get sky", "put sky blue", "get sky", "sing"];

async fn ask_all<P: Platform>(client: Client<P>) -> io::Result<Vec<String>> {
    let mut answers = Vec::new();
    for question in QUESTIONS {
        answers.push(client.ask(question).await?);
    }
    Ok(answers)
}

fn on_tokio() -> io::Result<Vec<String>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = OnTokio.bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?.to_string();
        tokio::spawn(store::serve(OnTokio, listener));
        ask_all(Client::new(OnTokio, address)).await
    })
}

fn in_simulation(seed: u64) -> io::Result<Vec<String>> {
    let run = reenact::Simulation::new(seed).net(reenact::net::Config::lossy()).run(|sim| async move {
        sim.node("store")
            .start(|| async { store::serve(InSimulation, InSimulation.bind("0.0.0.0:80").await?).await });
        ask_all(Client::new(InSimulation, "store:80")).await
    });
    run.unwrap()
}

fn main() -> io::Result<()> {
    let answers = on_tokio()?;
    println!("on tokio: {answers:?}");
    for seed in 0..100 {
        assert_eq!(in_simulation(seed)?, answers, "seed {seed}");
    }
    println!("in the simulation, for each of 100 seeds: the same");
    Ok(())
}
