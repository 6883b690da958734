//! The bank: answers requests, and knows which transfers it has seen before.
//!
//! A client may send a transfer twice, for it cannot tell a lost request from a lost answer. So the
//! bank remembers each id with its answer, and a second copy is answered from memory. When it begins
//! to remember is the difference between the bank that ships and the one that is right.

use crate::{
    protocol::{Answer, PORT, Request, Transfer},
    store::Store,
};
use futures::{AsyncBufReadExt, AsyncWriteExt, TryStreamExt, io::BufReader};
use reenact::{
    net::{TcpListener, TcpStream},
    trace,
};
use std::{
    collections::BTreeMap,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// When the bank begins to remember the id of a transfer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Remember {
    /// When it is carried out. The tests pass: a second copy that comes later is never applied.
    AfterTheEffect,
    /// Before it is begun.
    BeforeTheEffect,
}

/// What is remembered of a transfer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Seen {
    Begun,
    Answered(Answer),
}

struct Bank {
    store: Store,
    seen: Mutex<BTreeMap<String, Seen>>,
    remember: Remember,
}

/// The main of the bank: a task for each connection.
pub(crate) async fn serve(remember: Remember, opening: Vec<(String, u32)>) -> io::Result<()> {
    let bank = Arc::new(Bank { store: Store::new(opening), seen: Mutex::default(), remember });
    let listener = TcpListener::bind(("0.0.0.0", PORT)).await?;
    loop {
        let (stream, _peer) = listener.accept().await?;
        let bank = bank.clone();
        // A connection that breaks is its client's affair: it will make another one.
        reenact::spawn(async move { bank.converse(stream).await.ok() });
    }
}

impl Bank {
    /// Answers one connection, line by line.
    async fn converse(&self, stream: TcpStream) -> io::Result<()> {
        let mut lines = BufReader::new(&stream).lines();
        while let Some(line) = lines.try_next().await? {
            let answer = match line.parse() {
                Ok(Request::Transfer(transfer)) => self.transfer(&transfer).await,
                Ok(Request::Balance(account)) => {
                    self.store.balance(&account).map_or(Answer::Invalid, Answer::Balance)
                }
                Err(_) => Answer::Invalid,
            };
            (&stream).write_all(format!("{answer}\n").as_bytes()).await?;
        }
        Ok(())
    }

    /// Carries a transfer out, unless it was carried out before.
    async fn transfer(&self, transfer: &Transfer) -> Answer {
        trace::mark("receives", &transfer.id);
        let seen = self.seen().get(&transfer.id).copied();
        if let Some(seen) = seen {
            trace::mark("remembers", &transfer.id);
            return match seen {
                Seen::Begun => Answer::Busy,
                Seen::Answered(answer) => answer,
            };
        }
        if self.remember == Remember::BeforeTheEffect {
            self.seen().insert(transfer.id.clone(), Seen::Begun);
        }
        let answer = self.store.transfer(transfer).await;
        self.seen().insert(transfer.id.clone(), Seen::Answered(answer));
        answer
    }

    fn seen(&self) -> MutexGuard<'_, BTreeMap<String, Seen>> {
        // No code that can panic runs with the lock held.
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
