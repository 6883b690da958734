//! One run of one seed: the builder, and what comes out.
//!
//! Thin over the machine of `reenact-sim`. Many runs are in `check`; nothing here prints, reads the
//! environment or touches files.
//!
//! Rim.

use crate::{
    below::{self, Below},
    faults::{self, Faults},
    fresh, net,
    os::Os,
    outcome::Outcome,
    trace::Trace,
    watchdog,
    world::Sim,
};
use reenact_sim::{Failure, FailureKind, Header, Record, Settings, Strategy, Tape};
use std::{panic::Location, sync::LazyLock, time::Duration};

/// One run, to be configured and run.
///
/// ```
/// use reenact::{Simulation, clock};
/// use std::time::Duration;
///
/// let run = Simulation::new(42).run(|_sim| async {
///     clock::sleep(Duration::from_secs(3600)).await;
///     clock::now().to_string()
/// });
/// assert_eq!(run.unwrap(), "3600.000s");
/// ```
#[derive(Clone, Debug)]
#[must_use = "a simulation does nothing until it is run"]
pub struct Simulation {
    // In a box, since a simulation is moved with each thing that is set.
    settings: Box<Settings>,
    net: net::Config,
    faults: Faults,
    /// The configuration under which the tape was recorded; 0 where none is known.
    recorded: u64,
    os: Os,
    /// Whether generators of other crates follow the run.
    generators: bool,
}

impl Simulation {
    /// A run from this seed: uniformly random order of tasks, the default network, no faults,
    /// everything recorded, at most 10 million steps and 24 virtual hours.
    ///
    /// ```
    /// use reenact::{Simulation, draw};
    ///
    /// let draw = |seed| Simulation::new(seed).run(|_sim| async { draw::below(1_000_000) }).unwrap();
    /// assert_eq!(draw(7), draw(7));
    /// assert_ne!(draw(7), draw(8));
    /// ```
    pub fn new(seed: u64) -> Self {
        /// Worked out once: many runs have the default network.
        static USUAL: LazyLock<u64> = LazyLock::new(|| net::Config::default().fingerprint());
        let net = net::Config::default();
        let mut settings = Box::new(Settings::new("", Tape::seed(seed, Strategy::default())));
        settings.tape.header.config = *USUAL;
        settings.pause = Some(below::pause);
        Simulation {
            settings,
            net,
            os: Os::default(),
            faults: Faults::none(),
            recorded: 0,
            generators: false,
        }
    }

    /// What the run is called in messages and tokens.
    ///
    /// ```
    /// use reenact::Simulation;
    ///
    /// let run = Simulation::new(1).name("raft::elects_a_leader").run(|_sim| async {});
    /// assert_ne!(run.tape().header.test, 0, "the name's hash, so that a token tells its test");
    /// ```
    pub fn name(mut self, name: impl Into<String>) -> Self {
        let name = name.into();
        self.settings.tape.header.test = reenact_sim::hash_bytes(name.as_bytes());
        self.settings.name = name;
        self
    }

    /// How the scheduler picks among ready tasks.
    ///
    /// ```
    /// use reenact::{Simulation, Strategy};
    /// use std::{cell::RefCell, rc::Rc};
    ///
    /// let run = Simulation::new(1).strategy(Strategy::Fifo).run(|_sim| async {
    ///     let order = Rc::new(RefCell::new(Vec::new()));
    ///     for i in 0..3 {
    ///         let order = order.clone();
    ///         reenact::spawn(async move { order.borrow_mut().push(i) });
    ///     }
    ///     reenact::yield_now().await;
    ///     order.take()
    /// });
    /// assert_eq!(run.unwrap(), [0, 1, 2], "as they were spawned");
    /// ```
    pub fn strategy(mut self, strategy: Strategy) -> Self {
        self.settings.tape.header.strategy = strategy;
        self
    }

    /// How the network behaves.
    ///
    /// ```
    /// use reenact::{Simulation, clock, net::{Config, UdpSocket}};
    /// use std::time::Duration;
    ///
    /// let ms = Duration::from_millis;
    /// let run = Simulation::new(1).net(Config::default().latency(ms(30)..ms(40))).run(|sim| async move {
    ///     let socket = UdpSocket::bind("0.0.0.0:7000").await.unwrap();
    ///     sim.node("peer").spawn(async {
    ///         let socket = UdpSocket::bind("0.0.0.0:0").await.unwrap();
    ///         socket.send_to(b"hi", "test:7000").await
    ///     });
    ///     socket.recv(&mut [0; 16]).await.unwrap();
    ///     assert!((ms(30)..ms(40)).contains(&clock::now().since_start()));
    /// });
    /// run.unwrap();
    /// ```
    pub fn net(mut self, config: net::Config) -> Self {
        self.net = config;
        self.configured()
    }

