//! A coordinator announces its decision before it has written it down, and crashes in between.
//!
//! Two-phase commit with presumed abort (Mohan, Lindsay and Obermarck, ACM TODS 11, 1986): the
//! coordinator asks two participants to prepare, decides, and tells them. What its log does not say
//! was committed is aborted when it comes back after a crash. The test cuts its power at one of its
//! eleven crash points, or not at all. Bigger sizes have more transactions, one after the other.

use super::{
    Body, Program,
    Version::{self, Buggy, Fixed},
    crash_point::CrashPoint,
    datagrams::{number, receive},
};
use futures::FutureExt;
use reenact::{Sim, clock, draw, net::UdpSocket};
use std::{cell::RefCell, collections::BTreeMap, io, rc::Rc, time::Duration};

pub(crate) const PROGRAM: Program = Program {
    name: "two_phase_commit",
    about: "The coordinator sends its decision out first and forces it to the log afterwards.",
    sizes: &[1, 3, 10],
    minimum: 1,
    minimum_in_words: "The coordinator crashes at its sixth point: one participant was told to commit.",
    random_finds_it: true,
    lopsided: false,
    body: Body::World(|sim, version, size| run(sim, version, size).boxed_local()),
};

const PARTICIPANTS: [&str; 2] = ["left", "right"];
/// How long the disk takes to keep a record of the log.
const FORCE: Duration = Duration::from_millis(1);
/// A participant that has not voted by then votes no.
const VOTING: Duration = Duration::from_millis(100);
/// How long the coordinator is down after a crash: nothing it sent is under way any more.
const DOWN: Duration = Duration::from_millis(50);
/// How many crash points a transaction has.
const POINTS: u64 = 11;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Decision {
    Commit,
    Abort,
}

/// How far a transaction has come, as the log says.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Record {
    Begun,
    Decided(Decision),
    /// All participants have carried the decision out.
    Ended,
}

/// Of each transaction, what was written last. It outlives a crash.
type Log = Rc<RefCell<BTreeMap<usize, Record>>>;

struct Coordinator {
    version: Version,
    socket: UdpSocket,
    log: Log,
    crash: CrashPoint,
}

impl Coordinator {
    async fn coordinate(self, transactions: usize) -> io::Result<()> {
        for transaction in 0..transactions {
            let record = self.log.borrow().get(&transaction).copied();
            match record {
                None => self.carry_out(transaction).await?,
                // What follows was left by a former life. No decision was written down, so there is none.
                Some(Record::Begun) => self.finish(transaction, Decision::Abort).await?,
                Some(Record::Decided(decision)) => {
                    self.announce(transaction, decision).await?;
                    self.end(transaction).await?;
                }
                Some(Record::Ended) => {}
            }
        }
        Ok(())
    }

    async fn carry_out(&self, transaction: usize) -> io::Result<()> {
        self.force(transaction, Record::Begun).await;
        self.tell_all("PREPARE", transaction).await?;
        let all_yes = clock::timeout(VOTING, self.hear_all("YES", transaction)).await;
        let decision = if all_yes.is_ok() { Decision::Commit } else { Decision::Abort };
        self.finish(transaction, decision).await
    }

    async fn finish(&self, transaction: usize, decision: Decision) -> io::Result<()> {
        // The fix: nobody is told what a crash could still unmake.
        match self.version {
            Buggy => {
                self.announce(transaction, decision).await?;
                self.force(transaction, Record::Decided(decision)).await;
            }
            Fixed => {
                self.force(transaction, Record::Decided(decision)).await;
                self.announce(transaction, decision).await?;
            }
        }
        self.end(transaction).await
    }

    async fn announce(&self, transaction: usize, decision: Decision) -> io::Result<()> {
        let word = if decision == Decision::Commit { "COMMIT" } else { "ABORT" };
        self.tell_all(word, transaction).await
    }

    async fn end(&self, transaction: usize) -> io::Result<()> {
        self.hear_all("DONE", transaction).await?;
        self.force(transaction, Record::Ended).await;
        Ok(())
    }

    async fn force(&self, transaction: usize, record: Record) {
        clock::sleep(FORCE).await;
        self.log.borrow_mut().insert(transaction, record);
        self.crash.pass().await;
    }

    async fn tell_all(&self, word: &str, transaction: usize) -> io::Result<()> {
        for participant in PARTICIPANTS {
            self.socket.send_to(format!("{word} {transaction}").as_bytes(), (participant, 7000)).await?;
            self.crash.pass().await;
        }
        Ok(())
    }

    /// Waits for the same answer from all participants.
    async fn hear_all(&self, word: &str, transaction: usize) -> io::Result<()> {
        for _ in PARTICIPANTS {
            while receive(&self.socket).await?.0 != format!("{word} {transaction}") {}
            self.crash.pass().await;
        }
        Ok(())
    }
}

/// What a participant knows of each transaction; `None` is prepared and not told yet.
type States = Rc<RefCell<BTreeMap<usize, Option<Decision>>>>;

async fn participate(states: States) -> io::Result<()> {
    let socket = UdpSocket::bind("0.0.0.0:7000").await?;
    loop {
        let (message, from) = receive(&socket).await?;
        let Some((word, transaction)) = message.split_once(' ') else { continue };
        let transaction = number(transaction)?;
        let told = |decision| {
            // What has been carried out stays.
            states.borrow_mut().entry(transaction).or_default().get_or_insert(decision);
            "DONE"
        };
        let answer = match word {
            "COMMIT" => told(Decision::Commit),
            "ABORT" => told(Decision::Abort),
            _ if states.borrow_mut().entry(transaction).or_default().is_none() => "YES",
            _ => "NO",
        };
        socket.send_to(format!("{answer} {transaction}").as_bytes(), from).await?;
    }
}

async fn run(sim: Sim, version: Version, size: usize) {
    let states = PARTICIPANTS.map(|_| States::default());
    for (name, states) in PARTICIPANTS.into_iter().zip(&states) {
        let states = states.clone();
        sim.node(name).start(move || participate(states.clone()));
    }
    let log = Log::default();
    let crash = CrashPoint::new(draw::below(POINTS * size as u64 + 1));
    let coordinator = sim.node("coordinator");
    let (its_log, its_crash) = (log.clone(), crash.clone());
    coordinator.start(move || {
        let (log, crash) = (its_log.clone(), its_crash.clone());
        async move {
            let socket = UdpSocket::bind("0.0.0.0:7000").await?;
            Coordinator { version, socket, log, crash }.coordinate(size).await
        }
    });
    reenact::spawn(async move {
        crash.reached().await;
        coordinator.crash();
        clock::sleep(DOWN).await;
        coordinator.restart();
    });
    let ended = |log: &Log| log.borrow().values().filter(|record| **record == Record::Ended).count();
    while ended(&log) < size {
        clock::sleep(DOWN).await;
    }
    let [left, right] = states;
    assert_eq!(left.borrow().len(), size, "every transaction has reached a participant");
    assert_eq!(left, right, "what is committed at one participant is committed at the other");
}
