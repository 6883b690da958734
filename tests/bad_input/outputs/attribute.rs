//~ the main of a simulation cannot return `u32`
//~ attribute.rs:5:24
#![allow(dead_code)]
#[reenact::test]
async fn a_number() -> u32 {
    42
}

fn main() {}