    /// What may go wrong, from the beginning on; nothing unless set here.
    ///
    /// ```
    /// use reenact::{Faults, Simulation, clock};
    /// use std::time::Duration;
    ///
    /// let run = |seed| Simulation::new(seed).faults(Faults::swarm().tolerate(1)).run(|sim| async move {
    ///     let db = sim.node("db");
    ///     db.start(std::future::pending::<()>);
    ///     clock::sleep(Duration::from_secs(60)).await;
    ///     db.incarnation()
    /// });
    /// assert!((0..10).any(|seed| run(seed).unwrap() > 0), "in some runs it went down and came back");
    /// ```
    pub fn faults(mut self, faults: Faults) -> Self {
        self.faults = faults;
        self.configured()
    }

    /// Writes down how it is configured.
    fn configured(mut self) -> Self {
        self.settings.tape.header.config = self.fingerprint();
        self
    }

    /// A hash of the configuration: that of the network, as long as nothing goes wrong.
    fn fingerprint(&self) -> u64 {
        match (self.net.fingerprint(), self.faults.fingerprint()) {
            (net, 0) => net,
            (net, faults) => reenact_sim::hash_combine(net, faults),
        }
    }

    /// The run fails as [`StepLimit`](crate::FailureKind::StepLimit) when it would begin one step
    /// more than this. A step is one poll, one fired item of the agenda, or one callback.
    ///
    /// ```
    /// use reenact::{FailureKind, Simulation};
    ///
    /// let run = Simulation::new(1).max_steps(1_000).run(|_sim| async {
    ///     loop {
    ///         reenact::yield_now().await;
    ///     }
    /// });
    /// assert_eq!(run.result.unwrap_err().kind, FailureKind::StepLimit);
    /// ```
    pub fn max_steps(mut self, steps: u64) -> Self {
        self.settings.max_steps = steps;
        self
    }

    /// The run fails as [`TimeLimit`](crate::FailureKind::TimeLimit) when the next thing is due
    /// later than this.
    ///
    /// ```
    /// use reenact::{FailureKind, Simulation, clock};
    /// use std::time::Duration;
    ///
    /// let minute = Duration::from_secs(60);
    /// let nap = |length| Simulation::new(1).max_virtual(minute).run(move |_sim| clock::sleep(length));
    /// assert!(nap(minute).result.is_ok(), "what is due at the limit is in time");
    /// assert_eq!(nap(2 * minute).result.unwrap_err().kind, FailureKind::TimeLimit);
    /// ```
    pub fn max_virtual(mut self, limit: Duration) -> Self {
        self.settings.max_virtual = limit;
        self
    }

    /// How much of the run is written down.
    ///
    /// ```
    /// use reenact::{Record, Simulation};
    ///
    /// let run = |record| Simulation::new(1).record(record).run(|_sim| async {
    ///     reenact::spawn(async {}).await
    /// });
    /// let (all, tail) = (run(Record::All), run(Record::Tail(2)));
    /// assert!(all.trace().len() > 2);
    /// assert_eq!(tail.trace().len(), 2);
    /// // What is written down changes nothing in the run.
    /// assert_eq!(all.digest(), run(Record::Digest).digest());
    /// ```
    pub fn record(mut self, record: Record) -> Self {
        self.settings.record = record;
        self
    }

    /// Tells what is left when the run ends: tasks that have not ended, with what each waits for (a timer,
    /// a connection, nothing that could ever wake it); and sockets, timers and callbacks, whoever holds them.
    /// See [`Outcome::leaks`] and [`Outcome::held`].
    ///
    /// ```
    /// use reenact::{Simulation, clock};
    /// use std::time::Duration;
    ///
    /// let run = Simulation::new(1).leaks().run(|sim| async move {
    ///     let db = sim.node("db");
    ///     db.spawn(clock::sleep(Duration::from_secs(3600)));
    ///     db.spawn(async {}).await.unwrap();
    /// });
    /// let left = run.leaks();
    /// assert_eq!(left.len(), 1);
    /// assert_eq!((left[0].node.as_str(), left[0].what.as_str()), ("db", "a timer due at 3600.000s"));
    /// ```
    pub fn leaks(mut self) -> Self {
        self.settings.leaks = true;
        self
    }

