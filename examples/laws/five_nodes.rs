//! A program of five nodes that does a little of everything: datagrams, streams, timers, draws, a
//! partition, a crash.
//!
//! What a run of it means is nobody's affair; it is there to be run again and compared.

use futures::{AsyncReadExt, AsyncWriteExt};
use reenact::{
    Outcome, Sim, Simulation, clock, draw,
    net::{Config, TcpListener, TcpStream, UdpSocket},
    spawn,
    task::Builder,
    yield_now,
};
use std::{cell::RefCell, io, rc::Rc, time::Duration};

const NODES: usize = 5;

/// What each node saw, as one number.
pub(crate) type Seen = [u64; NODES];

type Notes = Rc<RefCell<Seen>>;

/// A run of this seed, in which somebody whom nobody listens to draws so many numbers.
pub(crate) fn run(simulation: Simulation, draws_beside: u32) -> Outcome<Seen> {
    simulation.net(Config::lossy()).run(move |sim| async move {
        let notes = Notes::default();
        for own in 0..NODES {
            let notes = notes.clone();
            sim.node(name(own)).start(move || node(own, notes.clone()));
        }
        let beside = async move {
            for _ in 0..draws_beside {
                draw::below(1_000);
            }
        };
        drop(Builder::new().name("beside").spawn(beside));
        misfortune(&sim).await;
        *notes.borrow()
    })
}

fn name(node: usize) -> String {
    format!("n{node}")
}

fn millis(range: std::ops::Range<u64>) -> Duration {
    Duration::from_millis(draw::range(range))
}

/// Two nodes are cut off from the others for a while, and one crashes and comes back.
async fn misfortune(sim: &Sim) {
    clock::sleep(millis(5..40)).await;
    let cut = sim.net().partition(&["n0", "n1"], &["n2", "n3", "n4"]);
    clock::sleep(millis(1..20)).await;
    sim.node("n3").crash();
    clock::sleep(millis(1..20)).await;
    drop(cut);
    sim.node("n3").restart();
    clock::sleep(millis(20..60)).await;
}

fn note(notes: &Notes, own: usize, what: u64) {
    let seen = &mut notes.borrow_mut()[own];
    *seen = (seen.rotate_left(5) ^ clock::now().as_nanos() ^ what).wrapping_mul(0x9e37_79b9_7f4a_7c15);
}

async fn node(own: usize, notes: Notes) -> io::Result<()> {
    let socket = Rc::new(UdpSocket::bind("0.0.0.0:9000").await?);
    spawn(listen(own, socket.clone(), notes.clone()));
    spawn(echo());
    spawn(converse(own, notes.clone()));
    loop {
        clock::sleep(millis(1..20)).await;
        let (peer, word) = (draw::below(NODES as u64) as usize, draw::below(200) as u8);
        socket.send_to(&[word, own as u8], (name(peer), 9000)).await?;
        note(&notes, own, u64::from(word));
    }
}

async fn listen(own: usize, socket: Rc<UdpSocket>, notes: Notes) {
    let mut words = [0; 2];
    while let Ok((_, from)) = socket.recv_from(&mut words).await {
        note(&notes, own, u64::from(u16::from_le_bytes(words)));
        if words[0] % 4 == 0 {
            yield_now().await;
            let _ = socket.send_to(&[words[0] | 1, own as u8], from).await;
        }
    }
}

async fn echo() -> io::Result<()> {
    let listener = TcpListener::bind("0.0.0.0:80").await?;
    loop {
        let (mut stream, _) = listener.accept().await?;
        spawn(async move {
            let mut buffer = [0; 16];
            while let Ok(n @ 1..) = stream.read(&mut buffer).await {
                if stream.write_all(&buffer[..n]).await.is_err() {
                    break;
                }
            }
        });
    }
}

/// Talks to the next node, again and again, with a patience of its own.
async fn converse(own: usize, notes: Notes) {
    loop {
        let talk = async {
            let mut stream = TcpStream::connect((name((own + 1) % NODES), 80)).await?;
            for _ in 0..draw::range(1..4) {
                let word = [draw::below(256) as u8; 8];
                stream.write_all(&word).await?;
                stream.read_exact(&mut [0; 8]).await?;
                note(&notes, own, u64::from(word[0]));
            }
            io::Result::Ok(())
        };
        match clock::timeout(millis(5..30), talk).await {
            Ok(Ok(())) => note(&notes, own, 1),
            Ok(Err(error)) => note(&notes, own, 2 + error.kind() as u64),
            Err(_) => note(&notes, own, 1_000),
        }
        clock::sleep(millis(1..10)).await;
    }
}
