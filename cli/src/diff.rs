//! `diff`: two traces compared.
//!
//! Rim: it reads files. What differs, `reenact` says.

use crate::{
    arguments,
    colour::Colour,
    exit::{Exit, Trouble},
    print::print,
    show::read,
};
use reenact::trace::{Diff, Verdict};

pub(crate) fn diff(asked: &arguments::Diff, colour: Colour) -> Result<Exit, Trouble> {
    let diff = Diff::of(&read(&asked.left)?, &read(&asked.right)?);
    if asked.json {
        print(&diff.json())?;
    } else {
        print(&format!("{}\n", painted(&diff.to_string(), colour)))?;
    }
    Ok(if diff.verdict() == Verdict::Same { Exit::Clean } else { Exit::Failures })
}

/// What is in one trace only, in the colours of a difference.
fn painted(text: &str, colour: Colour) -> String {
    let line = |line: &str| match line.get(..5) {
        Some("  -  ") => colour.red(line),
        Some("  +  ") => colour.green(line),
        _ if line.starts_with("origin ") || line.starts_with("they part ") => colour.bold(line),
        _ => line.to_owned(),
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}
