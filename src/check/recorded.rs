//! Runs the cases that were recorded beside a test, before all else.
//!
//! Rim. The file is read and written by `regressions`.

use super::{
    finding::Finding,
    one::{Runner, guarded, record},
    plan::{Planned, Role},
    regressions::{Case, Regressions},
    report::Report,
    shrink::spelled,
    site::Site,
    sweep::Observer,
};
use crate::env::RegressionMode;
use reenact_sim::Tape;

/// Runs the recorded cases of a test up to the first that fails; with
/// [`Update`](RegressionMode::Update), all of them, and the file is put in order.
pub(super) fn run(
    site: &Site,
    mode: RegressionMode,
    runner: &Runner<'_>,
    begins: Observer<'_>,
    notes: &mut Vec<String>,
) -> Report {
    let regressions = Regressions::of(site, runner.template.called());
    let loaded = regressions.load();
    notes.extend(loaded.notes);
    let update = mode == RegressionMode::Update;
    let mut report = Report::default();
    let mut passed: Vec<Tape> = Vec::new();
    for case in loaded.cases {
        let planned =
            Planned { index: report.runs, role: Role::Recorded(case.line), tape: case.tape.clone() };
        begins(0, &planned);
        report.runs += 1;
        let Some(finding) = repeat(runner, &planned) else {
            passed.push(case.tape);
            continue;
        };
        let digest = finding.original().digest();
        if digest != case.digest {
            notes.push(format!(
                "stale: line {} of {} was recorded with digest {:016x} and comes to {digest:016x} now, since something has changed; REENACT_REGRESSIONS=update records it anew",
                case.line,
                regressions.shown(),
                case.digest,
            ));
        }
        if update {
            let tape = finding.tape().clone();
            notes.extend(regressions.update(&Case { tape, digest, ..case }).err());
        }
        report.failed += 1;
        report.findings.push(finding);
        if !update {
            break;
        }
    }
    if update && !passed.is_empty() {
        match regressions.remove(&passed) {
            Ok(lines) => notes
                .push(format!("{lines} recorded cases pass and were removed from {}", regressions.shown())),
            Err(why) => notes.push(why),
        }
    }
    report
}

/// Makes the run of a case, as far as its tape still fits; `None` if it passes.
fn repeat(runner: &Runner<'_>, planned: &Planned) -> Option<Finding> {
    let made = guarded(planned, || {
        let steps = planned.tape.header.steps;
        runner.make(runner.simulation(planned).record(record(steps)))
    });
    let outcome = made.unwrap_or_else(|outcome| *outcome);
    let failure = outcome.result.as_ref().err()?.clone();
    let spelled = spelled(&outcome);
    Some(Finding::new(planned, failure, outcome).spelled_out(spelled))
}
