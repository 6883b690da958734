//! The arguments of the test attribute, so that a misspelt one is answered with the right one.
//!
//! Pure: it reads `name = expression` and keeps the order. What an argument means and which values
//! it takes is known to `reenact::Check` alone: the expressions are not looked into.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::ext::IdentExt as _;
use syn::parse::{Parse, ParseStream};
use syn::{Error, Expr, Ident, Path, Token, token};

/// The arguments that become a call of the same name on the builder.
const BUILDER_CALLS: [&str; 11] = [
    "seeds",
    "jobs",
    "strategy",
    "net",
    "os",
    "faults",
    "max_steps",
    "max_virtual",
    "determinism",
    "keep_going",
    "reaches",
];

/// The argument that says where `reenact` is found.
const CRATE: &str = "crate";

/// What stood between the parentheses of the attribute.
pub(crate) struct Arguments {
    /// Builder calls in the order written.
    calls: Vec<(Ident, Expr)>,
    /// The path of `crate = path`.
    krate: Option<Path>,
}

impl Arguments {
    /// The path to `reenact`: as the user gave it, else `::reenact` at `place`.
    pub(crate) fn krate(&self, place: Span) -> TokenStream {
        match &self.krate {
            Some(path) => quote!(#path),
            None => quote_spanned!(place=> ::reenact),
        }
    }

    /// `.seeds(200).jobs(2)`, in the order written.
    pub(crate) fn builder_calls(&self) -> TokenStream {
        self.calls.iter().map(|(name, value)| quote!(.#name(#value))).collect()
    }
}

impl Parse for Arguments {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let mut arguments = Arguments { calls: Vec::new(), krate: None };
        while !input.is_empty() {
            arguments.parse_one(input)?;
            if input.is_empty() {
                break;
            }
            if !input.peek(Token![,]) {
                return Err(input.error("expected `,` between two arguments"));
            }
            input.parse::<Token![,]>()?;
        }
        Ok(arguments)
    }
}

impl Arguments {
    fn parse_one(&mut self, input: ParseStream) -> syn::Result<()> {
        if !input.peek(Ident::peek_any) {
            return Err(input.error(format!("expected an argument, such as `seeds = 200`; {}", known())));
        }
        let name = input.call(Ident::parse_any)?;
        let text = name.to_string();
        let is_crate = text == CRATE;
        if !is_crate && !BUILDER_CALLS.contains(&text.as_str()) {
            return Err(Error::new(name.span(), unknown(&text)));
        }
        let twice =
            if is_crate { self.krate.is_some() } else { self.calls.iter().any(|(other, _)| *other == name) };
        if twice {
            return Err(Error::new(name.span(), format!("`{text}` is given twice; keep one of them")));
        }
        expect_equals(&name, input)?;
        if is_crate {
            let path = input.call(Path::parse_mod_style).map_err(|error| {
                Error::new(
                    error.span(),
                    "expected the path at which `reenact` is found, such as `crate = my::reenact`",
                )
            })?;
            self.krate = Some(path);
        } else {
            self.calls.push((name, input.parse()?));
        }
        Ok(())
    }
}

fn expect_equals(name: &Ident, input: ParseStream) -> syn::Result<()> {
    let missing_value =
        |span: Span| Error::new(span, format!("`{name}` needs a value, written `{name} = …`"));
    if !input.peek(Token![=]) || input.peek(Token![==]) {
        let span = if input.is_empty() || input.peek(Token![,]) || input.peek(token::Paren) {
            name.span()
        } else {
            input.span()
        };
        return Err(missing_value(span));
    }
    let equals: Token![=] = input.parse()?;
    if input.is_empty() || input.peek(Token![,]) {
        return Err(missing_value(equals.span));
    }
    Ok(())
}

fn unknown(name: &str) -> String {
    match nearest(name) {
        Some(near) => format!("unknown argument `{name}`; did you mean `{near}`? {}", known()),
        None => format!("unknown argument `{name}`; {}", known()),
    }
}

fn known() -> String {
    let names: Vec<_> = BUILDER_CALLS.iter().map(|name| format!("`{name}`")).collect();
    format!("the arguments are {} and `{CRATE}`", names.join(", "))
}

/// The known argument that `name` is likely meant to be: one that it begins, or that begins it, or
/// the one with the fewest letters to change, if those are at most a third of it.
fn nearest(name: &str) -> Option<&'static str> {
    let candidates = BUILDER_CALLS.iter().copied().chain([CRATE]);
    let related = |known: &str| name.len() >= 3 && (known.starts_with(name) || name.starts_with(known));
    let distance = |known: &str| {
        if related(known) { 0 } else { edits(name, known) }
    };
    let (edits, known) = candidates.map(|known| (distance(known), known)).min_by_key(|(edits, _)| *edits)?;
    (edits <= known.len().div_ceil(3)).then_some(known)
}

/// How many letters must be put in, taken out or changed to make `b` of `a`.
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let changed = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::{Arguments, edits, nearest};
    use proc_macro2::Span;
    use quote::quote;

