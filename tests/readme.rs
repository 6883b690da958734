//! The README's first test, as a test: what it shows is what runs.

#[test]
fn the_first_test_of_the_readme_is_the_one_below() {
    let readme = include_str!("../README.md");
    let shown = readme.split("```rust\n").nth(1).and_then(|rest| rest.split("```").next());
    let below = include_str!("readme/first_test.rs");
    let below = below.split_once("\n\n").map(|(_why, code)| code);
    assert_eq!(shown, below);
}

#[path = "readme/first_test.rs"]
mod first_test;
