//! The simulated network, as programs see it through sockets.
//!
//! A stream belongs to the node that opened it, whichever task uses it: so a test may hold both
//! ends of a connection, and act for both.

mod common;

#[path = "network/accept.rs"]
mod accept;
#[path = "network/addresses.rs"]
mod addresses;
#[path = "network/bytes.rs"]
mod bytes;
#[path = "network/closing.rs"]
mod closing;
#[path = "network/connect.rs"]
mod connect;
#[path = "network/ends_of_nodes.rs"]
mod ends_of_nodes;
#[path = "network/failures.rs"]
mod failures;
#[path = "network/flavours.rs"]
mod flavours;
#[path = "network/goldens.rs"]
mod goldens;
#[path = "network/guards.rs"]
mod guards;
#[path = "network/halves.rs"]
mod halves;
#[path = "network/life_cycle.rs"]
mod life_cycle;
#[path = "network/links.rs"]
mod links;
#[path = "network/names.rs"]
mod names;
#[path = "network/orphans.rs"]
mod orphans;
#[path = "network/partitions.rs"]
mod partitions;
#[path = "network/rules.rs"]
mod rules;
#[path = "network/scale.rs"]
mod scale;
#[path = "network/storms.rs"]
mod storms;
#[path = "network/time_wait.rs"]
mod time_wait;
#[path = "network/udp.rs"]
mod udp;
#[path = "network/udp_links.rs"]
mod udp_links;
#[path = "network/window.rs"]
mod window;
#[path = "network/wires.rs"]
mod wires;
