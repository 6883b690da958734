//! What files are called that are kept for a test.
//!
//! Pure. A test may have any name; a file system takes only some.

/// A file's name for any name of a test. A path of plain words keeps them, with dots between; any
/// other name loses what a file system might not like, and a hash tells it from others.
pub(super) fn file_name(name: &str) -> String {
    const LONGEST: usize = 100;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let is_path = name.split("::").all(|part| !part.is_empty() && part.chars().all(plain));
    if is_path && name.len() <= LONGEST {
        return name.replace("::", ".");
    }
    let words: String = name.chars().map(|c| if plain(c) { c } else { '_' }).take(LONGEST).collect();
    format!("{words}-{:016x}", reenact_sim::hash_bytes(name.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn names_of_files_are_plain_and_distinct() {
        assert_eq!(file_name("raft::elects_one-leader"), "raft.elects_one-leader");
        let long = "x".repeat(5_000);
        let odd = [
            "",
            ".",
            "..",
            "../../etc/passwd",
            "a b",
            "a.b",
            "a:b",
            "a::",
            "::a",
            "a/b",
            "a\\b",
            "é",
            "CON\0",
            &long,
        ];
        let mut seen: Vec<String> = odd.iter().map(|name| file_name(name)).collect();
        for name in &seen {
            assert!(
                name.len() < 130 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b)),
                "{name}"
            );
        }
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), odd.len());
    }
}
