//! The world of tests: a run of reenact.

use super::Platform;
use reenact::{
    clock,
    net::{TcpListener, TcpStream},
};
use std::{io, time::Duration};

/// On the node of whoever calls, inside a run.
#[derive(Clone, Copy, Debug, Default)]
pub struct InSimulation;

impl Platform for InSimulation {
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
        drop(reenact::spawn(future));
    }

    async fn timeout<T>(
        &self,
        within: Duration,
        future: impl Future<Output = io::Result<T>> + Send,
    ) -> io::Result<T> {
        clock::timeout(within, future).await.map_err(|_| io::ErrorKind::TimedOut)?
    }
}
