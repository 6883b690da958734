//! `regressions`: the cases that were recorded beside tests.
//!
//! Rim: it reads files and starts processes. What a case is worth, the test knows.

use crate::{
    arguments::Regressions,
    child::{self, Scratch},
    colour::Colour,
    exit::{Exit, Trouble},
    package::{self, Program, Test},
    print::print,
    results::{End, Found},
};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// How deep below a package a file of cases is looked for.
const DEEPEST: usize = 8;

/// A recorded case: the path of its test, and the line.
struct Case {
    file: PathBuf,
    number: usize,
    test: String,
    line: String,
}

pub(crate) fn regressions(asked: &Regressions, colour: Colour) -> Result<Exit, Trouble> {
    let mut cases = Vec::new();
    for directory in package::directories(&asked.selection)? {
        for file in files(&directory, 0) {
            cases.extend(read(&file)?);
        }
    }
    cases.retain(|case| asked.selection.takes(&case.test));
    if cases.is_empty() {
        return Err(Trouble::nothing("no case is recorded (files are called `….reenact-regressions`)"));
    }
    if asked.list {
        for Case { file, number, line, .. } in &cases {
            print(&format!("{}:{number}: {line}\n", file.display()))?;
        }
        return Ok(Exit::Clean);
    }
    run(asked, &cases, colour)
}

/// Runs the tests that have cases, one after another.
fn run(asked: &Regressions, cases: &[Case], colour: Colour) -> Result<Exit, Trouble> {
    let programs = package::build(&asked.selection)?;
    let mut tests = package::tests(&programs, &asked.selection)?;
    tests.retain(|test| cases.iter().any(|case| case.test == test.path()));
    let scratch = Scratch::new()?;
    let mut exit = Exit::Clean;
    let mode = if asked.update { "update" } else { "only" };
    for (number, test) in tests.iter().enumerate() {
        let mut variables = vec![("REENACT_REGRESSIONS", mode.to_owned())];
        if asked.update {
            // Its cases, and as few seeds as can be.
            variables.push(("REENACT_SEEDS", "1".to_owned()));
        }
        let finished = child::start(&scratch, number, test, &variables, false)?.wait()?;
        let mine = cases.iter().filter(|case| case.test == test.path()).count();
        let death = finished.death();
        let (verdict, came_to) = match finished.said.ends.last() {
            _ if death.is_some() => (colour.red("died"), Exit::Harness),
            None => (colour.yellow("makes no check"), Exit::Stale),
            Some(end) if end.notes.iter().any(|note| note.starts_with("stale: ")) => {
                (colour.yellow("stale"), Exit::Stale)
            }
            Some(end) if !end.findings.is_empty() => (colour.red("FAILED"), Exit::Failures),
            Some(_) => (colour.green("ok"), Exit::Clean),
        };
        print(&format!("{}  {mine} recorded  {verdict}\n", test.path()))?;
        finished.said.ends.last().map_or(Ok(()), |end| print(&details(end)))?;
        death.map_or(Ok(()), |death| print(&format!("    {death}\n")))?;
        // A failure says more than a case that is stale.
        if exit == Exit::Clean || came_to == Exit::Failures {
            exit = came_to;
        }
    }
    let left = left(cases, &tests, &programs)?;
    print(&left.words())?;
    Ok(match exit {
        Exit::Clean if left.gone > 0 => Exit::Stale,
        Exit::Clean if tests.is_empty() => Exit::Nothing,
        exit => exit,
    })
}

/// How many cases were not run.
struct Left {
    /// There is no such test any more.
    gone: usize,
    /// Their tests are ignored, or of programs that are not selected.
    unselected: usize,
}

impl Left {
    fn words(&self) -> String {
        let mut words = String::new();
        if self.gone > 0 {
            let belong = if self.gone == 1 { "case belongs" } else { "cases belong" };
            words.push_str(&format!("{} recorded {belong} to no test\n", self.gone));
        }
        match self.unselected {
            0 => {}
            1 => words.push_str("1 recorded case was not run: its test is not selected\n"),
            n => words.push_str(&format!("{n} recorded cases were not run: their tests are not selected\n")),
        }
        words
    }
}

/// # Errors
///
/// If a program does not tell its tests.
fn left(cases: &[Case], tests: &[Test], programs: &[Program]) -> Result<Left, Trouble> {
    let mut left = Left { gone: 0, unselected: 0 };
    for case in cases.iter().filter(|case| tests.iter().all(|test| test.path() != case.test)) {
        if package::lack(programs, &case.test)? { left.gone += 1 } else { left.unselected += 1 }
    }
    Ok(left)
}

/// What came of the cases of a test.
fn details(end: &End) -> String {
    let found = end.findings.iter().map(Found::in_short);
    let lines = found.chain(end.notes.iter().cloned()).chain(end.told());
    lines.map(|line| format!("    {line}\n")).collect()
}

/// The files of cases below a directory, sorted.
fn files(directory: &Path, depth: usize) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let entries = fs::read_dir(directory).into_iter().flatten().flatten();
    for path in entries.map(|entry| entry.path()) {
        let hidden =
            path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.') || name == "target");
        // A package inside has cases of its own.
        if path.is_dir() && !hidden && depth < DEEPEST && !path.join("Cargo.toml").exists() {
            found.extend(files(&path, depth + 1));
        } else if path.extension().is_some_and(|extension| extension == "reenact-regressions") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn read(file: &Path) -> Result<Vec<Case>, Trouble> {
    let bytes = fs::read(file).map_err(|error| Trouble::harness(format!("{}: {error}", file.display())))?;
    let text = String::from_utf8_lossy(&bytes);
    let case = |(number, line): (usize, &str)| {
        let test = line.split_whitespace().next().filter(|word| !word.starts_with('#'))?;
        Some(Case {
            file: file.to_owned(),
            number: number + 1,
            test: test.to_owned(),
            line: line.escape_debug().to_string(),
        })
    };
    Ok(text.lines().enumerate().filter_map(case).collect())
}

#[cfg(test)]
mod tests {
    use super::details;
    use crate::results::{End, Found};

    #[test]
    fn a_case_that_fails_is_told_with_how_to_repeat_it() {
        let found = Found {
            kind: "panic".to_owned(),
            message: "seven\nof ten".to_owned(),
            location: Some("tests/a.rs:3:5".to_owned()),
            seed: "0x7".to_owned(),
            given: "r1:7:AA".to_owned(),
        };
        let end = End {
            line: String::new(),
            runs: 1,
            findings: vec![found],
            replay: Some("REENACT_REPLAY=r1:7:AA cargo test".to_owned()),
            open: None,
            notes: vec!["stale: line 4".to_owned()],
        };
        assert_eq!(
            details(&end),
            "    panic at tests/a.rs:3:5: seven\n    stale: line 4\n    replay  REENACT_REPLAY=r1:7:AA cargo test\n"
        );
    }
}
