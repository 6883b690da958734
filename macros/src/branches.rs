//! What may be written in `select!`: branches, and what is said of those that are not well formed.
//!
//! Pure. Patterns and futures are parsed; a handler that is a block is not looked into.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{Error, Expr, Pat, Token, token};

mod keyword {
    syn::custom_keyword!(biased);
}

/// How a branch is written, for messages.
const SHAPE: &str =
    "a branch is written `pattern = future => handler` or `pattern = future, if condition => handler`";

/// What stands between the braces of `select!`.
pub(crate) struct Select {
    pub(crate) biased: bool,
    pub(crate) branches: Vec<Branch>,
    pub(crate) otherwise: Option<TokenStream>,
}

/// `pattern = future, if condition => handler`.
pub(crate) struct Branch {
    pub(crate) pattern: Pat,
    pub(crate) future: Expr,
    pub(crate) condition: Option<Expr>,
    pub(crate) handler: TokenStream,
}

impl Parse for Select {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let mut select = Select { biased: false, branches: Vec::new(), otherwise: None };
        if input.peek(keyword::biased) && input.peek2(Token![;]) {
            input.parse::<keyword::biased>()?;
            input.parse::<Token![;]>()?;
            select.biased = true;
        }
        while !input.is_empty() {
            if select.otherwise.is_some() {
                return Err(input.error("the `else` branch comes last, and there is only one"));
            }
            if input.peek(Token![else]) {
                input.parse::<Token![else]>()?;
                expect_arrow(
                    input,
                    "expected `=>` after `else`, which takes no pattern, future or condition",
                )?;
                select.otherwise = Some(parse_handler(input)?);
            } else {
                select.branches.push(input.parse()?);
            }
        }
        if select.branches.is_empty() && select.otherwise.is_none() {
            return Err(Error::new(Span::call_site(), format!("`select!` needs a branch; {SHAPE}")));
        }
        Ok(select)
    }
}

impl Parse for Branch {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        if input.peek(Token![#]) {
            return Err(input.error("a branch of `select!` takes no attributes; `if cfg!(…)` can disable it"));
        }
        if input.peek(keyword::biased) && !input.peek2(Token![=]) {
            return Err(input.error("`biased;` stands before the first branch, with a semicolon"));
        }
        let pattern = Pat::parse_multi_with_leading_vert(input)?;
        if input.peek(Token![=>]) {
            let advice = "the branch that runs when all others are disabled is `else => handler`";
            return Err(
                input.error(format!("expected `=` and a future after the pattern; {SHAPE}; {advice}"))
            );
        }
        if input.peek(Token![if]) {
            return Err(input.error(format!("a condition stands after the future; {SHAPE}")));
        }
        if !input.peek(Token![=]) || input.peek(Token![==]) {
            return Err(input.error(format!("expected `=` after the pattern; {SHAPE}")));
        }
        input.parse::<Token![=]>()?;
        let future = input.parse()?;
        let condition = parse_condition(input)?;
        expect_arrow(input, &format!("expected `=>` and a handler; {SHAPE}"))?;
        let handler = parse_handler(input)?;
        Ok(Branch { pattern, future, condition, handler })
    }
}

fn parse_condition(input: ParseStream) -> syn::Result<Option<Expr>> {
    if input.peek(Token![if]) {
        return Err(input.error(format!("expected `,` between the future and `if`; {SHAPE}")));
    }
    if !input.peek(Token![,]) {
        return Ok(None);
    }
    input.parse::<Token![,]>()?;
    if !input.peek(Token![if]) {
        return Err(input.error(format!("expected `if` and a condition after the comma; {SHAPE}")));
    }
    input.parse::<Token![if]>()?;
    if input.peek(Token![let]) {
        return Err(input.error("a condition is a `bool`, not an `if let`; use `matches!`"));
    }
    input.parse().map(Some)
}

fn expect_arrow(input: ParseStream, otherwise: &str) -> syn::Result<()> {
    if !input.peek(Token![=>]) {
        return Err(input.error(otherwise));
    }
    input.parse::<Token![=>]>().map(drop)
}

