//! What a machine can check of the house's rules: see CONTRIBUTING.md.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The folders of library code.
const LIBRARIES: [&str; 6] = ["clock/src", "sim/src", "net/src", "macros/src", "os/src", "src"];
/// The one that may have unsafe code, and has lints of its own for it.
const UNSAFE: &str = "os/src";
/// Beside them, what else is written in Rust here.
const PROGRAMS: [&str; 9] = [
    "tests",
    "examples",
    "benches",
    "clock/tests",
    "os/tests",
    "os/build.rs",
    "services",
    "cli/src",
    "cli/tests",
];
/// Above this a file has surely grown a second idea.
const LONGEST_FILE: usize = 600;
/// Above this a function has.
const LONGEST_FUNCTION: usize = 70;

struct Source {
    path: PathBuf,
    text: String,
}

fn sources(folders: &[&str]) -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut left: Vec<PathBuf> = folders.iter().map(|folder| root.join(folder)).collect();
    while let Some(path) = left.pop() {
        if path.is_dir() {
            let entries = fs::read_dir(&path).expect("a readable folder");
            left.extend(entries.map(|entry| entry.expect("a readable entry").path()));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).expect("a readable file");
            let path = path.strip_prefix(root).expect("below the root").to_owned();
            found.push(Source { path, text });
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(!found.is_empty(), "there are sources in {folders:?}");
    found
}

fn report(complaints: Vec<String>) {
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

#[test]
fn every_file_opens_with_why_it_exists() {
    let silent = sources(&LIBRARIES).into_iter().chain(sources(&PROGRAMS));
    // Programs that are compiled by a test to see them refused are as their users would write them.
    let silent = silent.filter(|source| !source.text.starts_with("//!") && !is_fixture(source));
    report(silent.map(|source| format!("{}: no `//!` at the top", source.path.display())).collect());
}

#[test]
fn every_file_of_the_command_says_which_kind_of_room_it_is() {
    let kinds = ["//! Pure", "//! Seam", "//! Rim"];
    let silent = sources(&["cli/src"]).into_iter();
    let silent = silent.filter(|source| !kinds.iter().any(|kind| source.text.contains(kind)));
    report(silent.map(|source| format!("{}: pure, seam or rim?", source.path.display())).collect());
}

fn is_fixture(source: &Source) -> bool {
    source.path.components().any(|part| part.as_os_str() == "outputs")
}

#[test]
fn files_and_functions_are_short() {
    let mut complaints = Vec::new();
    for source in sources(&LIBRARIES).into_iter().chain(sources(&["cli/src"])) {
        let path = source.path.display();
        let lines: Vec<&str> = source.text.lines().collect();
        if lines.len() > LONGEST_FILE {
            complaints.push(format!("{path}: {} lines", lines.len()));
        }
        for (start, line) in lines.iter().enumerate() {
            let indent = &line[..line.len() - line.trim_start().len()];
            let words = line.trim_start();
            let begins = ["fn ", "pub fn ", "pub(crate) fn ", "pub(super) fn ", "async fn ", "pub async fn "];
            if !begins.iter().any(|begin| words.starts_with(begin)) || words.ends_with(['}', ';']) {
                continue;
            }
            let end = format!("{indent}}}");
            let length = lines[start..].iter().position(|line| **line == end).unwrap_or(0) + 1;
            if length > LONGEST_FUNCTION {
                complaints.push(format!("{path}:{}: a function of {length} lines", start + 1));
            }
        }
    }
    report(complaints);
}

#[test]
fn imports_point_up_the_list_of_their_lib() {
    let mut complaints = Vec::new();
    for folder in LIBRARIES {
        let all = sources(&[folder]);
        let lib = all.iter().find(|source| source.path.ends_with("lib.rs")).expect("a crate has a lib.rs");
        let order: Vec<&str> = lib.text.lines().filter_map(module).collect();
        let place = |module: &str| order.iter().position(|known| *known == module);
        for source in &all {
            let Some(me) = source.path.strip_prefix(folder).ok().and_then(room) else { continue };
            // Unit tests may look anywhere.
            let code = source.text.split("#[cfg(test)]").next().unwrap_or_default();
            for used in crate_paths(code) {
                if let (Some(mine), Some(other)) = (place(&me), place(used))
                    && other > mine
                {
                    complaints.push(format!(
                        "{}: imports `{used}`, which lib.rs lists below",
                        source.path.display()
                    ));
                }
            }
        }
    }
    complaints.dedup();
    report(complaints);
}

/// The module that a line of lib.rs declares.
fn module(line: &str) -> Option<&str> {
    let line = line.strip_prefix("pub ").unwrap_or(line);
    line.strip_prefix("mod ")?.strip_suffix(';')
}

/// The top-level module that a file belongs to.
fn room(path: &Path) -> Option<String> {
    let first = path.components().next()?.as_os_str().to_str()?;
    let name = first.strip_suffix(".rs").unwrap_or(first);
    (name != "lib").then(|| name.to_owned())
}

/// The modules of the crate that this code names, in `use crate::{…}` or in paths.
fn crate_paths(code: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("crate::") {
        let line = code[..at].rsplit('\n').next().unwrap_or_default();
        if line.trim_start().starts_with("//") {
            continue;
        }
        let rest = &code[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            None => found.extend(leading_word(rest)),
            Some(group) => found.extend(group_heads(group)),
        }
    }
    found
}

/// The first words of the branches of a `use` group, up to its closing brace.
fn group_heads(group: &str) -> Vec<&str> {
    let mut heads = Vec::new();
    let (mut depth, mut expects) = (0, true);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => expects = true,
            _ if expects && (c.is_alphabetic() || c == '_') => {
                heads.extend(leading_word(&group[at..]));
                expects = false;
            }
            _ => {}
        }
    }
    heads
}