    /// Takes seed, strategy and decisions from a tape, strictly: a run that is asked for other
    /// decisions, or comes to another end, fails as
    /// [`Diverged`](crate::FailureKind::Diverged). What a seed answers is not spelled out on its tape: a run
    /// that leaves it is stopped at the next of its [`Waypoints`](crate::tape::Waypoints), within a
    /// eighth of a long run and at once in a short one. The network and the limits are not on the tape
    /// either: set them as they were.
    ///
    /// ```
    /// use reenact::{FailureKind, Simulation, Tape, draw};
    ///
    /// let token = Simulation::new(7).run(|_sim| async { draw::below(100) }).tape().token();
    /// // Later, from the token alone:
    /// let replay = || Simulation::new(0).replay(Tape::parse(&token).unwrap());
    /// assert!(replay().run(|_sim| async { draw::below(100) }).result.is_ok());
    /// let changed = replay().run(|_sim| async { draw::below(100) + draw::below(100) });
    /// assert_eq!(changed.result.unwrap_err().kind, FailureKind::Diverged);
    /// ```
    pub fn replay(mut self, tape: Tape) -> Self {
        self.settings.strict = true;
        self.take_tape(tape)
    }

    /// Takes seed, strategy and decisions from a tape as far as they fit: decisions that are out of
    /// range become the simplest, and those nobody asks for are ignored.
    ///
    /// ```
    /// use reenact::{Simulation, Tape, draw};
    ///
    /// // The test has changed since the tape was made: it draws once more.
    /// let tape = Simulation::new(7).run(|_sim| async { draw::below(100) }).tape().clone();
    /// let run = Simulation::new(0).replay_lenient(tape).run(|_sim| async {
    ///     (draw::below(100), draw::below(100))
    /// });
    /// assert!(run.result.is_ok());
    /// // With the empty tape, every decision is the simplest one.
    /// let run = Simulation::new(0).replay_lenient(Tape::zero()).run(|_sim| async { draw::below(100) });
    /// assert_eq!(run.unwrap(), 0);
    /// ```
    pub fn replay_lenient(mut self, tape: Tape) -> Self {
        self.settings.strict = false;
        self.take_tape(tape)
    }

    fn take_tape(mut self, tape: Tape) -> Self {
        self.recorded = tape.header.config;
        self.settings.tape = tape;
        self
    }

    /// What becomes of calls to the operating system that are made below Rust: [`Os::Warn`] unless set
    /// here.
    ///
    /// ```
    /// use reenact::{FailureKind, Os, Simulation};
    /// use std::{thread, time::Duration};
    ///
    /// let run = Simulation::new(1).os(Os::Fail).run(|_sim| async {
    ///     thread::sleep(Duration::from_millis(1));
    /// });
    /// # if reenact::Os::SUPPORTED {
    /// let failure = run.result.unwrap_err();
    /// assert_eq!(failure.kind, FailureKind::Nondeterminism);
    /// assert!(failure.message.contains("clock::sleep"), "it says what to do");
    /// # }
    /// ```
    pub fn os(mut self, os: Os) -> Self {
        self.os = os;
        self
    }

    /// The trace that this run is expected to repeat: the first event that differs fails it as
    /// [`Diverged`](crate::FailureKind::Diverged) and is named with both versions. Only with
    /// [`Record::All`].
    ///
    /// ```
    /// use reenact::{FailureKind, Simulation, clock};
    /// use std::time::Duration;
    ///
    /// let run = |secs| (Simulation::new(1), move |_sim| clock::sleep(Duration::from_secs(secs)));
    /// let (first, main) = run(1);
    /// let trace = first.run(main).trace().clone();
    /// let (second, main) = run(2);
    /// let failure = second.expect(trace).run(main).result.unwrap_err();
    /// assert_eq!(failure.kind, FailureKind::Diverged);
    /// ```
    pub fn expect(mut self, trace: Trace) -> Self {
        self.settings.expected = Some(trace.shared());
        self
    }

    /// What fixes a run of these settings besides the code and the decisions.
    pub(crate) fn header(&self) -> &Header {
        &self.settings.tape.header
    }

    /// What the run is called.
    pub(crate) fn called(&self) -> &str {
        &self.settings.name
    }

    /// Where the run was written, which is where its main task is spawned.
    pub(crate) fn site(mut self, site: &'static Location<'static>) -> Self {
        self.settings.site = Some(site);
        self
    }

