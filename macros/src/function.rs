//! Which functions can be a test, and who supplies their parameters.
//!
//! Pure. The body is not looked into, so that code which is still being typed there is completed and
//! reported by the compiler, at its place. Types are known by their names only: whether `Sim` is
//! reenact's is found by the compiler, in the call that is written.

use proc_macro2::{Group, Span};
use quote::format_ident;
use syn::parse::{Parse, ParseStream};
use syn::spanned::Spanned as _;
use syn::{Attribute, Error, FnArg, Ident, Pat, PatType, Safety, Signature, Token, Type, Visibility, token};

use crate::attributes::{is_builtin, is_test, path_text};

/// An `async fn` that can be a test.
pub(crate) struct TestFunction {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) signature: Signature,
    pub(crate) parameters: Vec<Parameter>,
    pub(crate) body: Group,
}

/// A parameter of the user's function, and who supplies it.
pub(crate) enum Parameter {
    /// The simulation, from the run.
    Sim(PatType),
    /// A value, from another attribute; the test takes it under this name.
    Value(PatType, Ident),
}

impl Parse for TestFunction {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        let begins_function = input.peek(Token![async])
            || input.peek(Token![fn])
            || input.peek(Token![const])
            || input.peek(Token![unsafe])
            || input.peek(Token![extern]);
        if !begins_function {
            return Err(input.error("`#[reenact::test]` stands on an `async fn`"));
        }
        let signature: Signature = input.parse()?;
        if !input.peek(token::Brace) {
            return Err(input.error("a test needs a body"));
        }
        let body = input.parse()?;
        check_attributes(&attributes)?;
        check_signature(&signature)?;
        let parameters = parameters(&attributes, &signature)?;
        Ok(TestFunction { attributes, visibility, signature, parameters, body })
    }
}

fn check_attributes(attributes: &[Attribute]) -> syn::Result<()> {
    match attributes.iter().find(|attribute| is_test(attribute)) {
        Some(other) => {
            let path = path_text(other);
            let message =
                format!("remove `#[{path}]`: `#[reenact::test]` makes the test, and it would run twice");
            Err(Error::new_spanned(other, message))
        }
        None => Ok(()),
    }
}

fn check_signature(signature: &Signature) -> syn::Result<()> {
    if let Safety::Unsafe(token) = &signature.safety {
        return Err(Error::new(token.span, "a test cannot be `unsafe`: nobody could keep its promise"));
    }
    if let Some(token) = &signature.constness {
        return Err(Error::new(token.span, "a test cannot be `const`"));
    }
    if let Some(abi) = &signature.abi {
        return Err(Error::new_spanned(abi, "a test cannot be `extern`"));
    }
    if signature.asyncness.is_none() {
        let message = "a simulation test is an `async fn`: put `async` before `fn`, \
            or use `#[test]` if nothing is awaited";
        return Err(Error::new(signature.fn_token.span, message));
    }
    if !signature.generics.params.is_empty() {
        let message = "a test cannot be generic: nobody would choose the parameters";
        return Err(Error::new_spanned(&signature.generics, message));
    }
    if let Some(clause) = &signature.generics.where_clause {
        return Err(Error::new_spanned(clause, "a test cannot be generic, so it needs no `where`"));
    }
    if let Some(variadic) = &signature.variadic {
        return Err(Error::new_spanned(variadic, "a test takes no variable arguments"));
    }
    Ok(())
}

/// Tells the simulation from values that another attribute supplies. An only parameter is the
/// simulation whatever its type is called, unless there is such an attribute.
fn parameters(attributes: &[Attribute], signature: &Signature) -> syn::Result<Vec<Parameter>> {
    let mut typed = Vec::new();
    for argument in &signature.inputs {
        match argument {
            FnArg::Receiver(receiver) => {
                return Err(Error::new_spanned(
                    receiver,
                    "a test is a function, not a method: it takes no `self`",
                ));
            }
            FnArg::Typed(argument) => typed.push(argument.clone()),
        }
    }
    let of_attributes = |attributes: &[Attribute]| attributes.iter().any(|attribute| !is_builtin(attribute));
    let supplied = of_attributes(attributes) || typed.iter().any(|argument| of_attributes(&argument.attrs));
    let only = typed.len() == 1 && !supplied;
    let mut sim_seen = false;
    let mut parameters = Vec::new();
    for (index, argument) in typed.into_iter().enumerate() {
        let is_sim = only || is_sim(&argument.ty);
        if is_sim && sim_seen {
            return Err(Error::new_spanned(
                &argument,
                "a test has one simulation: take `Sim` once and `clone()` it",
            ));
        }
        if is_sim {
            sim_seen = true;
            parameters.push(Parameter::Sim(argument));
        } else if supplied {
            let name = value_name(&argument.pat, index);
            parameters.push(Parameter::Value(argument, name));
        } else {
            let message = "nobody supplies this parameter: a simulation test takes `sim: Sim` or nothing, \
                and others only with an attribute that gives their values, such as `#[rstest]`";
            return Err(Error::new_spanned(&argument, message));
        }
    }
    Ok(parameters)
}

