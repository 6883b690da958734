//! A register kept by openraft, whose leader is cut off and crashed; reads that seem right and are not.
//!
//! ```text
//! cargo run --release -p reenact-services --example raft
//! cargo run --release -p reenact-services --example raft -- --fixed
//! ```

use reenact_services::{
    demo::{Arguments, Demo},
    raft::{scenario, server::Reads},
};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = match Arguments::read() {
        Ok(arguments) => arguments,
        Err(code) => return code,
    };
    println!("Five nodes keep a number by Raft. One client writes, two read, from whoever is the leader.");
    println!("The leader answers reads from memory; with `--fixed`, once a majority has confirmed it.\n");
    let reads = if arguments.fixed { Reads::Confirmed } else { Reads::AsLeader };
    Demo {
        name: scenario::NAME,
        net: scenario::net(),
        faults: reenact::Faults::none(),
        seeds: arguments.seeds.unwrap_or(500),
        faulty: !arguments.fixed,
        run: move |sim| scenario::run(sim, 5, reads),
    }
    .show()
}
