//! Weather over gRPC: tonic, unary and streaming, with deadlines, on a network that loses packets.
//!
//! ```text
//! cargo run --release -p reenact-services --example grpc
//! ```

use reenact_services::{
    demo::{Arguments, Demo},
    grpc::scenario,
};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = match Arguments::read() {
        Ok(arguments) => arguments,
        Err(code) => return code,
    };
    println!("Observers ask a weather station that loses its power now and then; no call outlasts its");
    println!("deadline, and no stream skips a reading.\n");
    Demo {
        name: scenario::NAME,
        net: scenario::net(),
        faults: scenario::faults(),
        seeds: arguments.seeds.unwrap_or(1_000),
        faulty: false,
        run: scenario::run,
    }
    .show()
}
