//! How much is written down makes no difference to what happens.

use crate::{interpreter, program::Program};
use reenact::{Record, Simulation};

#[test]
fn the_digest_is_the_same_at_every_level() {
    for number in 0..150 {
        let program = Program::draw(number);
        let run =
            |record| interpreter::run(&program, interpreter::simulation(&program, number).record(record));
        let all = run(Record::All);
        for record in [Record::Digest, Record::Tail(0), Record::Tail(10), Record::Tail(100_000)] {
            let other = run(record);
            assert_eq!((other.digest(), other.stats()), (all.digest(), all.stats()), "{record:?}");
            assert_eq!(other.result, all.result);
            assert_eq!(other.decisions(), None);
            // The tape from the seed needs no record.
            assert_eq!(other.tape(), all.tape());
        }
    }
}

#[test]
fn a_tail_is_the_end_of_the_whole() {
    for number in 0..50 {
        let program = Program::draw(number);
        let run =
            |record| interpreter::run(&program, interpreter::simulation(&program, number).record(record));
        let (all, tail) = (run(Record::All), run(Record::Tail(10)));
        let (all, tail) = (all.trace(), tail.trace());
        assert_eq!(tail.len(), all.len().min(10));
        assert_eq!(tail.raw().first as usize + tail.len(), all.len());
        let last: Vec<_> = all.lines().skip(all.len() - tail.len()).collect();
        assert_eq!(tail.lines().collect::<Vec<_>>(), last);
    }
}

#[test]
#[should_panic(expected = "this run kept its digest only: ask for a trace with `.record(Record::All)`")]
fn a_trace_that_was_not_kept_cannot_be_had() {
    Simulation::new(1).record(Record::Digest).run(|_| async {}).trace();
}
