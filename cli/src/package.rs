//! The test programs of a package: built by cargo, asked for their tests.
//!
//! Rim: it runs cargo, and programs for the names of their tests only.

use crate::{arguments::Selection, exit::Trouble};
use serde_json::Value;
use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// A program that cargo built of tests.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    pub(crate) path: PathBuf,
    /// The crate, as paths of Rust name it.
    pub(crate) krate: String,
    pub(crate) package: String,
    /// The directory of the package, in which cargo runs its tests.
    pub(crate) directory: PathBuf,
}

/// One test of a program.
#[derive(Clone, Debug)]
pub(crate) struct Test {
    pub(crate) program: Program,
    /// Its name there.
    pub(crate) name: String,
}

impl Test {
    /// What it is called everywhere: the crate first.
    pub(crate) fn path(&self) -> String {
        format!("{}::{}", self.program.krate, self.name)
    }
}

fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")))
}

/// Builds the test programs that are selected.
///
/// # Errors
///
/// If cargo cannot be run or refuses (it has said why); in a process that we made.
pub(crate) fn build(selection: &Selection) -> Result<Vec<Program>, Trouble> {
    crate::child::assert_outside()?;
    let mut command = cargo();
    command.args(["test", "--no-run", "--message-format=json-render-diagnostics", "--quiet"]);
    let pairs =
        [("--package", &selection.package), ("--test", &selection.test), ("--features", &selection.features)];
    for (option, values) in pairs {
        for value in values {
            command.args([option, value]);
        }
    }
    if selection.release {
        command.arg("--release");
    }
    if selection.all_features {
        command.arg("--all-features");
    }
    let refused = |error| Trouble::harness(format!("cargo cannot be run: {error}"));
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output().map_err(refused)?;
    if !output.status.success() {
        return Err(Trouble::harness("the tests cannot be built (cargo has said why)"));
    }
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text.lines().filter_map(|line| program(&serde_json::from_str(line).ok()?)).collect())
}

/// The program that a message of cargo's is about.
fn program(message: &Value) -> Option<Program> {
    if message["reason"] != "compiler-artifact" || message["profile"]["test"] != true {
        return None;
    }
    let path = PathBuf::from(message["executable"].as_str()?);
    let directory = Path::new(message["manifest_path"].as_str()?).parent()?.to_owned();
    let krate = message["target"]["name"].as_str()?.replace('-', "_");
    let package = package(message["package_id"].as_str()?, &directory);
    Some(Program { path, krate, package, directory })
}

/// A package's name: `…#name@version`, or that of its directory.
fn package(id: &str, directory: &Path) -> String {
    let last = id.rsplit_once('#').map_or(id, |(_, last)| last);
    match last.split_once('@') {
        Some((name, _)) => name.to_owned(),
        None => directory.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned()),
    }
}

/// The tests of the programs that are selected, apart from those that are ignored.
///
/// # Errors
///
/// If a program cannot be run; if there is no such test.
pub(crate) fn tests(programs: &[Program], selection: &Selection) -> Result<Vec<Test>, Trouble> {
    let mut tests = Vec::new();
    for program in programs {
        let ignored = listed(program, &["--ignored"])?;
        let names = listed(program, &[])?.into_iter().filter(|name| !ignored.contains(name));
        tests.extend(names.map(|name| Test { program: program.clone(), name }));
    }
    tests.retain(|test: &Test| selection.takes(&test.path()));
    if tests.is_empty() {
        return Err(Trouble::nothing(match &selection.filter {
            Some(filter) => format!("no test is called `{filter}`"),
            None => "there are no tests".to_owned(),
        }));
    }
    Ok(tests)
}

/// Whether a test is gone: a program of its crate was built, and none of these has it, ignored or not.
///
/// # Errors
///
/// If a program cannot be run.
pub(crate) fn lack(programs: &[Program], path: &str) -> Result<bool, Trouble> {
    let Some((krate, name)) = path.split_once("::") else { return Ok(true) };
    let mut of_crate = programs.iter().filter(|program| program.krate == krate).peekable();
    if of_crate.peek().is_none() {
        return Ok(false);
    }
    for program in of_crate {
        if listed(program, &[])?.iter().any(|known| known == name) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn listed(program: &Program, more: &[&str]) -> Result<Vec<String>, Trouble> {
    let refused = |error| Trouble::harness(format!("{} cannot be run: {error}", program.path.display()));
    let mut command = Command::new(&program.path);
    command.args(["--list", "--format", "terse"]).args(more).current_dir(&program.directory);
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().map_err(refused)?;
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_owned).collect())
}

/// The directories of the packages that are selected.
///
/// # Errors
///
/// If cargo does not tell.
pub(crate) fn directories(selection: &Selection) -> Result<Vec<PathBuf>, Trouble> {
    let refused = || Trouble::harness("cargo does not tell which packages there are");
    let output = cargo()
        .args(["metadata", "--no-deps", "--format-version", "1"])
        .stderr(Stdio::inherit())
        .output()
        .map_err(|_| refused())?;
    let metadata: Value = serde_json::from_slice(&output.stdout).map_err(|_| refused())?;
    let packages = metadata["packages"].as_array().ok_or_else(refused)?.iter();
    let named = |package: &&Value| {
        selection.package.is_empty() || selection.package.iter().any(|name| package["name"] == name.as_str())
    };
    let directory =
        |package: &Value| Some(Path::new(package["manifest_path"].as_str()?).parent()?.to_owned());
    Ok(packages.filter(named).filter_map(directory).collect())
}
