//! A chat over WebSockets: tokio-tungstenite, on a network that loses packets.
//!
//! ```text
//! cargo run --release -p reenact-services --example chat
//! ```

use reenact_services::{
    chat::scenario::{self, Door},
    demo::{Arguments, Demo},
};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = match Arguments::read() {
        Ok(arguments) => arguments,
        Err(code) => return code,
    };
    println!("Five guests in a room say three lines each; all hear the same, in the same order.\n");
    Demo {
        name: scenario::NAME,
        net: scenario::net(),
        faults: scenario::faults(),
        seeds: arguments.seeds.unwrap_or(2_000),
        faulty: false,
        run: |sim| scenario::run(sim, Door::Listener),
    }
    .show()
}
