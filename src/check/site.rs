//! Where a test is written, as the test attribute knows it.
//!
//! Pure data; the command that runs the test again is made of it in `command`.

/// Where a test is written and how it is run again.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Site {
    /// The package of the test.
    pub package: &'static str,
    /// Its directory.
    pub manifest_dir: &'static str,
    /// The path of the test's module, the crate first.
    pub module: &'static str,
    /// The name of the test function.
    pub name: &'static str,
    /// The file, as the compiler was told of it.
    pub file: &'static str,
    /// The line of the name.
    pub line: u32,
    /// Whether it is a file of `tests` or `benches`, a crate of its own.
    pub integration: bool,
    /// Whether the test is meant to fail.
    pub should_panic: bool,
}

impl Site {
    /// The path of the test, the crate first: its name everywhere.
    pub(crate) fn path(&self) -> String {
        format!("{}::{}", self.module, self.name)
    }
}
