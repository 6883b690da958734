//! `replay`: the one run of a token, in the test that it belongs to.

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

/// The token: as it is said, in a file, or in what a failure left.
fn token(said: &str) -> Result<String, Trouble> {
    let read = |path: &Path| {
        fs::read_to_string(path).map_err(|error| Trouble::usage(format!("{}: {error}", path.display())))
    };
    let path = Path::new(said.strip_prefix('@').unwrap_or(said));
    if path.is_dir() {
        return read(&path.join("tape.txt"));
    }
    if said.starts_with('@') || path.is_file() { read(path) } else { Ok(said.to_owned()) }
}

pub(crate) fn replay(asked: &Replay, colour: Colour) -> Result<Exit, Trouble> {
    let token = token(&asked.token)?;
    let tape = Tape::parse(&token).map_err(|error| Trouble::usage(error.to_string()))?;
    let test = find(&asked.selection, tape.header.test)?;
    let scratch = Scratch::new()?;
    let mut variables = vec![("REENACT_REPLAY", tape.token())];
    if let Some(file) = &asked.trace {
        let file = std::path::absolute(file).unwrap_or_else(|_| file.clone());
        variables.push(("REENACT_TRACE", file.display().to_string()));
    }
    let finished = child::start(&scratch, 0, &test, &variables, true)?.wait()?;
    let Some(end) = finished.said.ends.last() else {
        return Err(Trouble::harness(format!(
            "{} died ({}) before it could report",
            test.path(),
            finished.status
        )));
    };
    let Some(found) = end.findings.first() else {
        print(&format!("{}: {}\n", test.path(), colour.green("passes")))?;
        return Ok(Exit::Clean);
    };
    Ok(match found.kind.as_str() {
        "nondeterminism" => Exit::Nondeterminism,
        "diverged" => Exit::Stale,
        _ => Exit::Failures,
    })
}

/// The test whose path has this hash; 0 is a run without a name.
fn find(selection: &Selection, hash: u64) -> Result<Test, Trouble> {
    let mut tests = package::tests(package::build(selection)?, selection)?;
    if hash != 0 {
        tests.retain(|test| reenact_sim::hash_bytes(test.path().as_bytes()) == hash);
    }
    match tests.len() {
        1 => Ok(tests.remove(0)),
        0 => Err(Trouble::nothing("the token belongs to none of these tests: name its package with `-p`")),
        n => Err(Trouble::usage(format!(
            "the token tells no test, and {n} may be meant: name one, with `--exact`"
        ))),
    }
}
