//! What came out of one run.
//!
//! Pure data, made by `simulation`. What is made of many is in `check`.

use crate::trace::{RawTrace, Recording, Teller, Trace};
use reenact_sim::{
    Base, Choice, Decided, Failure, FailureKind, Finished, Header, Held, Profile, Record, Stats, StreamId,
    Survey, Tape, Waiting, time::Instant,
};
use std::{collections::BTreeMap, sync::OnceLock};

/// What one run came to.
///
/// ```
/// use reenact::{Simulation, clock, trace::View};
/// use std::time::Duration;
///
/// let run = |seed| Simulation::new(seed).run(|_sim| clock::sleep(Duration::from_secs(1)));
/// let outcome = run(42);
/// assert_eq!((outcome.seed, &outcome.result), (42, &Ok(())));
/// assert_eq!(outcome.digest(), run(42).digest());
/// assert_eq!(outcome.stats().virtual_time, Duration::from_secs(1));
/// assert_eq!(outcome.trace().text(View::timeline()), "test  end\n");
/// assert!(outcome.tape().token().starts_with("r1:000000000000002a:"));
/// ```
#[derive(Debug)]
pub struct Outcome<T> {
    /// What the main future returned, or why the run failed.
    pub result: Result<T, Failure>,
    /// The seed.
    pub seed: u64,
    digest: u64,
    stats: Stats,
    pub(crate) trace: Trace,
    tape: Tape,
    pub(crate) decided: Option<Decided>,
    /// Worked out when it is asked for: to sort all that was decided takes longer than to write it down.
    decisions: OnceLock<Option<Box<Tape>>>,
    pub(crate) watched: Watched,
}

/// What was gathered on the way, if it was asked for.
#[derive(Debug, Default)]
pub(crate) struct Watched {
    /// What the strategies of other runs may be told.
    pub(crate) profile: Option<Profile>,
    /// What is said of the order.
    pub(crate) survey: Option<Survey>,
    /// The first thing it did that it has no part in, in words.
    pub(crate) escaped: Option<String>,
}

impl<T> Outcome<T> {
    /// What a run from this tape came to.
    pub(crate) fn of(mut tape: Tape, finished: Finished<T>) -> Self {
        let Finished { result, digest, stats, waypoints, profile, survey, trace, decided } = finished;
        (tape.header.digest, tape.header.steps, tape.waypoints) = (digest, stats.steps, waypoints);
        Outcome {
            result,
            seed: tape.header.seed,
            digest,
            stats,
            trace: trace.into(),
            tape,
            decided,
            decisions: OnceLock::new(),
            watched: Watched { profile, survey, escaped: None },
        }
    }

    /// What the run decided, as it was taken, if that was recorded.
    pub(crate) fn decided(&self) -> Option<&Decided> {
        self.decided.as_ref()
    }

    /// The digest of everything that happened: equal for equal seeds, at every record level, in
    /// debug and release.
    pub fn digest(&self) -> u64 {
        self.digest
    }

    /// How much happened.
    pub fn stats(&self) -> &Stats {
        &self.stats
    }

    /// The tasks that had not ended when the run did, if [`Simulation::leaks`](crate::Simulation::leaks) asked
    /// for them.
    pub fn leaks(&self) -> &[Waiting] {
        &self.stats.left
    }

    /// The sockets, timers and callbacks that were there when the run ended, by node, if
    /// [`Simulation::leaks`](crate::Simulation::leaks) asked for them. Those of tasks that had not ended are
    /// among them; it does not matter who holds them.
    ///
    /// ```
    /// use reenact::{Simulation, net::UdpSocket};
    /// use std::{cell::RefCell, rc::Rc};
    ///
    /// let pool = Rc::new(RefCell::new(Vec::new()));
    /// let mine = pool.clone();
    /// let run = Simulation::new(1).leaks().run(|_| async move {
    ///     let socket = UdpSocket::bind("0.0.0.0:53").await?;
    ///     mine.borrow_mut().push(socket);
    ///     std::io::Result::Ok(())
    /// });
    /// assert!(run.leaks().is_empty());
    /// assert_eq!(run.held()[0].to_string(), "test: a datagram socket on 0.0.0.0:53");
    /// ```
    pub fn held(&self) -> &[Held] {
        &self.stats.held
    }

    /// What was written down.
    ///
    /// # Panics
    ///
    /// Under [`Record::Digest`], when nothing was.
    #[track_caller]
    pub fn trace(&self) -> &Trace {
        assert!(
            self.trace.raw().mode != Record::Digest,
            "this run kept its digest only: ask for a trace with `.record(Record::All)` or `.record(Record::Tail(n))`"
        );
        &self.trace
    }

    /// The tape that repeats the run.
    pub fn tape(&self) -> &Tape {
        &self.tape
    }

