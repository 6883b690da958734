//! A member of a Raft cluster forgets its vote in a crash, votes again, and there are two leaders.
//!
//! Leader election as in Ongaro and Ousterhout, "In Search of an Understandable Consensus Algorithm"
//! (USENIX ATC 2014), section 5.2, without a log to replicate: the last two members stand for
//! election, the others are witnesses, who only vote. As long as nothing is late both stand at the same
//! time, and the witnesses decide. The test crashes one of them at some moment, and starts it again at
//! once. Bigger sizes have more witnesses.

use super::{
    Body, Program,
    Version::{self, Buggy, Fixed},
    crash_point::CrashPoint,
    datagrams::{number, receive},
};
use futures::FutureExt;
use reenact::{
    Sim,
    clock::{self, Instant},
    draw,
    net::UdpSocket,
    trace,
};
use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
    io,
    rc::Rc,
    time::Duration,
};

pub(crate) const PROGRAM: Program = Program {
    name: "raft_forget_vote",
    about: "The write of term and vote to the disk is begun before the vote is sent, and not waited for.",
    sizes: &[3, 5, 7],
    minimum: 2,
    minimum_in_words: "The witness crashes when it has voted; and the first heartbeat of the leader that it \
                       elected is 4 ms late, so that the other candidate asks the witness again, and is \
                       elected too.",
    random_finds_it: true,
    lopsided: false,
    body: Body::World(|sim, version, size| run(sim, version, size).boxed_local()),
};

const SYNC: Duration = Duration::from_millis(3);
/// The least that goes by without a leader before a member stands for election.
const ELECTION: Duration = Duration::from_millis(150);
/// So many milliseconds may be added, lest all stand at once for ever.
const SPREAD: u64 = 30;
const HEARTBEAT: Duration = Duration::from_millis(20);
/// A candidate asks those who have not answered again.
const ASK_AGAIN: Duration = Duration::from_millis(5);
/// How long a witness is down after a crash.
const DOWN: Duration = Duration::from_millis(2);
/// The crash comes after one of the first so many messages, less one, that the witness answers.
const POINTS: u64 = 8;
/// How long a run goes on: for two elections or three.
const END: Duration = Duration::from_millis(500);

/// What must outlive a crash.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Vote {
    term: u64,
    given_to: Option<usize>,
}

#[derive(PartialEq, Eq)]
enum Role {
    Follower,
    /// With the members that have answered, and how they voted.
    Candidate(BTreeMap<usize, bool>),
    Leader,
}

/// Who was elected in each term; the test's own knowledge.
type Elected = Rc<RefCell<BTreeMap<u64, BTreeSet<usize>>>>;

#[derive(Clone)]
struct Setup {
    id: usize,
    version: Version,
    size: usize,
    disk: Rc<Cell<Vote>>,
    elected: Elected,
    crash: CrashPoint,
}

struct Member {
    setup: Setup,
    vote: Vote,
    role: Role,
    /// When to stand for election.
    election: Instant,
    /// When to ask again, or to send heartbeats.
    next: Instant,
    outbox: Vec<(usize, String)>,
}

fn election_after(now: Instant) -> Instant {
    now + ELECTION + Duration::from_millis(draw::below(SPREAD))
}

impl Member {
    async fn serve(setup: Setup) -> io::Result<()> {
        let socket = UdpSocket::bind("0.0.0.0:7000").await?;
        let election = election_after(clock::now());
        let (vote, role, outbox) = (setup.disk.get(), Role::Follower, Vec::new());
        let mut member = Member { setup, vote, role, election, next: election, outbox };
        loop {
            let before = member.vote;
            let mut heard = false;
            reenact::select! {
                received = receive(&socket) => {
                    member.hear(&received?.0)?;
                    heard = true;
                }
                () = clock::sleep_until(member.alarm()) => member.ring(),
            }
            if member.vote != before {
                let (disk, vote) = (member.setup.disk.clone(), member.vote);
                let write = reenact::spawn(async move {
                    clock::sleep(SYNC).await;
                    disk.set(vote);
                });
                // The fix: nobody hears of a vote that a crash could still take back.
                match member.setup.version {
                    Buggy => drop(write),
                    Fixed => write.await.map_err(io::Error::other)?,
                }
            }
            for (to, message) in member.outbox.drain(..) {
                socket.send_to(message.as_bytes(), format!("member-{to}:7000")).await?;
            }
            if heard {
                member.setup.crash.pass().await;
            }
        }
    }

