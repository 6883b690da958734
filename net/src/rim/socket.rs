//! Sockets before they listen or connect.
//!
//! Rim.

use super::{check, listener::TcpListener, stream::TcpStream};
use crate::fabric::Claim;
use std::{
    io,
    net::{Ipv4Addr, Ipv6Addr, SocketAddr},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// A TCP socket that neither listens nor is connected yet, with the method names of tokio's.
///
/// It is for what has to be set before: an address to connect from, the length of a listener's queue.
/// Nothing happens on the network before it listens or connects, so a port that is taken is told only then.
///
/// ```
/// # mod reenact { pub use reenact_net as net; pub use reenact_sim::spawn; }
/// # reenact_net::doc(|| async {
/// use reenact::net::TcpSocket;
///
/// let socket = TcpSocket::new_v4()?;
/// socket.bind("0.0.0.0:7000".parse().unwrap())?;
/// let listener = socket.listen(16)?;
///
/// let socket = TcpSocket::new_v4()?;
/// socket.bind("0.0.0.0:4000".parse().unwrap())?;
/// let client = socket.connect("10.0.0.1:7000".parse().unwrap()).await?;
/// assert_eq!(client.local_addr()?.port(), 4000);
/// assert_eq!(listener.accept().await?.1.port(), 4000);
/// # std::io::Result::Ok(()) });
/// ```
#[derive(Debug)]
pub struct TcpSocket {
    v4: bool,
    settings: Mutex<Settings>,
}

/// What was set. A lock and not a cell, so that the socket is `Sync`, as tokio's: nobody ever waits for it.
#[derive(Clone, Copy, Debug, Default)]
struct Settings {
    bound: Option<SocketAddr>,
    reuseaddr: bool,
    reuseport: bool,
    nodelay: bool,
    keepalive: bool,
    linger: Option<Duration>,
    send_buffer: Option<u32>,
    receive_buffer: Option<u32>,
}

/// The size of a buffer that nobody has set: Linux's `net.core.wmem_default`.
const BUFFER: u32 = 212_992;

impl Settings {
    fn claim(self) -> Claim {
        if self.reuseaddr { Claim::Sharing } else { Claim::Alone }
    }
}

impl TcpSocket {
    /// A socket for addresses of IPv4.
    ///
    /// # Errors
    ///
    /// None; as tokio's it returns a `Result`.
    ///
    /// # Panics
    ///
    /// Outside a run.
    #[track_caller]
    pub fn new_v4() -> io::Result<Self> {
        check("TcpSocket::new_v4");
        Ok(TcpSocket { v4: true, settings: Mutex::default() })
    }

    /// A socket for addresses of IPv6.
    ///
    /// # Errors
    ///
    /// None; as tokio's it returns a `Result`.
    ///
    /// # Panics
    ///
    /// Outside a run.
    #[track_caller]
    pub fn new_v6() -> io::Result<Self> {
        check("TcpSocket::new_v6");
        Ok(TcpSocket { v4: false, settings: Mutex::default() })
    }

    fn settings(&self) -> MutexGuard<'_, Settings> {
        self.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Where it will listen, or connect from.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for an address of the other kind, or if it was bound before.
    pub fn bind(&self, addr: SocketAddr) -> io::Result<()> {
        self.check_kind(addr)?;
        let mut settings = self.settings();
        if settings.bound.is_some() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "this socket is bound already"));
        }
        settings.bound = Some(addr);
        Ok(())
    }

    fn check_kind(&self, addr: SocketAddr) -> io::Result<()> {
        if addr.is_ipv4() == self.v4 {
            return Ok(());
        }
        let words =
            format!("{addr} is not of the kind this socket was made for: `new_v4` or `new_v6` says which");
        Err(io::Error::new(io::ErrorKind::InvalidInput, words))
    }

    /// Listens; up to `backlog` connections wait to be accepted, and one more.
    ///
    /// # Errors
    ///
    /// Those of [`TcpListener::bind`].
    ///
    /// # Panics
    ///
    /// Outside a run.
    #[track_caller]
    pub fn listen(self, backlog: u32) -> io::Result<TcpListener> {
        let any = if self.v4 { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
        let addr = self.settings().bound.unwrap_or(SocketAddr::new(any, 0));
        TcpListener::listen("TcpSocket::listen", addr, self.settings().claim(), backlog)
    }

    /// Connects from the node of whoever calls.
    ///
    /// # Errors
    ///
    /// Those of [`TcpStream::connect`]; `AddrInUse` if the port it is bound to is taken,
    /// `AddrNotAvailable` if the address is not the node's.
    ///
    /// # Panics
    ///
    /// Outside a run.
    #[track_caller]
    pub fn connect(self, addr: SocketAddr) -> impl Future<Output = io::Result<TcpStream>> {
        const WHAT: &str = "TcpSocket::connect";
        check(WHAT);
        async move {
            self.check_kind(addr)?;
            let settings = *self.settings();
            let Settings { bound, nodelay, keepalive, linger, .. } = settings;
            let bound = bound.map(|addr| (addr, settings.claim()));
            let stream = TcpStream::connect_one(WHAT, addr, bound).await?;
            stream.set_nodelay(nodelay)?;
            stream.set_keepalive(keepalive)?;
            stream.set_linger(linger)?;
            Ok(stream)
        }
    }

    /// The address it is bound to; one without a port if there is none yet.
    ///
    /// # Errors
    ///
    /// None; as tokio's it returns a `Result`.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        let any = if self.v4 { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
        Ok(self.settings().bound.unwrap_or(SocketAddr::new(any, 0)))
    }
}

macro_rules! options {
    ($($(#[$doc:meta])* $set:ident, $get:ident, $field:ident: $type:ty, $from:expr, $to:expr;)*) => {
        impl TcpSocket {$(
            $(#[$doc])*
            ///
            /// # Errors
            ///
            /// None; as tokio's it returns a `Result`.
            pub fn $set(&self, value: $type) -> io::Result<()> {
                self.settings().$field = ($from)(value);
                Ok(())
            }

            /// What was set.
            ///
            /// # Errors
            ///
            /// None; as tokio's it returns a `Result`.
            pub fn $get(&self) -> io::Result<$type> {
                Ok(($to)(self.settings().$field))
            }
        )*}
    };
}

options! {
    /// Whether it shares its port with a connection from there that is closed and remembered for a minute
    /// (TIME_WAIT), if that did so too. [`TcpListener::bind`] does; other sockets do not unless told so.
    set_reuseaddr, reuseaddr, reuseaddr: bool, |value| value, |value| value;
    /// Kept, and without effect: a port has one listener an address.
    set_reuseport, reuseport, reuseport: bool, |value| value, |value| value;
    /// As [`TcpStream::set_nodelay`], for when it is connected.
    set_nodelay, nodelay, nodelay: bool, |value| value, |value| value;
    /// As [`TcpStream::set_keepalive`], for when it is connected.
    set_keepalive, keepalive, keepalive: bool, |value| value, |value| value;
    /// As [`TcpStream::set_linger`], for when it is connected.
    set_linger, linger, linger: Option<Duration>, |value| value, |value| value;
    /// Kept, and without effect: the window is that of [`Config::window`](crate::Config::window).
    set_send_buffer_size, send_buffer_size, send_buffer: u32, Some, |value: Option<u32>| value.unwrap_or(BUFFER);
    /// Kept, and without effect: the window is that of [`Config::window`](crate::Config::window).
    set_recv_buffer_size, recv_buffer_size, receive_buffer: u32, Some, |value: Option<u32>| value.unwrap_or(BUFFER);
}