    /// Every decision of the run that was not the simplest one, over an otherwise empty tape: the
    /// run spelled out. `None` unless it was recorded with [`Record::All`], and of a run that decided or woke
    /// tasks more than two million times.
    ///
    /// ```
    /// use reenact::{Simulation, draw};
    ///
    /// let test = |_sim| async { (draw::below(100), draw::below(1), draw::chance(0, 10)) };
    /// let run = Simulation::new(7).run(test);
    /// let decisions = run.decisions().unwrap().clone();
    /// // Where there was no choice, nothing was decided.
    /// assert_eq!(decisions.len(), 1);
    /// assert_eq!(Simulation::new(0).replay_lenient(decisions).run(test).unwrap(), run.unwrap());
    /// ```
    pub fn decisions(&self) -> Option<&Tape> {
        self.decisions
            .get_or_init(|| self.decided.as_ref().map(|decided| self.spelt_out(decided).into()))
            .as_deref()
    }

    fn spelt_out(&self, decided: &Decided) -> Tape {
        let taken = decided.realised().into_iter().map(|choice| (choice.stream, choice.seq, choice.entry));
        let header = Header { base: Base::Zero, ..self.tape.header };
        let mut decisions = Tape::new(header, taken);
        decisions.waypoints = self.tape.waypoints;
        decisions
    }

    /// The run as it is kept in a file: its trace, with its decisions and what it was a run of. The name of
    /// the test is not known here: see [`Recording::named`].
    ///
    /// ```
    /// use reenact::{Simulation, draw};
    ///
    /// let recording = Simulation::new(7).run(|_sim| async { draw::below(100) }).recording();
    /// assert_eq!((recording.seed, recording.decisions().len()), (7, 1));
    /// ```
    pub fn recording(&self) -> Recording {
        Recording {
            test: String::new(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            seed: self.seed,
            digest: self.digest,
            config: self.tape.header.config,
            token: self.tape.token(),
            failure: self.result.as_ref().err().map(ToString::to_string),
            trace: self.trace.clone(),
            decisions: self.decided.as_ref().map(Decided::realised).unwrap_or_default(),
        }
    }

    /// The tape of this run as text for people, with the names that its trace knows: for reading,
    /// reviewing and editing. [`Tape::parse`] reads it back. Of a run whose decisions were recorded
    /// ([`Record::All`]), it is all of them over an otherwise empty tape.
    ///
    /// ```
    /// use reenact::{Simulation, Tape, draw};
    ///
    /// let test = |_sim| async { draw::below(100) };
    /// let run = Simulation::new(7).run(test);
    /// let text = run.tape_text();
    /// assert!(text.contains("\ntest/main draw 1  draws "), "{text}");
    /// let again = Simulation::new(0).replay(Tape::parse(&text).unwrap()).run(test);
    /// assert_eq!(again.result, run.result);
    /// ```
    pub fn tape_text(&self) -> String {
        let (Some(decided), Some(tape)) = (&self.decided, self.decisions()) else { return self.tape.text() };
        let teller = Teller::of(self.trace.raw());
        let choices = decided.realised().into_iter().map(|choice| ((choice.stream, choice.seq), choice));
        let choices: BTreeMap<(StreamId, u32), Choice> = choices.collect();
        tape.text_with(|stream, seq, _| {
            choices.get(&(stream, seq)).map_or_else(String::new, |choice| teller.told(choice).who)
        })
    }

    /// The result of a run that did not fail.
    ///
    /// ```
    /// use reenact::Simulation;
    ///
    /// assert_eq!(Simulation::new(1).run(|_sim| async { "fine" }).unwrap(), "fine");
    /// ```
    ///
    /// # Panics
    ///
    /// With the failure, its seed, and how to repeat it.
    #[track_caller]
    pub fn unwrap(self) -> T {
        match self.result {
            Ok(value) => value,
            Err(failure) => panic!(
                "the simulation of seed {} failed: {failure}\n  replay: Simulation::new({}), or the token {}",
                self.seed,
                self.seed,
                self.tape.token()
            ),
        }
    }
}

impl Outcome<()> {
    /// The outcome of a run that came to nothing but this failure: no run, or one of another.
    pub(crate) fn failed(tape: Tape, failure: Failure) -> Self {
        Outcome {
            result: Err(failure),
            seed: tape.header.seed,
            digest: tape.header.digest,
            stats: Stats::default(),
            trace: RawTrace::default().into(),
            tape,
            decided: None,
            decisions: OnceLock::new(),
            watched: Watched::default(),
        }
    }

    /// The same run, found to have failed in another way: its tape does not lead to that again.
    pub(crate) fn but(mut self, failure: Failure) -> Self {
        self.result = Err(failure);
        self.tape.forget_run();
        self
    }
}

impl Outcome<Result<(), String>> {
    /// An `Err` of the test is a failure of its run.
    pub(crate) fn settle(self) -> Outcome<()> {
        let Outcome { result, seed, digest, stats, trace, tape, decided, decisions, watched } = self;
        let failed = |message| Failure {
            node: Some("test".to_owned()),
            task: Some("main".to_owned()),
            at: Instant::ZERO + stats.virtual_time,
            step: stats.steps,
            ..Failure::new(FailureKind::Error, message)
        };
        let result = match result {
            Ok(returned) => returned.map_err(failed),
            Err(failure) => Err(failure),
        };
        Outcome { result, seed, digest, stats, trace, tape, decided, decisions, watched }
    }
}
