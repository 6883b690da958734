//! `reenact::serve` and the pooled client: shutting down, time-outs on virtual time, who asks.

use axum::{Router, extract::ConnectInfo, routing::get};
use futures::{AsyncReadExt, AsyncWriteExt};
use http_body_util::{BodyExt, Empty};
use hyper::{Version, body::Bytes};
use hyper_util::client::legacy::Client;
use reenact::{
    Simulation, clock,
    hyper::{Connector, Executor, Timer, client},
    net::{TcpListener, TcpStream},
    trace::{Level, View},
};
use std::{io, net::SocketAddr, time::Duration};

const SECOND: Duration = Duration::from_secs(1);

fn router() -> Router {
    let who = async |ConnectInfo(peer): ConnectInfo<SocketAddr>| peer.ip().to_string();
    let slow = async || clock::sleep(10 * SECOND).await;
    Router::new().route("/who", get(who)).route("/slow", get(slow))
}

async fn web() -> io::Result<()> {
    reenact::serve(TcpListener::bind("0.0.0.0:80").await?, router()).await
}

fn uri(path: &str) -> hyper::Uri {
    format!("http://web{path}").parse().expect("a URI")
}

#[test]
fn a_handler_knows_who_asks() {
    let run = Simulation::new(1).run(|sim| async move {
        sim.node("web").start(web);
        let asks = async { client::<Empty<Bytes>>().get(uri("/who")).await.expect("an answer") };
        let asker = sim.node("asker");
        let answer = asker.spawn(asks).await.expect("no panic");
        let said = answer.into_body().collect().await.expect("a body").to_bytes();
        assert_eq!(said, asker.ip().to_string());
    });
    run.unwrap();
}

#[test]
fn http2_is_spoken_with_who_speaks_it() {
    let run = Simulation::new(1).run(|sim| async move {
        sim.node("web").start(web);
        let mut builder = Client::builder(Executor);
        let client: Client<_, Empty<Bytes>> =
            builder.timer(Timer).pool_timer(Timer).http2_only(true).build(Connector);
        let asks = (0..3).map(|_| client.get(uri("/slow")));
        let answers: Vec<_> = futures::future::join_all(asks).await;
        for answer in answers {
            assert_eq!(answer.expect("an answer").version(), Version::HTTP_2);
        }
        clock::now().since_start()
    });
    let connections = run.trace().text(View::timeline()).matches(" accept ").count();
    assert_eq!(connections, 1, "three requests shared it");
    let took = run.unwrap();
    assert!(took < 11 * SECOND, "they were served at once: {took:?}");
}

#[test]
fn a_graceful_shutdown_waits_for_requests_and_closes_idle_connections() {
    let run = Simulation::new(1).run(|sim| async move {
        let listener = TcpListener::bind("0.0.0.0:80").await.expect("the port is free");
        let server = reenact::serve(listener, router()).with_graceful_shutdown(clock::sleep(5 * SECOND));
        let server = reenact::spawn(server.into_future());
        let (idle, busy) = (client::<Empty<Bytes>>(), client::<Empty<Bytes>>());
        let to = |path: &str| format!("http://test{path}").parse::<hyper::Uri>().expect("a URI");
        let answer = idle.get(to("/who")).await.expect("an answer");
        answer.into_body().collect().await.expect("a body");
        let slow = sim.node("busy").spawn(busy.get(to("/slow")));
        server.await.expect("no panic").expect("no error");
        let ended = clock::now().since_start();
        assert!(slow.await.expect("no panic").expect("an answer").status().is_success());
        let refused = idle.get(to("/who")).await.expect_err("nobody listens");
        assert!(refused.is_connect(), "{refused}");
        ended
    });
    let ended = run.unwrap();
    assert!(ended > 10 * SECOND && ended < 11 * SECOND, "{ended:?}");
}

#[test]
fn who_sends_no_whole_head_is_left_when_the_time_is_up() {
    let run = Simulation::new(1).run(|sim| async move {
        sim.node("web").start(|| async {
            let listener = TcpListener::bind("0.0.0.0:80").await?;
            reenact::serve(listener, router()).http1_header_read_timeout(30 * SECOND).await
        });
        let mut stream = TcpStream::connect("web:80").await?;
        stream.write_all(b"GET /who HTTP/1.1\r\nhost: w").await?;
        let mut said = Vec::new();
        stream.read_to_end(&mut said).await?;
        io::Result::Ok(clock::now().since_start())
    });
    let ended = run.unwrap().expect("no reset");
    assert!(ended >= 30 * SECOND && ended < 31 * SECOND, "{ended:?}");
}

#[test]
fn the_pool_closes_idle_connections_by_the_virtual_clock() {
    let run = Simulation::new(1).run(|sim| async move {
        sim.node("web").start(web);
        let client = client::<Empty<Bytes>>();
        for _ in 0..2 {
            let answer = client.get(uri("/who")).await.expect("an answer");
            answer.into_body().collect().await.expect("a body");
            clock::sleep(60 * SECOND).await;
        }
        // Ninety seconds is the pool's limit, and the second was taken after sixty.
        clock::sleep(60 * SECOND).await;
        let answer = client.get(uri("/who")).await.expect("an answer");
        answer.into_body().collect().await.expect("a body");
    });
    let text = run.trace().text(View::timeline().level(Level::Net));
    assert_eq!(text.matches(" accept ").count(), 2, "one was used again, the other made after it:\n{text}");
    run.unwrap();
}
