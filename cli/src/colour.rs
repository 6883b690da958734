//! Whether there is colour, and which.
//!
//! Pure but for the question whether standard output is a terminal.

use clap::ValueEnum;
use std::{ffi::OsString, io::IsTerminal};

/// What `--color` accepts.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, ValueEnum)]
pub(crate) enum When {
    /// As the environment says, else on a terminal.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Colour, or none.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Colour(bool);

impl Colour {
    /// What is said on the line goes before `CLICOLOR_FORCE`, `NO_COLOR` and `CARGO_TERM_COLOR`, in this order,
    /// and the terminal comes last.
    pub(crate) fn of(when: When, variable: impl Fn(&str) -> Option<OsString>) -> Self {
        Colour(wanted(when, variable, std::io::stdout().is_terminal()))
    }

    pub(crate) fn red(self, text: &str) -> String {
        self.paint("31;1", text)
    }

    pub(crate) fn green(self, text: &str) -> String {
        self.paint("32", text)
    }

    pub(crate) fn yellow(self, text: &str) -> String {
        self.paint("33", text)
    }

    pub(crate) fn bold(self, text: &str) -> String {
        self.paint("1", text)
    }

    fn paint(self, code: &str, text: &str) -> String {
        if self.0 { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

fn wanted(when: When, variable: impl Fn(&str) -> Option<OsString>, is_terminal: bool) -> bool {
    let set = |name: &str| variable(name).filter(|value| !value.is_empty());
    match when {
        When::Always => return true,
        When::Never => return false,
        When::Auto => {}
    }
    if set("CLICOLOR_FORCE").is_some_and(|value| value != "0") {
        return true;
    }
    if set("NO_COLOR").is_some() {
        return false;
    }
    match set("CARGO_TERM_COLOR").as_deref().and_then(std::ffi::OsStr::to_str) {
        Some("always") => true,
        Some("never") => false,
        _ => is_terminal,
    }
}

#[cfg(test)]
mod tests {
    use super::{When, wanted};

    #[test]
    fn the_line_goes_before_the_environment_and_that_before_the_terminal() {
        let with = |when, set: &[(&str, &str)], is_terminal| {
            let variable =
                |name: &str| set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).into());
            wanted(when, variable, is_terminal)
        };
        let all = [("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1"), ("CARGO_TERM_COLOR", "never")];
        assert!(!with(When::Never, &all, true));
        assert!(with(When::Always, &[("NO_COLOR", "1")], false));
        assert!(with(When::Auto, &all, false));
        assert!(!with(When::Auto, &[("CLICOLOR_FORCE", "0"), ("NO_COLOR", "1")], true));
        assert!(!with(When::Auto, &[("NO_COLOR", "1"), ("CARGO_TERM_COLOR", "always")], true));
        assert!(with(When::Auto, &[("NO_COLOR", ""), ("CARGO_TERM_COLOR", "always")], false));
        assert!(with(When::Auto, &[], true) && !with(When::Auto, &[], false));
    }
}
