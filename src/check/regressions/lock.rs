//! One writer at a time, among threads and processes.
//!
//! A file that only one can create stands beside the file that is to be written. Its holder has it
//! for some milliseconds; one that is older was left by a killed process and is taken away. Should
//! that have hit a process that only slept, it notices before it writes: see [`Lock::held`].
//!
//! Rim.

use crate::{check::whole::beside, env};
use std::{
    fs::{self, File},
    io::{ErrorKind, Write as _},
    path::{Path, PathBuf},
    time::Duration,
};

/// A lock this old has lost its holder.
const LOST: Duration = Duration::from_secs(3);
/// How long others are waited for: longer than [`LOST`].
const PATIENCE: Duration = Duration::from_secs(10);

/// The right to write a file; dropping it gives it back.
pub(super) struct Lock {
    path: PathBuf,
    /// What only this holder writes into it.
    mine: String,
}

impl Lock {
    /// Waits until nobody else has it.
    ///
    /// # Errors
    ///
    /// Why it cannot be had, as the end of a sentence.
    pub(super) fn take(target: &Path) -> Result<Lock, String> {
        let path = beside(target, ".lock");
        let waited = env::stopwatch();
        loop {
            match File::options().write(true).create_new(true).open(&path) {
                Ok(mut file) => {
                    let mine = format!("{} {:016x}\n", std::process::id(), env::fresh());
                    let lock = Lock { path, mine };
                    file.write_all(lock.mine.as_bytes()).map_err(|error| error.to_string())?;
                    return Ok(lock);
                }
                Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error.to_string()),
                Err(_) if is_lost(&path) && fs::remove_file(&path).is_ok() => {}
                Err(_) if waited() > PATIENCE => {
                    return Err(format!(
                        "another process writes it, or left {} behind: delete that if no test runs",
                        path.display()
                    ));
                }
                Err(_) => env::pause(),
            }
        }
    }

    /// Whether it was not taken away.
    pub(super) fn held(&self) -> bool {
        fs::read_to_string(&self.path).is_ok_and(|text| text == self.mine)
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if self.held() {
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn is_lost(path: &Path) -> bool {
    let age = fs::metadata(path).and_then(|data| data.modified()).ok().and_then(env::age);
    age.is_some_and(|age| age > LOST)
}

#[cfg(test)]
mod tests {
    use super::{LOST, Lock};
    use crate::{
        check::{scratch::Directory, whole::beside},
        env,
    };
    use std::{fs, fs::File};

    #[test]
    fn a_lock_that_a_killed_process_left_is_taken_away() {
        let directory = Directory::new("lock");
        let target = directory.0.join("f");
        let lost = Lock::take(&target).expect("it is free");
        let file = File::options().write(true).open(beside(&target, ".lock")).expect("it is there");
        let modified = file.metadata().and_then(|data| data.modified()).expect("a time");
        file.set_modified(modified - LOST * 2).expect("it is ours");
        let lock = Lock::take(&target).expect("it is taken away");
        assert!(lock.held() && !lost.held());
        // The old holder gives back nothing that is not its own.
        drop(lost);
        assert!(lock.held());
        drop(lock);
        assert!(directory.names().is_empty());
    }

    #[test]
    fn whoever_comes_second_waits() {
        let directory = Directory::new("second");
        let target = directory.0.join("f");
        let lock = Lock::take(&target).expect("it is free");
        std::thread::scope(|scope| {
            let second = scope.spawn(|| Lock::take(&target).map(|_| fs::read(&target).ok()));
            env::pause();
            fs::write(&target, "first").expect("written");
            drop(lock);
            let seen = second.join().expect("no panic").expect("it was waited for");
            assert_eq!(seen.as_deref(), Some(b"first".as_slice()));
        });
        assert!(Lock::take(&target.join("no directory").join("f")).is_err());
    }
}