    /// Runs the simulation on this thread, to the end of the future that `main` makes. That is the
    /// task `main` on the node `test`.
    ///
    /// ```
    /// use reenact::{FailureKind, Simulation};
    ///
    /// let run = Simulation::new(1).run(|_sim| async { 6 * 7 });
    /// assert_eq!(run.result, Ok(42));
    /// let run = Simulation::new(1).run(|_sim| async { assert_eq!(1 + 1, 3) });
    /// assert_eq!(run.result.unwrap_err().kind, FailureKind::Panic);
    /// ```
    ///
    /// # Panics
    ///
    /// Inside another simulation. What goes wrong *in* the run is in [`Outcome::result`].
    #[track_caller]
    pub fn run<F>(self, main: impl FnOnce(Sim) -> F) -> Outcome<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        reenact_sim::assert_outside();
        let reconfigured = self.recorded != 0 && self.recorded != self.fingerprint();
        let plans_faults = !self.faults.is_none();
        let mut settings = self.settings;
        // In the closure below, the caller is not known.
        settings.site.get_or_insert(Location::caller());
        let (net, faults) = (self.net, self.faults);
        let below = Below::new(self.os, self.generators);
        let setup = |world: &mut reenact_sim::World| {
            reenact_net::install(world, net);
            watchdog::watch(world.core.beacon());
            below.attach(&world.core);
        };
        let mut finished = below.during(|| {
            reenact_sim::run(&settings, setup, || {
                if !faults.is_none() {
                    faults::start(faults);
                }
                main(Sim::new())
            })
        });
        let escaped = below.tell(&settings.name, finished.result.as_mut().err());
        let mut outcome = Outcome::of(settings.tape, finished);
        outcome.watched.escaped = escaped;
        if let (Err(failure), Some(expected)) = (&mut outcome.result, settings.expected) {
            add_both_versions(failure, &expected.into(), &outcome.trace);
        }
        if let Err(failure) = &mut outcome.result
            && failure.kind == FailureKind::Diverged
            && reconfigured
        {
            failure.message += "\nThe network is configured otherwise than when the tape was recorded";
            if plans_faults {
                failure.message += ", or what may go wrong is";
            }
        }
        outcome
    }

    /// The generators of other crates were looked for, and follow the run.
    pub(crate) fn with_generators(mut self) -> Self {
        self.generators = true;
        self
    }

    /// What becomes of calls below Rust.
    pub(crate) fn os_calls(&self) -> Os {
        self.os
    }

    /// Runs the simulation on a new thread, where nothing was drawn from the operating system's
    /// randomness yet: so the order of a `HashMap`, `rand::rng` and all else that is seeded once a thread
    /// follow the seed ([`Os`]). [`Check`](crate::Check) does so by itself.
    ///
    /// ```
    /// use reenact::{Os, Simulation};
    /// use std::collections::HashSet;
    ///
    /// let order = || Simulation::new(7).run_isolated(|_sim| async {
    ///     (0..100).collect::<HashSet<u8>>().into_iter().collect::<Vec<u8>>()
    /// });
    /// assert_eq!(order().unwrap() == order().unwrap(), Os::SUPPORTED);
    /// ```
    ///
    /// # Panics
    ///
    /// Inside another simulation. What goes wrong *in* the run is in [`Outcome::result`].
    #[track_caller]
    pub fn run_isolated<F>(mut self, main: impl FnOnce(Sim) -> F + Send) -> Outcome<F::Output>
    where
        F: Future + 'static,
        F::Output: Send + 'static,
    {
        reenact_sim::assert_outside();
        self.settings.site.get_or_insert(Location::caller());
        if self.os != Os::Off {
            below::look_for_generators();
        }
        self.generators = true;
        fresh::on_a_new_thread(|| self.run(main))
    }

    /// Whether a panic's backtrace is put into words.
    pub(crate) fn backtraces(mut self, wanted: bool) -> Self {
        self.settings.backtraces = wanted;
        self
    }

    /// Whether decisions are written down, when events are not.
    pub(crate) fn decisions(mut self, recorded: bool) -> Self {
        self.settings.decisions = recorded;
        self
    }

    /// Whether a profile of the run is made for the strategies of others.
    pub(crate) fn profiled(mut self, wanted: bool) -> Self {
        self.settings.profile = wanted;
        self
    }

    /// Whether its order is looked at.
    pub(crate) fn surveyed(mut self, wanted: bool) -> Self {
        self.settings.survey = wanted;
        self
    }

    /// When a run fails as too long.
    pub(crate) fn step_limit(&self) -> u64 {
        self.settings.max_steps
    }
}

/// Adds to a failure at the first event that was not the expected one what both of them were.
fn add_both_versions(failure: &mut Failure, expected: &Trace, trace: &Trace) {
    let last = (trace.raw().first as usize + trace.len()) as u32;
    // The run stopped at that event, or its end came after it.
    let differs = |number: &u32| expected.raw().get(*number) != trace.raw().get(*number);
    if failure.kind == FailureKind::Diverged
        && let Some(number) = (trace.raw().first..last).find(differs)
    {
        let words =
            |trace: &Trace| trace.in_words(number).unwrap_or_else(|| "nothing (it had ended)".to_owned());
        failure.message += &format!("\n  expected  {}\n  this run  {}", words(expected), words(trace));
    }
}
