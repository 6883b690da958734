//! Byte streams.
//!
//! Rim.

use super::{Method, call, call_own, check, lookup::ToSocketAddrs, poll, quietly};
use crate::{
    address,
    fabric::{Claim, EndId, Net},
};
use futures_io::{AsyncRead, AsyncWrite};
use reenact_sim::Core;
use std::{
    fmt,
    future::poll_fn,
    io::{self, IoSlice},
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll},
};

/// A simulated TCP connection.
///
/// It implements `futures::io`'s `AsyncRead` and `AsyncWrite`, and with the feature `tokio-io`
/// tokio's. Writing waits when the window is full; `close` (`shutdown` with tokio's traits) closes
/// the write half. Dropping it closes both halves: in order, or with a reset if something that
/// arrived was not read.
///
/// ```
/// # mod reenact { pub use reenact_net as net; pub use reenact_sim::spawn; }
/// # reenact_net::doc(|| async {
/// use reenact::net::{TcpListener, TcpStream};
///
/// let listener = TcpListener::bind("0.0.0.0:7000").await?;
/// let stream = TcpStream::connect("test:7000").await?;
/// assert_eq!(stream.peer_addr()?.to_string(), "10.0.0.1:7000");
/// // The two halves are the stream twice: `&TcpStream` reads and writes too.
/// fn halves(_: impl futures_io::AsyncRead, _: impl futures_io::AsyncWrite) {}
/// halves(&stream, &stream);
/// # std::io::Result::Ok(()) });
/// ```
pub struct TcpStream {
    pub(super) run: u64,
    pub(super) id: EndId,
}

const CONNECT: &str = "TcpStream::connect";

impl TcpStream {
    pub(super) fn new(run: u64, id: EndId) -> Self {
        TcpStream { run, id }
    }

    /// Connects from the node of whoever calls, trying the addresses in turn. It takes a round
    /// trip.
    ///
    /// ```
    /// # mod reenact { pub use reenact_net as net; pub use reenact_sim::spawn; }
    /// # reenact_net::doc(|| async {
    /// use reenact::net::TcpStream;
    /// use std::io::ErrorKind;
    ///
    /// let refused = TcpStream::connect("test:7000").await.unwrap_err();
    /// assert_eq!(refused.kind(), ErrorKind::ConnectionRefused);
    /// let unknown = TcpStream::connect("nowhere:7000").await.unwrap_err();
    /// assert_eq!(unknown.kind(), ErrorKind::NotFound);
    /// # std::io::Result::Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// `ConnectionRefused` if the host is up and nobody listens; `TimedOut` after 127 seconds
    /// without an answer (a partition, a host that is down); `HostUnreachable` and `NotFound` for
    /// addresses and names of no node.
    ///
    /// # Panics
    ///
    /// Outside a run.
    #[track_caller]
    pub fn connect<A: ToSocketAddrs>(addr: A) -> impl Future<Output = io::Result<TcpStream>> {
        check(CONNECT);
        async move {
            let mut tried = Vec::new();
            let mut last = None;
            for addr in addr.resolve(CONNECT)?.into_iter() {
                if call(CONNECT, |net, core| is_tried(net, core, &tried, addr)) {
                    continue;
                }
                match TcpStream::connect_one(CONNECT, addr, None).await {
                    Ok(stream) => return Ok(stream),
                    Err(error) => last = Some(error),
                }
                tried.push(addr);
            }
            let none = || io::Error::new(io::ErrorKind::InvalidInput, "no address was given");
            Err(last.unwrap_or_else(none))
        }
    }

    /// Connects to one address, from an address of its own if one is given.
    pub(super) async fn connect_one(
        what: &'static str,
        addr: SocketAddr,
        from: Option<(SocketAddr, Claim)>,
    ) -> io::Result<TcpStream> {
        let stream = call(what, |net, core| {
            if core.is_inert() {
                return Ok(None);
            }
            Ok::<_, io::Error>(Some(TcpStream { run: core.run_id(), id: net.tcp_connect(core, addr, from)? }))
        })?;
        let Some(stream) = stream else { return std::future::pending().await };
        let method = stream.method(what);
        poll_fn(|cx| poll(method, cx, |net, core| net.tcp_poll_connected(core, stream.id))).await?;
        Ok(stream)
    }

