//! Listening for streams.
//!
//! Rim.

use super::{
    Method, call, call_own, check, check_own, lookup::ToSocketAddrs, poll, quietly, stream::TcpStream,
};
use crate::fabric::{Claim, ListenerId};
use std::{
    fmt,
    future::poll_fn,
    io,
    net::SocketAddr,
    task::{Context, Poll},
};

/// A simulated TCP listener, with the method names of tokio's.
///
/// Dropping it resets who waits to be accepted, and refuses whoever asks later.
///
/// ```
/// # mod reenact { pub use reenact_net as net; pub use reenact_sim::spawn; }
/// # reenact_net::doc(|| async {
/// use reenact::net::{TcpListener, TcpStream};
///
/// let listener = TcpListener::bind("0.0.0.0:7000").await?;
/// let client = reenact::spawn(TcpStream::connect("test:7000"));
/// let (stream, peer) = listener.accept().await?;
/// let client = client.await.unwrap()?;
/// assert_eq!(peer, client.local_addr()?);
/// assert_eq!(client.peer_addr()?, stream.local_addr()?);
/// # std::io::Result::Ok(()) });
/// ```
pub struct TcpListener {
    run: u64,
    id: ListenerId,
}

/// How many connections wait to be accepted: what tokio asks the system for.
const BACKLOG: u32 = 1_024;

impl TcpListener {
    /// Listens on the node of whoever calls; port 0 takes any free one. Up to 1,024 connections
    /// wait to be accepted.
    ///
    /// ```
    /// # mod reenact { pub use reenact_net as net; pub use reenact_sim::spawn; }
    /// # reenact_net::doc(|| async {
    /// use reenact::net::TcpListener;
    /// use std::io::ErrorKind;
    ///
    /// let listener = TcpListener::bind("127.0.0.1:0").await?;
    /// assert_ne!(listener.local_addr()?.port(), 0);
    /// let second = TcpListener::bind(listener.local_addr()?).await;
    /// assert_eq!(second.unwrap_err().kind(), ErrorKind::AddrInUse);
    /// # std::io::Result::Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// `AddrInUse` if the port is taken, `AddrNotAvailable` if the address is not the node's.
    ///
    /// # Panics
    ///
    /// Outside a run.
    #[track_caller]
    pub fn bind<A: ToSocketAddrs>(addr: A) -> impl Future<Output = io::Result<TcpListener>> {
        const WHAT: &str = "TcpListener::bind";
        check(WHAT);
        async move {
            let addr = addr.first(WHAT)?;
            TcpListener::listen(WHAT, addr, Claim::Sharing, BACKLOG)
        }
    }

    /// Listens; so many connections wait to be accepted.
    #[track_caller]
    pub(super) fn listen(
        what: &str,
        addr: SocketAddr,
        claim: Claim,
        backlog: u32,
    ) -> io::Result<TcpListener> {
        call(what, |net, core| {
            if core.is_inert() {
                return Err(io::ErrorKind::NotConnected.into());
            }
            Ok(TcpListener { run: core.run_id(), id: net.tcp_listen(core, addr, claim, backlog)? })
        })
    }

    /// The next connection, and who asked for it. Cancel-safe.
    ///
    /// ```
    /// # mod reenact { pub use reenact_net as net; pub use reenact_sim::spawn; }
    /// # reenact_net::doc(|| async {
    /// use reenact::net::{TcpListener, TcpStream};
    ///
    /// let listener = TcpListener::bind("0.0.0.0:7000").await?;
    /// for _ in 0..3 {
    ///     reenact::spawn(TcpStream::connect("test:7000"));
    /// }
    /// let mut ports = Vec::new();
    /// for _ in 0..3 {
    ///     let (_stream, peer) = listener.accept().await?;
    ///     ports.push(peer.port());
    /// }
    /// ports.dedup();
    /// assert_eq!(ports.len(), 3, "one for each connection");
    /// # std::io::Result::Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// If the process that listens has ended.
    ///
    /// # Panics
    ///
    /// Outside of its run; so do all methods.
    #[track_caller]
    pub fn accept(&self) -> impl Future<Output = io::Result<(TcpStream, SocketAddr)>> {
        check_own(self.method("TcpListener::accept"));
        poll_fn(|cx| self.poll_accept(cx))
    }

    /// Polls for the next connection.
    #[track_caller]
    pub fn poll_accept(&self, cx: &mut Context<'_>) -> Poll<io::Result<(TcpStream, SocketAddr)>> {
        let method = self.method("TcpListener::accept");
        let accepted = poll(method, cx, |net, core| net.tcp_accept(core, self.id));
        accepted.map_ok(|(end, peer)| (TcpStream::new(self.run, end), peer))
    }

    /// The address it listens on.
    ///
    /// # Errors
    ///
    /// If the process that listens has ended.
    #[track_caller]
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        call_own(self.method("TcpListener::local_addr"), |net, _| net.tcp_listener_addr(self.id))
    }

    fn method(&self, what: &'static str) -> Method {
        Method { what, run: self.run }
    }
}

impl Drop for TcpListener {
    fn drop(&mut self) {
        quietly(self.run, |net, core| net.tcp_unlisten(core, self.id, false));
    }
}

impl fmt::Debug for TcpListener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TcpListener").field("id", &self.id).finish_non_exhaustive()
    }
}
