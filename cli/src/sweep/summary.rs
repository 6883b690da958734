//! What a sweep came to: in words, and as an exit code.
//!
//! Pure.

use super::{Tested, confirm::Confirmed};
use crate::{colour::Colour, exit::Exit, results::End};
use std::{fmt::Write as _, time::Duration};

pub(super) fn summary(tested: &[Tested], took: Duration, interrupted: bool, colour: Colour) -> String {
    let mut out = String::new();
    let width = tested.iter().map(|tested| tested.test.path().len()).max().unwrap_or(0);
    for tested in tested {
        let _ = write!(out, "{:width$}  ", tested.test.path());
        let _ = match verdict(tested) {
            Some((words, true)) => writeln!(out, "{:>9} runs  {}", tested.runs, colour.red(words)),
            Some((words, false)) => writeln!(out, "{:>9} runs  {}", tested.runs, colour.green(words)),
            None if tested.is_simulation.is_none() => writeln!(out, "not run"),
            None if tested.fails_otherwise => {
                writeln!(out, "not a simulation ({})", colour.yellow("it fails"))
            }
            None => writeln!(out, "not a simulation"),
        };
        details(&mut out, tested, colour);
    }
    let simulations = tested.iter().filter(|tested| tested.is_simulation == Some(true)).count();
    let runs: u64 = tested.iter().map(|tested| tested.runs).sum();
    let failing =
        tested.iter().filter(|tested| !tested.found.is_empty() || !tested.deaths.is_empty()).count();
    let interrupted = if interrupted { "; interrupted" } else { "" };
    let _ = writeln!(
        out,
        "{}, {}, {} in {:.1} s: {failing} failing{interrupted}",
        counted(tested.len() as u64, "test"),
        counted(simulations as u64, "simulation"),
        counted(runs, "run"),
        took.as_secs_f64()
    );
    if simulations == 0 && interrupted.is_empty() {
        out.push_str(
            "none of these tests is a simulation: they make no `Check::run`, and have no `#[reenact::test]`\n",
        );
    }
    out
}

fn counted(number: u64, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}

/// How a simulation came out, in a word, and whether that is bad.
fn verdict(tested: &Tested) -> Option<(&'static str, bool)> {
    if tested.is_simulation != Some(true) {
        return None;
    }
    let is_leak = |confirmed: &Confirmed| matches!(confirmed, Confirmed::Leak(_));
    Some(match () {
        () if !tested.deaths.is_empty() => ("DIED", true),
        () if tested.found.iter().any(|(_, confirmed)| is_leak(confirmed)) => ("STATE LEAK", true),
        () if tested.found.iter().any(|(found, _)| found.kind == "nondeterminism") => {
            ("NONDETERMINISM", true)
        }
        () if !tested.found.is_empty() => ("FAILED", true),
        () => ("ok", false),
    })
}

fn details(out: &mut String, tested: &Tested, colour: Colour) {
    for death in &tested.deaths {
        let _ = writeln!(out, "    {death}");
    }
    for (found, confirmed) in &tested.found {
        let _ = writeln!(out, "    {}", colour.bold(&found.in_short()));
        match confirmed {
            Confirmed::Leak(instead) => {
                let _ = writeln!(
                    out,
                    "    in a fresh process, the same run {instead}: something outlives a run (a static, a thread-local, a cache) and changes those after it"
                );
            }
            Confirmed::Yes => {
                let _ = writeln!(out, "    confirmed in a fresh process, seed {}", found.seed);
            }
            Confirmed::NotTried => {}
        }
        let end = tested.ends.iter().find(|end| end.findings.first().is_some_and(|first| first == found));
        for line in end.into_iter().flat_map(End::told) {
            let _ = writeln!(out, "    {line}");
        }
    }
}

/// The worst that happened.
pub(super) fn exit(tested: &[Tested], interrupted: bool) -> Exit {
    let any = |is: &dyn Fn(&Tested) -> bool| tested.iter().any(is);
    let confirmed = |tested: &Tested| {
        let is = |(found, confirmed): &(crate::results::Found, Confirmed)| {
            !matches!(confirmed, Confirmed::Leak(_)) && found.kind != "nondeterminism"
        };
        tested.found.iter().any(is)
    };
    if any(&|tested| confirmed(tested)) {
        Exit::Failures
    } else if any(&|tested| !tested.found.is_empty()) {
        Exit::Nondeterminism
    } else if any(&|tested| !tested.deaths.is_empty()) {
        Exit::Harness
    } else if interrupted {
        Exit::Interrupted
    } else if !any(&|tested| tested.is_simulation == Some(true)) {
        Exit::Nothing
    } else {
        Exit::Clean
    }
}
