//! What members and the storage say to each other, a datagram each. Pure.

use std::{fmt, str::FromStr};

/// The number of a leadership: each is later than all before.
pub(crate) type Term = u64;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Message {
    /// A member asks for the lease of a term, or for more of it.
    Ask(Term),
    /// Another one promises it: it promises no other for a while.
    Promise(Term),
    /// It cannot: it has promised this term to somebody.
    Refuse(Term),
    /// A leader appends an entry to the log.
    Append(Term),
    /// It is in the log.
    Done,
    /// The log has entries of a later leader.
    TooOld,
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Message::Ask(term) => write!(f, "ask {term}"),
            Message::Promise(term) => write!(f, "promise {term}"),
            Message::Refuse(term) => write!(f, "refuse {term}"),
            Message::Append(term) => write!(f, "append {term}"),
            Message::Done => f.write_str("done 0"),
            Message::TooOld => f.write_str("too-old 0"),
        }
    }
}

/// Bytes that are no message.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct NotUnderstood;

impl FromStr for Message {
    type Err = NotUnderstood;

    fn from_str(text: &str) -> Result<Self, NotUnderstood> {
        let (word, term) = text.split_once(' ').ok_or(NotUnderstood)?;
        let term: Term = term.parse().map_err(|_| NotUnderstood)?;
        Ok(match word {
            "ask" => Message::Ask(term),
            "promise" => Message::Promise(term),
            "refuse" => Message::Refuse(term),
            "append" => Message::Append(term),
            "done" => Message::Done,
            "too-old" => Message::TooOld,
            _ => return Err(NotUnderstood),
        })
    }
}

impl Message {
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, NotUnderstood> {
        str::from_utf8(bytes).map_err(|_| NotUnderstood)?.parse()
    }
}
