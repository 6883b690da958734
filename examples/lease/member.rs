//! A member: it promises leases, asks for them, and writes while it has one.
//!
//! A majority of promises is a lease, and a promise is kept for [`LEASE`], so there is one leader at a
//! time (Gray and Cheriton, "Leases", SOSP 1989). Each measures time on its own clock; a leader counts
//! from before it asked, and stops well before the promises end.

use crate::message::{Message, Term};
use reenact::{
    clock::{self, Instant},
    draw,
    net::UdpSocket,
    trace,
};
use std::{cell::Cell, collections::BTreeSet, io, net::IpAddr, rc::Rc, time::Duration};

pub(crate) const MEMBERS: [&str; 3] = ["n1", "n2", "n3"];

/// How long a promise is kept.
pub(crate) const LEASE: Duration = Duration::from_millis(1000);
/// How long of that a leader takes itself for one.
const SURE: Duration = Duration::from_millis(700);
/// How often it asks for more.
const RENEW: Duration = Duration::from_millis(200);
/// How often it writes, and how long it takes to make an entry.
const WRITE: Duration = Duration::from_millis(100);
const MAKE: Duration = Duration::from_millis(10);

/// The lease a member has: of which term, and until when.
type Lease = Rc<Cell<Option<(Term, Instant)>>>;

struct Member {
    id: u64,
    socket: UdpSocket,
    lease: Lease,
    term: Rc<Cell<Term>>,
    /// To whom it has promised not to promise anybody else anything, and until when.
    promised: Option<IpAddr>,
    until: Instant,
    /// What it asks for: since when, and who has promised it.
    asked: Instant,
    promises: BTreeSet<IpAddr>,
    /// When it asks next.
    next: Instant,
}

/// Runs the member with this place among all, for ever. `disk` is what a crash leaves of it: the latest
/// term it has heard of.
pub(crate) async fn run(id: u64, disk: Rc<Cell<Term>>) -> io::Result<()> {
    let now = clock::now();
    let lease = Lease::default();
    let mut member = Member {
        id,
        socket: UdpSocket::bind("0.0.0.0:7000").await?,
        lease: lease.clone(),
        term: disk,
        promised: None,
        // What it promised before a crash it has forgotten, and keeps all the same.
        until: now + LEASE,
        asked: now,
        promises: BTreeSet::new(),
        next: now + pause(id),
    };
    reenact::spawn(write(lease));
    let mut buffer = [0; 64];
    loop {
        let heard = clock::timeout_at(member.next, member.socket.recv_from(&mut buffer)).await;
        match heard {
            Err(_) => member.ask().await?,
            Ok(heard) => {
                let (len, from) = heard?;
                if let Ok(message) = Message::read(&buffer[..len]) {
                    member.hear(message, from.ip()).await?;
                }
            }
        }
    }
}

/// Between two attempts, for each member another time, lest all ask at once for ever.
fn pause(id: u64) -> Duration {
    LEASE + Duration::from_millis(50 * id + draw::range(0..400))
}

impl Member {
    /// Asks all for the lease of a new term, or for more of the one it has.
    async fn ask(&mut self) -> io::Result<()> {
        let now = clock::now();
        let leads = self.lease.get().is_some_and(|(term, until)| term == self.term.get() && now < until);
        if !leads {
            self.lease.set(None);
            self.term.set(self.term.get() + 1);
        }
        self.asked = now;
        self.promises.clear();
        self.next = if leads { now + RENEW } else { now + pause(self.id) };
        for member in MEMBERS {
            self.send(Message::Ask(self.term.get()), (member, 7000)).await?;
        }
        Ok(())
    }

    async fn hear(&mut self, message: Message, from: IpAddr) -> io::Result<()> {
        match message {
            Message::Ask(term) => {
                let answer = self.promise(term, from);
                self.send(answer, (from, 7000)).await?;
            }
            Message::Promise(term) if term == self.term.get() => {
                self.promises.insert(from);
                if self.promises.len() > MEMBERS.len() / 2 {
                    if self.lease.get().is_none_or(|(known, _)| known != term) {
                        trace::mark("leads in term", term);
                    }
                    self.lease.set(Some((term, self.asked + SURE)));
                    self.next = self.asked + RENEW;
                }
            }
            Message::Refuse(term) => self.term.set(self.term.get().max(term)),
            _ => {}
        }
        Ok(())
    }

    /// Promises a lease, if it has promised none to somebody else.
    fn promise(&mut self, term: Term, to: IpAddr) -> Message {
        let now = clock::now();
        let free = now >= self.until || self.promised == Some(to);
        if !free || term < self.term.get() {
            return Message::Refuse(self.term.get());
        }
        self.term.set(term);
        (self.promised, self.until) = (Some(to), now + LEASE);
        if self.next < self.until {
            // Somebody leads, or is about to.
            self.next = now + pause(self.id);
        }
        Message::Promise(term)
    }

    async fn send(&self, message: Message, to: (impl ToString, u16)) -> io::Result<()> {
        let (host, port) = (to.0.to_string(), to.1);
        self.socket.send_to(message.to_string().as_bytes(), format!("{host}:{port}")).await.map(drop)
    }
}

/// Appends an entry now and then, while it has the lease.
async fn write(lease: Lease) -> io::Result<()> {
    let socket = UdpSocket::bind("0.0.0.0:7001").await?;
    loop {
        clock::sleep(WRITE).await;
        let Some((term, until)) = lease.get() else { continue };
        if clock::now() >= until {
            continue;
        }
        // It has the lease: what could happen in ten milliseconds?
        clock::sleep(MAKE).await;
        socket.send_to(Message::Append(term).to_string().as_bytes(), "storage:7000").await?;
        let answer = clock::timeout(WRITE, socket.recv(&mut [0; 64])).await;
        reenact::sometimes!(answer.is_err(), "an append is not answered");
    }
}
