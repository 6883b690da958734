//! The same service on tokio's sockets and in the simulation.

use reenact::{Check, Simulation, net};
use reenact_services::facade::{
    InSimulation, OnTokio, Platform,
    store::{self, Client},
};
use std::io;

async fn use_it<P: Platform>(client: Client<P>) -> io::Result<Vec<String>> {
    let mut answers = Vec::new();
    for question in ["get sky", "put sky blue", "get sky", "sing"] {
        answers.push(client.ask(question).await?);
    }
    Ok(answers)
}

const ANSWERS: [&str; 4] = ["nothing", "done", "it is blue", "what?"];

async fn serve() -> io::Result<()> {
    store::serve(InSimulation, InSimulation.bind("0.0.0.0:80").await?).await
}

#[test]
fn it_runs_on_real_loopback_sockets() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let answers = runtime.block_on(async {
        let listener = OnTokio.bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?.to_string();
        tokio::spawn(store::serve(OnTokio, listener));
        use_it(Client::new(OnTokio, address)).await
    });
    assert_eq!(answers.expect("no error"), ANSWERS);
}

#[test]
fn it_runs_in_the_simulation() {
    let run = Simulation::new(1).run(|sim| async move {
        sim.node("store").start(serve);
        use_it(Client::new(InSimulation, "store:80")).await
    });
    assert_eq!(run.unwrap().expect("no error"), ANSWERS);
}

#[test]
fn it_gives_the_same_answers_however_bad_the_network_is() {
    Check::new("store").seeds(0..100).net(net::Config::lossy()).run(|sim| async move {
        sim.node("store").start(serve);
        let answers = use_it(Client::new(InSimulation, "store:80")).await?;
        assert_eq!(answers, ANSWERS);
        io::Result::Ok(())
    });
}
