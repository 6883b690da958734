//! The test attribute makes ordinary tests.

use reenact::{Sim, clock};
use std::time::Duration;

#[reenact::test(seeds = 20)]
async fn a_test_takes_the_simulation(sim: Sim) {
    let sum = sim.node("adder").spawn(async { 1 + 1 }).await;
    assert_eq!(sum.expect("no panic"), 2);
}

#[reenact::test]
async fn a_test_may_do_without_it() {
    clock::sleep(Duration::from_secs(1)).await;
    assert_eq!(Sim::current().elapsed(), Duration::from_secs(1));
}

#[reenact::test(seeds = [7, 8], jobs = 2)]
async fn a_test_may_return_a_result() -> Result<(), reenact::JoinError> {
    reenact::spawn(async {}).await
}

#[reenact::test(seeds = 5)]
#[should_panic(expected = "as it should")]
async fn a_test_may_be_meant_to_panic() {
    panic!("it panics {}", "as it should");
}

#[reenact::test(seeds = 5)]
#[should_panic(expected = "\"no luck\"")]
async fn an_error_fails_a_test() -> Result<(), &'static str> {
    Err("no luck")
}

#[reenact::test(seeds = 3, max_virtual = Duration::from_secs(100))]
#[should_panic(expected = "virtual time")]
async fn a_test_may_return_nothing_ever() -> ! {
    loop {
        clock::sleep(Duration::from_secs(1)).await;
    }
}
