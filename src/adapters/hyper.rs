//! hyper on the simulation (feature `hyper`): its executor, its timer, and a pooled client.
//!
//! [`net::TcpStream`](crate::net::TcpStream) is a stream for hyper as it is: it implements
//! `hyper::rt::{Read, Write}`. Here is the rest of what hyper asks of a runtime, and a connector by
//! which `hyper_util`'s client finds nodes. A server hands each accepted stream to
//! `hyper::server::conn`, in a task of its own.
//!
//! ```
//! use http_body_util::{BodyExt, Empty};
//! use hyper::{Request, Response, body::Bytes, server::conn::http1, service::service_fn};
//! use reenact::{Simulation, hyper::{Timer, client}, net::TcpListener};
//! use std::{convert::Infallible, io};
//!
//! async fn greeter() -> io::Result<()> {
//!     let listener = TcpListener::bind("0.0.0.0:80").await?;
//!     loop {
//!         let (stream, _peer) = listener.accept().await?;
//!         let answer = |request: Request<_>| async move {
//!             Ok::<_, Infallible>(Response::new(format!("you asked for {}", request.uri())))
//!         };
//!         reenact::spawn(http1::Builder::new().timer(Timer).serve_connection(stream, service_fn(answer)));
//!     }
//! }
//!
//! let run = Simulation::new(1).run(|sim| async move {
//!     sim.node("greeter").start(greeter);
//!     let client = client::<Empty<Bytes>>();
//!     let answer = client.get("http://greeter/hello".parse().unwrap()).await.unwrap();
//!     answer.into_body().collect().await.unwrap().to_bytes()
//! });
//! assert_eq!(run.unwrap(), "you asked for /hello");
//! ```

use crate::{clock, net::TcpStream};
use hyper::{
    Uri,
    rt::{Read, ReadBufCursor, Write},
};
use hyper_util::client::legacy::{
    Client,
    connect::{Connected, Connection as Connects},
};
use std::{
    io::{self, IoSlice},
    pin::Pin,
    sync::OnceLock,
    task::{Context, Poll},
    time::{Duration, Instant},
};

/// Spawns hyper's futures as tasks on the node of whoever calls.
///
/// ```
/// use hyper::rt::Executor as _;
/// use reenact::{Simulation, hyper::Executor, task};
///
/// let run = Simulation::new(1).run(|sim| async move {
///     let (tell, told) = futures::channel::oneshot::channel();
///     sim.node("web").spawn(async {
///         Executor.execute(async { _ = tell.send(task::current().node().to_owned()) });
///         // A node's tasks live as long as it does, not as long as who spawned them.
///     });
///     told.await
/// });
/// assert_eq!(run.unwrap().unwrap(), "web");
/// ```
///
/// # Panics
///
/// `execute` does outside a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Executor;

impl<F> hyper::rt::Executor<F> for Executor
where
    F: Future + 'static,
    F::Output: 'static,
{
    #[track_caller]
    fn execute(&self, future: F) {
        within("hyper::Executor");
        drop(crate::spawn(future));
    }
}

/// hyper's clock and alarm, on virtual time.
///
/// Its `now` is a `std::time::Instant`, of which only differences mean anything: those are virtual.
///
/// ```
/// use hyper::rt::Timer as _;
/// use reenact::{Simulation, clock, hyper::Timer};
/// use std::time::Duration;
///
/// let run = Simulation::new(1).run(|_sim| async {
///     let hour = Duration::from_secs(3600);
///     let begun = Timer.now();
///     Timer.sleep(hour).await;
///     assert_eq!(Timer.now() - begun, hour);
///     Timer.sleep_until(begun + 2 * hour).await;
///     clock::now().since_start()
/// });
/// assert_eq!(run.unwrap(), Duration::from_secs(7200));
/// ```
///
/// # Panics
///
/// All its methods do outside a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Timer;

impl hyper::rt::Timer for Timer {
    #[track_caller]
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn hyper::rt::Sleep>> {
        within("hyper::Timer");
        Box::pin(Sleep(clock::sleep(duration)))
    }

    #[track_caller]
    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn hyper::rt::Sleep>> {
        within("hyper::Timer");
        Box::pin(Sleep(clock::sleep_until(virtual_instant(deadline))))
    }

