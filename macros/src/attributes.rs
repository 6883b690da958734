//! What the other attributes of a test mean for it: who makes tests, who supplies values.
//!
//! Pure. Attributes are known by their names only; what they do is not looked into.

use syn::Attribute;

/// Whether an attribute makes a test: `#[test]`, or that of a runtime.
pub(crate) fn is_test(attribute: &Attribute) -> bool {
    let name = attribute.path().segments.last();
    name.is_some_and(|name| name.ident == "test")
}

/// Whether an attribute writes `#[test]` itself, on each of the functions it makes: one more would
/// run them twice.
pub(crate) fn makes_tests(attribute: &Attribute) -> bool {
    let name = attribute.path().segments.last();
    name.is_some_and(|name| name.ident == "test_case" || name.ident == "test_matrix")
}

/// The path of an attribute, as in `tokio::test`.
pub(crate) fn path_text(attribute: &Attribute) -> String {
    let names: Vec<_> = attribute.path().segments.iter().map(|segment| segment.ident.to_string()).collect();
    names.join("::")
}

/// The attributes that set the level of a lint.
const LINT_LEVELS: [&str; 5] = ["allow", "expect", "warn", "deny", "forbid"];

/// Whether an attribute sets the level of a lint, and so belongs to the user's code.
pub(crate) fn is_lint_level(attribute: &Attribute) -> bool {
    LINT_LEVELS.iter().any(|level| attribute.path().is_ident(level))
}

/// Whether the compiler or a tool of its own knows the attribute, so that it supplies no values.
pub(crate) fn is_builtin(attribute: &Attribute) -> bool {
    const KNOWN: [&str; 11] = [
        "doc",
        "cfg",
        "should_panic",
        "ignore",
        "inline",
        "cold",
        "must_use",
        "deprecated",
        "track_caller",
        "automatically_derived",
        "no_mangle",
    ];
    const TOOLS: [&str; 4] = ["clippy", "rustfmt", "rust_analyzer", "diagnostic"];
    let path = attribute.path();
    let tool = path.segments.len() > 1
        && path.segments.first().is_some_and(|first| TOOLS.iter().any(|tool| first.ident == tool));
    is_lint_level(attribute) || tool || KNOWN.iter().any(|known| path.is_ident(known))
}

#[cfg(test)]
mod tests {
    use super::{is_builtin, is_lint_level, is_test, makes_tests, path_text};
    use syn::{Attribute, parse_quote};

    #[test]
    fn tests_are_known_by_the_last_name() {
        let tokio: Attribute = parse_quote!(#[tokio::test(flavor = "current_thread")]);
        assert!(is_test(&tokio) && !makes_tests(&tokio));
        assert_eq!(path_text(&tokio), "tokio::test");
        let case: Attribute = parse_quote!(#[test_case::test_case(1)]);
        assert!(makes_tests(&case) && !is_test(&case));
        assert!(!is_test(&parse_quote!(#[test_log])));
    }

    #[test]
    fn built_in_attributes_supply_no_values() {
        for attribute in [
            parse_quote!(#[allow(unused)]),
            parse_quote!(#[doc = "x"]),
            parse_quote!(#[should_panic(expected = "x")]),
            parse_quote!(#[rustfmt::skip]),
            parse_quote!(#[clippy::msrv = "1.88"]),
        ] {
            assert!(is_builtin(&attribute), "{}", path_text(&attribute));
        }
        assert!(!is_builtin(&parse_quote!(#[rstest])));
        assert!(!is_builtin(&parse_quote!(#[case(1)])));
        assert!(!is_builtin(&parse_quote!(#[clippy])));
        assert!(is_lint_level(&parse_quote!(#[expect(unused)])));
        assert!(!is_lint_level(&parse_quote!(#[ignore])));
    }
}
