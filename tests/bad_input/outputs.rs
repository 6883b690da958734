//! A test that returns what no test may return does not compile, and the error says what it may.
//!
//! Each program of `outputs/` is checked in both editions. What its error must say stands in it
//! behind `//~`; one without such a line must compile. Text of the compiler's own is not compared,
//! since it changes with its version.
#![expect(clippy::disallowed_methods, reason = "cargo says by a variable which cargo it is")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

/// A package with these programs, in one edition.
fn package(edition: &str, programs: &[(String, String)]) -> PathBuf {
    let root = env!("CARGO_MANIFEST_DIR");
    let package = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("outputs-{edition}"));
    let bin = package.join("src/bin");
    fs::create_dir_all(&bin).expect("a directory for this test");
    let manifest = format!(
        "[package]\nname = \"outputs-{edition}\"\nedition = \"{edition}\"\n\n[dependencies]\nreenact = {{ path = {root:?} }}\n\n[workspace]\n"
    );
    fs::write(package.join("Cargo.toml"), manifest).expect("it can be written");
    fs::copy(Path::new(root).join("Cargo.lock"), package.join("Cargo.lock")).expect("the workspace has one");
    for (name, text) in programs {
        fs::write(bin.join(format!("{name}.rs")), text).expect("it can be written");
    }
    package
}

/// Whether a program compiles as a test, and what the compiler said.
fn check(package: &Path, program: &str) -> (bool, String) {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["check", "--offline", "--quiet", "--profile", "test", "--bin", program])
        .current_dir(package)
        .env("CARGO_TARGET_DIR", Path::new(env!("CARGO_TARGET_TMPDIR")).join("outputs-target"))
        .env_remove("RUSTFLAGS")
        .output()
        .expect("cargo can be run");
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn a_wrong_output_is_a_sentence_at_compile_time() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bad_input/outputs");
    let mut programs = Vec::new();
    for entry in fs::read_dir(directory).expect("the programs") {
        let path = entry.expect("a program").path();
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        programs.push((name, fs::read_to_string(path).expect("a text")));
    }
    assert!(programs.len() > 3);
    for edition in ["2021", "2024"] {
        let package = package(edition, &programs);
        for (name, text) in &programs {
            let must_say: Vec<_> =
                text.lines().filter_map(|line| line.split_once("//~ ").map(|(_, say)| say)).collect();
            let (compiles, said) = check(&package, name);
            assert_eq!(compiles, must_say.is_empty(), "{name} in edition {edition}: {said}");
            for say in must_say {
                assert!(said.contains(say), "{name} in edition {edition} should say `{say}`:\n{said}");
            }
        }
    }
}
