//! Datagram sockets.
//!
//! Rim.

use super::{Method, call, call_own, check, check_own, lookup::ToSocketAddrs, poll, quietly};
use crate::fabric::UdpId;
use std::{
    fmt,
    future::poll_fn,
    io,
    net::SocketAddr,
    task::{Context, Poll},
};

/// A simulated UDP socket, with the method names of tokio's.
///
/// Datagrams keep their boundaries; they may be lost, come late, twice and out of order, as the
/// run's [`Config`](crate::Config) says. What does not fit into the reader's buffer is cut off; a
/// full inbox drops.
///
/// ```
/// # mod reenact { pub use reenact_net as net; pub use reenact_sim::spawn; }
/// # reenact_net::doc(|| async {
/// use reenact::net::UdpSocket;
///
/// let server = UdpSocket::bind("0.0.0.0:5353").await?;
/// let client = UdpSocket::bind("0.0.0.0:0").await?;
/// client.send_to(b"who is db?", "test:5353").await?;
///
/// let mut buffer = [0; 64];
/// let (n, from) = server.recv_from(&mut buffer).await?;
/// assert_eq!(&buffer[..n], b"who is db?");
/// assert_eq!(from.port(), client.local_addr()?.port());
/// # std::io::Result::Ok(()) });
/// ```
pub struct UdpSocket {
    run: u64,
    pub(super) id: UdpId,
}

impl UdpSocket {
    /// Binds a socket on the node of whoever calls; port 0 takes any free one.
    ///
    /// # Errors
    ///
    /// `AddrInUse` if the port is taken, `AddrNotAvailable` if the address is not the node's.
    ///
    /// # Panics
    ///
    /// Outside a run.
    #[track_caller]
    pub fn bind<A: ToSocketAddrs>(addr: A) -> impl Future<Output = io::Result<UdpSocket>> {
        const WHAT: &str = "UdpSocket::bind";
        check(WHAT);
        async move {
            let addr = addr.first(WHAT)?;
            call(WHAT, |net, core| {
                if core.is_inert() {
                    return Err(io::ErrorKind::NotConnected.into());
                }
                Ok(UdpSocket { run: core.run_id(), id: net.udp_bind(core, addr)? })
            })
        }
    }

    /// From now on [`send`](Self::send) goes to this address, and other senders are not heard.
    ///
    /// ```
    /// # mod reenact { pub use reenact_net as net; pub use reenact_sim::spawn; }
    /// # reenact_net::doc(|| async {
    /// use reenact::net::UdpSocket;
    ///
    /// let (a, b) = (UdpSocket::bind("0.0.0.0:1").await?, UdpSocket::bind("0.0.0.0:2").await?);
    /// a.connect("test:2").await?;
    /// a.send(b"to my peer").await?;
    /// assert_eq!(b.recv(&mut [0; 64]).await?, "to my peer".len());
    /// # std::io::Result::Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// `HostUnreachable` if no node has the address, `NotFound` if none has the name, `InvalidInput`
    /// from a socket that is bound to a loopback address to another node.
    ///
    /// # Panics
    ///
    /// Outside of its run; so do all methods.
    #[track_caller]
    pub fn connect<A: ToSocketAddrs>(&self, addr: A) -> impl Future<Output = io::Result<()>> {
        let method = self.method("UdpSocket::connect");
        check_own(method);
        async move {
            let addr = addr.first(method.what)?;
            call_own(method, |net, core| net.udp_connect(core, self.id, addr))
        }
    }

    /// Sends a datagram to an address. Never waits.
    ///
    /// ```
    /// # mod reenact { pub use reenact_net as net; pub use reenact_sim::spawn; }
    /// # reenact_net::doc(|| async {
    /// use reenact::net::UdpSocket;
    /// use std::io::ErrorKind;
    ///
    /// let socket = UdpSocket::bind("0.0.0.0:0").await?;
    /// // Nobody is bound to that port. The sender does not hear of it.
    /// assert_eq!(socket.send_to(b"anybody?", "test:9").await?, 8);
    /// let too_long = socket.send_to(&[0; 65_508], "test:9").await.unwrap_err();
    /// # if cfg!(target_os = "linux") {
    /// assert_eq!(too_long.raw_os_error(), Some(90), "EMSGSIZE");
    /// # }
    /// let local = UdpSocket::bind("127.0.0.1:0").await?;
    /// # reenact_sim::with("doc", |world| world.core.node("db"));
    /// let misdirected = local.send_to(b"hi", "db:9").await.unwrap_err();
    /// assert_eq!(misdirected.kind(), ErrorKind::InvalidInput);
    /// # std::io::Result::Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// `EMSGSIZE` if the datagram is larger than 65,507 bytes, or than the network's
    /// [`mtu`](crate::Config::mtu) lets through, `InvalidInput` (`EINVAL`) from a socket
    /// that is bound to a loopback address to another node, `HostUnreachable` if no node has the
    /// address, `NotFound` if none has the name. Loss is no error.
    #[track_caller]
    pub fn send_to<A: ToSocketAddrs>(
        &self,
        bytes: &[u8],
        target: A,
    ) -> impl Future<Output = io::Result<usize>> {
        let method = self.method("UdpSocket::send_to");
        check_own(method);
        async move { self.send_now(method, bytes, Some(target.first(method.what)?)) }
    }

