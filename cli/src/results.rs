//! The lines that a test appends to the file of `REENACT_REPORT`: see `docs/results.md`.
//!
//! Pure but for reading the file.

use serde_json::Value;
use std::path::Path;

/// What a test has said of itself so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Said {
    /// How many checks it has begun.
    pub(crate) begun: usize,
    /// How many runs have begun, as far as it was told.
    pub(crate) runs: u64,
    /// Its checks that have ended, in their own lines.
    pub(crate) ends: Vec<End>,
}

/// A check that has ended.
#[derive(Clone, Debug)]
pub(crate) struct End {
    /// The line.
    pub(crate) line: String,
    pub(crate) runs: u64,
    pub(crate) findings: Vec<Found>,
    pub(crate) replay: Option<String>,
    pub(crate) open: Option<String>,
    pub(crate) notes: Vec<String>,
}

/// A failure that a check has found.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Found {
    pub(crate) kind: String,
    pub(crate) message: String,
    pub(crate) location: Option<String>,
    pub(crate) seed: String,
    /// What `REENACT_REPLAY` takes to repeat it.
    pub(crate) given: String,
}

impl Found {
    /// Whether another run failed in the same way: of one kind, in one place.
    pub(crate) fn is_like(&self, other: &Found) -> bool {
        let place = |found: &Found| found.location.clone();
        self.kind == other.kind && place(self) == place(other)
    }

    /// On one line.
    pub(crate) fn in_short(&self) -> String {
        let place = self.location.as_ref().map_or_else(String::new, |place| format!(" at {place}"));
        let first = self.message.lines().next().unwrap_or_default();
        format!(
            "{}{place}: {}",
            self.kind,
            first.escape_debug().to_string().replace("\\'", "'").replace("\\\"", "\"")
        )
    }
}

impl End {
    /// How to repeat its failure, and where to look at it.
    pub(crate) fn told(&self) -> impl Iterator<Item = String> {
        let both = [("replay", &self.replay), ("open", &self.open)];
        both.into_iter().filter_map(|(label, line)| Some(format!("{label:6}  {}", line.as_ref()?)))
    }
}

impl Said {
    /// What its checks have found.
    pub(crate) fn found(&self) -> impl Iterator<Item = &Found> {
        self.ends.iter().flat_map(|end| &end.findings)
    }

    /// What the file has; nothing, if it is not there. A line that is still being written is passed over.
    pub(crate) fn read(file: &Path) -> Said {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let mut said = Said::default();
        // The runs of checks that have ended, and of the one that goes on.
        let (mut ended, mut going) = (0, 0);
        for line in text.lines() {
            let Ok(value) = serde_json::from_str::<Value>(line) else { continue };
            match value["event"].as_str() {
                Some("begin") => (said.begun, going) = (said.begun + 1, 0),
                Some("progress") => going = value["runs"].as_u64().unwrap_or(going),
                Some("end") => {
                    let end = end(line, &value);
                    (ended, going) = (ended + end.runs, 0);
                    said.ends.push(end);
                }
                _ => {}
            }
        }
        said.runs = ended + going;
        said
    }
}

fn end(line: &str, value: &Value) -> End {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let found = |value: &Value| Found {
        kind: text(&value["kind"]).unwrap_or_default(),
        message: text(&value["message"]).unwrap_or_default(),
        location: text(&value["location"]),
        seed: text(&value["seed"]).unwrap_or_default(),
        given: text(&value["given"]).or_else(|| text(&value["token"])).unwrap_or_default(),
    };
    End {
        line: line.to_owned(),
        runs: value["runs"].as_u64().unwrap_or(0),
        findings: list(&value["findings"]).iter().map(found).collect(),
        replay: text(&value["replay"]),
        open: text(&value["open"]),
        notes: list(&value["notes"]).iter().filter_map(text).collect(),
    }
}
