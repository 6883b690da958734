//! The test attribute: the ordinary test that it makes of an `async fn`.
//!
//! Pure: it writes one call. What a run is, which outputs it may have and what becomes of a failure
//! is known to `reenact` alone.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::parse::{ParseStream, Parser as _};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned as _;
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, FnArg, Ident, Lifetime, PatType, ReturnType, Token};

use crate::arguments::Arguments;
use crate::attributes::{is_lint_level, is_test, makes_tests};
use crate::function::{Parameter, TestFunction};

/// The expansion, or the errors and the function as written, so that code is still completed.
pub(crate) fn expand_or_report(arguments: TokenStream, item: TokenStream) -> TokenStream {
    expand(arguments, item.clone()).unwrap_or_else(|error| {
        let errors = error.into_compile_error();
        let item = without_test_attributes.parse2(item.clone()).unwrap_or(item);
        quote!(#errors #item)
    })
}

/// The item without what would make a test of it and give the same mistake a second error.
fn without_test_attributes(input: ParseStream) -> syn::Result<TokenStream> {
    let mut attributes = input.call(Attribute::parse_outer)?;
    attributes.retain(|attribute| !is_test(attribute));
    let rest: TokenStream = input.parse()?;
    Ok(quote!(#(#attributes)* #rest))
}

/// The expansion of `#[reenact::test(arguments)] item`.
pub(crate) fn expand(arguments: TokenStream, item: TokenStream) -> syn::Result<TokenStream> {
    let arguments = syn::parse2::<Arguments>(arguments);
    let function = syn::parse2::<TestFunction>(item);
    match (arguments, function) {
        (Ok(arguments), Ok(function)) => Ok(function.expand(&arguments)),
        (Err(mut error), Err(other)) => {
            error.combine(other);
            Err(error)
        }
        (Err(error), Ok(_)) | (Ok(_), Err(error)) => Err(error),
    }
}

impl TestFunction {
    fn expand(&self, arguments: &Arguments) -> TokenStream {
        let TestFunction { attributes, visibility, signature, body, .. } = self;
        let name = &signature.ident;
        let fn_token = &signature.fn_token;
        let test_parameters = self.parameters.iter().filter_map(Parameter::of_test);
        let mut inner = signature.clone();
        inner.inputs = self.parameters.iter().map(Parameter::of_user).collect::<Punctuated<_, Token![,]>>();
        let call = self.call(arguments);
        let test = (!attributes.iter().any(makes_tests)).then(|| quote!(#[::core::prelude::v1::test]));
        quote! {
            #(#attributes)*
            #test
            #visibility #fn_token #name(#(#test_parameters),*) {
                #inner #body
                #call
            }
        }
    }

    /// The call of `run_test`. It stands at the output type, or the name if there is none, where a
    /// message that the output is not supported belongs.
    fn call(&self, arguments: &Arguments) -> TokenStream {
        let name = &self.signature.ident;
        let place = match &self.signature.output {
            ReturnType::Type(_, ty) => ty.span(),
            ReturnType::Default => name.span(),
        };
        let place = place.resolved_at(Span::mixed_site());
        let krate = arguments.krate(place);
        let site = self.site(&krate);
        let builder_calls = arguments.builder_calls();
        let check = Ident::new("check", place);
        let has_sim = self.parameters.iter().any(|parameter| matches!(parameter, Parameter::Sim(_)));
        let sim = Ident::new(if has_sim { "sim" } else { "_sim" }, place);
        let values = self.parameters.iter().map(|parameter| {
            let place = parameter.argument().ty.span().resolved_at(Span::mixed_site());
            match parameter {
                Parameter::Sim(_) => Ident::new("sim", place).into_token_stream(),
                Parameter::Value(_, name) => {
                    quote_spanned!(place=> ::core::clone::Clone::clone(&#name))
                }
            }
        });
        let by_value = self.parameters.iter().any(|parameter| matches!(parameter, Parameter::Value(..)));
        let move_token = by_value.then(|| Token![move](place));
        quote_spanned! {place=>
            #krate::__private::run_test(
                #site,
                |#check| #check #builder_calls,
                #move_token |#sim| #name(#(#values),*),
            )
        }
    }

    fn site(&self, krate: &TokenStream) -> TokenStream {
        let name = &self.signature.ident;
        // The test harness knows `r#match` by that name.
        let text = name.to_string();
        let should_panic = self.attributes.iter().any(|attribute| attribute.path().is_ident("should_panic"));
        let line = quote_spanned!(name.span()=> ::core::line!());
        quote! {
            #krate::__private::Site {
                package: ::core::env!("CARGO_PKG_NAME"),
                manifest_dir: ::core::env!("CARGO_MANIFEST_DIR"),
                module: ::core::module_path!(),
                name: #text,
                file: ::core::file!(),
                line: #line,
                integration: ::core::option_env!("CARGO_TARGET_TMPDIR").is_some(),
                should_panic: #should_panic,
            }
        }
    }
}

impl Parameter {
    fn argument(&self) -> &PatType {
        let (Parameter::Sim(argument) | Parameter::Value(argument, _)) = self;
        argument
    }

    /// As the user's function takes it: without the attributes that are for others.
    fn of_user(&self) -> FnArg {
        let mut argument = self.argument().clone();
        argument.attrs.retain(is_lint_level);
        FnArg::Typed(argument)
    }

    /// As the test takes it: with the attributes that are for others, and a plain name. The value
    /// is given to every run, so a reference is one that outlives them.
    fn of_test(&self) -> Option<TokenStream> {
        let Parameter::Value(argument, name) = self else {
            return None;
        };
        let attributes = argument.attrs.iter().filter(|attribute| !is_lint_level(attribute));
        let mut ty = argument.ty.clone();
        StaticReferences.visit_type_mut(&mut ty);
        Some(quote!(#(#attributes)* #name: #ty))
    }
}

/// Makes `&'static T` of `&T`, except in the types of functions, where it means any lifetime.
struct StaticReferences;

impl VisitMut for StaticReferences {
    fn visit_type_reference_mut(&mut self, reference: &mut syn::TypeReference) {
        if reference.lifetime.as_ref().is_none_or(|lifetime| lifetime.ident == "_") {
            reference.lifetime = Some(Lifetime::new("'static", reference.and_token.span()));
        }
        visit_mut::visit_type_reference_mut(self, reference);
    }

    fn visit_type_fn_ptr_mut(&mut self, _: &mut syn::TypeFnPtr) {}

    fn visit_parenthesized_generic_arguments_mut(&mut self, _: &mut syn::ParenthesizedGenericArguments) {}
}

#[cfg(test)]
mod tests {
    use super::{expand, expand_or_report};
    use proc_macro2::TokenStream;
    use quote::quote;

    fn site(krate: &TokenStream, name: &str, should_panic: bool) -> TokenStream {
        quote! {
            #krate::__private::Site {
                package: ::core::env!("CARGO_PKG_NAME"),
                manifest_dir: ::core::env!("CARGO_MANIFEST_DIR"),
                module: ::core::module_path!(),
                name: #name,
                file: ::core::file!(),
                line: ::core::line!(),
                integration: ::core::option_env!("CARGO_TARGET_TMPDIR").is_some(),
                should_panic: #should_panic,
            }
        }
    }

    fn check(arguments: TokenStream, item: TokenStream, expected: &TokenStream) {
        assert_eq!(expand(arguments, item).unwrap().to_string(), expected.to_string());
    }

    #[test]
    fn a_test_calls_run_test_with_its_site_its_builder_and_its_function() {
        let site = site(&quote!(::reenact), "f", false);
        let arguments = quote!(seeds = 200, jobs = 2);
        let item = quote! {
            #[ignore]
            pub async fn f(mut sim: Sim) -> Result<(), String> { sim.go().await }
        };
        let expected = quote! {
            #[ignore]
            #[::core::prelude::v1::test]
            pub fn f() {
                async fn f(mut sim: Sim) -> Result<(), String> { sim.go().await }
                ::reenact::__private::run_test(#site, |check| check.seeds(200).jobs(2), |sim| f(sim),)
            }
        };
        check(arguments, item, &expected);
    }

    #[test]
    fn without_a_parameter_the_simulation_is_not_passed() {
        let site = site(&quote!(vendored::reenact), "r#type", false);
        let expected = quote! {
            #[::core::prelude::v1::test]
            fn r#type() {
                async fn r#type() {}
                vendored::reenact::__private::run_test(#site, |check| check, |_sim| r#type(),)
            }
        };
        check(quote!(crate = vendored::reenact), quote! { async fn r#type() {} }, &expected);
    }

    #[test]
    fn values_of_other_attributes_are_cloned_for_every_run() {
        let site = site(&quote!(::reenact), "f", false);
        let item = quote! {
            #[rstest]
            async fn f(#[case] mut n: u32, sim: Sim, #[allow(unused)] #[values("a")] s: &str) {}
        };
        let expected = quote! {
            #[rstest]
            #[::core::prelude::v1::test]
            fn f(#[case] n: u32, #[values("a")] s: &'static str) {
                async fn f(mut n: u32, sim: Sim, #[allow(unused)] s: &str) {}
                ::reenact::__private::run_test(
                    #site,
                    |check| check,
                    move |sim| f(::core::clone::Clone::clone(&n), sim, ::core::clone::Clone::clone(&s)),
                )
            }
        };
        check(quote!(), item, &expected);
    }

    #[test]
    fn references_become_static_but_for_those_of_functions() {
        let item = quote! {
            async fn f(#[case] a: &[&'_ str], #[case] b: fn(&u8), #[case] c: &'static dyn Fn(&u8) -> &u8) {}
        };
        let text = expand(quote!(), item).unwrap().to_string();
        let parameters = quote! {
            #[case] a: &'static [&'static str], #[case] b: fn(&u8), #[case] c: &'static dyn Fn(&u8) -> &u8
        };
        assert!(text.contains(&parameters.to_string()), "{text}");
    }

    #[test]
    fn should_panic_is_seen_in_each_of_its_forms() {
        for attribute in
            [quote!(#[should_panic]), quote!(#[should_panic = "x"]), quote!(#[should_panic(expected = "x")])]
        {
            let text = expand(quote!(), quote!(#attribute async fn f() {})).unwrap().to_string();
            assert!(text.contains(&quote!(should_panic: true,).to_string()), "{text}");
            assert!(text.starts_with(&attribute.to_string()), "{text}");
        }
    }

    #[test]
    fn test_case_makes_its_own_tests() {
        let item = quote! { #[test_case(1)] async fn f(n: u32, sim: Sim) {} };
        let text = expand(quote!(), item).unwrap().to_string();
        assert!(text.starts_with(&quote!(#[test_case(1)] fn f(n: u32)).to_string()), "{text}");
    }

    #[test]
    fn errors_of_arguments_and_function_come_together_and_the_function_stays() {
        let text = expand_or_report(quote!(seed = 1), quote!(#[inline] #[test] fn f() { body. })).to_string();
        assert_eq!(text.matches("compile_error").count(), 2, "{text}");
        assert!(text.ends_with(&quote!(#[inline] fn f() { body. }).to_string()), "{text}");
        let text = expand_or_report(quote!(), quote! { struct S; }).to_string();
        assert!(text.ends_with("struct S ;"), "{text}");
    }
}
