//! The world of production: tokio's runtime and real sockets.

use super::Platform;
use std::{io, time::Duration};
use tokio::net::{TcpListener, TcpStream};

/// Wherever a tokio runtime is entered.
#[derive(Clone, Copy, Debug, Default)]
pub struct OnTokio;

impl Platform for OnTokio {
    type Stream = TcpStream;
    type Listener = TcpListener;

    async fn bind(&self, address: &str) -> io::Result<TcpListener> {
        TcpListener::bind(address).await
    }

    async fn accept(&self, listener: &TcpListener) -> io::Result<TcpStream> {
        listener.accept().await.map(|(stream, _peer)| stream)
    }

    async fn connect(&self, address: &str) -> io::Result<TcpStream> {
        TcpStream::connect(address).await
    }

    fn spawn(&self, future: impl Future<Output = ()> + Send + 'static) {
        tokio::spawn(future);
    }

    async fn timeout<T>(
        &self,
        within: Duration,
        future: impl Future<Output = io::Result<T>> + Send,
    ) -> io::Result<T> {
        tokio::time::timeout(within, future).await?
    }
}
