//! Asking a silent peer whether it is there.
//!
//! Seam. A probe is a segment of the connection without bytes. Whether it is answered is seen at its
//! delivery, as for all segments: what did not arrive is on the list of what will be sent again, and an
//! answer that could not come back counts as none. Linux asks only after silence; here the time runs from
//! one question to the next, whatever is heard between.

use super::State;
use crate::fabric::{KEEP_ALIVE, Net};
use reenact_sim::Core;
use std::io;

impl Net {
    /// The keep-alive of an end was switched on or off, or has other times.
    pub(super) fn restart_keep_alive(&mut self, core: &mut Core, place: u32) {
        self.stop_keep_alive(core, place);
        let end = self.tcp.end(place);
        let Some(extra) = &mut end.extra else { return };
        (extra.asked, extra.unanswered) = (false, 0);
        if let Some(keep_alive) = extra.options.keep_alive
            && !end.failed
        {
            let at = core.now() + keep_alive.time;
            extra.alarm = Some((at, core.alarm(at, Net::SLOT, KEEP_ALIVE << 32 | place as u64)));
        }
    }

    pub(super) fn stop_keep_alive(&mut self, core: &mut Core, place: u32) {
        let Some(extra) = &mut self.tcp.end(place).extra else { return };
        if let Some((at, key)) = extra.alarm.take() {
            core.cancel_alarm(at, key);
        }
    }

    /// The alarm of a keep-alive: the last probe is looked after, and the next one sent.
    pub(crate) fn keep_alive(&mut self, core: &mut Core, place: u32) {
        let (from, to) = (self.tcp.end(place).node, self.tcp.end(place ^ 1).node);
        let deaf = self.obstacle(core, to, from).is_some();
        let end = self.tcp.end(place);
        let waits = !(end.stalled.is_empty() && end.behind.is_empty());
        let is_open = matches!(end.state, State::Open | State::Queued);
        let Some(extra) = &mut end.extra else { return };
        extra.alarm = None;
        let Some(keep_alive) = extra.options.keep_alive.filter(|_| is_open) else { return };
        let answered = extra.asked && !waits && !deaf;
        if extra.asked && !answered {
            extra.unanswered += 1;
            if extra.unanswered >= keep_alive.retries {
                self.fail_end(core, place, io::ErrorKind::TimedOut);
                return;
            }
        }
        extra.asked = !answered;
        if answered {
            extra.unanswered = 0;
        }
        let at = core.now() + if answered { keep_alive.time } else { keep_alive.interval };
        extra.alarm = Some((at, core.alarm(at, Net::SLOT, KEEP_ALIVE << 32 | place as u64)));
        // What waits already is asked again by its own time-out.
        if !answered && !waits {
            self.transmit_window(core, place, 0);
        }
    }
}
