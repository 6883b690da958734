//! What goes over the wire: a line for a request, a line for its answer.
//!
//! Text in, values out; no sockets here, so client and server cannot disagree about a word.

use std::{fmt, str::FromStr};

/// Where the bank listens.
pub(crate) const PORT: u16 = 7070;

/// Moves money. A client that hears no answer sends the same transfer again, under the same id.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Transfer {
    pub(crate) id: String,
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) amount: u32,
}

/// `TRANSFER alice-1 alice bob 20`, `BALANCE alice`
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Request {
    Transfer(Transfer),
    Balance(String),
}

/// `DONE`, `REFUSED`, `BUSY`, `BALANCE 80`, `INVALID`
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Answer {
    /// The money has moved.
    Done,
    /// It never will: there was not enough of it.
    Refused,
    /// This very transfer is being carried out: ask again later.
    Busy,
    /// What is in an account.
    Balance(u32),
    /// The bank did not understand.
    Invalid,
}

/// A line that is not of this protocol.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct NotUnderstood;

impl Request {
    /// What it is about: the id of a transfer, the name of an account.
    pub(crate) fn subject(&self) -> &str {
        match self {
            Request::Transfer(transfer) => &transfer.id,
            Request::Balance(account) => account,
        }
    }
}

impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Request::Transfer(Transfer { id, from, to, amount }) => {
                write!(f, "TRANSFER {id} {from} {to} {amount}")
            }
            Request::Balance(account) => write!(f, "BALANCE {account}"),
        }
    }
}

impl FromStr for Request {
    type Err = NotUnderstood;

    fn from_str(line: &str) -> Result<Self, NotUnderstood> {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["TRANSFER", id, from, to, amount] => Ok(Request::Transfer(Transfer {
                id: id.to_owned(),
                from: from.to_owned(),
                to: to.to_owned(),
                amount: amount.parse().map_err(|_| NotUnderstood)?,
            })),
            ["BALANCE", account] => Ok(Request::Balance(account.to_owned())),
            _ => Err(NotUnderstood),
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Answer::Done => f.write_str("DONE"),
            Answer::Refused => f.write_str("REFUSED"),
            Answer::Busy => f.write_str("BUSY"),
            Answer::Balance(amount) => write!(f, "BALANCE {amount}"),
            Answer::Invalid => f.write_str("INVALID"),
        }
    }
}

impl FromStr for Answer {
    type Err = NotUnderstood;

    fn from_str(line: &str) -> Result<Self, NotUnderstood> {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            ["DONE"] => Ok(Answer::Done),
            ["REFUSED"] => Ok(Answer::Refused),
            ["BUSY"] => Ok(Answer::Busy),
            ["BALANCE", amount] => Ok(Answer::Balance(amount.parse().map_err(|_| NotUnderstood)?)),
            ["INVALID"] => Ok(Answer::Invalid),
            _ => Err(NotUnderstood),
        }
    }
}
