//! What is simulated: guests in a room, and a network that loses packets; and what must hold.

use super::{guest, room, route};
use reenact::{FaultKind, Faults, Sim, net};

/// What sweeps and tapes of this scenario are called.
pub const NAME: &str = "chat";

const GUESTS: usize = 5;
const LINES: usize = 3;

/// One packet in twenty is lost, and sent again.
pub fn net() -> net::Config {
    net::Config::lossy()
}

/// What goes wrong: machines stand still and are cut off, packets are lost and late. What a connection
/// survives, that is, since guests do not come again.
pub fn faults() -> Faults {
    let guests = (0..GUESTS).map(|number| format!("guest-{number}"));
    let kinds = [FaultKind::Pause, FaultKind::Partition, FaultKind::Loss, FaultKind::Latency];
    Faults::only(kinds).victims(guests.chain(["room".to_owned()]))
}

/// How the room is entered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Door {
    /// tokio-tungstenite accepts on a listener.
    Listener,
    /// A handler of an axum router does.
    Route,
}

/// One run: all guests hear the same, in the same order, and each guest's lines in theirs.
pub async fn run(sim: Sim, door: Door) {
    match door {
        Door::Listener => sim.node("room").start(room::serve),
        Door::Route => sim.node("room").start(route::serve),
    };
    let guests: Vec<_> = (0..GUESTS)
        .map(|number| {
            let name = format!("guest-{number}");
            sim.node(name.clone()).spawn(guest::visit(name, GUESTS, LINES))
        })
        .collect();
    let mut all: Vec<Vec<String>> = Vec::new();
    for guest in guests {
        let heard = guest.await.expect("a guest neither panics nor is cancelled");
        all.push(heard.expect("the room stays open"));
    }
    for heard in &all {
        assert_eq!(*heard, all[0], "two guests heard different things");
    }
    for number in 0..GUESTS {
        let name = format!("guest-{number}: ");
        let lines: Vec<&str> = all[0].iter().filter_map(|line| line.strip_prefix(&name)).collect();
        assert_eq!(lines, ["0", "1", "2"], "the lines of {name}are out of order");
    }
}
