//! An accept loop for an axum router (feature `axum`): what `axum::serve` is on tokio.
//!
//! `axum::serve` spawns on tokio's runtime whatever listener it is given. This one spawns a task of
//! the simulation for each connection; routers, handlers, extractors and middleware are the same. A
//! connection speaks HTTP/1 or HTTP/2, as its client does.

use super::hyper::{Executor, Timer};
use crate::{JoinHandle, clock, net, task};
use axum::{Router, extract::ConnectInfo};
use futures_channel::oneshot;
use hyper::{
    Request, Response,
    body::Incoming,
    header::{DATE, HeaderValue},
    service::service_fn,
};
use hyper_util::server::conn::auto;
use std::{
    convert::Infallible,
    fmt,
    future::{Pending, pending, poll_fn},
    io,
    net::SocketAddr,
    pin::{Pin, pin},
    task::{Context, Poll},
    time::Duration,
};
use tower_service::Service;

/// Serves a router on a listener, as `axum::serve` does: a future that ends with an error only.
///
/// Each request carries [`ConnectInfo<SocketAddr>`](ConnectInfo), and each answer a `date` by the
/// virtual clock.
///
/// ```
/// use axum::{Router, routing::get};
/// use http_body_util::{BodyExt, Empty};
/// use hyper::body::Bytes;
/// use reenact::{Simulation, hyper::client, net::TcpListener};
///
/// let run = Simulation::new(1).run(|sim| async move {
///     sim.node("web").start(|| async {
///         let router = Router::new().route("/", get(async || "hello"));
///         reenact::serve(TcpListener::bind("0.0.0.0:80").await?, router).await
///     });
///     let answer = client::<Empty<Bytes>>().get("http://web/".parse().unwrap()).await.unwrap();
///     assert_eq!(answer.headers()["date"], "Wed, 01 Jan 2020 00:00:00 GMT");
///     answer.into_body().collect().await.unwrap().to_bytes()
/// });
/// assert_eq!(run.unwrap(), "hello");
/// ```
///
/// # Errors
///
/// The future ends with an error if the process that listens has ended.
///
/// # Panics
///
/// The future does, outside a run.
pub fn serve(listener: net::TcpListener, router: Router) -> Serve {
    Serve { listener, router, builder: builder(), signal: pending() }
}

fn builder() -> auto::Builder<Executor> {
    let mut builder = auto::Builder::new(Executor);
    // hyper's own `date` is of a cache that outlives a run.
    builder.http1().auto_date_header(false);
    builder.http2().timer(Timer).auto_date_header(false).enable_connect_protocol();
    builder
}

/// What [`serve`] is about to do: await it.
#[must_use = "a server does nothing unless it is awaited"]
pub struct Serve<S = Pending<()>> {
    listener: net::TcpListener,
    router: Router,
    builder: auto::Builder<Executor>,
    signal: S,
}

impl<S> fmt::Debug for Serve<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Serve").field("listener", &self.listener).finish_non_exhaustive()
    }
}

