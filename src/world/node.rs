//! The handle of a node.
//!
//! Rim.

use super::clock::Clock;
use reenact_sim::{self as machine, Down, JoinHandle, MainOutput, NodeId, NodeState, OnPanic};
use std::{net::IpAddr, panic::Location, sync::Arc};

/// A simulated machine: a failure domain with a name, tasks, timers and sockets of its own.
///
/// How a node ends: its main returns `Ok`, or [`stop`](Node::stop): the process ends in order and
/// what was written still goes out. [`kill`](Node::kill): the process dies, and peers are reset.
/// [`crash`](Node::crash): power loss, silence. In each case all its tasks, timers, callbacks and
/// sockets are gone at that instant, and what their destructors do has no effect.
///
/// ```
/// use reenact::{NodeState, Simulation, clock};
/// use std::time::Duration;
///
/// let run = Simulation::new(1).run(|sim| async move {
///     let db = sim.node("db");
///     db.start(|| clock::sleep(Duration::from_secs(3600)));
///     clock::sleep(Duration::from_secs(1)).await;
///     db.crash();
///     assert_eq!(db.state(), NodeState::Crashed);
///     db.restart();
///     assert_eq!((db.state(), db.incarnation()), (NodeState::Running, 1));
/// });
/// run.unwrap();
/// ```
#[derive(Clone)]
pub struct Node {
    id: NodeId,
    run: u64,
    name: Arc<str>,
}

impl Node {
    pub(crate) fn new(id: NodeId, run: u64, name: Arc<str>) -> Self {
        Node { id, run, name }
    }

