//! A directory for unit tests of files, removed at the end.

use std::{fs, path::PathBuf};

/// A directory of this process and one test.
pub(super) struct Directory(pub(super) PathBuf);

impl Directory {
    pub(super) fn new(test: &str) -> Self {
        let directory = std::env::temp_dir().join(format!("reenact-{}-{test}", std::process::id()));
        fs::create_dir_all(&directory).expect("a directory for temporary files");
        Directory(directory)
    }

    pub(super) fn text(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.0.join(name)).ok()
    }

    /// What is in it.
    pub(super) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).expect("a directory");
        let mut names: Vec<_> = entries
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
