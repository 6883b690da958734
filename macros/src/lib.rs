//! The macros of `reenact`, so that a property test reads as an ordinary test and a race between
//! futures is decided by the run's seed.
//!
//! Both macros only write calls to `reenact`: nothing of a simulation happens here, and no file,
//! environment variable or clock is read. The crate is used through `reenact`, which exports
//! [`macro@test`] and [`select!`] again, with examples that run; their expansions name
//! `::reenact::__private`, a part of `reenact` that may change in every release.
//!
//! Every file is pure, tokens in and tokens out, so each is tested without a compiler.
#![deny(missing_docs)]

mod arguments;
mod attributes;
mod function;
mod test;

mod branches;
mod pattern;
mod select;

use proc_macro::TokenStream;

/// Makes a test of an `async fn`: the function is run once for each seed of a sweep, in a
/// simulation of its own, and the test fails with a report of the first run that failed.
///
/// ```ignore
/// use reenact::Sim;
///
/// #[reenact::test(seeds = 200)]
/// async fn the_answer_arrives(sim: Sim) {
///     let answer = sim.node("server").spawn(async { 42 }).await;
///     assert_eq!(answer.expect("no panic"), 42);
/// }
/// ```
///
/// # The function
///
/// It is an `async fn` that takes `sim: Sim`, or nothing (then `Sim::current()` gives the
/// simulation), and returns `()`, `Result<(), E>` with `E: Debug`, where an `Err` fails the run,
/// or `!`. It cannot be generic, `unsafe`, or a method. Its other attributes (`#[should_panic]`,
/// `#[ignore]`, lints) stay in force. Under `#[should_panic]` nothing is saved.
///
/// # Arguments
///
/// Each is written `name = expression` and becomes the call of the same name on `reenact::Check`,
/// in the order written; `Check` documents their meanings and defaults.
///
/// | argument | what it sets |
/// |---|---|
/// | `seeds` | how many runs, or which seeds: a count, a range, a list |
/// | `jobs` | on how many threads the runs are spread |
/// | `strategy` | how the next task is picked |
/// | `net` | how the network behaves |
/// | `os` | what becomes of calls to the operating system |
/// | `faults` | what may go wrong |
/// | `max_steps`, `max_virtual` | when a run is given up: steps, virtual time |
/// | `determinism` | one run in this many is run twice and compared |
/// | `keep_going` | how many distinct findings are collected |
/// | `reaches` | names of assertions that some run is to come by |
/// | `crate` | the path at which `reenact` is found, if it is not `::reenact` |
///
/// # Together with `rstest`, `test_case` and the like
///
/// Put their attribute above `#[reenact::test]`; then every case is a test with a name of its own,
/// and with seeds of its own. `rstest` takes a parameter for a fixture unless told otherwise, so
/// `sim` is written `#[ignore] sim: Sim` there; `test_case` passes no parameter of others, so there
/// the function takes none and calls `Sim::current()`.
///
/// Below `#[reenact::test]` both work too, with a plain `sim: Sim`, but all cases share one name,
/// and so their seeds, and a `panics` of `test_case` is not seen as `#[should_panic]` is. The other
/// parameters must be `Clone + Send + Sync`: every run gets a clone. A `&T` among them is a
/// `&'static T`.
///
/// # Errors
///
/// An argument that is unknown or given twice, a function that is not `async`, is generic or has a
/// parameter nobody supplies, and a second test attribute do not compile; each error says what to
/// write instead.
#[proc_macro_attribute]
pub fn test(arguments: TokenStream, item: TokenStream) -> TokenStream {
    test::expand_or_report(arguments.into(), item.into()).into()
}

/// Waits on several futures at once and runs the handler of the first that completes with a value
/// its pattern accepts; which of several ready ones is first is a decision of the run.
///
/// ```ignore
/// let mut requests = 0;
/// loop {
///     reenact::select! {
///         Some(request) = inbox.next() => {
///             requests += 1;
///             serve(request).await?;
///         }
///         _ = clock::sleep(Duration::from_secs(5)), if requests == 0 => break,
///         else => break,
///     }
/// }
/// ```
///
/// # What it accepts
///
/// Branches of the form `pattern = future => handler`, each with an optional condition after the
/// future: `pattern = future, if condition => handler`. A handler is an expression, followed by a
/// comma unless it is a block. The last branch may be `else => handler`. `biased;` before the first
/// branch gives up the decision: the branches are polled in the order written.
///
/// # What it does
///
/// 1. The conditions are evaluated in order; a branch whose condition is `false` is disabled.
/// 2. The futures of all branches are evaluated in order, those of disabled branches too.
/// 3. The futures of the branches that are not disabled are polled, in the order written, beginning
///    at a branch which the run chooses anew at each poll and going round. Shrinking leads a choice
///    towards the first branch.
/// 4. A future that completes is never polled again. If its pattern accepts the value, all futures
///    are dropped and the handler runs; its value is the value of `select!`. Else the value is
///    dropped and the branch is disabled.
/// 5. When all branches are disabled, the handler of `else` runs.
///
/// Handlers run outside of the futures: they may use `.await`, `?`, `break` and `return`, move
/// values, and borrow what the futures borrowed. The futures of the branches that lost are dropped,
/// and what they had begun with them; a future that is to go on in the next `select!` is pinned
/// outside and passed as `&mut future`.
///
/// # Panics
///
/// When all branches are disabled and there is no `else` branch.
#[proc_macro]
pub fn select(input: TokenStream) -> TokenStream {
    select::expand_or_report(input.into()).into()
}
