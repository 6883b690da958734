//! Whether a stream can be read or written, without doing it; and doing it without waiting.
//!
//! Seam.

use super::{EndId, Options, State};
use crate::fabric::{Net, WAIT_READ, WAIT_WRITE};
use reenact_sim::{Core, Wait};
use std::{io, task::Poll};

impl Net {
    /// Whether reading would not wait.
    pub(crate) fn tcp_is_readable(&mut self, id: EndId) -> io::Result<bool> {
        let end = self.tcp.held(id)?;
        Ok(!end.inbox.is_empty() || end.eof || end.failed)
    }

    /// Whether writing would not wait.
    pub(crate) fn tcp_is_writable(&mut self, id: EndId) -> io::Result<bool> {
        let end = self.tcp.held(id)?;
        Ok(end.credit > 0 || end.fin_sent || end.failed)
    }

    /// Waits until reading would not.
    pub(crate) fn tcp_poll_readable(&mut self, core: &mut Core, id: EndId) -> Poll<io::Result<()>> {
        match self.tcp_is_readable(id) {
            Ok(false) => {
                let number = self.tcp.connection(id.place).number;
                self.tcp.end(id.place).extra().readable.add(core);
                core.waits_for(Wait::Device(Net::SLOT, WAIT_READ, number));
                Poll::Pending
            }
            result => Poll::Ready(result.map(drop)),
        }
    }

    /// Waits until writing would not.
    pub(crate) fn tcp_poll_writable(&mut self, core: &mut Core, id: EndId) -> Poll<io::Result<()>> {
        match self.tcp_is_writable(id) {
            Ok(false) => {
                let number = self.tcp.connection(id.place).number;
                self.tcp.end(id.place).extra().writable.add(core);
                core.waits_for(Wait::Device(Net::SLOT, WAIT_WRITE, number));
                Poll::Pending
            }
            result => Poll::Ready(result.map(drop)),
        }
    }

    /// Looks at what has arrived without taking it; waits for something as reading does.
    pub(crate) fn tcp_peek(
        &mut self,
        core: &mut Core,
        id: EndId,
        buffer: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let end = match self.tcp.held(id) {
            Ok(end) => end,
            Err(error) => return Poll::Ready(Err(error)),
        };
        if end.inbox.is_empty() {
            if !buffer.is_empty() && !end.eof && !end.failed {
                return self.tcp_poll_readable(core, id).map_ok(|()| 0);
            }
            let error = if end.eof { None } else { end.error.take() };
            return Poll::Ready(error.map_or(Ok(0), |kind| Err(kind.into())));
        }
        let (mut offset, mut filled) = (end.offset as usize, 0);
        for cell in self.cells.list(end.inbox) {
            let rest = &self.cells.payload(cell)[offset..];
            let n = rest.len().min(buffer.len() - filled);
            buffer[filled..filled + n].copy_from_slice(&rest[..n]);
            (offset, filled) = (0, filled + n);
        }
        Poll::Ready(Ok(filled))
    }

    /// The options of an end.
    pub(crate) fn tcp_options(&mut self, id: EndId) -> io::Result<Options> {
        Ok(*self.tcp.held(id)?.options())
    }

    /// Sets options of an end.
    pub(crate) fn tcp_set_options(
        &mut self,
        core: &mut Core,
        id: EndId,
        set: impl FnOnce(&mut Options),
    ) -> io::Result<()> {
        let extra = self.tcp.held(id)?.extra();
        let before = extra.options;
        set(&mut extra.options);
        if extra.options.keep_alive != before.keep_alive {
            self.restart_keep_alive(core, id.place);
        }
        Ok(())
    }

    /// The error that nobody has been told of, if there is one.
    pub(crate) fn tcp_take_error(&mut self, id: EndId) -> io::Result<Option<io::Error>> {
        let end = self.tcp.held(id)?;
        let is_told_by_connect = end.state == State::SynSent;
        Ok(if is_told_by_connect { None } else { end.error.take().map(io::Error::from) })
    }
}
