//! A branch's pattern made fit to be tried on a value that must stay whole.
//!
//! `select!` asks whether a pattern accepts an output before the handler takes the output apart, so
//! it tries the pattern on a reference: `match &output { pattern => true, _ => false }`. There
//! `ref`, `mut` and `&` are refused or would move, and a constant has the wrong type. This file
//! rewrites those and nothing else: it does not decide whether a pattern can fail, nor which names
//! it binds, and leaves the macros in a pattern as they are.
//!
//! Pure: a pattern in, a pattern out.

use proc_macro2::Span;
use syn::{Lit, Pat, Token};

/// The pattern that accepts `&value` when `pattern` accepts `value`, and moves nothing out of it.
pub(crate) fn by_reference(pattern: &Pat) -> Pat {
    let mut cleaned = pattern.clone();
    clean(&mut cleaned, Under::Value);
    cleaned
}

/// What a pattern stands under, which says what its bindings take.
#[derive(Clone, Copy, PartialEq)]
enum Under {
    /// The value itself: a `&` here means the value is a reference, and ours stands before it.
    Value,
    /// A constructor matched through our reference: bindings borrow; `&`, `ref` and `mut` are refused.
    Borrow,
    /// A `&` that the user wrote: bindings copy, unless they say `ref`.
    Reference,
}

impl Under {
    /// What the parts of a tuple, struct or slice stand under.
    fn inside(self) -> Under {
        if self == Under::Value { Under::Borrow } else { self }
    }
}

fn clean(pattern: &mut Pat, under: Under) {
    match pattern {
        _ if under == Under::Value && looks_constant(pattern) => *pattern = behind_ours(pattern),
        Pat::Ident(binding) => {
            binding.mutability = None;
            if under != Under::Reference {
                binding.by_ref = None;
            }
            if let Some((_at, inner)) = &mut binding.subpat {
                clean(inner, under);
            }
        }
        Pat::Reference(_) => clean_reference(pattern, under),
        Pat::Or(or) => or.cases.iter_mut().for_each(|case| clean(case, under)),
        Pat::Paren(paren) => clean(&mut paren.pat, under),
        Pat::Slice(slice) => slice.elems.iter_mut().for_each(|part| clean(part, under.inside())),
        Pat::Struct(fields) => {
            fields.fields.iter_mut().for_each(|field| clean(&mut field.pat, under.inside()))
        }
        Pat::Tuple(tuple) => tuple.elems.iter_mut().for_each(|part| clean(part, under.inside())),
        Pat::TupleStruct(tuple) => tuple.elems.iter_mut().for_each(|part| clean(part, under.inside())),
        // They bind nothing, or cannot be seen into.
        _ => {}
    }
}

/// `&pattern`, with a `&` for our reference.
fn behind_ours(pattern: &Pat) -> Pat {
    Pat::Reference(syn::PatReference {
        attrs: Vec::new(),
        and_token: Token![&](Span::mixed_site()),
        mutability: None,
        pat: Box::new(pattern.clone()),
    })
}

/// A `&` at the top gets a second one, for our reference. One that is matched through our reference
/// is refused since edition 2024, but a binding or a constructor there looks through it anyway, so
/// it is left out; a constant or a string does not, so there it stays, as edition 2021 allows.
fn clean_reference(pattern: &mut Pat, under: Under) {
    let Pat::Reference(reference) = pattern else {
        return;
    };
    match under {
        Under::Value => {
            clean(&mut reference.pat, Under::Reference);
            *pattern = behind_ours(pattern);
        }
        Under::Reference => clean(&mut reference.pat, under),
        Under::Borrow if looks_constant(&reference.pat) => {}
        Under::Borrow => {
            let mut inner = (*reference.pat).clone();
            clean(&mut inner, under);
            *pattern = inner;
        }
    }
}

/// Whether a pattern may be a constant, which is compared at its own type and does not look through
/// a reference: by the custom of names, since nothing else tells a constant from a binding.
fn looks_constant(pattern: &Pat) -> bool {
    match pattern {
        Pat::Path(_) => true,
        Pat::Lit(literal) => matches!(literal.lit, Lit::Str(_) | Lit::ByteStr(_) | Lit::CStr(_)),
        Pat::Ident(name) => {
            name.subpat.is_none() && name.ident.to_string().starts_with(|first: char| first.is_uppercase())
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::by_reference;
    use proc_macro2::TokenStream;
    use quote::{ToTokens as _, quote};
    use syn::Pat;
    use syn::parse::Parser as _;

    fn parse(pattern: TokenStream) -> Pat {
        Pat::parse_multi_with_leading_vert.parse2(pattern).expect("a pattern")
    }

    fn check(pattern: TokenStream, cleaned: TokenStream) {
        let text = |pattern: &Pat| pattern.to_token_stream().to_string();
        assert_eq!(text(&by_reference(&parse(pattern))), text(&parse(cleaned)));
    }

    #[test]
    fn bindings_lose_ref_and_mut() {
        check(quote!(mut x), quote!(x));
        check(quote!(ref x), quote!(x));
        check(quote!(ref mut x), quote!(x));
        check(quote!(mut x @ Some(_)), quote!(x @ Some(_)));
    }

    #[test]
    fn so_do_bindings_deep_inside() {
        check(quote!(Some(mut x)), quote!(Some(x)));
        check(quote!((mut a, [ref b, ..])), quote!((a, [b, ..])));
        check(quote!(S { mut c, d: ref d, .. }), quote!(S { c, d: d, .. }));
        check(quote!(Ok((mut x)) | Err(mut x)), quote!(Ok((x)) | Err(x)));
        check(quote!(all @ Some(ref part)), quote!(all @ Some(part)));
    }

    #[test]
    fn patterns_without_bindings_stay() {
        for pattern in [
            quote!(_),
            quote!(0),
            quote!(1..=9),
            quote!((_, ..)),
            quote!(Some(None | a::B)),
            quote!(Some("x")),
        ] {
            check(pattern.clone(), pattern);
        }
    }

    #[test]
    fn a_reference_at_the_top_is_seen_through_ours() {
        check(quote!(&x), quote!(&&x));
        check(quote!(&mut x), quote!(&&mut x));
        check(quote!(&Some(mut x)), quote!(&&Some(x)));
        check(quote!(&Pair(ref a, ref mut b)), quote!(&&Pair(ref a, ref b)));
        check(quote!(&&mut x), quote!(&&&mut x));
        check(quote!((&x)), quote!((&&x)));
        check(quote!(x @ &Some(_)), quote!(x @ &&Some(_)));
    }

    #[test]
    fn so_is_a_constant_at_the_top() {
        check(quote!(LIMIT), quote!(&LIMIT));
        check(quote!(None), quote!(&None));
        check(quote!(limits::UPPER | "x"), quote!(&limits::UPPER | &"x"));
        check(quote!(x @ (A | B)), quote!(x @ (&A | &B)));
        check(quote!(&LIMIT), quote!(&&LIMIT));
    }

    #[test]
    fn a_reference_inside_is_left_out_unless_it_may_stand_before_a_constant() {
        check(quote!(Some(&x)), quote!(Some(x)));
        check(quote!(Some(&mut x)), quote!(Some(x)));
        check(quote!(Some(&(mut a, 5))), quote!(Some((a, 5))));
        check(quote!(Some(&LIMIT)), quote!(Some(&LIMIT)));
        check(quote!(Some(&"x")), quote!(Some(&"x")));
    }
}
