//! `select!`: the code that waits on its branches and runs the handler of one.
//!
//! Pure: it decides nothing. Which branch is polled first is asked of `reenact` when the select is
//! polled; what a future does, and whether dropping it loses something, is the user's.
//!
//! The code written has three parts, so that handlers may do what they like: the futures are pinned
//! and polled in a block, the block ends and drops them, and then the one output is matched.

use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Ident, Pat};

use crate::branches::Select;
use crate::pattern::by_reference;

/// The expansion, or the error in its place.
pub(crate) fn expand_or_report(input: TokenStream) -> TokenStream {
    expand(input).unwrap_or_else(|error| error.into_compile_error())
}

/// The expansion of `select! { input }`.
pub(crate) fn expand(input: TokenStream) -> syn::Result<TokenStream> {
    Ok(syn::parse2::<Select>(input)?.expand())
}

/// The place of generated code: messages point at `place`, and the names of local variables are
/// hidden from the user's code as the user's are from it.
fn at(place: Span) -> Span {
    place.resolved_at(Span::mixed_site())
}

impl Select {
    fn expand(&self) -> TokenStream {
        let otherwise = self.otherwise();
        if self.branches.is_empty() {
            return otherwise;
        }
        let output_enum = Ident::new("__ReenactSelect", Span::mixed_site());
        let kinds = self.numbered("Branch");
        let patterns = self.branches.iter().map(|branch| &branch.pattern);
        let handlers = self.branches.iter().map(|branch| &branch.handler);
        let evaluate = self.evaluate();
        let poll = self.poll(&output_enum, &kinds);
        quote_spanned! {Span::mixed_site()=> {
            enum #output_enum<#(#kinds),*> {
                #(#kinds(#kinds),)*
                Disabled,
            }
            let mut output = {
                #evaluate
                #[allow(unused, clippy::all, clippy::pedantic)]
                let poll = #poll;
                ::core::future::poll_fn(poll).await
            };
            match output {
                #(#output_enum::#kinds(#patterns) => #handlers,)*
                #output_enum::Disabled => #otherwise,
                #[allow(unreachable_patterns)]
                _ => ::core::unreachable!("the pattern accepted this value when it was tried"),
            }
        }}
    }

    fn otherwise(&self) -> TokenStream {
        match &self.otherwise {
            Some(handler) => handler.clone(),
            None => quote_spanned! {Span::mixed_site()=>
                ::core::panic!("reenact::select!: all branches are disabled and there is no else branch")
            },
        }
    }

    /// The statements that evaluate the conditions, evaluate the futures and pin them. Each
    /// expression is the whole of a tuple: its temporaries go before the next one is evaluated, what
    /// it borrows of itself (`&mut receiver()`) stays, and no lint blames parentheses around it. What
    /// is declared last is dropped first: pinned from the last to the first, the futures are dropped
    /// in the order written.
    fn evaluate(&self) -> TokenStream {
        let (conditions, futures) = (self.numbered("condition"), self.numbered("future"));
        let values = self.branches.iter().map(|branch| match &branch.condition {
            Some(condition) => quote!(#condition),
            None => quote!(true),
        });
        let expressions = self.branches.iter().map(|branch| &branch.future);
        let pins = self.branches.iter().zip(&futures).rev().map(|(branch, future)| {
            let future = Ident::new(&future.to_string(), at(branch.future.span()));
            quote_spanned! {future.span()=>
                let mut #future = ::core::pin::pin!(::core::future::IntoFuture::into_future(#future));
            }
        });
        quote_spanned! {Span::mixed_site()=>
            #(let (#conditions,): (bool,) = (#values,);)*
            let mut enabled = [#(#conditions),*];
            #(let (#futures,) = (#expressions,);)*
            #(#pins)*
        }
    }

    /// The closure that polls the enabled branches once, beginning where the run says.
    fn poll(&self, output_enum: &Ident, kinds: &[Ident]) -> TokenStream {
        let count = u32::try_from(kinds.len()).expect("fewer branches than fit in memory");
        let start = if self.biased { quote!(0) } else { quote!(::reenact::__private::select_start(#count)) };
        let arms =
            self.branches.iter().zip(kinds).enumerate().map(|(index, (branch, kind))| {
                poll_arm(index, &branch.pattern, &quote!(#output_enum::#kind))
            });
        quote_spanned! {Span::mixed_site()=>
            move |context: &mut ::core::task::Context<'_>| {
                let mut pending = false;
                let start: u32 = #start;
                let start = start as usize;
                for branch in ::core::iter::Iterator::chain(start..enabled.len(), 0..start) {
                    match branch {
                        #(#arms)*
                        _ => {}
                    }
                }
                if pending {
                    ::core::task::Poll::Pending
                } else {
                    ::core::task::Poll::Ready(#output_enum::Disabled)
                }
            }
        }
    }

    fn numbered(&self, prefix: &str) -> Vec<Ident> {
        (0..self.branches.len()).map(|index| name(prefix, index)).collect()
    }
}

/// A variable or variant of the branch at this index.
fn name(prefix: &str, index: usize) -> Ident {
    format_ident!("{prefix}{index}", span = Span::mixed_site())
}

/// Polls one branch, once: a future that completes is disabled before its value is looked at.
fn poll_arm(index: usize, pattern: &Pat, kind: &TokenStream) -> TokenStream {
    let future = name("future", index);
    let accepted = by_reference(pattern);
    quote_spanned! {Span::mixed_site()=>
        #index if enabled[#index] => {
            match ::core::future::Future::poll(::core::pin::Pin::as_mut(&mut #future), context) {
                ::core::task::Poll::Pending => pending = true,
                ::core::task::Poll::Ready(output) => {
                    enabled[#index] = false;
                    let accepted = match &output {
                        #accepted => true,
                        _ => false,
                    };
                    if accepted {
                        return ::core::task::Poll::Ready(#kind(output));
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{expand, expand_or_report};
    use quote::quote;

    #[test]
    fn the_run_is_asked_once_a_poll_unless_biased() {
        let asked = |input| expand(input).unwrap().to_string().matches("select_start").count();
        assert_eq!(asked(quote!(a = b => c, d = e => f)), 1);
        assert_eq!(asked(quote!(biased; a = b => c, d = e => f)), 0);
        let text = expand(quote!(a = b => c, d = e => f)).unwrap().to_string();
        assert!(text.contains(&quote!(::reenact::__private::select_start(2u32)).to_string()), "{text}");
    }

    #[test]
    fn without_branches_else_is_all_that_is_left() {
        assert_eq!(expand(quote!(biased; else => { 3 })).unwrap().to_string(), "{ 3 }");
    }

    #[test]
    fn an_else_that_is_missing_panics_with_the_name_of_the_macro() {
        let message = "reenact::select!: all branches are disabled and there is no else branch";
        assert!(expand(quote!(a = b => c)).unwrap().to_string().contains(message));
        assert!(!expand(quote!(a = b => c, else => d)).unwrap().to_string().contains(message));
    }

    #[test]
    fn there_may_be_many_branches() {
        let branches = (0..200u32).map(|number| quote!(#number = f(#number) => g(#number),));
        let text = expand(branches.collect()).unwrap().to_string();
        assert!(text.contains("future199"));
    }

    #[test]
    fn an_error_is_reported_in_place() {
        assert!(expand_or_report(quote!(a)).to_string().contains("compile_error"));
    }
}
