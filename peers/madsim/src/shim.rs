//! What the programs of nodes ask of a simulation, answered by madsim.
//!
//! Nodes have names and addresses, and can crash and start again; messages take 1 to 10 ms, as they do here:
//! both are the defaults. madsim's `sleep` takes a millisecond at least, and a poll some nanoseconds.

use futures::future::LocalBoxFuture;
use madsim::{
    net::NetSim,
    runtime::{Handle, NodeHandle},
    task::{JoinError, JoinHandle},
};
use send_wrapper::SendWrapper;
use std::{cell::RefCell, collections::BTreeMap, future::Future, net::IpAddr, rc::Rc};

/// A run goes on in one thread, so what must be `Send` by its type alone may be taken for it.
fn alone<F: Future>(future: F) -> SendWrapper<F> {
    SendWrapper::new(future)
}

/// Runs a main on a node, since only nodes have addresses.
pub(crate) async fn within_a_node<F: Future<Output = ()> + 'static>(main: impl FnOnce(Sim) -> F) {
    let sim = Sim::default();
    let test = sim.node("test");
    test.spawn(main(sim)).await.expect("a panic ends the run");
}

pub(crate) fn spawn<F>(future: F) -> JoinHandle<F::Output>
where
    F: Future + 'static,
    F::Output: 'static,
{
    madsim::task::spawn_local(future)
}

/// The nodes by their names.
#[derive(Clone, Default)]
pub(crate) struct Sim(Rc<RefCell<BTreeMap<String, Node>>>);

impl Sim {
    pub(crate) fn node(&self, name: impl Into<String>) -> Node {
        let name = name.into();
        let mut nodes = self.0.borrow_mut();
        let ip = IpAddr::from([10, 1, 0, nodes.len() as u8 + 1]);
        let node = nodes.entry(name).or_insert_with_key(|name| {
            let handle = Handle::current().create_node().name(name).ip(ip).build();
            NetSim::current().add_dns_record(name, ip);
            Node { handle, factory: Rc::default() }
        });
        node.clone()
    }
}

type Factory = Rc<dyn Fn() -> LocalBoxFuture<'static, ()>>;

#[derive(Clone)]
pub(crate) struct Node {
    handle: NodeHandle,
    factory: Rc<RefCell<Option<Factory>>>,
}

impl Node {
    pub(crate) fn start<F>(&self, factory: impl Fn() -> F + 'static)
    where
        F: Future + 'static,
    {
        let factory = move || -> LocalBoxFuture<'static, ()> {
            let main = factory();
            Box::pin(async move { drop(main.await) })
        };
        *self.factory.borrow_mut() = Some(Rc::new(factory));
        self.begin();
    }

    fn begin(&self) {
        if let Some(factory) = &*self.factory.borrow() {
            // After a restart it is another process, under the same id.
            let process = Handle::current().get_node(self.handle.id()).expect("it was built");
            process.spawn(alone(factory()));
        }
    }

    /// It goes on whether or not its end is waited for.
    pub(crate) fn spawn<F>(&self, future: F) -> LocalBoxFuture<'static, Result<F::Output, JoinError>>
    where
        F: Future + 'static,
        F::Output: 'static,
    {
        let task = self.handle.spawn(alone(async move { SendWrapper::new(future.await) }));
        Box::pin(async move { task.await.map(SendWrapper::take) })
    }

    pub(crate) fn crash(&self) {
        Handle::current().kill(self.handle.id());
    }

    pub(crate) fn restart(&self) {
        Handle::current().restart(self.handle.id());
        self.begin();
    }
}

pub(crate) mod clock {
    pub(crate) use madsim::time::{Instant, sleep, sleep_until, timeout};

    pub(crate) fn now() -> Instant {
        Instant::now()
    }
}

pub(crate) mod draw {
    use madsim::rand::Rng;

    pub(crate) fn below(n: u64) -> u64 {
        madsim::rand::thread_rng().gen_range(0..n)
    }
}

pub(crate) mod trace {
    pub(crate) fn mark<T>(_name: &str, _value: T) {}
}

pub(crate) mod net {
    pub(crate) use madsim::net::ToSocketAddrs;
    use std::{io, net::SocketAddr};

    pub(crate) struct UdpSocket(madsim::net::UdpSocket);

    impl UdpSocket {
        pub(crate) async fn bind(address: impl ToSocketAddrs) -> io::Result<Self> {
            madsim::net::UdpSocket::bind(address).await.map(UdpSocket)
        }

        pub(crate) async fn send_to(&self, bytes: &[u8], to: impl ToSocketAddrs) -> io::Result<usize> {
            self.0.send_to(to, bytes).await.map(|()| bytes.len())
        }

        pub(crate) async fn recv_from(&self, buffer: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
            self.0.recv_from(buffer).await
        }
    }
}
