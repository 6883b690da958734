//! The handle of the network.
//!
//! Rim.

use super::{link::Link, shape::Shape};
use reenact_net::{self as net, Flavour, Guard, InFlight, NetStats, Packet, Scope, Verdict};
use reenact_sim::{self as machine, NodeId};

/// The network between the nodes, as the test damages and heals it.
///
/// ```
/// use reenact::{Simulation, clock, net::UdpSocket};
/// use std::time::Duration;
///
/// let run = Simulation::new(1).run(|sim| async move {
///     let socket = UdpSocket::bind("0.0.0.0:7000").await.unwrap();
///     let peer = sim.node("peer");
///     let cut = sim.net().isolate("peer");
///     peer.spawn(async {
///         let socket = UdpSocket::bind("0.0.0.0:0").await.unwrap();
///         socket.send_to(b"lost", "test:7000").await.unwrap();
///         clock::sleep(Duration::from_secs(1)).await;
///         socket.send_to(b"heard", "test:7000").await.unwrap();
///     });
///     clock::sleep(Duration::from_millis(500)).await;
///     drop(cut);
///     assert_eq!(socket.recv(&mut [0; 16]).await.unwrap(), "heard".len());
/// });
/// run.unwrap();
/// ```
#[derive(Clone, Debug)]
pub struct NetHandle {
    run: u64,
    flavour: Flavour,
}

impl NetHandle {
    pub(crate) fn new(run: u64) -> Self {
        NetHandle { run, flavour: Flavour::Drop }
    }

    /// From now on the network behaves so. What is on its way arrives as it was going to.
    ///
    /// ```
    /// use reenact::{Simulation, clock, net::{Config, TcpStream}};
    /// use std::{io::ErrorKind, time::Duration};
    ///
    /// let run = Simulation::new(1).run(|sim| async move {
    ///     sim.node("db");
    ///     sim.net().config(Config::default().latency(Duration::from_secs(1)..Duration::from_secs(1)));
    ///     let refused = TcpStream::connect("db:5432").await.unwrap_err();
    ///     assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    ///     clock::now().since_start()
    /// });
    /// assert_eq!(run.unwrap(), Duration::from_secs(2), "there and back");
    /// ```
    ///
    /// # Panics
    ///
    /// In another run.
    #[track_caller]
    pub fn config(&self, config: net::Config) {
        self.check("NetHandle::config");
        reenact_net::configure(config);
    }

    /// Cuts all links between two groups of nodes, both ways, until the guard is dropped. What
    /// would arrive meanwhile is lost; TCP sends it again, and times out if that takes too long.
    ///
    /// ```
    /// use reenact::{Simulation, clock, net::TcpStream};
    /// use std::{io::ErrorKind, time::Duration};
    ///
    /// let run = Simulation::new(1).run(|sim| async move {
    ///     sim.node("db");
    ///     let cut = sim.net().partition(&["test"], &["db"]);
    ///     let connect = clock::timeout(Duration::from_secs(5), TcpStream::connect("db:5432")).await;
    ///     assert!(connect.is_err(), "nobody answers, not even with a refusal");
    ///     drop(cut);
    ///     assert_eq!(TcpStream::connect("db:5432").await.unwrap_err().kind(), ErrorKind::ConnectionRefused);
    /// });
    /// run.unwrap();
    /// ```
    ///
    /// # Panics
    ///
    /// For a name that no node has, for a node and itself alone, and in another run.
    #[track_caller]
    pub fn partition<A: AsRef<str>, B: AsRef<str>>(&self, a: &[A], b: &[B]) -> Guard {
        const WHAT: &str = "NetHandle::partition";
        self.check(WHAT);
        let pairs = self.pairs(WHAT, a, b);
        self.cut(WHAT, &pairs, true)
    }

    /// Cuts all links from one group of nodes to another, and not the other way, until the guard is
    /// dropped.
    ///
    /// ```
    /// use reenact::{Simulation, clock, net::{TcpListener, TcpStream}};
    /// use std::{io::ErrorKind, time::Duration};
    ///
    /// let run = Simulation::new(1).run(|sim| async move {
    ///     sim.node("db").start(|| async {
    ///         TcpListener::bind("0.0.0.0:5432").await?.accept().await.map(drop)
    ///     });
    ///     // The database hears us, and we do not hear it.
    ///     let _cut = sim.net().one_way(&["db"], &["test"]);
    ///     let connect = clock::timeout(Duration::from_secs(5), TcpStream::connect("db:5432")).await;
    ///     assert!(connect.is_err());
    /// });
    /// run.unwrap();
    /// ```
    ///
    /// # Panics
    ///
    /// For a name that no node has, for a node and itself alone, and in another run.
    #[track_caller]
    pub fn one_way<A: AsRef<str>, B: AsRef<str>>(&self, from: &[A], to: &[B]) -> Guard {
        const WHAT: &str = "NetHandle::one_way";
        self.check(WHAT);
        let pairs = self.pairs(WHAT, from, to);
        self.cut(WHAT, &pairs, false)
    }

