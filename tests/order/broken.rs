//! Whether a program breaks the law of the tape: its run from a seed, spelled out as decisions or
//! repeated from the seed, is the same run.

use super::{
    interpreter::{self, Log},
    program::Program,
};
use reenact::{Outcome, Tape};

fn repeated(program: &Program, first: &Outcome<Log>, tape: Tape) -> Outcome<Log> {
    // What the tape does not hold must not come from the seed of the repetition.
    let other = first.seed ^ 0xffff;
    let simulation = interpreter::simulation(program, other);
    interpreter::run(program, simulation.replay(tape).expect(first.trace().clone()))
}

/// How two runs differ, if they do.
fn difference(first: &Outcome<Log>, again: &Outcome<Log>) -> Option<String> {
    if let (Ok(_), Err(failure)) = (&first.result, &again.result) {
        return Some(failure.to_string());
    }
    let facts: [(&str, bool); 6] = [
        ("result", first.result == again.result),
        ("digest", first.digest() == again.digest()),
        ("counters", first.stats() == again.stats()),
        ("trace", first.trace() == again.trace()),
        ("decisions", first.decisions() == again.decisions()),
        ("seed", first.seed == again.seed),
    ];
    let differ: Vec<&str> = facts.iter().filter(|(_, same)| !same).map(|(what, _)| *what).collect();
    (!differ.is_empty()).then(|| format!("another {}", differ.join(", another ")))
}

/// How a program breaks the law, if it does.
pub(crate) fn broken(program: &Program, seed: u64) -> Option<String> {
    let first = interpreter::run(program, interpreter::simulation(program, seed));
    let spelled = first.decisions().expect("everything was recorded").clone();
    for (from, tape) in [("its decisions", spelled), ("its seed", first.tape().clone())] {
        if Tape::parse(&tape.token()).as_ref() != Ok(&tape) {
            return Some(format!("the token of {from} does not read back"));
        }
        let again = repeated(program, &first, tape);
        if let Some(difference) = difference(&first, &again) {
            return Some(format!("repeated from {from}: {difference}"));
        }
    }
    None
}
