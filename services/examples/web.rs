//! A box office on the web that sells a seat twice, and how a sweep over seeds finds it.
//!
//! ```text
//! cargo run --release -p reenact-services --example web
//! cargo run --release -p reenact-services --example web -- --fixed
//! ```

use reenact_services::{
    demo::{Arguments, Demo},
    web::{
        scenario::{self, Load},
        shop::WhilePaying,
    },
};
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments = match Arguments::read() {
        Ok(arguments) => arguments,
        Err(code) => return code,
    };
    println!(
        "200 customers, a balancer, three shops, payments: axum and hyper, over a network with trouble."
    );
    println!("A customer holds a seat for two seconds, and buys it. A shop sees that the seat is held, has");
    println!("the customer charged, and writes down the sale.\n");
    let while_paying = if arguments.fixed { WhilePaying::Claim } else { WhilePaying::Hold };
    Demo {
        name: scenario::NAME,
        net: scenario::net(),
        faults: scenario::faults(),
        seeds: arguments.seeds.unwrap_or(3_000),
        faulty: !arguments.fixed,
        run: |sim| scenario::run(sim, Load::EVENING, while_paying),
    }
    .show()
}