    /// Cuts every link of which `cut(from, to)` says so, by the names of its nodes, until the guard is
    /// dropped. Each link is asked about in both directions.
    ///
    /// ```
    /// use reenact::Simulation;
    ///
    /// let run = Simulation::new(1).run(|sim| async move {
    ///     for name in ["eu-1", "eu-2", "us-1"] {
    ///         sim.node(name);
    ///     }
    ///     // Nothing gets from Europe to America.
    ///     let _cut = sim.net().cut_where(|from, to| from.starts_with("eu") && to.starts_with("us"));
    /// });
    /// run.unwrap();
    /// ```
    ///
    /// # Panics
    ///
    /// In another run.
    #[track_caller]
    pub fn cut_where(&self, mut cut: impl FnMut(&str, &str) -> bool) -> Guard {
        const WHAT: &str = "NetHandle::cut_where";
        let names: Vec<String> = machine::with_own(WHAT, "NetHandle", self.run, |world| {
            let nodes = (0..world.core.node_count() as u32).map(NodeId);
            nodes.map(|node| world.core.node_name(node).to_owned()).collect()
        });
        let mut pairs = Vec::new();
        for (a, from) in (0..).map(NodeId).zip(&names) {
            pairs.extend(
                (0..).map(NodeId).zip(&names).filter(|&(b, to)| a != b && cut(from, to)).map(|(b, _)| (a, b)),
            );
        }
        self.cut(WHAT, &pairs, false)
    }

    /// Cuts these nodes from each other in a certain [`Shape`], until the guard is dropped. What a shape
    /// leaves open is drawn by the task that calls.
    ///
    /// # Panics
    ///
    /// For a name that no node has, and in another run.
    #[track_caller]
    pub fn shape<A: AsRef<str>>(&self, shape: Shape, nodes: &[A]) -> Guard {
        const WHAT: &str = "NetHandle::shape";
        self.check(WHAT);
        let mut ids = Vec::with_capacity(nodes.len());
        for name in nodes {
            ids.push(self.find(WHAT, name.as_ref()));
        }
        let cuts = shape.cuts(ids.len(), &mut |n| machine::draw::below(n));
        let pairs: Vec<_> = cuts.into_iter().map(|(a, b)| (ids[a], ids[b])).collect();
        self.cut(WHAT, &pairs, true)
    }

    /// The same network; the partitions made by this handle do something else with packets than to lose
    /// them.
    ///
    /// ```
    /// use reenact::{Simulation, clock, net::{Flavour, UdpSocket}};
    /// use std::time::Duration;
    ///
    /// let run = Simulation::new(1).run(|sim| async move {
    ///     let socket = UdpSocket::bind("0.0.0.0:7000").await?;
    ///     sim.node("peer").start(|| async {
    ///         UdpSocket::bind("0.0.0.0:0").await?.send_to(b"hi", "test:7000").await.map(drop)
    ///     });
    ///     let jam = sim.net().flavour(Flavour::Jam).isolate("peer");
    ///     assert!(clock::timeout(Duration::from_secs(5), socket.recv(&mut [0; 2])).await.is_err());
    ///     drop(jam);
    ///     socket.recv(&mut [0; 2]).await?; // it was on its way all the time
    ///     assert_eq!(sim.elapsed(), Duration::from_secs(5));
    ///     std::io::Result::Ok(())
    /// });
    /// run.unwrap().unwrap();
    /// ```
    pub fn flavour(&self, flavour: Flavour) -> NetHandle {
        NetHandle { run: self.run, flavour }
    }

    /// Cuts a node off from all nodes that exist now, both ways, until the guard is dropped.
    ///
    /// ```
    /// use reenact::{Simulation, net::TcpStream};
    /// use std::io::ErrorKind;
    ///
    /// let run = Simulation::new(1).run(|sim| async move {
    ///     sim.node("db");
    ///     let _cut = sim.net().isolate("db");
    ///     let unheard = TcpStream::connect("db:5432").await.unwrap_err();
    ///     assert_eq!(unheard.kind(), ErrorKind::TimedOut);
    ///     assert_eq!(sim.elapsed().as_secs(), 127, "after seven attempts, as on Linux");
    /// });
    /// run.unwrap();
    /// ```
    ///
    /// # Panics
    ///
    /// For a name that no node has, and in another run.
    #[track_caller]
    pub fn isolate(&self, node: impl AsRef<str>) -> Guard {
        const WHAT: &str = "NetHandle::isolate";
        let node = self.find(WHAT, node.as_ref());
        let count = machine::with(WHAT, |world| world.core.node_count() as u32);
        let others = (0..count).map(NodeId).filter(|&other| other != node);
        let pairs: Vec<_> = others.map(|other| (node, other)).collect();
        self.cut(WHAT, &pairs, true)
    }

