//! The file that says which runs are being made, for when the process does not live to say it.
//!
//! `SIGKILL`, a time-out of the test runner, an abort and a stack overflow leave it behind, and the
//! next run of the test mentions it. It is opened once a sweep; each worker overwrites a row of its
//! own in place as it begins a run, so that even a run that dies at once is named. A file that
//! cannot be written is no reason to fail: then nothing is kept.
//!
//! Rim.

use super::{file_name::file_name, plan::Planned};
use crate::env;
use std::{
    fs::{self, File},
    io::{Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::Duration,
};

/// The length of a row, the line feed with it: room for the token of a seed.
const ROW: usize = 192;
/// Where processes cannot be asked for, a file this old was left behind.
const OLD: Duration = Duration::from_secs(3600);

/// The file while it is kept; dropping it removes it.
pub(crate) struct InFlight {
    path: PathBuf,
    head: u64,
    file: Mutex<File>,
}

/// A run that was going on when its process died.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Killed {
    pub(crate) index: u64,
    pub(crate) seed: String,
    /// Left out where it was long: then the user gave it.
    pub(crate) token: Option<String>,
}

impl InFlight {
    /// Begins to keep the file of a test, and tells what the last one says. Nothing is kept where
    /// it cannot be written, or while another process keeps it.
    pub(crate) fn begin(name: &str) -> (Option<InFlight>, Vec<Killed>) {
        if env::INTERPRETED {
            return (None, Vec::new());
        }
        let directory = env::target_dir().join("reenact").join("in-flight");
        Self::begin_in(&directory, name)
    }

    fn begin_in(directory: &Path, name: &str) -> (Option<InFlight>, Vec<Killed>) {
        let path = directory.join(format!("{}.txt", file_name(name)));
        if fs::create_dir_all(directory).is_err() {
            return (None, Vec::new());
        }
        let mut killed = Vec::new();
        if let Ok(text) = fs::read(&path) {
            let text = String::from_utf8_lossy(&text);
            if lives(&path, &text) {
                return (None, Vec::new());
            }
            killed = rows(&text);
            let _ = fs::remove_file(&path);
        }
        (Self::create(path, name).ok(), killed)
    }

    fn create(path: PathBuf, name: &str) -> std::io::Result<InFlight> {
        // Only one of several that begin at once gets the file.
        let mut file = File::options().write(true).create_new(true).open(&path)?;
        let pid = std::process::id();
        let head = format!(
            "reenact: the runs that this process makes; it is dead if the file is still here\nprocess {pid} {}\ntest {}\n",
            started(pid).unwrap_or_default(),
            name.escape_debug()
        );
        file.write_all(head.as_bytes())?;
        Ok(InFlight { path, head: head.len() as u64, file: Mutex::new(file) })
    }

    /// A worker begins a run.
    pub(crate) fn begins(&self, worker: usize, planned: &Planned) {
        let (index, seed, token) = (planned.index, planned.tape.header.seed, planned.tape.token());
        let mut row = format!("run {index} seed 0x{seed:016x} token {token}");
        if row.len() >= ROW {
            row = format!("run {index} seed 0x{seed:016x} token -");
        }
        let row = format!("{row:<width$}\n", width = ROW - 1);
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let place = self.head + (worker * ROW) as u64;
        let _ = file.seek(SeekFrom::Start(place)).and_then(|_| file.write_all(row.as_bytes()));
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.path);
    }
}

/// Whether the process that keeps this file is alive.
fn lives(path: &Path, text: &str) -> bool {
    let owner = text.lines().find_map(|line| line.strip_prefix("process "));
    let owner = owner.and_then(|owner| owner.split_once(' '));
    if !Path::new("/proc/self/stat").exists() {
        let age = fs::metadata(path).and_then(|data| data.modified()).ok().and_then(env::age);
        return age.is_some_and(|age| age < OLD);
    }
    owner.is_some_and(|(pid, start)| {
        pid.parse().is_ok_and(|pid| started(pid).is_some_and(|started| started == start))
    })
}

/// When a process was started, in ticks since the system was: with its number, its identity.
fn started(pid: u32) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name of the program, in parentheses, may hold anything; the start is the 20th after it.
    let (_, rest) = stat.rsplit_once(") ")?;
    rest.split(' ').nth(19).map(str::to_owned)
}

