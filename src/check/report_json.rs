//! The report of a failure for programs: `report.json`, described in `docs/report-json.md`.
//!
//! Pure.

use super::{
    block::told_failure,
    finding::Finding,
    report::Report,
    rollup::{Assertion, Fault},
    shrink::Reason,
    site::Site,
};
use crate::json::Json;
use reenact_sim::{Effect, Failure};

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
        ("runs", report.runs().into()),
        ("failed_runs", report.failed_runs().into()),
        ("assertions", Json::list(report.assertions(), assertion)),
        ("faults", Json::list(report.faults(), fault)),
        ("missing", Json::list(&report.missing(), |sentence| sentence.as_str().into())),
    ])
    .pretty()
}

fn assertion(seen: &Assertion) -> Json {
    Json::Object(vec![
        ("claim", seen.claim().to_string().as_str().into()),
        ("name", seen.name().into()),
        ("runs", seen.runs().into()),
        ("held", seen.held().into()),
        ("failed", seen.failed().into()),
    ])
}

fn fault(seen: &Fault) -> Json {
    let Effect { scheduled, applied, effective } = seen.effect();
    Json::Object(vec![
        ("kind", seen.kind().name().into()),
        ("runs", seen.runs().into()),
        ("scheduled", scheduled.into()),
        ("applied", applied.into()),
        ("effective", effective.into()),
    ])
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Check, FaultKind, Faults, Shrink, clock, sometimes};
    use std::time::Duration;

    #[test]
    fn what_became_of_claims_and_faults_in_all_runs_is_there() {
        let check = Check::new("added up").seeds(40).shrink(Shrink::off()).reaches(["nowhere"]);
        let check = check.faults(Faults::only([FaultKind::Kill, FaultKind::Close]).tolerate(1));
        let report = check.report(|sim| async move {
            let db = sim.node("db");
            db.start(std::future::pending::<()>);
            sim.invariant("nothing is wrong", || Ok(()));
            clock::sleep(Duration::from_secs(60)).await;
            sometimes!(db.incarnation() == 1_000, "a thousand lives");
            assert!(db.incarnation() < 3, "too many lives");
        });
        let finding = &report.findings()[0];
        let text = report_json(&report, finding, "added_up", None, "again", &[]);
        let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!((&json["runs"], &json["failed_runs"]), (&report.runs().into(), &1.into()));
        let find = |list: &str, key: &str, is: &str| {
            let all = json[list].as_array().expect("a list");
            all.iter().find(|one| one[key] == is).cloned().unwrap_or_else(|| panic!("{is} in {all:?}"))
        };
        let never = find("assertions", "name", "a thousand lives");
        assert_eq!((&never["claim"], &never["held"]), (&"sometimes".into(), &0.into()));
        assert!(never["failed"].as_u64() > Some(0) && never["runs"].as_u64() > Some(0), "{never}");
        let nowhere = find("assertions", "name", "nowhere");
        assert_eq!((&nowhere["claim"], &nowhere["runs"]), (&"reachable".into(), &0.into()));
        assert_eq!(find("assertions", "claim", "invariant")["name"], "nothing is wrong");
        let kill = find("faults", "kind", "kill");
        assert!(kill["scheduled"].as_u64() >= kill["applied"].as_u64(), "{kill}");
        assert!(kill["effective"].as_u64() > Some(0) && kill["runs"].as_u64() > Some(0), "{kill}");
        // Nobody has a connection that could be closed.
        assert_eq!(find("faults", "kind", "close")["effective"], 0);
        let missing: Vec<&str> =
            json["missing"].as_array().expect("a list").iter().filter_map(|line| line.as_str()).collect();
        assert!(missing[0].contains("sometimes `a thousand lives`, reachable `nowhere`"), "{missing:?}");
        assert!(missing[1].starts_with("close faults: on in "), "{missing:?}");
    }
}