    /// Mends all links, and releases what is [held](NetHandle::hold). Guards that are still held have
    /// nothing left to heal. What links are like stays, and so do rules.
    ///
    /// ```
    /// use reenact::{Simulation, net::TcpStream};
    /// use std::io::ErrorKind;
    ///
    /// let run = Simulation::new(1).run(|sim| async move {
    ///     sim.node("db");
    ///     sim.net().isolate("db").keep();
    ///     sim.net().heal();
    ///     // The host answers: nobody listens there.
    ///     let refused = TcpStream::connect("db:5432").await.unwrap_err();
    ///     assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    /// });
    /// run.unwrap();
    /// ```
    ///
    /// # Panics
    ///
    /// In another run.
    #[track_caller]
    pub fn heal(&self) {
        self.check("NetHandle::heal");
        reenact_net::heal();
    }

    /// The link from one node to another, to set what it is like: it is directed.
    ///
    /// ```
    /// use reenact::Simulation;
    /// use std::time::Duration;
    ///
    /// let run = Simulation::new(1).run(|sim| async move {
    ///     sim.node("db");
    ///     sim.net().link("test", "db").loss(1, 10).latency(Duration::from_millis(80)..Duration::from_millis(90));
    /// });
    /// run.unwrap();
    /// ```
    ///
    /// # Panics
    ///
    /// For a name that no node has, for a node and itself, and in another run.
    #[track_caller]
    pub fn link(&self, from: impl AsRef<str>, to: impl AsRef<str>) -> Link {
        const WHAT: &str = "NetHandle::link";
        let (from, to) = self.two(WHAT, from.as_ref(), to.as_ref());
        Link::new(self.run, vec![Scope::Link(from, to)])
    }

    /// All links from a node: they share its [bandwidth](Link::bandwidth).
    ///
    /// # Panics
    ///
    /// For a name that no node has, and in another run.
    #[track_caller]
    pub fn from(&self, node: impl AsRef<str>) -> Link {
        Link::new(self.run, vec![Scope::From(self.find("NetHandle::from", node.as_ref()))])
    }

    /// All links to a node: they share its [bandwidth](Link::bandwidth).
    ///
    /// # Panics
    ///
    /// For a name that no node has, and in another run.
    #[track_caller]
    pub fn to(&self, node: impl AsRef<str>) -> Link {
        Link::new(self.run, vec![Scope::To(self.find("NetHandle::to", node.as_ref()))])
    }

    /// All links from and to a node.
    ///
    /// # Panics
    ///
    /// For a name that no node has, and in another run.
    #[track_caller]
    pub fn node(&self, node: impl AsRef<str>) -> Link {
        let node = self.find("NetHandle::node", node.as_ref());
        Link::new(self.run, vec![Scope::From(node), Scope::To(node)])
    }

    /// Keeps what `from` sends to `to` on its way, until it is [released](NetHandle::release).
    ///
    /// ```
    /// use reenact::{Simulation, clock, net::UdpSocket};
    /// use std::time::Duration;
    ///
    /// let run = Simulation::new(1).run(|sim| async move {
    ///     let socket = UdpSocket::bind("0.0.0.0:7000").await?;
    ///     let net = sim.net();
    ///     let peer = sim.node("peer");
    ///     net.hold("peer", "test");
    ///     peer.start(|| async {
    ///         UdpSocket::bind("0.0.0.0:0").await?.send_to(b"late", "test:7000").await.map(drop)
    ///     });
    ///     clock::sleep(Duration::from_secs(60)).await;
    ///     assert_eq!(net.in_flight()[0].payload(), b"late");
    ///     net.release("peer", "test");
    ///     assert_eq!(socket.recv(&mut [0; 16]).await?, 4);
    ///     assert!(net.in_flight().is_empty());
    ///     std::io::Result::Ok(())
    /// });
    /// run.unwrap().unwrap();
    /// ```
    ///
    /// # Panics
    ///
    /// For a name that no node has, for a node and itself, and in another run.
    #[track_caller]
    pub fn hold(&self, from: impl AsRef<str>, to: impl AsRef<str>) {
        const WHAT: &str = "NetHandle::hold";
        let (from, to) = self.two(WHAT, from.as_ref(), to.as_ref());
        net::hold(WHAT, from, to);
    }

    /// Lets what is kept between two nodes arrive now, in the order in which it came; also what a
    /// [rule](NetHandle::rule) holds.
    ///
    /// # Panics
    ///
    /// For a name that no node has, for a node and itself, and in another run.
    #[track_caller]
    pub fn release(&self, from: impl AsRef<str>, to: impl AsRef<str>) {
        const WHAT: &str = "NetHandle::release";
        let (from, to) = self.two(WHAT, from.as_ref(), to.as_ref());
        net::release(WHAT, from, to);
    }

