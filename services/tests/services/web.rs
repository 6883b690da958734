//! The box office: the bug is found, shrunk and explained, and without it nothing is wrong.

use reenact::Check;
use reenact_services::web::{
    scenario::{Load, NAME, faults, net, run},
    shop::WhilePaying,
};

/// Few customers who all want the same few seats.
const RUSH: Load = Load { customers: 12, seats: 4 };

#[test]
fn a_seat_is_sold_twice_and_a_sweep_finds_it() {
    let report = Check::new(NAME)
        .seeds(0..400)
        .net(net())
        .faults(faults())
        .report(|sim| run(sim, RUSH, WhilePaying::Hold));
    let findings = report.findings();
    let finding = findings.first().expect("the bug is found");
    assert!(finding.failure.message.contains("is sold to customers"), "{}", finding.failure);
    let before = finding.original().decisions().expect("recorded").len();
    assert!(finding.tape().len() * 4 < before, "{} of {before} decisions are left", finding.tape().len());
    let explanation = finding.explanation().expect("there is one");
    let reasons = explanation.reasons().len();
    assert_eq!(reasons, finding.tape().len(), "each decision has its reason: {explanation}");
}

#[test]
fn a_claimed_seat_is_sold_once() {
    Check::new(NAME).seeds(0..40).net(net()).faults(faults()).run(|sim| run(sim, RUSH, WhilePaying::Claim));
}

#[test]
fn two_hundred_customers_at_once_are_served() {
    Check::new(NAME)
        .seeds(0..2)
        .net(net())
        .faults(faults())
        .run(|sim| run(sim, Load::EVENING, WhilePaying::Claim));
}