impl<S> Serve<S> {
    /// Stops accepting when `signal` is ready, lets each connection finish what it is doing, and ends
    /// with `Ok` when all have.
    ///
    /// ```
    /// use axum::{Router, routing::get};
    /// use http_body_util::Empty;
    /// use hyper::body::Bytes;
    /// use reenact::{Simulation, clock, hyper::client, net::TcpListener};
    /// use std::time::Duration;
    ///
    /// let run = Simulation::new(1).run(|sim| async move {
    ///     let slowly = async || clock::sleep(Duration::from_secs(30)).await;
    ///     let listener = TcpListener::bind("0.0.0.0:80").await.unwrap();
    ///     let server = reenact::serve(listener, Router::new().route("/", get(slowly)))
    ///         .with_graceful_shutdown(clock::sleep(Duration::from_secs(10)));
    ///     let asks = client::<Empty<Bytes>>().get("http://test/".parse().unwrap());
    ///     let answer = sim.node("client").spawn(asks);
    ///     server.await.unwrap();
    ///     assert!(answer.await.unwrap().unwrap().status().is_success());
    ///     clock::now().since_start().as_secs()
    /// });
    /// assert_eq!(run.unwrap(), 30);
    /// ```
    pub fn with_graceful_shutdown<F: Future<Output = ()> + Send + 'static>(self, signal: F) -> Serve<F> {
        let Serve { listener, router, builder, .. } = self;
        Serve { listener, router, builder, signal }
    }

    /// On an HTTP/2 connection, asks the client every `interval` whether it is there, and closes the
    /// connection when there is no answer within `timeout`.
    pub fn http2_keep_alive(mut self, interval: Duration, timeout: Duration) -> Self {
        self.builder.http2().keep_alive_interval(interval).keep_alive_timeout(timeout);
        self
    }

    /// Closes an HTTP/1 connection that has brought no whole head of a request for this long. Unless
    /// said, it may take for ever, as with `axum::serve`.
    pub fn http1_header_read_timeout(mut self, timeout: Duration) -> Self {
        self.builder.http1().timer(Timer).header_read_timeout(timeout);
        self
    }
}

impl<S: Future<Output = ()> + Send + 'static> IntoFuture for Serve<S> {
    type Output = io::Result<()>;
    type IntoFuture = Pin<Box<dyn Future<Output = io::Result<()>> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(accept(self))
    }
}

/// A connection that was accepted.
struct Open {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

async fn accept<S: Future<Output = ()>>(serve: Serve<S>) -> io::Result<()> {
    let Serve { listener, router, builder, signal } = serve;
    let mut signal = pin!(signal);
    let mut open: Vec<Open> = Vec::new();
    loop {
        let next = poll_fn(|cx| match signal.as_mut().poll(cx) {
            Poll::Ready(()) => Poll::Ready(None),
            Poll::Pending => listener.poll_accept(cx).map(Some),
        });
        let Some(accepted) = next.await else { break };
        let (stream, peer) = accepted?;
        // So the list stays as long as what is open.
        if open.len() == open.capacity() {
            open.retain(|connection| !connection.task.is_finished());
        }
        let (stop, stopped) = oneshot::channel();
        let talk = converse(builder.clone(), stream, router.clone(), peer, stopped);
        open.push(Open { stop, task: task::Builder::new().name("connection").spawn(talk) });
    }
    drop(listener);
    for Open { stop, task } in open {
        // Whoever is gone needs not be told.
        let _ = stop.send(());
        let _ = task.await;
    }
    Ok(())
}

async fn converse(
    builder: auto::Builder<Executor>,
    stream: net::TcpStream,
    router: Router,
    peer: SocketAddr,
    stopped: oneshot::Receiver<()>,
) {
    let service = service_fn(move |request| answer(router.clone(), peer, request));
    let mut connection = pin!(builder.serve_connection_with_upgrades(stream, service));
    let mut stopped = Some(stopped);
    let talk = poll_fn(|cx: &mut Context<'_>| {
        if let Some(Poll::Ready(why)) = stopped.as_mut().map(|stopped| Pin::new(stopped).poll(cx)) {
            stopped = None;
            // If the server was dropped rather than told to stop, its connections go on.
            if why.is_ok() {
                connection.as_mut().graceful_shutdown();
            }
        }
        connection.as_mut().poll(cx)
    });
    // How a connection breaks is the affair of its client.
    let _ = talk.await;
}

async fn answer(
    mut router: Router,
    peer: SocketAddr,
    mut request: Request<Incoming>,
) -> Result<Response<axum::body::Body>, Infallible> {
    request.extensions_mut().insert(ConnectInfo(peer));
    // A router is always ready.
    let mut response = router.call(request).await?;
    if let Ok(date) = HeaderValue::try_from(httpdate::fmt_http_date(clock::system_time())) {
        response.headers_mut().entry(DATE).or_insert(date);
    }
    Ok(response)
}
