//! What a failure leaves behind: a recorded case beside the test, files in the target directory, and
//! the command that repeats the run.
//!
//! Rim. What the files say comes from elsewhere; what cannot be written becomes a remark in the report.

use super::{
    artifacts,
    block::told_failure,
    command::Origin,
    finding::Finding,
    plan::Role,
    regressions::{Case, Regressions, Saved},
    report::Report,
    report_json::report_json,
    shrink::Explanation,
    site::Site,
};
use crate::{
    env::{self, RegressionMode, Variables},
    trace::{Level, View},
};
use reenact_sim::FailureKind;
use std::path::{Path, PathBuf};

/// A longer token is put into a file.
const LONGEST_TOKEN: usize = 2_048;
/// How many lines of a trace are laid out.
const LINES: usize = 100_000;
/// How many events are kept for programs: the last ones.
const EVENTS: usize = 500_000;

/// What the report says of it.
#[derive(Default)]
pub(super) struct Aftermath {
    /// The command that repeats the run.
    pub(super) replay: String,
    /// The file to look at first.
    pub(super) open: Option<String>,
    /// What became of the recorded case.
    pub(super) saved: Option<String>,
    pub(super) notes: Vec<String>,
}

/// Leaves what is to be left of the first finding.
pub(super) fn leave(
    report: &Report,
    finding: &Finding,
    name: &str,
    origin: &Origin<'_>,
    variables: &Variables,
    notes: &[String],
) -> Aftermath {
    let (token, site) = (finding.token(), origin.site());
    let mut after = Aftermath { replay: origin.replay(&token), ..Aftermath::default() };
    if site.is_some_and(|site| site.should_panic) {
        return after;
    }
    let base = artifacts::base(variables.artifacts.as_deref());
    let directory = artifacts::directory(&base, site, name, finding.seed);
    if token.len() > LONGEST_TOKEN {
        after.replay = origin.replay(&format!("@{}", directory.join("tape.txt").display()));
    }
    if let (Some(site), true) = (site, is_to_be_saved(finding, variables)) {
        match save(finding, site, name) {
            Ok(saved) => after.saved = Some(saved),
            Err(why) => after.notes.push(why),
        }
    }
    let said = finding.note().map(str::to_owned).into_iter();
    let notes: Vec<String> = said.chain(notes.iter().chain(&after.notes).cloned()).collect();
    let json = report_json(report, finding, name, site, &after.replay, &notes);
    match write(finding, name, &json, &directory) {
        Ok(open) => after.open = Some(env::shown(&open)),
        Err(why) => {
            // Without the file, the token has to do.
            after.replay = origin.replay(&token);
            after.notes.push(why);
        }
    }
    after
}

/// Whether a run that failed is to be run first from now on: not one that was given, and not one whose
/// failure is not about its decisions.
fn is_to_be_saved(finding: &Finding, variables: &Variables) -> bool {
    use FailureKind::{Diverged, Harness, Nondeterminism};
    variables.regressions != RegressionMode::Skip
        && !matches!(finding.role, Role::Given | Role::Recorded(_))
        && !matches!(finding.failure.kind, Diverged | Harness | Nondeterminism)
        && finding.note().is_none()
}

/// # Errors
///
/// Why it was not saved, with the line to add by hand.
fn save(finding: &Finding, site: &Site, name: &str) -> Result<String, String> {
    let regressions = Regressions::of(site, name);
    let message = told_failure(finding).message.clone();
    let (tape, digest) = (finding.tape().clone(), finding.shrunk().digest());
    let what = match regressions.save(&Case { line: 0, tape, digest, message })? {
        Saved::Added => "+1 line: commit it",
        Saved::Already | Saved::Updated => "its line was there",
    };
    Ok(format!("{}  ({what})", regressions.shown()))
}

/// Why the run fails, with what came of the decision that its nearest neighbour lacks.
fn explained(explanation: &Explanation) -> String {
    let diff = explanation.neighbour().map_or_else(String::new, |neighbour| {
        format!("\n\nthis run (-), compared with that one (+): {}", neighbour.diff())
    });
    format!("{explanation}{diff}\n")
}

/// The run for `cargo reenact show` and `diff`.
fn jsonl(finding: &Finding, name: &str) -> String {
    let mut file = Vec::new();
    let recording = finding.shrunk().recording().named(name).last(EVENTS);
    // Memory takes what it is given, and what is written is text.
    let _ = recording.write(&mut file);
    String::from_utf8(file).unwrap_or_default()
}

/// # Errors
///
/// Which file could not be written, and why.
fn write(finding: &Finding, name: &str, json: &str, directory: &Path) -> Result<PathBuf, String> {
    let trace = &finding.shrunk().trace;
    let view = View::timeline().level(Level::Task).times(true).limit(LINES);
    let explanation = finding.explanation().map_or_else(String::new, explained);
    let files: [(&str, &str); 5] = [
        ("trace.txt", &trace.text(view)),
        ("trace.jsonl", &jsonl(finding, name)),
        ("tape.txt", &finding.shrunk().tape_text()),
        ("explanation.txt", &explanation),
        ("report.json", json),
    ];
    artifacts::write(directory, &files)?;
    Ok(directory.join("trace.txt"))
}