/// Whether the last name of a type is `Sim`.
fn is_sim(ty: &Type) -> bool {
    match ty {
        Type::Path(path) => path.path.segments.last().is_some_and(|last| last.ident == "Sim"),
        Type::Group(group) => is_sim(&group.elem),
        Type::Paren(paren) => is_sim(&paren.elem),
        _ => false,
    }
}

/// The name under which the test takes a value; `rstest` looks fixtures up by it.
fn value_name(pattern: &Pat, index: usize) -> Ident {
    match pattern {
        Pat::Ident(binding) => binding.ident.clone(),
        _ => format_ident!("value{index}", span = pattern.span().resolved_at(Span::mixed_site())),
    }
}

#[cfg(test)]
mod tests {
    use super::{Parameter, TestFunction};

    fn parse(item: &str) -> Result<TestFunction, String> {
        syn::parse_str(item).map_err(|error| error.to_string())
    }

    fn error(item: &str) -> String {
        parse(item).err().expect("an error")
    }

    /// `sim` or the name of the value, for each parameter.
    fn parameters(item: &str) -> Vec<String> {
        let name = |parameter: &Parameter| match parameter {
            Parameter::Sim(_) => "sim".to_owned(),
            Parameter::Value(_, name) => name.to_string(),
        };
        parse(item).unwrap().parameters.iter().map(name).collect()
    }

    #[test]
    fn a_function_takes_the_simulation_or_nothing() {
        assert_eq!(parameters("async fn f() {}"), [""; 0]);
        assert_eq!(parameters("async fn f(sim: Sim) {}"), ["sim"]);
        assert_eq!(parameters("pub async fn f(mut s: reenact::Sim) {}"), ["sim"]);
        assert_eq!(parameters("async fn f(_: Sim) -> ! {}"), ["sim"]);
    }

    #[test]
    fn an_only_parameter_is_the_simulation_under_any_name() {
        assert_eq!(parameters("async fn f(world: World) {}"), ["sim"]);
        assert_eq!(parameters("#[ignore] async fn f(world: World) {}"), ["sim"]);
        assert_eq!(parameters("#[rstest] async fn f(world: World) {}"), ["world"]);
    }

    #[test]
    fn other_parameters_need_an_attribute_that_supplies_them() {
        let item = "#[rstest] async fn f(#[case] mut n: u32, sim: Sim, made: String, (a, b): (u8, u8)) {}";
        assert_eq!(parameters(item), ["n", "sim", "made", "value3"]);
        assert_eq!(parameters("async fn f(#[case] n: u32, s: Sim) {}"), ["n", "sim"]);
        for attributes in ["", "#[allow(unused)] #[ignore] #[doc = \"x\"] #[rustfmt::skip]"] {
            let message = error(&format!("{attributes} async fn f(sim: Sim, n: u32) {{}}"));
            assert!(message.starts_with("nobody supplies this parameter"), "{message}");
        }
    }

    #[test]
    fn there_is_one_simulation() {
        let message = error("async fn f(a: Sim, b: Sim) {}");
        assert!(message.starts_with("a test has one simulation"), "{message}");
    }

    #[test]
    fn functions_that_cannot_be_tests_are_told_why() {
        for (item, why) in [
            ("fn f() {}", "a simulation test is an `async fn`: put `async` before `fn`"),
            ("async fn f(&self) {}", "a test is a function, not a method"),
            ("async fn f(self: Box<Self>, sim: Sim) {}", "a test is a function, not a method"),
            ("async fn f<T>(sim: Sim) {}", "a test cannot be generic"),
            ("async fn f<'a>() {}", "a test cannot be generic"),
            ("async fn f() where u8: Copy {}", "a test cannot be generic, so it needs no `where`"),
            ("async unsafe fn f() {}", "a test cannot be `unsafe`"),
            ("const async fn f() {}", "a test cannot be `const`"),
            ("async extern \"C\" fn f() {}", "a test cannot be `extern`"),
            ("async fn f();", "a test needs a body"),
            ("struct S;", "`#[reenact::test]` stands on an `async fn`"),
            ("#[test] async fn f() {}", "remove `#[test]`: `#[reenact::test]` makes the test"),
            ("#[tokio::test(flavor = \"x\")] async fn f() {}", "remove `#[tokio::test]`"),
            ("#[reenact::test] async fn f() {}", "remove `#[reenact::test]`"),
        ] {
            let message = error(item);
            assert!(message.starts_with(why), "{item}: {message}");
        }
    }

    #[test]
    fn the_body_is_not_looked_into() {
        let body = parse("async fn f() { let x = ; sim. }").unwrap().body;
        assert_eq!(body.to_string(), "{ let x = ; sim . }");
    }
}
