//! Few subscribers under many seeds, and many under one.

use crate::{frame::Frame, scenario};

#[test]
fn all_who_are_still_there_hear_what_is_published_after_the_chaos() {
    let report = scenario::check(20, 30).report(|sim| scenario::run(sim, 30));
    assert!(report.passed(), "{report}");
    assert!(report.vacuous().is_empty(), "{report}");
}

#[test]
fn a_thousand_subscribers_are_no_matter() {
    let check = scenario::check(1, 1000).determinism(0);
    let report = check.report(|sim| scenario::run(sim, 1000));
    assert!(report.passed(), "{report}");
}

#[test]
fn frames_are_read_as_they_were_written() {
    for frame in [Frame::Subscribe(7), Frame::Publish(255, u32::MAX), Frame::Publish(0, 0)] {
        assert_eq!(Frame::read(frame.write()), Some(frame));
    }
    assert_eq!(Frame::read([0; 8]), None);
}
