//! The timer of an old request fires during a new one, and is taken for its own.
//!
//! A client sets a timer for each request, and notes that it waits; when the answer has come, it notes that
//! it does not. A timer that fires while it waits gives the request up. No answer takes as long as a timer.

use super::{
    Body, Program,
    Version::{self, Buggy, Fixed},
    datagrams::receive,
};
use futures::FutureExt;
use reenact::{Sim, clock, net::UdpSocket};
use std::{cell::Cell, io, rc::Rc, time::Duration};

pub(crate) const PROGRAM: Program = Program {
    name: "stale_timer",
    about: "A timer is disarmed by a flag, which the next request sets again before it fires.",
    sizes: &[2, 8, 32],
    minimum: 1,
    minimum_in_words: "The second request, or its answer, is 2 ms late, so that the first timer fires meanwhile.",
    random_finds_it: true,
    lopsided: false,
    body: Body::World(|sim, version, size| run(sim, version, size).boxed_local()),
};

/// Longer than an answer ever takes.
const TIME_OUT: Duration = Duration::from_millis(20);
/// How long the client thinks between two requests.
const THINK: Duration = Duration::from_millis(15);

#[derive(Default)]
struct Requests {
    waits: Cell<bool>,
    /// How many were made.
    made: Cell<usize>,
    given_up: Cell<usize>,
}

async fn serve() -> io::Result<()> {
    let socket = UdpSocket::bind("0.0.0.0:7000").await?;
    loop {
        let (request, from) = receive(&socket).await?;
        socket.send_to(request.as_bytes(), from).await?;
    }
}

async fn request(version: Version, socket: &UdpSocket, requests: &Rc<Requests>) -> io::Result<()> {
    requests.waits.set(true);
    let number = requests.made.get() + 1;
    requests.made.set(number);
    let timed = requests.clone();
    reenact::spawn(async move {
        clock::sleep(TIME_OUT).await;
        let own = match version {
            Buggy => true,
            // The fix: a timer knows which request it is for.
            Fixed => timed.made.get() == number,
        };
        if own && timed.waits.get() {
            timed.given_up.set(timed.given_up.get() + 1);
        }
    });
    socket.send_to(b"request", "server:7000").await?;
    receive(socket).await?;
    requests.waits.set(false);
    Ok(())
}

async fn run(sim: Sim, version: Version, size: usize) {
    sim.node("server").start(serve);
    let requests = Rc::new(Requests::default());
    let shared = requests.clone();
    let client = sim.node("client").spawn(async move {
        let socket = UdpSocket::bind("0.0.0.0:0").await?;
        for _ in 0..size {
            request(version, &socket, &shared).await?;
            clock::sleep(THINK).await;
        }
        io::Result::Ok(())
    });
    client.await.expect("the client does not panic").expect("the server is up");
    assert_eq!(requests.given_up.get(), 0, "an answer came in time, and was not waited for");
}
