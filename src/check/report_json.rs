//! The report of a failure for programs: `report.json`, described in `docs/report-json.md`.
//!
//! Pure.

use super::{block::told_failure, finding::Finding, report::Report, shrink::Reason, site::Site};
use crate::json::Json;
use reenact_sim::Failure;

/// The text of `report.json`.
pub(super) fn report_json(
    report: &Report,
    finding: &Finding,
    test: &str,
    site: Option<&Site>,
    replay: &str,
    notes: &[String],
) -> String {
    let failure = told_failure(finding);
    let text = |text: &Option<String>| Json::from(text.as_deref());
    let others: Vec<&Finding> =
        report.findings.iter().filter(|other| !std::ptr::eq(*other, finding)).collect();
    let digest = finding.shrunk().digest();
    Json::Object(vec![
        ("format", "reenact-report".into()),
        ("version", 1.into()),
        ("test", test.into()),
        ("package", site.map(|site| site.package).into()),
        ("file", site.map(|site| site.file).into()),
        ("line", site.map(|site| u64::from(site.line)).into()),
        ("seed", seed(finding).as_str().into()),
        ("token", finding.token().as_str().into()),
        ("digest", format!("{digest:016x}").as_str().into()),
        ("kind", failure.kind.to_string().as_str().into()),
        ("message", failure.message.as_str().into()),
        ("location", text(&failure.location)),
        ("node", text(&failure.node)),
        ("task", text(&failure.task)),
        ("at_ns", failure.at.as_nanos().into()),
        ("step", failure.step.into()),
        ("shrunk", shrunk(finding)),
        ("because", because(finding)),
        ("replay", replay.into()),
        ("seen", seen(report)),
        ("other_findings", Json::list(&others, |other| other_finding(other))),
        ("notes", Json::list(notes, |note| note.as_str().into())),
    ])
    .pretty()
}

fn seed(finding: &Finding) -> String {
    format!("0x{:016x}", finding.seed)
}

fn shrunk(finding: &Finding) -> Json {
    let Some(shrunk) = &finding.shrunk else { return Json::Null };
    Json::Object(vec![
        ("steps_before", finding.original().stats().steps.into()),
        ("steps_after", shrunk.outcome.stats().steps.into()),
        ("decisions_before", (shrunk.decisions as u64).into()),
        ("decisions_after", (finding.tape().len() as u64).into()),
        ("runs", shrunk.effort.runs.into()),
    ])
}

/// What the runs that passed saw of the program.
fn seen(report: &Report) -> Json {
    let progress = report.progress();
    let (picks, ready) = progress.totals();
    Json::Object(vec![
        ("runs", progress.runs().into()),
        ("orders", progress.orders().into()),
        ("picks", picks.into()),
        ("ready", ready.into()),
        ("widest", progress.widest().into()),
        ("missed_one_in", (progress.runs() > 0).then(|| progress.one_in()).into()),
    ])
}

fn because(finding: &Finding) -> Json {
    let reasons = finding.explanation().map_or(&[][..], |explanation| explanation.reasons());
    Json::list(reasons, |reason: &Reason| {
        let tag = reason.need().map(|need| need.to_string());
        Json::Object(vec![
            ("words", format!("{} {}", reason.who(), reason.what()).as_str().into()),
            ("tag", tag.as_deref().into()),
        ])
    })
}

fn other_finding(finding: &Finding) -> Json {
    let Failure { kind, message, .. } = &finding.failure;
    Json::Object(vec![
        ("kind", kind.to_string().as_str().into()),
        ("message", message.as_str().into()),
        ("seed", seed(finding).as_str().into()),
        ("token", finding.token().as_str().into()),
    ])
}
