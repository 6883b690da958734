//! The register: its reads are linearizable, and a sweep finds those that are not.

use reenact::{Check, Faults};
use reenact_services::raft::{
    scenario::{NAME, net, run, run_in_chaos},
    server::Reads,
};

#[test]
fn confirmed_reads_are_linearizable() {
    for members in [3, 4, 5] {
        Check::new(NAME).seeds(0..4).net(net()).run(move |sim| run(sim, members, Reads::Confirmed));
    }
}

#[test]
fn whatever_goes_wrong_all_is_written_when_the_world_has_healed() {
    let check = Check::new("register in chaos").seeds(0..4).net(net()).faults(Faults::swarm());
    check.run(|sim| run_in_chaos(sim, 5, Reads::Confirmed));
}

#[test]
fn a_deposed_leader_that_answers_from_memory_is_found() {
    let check = Check::new(NAME).seeds(0..200).net(net()).shrink(reenact::Shrink::off());
    let report = check.report(|sim| run(sim, 3, Reads::AsLeader));
    let findings = report.findings();
    let finding = findings.first().expect("a stale read is found");
    assert!(finding.failure.message.contains("was known to be written"), "{}", finding.failure);
}
