//! Files that are there whole or not at all: written under another name, then renamed.
//!
//! Whoever reads the file meanwhile, or finds it after the process was killed, sees the old content
//! or the new one. Who may write at the same time is the caller's affair.
//!
//! Rim.

use std::{
    ffi::OsString,
    fs::{self, File, Permissions},
    io::{self, ErrorKind, Write as _},
    path::{Path, PathBuf},
};

/// How many left-behind files of a dead process with this number are stepped over.
const TRIES: u32 = 100;

/// New content beside the file that it is meant for. It is removed unless it takes its place.
pub(super) struct Draft {
    path: PathBuf,
    target: PathBuf,
}

impl Draft {
    /// Writes the content into the directory of the file.
    pub(super) fn write(target: &Path, content: &[u8], permissions: Option<Permissions>) -> io::Result<Self> {
        let draft = Draft::by(target, |mut file| file.write_all(content))?;
        if let Some(permissions) = permissions {
            fs::set_permissions(&draft.path, permissions)?;
        }
        Ok(draft)
    }

    /// Has the content written into the directory of the file.
    fn by(target: &Path, write: impl FnOnce(&File) -> io::Result<()>) -> io::Result<Self> {
        let (file, path) = create(target)?;
        let draft = Draft { path, target: target.to_owned() };
        write(&file)?;
        Ok(draft)
    }

    /// Puts it in the place of the file.
    pub(super) fn replace(self) -> io::Result<()> {
        fs::rename(&self.path, &self.target)
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        // After the renaming there is none of this name.
        let _ = fs::remove_file(&self.path);
    }
}

/// Writes a file.
pub(super) fn write(target: &Path, content: &[u8]) -> io::Result<()> {
    Draft::write(target, content, None)?.replace()
}

/// Has a file written that is too long to be kept in memory for it.
pub(super) fn write_by(target: &Path, write: impl FnOnce(&File) -> io::Result<()>) -> io::Result<()> {
    Draft::by(target, write)?.replace()
}

/// A hidden name beside a file.
pub(super) fn beside(target: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(target.file_name().unwrap_or_default());
    name.push(ending);
    target.with_file_name(name)
}

fn create(target: &Path) -> io::Result<(File, PathBuf)> {
    let mut tries = 0;
    loop {
        let path = beside(target, &format!(".{}-{tries}.new", std::process::id()));
        match File::options().write(true).create_new(true).open(&path) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists && tries < TRIES => tries += 1,
            other => return other.map(|file| (file, path)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Draft, beside, write};
    use crate::check::scratch::Directory;
    use std::{fs, path::Path};

    #[test]
    fn a_file_is_replaced_whole_and_nothing_else_is_left() {
        let directory = Directory::new("whole");
        let path = directory.0.join("f.txt");
        write(&path, b"one").expect("written");
        write(&path, b"two").expect("written");
        let draft = Draft::write(&path, b"three", None).expect("written");
        assert_eq!(directory.text("f.txt").as_deref(), Some("two"));
        drop(draft);
        assert_eq!(
            (directory.text("f.txt").as_deref(), directory.names()),
            (Some("two"), vec!["f.txt".into()])
        );
    }

    #[test]
    fn what_a_dead_process_left_is_stepped_over() {
        let directory = Directory::new("stepped");
        let path = directory.0.join("f.txt");
        fs::write(beside(&path, &format!(".{}-0.new", std::process::id())), "dead").expect("written");
        write(&path, b"one").expect("written");
        assert_eq!(directory.text("f.txt").as_deref(), Some("one"));
        assert!(write(Path::new("/"), b"").is_err() && write(&directory.0, b"").is_err());
    }
}
