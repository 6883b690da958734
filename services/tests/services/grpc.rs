//! gRPC: deadlines at both ends to the nanosecond, keep-alive on virtual time, whole streams.

use reenact::{
    Check, Outcome, Sim, Simulation, clock,
    hyper::{Connector, Executor},
    trace::{Level, View},
};
use reenact_services::grpc::{
    generated::weather_client::WeatherClient,
    messages::Station,
    scenario::{NAME, channel, faults, latest, net, run, watch},
    station,
};
use std::time::Duration;
use tonic::{Code, Request, transport::Endpoint};

const fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

/// A run with a station, and what the test does there.
fn with_station<T>(test: impl AsyncFnOnce(Sim) -> T + 'static) -> Outcome<T>
where
    T: 'static,
{
    Simulation::new(1).run(|sim| async move {
        sim.node("station").start(station::serve);
        test(sim).await
    })
}

#[test]
fn calls_end_well_or_at_their_deadline_under_loss_and_crashes() {
    Check::new(NAME).seeds(0..25).net(net()).faults(faults()).run(run);
}

#[test]
fn a_unary_call_ends_at_its_deadline_and_the_server_gives_it_up() {
    let run = with_station(async |_| {
        let mut client = WeatherClient::new(channel());
        let begun = clock::now();
        let status = latest(&mut client, 10_000, ms(3_000)).await.expect_err("it is too slow");
        let took = clock::now() - begun;
        // The server hears of the call later, so its deadline is later.
        clock::sleep(ms(100)).await;
        (status.code(), took)
    });
    let gave_up = run
        .trace()
        .text(View::timeline().level(Level::All))
        .lines()
        .filter(|line| line.contains("gives up"))
        .count();
    assert_eq!(gave_up, 1, "the handler was dropped");
    assert_eq!(run.unwrap(), (Code::DeadlineExceeded, ms(3_000)));
}

#[test]
fn a_stream_is_heard_until_its_deadline() {
    let run = with_station(async |_| {
        let mut client = WeatherClient::new(channel());
        let (begun, mut heard) = (clock::now(), Vec::new());
        let ended = watch(&mut client, 100, 1_000, ms(5_500), &mut heard).await;
        (ended.expect_err("it is too long").code(), clock::now() - begun, heard.len())
    });
    assert_eq!(run.unwrap(), (Code::DeadlineExceeded, ms(5_500), 5));
}

#[test]
fn without_a_deadline_a_stream_may_take_hours() {
    let run = with_station(async |_| {
        let mut client = WeatherClient::new(channel());
        let mut readings = client
            .watch(Request::new(reenact_services::grpc::messages::Watched {
                name: "Kiel".to_owned(),
                count: 20,
                every: 3_600_000,
            }))
            .await?
            .into_inner();
        let mut heard = 0;
        while readings.message().await?.is_some() {
            heard += 1;
        }
        Ok::<_, tonic::Status>(heard)
    });
    assert_eq!(run.unwrap().expect("no error"), 20);
}

#[test]
fn keep_alive_finds_a_server_that_lost_its_power() {
    let run = with_station(async |sim| {
        let crash = reenact::spawn(async move {
            clock::sleep(ms(30_000)).await;
            sim.node("station").crash();
        });
        let mut client = WeatherClient::new(channel());
        let request = Request::new(Station { name: "Kiel".to_owned(), takes: 3_600_000 });
        let status = client.latest(request).await.expect_err("the server is gone");
        crash.await.expect("it crashes");
        (status.code(), clock::now().since_start())
    });
    let (code, at) = run.unwrap();
    assert_ne!(code, Code::DeadlineExceeded, "there was none");
    let (interval, timeout) = station::KEEP_ALIVE;
    assert!(at > ms(30_000) && at <= ms(30_100) + interval + timeout, "found at {at:?}");
}

#[test]
fn tonics_own_channel_works_by_connector_and_executor() {
    let run = with_station(async |_| {
        let endpoint = Endpoint::from_static("http://station:50051").executor(Executor);
        let channel = endpoint.connect_with_connector(Connector).await.expect("it connects");
        let mut client = WeatherClient::new(channel);
        let request = Request::new(Station { name: "Kiel".to_owned(), takes: 5 });
        client.latest(request).await.map(|reading| reading.into_inner().name)
    });
    assert_eq!(run.unwrap().expect("no error"), "Kiel");
}
