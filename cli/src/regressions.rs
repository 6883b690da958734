//! `regressions`: the cases that were recorded beside tests.

use crate::{
    arguments::Regressions,
    child::{self, Scratch},
    colour::Colour,
    exit::{Exit, Trouble},
    package,
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
    if let Some(filter) = &asked.selection.filter {
        cases.retain(|case| case.test.contains(filter.as_str()));
    }
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
    let mut tests = package::tests(package::build(&asked.selection)?, &asked.selection)?;
    tests.retain(|test| cases.iter().any(|case| case.test == test.path()));
    let scratch = Scratch::new()?;
    let (mut exit, mut known) = (Exit::Clean, 0);
    let mode = if asked.update { "update" } else { "only" };
    for (number, test) in tests.iter().enumerate() {
        let mut variables = vec![("REENACT_REGRESSIONS", mode.to_owned())];
        if asked.update {
            // Its cases, and as few seeds as can be.
            variables.push(("REENACT_SEEDS", "1".to_owned()));
        }
        let finished = child::start(&scratch, number, test, &variables, false)?.wait()?;
        let mine = cases.iter().filter(|case| case.test == test.path()).count();
        known += mine;
        let (verdict, came_to) = match finished.said.ends.last() {
            None => (colour.red("died"), Exit::Harness),
            Some(end) if end.notes.iter().any(|note| note.starts_with("stale: ")) => {
                (colour.yellow("stale"), Exit::Stale)
            }
            Some(end) if !end.findings.is_empty() => (colour.red("FAILED"), Exit::Failures),
            Some(_) => (colour.green("ok"), Exit::Clean),
        };
        print(&format!("{}  {mine} recorded  {verdict}\n", test.path()))?;
        finished.said.ends.last().map_or(Ok(()), |end| print(&details(end)))?;
        // A failure says more than a case that is stale.
        if exit == Exit::Clean || came_to == Exit::Failures {
            exit = came_to;
        }
    }
    if known < cases.len() {
        let left = cases.len() - known;
        let belong = if left == 1 { "case belongs" } else { "cases belong" };
        print(&format!("{left} recorded {belong} to no test that was selected\n"))?;
        exit = if exit == Exit::Clean { Exit::Stale } else { exit };
    }
    Ok(exit)
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
            token: "r1:7:AA".to_owned(),
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
