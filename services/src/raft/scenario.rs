//! What is simulated: one writer, two readers, and a leader that is cut off and crashed, or a fault plan; what
//! must hold.

use super::{
    client::Client,
    disk::Disk,
    history::History,
    network::name,
    server::{self, Reads},
};
use hyper::body::Buf;
use reenact::{JoinHandle, Sim, clock, draw, net};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::Duration,
};

/// What sweeps and tapes of this scenario are called.
pub const NAME: &str = "register";

/// How many numbers are written.
const WRITES: u64 = 40;

/// One packet in a hundred is lost, and sent again.
pub fn net() -> net::Config {
    net::Config::default().loss(1, 100)
}

/// How long a fault plan is in force.
const CHAOS: Duration = Duration::from_secs(20);
/// When all must be written after that.
const CALM: Duration = Duration::from_secs(120);

/// One run with so many nodes. It fails if a read is not linearizable.
pub async fn run(sim: Sim, members: u64, reads: Reads) {
    let trouble = reenact::spawn(trouble(sim.clone(), members));
    let cast = Cast::begin(&sim, members, reads);
    cast.writer.await.expect("the writer neither panics nor is cancelled");
    trouble.abort();
    cast.readers.into_iter().for_each(|reader| reader.abort());
    at_last(members).await;
}

/// The same where a fault plan makes the trouble, for a while: under latencies above the time-outs of
/// elections, say, no leader lasts for long enough to write, however long that takes. When the world is
/// healed but for a few nodes, all must be written in time.
pub async fn run_in_chaos(sim: Sim, members: u64, reads: Reads) {
    let cast = Cast::begin(&sim, members, reads);
    clock::sleep(CHAOS).await;
    let calm = sim.calm().within(CALM);
    calm.until(move || match cast.written.get() {
        WRITES => Ok(()),
        some => Err(format!("{some} of {WRITES} numbers are written")),
    })
    .await;
    cast.readers.into_iter().for_each(|reader| reader.abort());
    at_last(members).await;
}

async fn at_last(members: u64) {
    let mut client = Client::new(members, 0);
    assert_eq!(client.read().await, WRITES, "the last write is lost");
}

/// Who acts: the nodes that are left to themselves, and their clients.
struct Cast {
    writer: JoinHandle<()>,
    readers: [JoinHandle<()>; 2],
    /// How many numbers are written.
    written: Rc<Cell<u64>>,
}

impl Cast {
    fn begin(sim: &Sim, members: u64, reads: Reads) -> Self {
        for id in 0..members {
            let disk = Disk::default();
            sim.node(name(id)).start(move || server::serve(id, members, disk.clone(), reads));
        }
        let history = Rc::new(RefCell::new(History::default()));
        let readers = [0, 1].map(|number| {
            sim.node(format!("reader-{number}")).spawn(read(Client::new(members, number), history.clone()))
        });
        let written = Rc::new(Cell::new(0));
        let writer = sim.node("writer").spawn(write(Client::new(members, 0), history, written.clone()));
        Cast { writer, readers, written }
    }
}

async fn write(mut client: Client, history: Rc<RefCell<History>>, written: Rc<Cell<u64>>) {
    for value in 1..=WRITES {
        history.borrow_mut().write_begins(value);
        client.write(value).await;
        history.borrow_mut().write_ends(value);
        written.set(value);
        clock::sleep(Duration::from_millis(draw::range(0..200))).await;
    }
}

async fn read(mut client: Client, history: Rc<RefCell<History>>) {
    loop {
        let read = history.borrow().read_begins();
        let value = client.read().await;
        let linearizable = history.borrow_mut().read_ends(read, value);
        linearizable.unwrap_or_else(|sentence| panic!("{sentence}"));
        clock::sleep(Duration::from_millis(draw::range(0..100))).await;
    }
}

/// The leader is cut off for a while, or loses its power, and the others elect another.
async fn trouble(sim: Sim, members: u64) {
    loop {
        clock::sleep(Duration::from_millis(draw::range(500..2_000))).await;
        let Some(leader) = leader(members).await else { continue };
        let down = Duration::from_millis(draw::range(300..2_000));
        if draw::bool() {
            sim.node(name(leader)).crash();
            clock::sleep(down).await;
            sim.node(name(leader)).restart();
        } else {
            // Clients reach it still.
            let others: Vec<String> = (0..members).filter(|&id| id != leader).map(name).collect();
            let _cut = sim.net().partition(&[name(leader)], &others);
            clock::sleep(down).await;
        }
    }
}

/// Whom any node takes for the leader.
async fn leader(members: u64) -> Option<u64> {
    let http = reenact::hyper::client::<http_body_util::Empty<hyper::body::Bytes>>();
    for id in 0..members {
        let uri = format!("http://{}/leader", name(id)).parse().ok()?;
        let ask = async {
            let answer = http.get(uri).await.ok()?;
            let body = http_body_util::BodyExt::collect(answer.into_body()).await.ok()?;
            serde_json::from_reader::<_, Option<u64>>(body.aggregate().reader()).ok()?
        };
        if let Ok(Some(leader)) = clock::timeout(Duration::from_millis(100), ask).await {
            return Some(leader);
        }
    }
    None
}