    /// Asks a closure about every packet that is sent from one node to another, until the guard is
    /// dropped. Of several rules the first that does not say [`Verdict::Pass`] decides.
    ///
    /// It is asked when the step is over in which the packet was sent, at the same instant, and once more
    /// for each time that TCP sends a segment again. A closure that keeps a state must be a function of
    /// the packets it has seen, or draw from [`draw`](crate::draw), as everything here.
    ///
    /// ```
    /// use reenact::{Simulation, clock, net::{UdpSocket, Verdict}};
    /// use std::time::Duration;
    ///
    /// let run = Simulation::new(1).run(|sim| async move {
    ///     let socket = UdpSocket::bind("0.0.0.0:7000").await?;
    ///     let peer = sim.node("peer");
    ///     let _rule = sim.net().rule(|packet| match packet.payload() {
    ///         b"vote" => Verdict::Drop,
    ///         _ => Verdict::Pass,
    ///     });
    ///     peer.start(|| async {
    ///         let socket = UdpSocket::bind("0.0.0.0:0").await?;
    ///         socket.send_to(b"vote", "test:7000").await?;
    ///         socket.send_to(b"heartbeat", "test:7000").await.map(drop)
    ///     });
    ///     assert_eq!(socket.recv(&mut [0; 16]).await?, "heartbeat".len());
    ///     assert_eq!(sim.net().stats().ruled, 1);
    ///     std::io::Result::Ok(())
    /// });
    /// run.unwrap().unwrap();
    /// ```
    ///
    /// # Panics
    ///
    /// In another run.
    #[track_caller]
    pub fn rule(&self, rule: impl FnMut(&Packet) -> Verdict + 'static) -> Guard {
        const WHAT: &str = "NetHandle::rule";
        self.check(WHAT);
        net::rule(WHAT, rule)
    }

    /// What is on its way now, held or not, by sender in the order in which it was sent.
    ///
    /// It looks through all packets: for tests, not for loops.
    ///
    /// # Panics
    ///
    /// In another run.
    #[track_caller]
    pub fn in_flight(&self) -> Vec<InFlight> {
        const WHAT: &str = "NetHandle::in_flight";
        self.check(WHAT);
        net::in_flight(WHAT)
    }

    /// How much the network did since the run began.
    ///
    /// # Panics
    ///
    /// In another run.
    #[track_caller]
    pub fn stats(&self) -> NetStats {
        const WHAT: &str = "NetHandle::stats";
        self.check(WHAT);
        net::stats(WHAT)
    }

    #[track_caller]
    fn cut(&self, what: &str, pairs: &[(NodeId, NodeId)], both: bool) -> Guard {
        net::cut(what, pairs, both, self.flavour)
    }

    /// All pairs of a node of the first group and one of the second.
    #[track_caller]
    fn pairs<A: AsRef<str>, B: AsRef<str>>(&self, what: &str, a: &[A], b: &[B]) -> Vec<(NodeId, NodeId)> {
        let (mut left, mut right) = (Vec::with_capacity(a.len()), Vec::with_capacity(b.len()));
        // No closures here: they would hide the caller's line.
        for name in a {
            left.push(self.find(what, name.as_ref()));
        }
        for name in b {
            right.push(self.find(what, name.as_ref()));
        }
        if let ([one], [other]) = (&left[..], &right[..]) {
            self.apart(what, *one, *other);
        }
        left.iter().flat_map(|&a| right.iter().map(move |&b| (a, b))).collect()
    }

    /// Two nodes that a link lies between.
    #[track_caller]
    fn two(&self, what: &str, from: &str, to: &str) -> (NodeId, NodeId) {
        let (from, to) = (self.find(what, from), self.find(what, to));
        self.apart(what, from, to);
        (from, to)
    }

    #[track_caller]
    fn apart(&self, what: &str, one: NodeId, other: NodeId) {
        if one == other {
            let name = machine::with(what, |world| world.core.node_name(one).to_owned());
            panic!(
                "`{what}` was called for node `{name}` and itself: what a node sends itself never leaves it, so \
                 there is no link to change; name two nodes"
            );
        }
    }

    #[track_caller]
    fn check(&self, what: &str) {
        machine::with_own(what, "NetHandle", self.run, |_| ());
    }

    #[track_caller]
    fn find(&self, what: &str, name: &str) -> NodeId {
        match machine::with_own(what, "NetHandle", self.run, |world| world.core.find_node(name)) {
            Some(node) => node,
            None => panic!(
                "no node has the name `{}`: make it with `Sim::node` before its links are cut",
                name.escape_debug()
            ),
        }
    }
}
