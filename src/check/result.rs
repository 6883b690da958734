//! What a program that watches a sweep is told: lines of JSON in the file of `REENACT_REPORT`, described in
//! `docs/results.md`.
//!
//! Pure: the lines. A test that writes none is no simulation, so the first is written before any run.

use super::{block::told_failure, command::Origin, finding::Finding, report::Report};
use crate::json::Json;
use reenact_sim::Failure;

/// Whose results they are.
#[derive(Clone, Copy)]
pub(super) struct Whose<'a> {
    pub(super) test: &'a str,
    pub(super) origin: &'a Origin<'a>,
}

impl Whose<'_> {
    fn line(self, event: &str, more: Vec<(&'static str, Json)>) -> String {
        let head = [
            ("format", "reenact-result".into()),
            ("version", 1.into()),
            ("event", event.into()),
            ("test", self.test.into()),
            ("package", self.origin.site().map(|site| site.package).into()),
        ];
        Json::Object(head.into_iter().chain(more).collect()).line()
    }

    /// A sweep begins.
    pub(super) fn begin(self) -> String {
        self.line("begin", Vec::new())
    }

    /// So many runs have begun.
    pub(super) fn progress(self, runs: u64) -> String {
        self.line("progress", vec![("runs", runs.into())])
    }

    /// A sweep has ended. `open` is where the files of the first finding are. What a test that is meant to fail
    /// finds is no finding, but a remark.
    pub(super) fn end(
        self,
        report: &Report,
        replay: Option<&str>,
        open: Option<&str>,
        notes: &[String],
    ) -> String {
        let is_meant = self.origin.site().is_some_and(|site| site.should_panic);
        let (meant, findings): (Vec<&Finding>, Vec<_>) = report.findings.iter().partition(|_| is_meant);
        let remarks = meant.iter().map(|finding| {
            let Failure { kind, message, .. } = told_failure(finding);
            format!("it is meant to fail, and does: {kind}: {}", message.lines().next().unwrap_or_default())
        });
        let notes: Vec<String> = notes.iter().cloned().chain(remarks).collect();
        self.line(
            "end",
            vec![
                ("runs", report.runs().into()),
                ("failed", report.failed_runs().into()),
                ("findings", Json::list(&findings, |finding| self.finding(finding))),
                ("replay", replay.filter(|_| !is_meant).into()),
                ("open", open.into()),
                ("notes", Json::list(&notes, |note| note.as_str().into())),
            ],
        )
    }

    fn finding(self, finding: &Finding) -> Json {
        let (failure, token) = (told_failure(finding), finding.token());
        Json::Object(vec![
            ("kind", failure.kind.to_string().as_str().into()),
            ("message", failure.message.as_str().into()),
            ("location", failure.location.as_deref().into()),
            ("seed", format!("0x{:016x}", finding.seed).as_str().into()),
            ("token", token.as_str().into()),
            ("given", self.origin.given(&token).as_str().into()),
            ("digest", format!("{:016x}", finding.shrunk().digest()).as_str().into()),
            ("runs", finding.occurrences().into()),
        ])
    }
}
