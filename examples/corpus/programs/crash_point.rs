//! Where in a program's course the power goes: at its how-many-eth crash point.
//!
//! A program passes the points; the test draws which of them is the one, and does the crashing. Time
//! would not do: between two sends none goes by.

use futures::future::pending;
use std::{cell::Cell, rc::Rc};
use tokio::sync::Notify;

/// Counts the points that are passed; clones count together.
#[derive(Clone)]
pub(crate) struct CrashPoint(Rc<Inner>);

struct Inner {
    left: Cell<u64>,
    reached: Notify,
}

impl CrashPoint {
    /// The how-many-eth point that is passed is the one; 0 is none.
    pub(crate) fn new(which: u64) -> Self {
        CrashPoint(Rc::new(Inner { left: Cell::new(which), reached: Notify::new() }))
    }

    /// A point at which the power may go. If this is the one, whoever passes it gets no further.
    pub(crate) async fn pass(&self) {
        let left = self.0.left.get();
        self.0.left.set(left.saturating_sub(1));
        if left == 1 {
            self.0.reached.notify_one();
            pending::<()>().await;
        }
    }

    /// Waits until somebody stands at the point.
    pub(crate) async fn reached(&self) {
        self.0.reached.notified().await;
    }
}
