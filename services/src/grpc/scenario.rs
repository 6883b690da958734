//! What is simulated: a station that fails, observers with little time, and a network that loses packets.

use super::{
    generated::weather_client::WeatherClient,
    messages::{Reading, Station, Watched},
    station,
};
use reenact::{FaultKind, Faults, Sim, clock, draw, net, tonic::Channel};
use std::time::Duration;
use tonic::{Code, Request, Status};

/// What sweeps and tapes of this scenario are called.
pub const NAME: &str = "weather";

/// How many observers there are.
pub const OBSERVERS: u32 = 4;

/// One packet in twenty is lost.
pub fn net() -> net::Config {
    net::Config::lossy()
}

/// What goes wrong: the station stops, stands still, and its connections break. Its clock is right, for
/// the deadlines of a server whose clock is fast come early.
pub fn faults() -> Faults {
    // It is looked at the nanosecond whether a deadline was met.
    let exact = Faults::swarm().without(FaultKind::Clock).without(FaultKind::Timer);
    exact.victims(["station"]).tolerate(1)
}

/// A channel to the node `station` that finds out when that is gone.
pub fn channel() -> Channel {
    let (interval, timeout) = station::KEEP_ALIVE;
    let server = format!("http://station:{}", station::PORT);
    Channel::with_keep_alive(server.parse().expect("a URI"), interval, timeout)
}

/// One run: every call ends well or at its deadline, and no stream skips a reading.
pub async fn run(sim: Sim) {
    sim.node("station").start(station::serve);
    let observers: Vec<_> =
        (0..OBSERVERS).map(|number| sim.node(format!("observer-{number}")).spawn(observe())).collect();
    for observer in observers {
        observer.await.expect("an observer neither panics nor is cancelled");
    }
}

async fn observe() {
    let mut client = WeatherClient::new(channel());
    for _ in 0..3 {
        let within = Duration::from_millis(draw::range(100..2_000));
        let begun = clock::now();
        let asked = latest(&mut client, draw::range(0..1_000), within).await;
        held_to(begun + within, &asked.map(drop));

        let within = Duration::from_millis(draw::range(500..5_000));
        let begun = clock::now();
        let mut heard = Vec::new();
        let ended = watch(&mut client, 10, 200, within, &mut heard).await;
        held_to(begun + within, &ended);
        let numbers: Vec<u64> = heard.iter().map(|reading| reading.number).collect();
        assert!(numbers.iter().copied().eq(1..=numbers.len() as u64), "readings are missing: {numbers:?}");
        assert!(ended.is_err() || numbers.len() == 10, "the stream ended early: {numbers:?}");
    }
}

/// No call outlasts its deadline, and none is told before that it has passed.
fn held_to(deadline: clock::Instant, ended: &Result<(), Status>) {
    assert!(clock::now() <= deadline, "a call outlasted its deadline");
    if let Err(status) = ended
        && status.code() == Code::DeadlineExceeded
    {
        assert_eq!(clock::now(), deadline, "{status}");
    }
}

/// A unary call, of a station that takes so many milliseconds.
///
/// # Errors
///
/// What tonic says.
pub async fn latest(
    client: &mut WeatherClient<Channel>,
    takes: u64,
    within: Duration,
) -> Result<Reading, Status> {
    let mut request = Request::new(Station { name: "Kiel".to_owned(), takes });
    request.set_timeout(within);
    client.latest(request).await.map(tonic::Response::into_inner)
}

/// A streaming call of `count` readings; what was heard before it ended is in `heard`.
///
/// # Errors
///
/// What tonic says.
pub async fn watch(
    client: &mut WeatherClient<Channel>,
    count: u64,
    every: u64,
    within: Duration,
    heard: &mut Vec<Reading>,
) -> Result<(), Status> {
    let mut request = Request::new(Watched { name: "Kiel".to_owned(), count, every });
    request.set_timeout(within);
    let mut readings = client.watch(request).await?.into_inner();
    while let Some(reading) = readings.message().await? {
        heard.push(reading);
    }
    Ok(())
}