    #[track_caller]
    fn now(&self) -> Instant {
        within("hyper::Timer");
        start() + clock::now().since_start()
    }

    fn reset(&self, sleep: &mut Pin<Box<dyn hyper::rt::Sleep>>, deadline: Instant) {
        match sleep.as_mut().downcast_mut_pin::<Sleep>() {
            Some(sleep) => Pin::new(&mut sleep.get_mut().0).reset(virtual_instant(deadline)),
            None => *sleep = self.sleep_until(deadline),
        }
    }
}

/// The standard instant that stands for the start of every run.
///
/// It is chosen so that `Instant::now` agrees where that follows the run, and else is of no meaning.
fn start() -> Instant {
    static START: OnceLock<Instant> = OnceLock::new();
    #[expect(clippy::disallowed_methods, reason = "only its differences to others made here are seen")]
    *START.get_or_init(|| {
        let now = Instant::now();
        now.checked_sub(clock::now().since_start()).unwrap_or(now)
    })
}

/// What has passed already is now.
fn virtual_instant(instant: Instant) -> clock::Instant {
    clock::Instant::default() + instant.saturating_duration_since(start())
}

/// Says what to do outside a run, by the name of what was used.
#[track_caller]
fn within(what: &str) {
    reenact_sim::with(what, |_| ());
}

/// A sleep of [`Timer`].
#[derive(Debug)]
#[must_use = "futures do nothing unless polled"]
pub struct Sleep(clock::Sleep);

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        Pin::new(&mut self.get_mut().0).poll(cx)
    }
}

impl hyper::rt::Sleep for Sleep {}

/// `hyper_util`'s pooled client, on the simulated network and on virtual time.
///
/// It is `Client::builder(Executor)` with [`Timer`] for both of its clocks and a [`Connector`]. A
/// clone shares the pool. Connections live in tasks of the node that made the first request over them.
pub fn client<B>() -> Client<Connector, B>
where
    B: hyper::body::Body + Send,
    B::Data: Send,
{
    Client::builder(Executor).timer(Timer).pool_timer(Timer).build(Connector)
}

/// A `tower` service that connects to the host of a URI: the name of a node, or an address.
///
/// The port is 80 where the URI says none.
///
/// ```
/// use reenact::{Simulation, hyper::Connector, net::TcpListener};
/// use tower_service::Service;
///
/// let run = Simulation::new(1).run(|sim| async move {
///     let _listener = TcpListener::bind("0.0.0.0:80").await.unwrap();
///     assert!(Connector.call("http://test/".parse().unwrap()).await.is_ok());
///     Connector.call("https://test/".parse().unwrap()).await.unwrap_err().to_string()
/// });
/// assert!(run.unwrap().contains("without TLS"));
/// ```
///
/// # Errors
///
/// Those of [`TcpStream::connect`]; `Unsupported` for `https`, for there is no TLS here, and
/// `InvalidInput` for a URI without a host.
///
/// # Panics
///
/// The future does, outside a run.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Connector;

impl tower_service::Service<Uri> for Connector {
    type Response = Connection;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Connection>> + Send>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        Box::pin(connect(uri))
    }
}

async fn connect(uri: Uri) -> io::Result<Connection> {
    if uri.scheme_str() == Some("https") {
        return Err(io::Error::new(
            io::ErrorKind::Unsupported,
            format!("`{uri}`: this connector is without TLS, so ask for `http`, or wrap its stream in TLS"),
        ));
    }
    let Some(host) = uri.host() else {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            format!("`{uri}` has no host: write `http://node:port/path`"),
        ));
    };
    TcpStream::connect((host, uri.port_u16().unwrap_or(80))).await.map(Connection)
}

/// A stream of [`Connector`].
#[derive(Debug)]
pub struct Connection(TcpStream);

impl Connects for Connection {
    fn connected(&self) -> Connected {
        Connected::new()
    }
}

impl Read for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        Read::poll_read(Pin::new(&mut self.0), cx, buffer)
    }
}

impl Write for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Write::poll_write(Pin::new(&mut self.0), cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Write::poll_write_vectored(Pin::new(&mut self.0), cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        Write::is_write_vectored(&self.0)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Write::poll_flush(Pin::new(&mut self.0), cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Write::poll_shutdown(Pin::new(&mut self.0), cx)
    }
}
