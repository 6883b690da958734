//! `cargo reenact`: sweeps, replays, traces and their differences from the command line.
//!
//! It starts the test programs of a package and reads what they report; what a simulation is, it does not
//! know. What people say is in `arguments`, what they are told by the exit code in `exit`.
//!
//! Rim.
#![deny(missing_docs)]
#![allow(clippy::disallowed_methods, reason = "nothing here runs inside a simulation")]

mod arguments;
mod colour;
mod exit;
mod print;

// Programs of a package, and what they report.
mod package;
mod results;
mod child;

// What can be asked for.
mod diff;
mod show;
mod replay;
mod regressions;
mod sweep;

use arguments::{Command, Line};
use clap::Parser;
use colour::Colour;
use exit::Trouble;
use std::process::ExitCode;

fn main() -> ExitCode {
    // Cargo calls a command of another's by its name.
    let mut words: Vec<_> = std::env::args_os().collect();
    if words.get(1).is_some_and(|word| word == "reenact") {
        words.remove(1);
    }
    let line = Line::parse_from(words);
    let colour = Colour::of(line.color, |name| std::env::var_os(name));
    let came_to = match line.command {
        Command::Sweep(asked) => sweep::sweep(&asked, colour),
        Command::Replay(asked) => replay::replay(&asked, colour),
        Command::Diff(asked) => diff::diff(&asked, colour),
        Command::Show(asked) => show::show(&asked),
        Command::Regressions(asked) => regressions::regressions(&asked, colour),
    };
    match came_to {
        Ok(exit) => exit.into(),
        Err(Trouble { exit, words }) => {
            eprintln!("{}: {words}", colour.red("error"));
            exit.into()
        }
    }
}
