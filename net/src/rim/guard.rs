//! Damage to the network that heals when its guard is dropped.
//!
//! Rim.

use super::{Method, call_own, even_if_dead};
use std::fmt;

/// What a guard keeps in force, by its number.
#[derive(Clone, Copy)]
pub(super) enum Damage {
    Partition(u64),
    Rule(u64),
}

/// Keeps a partition or a rule in force; it heals on drop.
///
/// That holds however it is dropped, also when the node of the task that holds it crashes. After
/// its run it does nothing.
///
/// ```
/// # mod reenact { pub use reenact_net as net; }
/// # reenact_net::doc(|| async {
/// # let db = reenact_sim::with("doc", |world| world.core.node("db"));
/// # let cut = reenact_net::cut("doc", &[(reenact_sim::NodeId::TEST, db)], true, Default::default());
/// use reenact::net::TcpStream;
/// use std::io::ErrorKind;
///
/// // `cut` is the guard of `sim.net().partition(&["test"], &["db"])`.
/// drop(cut);
/// // The host answers again: nobody listens there.
/// assert_eq!(TcpStream::connect("db:5432").await.unwrap_err().kind(), ErrorKind::ConnectionRefused);
/// # });
/// ```
#[must_use = "dropping the guard heals the network at once: hold it, or call `keep`"]
pub struct Guard {
    run: u64,
    damage: Option<Damage>,
}

impl Guard {
    pub(super) fn new(run: u64, damage: Option<Damage>) -> Self {
        Guard { run, damage }
    }

    /// Leaves the damage in force for the rest of the run, or until all links are mended at once.
    ///
    /// ```
    /// # mod reenact { pub use reenact_net as net; }
    /// # reenact_net::doc(|| async {
    /// # let db = reenact_sim::with("doc", |world| world.core.node("db"));
    /// # let cut = reenact_net::cut("doc", &[(reenact_sim::NodeId::TEST, db)], true, Default::default());
    /// use reenact::net::TcpStream;
    /// use std::io::ErrorKind;
    ///
    /// // `cut` is the guard of `sim.net().partition(&["test"], &["db"])`.
    /// cut.keep();
    /// assert_eq!(TcpStream::connect("db:5432").await.unwrap_err().kind(), ErrorKind::TimedOut);
    /// # });
    /// ```
    ///
    /// # Panics
    ///
    /// Outside of its run, where there is nothing to keep.
    #[track_caller]
    pub fn keep(mut self) {
        call_own(Method { what: "Guard::keep", run: self.run }, |_, _| ());
        self.damage = None;
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        match self.damage.take() {
            Some(Damage::Partition(partition)) => {
                even_if_dead(self.run, |net, core| net.mend(core, partition));
            }
            Some(Damage::Rule(rule)) => {
                // The rule itself is dropped behind the borrow.
                let _rule = even_if_dead(self.run, |net, core| net.remove_rule(core, rule));
            }
            None => {}
        }
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard").field("in_force", &self.damage.is_some()).finish_non_exhaustive()
    }
}
