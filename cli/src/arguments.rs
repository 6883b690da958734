//! What can be said on the command line.
//!
//! Pure.

use crate::colour::When;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// Simulation tests from the command line.
#[derive(Debug, Parser)]
#[command(
    name = "cargo-reenact",
    bin_name = "cargo reenact",
    version,
    about = "Sweeps, replays, traces and their differences for simulation tests",
    after_help = "Exit codes: 0 clean, 1 failures or differences, 2 usage, 3 a program died or failed outside its \
                  checks, or a file could not be read or written, 4 nothing selected, 5 nondeterminism, 6 stale, 130 interrupted."
)]
pub(crate) struct Line {
    /// When to use colour.
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub(crate) color: When,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Runs the simulation tests of a package over many seeds, on all cores.
    Sweep(Sweep),
    /// Makes the one run of a token again.
    Replay(Replay),
    /// Compares two traces: where they part, and why.
    Diff(Diff),
    /// Shows a trace as text.
    Show(Show),
    /// Runs the cases that were recorded beside the tests, and nothing else.
    Regressions(Regressions),
}

/// Which tests.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct Selection {
    /// Only tests whose name contains this.
    pub(crate) filter: Option<String>,
    /// The package, as for `cargo test`.
    #[arg(short, long, value_name = "SPEC")]
    pub(crate) package: Vec<String>,
    /// Only the test file of this name.
    #[arg(long, value_name = "NAME")]
    pub(crate) test: Vec<String>,
    /// The name is the whole name.
    #[arg(long, requires = "filter")]
    pub(crate) exact: bool,
    /// Builds with optimizations: many more runs a second.
    #[arg(short, long)]
    pub(crate) release: bool,
    /// Features to build with, as for `cargo test`.
    #[arg(short = 'F', long, value_name = "FEATURES")]
    pub(crate) features: Vec<String>,
    /// Builds with all features.
    #[arg(long)]
    pub(crate) all_features: bool,
}

impl Selection {
    /// Whether its name is that of a test that is meant. A path begins with the crate.
    pub(crate) fn takes(&self, path: &str) -> bool {
        let name = path.split_once("::").map_or(path, |(_, name)| name);
        match &self.filter {
            None => true,
            Some(whole) if self.exact => path == whole || name == whole,
            Some(part) => path.contains(part.as_str()),
        }
    }
}

/// `sweep`
#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  cargo reenact sweep --release --for 10m -p my-service\n  cargo reenact sweep --seeds 100000 --shard 2/4 raft::"
)]
pub(crate) struct Sweep {
    #[command(flatten)]
    pub(crate) selection: Selection,
    /// How many seeds each test runs, from the same ones as `cargo test` on.
    #[arg(long, value_name = "N", default_value_t = 1_000, value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) seeds: u64,
    /// Goes on for so long in all, instead: `30s`, `10m`, `2h`.
    #[arg(long = "for", value_name = "TIME", conflicts_with = "seeds")]
    pub(crate) time: Option<String>,
    /// Seeds that no run had before.
    #[arg(long)]
    pub(crate) fresh: bool,
    /// Only this share of the seeds: the second of four is `2/4`.
    #[arg(long, value_name = "M/N")]
    pub(crate) shard: Option<String>,
    /// How many processes at once; as many as there are cores, if it is not said.
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) jobs: Option<u64>,
    /// A file to which results are appended, as lines of JSON.
    #[arg(long, value_name = "FILE")]
    pub(crate) results: Option<PathBuf>,
}

/// `replay`
#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  cargo reenact replay r1:5eed1f2e9a100042:BAcQ\n  cargo reenact replay target/reenact/raft/elects_one_leader/5eed1f2e9a100042"
)]
pub(crate) struct Replay {
    /// The token, a file that holds one, or the directory that a failure left; `2:` before it means the second check
    /// of its function.
    pub(crate) token: String,
    #[command(flatten)]
    pub(crate) selection: Selection,
    /// Keeps the trace in this file, for `show` and `diff`.
    #[arg(long, value_name = "FILE")]
    pub(crate) trace: Option<PathBuf>,
}

/// `diff`
#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  cargo reenact diff target/reenact/raft/elects_one_leader/5eed1f2e9a100042 passing.jsonl\n\nIt exits with 0 if every event is the same, else with 1."
)]
pub(crate) struct Diff {
    /// A trace: a `trace.jsonl`, or the directory that a failure left.
    pub(crate) left: PathBuf,
    /// The other one.
    pub(crate) right: PathBuf,
    /// For programs.
    #[arg(long)]
    pub(crate) json: bool,
}

