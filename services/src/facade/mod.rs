//! One service, two worlds: the same code on tokio's sockets and on reenact's.
//!
//! What a service asks of its world is a trait of five functions, [`Platform`]. [`OnTokio`] and
//! [`InSimulation`] answer it; `store` is the service, which knows neither. Nothing is lost by it in
//! production: the compiler writes the service for the platform it runs on.

use std::{io, time::Duration};
use tokio::io::{AsyncRead, AsyncWrite};

pub mod on_tokio;
pub mod in_simulation;
pub mod store;

pub use in_simulation::InSimulation;
pub use on_tokio::OnTokio;

/// What a service asks of the world that it runs in.
pub trait Platform: Clone + Send + Sync + 'static {
    /// A connection.
    type Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static;
    /// Where connections come in.
    type Listener: Send + Sync + 'static;

    /// Listens on an address.
    fn bind(&self, address: &str) -> impl Future<Output = io::Result<Self::Listener>> + Send;

    /// The next connection.
    fn accept(&self, listener: &Self::Listener) -> impl Future<Output = io::Result<Self::Stream>> + Send;

    /// Connects to an address.
    fn connect(&self, address: &str) -> impl Future<Output = io::Result<Self::Stream>> + Send;

    /// Lets a future run on its own.
    fn spawn(&self, future: impl Future<Output = ()> + Send + 'static);

    /// What a future comes to, if it does so in time; else an error of kind `TimedOut`.
    fn timeout<T>(
        &self,
        within: Duration,
        future: impl Future<Output = io::Result<T>> + Send,
    ) -> impl Future<Output = io::Result<T>> + Send;
}
