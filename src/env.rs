//! The one door to what is outside of a run: environment variables, the wall clock, the terminal.
//!
//! Nothing else in this package reads or writes them (files are written by `check/in_flight.rs`,
//! `check/regressions/` and `check/artifacts.rs`), and nothing that happens in a run depends on them: they choose which runs are made. What the
//! values of variables mean is in `variables`, which is pure.
//!
//! Rim.
#![expect(clippy::disallowed_methods, reason = "this is the door")]

mod budget;
mod variables;

pub(crate) use budget::Shard;
use std::{
    ffi::{OsStr, OsString},
    io::Write as _,
    path::{Path, PathBuf},
    time::{Duration, Instant, SystemTime},
};
pub(crate) use variables::{Given, RegressionMode, SeedChoice, Variables};

/// What the environment demands of a sweep.
///
/// # Errors
///
/// A variable that is not known, or whose value cannot be read, in words.
pub(crate) fn variables() -> Result<Variables, String> {
    let named = |(name, value): (OsString, OsString)| Some((name.into_string().ok()?, value));
    let mut set: Vec<(String, OsString)> = std::env::vars_os()
        .filter_map(named)
        .filter(|(name, _)| name.starts_with(variables::PREFIX))
        .collect();
    // The order of the environment is not ours to depend on.
    set.sort();
    let mut read = Variables::default();
    for (name, value) in set {
        let value = value.into_string().map_err(|value| format!("{name}={value:?} is not valid Unicode"))?;
        read.take(&name, &value, |path| std::fs::read_to_string(path).map_err(|error| error.to_string()))?;
    }
    read.check()?;
    Ok(read)
}

/// Whether this runs on a machine that builds and tests what others wrote: by custom, `CI` is set
/// there. What is written into the source tree there is lost, or makes a check of it fail.
pub(crate) fn in_ci() -> bool {
    means_ci(std::env::var_os("CI").as_deref())
}

fn means_ci(value: Option<&OsStr>) -> bool {
    let no = |value: &OsStr| value.is_empty() || value == "0" || value.eq_ignore_ascii_case("false");
    value.is_some_and(|value| !no(value))
}

/// A number that another process, or another moment, does not see again.
pub(crate) fn fresh() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let time = since.as_nanos() as u64;
    reenact_sim::hash_combine(time, std::process::id() as u64)
}

/// Starts a watch: how much real time has passed since.
pub(crate) fn stopwatch() -> impl Fn() -> Duration {
    let start = Instant::now();
    move || start.elapsed()
}

/// Lets other threads of the process go on for a moment.
pub(crate) fn pause() {
    std::thread::sleep(Duration::from_micros(100));
}

/// How long ago a file was last written, if that is known.
pub(crate) fn age(modified: SystemTime) -> Option<Duration> {
    SystemTime::now().duration_since(modified).ok()
}

/// Appends a line to a file, in one piece, so that those of several processes do not mix.
pub(crate) fn append(path: &str, line: &str) -> std::io::Result<()> {
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path)?;
    file.write_all(format!("{line}\n").as_bytes())
}

/// Prints for whoever reads what this test said: the test harness keeps it with the test.
pub(crate) fn print(text: &str) {
    eprintln!("{text}");
}

/// Prints past the test harness: what must be seen even if the test never ends, or passes.
pub(crate) fn announce(text: &str) {
    // One write, so that lines of other threads do not come between. A closed stderr is no failure.
    let _ = std::io::stderr().write_all(format!("{text}\n").as_bytes());
}

/// How this process was started.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    pub(crate) path: String,
    pub(crate) arguments: Vec<String>,
    /// The package that cargo runs it for, if cargo does.
    pub(crate) package: Option<String>,
    /// The test that this thread runs, if the test harness made it for one.
    pub(crate) test: Option<String>,
}

/// How this process was started; read on the way to a report only.
pub(crate) fn program() -> Program {
    let exe = std::env::current_exe().ok();
    let is_test = exe.as_deref().and_then(Path::parent).is_some_and(|parent| parent.ends_with("deps"));
    let thread = std::thread::current();
    let test = thread.name().filter(|name| is_test && *name != "main").map(str::to_owned);
    let path = exe.as_deref().map_or_else(String::new, |exe| {
        // A test is started in the directory of its package, which need not be the user's.
        if is_test { exe.display().to_string() } else { shown(exe) }
    });
    let arguments = std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned());
    Program { path, arguments: arguments.collect(), package: std::env::var("CARGO_PKG_NAME").ok(), test }
}

/// A path as it is best copied: from the current directory, if it is below that.
pub(crate) fn shown(path: &Path) -> String {
    let here = std::env::current_dir().ok();
    let below = here.as_deref().and_then(|here| path.strip_prefix(here).ok());
    below.unwrap_or(path).display().to_string()
}

/// The directory for what cargo makes: the one that this program is in, else the one of
/// `CARGO_TARGET_DIR`, else the system's for temporary files.
pub(crate) fn target_dir() -> PathBuf {
    let exe = std::env::current_exe().ok();
    let around = exe.as_deref().and_then(|exe| target_around(exe, |path| path.exists()));
    let named = || std::env::var_os("CARGO_TARGET_DIR").filter(|dir| !dir.is_empty()).map(PathBuf::from);
    around.or_else(named).unwrap_or_else(std::env::temp_dir)
}

/// The outermost directory around a program that looks like cargo's: it is tagged as a cache, as
/// cargo does, or is called `target`. No program of cargo's is deeper than five directories in it.
fn target_around(exe: &Path, exists: impl Fn(&Path) -> bool) -> Option<PathBuf> {
    let around = exe.ancestors().skip(1).take(6);
    let looks = |dir: &&Path| {
        dir.file_name().is_some_and(|name| name == "target") || exists(&dir.join("CACHEDIR.TAG"))
    };
    around.filter(looks).last().map(Path::to_owned)
}

/// Whether this process runs under Miri or the like, where only the run itself matters.
pub(crate) const INTERPRETED: bool = cfg!(miri);

#[cfg(test)]
mod tests {
    use super::{means_ci, target_around};
    use std::{
        ffi::OsStr,
        path::{Path, PathBuf},
    };

    #[test]
    fn ci_is_what_says_so_and_does_not_deny_it() {
        assert!(!means_ci(None));
        for no in ["", "0", "false", "False"] {
            assert!(!means_ci(Some(OsStr::new(no))), "{no}");
        }
        for yes in ["true", "1", "yes", "github"] {
            assert!(means_ci(Some(OsStr::new(yes))), "{yes}");
        }
    }

    #[test]
    fn the_target_directory_is_the_outermost_one_that_looks_like_it() {
        let found = |exe: &str, tagged: &[&str]| {
            target_around(Path::new(exe), |path| {
                tagged.iter().any(|dir| path == Path::new(dir).join("CACHEDIR.TAG"))
            })
        };
        assert_eq!(found("/home/x/p/target/debug/deps/t-1", &[]), Some(PathBuf::from("/home/x/p/target")));
        assert_eq!(
            found(
                "/cache/tgt/x86_64-unknown-linux-gnu/debug/deps/t-1",
                &["/cache/tgt", "/cache/tgt/x86_64-unknown-linux-gnu"]
            ),
            Some(PathBuf::from("/cache/tgt"))
        );
        assert_eq!(found("/tmp/rustdoctest1/rust_out", &[]), None);
    }
}
