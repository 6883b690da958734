//! The search for a smaller run that fails in the same way: which passes are made, and when.
//!
//! They go from coarse to fine and again until none of them helps: whole kinds, whole streams, single
//! decisions (adaptive deletion, as in Hypothesis: MacIver and Donaldson, ECOOP 2020), others in the
//! place of those that are left, lower values. What was tried is not tried again, so a pass that is
//! made again costs only what is new. Those that try most come last, when little is left.

use super::{
    instead::Reach,
    search::{Search, is_order},
    size::Size,
    trials::Trials,
};
use reenact_sim::Choice;

/// Makes a failing run smaller, and returns its decisions.
pub(super) fn search(trials: &mut impl Trials, decisions: Vec<Choice>, steps: u64) -> Vec<Choice> {
    let size = Size::of(&decisions, steps);
    let mut search = Search { trials, best: decisions, size };
    while quick(&mut search) || thorough(&mut search) {}
    search.best
}

/// What helps mostly. Says whether it did.
fn quick(search: &mut Search<'_, impl Trials>) -> bool {
    let before = search.size;
    search.without_kinds();
    search.without_streams();
    search.without_each();
    search.another_moment();
    search.longer();
    search.exchange();
    search.lower(|choice| !is_order(choice));
    search.one_delay(Reach::Soon);
    search.size < before
}

/// What is left to try then, up to the first that helps.
fn thorough<'t, T: Trials>(search: &mut Search<'t, T>) -> bool {
    let passes: [fn(&mut Search<'t, T>); 5] = [
        |search| search.lower(|_| true),
        |search| search.one_delay(Reach::Ever),
        Search::little_longer,
        Search::shorter_delay,
        Search::two_delays,
    ];
    let before = search.size;
    passes.into_iter().any(|pass| {
        pass(search);
        search.size < before
    })
}