    pub(crate) fn id(&self) -> NodeId {
        self.id
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its IPv4 address. It has an IPv6 address too, which its name resolves to as well.
    ///
    /// ```
    /// use reenact::{Simulation, net::lookup_host};
    ///
    /// let run = Simulation::new(1).run(|sim| async move {
    ///     let db = sim.node("db");
    ///     assert_eq!(db.ip().to_string(), "10.0.0.2", "the node after `test`");
    ///     let mut addrs = lookup_host("db:5432").await.unwrap();
    ///     assert_eq!(addrs.next().unwrap().ip(), db.ip());
    /// });
    /// run.unwrap();
    /// ```
    pub fn ip(&self) -> IpAddr {
        reenact_net::ipv4(self.id).into()
    }

    /// Starts its main, which `factory` makes; at each [`restart`](Node::restart) it is called
    /// again. The factory runs on the node. When main returns, the node stops.
    ///
    /// ```
    /// use reenact::{NodeState, Simulation, clock};
    /// use std::time::Duration;
    ///
    /// let run = Simulation::new(1).run(|sim| async move {
    ///     let job = sim.node("job");
    ///     job.start(|| async {
    ///         clock::sleep(Duration::from_secs(10)).await;
    ///         std::io::Result::Ok(())
    ///     });
    ///     assert_eq!(job.state(), NodeState::Running);
    ///     clock::sleep(Duration::from_secs(11)).await;
    ///     assert_eq!(job.state(), NodeState::Stopped, "its main returned");
    /// });
    /// run.unwrap();
    /// ```
    ///
    /// # Panics
    ///
    /// If the node is running, is `test`, or belongs to another run.
    #[track_caller]
    pub fn start<F>(&self, factory: impl Fn() -> F + 'static)
    where
        F: Future + 'static,
        F::Output: MainOutput,
    {
        self.check("Node::start");
        machine::start_node(self.id, Location::caller(), move || {
            let main = factory();
            Box::pin(async move { main.await.into_result() })
        });
    }

    /// Spawns a task on it. On a node that is down the future is dropped and the handle says that
    /// it was cancelled.
    ///
    /// ```
    /// use reenact::Simulation;
    ///
    /// let run = Simulation::new(1).run(|sim| async move {
    ///     let db = sim.node("db");
    ///     let sum = db.spawn(async { reenact::task::current().node().len() }).await;
    ///     assert_eq!(sum.unwrap(), "db".len());
    ///     db.crash();
    ///     assert!(db.spawn(async {}).await.unwrap_err().is_cancelled());
    /// });
    /// run.unwrap();
    /// ```
    ///
    /// # Panics
    ///
    /// In another run.
    #[track_caller]
    pub fn spawn<F>(&self, future: F) -> JoinHandle<F::Output>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        self.check("Node::spawn");
        machine::spawn_on(self.id, future)
    }

    /// Ends its process in order, as if main had returned: connections are closed, and what was
    /// written still goes out. Does nothing on a node that is down.
    ///
    /// ```
    /// use futures::AsyncReadExt;
    /// use reenact::{Simulation, net::{TcpListener, TcpStream}};
    /// # use futures::{AsyncWriteExt};
    /// # use std::io;
    /// # async fn db() -> io::Result<()> {
    /// #     let listener = TcpListener::bind("0.0.0.0:5432").await?;
    /// #     let (mut stream, _) = listener.accept().await?;
    /// #     stream.write_all(b"hello").await?;
    /// #     std::future::pending().await
    /// # }
    ///
    /// let run = Simulation::new(1).run(|sim| async move {
    ///     sim.node("db").start(db); // listens, and says hello
    ///     let mut stream = TcpStream::connect("db:5432").await.unwrap();
    ///     stream.read_exact(&mut [0; 5]).await.unwrap();
    ///     sim.node("db").stop();
    ///     assert_eq!(stream.read(&mut [0]).await.unwrap(), 0, "the end of the stream");
    /// });
    /// run.unwrap();
    /// ```
    ///
    /// # Panics
    ///
    /// For the node `test`, and in another run.
    #[track_caller]
    pub fn stop(&self) {
        self.check("Node::stop");
        machine::end_node(self.id, Down::Stop);
    }

    /// Kills its process: peers of its connections are reset. Does nothing on a node that is down.
    ///
    /// ```
    /// use futures::AsyncReadExt;
    /// use reenact::{Simulation, net::{TcpListener, TcpStream}};
    /// use std::io::ErrorKind;
    /// # use futures::{AsyncWriteExt};
    /// # use std::io;
    /// # async fn db() -> io::Result<()> {
    /// #     let listener = TcpListener::bind("0.0.0.0:5432").await?;
    /// #     let (mut stream, _) = listener.accept().await?;
    /// #     stream.write_all(b"hello").await?;
    /// #     std::future::pending().await
    /// # }
    ///
    /// let run = Simulation::new(1).run(|sim| async move {
    ///     sim.node("db").start(db); // listens, and says hello
    ///     let mut stream = TcpStream::connect("db:5432").await.unwrap();
    ///     stream.read_exact(&mut [0; 5]).await.unwrap();
    ///     sim.node("db").kill();
    ///     let error = stream.read(&mut [0]).await.unwrap_err();
    ///     assert_eq!(error.kind(), ErrorKind::ConnectionReset);
    /// });
    /// run.unwrap();
    /// ```
    ///
    /// # Panics
    ///
    /// For the node `test`, and in another run.
    #[track_caller]
    pub fn kill(&self) {
        self.check("Node::kill");
        machine::end_node(self.id, Down::Kill);
    }

    /// Cuts its power: peers hear nothing. After a restart its host answers old connections with a
    /// reset.
    ///
    /// ```
    /// use futures::AsyncReadExt;
    /// use reenact::{Simulation, clock, net::{TcpListener, TcpStream}};
    /// use std::time::Duration;
    /// # use futures::{AsyncWriteExt};
    /// # use std::io;
    /// # async fn db() -> io::Result<()> {
    /// #     let listener = TcpListener::bind("0.0.0.0:5432").await?;
    /// #     let (mut stream, _) = listener.accept().await?;
    /// #     stream.write_all(b"hello").await?;
    /// #     std::future::pending().await
    /// # }
    ///
    /// let run = Simulation::new(1).run(|sim| async move {
    ///     sim.node("db").start(db); // listens, and says hello
    ///     let mut stream = TcpStream::connect("db:5432").await.unwrap();
    ///     stream.read_exact(&mut [0; 5]).await.unwrap();
    ///     sim.node("db").crash();
    ///     let hour = Duration::from_secs(3600);
    ///     assert!(clock::timeout(hour, stream.read(&mut [0])).await.is_err(), "silence");
    /// });
    /// run.unwrap();
    /// ```
    ///
    /// # Panics
    ///
    /// For the node `test`, and in another run.
    #[track_caller]
    pub fn crash(&self) {
        self.check("Node::crash");
        machine::end_node(self.id, Down::Crash);
    }

    /// Starts its main again, with the factory of the last [`start`](Node::start); on a running
    /// node ends the process first, as [`kill`](Node::kill) does.
    ///
    /// ```
    /// use reenact::{Simulation, clock};
    /// use std::{cell::Cell, rc::Rc, time::Duration};
    ///
    /// let run = Simulation::new(1).run(|sim| async move {
    ///     let starts = Rc::new(Cell::new(0));
    ///     let db = sim.node("db");
    ///     let disk = starts.clone(); // what outlives a process is kept outside of its main
    ///     db.start(move || {
    ///         disk.set(disk.get() + 1);
    ///         std::future::pending::<()>()
    ///     });
    ///     clock::sleep(Duration::from_secs(1)).await;
    ///     db.restart();
    ///     clock::sleep(Duration::from_secs(1)).await;
    ///     assert_eq!(starts.get(), 2);
    /// });
    /// run.unwrap();
    /// ```
    ///
    /// # Panics
    ///
    /// If it was never started, and in another run.
    #[track_caller]
    pub fn restart(&self) {
        self.check("Node::restart");
        machine::restart_node(self.id);
    }

    /// Starts it again as one that has lost its data; ends it first, as [`kill`](Node::kill) does, if it
    /// runs. What keeps its data hears of it, by [`on_data_loss`](Node::on_data_loss), before main starts.
    ///
    /// ```
    /// use reenact::{Simulation, clock};
    /// use std::{cell::Cell, rc::Rc, time::Duration};
    ///
    /// let run = Simulation::new(1).run(|sim| async move {
    ///     let db = sim.node("db");
    ///     let disk = Rc::new(Cell::new(0));
    ///     let (written, lost) = (disk.clone(), disk.clone());
    ///     db.on_data_loss(move || lost.set(0));
    ///     db.start(move || {
    ///         written.set(written.get() + 1);
    ///         std::future::pending::<()>()
    ///     });
    ///     clock::sleep(Duration::from_secs(1)).await;
    ///     db.restart();
    ///     clock::sleep(Duration::from_secs(1)).await;
    ///     assert_eq!(disk.get(), 2);
    ///     db.restart_empty();
    ///     clock::sleep(Duration::from_secs(1)).await;
    ///     assert_eq!(disk.get(), 1);
    /// });
    /// run.unwrap();
    /// ```
    ///
    /// # Panics
    ///
    /// If it was never started, and in another run.
    #[track_caller]
    pub fn restart_empty(&self) {
        self.check("Node::restart_empty");
        machine::restart_node_empty(self.id);
    }

    /// Calls `f` whenever its data are lost: by [`restart_empty`](Node::restart_empty), or by a fault
    /// plan. What outlives a process is kept outside of its main; this is where to empty it.
    ///
    /// # Panics
    ///
    /// In another run.
    #[track_caller]
    pub fn on_data_loss(&self, f: impl Fn() + 'static) -> &Self {
        self.check("Node::on_data_loss");
        machine::on_data_loss(self.id, f);
        self
    }

    /// Lets its process stand still, as SIGSTOP does: nothing of it runs, timers fire late. Its host
    /// goes on: peers are acknowledged, and what they send is buffered. Does nothing on a node that is
    /// down or stands still. Its own task goes on up to its next `await`.
    ///
    /// ```
    /// use reenact::{NodeState, Simulation, clock};
    /// use std::time::Duration;
    ///
    /// let run = Simulation::new(1).run(|sim| async move {
    ///     let (db, second) = (sim.node("db"), Duration::from_secs(1));
    ///     let nap = db.spawn(async move {
    ///         clock::sleep(second).await;
    ///         clock::now().since_start()
    ///     });
    ///     clock::sleep(second / 2).await;
    ///     db.pause();
    ///     clock::sleep(60 * second).await;
    ///     assert_eq!(db.state(), NodeState::Paused);
    ///     db.resume();
    ///     assert_eq!(nap.await.unwrap(), 60 * second + second / 2, "it woke late");
    /// });
    /// # run.unwrap();
    /// ```
    ///
    /// # Panics
    ///
    /// For the node `test`, and in another run.
    #[track_caller]
    pub fn pause(&self) {
        self.check("Node::pause");
        assert!(
            self.id != NodeId::TEST,
            "the node `test` cannot be paused: the test itself runs there; let it act on another node"
        );
        self.with("Node::pause", |core| core.pause_node(self.id));
    }

    /// Lets it go on after [`pause`](Node::pause); what became ready or due meanwhile comes now, in the
    /// order in which it did.
    ///
    /// # Panics
    ///
    /// In another run.
    #[track_caller]
    pub fn resume(&self) {
        self.with("Node::resume", |core| core.resume_node(self.id));
    }

    /// Its clock, to be set wrong.
    ///
    /// # Panics
    ///
    /// In another run.
    #[track_caller]
    pub fn clock(&self) -> Clock {
        self.check("Node::clock");
        Clock::new(self.id, self.run)
    }

    /// Puts it into a group of nodes that fail together: a machine, a zone, a datacentre. A fault plan
    /// at times lets a whole group fail; [`Sim::group`](crate::Sim::group) are its nodes.
    ///
    /// ```
    /// use reenact::Simulation;
    ///
    /// let run = Simulation::new(1).run(|sim| async move {
    ///     for (name, zone) in [("a", "zone-1"), ("b", "zone-1"), ("c", "zone-2")] {
    ///         sim.node(name).group(zone);
    ///     }
    ///     for node in sim.group("zone-1") {
    ///         node.crash();
    ///     }
    ///     assert!(sim.node("c").state().host_is_up() && !sim.node("b").state().host_is_up());
    /// });
    /// run.unwrap();
    /// ```
    ///
    /// # Panics
    ///
    /// In another run.
    #[track_caller]
    pub fn group(&self, name: impl AsRef<str>) -> &Self {
        self.with("Node::group", |core| core.set_group(self.id, name.as_ref()));
        self
    }

    /// Whether it is up, and what became of its process.
    ///
    /// # Panics
    ///
    /// In another run.
    #[track_caller]
    pub fn state(&self) -> NodeState {
        self.with("Node::state", |core| core.node_state(self.id))
    }

    /// The number of its life: 0 until it is started a second time.
    ///
    /// # Panics
    ///
    /// In another run.
    #[track_caller]
    pub fn incarnation(&self) -> u32 {
        self.with("Node::incarnation", |core| core.incarnation(self.id))
    }

    /// Sets what a panic in one of its tasks, or an `Err` of its main, leads to.
    ///
    /// ```
    /// use reenact::{NodeState, OnPanic, Simulation, clock};
    /// use std::time::Duration;
    ///
    /// let run = Simulation::new(1).run(|sim| async move {
    ///     let db = sim.node("db");
    ///     db.on_panic(OnPanic::Restart).start(|| async {
    ///         clock::sleep(Duration::from_secs(10)).await;
    ///         panic!("out of memory");
    ///     });
    ///     clock::sleep(Duration::from_secs(35)).await;
    ///     assert_eq!((db.state(), db.incarnation()), (NodeState::Running, 3));
    /// });
    /// run.unwrap();
    /// ```
    ///
    /// # Panics
    ///
    /// In another run.
    #[track_caller]
    pub fn on_panic(&self, policy: OnPanic) -> &Self {
        self.with("Node::on_panic", |core| core.set_on_panic(self.id, policy));
        self
    }

    #[track_caller]
    fn check(&self, what: &str) {
        self.with(what, |_| ());
    }

    #[track_caller]
    fn with<R>(&self, what: &str, f: impl FnOnce(&mut machine::Core) -> R) -> R {
        machine::with_own(what, "Node", self.run, |world| f(&mut world.core))
    }
}

impl std::fmt::Debug for Node {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Node").field("name", &self.name).finish_non_exhaustive()
    }
}
