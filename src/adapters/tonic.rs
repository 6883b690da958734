//! gRPC by tonic on the simulation (feature `tonic`): deadlines for a server, a channel for clients.
//!
//! tonic's own `Server` spawns on tokio's runtime, and its `Channel` sleeps there as soon as a request
//! has a deadline or a connection is to be kept alive. What code generators write needs neither: a
//! service becomes a router here, which [`serve`](crate::serve) serves, and a client is made of a
//! [`Channel`]. Deadlines are those of the protocol (`grpc-timeout`, see "gRPC over HTTP2"): both ends
//! hold a whole call to it, streams included, on virtual time.

use super::hyper::{Connector, Executor, Timer};
use crate::{clock, net::TcpListener};
use ::tonic::{Status, body::Body, service::Routes};
use axum::{Router, extract::Request, middleware, response::Response};
use http_body::{Body as HttpBody, Frame, SizeHint};
use hyper::{HeaderMap, Uri, body::Bytes};
use hyper_util::client::legacy::{self, Client};
use std::{
    fmt,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};
use tower_service::Service;

/// Serves gRPC on a listener: [`serve`](crate::serve) of a [`router`].
///
/// # Panics
///
/// The future does, outside a run.
pub fn serve(listener: TcpListener, routes: Routes) -> crate::adapters::axum::Serve {
    crate::serve(listener, router(routes))
}

/// The router of tonic's services, each call of which ends at its deadline with `DeadlineExceeded`.
pub fn router(routes: Routes) -> Router {
    routes.into_axum_router().layer(middleware::from_fn(held_to_its_deadline))
}

async fn held_to_its_deadline(request: Request, next: middleware::Next) -> Response {
    let Some(deadline) = deadline(request.headers()) else { return next.run(request).await };
    match clock::timeout_at(deadline, next.run(request)).await {
        Ok(response) => response.map(|body| axum::body::Body::new(until(deadline, Body::new(body)))),
        Err(_) => exceeded().into_http(),
    }
}

/// When a call must have ended.
fn deadline(headers: &HeaderMap) -> Option<clock::Instant> {
    let timeout = headers.get("grpc-timeout")?.to_str().ok().and_then(timeout)?;
    Some(clock::now() + timeout)
}

/// What the header `grpc-timeout` says: at most eight digits and a unit. What is no time-out is none.
fn timeout(text: &str) -> Option<Duration> {
    let unit = text.chars().next_back()?;
    let digits = text.strip_suffix(unit)?;
    if digits.is_empty() || digits.len() > 8 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: u64 = digits.parse().ok()?;
    match unit {
        'H' => Some(Duration::from_secs(number * 3600)),
        'M' => Some(Duration::from_secs(number * 60)),
        'S' => Some(Duration::from_secs(number)),
        'm' => Some(Duration::from_millis(number)),
        'u' => Some(Duration::from_micros(number)),
        'n' => Some(Duration::from_nanos(number)),
        _ => None,
    }
}

fn exceeded() -> Status {
    Status::deadline_exceeded("the deadline of the call has passed")
}

/// What a client calls through: one HTTP/2 connection to a server, made when it is first needed and
/// again after it broke.
///
/// A clone shares the connection. Requests with a time-out (`tonic::Request::set_timeout`) end at it.
///
/// ```
/// use reenact::{Simulation, tonic::Channel};
/// use tonic::{Code, Request, body::Body, client::GrpcService};
///
/// let run = Simulation::new(1).run(|sim| async move {
///     sim.node("server");
///     // What code generators write takes a channel: `GreeterClient::new(channel)`.
///     let mut channel = Channel::new("http://server:50051".parse().unwrap());
///     GrpcService::call(&mut channel, hyper::Request::new(Body::empty())).await.unwrap_err()
/// });
/// assert_eq!(run.unwrap().code(), Code::Unavailable, "nobody listens there");
/// ```
#[derive(Clone)]
pub struct Channel {
    server: Uri,
    client: Client<Connector, Body>,
}

impl Channel {
    /// A channel to the server of a URI: `http://node:port`. Nothing is sent yet.
    pub fn new(server: Uri) -> Self {
        Channel { server, client: builder().build(Connector) }
    }

    /// The same, and asks the server every `interval` whether it is there, also while no call is under
    /// way; the connection is closed, and its calls end with `Unavailable` or `Unknown`, when there is
    /// no answer within `timeout`.
    pub fn with_keep_alive(server: Uri, interval: Duration, timeout: Duration) -> Self {
        let mut builder = builder();
        builder.http2_keep_alive_interval(interval);
        builder.http2_keep_alive_timeout(timeout).http2_keep_alive_while_idle(true);
        Channel { server, client: builder.build(Connector) }
    }
}

fn builder() -> legacy::Builder {
    let mut builder = Client::builder(Executor);
    builder.timer(Timer).pool_timer(Timer).http2_only(true);
    builder
}

impl Service<hyper::Request<Body>> for Channel {
    type Response = hyper::Response<Body>;
    type Error = Status;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Status>> + Send>>;

    fn poll_ready(&mut self, _cx: &mut Context<'_>) -> Poll<Result<(), Status>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: hyper::Request<Body>) -> Self::Future {
        let mut parts = self.server.clone().into_parts();
        parts.path_and_query = request.uri().path_and_query().cloned();
        let client = self.client.clone();
        Box::pin(async move {
            *request.uri_mut() = Uri::from_parts(parts)
                .map_err(|error| Status::invalid_argument(format!("no URI of a server: {error}")))?;
            let deadline = deadline(request.headers());
            let answer =
                async { client.request(request).await.map_err(|error| Status::unavailable(words(&error))) };
            match deadline {
                None => Ok(answer.await?.map(Body::new)),
                Some(deadline) => {
                    let answer = clock::timeout_at(deadline, answer).await.map_err(|_| exceeded())??;
                    Ok(answer.map(|body| Body::new(until(deadline, Body::new(body)))))
                }
            }
        })
    }
}

/// An error and what caused it.
fn words(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        words.push_str(&format!(": {error}"));
        cause = error.source();
    }
    words
}

impl fmt::Debug for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Channel").field("server", &self.server).finish_non_exhaustive()
    }
}

/// A body that fails at an instant, unless it ended before.
struct Until {
    body: Body,
    deadline: clock::Sleep,
}

fn until(deadline: clock::Instant, body: Body) -> Until {
    Until { body, deadline: clock::sleep_until(deadline) }
}

impl HttpBody for Until {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Status>>> {
        match Pin::new(&mut self.body).poll_frame(cx) {
            Poll::Pending => Pin::new(&mut self.deadline).poll(cx).map(|()| Some(Err(exceeded()))),
            ready => ready,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::timeout;
    use std::time::Duration;

    #[test]
    fn a_timeout_is_digits_and_a_unit() {
        assert_eq!(timeout("5S"), Some(Duration::from_secs(5)));
        assert_eq!(timeout("100m"), Some(Duration::from_millis(100)));
        assert_eq!(timeout("99999999H"), Some(Duration::from_secs(99_999_999 * 3600)));
        for none in ["", "S", "5", "5s", "-5S", "123456789S", "5 S", "五S", "5五"] {
            assert_eq!(timeout(none), None, "{none}");
        }
    }
}
