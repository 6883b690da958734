//! The handle of links between nodes.
//!
//! Rim.

use reenact_net::{self as net, Latency, Ratio, Scope, Setting};
use reenact_sim as machine;
use std::time::Duration;

/// A link between two nodes, or all links from or to a node: what they are like from now on.
///
/// Each property that is not set here is as the network's [`Config`](net::Config) says. What is set for
/// one link counts before what is set for a node.
///
/// ```
/// use reenact::{Simulation, clock, net::UdpSocket};
/// use std::time::Duration;
///
/// let run = Simulation::new(1).run(|sim| async move {
///     let socket = UdpSocket::bind("0.0.0.0:7000").await?;
///     let far = sim.node("far");
///     sim.net().link("far", "test").latency(Duration::from_millis(300)).loss(1, 2);
///     far.start(|| async {
///         let socket = UdpSocket::bind("0.0.0.0:0").await?;
///         for i in 0..20 {
///             socket.send_to(&[i], "test:7000").await?;
///         }
///         std::io::Result::Ok(())
///     });
///     let mut heard = 0;
///     while clock::timeout(Duration::from_secs(1), socket.recv(&mut [0])).await.is_ok() {
///         assert_eq!(clock::now().since_start(), Duration::from_millis(300));
///         heard += 1;
///     }
///     assert!((1..20).contains(&heard));
///     std::io::Result::Ok(())
/// });
/// run.unwrap().unwrap();
/// ```
#[derive(Clone, Debug)]
#[must_use = "a link does nothing by itself: set a property of it"]
pub struct Link {
    run: u64,
    scopes: Vec<Scope>,
}

impl Link {
    pub(super) fn new(run: u64, scopes: Vec<Scope>) -> Self {
        Link { run, scopes }
    }

    /// How late packets are, one way.
    ///
    /// # Panics
    ///
    /// If a range ends before it starts, and in another run; so do all methods.
    #[track_caller]
    pub fn latency(&self, latency: impl Into<Latency>) -> &Self {
        self.set("Link::latency", Setting::Latency(latency.into()))
    }

    /// How many packets are lost: `num` in `den`.
    ///
    /// # Panics
    ///
    /// If `den` is 0 or less than `num`.
    #[track_caller]
    pub fn loss(&self, num: u64, den: u64) -> &Self {
        self.set("Link::loss", Setting::Loss(Ratio::new(num, den)))
    }

    /// How many datagrams arrive twice: `num` in `den`.
    ///
    /// # Panics
    ///
    /// If `den` is 0 or less than `num`.
    #[track_caller]
    pub fn duplicate(&self, num: u64, den: u64) -> &Self {
        self.set("Link::duplicate", Setting::Duplicate(Ratio::new(num, den)))
    }

    /// How many packets are corrupted: `num` in `den`.
    ///
    /// # Panics
    ///
    /// If `den` is 0 or less than `num`.
    #[track_caller]
    pub fn corrupt(&self, num: u64, den: u64) -> &Self {
        self.set("Link::corrupt", Setting::Corrupt(Ratio::new(num, den)))
    }

    /// How many packets are held up, `num` in `den`, by up to `window` more.
    ///
    /// # Panics
    ///
    /// If `den` is 0 or less than `num`.
    #[track_caller]
    pub fn reorder(&self, num: u64, den: u64, window: Duration) -> &Self {
        self.set("Link::reorder", Setting::Reorder(Ratio::new(num, den), window))
    }

    /// How many bytes a second pass, and how many wait in front of it. All links
    /// [from](super::NetHandle::from) or [to](super::NetHandle::to) a node share them.
    ///
    /// # Panics
    ///
    /// If `bytes_per_second` is 0.
    #[track_caller]
    pub fn bandwidth(&self, bytes_per_second: u64, queue: u64) -> &Self {
        assert!(
            bytes_per_second > 0,
            "a bandwidth of 0 bytes a second lets nothing through: cut the link instead"
        );
        self.set("Link::bandwidth", Setting::Bandwidth(bytes_per_second, queue))
    }

    /// Clogs it for so long from now: what is sent meanwhile arrives at the end of it, all at once.
    ///
    /// ```
    /// use reenact::{Simulation, clock, net::UdpSocket};
    /// use std::time::Duration;
    ///
    /// let run = Simulation::new(1).run(|sim| async move {
    ///     let socket = UdpSocket::bind("0.0.0.0:7000").await?;
    ///     let peer = sim.node("peer");
    ///     sim.net().link("peer", "test").clog(Duration::from_secs(3));
    ///     peer.start(|| async {
    ///         UdpSocket::bind("0.0.0.0:0").await?.send_to(b"at last", "test:7000").await.map(drop)
    ///     });
    ///     socket.recv(&mut [0; 16]).await?;
    ///     assert_eq!(sim.elapsed(), Duration::from_secs(3));
    ///     std::io::Result::Ok(())
    /// });
    /// run.unwrap().unwrap();
    /// ```
    #[track_caller]
    pub fn clog(&self, span: Duration) -> &Self {
        self.set("Link::clog", Setting::Clog(span))
    }

    /// As the network's configuration says again, in everything.
    #[track_caller]
    pub fn reset(&self) {
        self.set("Link::reset", Setting::Reset);
    }

    #[track_caller]
    fn set(&self, what: &str, setting: Setting) -> &Self {
        machine::with_own(what, "Link", self.run, |_| ());
        for &scope in &self.scopes {
            net::set(what, scope, setting.clone());
        }
        self
    }
}