/// The runs that a file names. A worker that had not begun one left a gap.
fn rows(text: &str) -> Vec<Killed> {
    let row = |line: &str| {
        let line = line.trim_matches(|c: char| c == '\0' || c.is_whitespace());
        let mut words = line.strip_prefix("run ")?.split(' ');
        let index = words.next()?.parse().ok()?;
        let seed = words.next().filter(|word| *word == "seed").and_then(|_| words.next())?.to_owned();
        let token = words.next().filter(|word| *word == "token").and_then(|_| words.next())?;
        Some(Killed { index, seed, token: (token != "-").then(|| token.to_owned()) })
    };
    text.lines().filter_map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::{InFlight, Killed, ROW, lives, rows, started};
    use crate::check::{
        plan::{Planned, Role},
        scratch::Directory,
    };
    use reenact_sim::{Strategy, Tape};
    use std::fs;

    fn planned(index: u64) -> Planned {
        Planned { index, role: Role::Seed(index), tape: Tape::seed(index * 3, Strategy::Random) }
    }

    fn killed(index: u64) -> Killed {
        let tape = planned(index).tape;
        Killed { index, seed: format!("0x{:016x}", tape.header.seed), token: Some(tape.token()) }
    }

    #[test]
    fn the_file_names_what_each_worker_makes_and_goes_at_the_end() {
        let directory = Directory::new("rows");
        let (file, left) = InFlight::begin_in(&directory.0, "a::test");
        let file = file.expect("it can be written");
        assert!(left.is_empty());
        for index in [7, 8, 9] {
            file.begins(0, &planned(index));
        }
        file.begins(2, &planned(10));
        let text = directory.text("a.test.txt").expect("it is there");
        assert_eq!(rows(&text), [killed(9), killed(10)]);
        assert!(text.lines().any(|line| line == "test a::test"));
        drop(file);
        assert_eq!(directory.text("a.test.txt"), None);
    }

    #[test]
    fn what_a_dead_process_left_is_told_of_once() {
        let directory = Directory::new("dead");
        let (file, _) = InFlight::begin_in(&directory.0, "t");
        let file = file.expect("it can be written");
        file.begins(0, &planned(41));
        // Another process of the same number, started at another time.
        let path = directory.0.join("t.txt");
        let text = directory.text("t.txt").expect("it is there");
        let pid = format!("process {} ", std::process::id());
        fs::write(&path, text.replace(&pid, &format!("{pid}1"))).expect("it can be written");
        std::mem::forget(file);
        let (file, left) = InFlight::begin_in(&directory.0, "t");
        assert_eq!(left, [killed(41)]);
        drop(file);
        assert_eq!(InFlight::begin_in(&directory.0, "t").1, []);
    }

    #[test]
    fn what_a_living_process_keeps_is_left_to_it() {
        let directory = Directory::new("alive");
        let first = InFlight::begin_in(&directory.0, "t").0;
        let text = directory.text("t.txt");
        let (second, left) = InFlight::begin_in(&directory.0, "t");
        assert!(first.is_some() && second.is_none() && left.is_empty());
        drop(second);
        assert_eq!(directory.text("t.txt"), text);
    }

    #[test]
    fn a_file_of_anybody_else_is_no_reason_to_fail() {
        let directory = Directory::new("strange");
        fs::write(directory.0.join("t.txt"), b"\xff\0 run run run\nrun 1\nrun x seed y token z\nprocess 0\n")
            .expect("written");
        let (file, left) = InFlight::begin_in(&directory.0, "t");
        assert!(left.is_empty());
        #[cfg(target_os = "linux")]
        assert!(file.is_some());
        drop(file);
        assert!(rows("run\nrun 1\nrun 1 seed\nrun 1 seed 2 token\nrun x seed y token z").is_empty());
        fs::write(directory.0.join("a file"), "").expect("written");
        let (file, _) = InFlight::begin_in(&directory.0.join("a file").join("no directory"), "t");
        assert!(file.is_none());
    }

    #[test]
    fn a_row_has_room_for_the_token_of_a_seed_and_a_long_one_is_left_out() {
        let directory = Directory::new("long");
        let file = InFlight::begin_in(&directory.0, "t").0.expect("it can be written");
        let mut tape = Tape::seed(u64::MAX, Strategy::Random);
        (tape.header.test, tape.header.config) = (u64::MAX, u64::MAX);
        (tape.header.digest, tape.header.steps) = (u64::MAX, u64::MAX);
        let row = format!("run {} seed 0x{:016x} token {}", u64::MAX, u64::MAX, tape.token());
        assert!(row.len() < ROW, "{} of {ROW}", row.len());
        file.begins(0, &Planned { index: u64::MAX, role: Role::Given, tape });
        assert_eq!(rows(&directory.text("t.txt").expect("it is there")).len(), 1);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn processes_are_known_by_number_and_start() {
        let pid = std::process::id();
        let start = started(pid).expect("this one lives");
        let path = std::path::Path::new("unused");
        assert!(lives(path, &format!("process {pid} {start}\n")));
        assert!(!lives(path, &format!("process {pid} {start}9\n")));
        assert!(!lives(path, "process 4294967295 1\n"));
        assert!(!lives(path, "process"));
        assert!(!lives(path, ""));
    }
}
