//! The storage that members append to: one log, on a host of its own.

use crate::message::{Message, Term};
use reenact::net::UdpSocket;
use std::{cell::RefCell, io, rc::Rc};

/// The terms of the entries, in the order in which they were written.
pub(crate) type Log = Rc<RefCell<Vec<Term>>>;

/// What the storage takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fence {
    /// Whatever comes: who leads must know himself whether he does.
    Open,
    /// Nothing of a term before that of the last entry.
    Terms,
}

/// Serves appends for ever.
pub(crate) async fn serve(fence: Fence, log: Log) -> io::Result<()> {
    let socket = UdpSocket::bind("0.0.0.0:7000").await?;
    let mut buffer = [0; 64];
    loop {
        let (len, from) = socket.recv_from(&mut buffer).await?;
        let Ok(Message::Append(term)) = Message::read(&buffer[..len]) else { continue };
        let too_old = log.borrow().last().is_some_and(|&last| term < last);
        let answer = if fence == Fence::Terms && too_old {
            Message::TooOld
        } else {
            log.borrow_mut().push(term);
            Message::Done
        };
        socket.send_to(answer.to_string().as_bytes(), from).await?;
    }
}
