//! A report does not depend on threads, and its runs are in order.

use reenact::{Check, Report, draw};

/// Everything that a report says.
fn said(report: &Report) -> Vec<String> {
    let mut said = vec![report.to_string()];
    for finding in report.findings() {
        said.push(format!(
            "{} {:?} {} {} {:016x} {:?}",
            finding.index(),
            finding.failure,
            finding.token(),
            finding.occurrences(),
            finding.original().digest(),
            finding.original().trace().lines().last(),
        ));
    }
    said
}

#[test]
fn a_report_is_the_same_for_every_number_of_threads() {
    let report = |jobs, keep_going| {
        Check::new("threads").seeds(0..300).jobs(jobs).keep_going(keep_going).report(|sim| async move {
            for i in 0..5 {
                sim.node(format!("n{i}")).spawn(async move {
                    reenact::yield_now().await;
                    match draw::below(150) {
                        148 => panic!("one"),
                        149 => panic!("two"),
                        _ => {}
                    }
                });
            }
            reenact::clock::sleep(std::time::Duration::from_secs(1)).await;
        })
    };
    for keep_going in [1, 2, 9] {
        let one = said(&report(1, keep_going));
        assert!(one.len() > 1, "{one:?}");
        for jobs in [2, 3, 8] {
            assert_eq!(said(&report(jobs, keep_going)), one, "{jobs} threads, {keep_going} findings");
        }
    }
}