/// How a trace is arranged.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, ValueEnum)]
pub(crate) enum Arrangement {
    /// The nodes one after another.
    #[default]
    PerNode,
    /// As it happened.
    Timeline,
    /// Who did what, whatever ran between.
    Causal,
    /// A line for each packet.
    Messages,
}

/// How closely to look.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, ValueEnum)]
pub(crate) enum Closeness {
    /// What went wrong, or was made to.
    Fault,
    /// And the traffic.
    #[default]
    Net,
    /// And the words of the test.
    User,
    /// And what became of tasks.
    Task,
    /// And who became ready and ran.
    Sched,
    /// Everything.
    All,
}

/// `show`
#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  cargo reenact show target/reenact/raft/elects_one_leader/5eed1f2e9a100042 --view causal --level user\n  cargo reenact show trace.jsonl --chrome trace.json"
)]
pub(crate) struct Show {
    /// A `trace.jsonl`, or the directory that a failure left.
    pub(crate) trace: PathBuf,
    /// How it is arranged.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) view: Arrangement,
    /// How closely to look.
    #[arg(long, value_enum, default_value_t)]
    pub(crate) level: Closeness,
    /// Only what happened on these nodes.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(crate) nodes: Vec<String>,
    /// Only these kinds of events: `send`, `lost`, `crash`, `data`, …
    #[arg(long, value_name = "KINDS", value_delimiter = ',')]
    pub(crate) kinds: Vec<String>,
    /// Only lines with this text.
    #[arg(long, value_name = "TEXT")]
    pub(crate) label: Option<String>,
    /// From this virtual time on, in seconds.
    #[arg(long, value_name = "SECONDS")]
    pub(crate) from: Option<f64>,
    /// Up to this virtual time, in seconds.
    #[arg(long, value_name = "SECONDS")]
    pub(crate) to: Option<f64>,
    /// Only what led to the event of this number, and what it led to.
    #[arg(long, value_name = "EVENT")]
    pub(crate) cone: Option<u32>,
    /// With virtual times.
    #[arg(long)]
    pub(crate) times: bool,
    /// Only the last so many lines, of each node with `per-node`.
    #[arg(long, value_name = "N")]
    pub(crate) last: Option<usize>,
    /// At most so many lines.
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,
    /// Writes it to a file for chrome://tracing and ui.perfetto.dev, instead.
    #[arg(long, value_name = "FILE")]
    pub(crate) chrome: Option<PathBuf>,
}

/// `regressions`
#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  cargo reenact regressions -p my-service\n  cargo reenact regressions --update"
)]
pub(crate) struct Regressions {
    #[command(flatten)]
    pub(crate) selection: Selection,
    /// Lists the cases, and runs nothing.
    #[arg(long, conflicts_with = "update")]
    pub(crate) list: bool,
    /// Records those anew that come to something else now, and removes those that pass.
    #[arg(long)]
    pub(crate) update: bool,
}

#[cfg(test)]
mod tests {
    use super::Line;
    use clap::{CommandFactory, Parser};

    #[test]
    fn the_line_makes_sense_and_every_command_has_an_example() {
        let command = Line::command();
        command.clone().debug_assert();
        for mut sub in command.get_subcommands().cloned() {
            let help = sub.render_long_help().to_string();
            assert!(help.contains("Example:\n  cargo reenact "), "{help}");
        }
    }

    #[test]
    fn what_the_guide_says_is_understood() {
        let guide = include_str!("../../docs/guide.md").replace("${{ matrix.shard }}", "2");
        let blocks = ["```sh\n", "```yaml\n"]
            .into_iter()
            .flat_map(|fence| guide.split(fence).skip(1))
            .filter_map(|rest| rest.split("```").next());
        let lines = blocks.flat_map(str::lines).filter_map(|line| line.split_once("cargo reenact "));
        let mut understood = 0;
        for (_, words) in lines {
            let words = std::iter::once("cargo-reenact").chain(words.split_whitespace());
            if let Err(error) = Line::try_parse_from(words) {
                panic!("{error}");
            }
            understood += 1;
        }
        assert!(understood >= 6, "{understood}");
    }
}