    /// When it has something to do of its own accord.
    fn alarm(&self) -> Instant {
        match self.role {
            Role::Leader => self.next,
            Role::Candidate(_) => self.next.min(self.election),
            Role::Follower => self.election,
        }
    }

    fn ring(&mut self) {
        let now = clock::now();
        if self.role != Role::Leader && now >= self.election {
            self.election = election_after(now);
            if self.setup.id + 2 < self.setup.size {
                // A witness has nothing better to offer.
                return;
            }
            self.vote = Vote { term: self.vote.term + 1, given_to: Some(self.setup.id) };
            self.role = Role::Candidate(BTreeMap::from([(self.setup.id, true)]));
        }
        match &self.role {
            Role::Follower => {}
            Role::Candidate(answers) => {
                self.next = now + ASK_AGAIN;
                let silent = (0..self.setup.size).filter(|id| !answers.contains_key(id)).collect();
                self.send(silent, "STAND");
            }
            Role::Leader => {
                self.next = now + HEARTBEAT;
                self.send((0..self.setup.size).filter(|id| *id != self.setup.id).collect(), "LEAD");
            }
        }
    }

    fn send(&mut self, to: Vec<usize>, word: &str) {
        let message = format!("{word} {} {}", self.vote.term, self.setup.id);
        self.outbox.extend(to.into_iter().map(|to| (to, message.clone())));
    }

    /// Takes in what another member says: a word, its term, and who it is.
    fn hear(&mut self, message: &str) -> io::Result<()> {
        let [word, term, from] = message.split(' ').collect::<Vec<_>>()[..] else {
            return Err(io::ErrorKind::InvalidData.into());
        };
        let (term, from) = (number(term)?, number(from)?);
        if term > self.vote.term {
            self.vote = Vote { term, given_to: None };
            self.role = Role::Follower;
        }
        match word {
            "STAND" => {
                let free = self.vote.given_to.is_none_or(|to| to == from);
                let granted = term == self.vote.term && free;
                if granted {
                    self.vote.given_to = Some(from);
                    self.election = election_after(clock::now());
                }
                self.send(vec![from], if granted { "YES" } else { "NO" });
            }
            "YES" | "NO" if term == self.vote.term => self.count(from, word == "YES"),
            "LEAD" if term == self.vote.term && self.role != Role::Leader => {
                self.role = Role::Follower;
                self.election = election_after(clock::now());
            }
            // Of a term that is over.
            _ => {}
        }
        Ok(())
    }

    fn count(&mut self, from: usize, yes: bool) {
        let Role::Candidate(answers) = &mut self.role else { return };
        answers.insert(from, yes);
        if 2 * answers.values().filter(|yes| **yes).count() > self.setup.size {
            trace::mark("leads", self.vote.term);
            self.setup.elected.borrow_mut().entry(self.vote.term).or_default().insert(self.setup.id);
            self.role = Role::Leader;
            self.ring();
        }
    }
}

async fn run(sim: Sim, version: Version, size: usize) {
    let elected = Elected::default();
    let (victim, crash) = (draw::below(size as u64 - 2) as usize, CrashPoint::new(draw::below(POINTS)));
    let nodes: Vec<_> = (0..size).map(|id| sim.node(format!("member-{id}"))).collect();
    for (id, node) in nodes.iter().enumerate() {
        let crash = if id == victim { crash.clone() } else { CrashPoint::new(0) };
        let setup = Setup { id, version, size, disk: Rc::default(), elected: elected.clone(), crash };
        node.start(move || Member::serve(setup.clone()));
    }
    reenact::spawn(async move {
        crash.reached().await;
        nodes[victim].crash();
        clock::sleep(DOWN).await;
        nodes[victim].restart();
    });
    clock::sleep(END).await;
    for (term, leaders) in &*elected.borrow() {
        assert!(leaders.len() < 2, "term {term} has the leaders {leaders:?}");
    }
}
