//! Networks and connected pairs to test on.

use crate::common::MILLI;
use reenact::{
    Sim, Simulation,
    net::{Config, TcpListener, TcpStream},
};
use std::{io, time::Duration};

/// One way on [`steady`].
pub(crate) const WAY: Duration = Duration::from_millis(5);

/// Every packet takes 5 ms one way.
pub(crate) fn steady() -> Config {
    Config::default().latency(WAY..WAY)
}

/// What one run on the steady network returns.
#[track_caller]
pub(crate) fn steadily<F>(main: impl FnOnce(Sim) -> F) -> F::Output
where
    F: Future + 'static,
    F::Output: 'static,
{
    Simulation::new(1).net(steady()).run(main).unwrap()
}

/// What is true on every kind of network, over so many seeds.
#[track_caller]
pub(crate) fn everywhere<F>(seeds: u64, main: impl Fn(Sim) -> F)
where
    F: Future<Output = ()> + 'static,
{
    for config in [Config::default(), Config::ideal(), Config::lan(), Config::wan(), Config::lossy()] {
        for seed in 0..seeds {
            Simulation::new(seed).net(config.clone()).run(&main).unwrap();
        }
    }
}

/// A connection from node `client` to node `server`: its two ends.
pub(crate) async fn pair(sim: &Sim) -> (TcpStream, TcpStream) {
    let accepted = sim.node("server").spawn(async {
        let listener = TcpListener::bind("0.0.0.0:7000").await?;
        io::Result::Ok(listener.accept().await?.0)
    });
    // The listener is there before a packet can arrive.
    reenact::clock::sleep(MILLI).await;
    let connected = sim.node("client").spawn(TcpStream::connect("server:7000"));
    let client = connected.await.expect("no panic").expect("connected");
    let server = accepted.await.expect("no panic").expect("accepted");
    (client, server)
}

/// The kind of an error.
#[track_caller]
pub(crate) fn kind<T>(result: io::Result<T>) -> io::ErrorKind {
    match result {
        Ok(_) => panic!("it did not fail"),
        Err(error) => error.kind(),
    }
}
