//! The chat: all hear the same.

use reenact::Check;
use reenact_services::chat::scenario::{NAME, faults, net, run};

#[test]
fn all_guests_hear_the_same_in_the_same_order() {
    Check::new(NAME).seeds(0..30).net(net()).faults(faults()).run(run);
}
