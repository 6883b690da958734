//! What a test asks of its fault plan.
//!
//! Pure data.

use reenact_sim::{FaultKind, hash_bytes, hash_combine};
use std::{collections::BTreeSet, time::Duration};

/// A fault plan: what may go wrong in a run, and how much of it the system is to survive.
///
/// Each kind of fault that the plan has is on in half of the runs, at a rate that is drawn once a run; so
/// runs differ in kind, and not only in luck. Everything is decided on the tape: on the empty one
/// nothing goes wrong, and of a failing run only those faults are left that it needs.
///
/// ```
/// use reenact::{Check, Faults, clock};
/// use std::{cell::Cell, rc::Rc, time::Duration};
///
/// let check = Check::new("counts its starts").seeds(100).faults(Faults::swarm().tolerate(1));
/// let report = check.report(|sim| async move {
///     let starts = Rc::new(Cell::new(0));
///     let count = starts.clone();
///     sim.node("db").start(move || {
///         count.set(count.get() + 1);
///         std::future::pending::<()>()
///     });
///     clock::sleep(Duration::from_secs(60)).await;
///     assert_eq!(starts.get(), 1, "it was never started again");
/// });
/// let finding = &report.findings()[0];
/// assert_eq!(finding.tape().len(), 1, "one fault is enough");
/// let reason = &finding.explanation().unwrap().reasons()[0];
/// assert_eq!(reason.who(), "db");
/// assert!(reason.what().starts_with("crashes at ") || reason.what().starts_with("is killed at "));
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Faults {
    kinds: BTreeSet<FaultKind>,
    tolerate: Option<usize>,
    stable: Duration,
    victims: Option<BTreeSet<String>>,
}

/// How long a node is left alone after it came back, unless set otherwise.
const STABLE: Duration = Duration::from_secs(1);

impl Default for Faults {
    fn default() -> Self {
        Faults::none()
    }
}

impl Faults {
    /// Nothing goes wrong.
    pub fn none() -> Self {
        Faults::only([])
    }

    /// Anything may go wrong, but that datagrams are corrupted: for that, ask with [`also`](Faults::also).
    pub fn swarm() -> Self {
        Faults::only(FaultKind::ALL).without(FaultKind::Corrupt)
    }

    /// Only these kinds of faults may happen.
    ///
    /// ```
    /// use reenact::{FaultKind, Faults};
    ///
    /// let restarts = Faults::only([FaultKind::Crash, FaultKind::Kill, FaultKind::DataLoss]);
    /// assert_eq!(Faults::only([]), Faults::none());
    /// # assert_ne!(restarts, Faults::none());
    /// ```
    pub fn only(kinds: impl IntoIterator<Item = FaultKind>) -> Self {
        Faults { kinds: kinds.into_iter().collect(), tolerate: None, stable: STABLE, victims: None }
    }

    /// A kind of fault that may happen too.
    ///
    /// ```
    /// use reenact::{FaultKind, Faults};
    ///
    /// // Its datagrams have a checksum of their own.
    /// let plan = Faults::swarm().also(FaultKind::Corrupt);
    /// assert_eq!(plan, Faults::only(FaultKind::ALL));
    /// ```
    #[must_use]
    pub fn also(mut self, kind: FaultKind) -> Self {
        self.kinds.insert(kind);
        self
    }

    /// A kind of fault that does not happen.
    ///
    /// ```
    /// use reenact::{FaultKind, Faults};
    ///
    /// let plan = Faults::swarm().without(FaultKind::Clock);
    /// assert_ne!(plan, Faults::swarm());
    /// ```
    #[must_use]
    pub fn without(mut self, kind: FaultKind) -> Self {
        self.kinds.remove(&kind);
        self
    }

    /// How many victims may be down, stand still or be cut off from a majority of them at once: a
    /// minority of them, unless set here. So many may also be left behind by [`Sim::calm`](crate::Sim::calm),
    /// and so many may lose their data in one run.
    ///
    /// ```
    /// use reenact::Faults;
    ///
    /// let plan = Faults::swarm().tolerate(1);
    /// assert_ne!(plan, Faults::swarm());
    /// ```
    #[must_use]
    pub fn tolerate(mut self, nodes: usize) -> Self {
        self.tolerate = Some(nodes);
        self
    }

    /// How long a node that came back is left alone: one second, unless set here.
    ///
    /// ```
    /// use reenact::Faults;
    /// use std::time::Duration;
    ///
    /// let plan = Faults::swarm().stable_for(Duration::from_secs(10));
    /// assert_ne!(plan, Faults::swarm());
    /// ```
    #[must_use]
    pub fn stable_for(mut self, time: Duration) -> Self {
        self.stable = time;
        self
    }

    /// The nodes that faults befall: all that were [started](crate::Node::start), unless set here. The
    /// node `test` never is one.
    ///
    /// ```
    /// use reenact::Faults;
    ///
    /// // Not the clients, though they are started too.
    /// let plan = Faults::swarm().victims(["n1", "n2", "n3"]);
    /// assert_ne!(plan, Faults::swarm());
    /// ```
    #[must_use]
    pub fn victims<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.victims = Some(names.into_iter().map(Into::into).collect());
        self
    }

    pub(crate) fn is_none(&self) -> bool {
        self.kinds.is_empty()
    }

    pub(super) fn has(&self, kind: FaultKind) -> bool {
        self.kinds.contains(&kind)
    }

    pub(super) fn stable(&self) -> Duration {
        self.stable
    }

    pub(super) fn befalls(&self, name: &str) -> bool {
        self.victims.as_ref().is_none_or(|victims| victims.contains(name))
    }

    /// How many of so many victims may be out of order at once.
    pub(super) fn most(&self, victims: usize) -> usize {
        self.tolerate.unwrap_or(victims.saturating_sub(1) / 2)
    }

    /// A hash of all of it, to tell configurations apart in tokens; 0 if nothing goes wrong.
    pub(crate) fn fingerprint(&self) -> u64 {
        if self.is_none() {
            return 0;
        }
        let Faults { kinds, tolerate, stable, victims } = self;
        let kinds = kinds.iter().map(|kind| hash_bytes(kind.name().as_bytes()));
        let names = victims.iter().flatten().map(|name| hash_bytes(name.as_bytes()));
        let limits = [tolerate.map_or(0, |most| (most as u64).saturating_add(1)), stable.as_nanos() as u64];
        kinds.chain(names).chain(limits).fold(1, hash_combine)
    }
}
