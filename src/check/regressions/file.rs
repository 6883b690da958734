//! Where the recorded cases of a test lie, and writing them.
//!
//! The file lies beside the test's source, is written whole, and only after it was read again under
//! a lock: tests of one source file run in parallel threads and processes. Nothing is written on a
//! machine of continuous integration. What cannot be written is no failure: a sentence says what to
//! add by hand.
//!
//! Rim.

use super::{
    format::{self, Case, Edit, Loaded, Saved},
    lock::Lock,
};
use crate::{
    check::{site::Site, whole::Draft},
    env,
};
use reenact_sim::Tape;
use std::{
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

/// What the name of the file ends with, in the place of `rs`.
const ENDING: &str = "reenact-regressions";
/// How often writing is begun anew after the lock was taken away.
const TRIES: usize = 8;
/// The threads of a process wait here, where waiting costs nothing.
static WRITES: Mutex<()> = Mutex::new(());

/// The recorded cases of one test.
pub(crate) struct Regressions {
    name: String,
    /// The file, if the test's source is on this machine.
    path: Option<PathBuf>,
    /// What the file is called: as the compiler calls the source.
    shown: String,
    read_only: bool,
}

impl Regressions {
    /// Those of the test that is written at `site`, called `name`. Nothing is read yet.
    pub(crate) fn of(site: &Site, name: &str) -> Self {
        let exists = |path: &Path| path.is_file();
        let path = if env::INTERPRETED { None } else { locate(site, exists) };
        let shown = Path::new(site.file).with_extension(ENDING).display().to_string();
        Regressions { name: name.to_owned(), path, shown, read_only: env::in_ci() }
    }

    /// What the file is called in reports.
    pub(crate) fn shown(&self) -> &str {
        &self.shown
    }

    /// Reads the cases. A file that is not there has none.
    pub(crate) fn load(&self) -> Loaded {
        match self.path.as_deref().map(fs::read) {
            Some(Ok(bytes)) => format::load(&bytes, &self.name, &self.shown),
            Some(Err(error)) if error.kind() != ErrorKind::NotFound => {
                let note = format!(
                    "{} cannot be read ({error}), so the recorded cases of {} are not run: make it a file that can be read",
                    self.shown, self.name
                );
                Loaded { cases: Vec::new(), notes: vec![note] }
            }
            _ => Loaded::default(),
        }
    }

    /// Adds a case, unless a line has its run.
    ///
    /// # Errors
    ///
    /// Why it was not, with the line to add by hand.
    pub(crate) fn save(&self, case: &Case) -> Result<Saved, String> {
        self.put(case, false)
    }

    /// As [`save`](Self::save); but if a line has its run, that gets the digest of this one.
    ///
    /// # Errors
    ///
    /// As for `save`.
    pub(crate) fn update(&self, case: &Case) -> Result<Saved, String> {
        self.put(case, true)
    }

    fn put(&self, case: &Case, update: bool) -> Result<Saved, String> {
        let head = head(&self.shown);
        self.change(|bytes| format::with(bytes, &self.name, case, update, &head)).map_err(|why| {
            let line = format::line(&self.name, case);
            format!(
                "the failure is not recorded in {} ({why}); to do it by hand, add this line: {line}",
                self.shown
            )
        })
    }

    /// Takes cases out, and says how many lines that were.
    ///
    /// # Errors
    ///
    /// Why they are still there, with what to delete.
    pub(crate) fn remove(&self, tapes: &[Tape]) -> Result<usize, String> {
        self.change(|bytes| format::without(bytes, &self.name, tapes)).map_err(|why| {
            let tokens: Vec<String> = tapes.iter().map(Tape::token).collect();
            format!(
                "cases that pass are not removed from {} ({why}); to do it by hand, delete the lines of {} with these tokens: {}",
                self.shown,
                self.name,
                tokens.join(" ")
            )
        })
    }

    /// Changes the file. The error is why that was not done.
    fn change<T>(&self, edit: impl Fn(&[u8]) -> Edit<T>) -> Result<T, String> {
        let Some(path) = &self.path else {
            return Err("the source of the test is not found on this machine".to_owned());
        };
        // The file may be a link to one that is kept elsewhere: that one is changed.
        let path = &fs::canonicalize(path).unwrap_or_else(|_| path.clone());
        let seen = edit(&read(path)?);
        if seen.bytes.is_none() {
            return Ok(seen.what);
        }
        if self.read_only {
            return Err("CI is set, so nothing is written into the source tree".to_owned());
        }
        let _threads = WRITES.lock().unwrap_or_else(PoisonError::into_inner);
        change(path, &edit)
    }
}

/// Reads the file again and writes it, while nobody else does.
fn change<T>(path: &Path, edit: &impl Fn(&[u8]) -> Edit<T>) -> Result<T, String> {
    let text = |error: std::io::Error| error.to_string();
    for _ in 0..TRIES {
        let lock = Lock::take(path)?;
        let Edit { what, bytes } = edit(&read(path)?);
        let Some(bytes) = bytes else { return Ok(what) };
        let permissions = fs::metadata(path).map(|data| data.permissions()).ok();
        if permissions.as_ref().is_some_and(|permissions| permissions.readonly()) {
            return Err("it is read-only".to_owned());
        }
        let draft = Draft::write(path, &bytes, permissions).map_err(text)?;
        if lock.held() {
            return draft.replace().map_err(text).map(|()| what);
        }
    }
    Err("others write it all the time".to_owned())
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    match fs::read(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        other => other.map_err(|error| format!("it cannot be read: {error}")),
    }
}

/// The file beside the test's source. The compiler is told of sources by their path from the root
/// of the workspace, which is the directory of the package or one above it.
fn locate(site: &Site, exists: impl Fn(&Path) -> bool) -> Option<PathBuf> {
    let sources = Path::new(site.manifest_dir).ancestors().map(|root| root.join(site.file));
    sources.into_iter().find(|source| exists(source)).map(|source| source.with_extension(ENDING))
}

/// What a new file begins with.
fn head(shown: &str) -> String {
    let source = Path::new(shown).with_extension("rs");
    let source = source.file_name().unwrap_or_default().to_string_lossy();
    format!(
        "# Failures that reenact found in the tests of {source}: they are run first from now on.\n\
         # Commit this file. A line is a test, the token of a run, its digest, and what it said.\n\
         # If a test is renamed, rename it here too; what is not wanted any more can be deleted.\n"
    )
}

#[cfg(test)]
mod tests;