/// A handler and the comma after it. A block is not looked into, so that code which is still being
/// typed there is completed and reported by the compiler, at its place.
fn parse_handler(input: ParseStream) -> syn::Result<TokenStream> {
    let is_block = input.peek(token::Brace);
    let handler = if is_block {
        TokenStream::from(input.parse::<TokenTree>()?)
    } else {
        let handler: Expr = input.parse()?;
        quote!(#handler)
    };
    if input.peek(Token![,]) {
        input.parse::<Token![,]>()?;
    } else if !is_block && !input.is_empty() {
        return Err(input.error("expected `,` after the handler; only one that is a block may go without"));
    }
    Ok(handler)
}

#[cfg(test)]
mod tests {
    use super::Select;
    use proc_macro2::TokenStream;
    use quote::{ToTokens as _, quote};

    fn parse(input: TokenStream) -> Select {
        syn::parse2(input).expect("a select")
    }

    fn error(input: TokenStream) -> String {
        syn::parse2::<Select>(input).err().expect("an error").to_string()
    }

    #[test]
    fn branches_conditions_and_else_are_told_apart() {
        let select = parse(quote! {
            biased;
            | Some(mut x) | Ok(x) = rx.recv(), if a > b => f(x),
            _ = &mut sleep => { stop(); }
            _ = async {}, if { c } => {},
            y = (z) => a = y,
            else => break 'outer,
        });
        assert!(select.biased);
        let branches = select.branches.iter().map(|branch| {
            let text = |tokens: &dyn Fn() -> TokenStream| tokens().to_string();
            let condition =
                branch.condition.as_ref().map(|condition| condition.to_token_stream().to_string());
            (text(&|| branch.future.to_token_stream()), condition, branch.handler.to_string())
        });
        let expected = [
            ("rx . recv ()", Some("a > b"), "f (x)"),
            ("& mut sleep", None, "{ stop () ; }"),
            ("async { }", Some("{ c }"), "{ }"),
            ("(z)", None, "a = y"),
        ];
        let owned = expected.map(|(future, condition, handler)| {
            (future.to_owned(), condition.map(str::to_owned), handler.to_owned())
        });
        assert_eq!(branches.collect::<Vec<_>>(), owned);
        assert_eq!(select.otherwise.unwrap().to_string(), "break 'outer");
    }

    #[test]
    fn biased_may_be_a_name() {
        assert!(!parse(quote!(biased = fut => biased)).biased);
    }

    #[test]
    fn a_handler_that_is_a_block_is_not_looked_into() {
        let select = parse(quote!(_ = fut => { let x = ; foo. }));
        assert_eq!(select.branches[0].handler.to_string(), quote!({ let x = ; foo. }).to_string());
    }

    #[test]
    fn mistakes_are_named() {
        for (input, message) in [
            (quote!(), "`select!` needs a branch; a branch is written `pattern = future => handler`"),
            (quote!(biased;), "`select!` needs a branch"),
            (quote!(a => b), "expected `=` and a future after the pattern"),
            (quote!(complete => b), "the branch that runs when all others are disabled is `else => handler`"),
            (quote!(a == b => c), "expected `=` after the pattern"),
            (quote!(a if b = c => d), "a condition stands after the future"),
            (quote!(a = b if c => d), "expected `,` between the future and `if`"),
            (quote!(a = b, c => d), "expected `if` and a condition after the comma"),
            (quote!(a = b, if let c = d => e), "a condition is a `bool`, not an `if let`"),
            (quote!(a = b), "expected `=>` and a handler"),
            (quote!(a = b => c d = e => f), "expected `,` after the handler"),
            (quote!(else => a, b = c => d), "the `else` branch comes last"),
            (quote!(else => a, else => b), "the `else` branch comes last"),
            (quote!(else a = b => c), "expected `=>` after `else`"),
            (quote!(biased, a = b => c), "`biased;` stands before the first branch"),
            (quote!(a = b => c, biased; d = e => f), "`biased;` stands before the first branch"),
            (quote!(#[cfg(x)] a = b => c), "a branch of `select!` takes no attributes"),
        ] {
            let text = error(input.clone());
            assert!(text.contains(message), "{input}: {text}");
        }
    }
}
