//! `replay`: the one run of a token, in the test that it belongs to.
//!
//! Rim: it starts a process. Whether the token fits, the test says.

use crate::{
    arguments::{Replay, Selection},
    child::{self, Scratch},
    colour::Colour,
    exit::{Exit, Trouble},
    package::{self, Test},
    print::print,
};
use reenact::Tape;
use std::{fs, path::Path};

/// Which check of its function is meant, if that is said before the token (`2:`), and the token: as it is said,
/// in a file, or in what a failure left.
fn token(said: &str) -> Result<(&str, String), Trouble> {
    let is_turn = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let length = said.find(':').filter(|&end| is_turn(&said[..end])).map_or(0, |end| end + 1);
    let (turn, said) = said.split_at(length);
    let read = |path: &Path| {
        fs::read_to_string(path).map_err(|error| Trouble::usage(format!("{}: {error}", path.display())))
    };
    let path = Path::new(said.strip_prefix('@').unwrap_or(said));
    if path.is_dir() {
        return Ok((turn, read(&path.join("tape.txt"))?));
    }
    let is_file = said.starts_with('@') || path.is_file();
    Ok((turn, if is_file { read(path)? } else { said.to_owned() }))
}

pub(crate) fn replay(asked: &Replay, colour: Colour) -> Result<Exit, Trouble> {
    let (turn, token) = token(&asked.token)?;
    let tape = Tape::parse(&token).map_err(|error| Trouble::usage(error.to_string()))?;
    let test = find(&asked.selection, &tape)?;
    let scratch = Scratch::new()?;
    let mut variables = vec![("REENACT_REPLAY", format!("{turn}{}", tape.token()))];
    if let Some(file) = &asked.trace {
        let file = std::path::absolute(file).unwrap_or_else(|_| file.clone());
        variables.push(("REENACT_TRACE", file.display().to_string()));
    }
    let finished = child::start(&scratch, 0, &test, &variables, true)?.wait()?;
    if let Some(death) = finished.death() {
        return Err(Trouble::harness(format!("{} {death}", test.path())));
    }
    if finished.said.ends.is_empty() {
        return Err(Trouble::nothing(format!("{} makes no check that the token is for", test.path())));
    }
    let Some(found) = finished.said.found().next() else {
        print(&format!("{}: {}\n", test.path(), colour.green("passes")))?;
        return Ok(Exit::Clean);
    };
    Ok(match found.kind.as_str() {
        "nondeterminism" => Exit::Nondeterminism,
        "diverged" => Exit::Stale,
        _ => Exit::Failures,
    })
}

/// The test that a tape is of. A tape may tell none, or a `Check` with a name of its own: then it is the only test
/// that is selected, which refuses tapes of others.
fn find(selection: &Selection, tape: &Tape) -> Result<Test, Trouble> {
    let mut tests = package::tests(&package::build(selection)?, selection)?;
    if let Some(place) = tests.iter().position(|test| tape.is_of(&test.path())) {
        return Ok(tests.swap_remove(place));
    }
    match tests.len() {
        1 => Ok(tests.remove(0)),
        n if tape.header.test == 0 => Err(Trouble::usage(format!(
            "the token tells no test, and {n} may be meant: name one, with `--exact`"
        ))),
        _ => Err(Trouble::nothing(
            "the token belongs to none of these tests: name its package with `-p`, or the test with `--exact` if a `Check` with a name of its own made it",
        )),
    }
}
