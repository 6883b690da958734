//! Options of a connection.
//!
//! Pure data, with the defaults of Linux.

use super::End;
use reenact_clock::Instant;
use std::time::Duration;

/// When to ask a peer that says nothing whether it is there (RFC 9293, section 3.8.4).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct KeepAlive {
    /// How long nothing is heard before it is asked.
    pub(crate) time: Duration,
    /// How long after that it is asked again.
    pub(crate) interval: Duration,
    /// How often it is asked before it is given up on.
    pub(crate) retries: u32,
}

impl KeepAlive {
    /// Linux's `tcp_keepalive_time`, `_intvl` and `_probes`.
    pub(crate) const LINUX: KeepAlive =
        KeepAlive { time: Duration::from_secs(7_200), interval: Duration::from_secs(75), retries: 9 };
}

/// What was set.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Options {
    pub(crate) nodelay: bool,
    pub(crate) ttl: u32,
    /// What is not sent when it is closed is thrown away after so long.
    pub(crate) linger: Option<Duration>,
    pub(crate) keep_alive: Option<KeepAlive>,
    /// How long written bytes may stay without an answer.
    pub(crate) user_timeout: Option<Duration>,
}

impl Options {
    const DEFAULT: Options =
        Options { nodelay: false, ttl: 64, linger: None, keep_alive: None, user_timeout: None };
}

impl Default for Options {
    fn default() -> Self {
        Options::DEFAULT
    }
}

impl End {
    pub(super) fn options(&self) -> &Options {
        self.extra.as_ref().map_or(&Options::DEFAULT, |extra| &extra.options)
    }

    /// Whether closing it resets it: with a linger of nothing nothing is sent any more.
    pub(super) fn aborts_on_close(&self) -> bool {
        self.options().linger == Some(Duration::ZERO)
    }

    /// When what waits to be sent again is given up on, if the user has said so.
    pub(super) fn give_up_at(&mut self, now: Instant) -> Option<Instant> {
        let extra = self.extra.as_mut()?;
        let limit = extra.options.user_timeout?;
        Some(*extra.stalled_since.get_or_insert(now) + limit)
    }

    /// Something has got through.
    pub(super) fn is_through(&mut self) {
        if let Some(extra) = &mut self.extra {
            extra.stalled_since = None;
        }
    }
}