    /// The address of this end.
    ///
    /// # Errors
    ///
    /// If the process that owned it has ended.
    #[track_caller]
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        call_own(self.method("TcpStream::local_addr"), |net, _| net.tcp_local(self.id))
    }

    /// The address of the other end.
    ///
    /// # Errors
    ///
    /// `NotConnected` when the connection was reset or closed by both ends; if the process that owned it
    /// has ended.
    #[track_caller]
    pub fn peer_addr(&self) -> io::Result<SocketAddr> {
        call_own(self.method("TcpStream::peer_addr"), |net, _| net.tcp_peer(self.id))
    }

    #[inline]
    pub(super) fn method(&self, what: &'static str) -> Method {
        Method { what, run: self.run }
    }

    #[track_caller]
    pub(super) fn poll_read_bytes(&self, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        poll(self.method("TcpStream::read"), cx, |net, core| net.tcp_read(core, self.id, buffer))
    }

    #[track_caller]
    pub(super) fn poll_write_bytes(&self, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        poll(self.method("TcpStream::write"), cx, |net, core| net.tcp_write(core, self.id, bytes))
    }

    #[track_caller]
    pub(super) fn poll_shut_down(&self) -> Poll<io::Result<()>> {
        Poll::Ready(call_own(self.method("TcpStream::close"), |net, core| {
            if core.is_inert() { Ok(()) } else { net.tcp_shutdown(core, self.id) }
        }))
    }

    /// Writes several slices as one segment.
    #[track_caller]
    pub(super) fn poll_write_slices(
        &self,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let mut filled = slices.iter().filter(|slice| !slice.is_empty());
        match (filled.next(), filled.next()) {
            (None, _) => self.poll_write_bytes(cx, &[]),
            (Some(only), None) => self.poll_write_bytes(cx, only),
            _ => self.poll_write_bytes(
                cx,
                &slices.iter().flat_map(|slice| slice.iter().copied()).collect::<Vec<u8>>(),
            ),
        }
    }
}

/// Whether an address leads to where one of those led that were tried, and nothing else is to be
/// heard there.
///
/// Both families of a name lead to the same host: asking it twice tells nothing and takes its time,
/// unless somebody listens there by the second one only.
fn is_tried(net: &mut Net, core: &Core, tried: &[SocketAddr], addr: SocketAddr) -> bool {
    let host = |addr: SocketAddr| address::node_of(addr.ip(), core.current_node(), core.node_count());
    let mut listener = |addr| net.tcp_listener_at(core, host(addr)?, addr);
    tried.iter().any(|&former| {
        let same = (host(former), former.port()) == (host(addr), addr.port());
        same && listener(addr).is_none_or(|here| listener(former) == Some(here))
    })
}

impl AsyncRead for TcpStream {
    #[inline]
    #[track_caller]
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        self.poll_read_bytes(cx, buffer)
    }
}

impl AsyncRead for &TcpStream {
    #[track_caller]
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        self.poll_read_bytes(cx, buffer)
    }
}

macro_rules! write {
    ($stream:ty) => {
        impl AsyncWrite for $stream {
            #[inline]
            #[track_caller]
            fn poll_write(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                bytes: &[u8],
            ) -> Poll<io::Result<usize>> {
                self.poll_write_bytes(cx, bytes)
            }

            #[track_caller]
            fn poll_write_vectored(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                slices: &[IoSlice<'_>],
            ) -> Poll<io::Result<usize>> {
                self.poll_write_slices(cx, slices)
            }

            fn poll_flush(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
                // What was written is on its way.
                Poll::Ready(Ok(()))
            }

            #[track_caller]
            fn poll_close(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
                self.poll_shut_down()
            }
        }
    };
}

write!(TcpStream);
write!(&TcpStream);

impl Drop for TcpStream {
    fn drop(&mut self) {
        quietly(self.run, |net, core| net.tcp_close(core, self.id));
    }
}

impl fmt::Debug for TcpStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TcpStream").field("id", &self.id).finish_non_exhaustive()
    }
}