    fn parse(tokens: proc_macro2::TokenStream) -> Result<Arguments, String> {
        syn::parse2(tokens).map_err(|error| error.to_string())
    }

    fn error(tokens: proc_macro2::TokenStream) -> String {
        parse(tokens).err().expect("an error")
    }

    #[test]
    fn arguments_become_calls_in_the_order_written() {
        let arguments = parse(quote!(jobs = 2, seeds = 0..1000, net = Config::lan(),)).unwrap();
        let calls = arguments.builder_calls().to_string();
        assert_eq!(calls, quote!(.jobs(2).seeds(0..1000).net(Config::lan())).to_string());
        assert_eq!(arguments.krate(Span::call_site()).to_string(), quote!(::reenact).to_string());
    }

    #[test]
    fn no_argument_is_no_call() {
        assert!(parse(quote!()).unwrap().builder_calls().is_empty());
    }

    #[test]
    fn the_crate_may_be_elsewhere() {
        let arguments = parse(quote!(crate = crate::vendored::reenact)).unwrap();
        assert_eq!(
            arguments.krate(Span::call_site()).to_string(),
            quote!(crate::vendored::reenact).to_string()
        );
        assert!(error(quote!(crate = "reenact")).contains("`crate = my::reenact`"));
    }

    #[test]
    fn an_unknown_argument_lists_the_known_ones() {
        let message = error(quote!(flavor = 1));
        assert!(
            message.starts_with("unknown argument `flavor`; the arguments are `seeds`, `jobs`"),
            "{message}"
        );
        assert!(message.ends_with("`reaches` and `crate`"), "{message}");
    }

    #[test]
    fn a_misspelt_argument_is_answered_with_the_right_one() {
        for (wrong, right) in [
            ("seed", "seeds"),
            ("sedes", "seeds"),
            ("job", "jobs"),
            ("max_step", "max_steps"),
            ("max_virtual_time", "max_virtual"),
            ("determinsm", "determinism"),
            ("keepgoing", "keep_going"),
            ("network", "net"),
            ("krate", "crate"),
        ] {
            assert_eq!(nearest(wrong), Some(right), "{wrong}");
        }
        assert_eq!(nearest("flavor"), None);
        assert!(error(quote!(seed = 3)).contains("did you mean `seeds`?"));
    }

    #[test]
    fn edits_are_counted() {
        assert_eq!(edits("", "abc"), 3);
        assert_eq!(edits("abc", "abc"), 0);
        assert_eq!(edits("kitten", "sitting"), 3);
    }

    #[test]
    fn an_argument_given_twice_is_an_error() {
        assert_eq!(error(quote!(seeds = 1, seeds = 2)), "`seeds` is given twice; keep one of them");
        assert_eq!(error(quote!(crate = a, crate = b)), "`crate` is given twice; keep one of them");
    }

    #[test]
    fn an_argument_needs_a_value() {
        for tokens in [quote!(seeds), quote!(seeds,), quote!(seeds =), quote!(seeds(3)), quote!(seeds: 3)] {
            assert_eq!(error(tokens), "`seeds` needs a value, written `seeds = …`");
        }
    }

    #[test]
    fn other_mistakes_are_named() {
        assert!(error(quote!(200)).starts_with("expected an argument, such as `seeds = 200`"));
        assert_eq!(error(quote!(seeds = 1; jobs = 2)), "expected `,` between two arguments");
    }
}
