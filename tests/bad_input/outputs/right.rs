//! What may be returned, in every edition: nothing, a result, and `!`.

use reenact::{Check, Sim, clock, draw};
use std::time::Duration;

#[reenact::test]
async fn never() -> ! {
    loop {
        clock::sleep(Duration::from_secs(1)).await
    }
}

#[reenact::test(seeds = 0..5, jobs = 2)]
async fn nothing(_sim: Sim) {}

#[reenact::test]
async fn a_result() -> Result<(), Box<dyn std::error::Error>> {
    "7".parse::<u32>()?;
    Ok(())
}

fn main() {
    Check::new("diverges").report(|_sim| async {
        loop {
            clock::sleep(Duration::from_secs(1)).await
        }
    });
    Check::new("panics").report(|_sim| async { panic!("always") });
    Check::new("returns or never does").seeds([1, 2]).report(|_sim| async {
        if draw::bool() {
            return;
        }
        std::future::pending().await
    });
    Check::new("a result").seeds(vec![1]).report(|_sim| async { Ok::<(), std::fmt::Error>(()) });
}