fn leading_word(text: &str) -> Option<&str> {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(text.len());
    Some(&text[..end]).filter(|word| !word.is_empty())
}

#[test]
fn every_crate_denies_what_it_must() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for folder in LIBRARIES {
        let lib = fs::read_to_string(root.join(folder).join("lib.rs")).expect("a crate has a lib.rs");
        assert!(lib.contains("#![deny(missing_docs)]"), "{folder}/lib.rs must deny missing docs");
        let manifest = root.join(folder).parent().expect("a folder above").join("Cargo.toml");
        let manifest = fs::read_to_string(manifest).expect("a crate has a manifest");
        if folder == UNSAFE {
            for lint in
                ["undocumented_unsafe_blocks", "multiple_unsafe_ops_per_block", "unsafe_op_in_unsafe_fn"]
            {
                assert!(
                    manifest.contains(&format!("{lint} = \"deny\"")),
                    "{folder} argues each use of unsafe"
                );
            }
            continue;
        }
        assert!(manifest.contains("[lints]\nworkspace = true"), "{folder}: takes the workspace's lints");
    }
    let manifest = fs::read_to_string(root.join("Cargo.toml")).expect("a manifest");
    assert!(manifest.contains("unsafe_code = \"forbid\""), "the workspace forbids unsafe code");
}

/// A new event would be written to a file as something unknown, and shown as code.
#[test]
fn every_event_has_its_words_and_its_fields() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |file: &str| fs::read_to_string(root.join(file)).expect("a readable file");
    let events = read("sim/src/trace/event.rs");
    let (_, list) = events.split_once("pub enum Event {").expect("the list of events");
    let (list, _) = list.split_once("\n}").expect("its end");
    let names = list.lines().map(str::trim).filter(|line| line.starts_with(char::is_uppercase));
    let names: Vec<&str> = names.filter_map(leading_word).collect();
    assert!(names.contains(&"Poll") && names.contains(&"End"), "{names:?}");
    let mut complaints = Vec::new();
    for file in ["words.rs", "level.rs", "file/event.rs", "diff/side.rs"] {
        let text = read(&format!("src/trace/{file}"));
        let is_missing = |name: &&&str| !text.contains(&format!("Event::{name}"));
        complaints.extend(
            names.iter().filter(is_missing).map(|name| format!("src/trace/{file}: no Event::{name}")),
        );
    }
    report(complaints);
}

#[test]
fn nothing_is_left_for_later() {
    let marks = ["todo!(", "unimplemented!(", "dbg!(", "FIXME", "XXX"];
    let mut complaints = Vec::new();
    for source in sources(&LIBRARIES).into_iter().chain(sources(&PROGRAMS)) {
        if source.path.ends_with("tests/tidy.rs") {
            continue;
        }
        for (number, line) in source.text.lines().enumerate() {
            if let Some(mark) = marks.iter().find(|mark| line.contains(**mark)) {
                complaints.push(format!("{}:{}: `{mark}`", source.path.display(), number + 1));
            }
        }
    }
    report(complaints);
}
