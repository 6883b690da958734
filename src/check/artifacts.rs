//! The files that a failure leaves: its trace, its report for programs, whatever else is given.
//!
//! They lie in `target/reenact/<package>/<test>/<seed>/`. A later failure on the same seed replaces
//! those of the same names. What cannot be written is a sentence for the report and no failure of
//! its own: a test fails as it fails, with or without files.
//!
//! Rim.

use super::{file_name::file_name, site::Site, whole};
use crate::{env, trace::Recording};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// The directory for the files of all failures: the one that was chosen, else one of cargo's.
pub(crate) fn base(chosen: Option<&str>) -> PathBuf {
    chosen.map_or_else(|| env::target_dir().join("reenact"), PathBuf::from)
}

/// The directory for the files of a failure. A test that no attribute made has no package.
pub(crate) fn directory(base: &Path, site: Option<&Site>, name: &str, seed: u64) -> PathBuf {
    let package = site.map(|site| file_name(site.package));
    let test = match (site, name.split_once("::")) {
        // A crate that is called as its package tells nothing more. The others of a package are told
        // apart: two files of `tests/` may have tests of one name, and a seed in common.
        (Some(site), Some((krate, test))) if krate == site.package.replace('-', "_") => test,
        _ => name,
    };
    base.join(package.unwrap_or_default()).join(file_name(test)).join(format!("{seed:016x}"))
}

/// Writes a recording to a file of its own, which is seen whole whoever else writes it. What is no file, such as a
/// terminal, is written as it is.
///
/// # Errors
///
/// Why it could not be written, in a sentence.
pub(crate) fn write_recording(path: &Path, recording: &Recording) -> Result<(), String> {
    let record = |file: &fs::File| recording.write(std::io::BufWriter::new(file));
    let written = if path.exists() && !path.is_file() {
        fs::File::create(path).and_then(|file| record(&file))
    } else {
        whole::write_by(path, record)
    };
    written.map_err(|error| format!("{}, named in REENACT_TRACE, cannot be written: {error}", path.display()))
}

/// Writes files, each a name and its content, and makes the directory for them.
///
/// # Errors
///
/// Which one could not be written, and why, in a sentence. Those before it are there.
pub(crate) fn write(directory: &Path, files: &[(&str, &str)]) -> Result<(), String> {
    if env::INTERPRETED {
        return Err("no files of this failure are written while the program is interpreted".to_owned());
    }
    let refused = |path: &Path, error: std::io::Error| {
        format!(
            "{} cannot be written ({error}), so files of this failure are missing: make room for it, or name another directory in REENACT_ARTIFACTS",
            path.display()
        )
    };
    fs::create_dir_all(directory).map_err(|error| refused(directory, error))?;
    for (name, content) in files {
        let path = directory.join(name);
        whole::write(&path, content.as_bytes()).map_err(|error| refused(&path, error))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{base, directory, write};
    use crate::check::{scratch::Directory, site::Site};
    use std::{
        fs,
        path::{Path, PathBuf},
    };

    const SITE: Site = Site {
        package: "two-phase",
        manifest_dir: "/p",
        module: "two_phase::log",
        name: "commits",
        file: "src/log.rs",
        line: 7,
        integration: false,
        should_panic: false,
    };

    #[test]
    fn the_directory_is_named_by_package_test_and_seed() {
        let of = |site, name| directory(Path::new("/t"), site, name, 0x5eed);
        assert_eq!(
            of(Some(&SITE), "two_phase::log::commits"),
            Path::new("/t/two-phase/log.commits/0000000000005eed")
        );
        // A file of `tests/` is a crate, and keeps its name unless it is that of the package.
        assert_eq!(of(Some(&SITE), "late::commits"), Path::new("/t/two-phase/late.commits/0000000000005eed"));
        assert_eq!(of(Some(&SITE), "two_phase::commits"), Path::new("/t/two-phase/commits/0000000000005eed"));
        let nameless = of(None, "../x");
        assert!(nameless.starts_with("/t") && !nameless.components().any(|part| part.as_os_str() == ".."));
    }

    #[test]
    fn files_go_where_one_says_or_to_what_cargo_makes() {
        assert_eq!(base(Some("out/of here")), PathBuf::from("out/of here"));
        assert!(base(None).ends_with("reenact"));
    }

    #[test]
    fn files_are_written_and_replaced() {
        let scratch = Directory::new("artifacts");
        let directory = scratch.0.join("p").join("t").join("0");
        write(&directory, &[("report.json", "{}"), ("trace.txt", "one\n")]).expect("written");
        write(&directory, &[("trace.txt", "two\n")]).expect("written");
        assert_eq!(scratch.text("p/t/0/report.json").as_deref(), Some("{}"));
        assert_eq!(scratch.text("p/t/0/trace.txt").as_deref(), Some("two\n"));
        assert_eq!(fs::read_dir(&directory).expect("it is there").count(), 2);
    }

    #[test]
    fn what_is_in_the_way_is_named() {
        let scratch = Directory::new("in-the-way");
        fs::write(scratch.0.join("p"), "").expect("written");
        let error = write(&scratch.0.join("p").join("t"), &[]).expect_err("a file is no directory");
        assert!(error.starts_with(&scratch.0.join("p").join("t").display().to_string()), "{error}");
        assert!(error.contains(" cannot be written (") && error.contains("REENACT_ARTIFACTS"), "{error}");
        fs::create_dir_all(scratch.0.join("trace.txt").join("x")).expect("made");
        let error = write(&scratch.0, &[("trace.txt", "")]).expect_err("a directory is no file");
        assert!(error.contains("trace.txt cannot be written ("), "{error}");
        assert_eq!(scratch.names(), ["p", "trace.txt"]);
    }
}
