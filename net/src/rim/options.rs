//! Options of streams, as programs set them.
//!
//! Rim. Those that the simulation has no use for are kept, and told back.

use super::{call_own, stream::TcpStream};
use crate::fabric::{KeepAlive, Options};
use std::{io, time::Duration};

/// When to ask a silent peer whether it is there, for [`TcpStream::set_tcp_keepalive`]. What is not set
/// is as on Linux: after two hours, then every 75 seconds, nine times.
///
/// The names are those of the crate `socket2`.
///
/// ```
/// # mod reenact { pub use reenact_net as net; }
/// use reenact::net::TcpKeepalive;
/// use std::time::Duration;
///
/// let impatient = TcpKeepalive::new().with_time(Duration::from_secs(10)).with_retries(3);
/// # assert_ne!(impatient, TcpKeepalive::new());
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TcpKeepalive(KeepAlive);

impl TcpKeepalive {
    /// As on Linux.
    pub const fn new() -> Self {
        TcpKeepalive(KeepAlive::LINUX)
    }

    /// After how long the peer is asked first.
    #[must_use]
    pub const fn with_time(mut self, time: Duration) -> Self {
        self.0.time = time;
        self
    }

    /// How long after that it is asked again.
    #[must_use]
    pub const fn with_interval(mut self, interval: Duration) -> Self {
        self.0.interval = interval;
        self
    }

    /// How many questions without an answer end the connection.
    #[must_use]
    pub const fn with_retries(mut self, retries: u32) -> Self {
        self.0.retries = retries;
        self
    }
}

impl Default for TcpKeepalive {
    fn default() -> Self {
        TcpKeepalive::new()
    }
}

#[cold]
fn refused(words: String) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, words)
}

impl TcpStream {
    #[track_caller]
    fn set(&self, what: &'static str, set: impl FnOnce(&mut Options)) -> io::Result<()> {
        call_own(self.method(what), |net, core| {
            if core.is_inert() { Ok(()) } else { net.tcp_set_options(core, self.id, set) }
        })
    }

    #[track_caller]
    fn get<T>(&self, what: &'static str, get: impl FnOnce(Options) -> T) -> io::Result<T> {
        call_own(self.method(what), |net, _| net.tcp_options(self.id).map(get))
    }

    /// Kept, and without effect: what is written is sent at once in any case.
    ///
    /// # Errors
    ///
    /// If the process that owned it has ended; so do all options.
    #[track_caller]
    pub fn set_nodelay(&self, nodelay: bool) -> io::Result<()> {
        self.set("TcpStream::set_nodelay", |options| options.nodelay = nodelay)
    }

    /// What was set; `false` at first.
    ///
    /// # Errors
    ///
    /// If the process that owned it has ended.
    #[track_caller]
    pub fn nodelay(&self) -> io::Result<bool> {
        self.get("TcpStream::nodelay", |options| options.nodelay)
    }

    /// Kept, and without effect: no packet goes that far.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for 0 and above 255; if the process that owned it has ended.
    #[track_caller]
    pub fn set_ttl(&self, ttl: u32) -> io::Result<()> {
        if !(1..=255).contains(&ttl) {
            return Err(refused(format!("no packet has a time to live of {ttl}: give it from 1 to 255")));
        }
        self.set("TcpStream::set_ttl", |options| options.ttl = ttl)
    }

    /// What was set; 64 at first.
    ///
    /// # Errors
    ///
    /// If the process that owned it has ended.
    #[track_caller]
    pub fn ttl(&self) -> io::Result<u32> {
        self.get("TcpStream::ttl", |options| options.ttl)
    }

