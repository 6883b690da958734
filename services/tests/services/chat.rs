//! The chat: all hear the same.

use reenact::Check;
use reenact_services::chat::scenario::{Door, NAME, faults, net, run};

#[test]
fn all_guests_hear_the_same_in_the_same_order() {
    for door in [Door::Listener, Door::Route] {
        Check::new(NAME).seeds(0..30).net(net()).faults(faults()).run(move |sim| run(sim, door));
    }
}
