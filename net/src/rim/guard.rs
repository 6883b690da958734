//! Damage to the network that heals when its guard is dropped.
//!
//! Rim.

use super::{call, call_own, even_if_dead};
use crate::config::Config;
use reenact_sim::NodeId;
use std::fmt;

/// Cuts all links between two groups of nodes, both ways, until the guard is dropped.
///
/// # Panics
///
/// Outside a run.
#[track_caller]
pub fn partition(a: &[NodeId], b: &[NodeId]) -> Guard {
    call("net::partition", |net, core| {
        let partition = if core.is_inert() { None } else { Some(net.partition(core, a, b)) };
        Guard { run: core.run_id(), partition }
    })
}

/// From now on the network behaves so; what is on its way arrives as it was going to.
///
/// # Panics
///
/// Outside a run.
#[track_caller]
pub fn configure(config: Config) {
    call("net::configure", |net, core| {
        if !core.is_inert() {
            core.recorder().fold(config.fingerprint());
            net.configure(config);
        }
    });
}

/// Mends all links; guards that are still held have nothing left to heal.
///
/// # Panics
///
/// Outside a run.
#[track_caller]
pub fn heal() {
    call("net::heal", |net, core| {
        if !core.is_inert() {
            net.mend_all(core);
        }
    });
}

/// Keeps damage to the network in force; it heals on drop.
///
/// That holds however it is dropped, also when the node of the task that holds it crashes. After
/// its run it does nothing.
///
/// ```
/// # mod reenact { pub use reenact_net as net; }
/// # reenact_net::doc(|| async {
/// # let db = reenact_sim::with("doc", |world| world.core.node("db"));
/// # let cut = reenact_net::partition(&[reenact_sim::NodeId::TEST], &[db]);
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
    partition: Option<u64>,
}

impl Guard {
    /// Leaves the damage in force for the rest of the run, or until all links are mended at once.
    ///
    /// ```
    /// # mod reenact { pub use reenact_net as net; }
    /// # reenact_net::doc(|| async {
    /// # let db = reenact_sim::with("doc", |world| world.core.node("db"));
    /// # let cut = reenact_net::partition(&[reenact_sim::NodeId::TEST], &[db]);
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
        call_own(("Guard::keep", "Guard", self.run), |_, _| ());
        self.partition = None;
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(partition) = self.partition.take() {
            even_if_dead(self.run, |net, core| net.mend(core, partition));
        }
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Guard").field("in_force", &self.partition.is_some()).finish_non_exhaustive()
    }
}