    /// With a linger of zero, closing resets the connection, and what was not sent is thrown away. Any
    /// other is kept, and without effect: what was written goes out behind the close.
    ///
    /// ```
    /// # mod reenact { pub use reenact_net as net; pub use reenact_sim::spawn; }
    /// # reenact_net::doc(|| async {
    /// use reenact::net::{TcpListener, TcpStream};
    /// use std::io::ErrorKind;
    /// use std::time::Duration;
    ///
    /// let listener = TcpListener::bind("0.0.0.0:7000").await?;
    /// let client = TcpStream::connect("test:7000").await?;
    /// let (server, _) = listener.accept().await?;
    /// client.set_linger(Some(Duration::ZERO))?;
    /// drop(client);
    /// assert_eq!(server.peek(&mut [0]).await.unwrap_err().kind(), ErrorKind::ConnectionReset);
    /// # std::io::Result::Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// If the process that owned it has ended.
    #[track_caller]
    pub fn set_linger(&self, linger: Option<Duration>) -> io::Result<()> {
        self.set("TcpStream::set_linger", |options| options.linger = linger)
    }

    /// As [`set_linger`](Self::set_linger) with zero.
    ///
    /// # Errors
    ///
    /// If the process that owned it has ended.
    #[track_caller]
    pub fn set_zero_linger(&self) -> io::Result<()> {
        self.set("TcpStream::set_zero_linger", |options| options.linger = Some(Duration::ZERO))
    }

    /// What was set; none at first.
    ///
    /// # Errors
    ///
    /// If the process that owned it has ended.
    #[track_caller]
    pub fn linger(&self) -> io::Result<Option<Duration>> {
        self.get("TcpStream::linger", |options| options.linger)
    }

    /// Switches on that a silent peer is asked whether it is there. If it does not answer, reading
    /// fails with `TimedOut`; if its host knows nothing of the connection, with `ConnectionReset`.
    ///
    /// # Errors
    ///
    /// `InvalidInput` if the time or the interval is less than a second, or there are no retries, as on
    /// Linux; if the process that owned it has ended.
    #[track_caller]
    pub fn set_tcp_keepalive(&self, keepalive: &TcpKeepalive) -> io::Result<()> {
        let KeepAlive { time, interval, retries } = keepalive.0;
        if time.as_secs() == 0 || interval.as_secs() == 0 || retries == 0 {
            return Err(refused(format!(
                "a keep-alive after {time:?}, then every {interval:?}, {retries} times is none: give it times of \
                 at least a second, and at least one retry"
            )));
        }
        let times = Some(keepalive.0);
        self.set("TcpStream::set_tcp_keepalive", |options| options.keep_alive = times)
    }

    /// Switches it on with the times of Linux, or off.
    ///
    /// # Errors
    ///
    /// If the process that owned it has ended.
    #[track_caller]
    pub fn set_keepalive(&self, on: bool) -> io::Result<()> {
        let times = on.then_some(KeepAlive::LINUX);
        self.set("TcpStream::set_keepalive", |options| options.keep_alive = times)
    }

    /// Whether a silent peer is asked.
    ///
    /// # Errors
    ///
    /// If the process that owned it has ended.
    #[track_caller]
    pub fn keepalive(&self) -> io::Result<bool> {
        self.get("TcpStream::keepalive", |options| options.keep_alive.is_some())
    }

    /// How long what was written may stay without an answer before the connection is given up on
    /// (`TCP_USER_TIMEOUT`); without it, or with zero, about 15 minutes.
    ///
    /// # Errors
    ///
    /// If the process that owned it has ended.
    #[track_caller]
    pub fn set_tcp_user_timeout(&self, timeout: Option<Duration>) -> io::Result<()> {
        let timeout = timeout.filter(|timeout| !timeout.is_zero());
        self.set("TcpStream::set_tcp_user_timeout", |options| options.user_timeout = timeout)
    }

    /// What was set; none at first.
    ///
    /// # Errors
    ///
    /// If the process that owned it has ended.
    #[track_caller]
    pub fn tcp_user_timeout(&self) -> io::Result<Option<Duration>> {
        self.get("TcpStream::tcp_user_timeout", |options| options.user_timeout)
    }

    /// The error of the connection that nobody was told of yet; it is told once.
    ///
    /// # Errors
    ///
    /// If the process that owned it has ended.
    #[track_caller]
    pub fn take_error(&self) -> io::Result<Option<io::Error>> {
        call_own(self.method("TcpStream::take_error"), |net, core| {
            if core.is_inert() { Ok(None) } else { net.tcp_take_error(self.id) }
        })
    }
}
