//! The handle of the network.
//!
//! Rim.

use reenact_net::{self as net, Guard};
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
}

impl NetHandle {
    pub(crate) fn new(run: u64) -> Self {
        NetHandle { run }
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
    /// For a name that no node has, and in another run.
    #[track_caller]
    pub fn partition<A: AsRef<str>, B: AsRef<str>>(&self, a: &[A], b: &[B]) -> Guard {
        const WHAT: &str = "NetHandle::partition";
        self.check(WHAT);
        let (mut left, mut right) = (Vec::with_capacity(a.len()), Vec::with_capacity(b.len()));
        // No closures here: they would hide the caller's line.
        for name in a {
            left.push(self.node(WHAT, name.as_ref()));
        }
        for name in b {
            right.push(self.node(WHAT, name.as_ref()));
        }
        reenact_net::partition(&left, &right)
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
        let node = self.node(WHAT, node.as_ref());
        let count = machine::with(WHAT, |world| world.core.node_count() as u32);
        let others: Vec<NodeId> = (0..count).map(NodeId).filter(|&other| other != node).collect();
        reenact_net::partition(&[node], &others)
    }

    /// Mends all links. Guards that are still held have nothing left to heal.
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

    #[track_caller]
    fn check(&self, what: &str) {
        machine::with_own(what, "NetHandle", self.run, |_| ());
    }

    #[track_caller]
    fn node(&self, what: &str, name: &str) -> NodeId {
        match machine::with_own(what, "NetHandle", self.run, |world| world.core.find_node(name)) {
            Some(node) => node,
            None => panic!(
                "no node has the name `{}`: make it with `Sim::node` before its links are cut",
                name.escape_debug()
            ),
        }
    }
}
