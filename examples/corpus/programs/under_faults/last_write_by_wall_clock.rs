//! A newer value loses against an older one, which was stamped by a clock that went ahead.
//!
//! A client writes one value after the other, through front ends that take turns. Each stamps what it
//! writes with its time of day, and the store keeps the latest stamp. Bigger sizes have more front ends.

use super::{
    super::{
        Body, Program,
        Version::{self, Buggy, Fixed},
        datagrams::{ask, number, receive},
    },
    plan,
};
use futures::FutureExt;
use reenact::{FaultKind, Sim, clock, net::UdpSocket};
use std::{cell::Cell, io, rc::Rc, time::Duration};

pub(crate) const PROGRAM: Program = Program {
    name: "last_write_by_wall_clock",
    about: "The last write is the one with the latest time of day, on whichever machine.",
    sizes: &[2, 4, 8],
    minimum: 1,
    minimum_in_words: "The clock of the first front end jumps ahead, and the second one's write is lost.",
    random_finds_it: true,
    lopsided: false,
    body: Body::UnderFaults(|sim, version, size| run(sim, version, size).boxed_local()),
};

const THINK: Duration = Duration::from_millis(30);
const HORIZON: Duration = Duration::from_secs(2);

/// What the store has: a stamp and a value.
type Store = Rc<Cell<(u128, u64)>>;

/// Writes what it is told, `<value> <stamp of the write before>`, and answers with the stamp.
async fn front_end(version: Version, store: Store) -> io::Result<()> {
    let socket = UdpSocket::bind("0.0.0.0:7000").await?;
    loop {
        let (request, from) = receive(&socket).await?;
        let Some((value, before)) = request.split_once(' ') else { continue };
        let (value, before) = (number(value)?, number::<u128>(before)?);
        let of_day = clock::system_time().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        let stamp = match version {
            Buggy => of_day.as_nanos(),
            // The fix: what is written after something has a later stamp, whatever the clock says.
            Fixed => of_day.as_nanos().max(before + 1),
        };
        if stamp > store.get().0 {
            store.set((stamp, value));
        }
        socket.send_to(stamp.to_string().as_bytes(), from).await?;
    }
}

async fn run(sim: Sim, version: Version, size: usize) {
    let store = Store::default();
    let names: Vec<String> = (0..size).map(|i| format!("front-{i}")).collect();
    for name in &names {
        let store = store.clone();
        sim.node(name).start(move || front_end(version, store.clone()));
    }
    plan(&sim, &[FaultKind::Clock], &names);
    let mut stamp = 0u128;
    for (value, name) in (1..).zip(names.iter().cycle()) {
        if sim.elapsed() > HORIZON {
            break;
        }
        let answer = ask((name.as_str(), 7000), &format!("{value} {stamp}")).await;
        stamp = number(&answer.expect("the front end is up")).expect("a stamp");
        assert_eq!(store.get().1, value, "what was written last is not there");
        clock::sleep(THINK).await;
    }
}