    /// Sends a datagram to the address given to [`connect`](Self::connect).
    ///
    /// # Errors
    ///
    /// As [`send_to`](Self::send_to); the system's `EDESTADDRREQ` without an address, and
    /// `ConnectionRefused` once for what was sent before to a host where nobody is bound to that port, if
    /// it has told so.
    #[track_caller]
    pub fn send(&self, bytes: &[u8]) -> impl Future<Output = io::Result<usize>> {
        let method = self.method("UdpSocket::send");
        check_own(method);
        async move { self.send_now(method, bytes, None) }
    }

    pub(super) fn send_now(
        &self,
        method: Method,
        bytes: &[u8],
        target: Option<SocketAddr>,
    ) -> io::Result<usize> {
        call_own(method, |net, core| {
            if core.is_inert() { Ok(bytes.len()) } else { net.udp_send(core, self.id, bytes, target) }
        })
    }

    /// Receives the next datagram and tells who sent it. Cancel-safe.
    ///
    /// # Errors
    ///
    /// If the process that bound the socket has ended.
    #[track_caller]
    pub fn recv_from(&self, buffer: &mut [u8]) -> impl Future<Output = io::Result<(usize, SocketAddr)>> {
        let method = self.method("UdpSocket::recv_from");
        check_own(method);
        poll_fn(move |cx| self.poll_receive(method, cx, buffer, false))
    }

    /// Receives the next datagram. Cancel-safe.
    ///
    /// # Errors
    ///
    /// As [`recv_from`](Self::recv_from).
    #[track_caller]
    pub fn recv(&self, buffer: &mut [u8]) -> impl Future<Output = io::Result<usize>> {
        let method = self.method("UdpSocket::recv");
        check_own(method);
        poll_fn(move |cx| self.poll_receive(method, cx, buffer, false).map_ok(|(n, _)| n))
    }

    /// Looks at the next datagram without taking it. Cancel-safe.
    ///
    /// ```
    /// # mod reenact { pub use reenact_net as net; pub use reenact_sim::spawn; }
    /// # reenact_net::doc(|| async {
    /// use reenact::net::UdpSocket;
    ///
    /// let socket = UdpSocket::bind("0.0.0.0:5353").await?;
    /// socket.send_to(b"once", "test:5353").await?;
    /// assert_eq!(socket.peek_from(&mut [0; 64]).await?.0, 4);
    /// // What does not fit is cut off, and gone.
    /// assert_eq!(socket.recv(&mut [0; 2]).await?, 2);
    /// # std::io::Result::Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// As [`recv_from`](Self::recv_from).
    #[track_caller]
    pub fn peek_from(&self, buffer: &mut [u8]) -> impl Future<Output = io::Result<(usize, SocketAddr)>> {
        let method = self.method("UdpSocket::peek_from");
        check_own(method);
        poll_fn(move |cx| self.poll_receive(method, cx, buffer, true))
    }

    /// Polls for the next datagram.
    #[track_caller]
    pub fn poll_recv_from(
        &self,
        cx: &mut Context<'_>,
        buffer: &mut [u8],
    ) -> Poll<io::Result<(usize, SocketAddr)>> {
        self.poll_receive(self.method("UdpSocket::recv_from"), cx, buffer, false)
    }

    #[inline]
    #[track_caller]
    pub(super) fn poll_receive(
        &self,
        method: Method,
        cx: &mut Context<'_>,
        buffer: &mut [u8],
        keep: bool,
    ) -> Poll<io::Result<(usize, SocketAddr)>> {
        let receipt = poll(method, cx, move |net, core| net.udp_receive(core, self.id, buffer, keep));
        receipt.map_ok(|receipt| (receipt.len(), receipt.source()))
    }

    /// The address it is bound to.
    ///
    /// # Errors
    ///
    /// If the process that bound the socket has ended.
    #[track_caller]
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        call_own(self.method("UdpSocket::local_addr"), |net, _| net.udp_local(self.id))
    }

    /// The address given to [`connect`](Self::connect).
    ///
    /// # Errors
    ///
    /// `NotConnected` without one.
    #[track_caller]
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        call_own(self.method("UdpSocket::peer_addr"), |net, _| net.udp_peer(self.id))
    }

    #[inline]
    pub(super) fn method(&self, what: &'static str) -> Method {
        Method { what, run: self.run }
    }
}

impl Drop for UdpSocket {
    fn drop(&mut self) {
        quietly(self.run, |net, core| net.udp_close(core, self.id));
    }
}

impl fmt::Debug for UdpSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UdpSocket").field("id", &self.id).finish_non_exhaustive()
    }
}
