//! The world as the test sees it: the simulation, its nodes.
//!
//! Thin: handles hold numbers and call the machine.
//!
//! Rim.

mod clock;
mod shape;
mod link;
mod net;
mod node;
mod sim;

pub use clock::Clock;
pub use link::Link;
pub use net::NetHandle;
pub use node::Node;
pub use shape::Shape;
pub use sim::Sim;
