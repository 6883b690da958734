//! Streams in two halves: one reads, one writes.
//!
//! Rim. Both are the stream itself, which works by shared reference; a half only leaves out what the other
//! is for. The owned ones may go to different tasks.

use super::{quietly, stream::TcpStream};
use futures_io::{AsyncRead, AsyncWrite};
use std::{
    error, fmt,
    io::{self, IoSlice},
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

impl TcpStream {
    /// Two halves that borrow the stream.
    ///
    /// ```
    /// # mod reenact { pub use reenact_net as net; pub use reenact_sim::spawn; }
    /// # reenact_net::doc(|| async {
    /// use reenact::net::{TcpListener, TcpStream};
    ///
    /// let listener = TcpListener::bind("0.0.0.0:7000").await?;
    /// let mut client = TcpStream::connect("test:7000").await?;
    /// let (server, _) = listener.accept().await?;
    /// let (read, write) = client.split();
    /// write.try_write(b"hi")?;
    /// server.readable().await?;
    /// server.try_write(b"hello")?;
    /// assert_eq!(read.peek(&mut [0; 64]).await?, 5);
    /// # std::io::Result::Ok(()) });
    /// ```
    pub fn split(&mut self) -> (ReadHalf<'_>, WriteHalf<'_>) {
        (ReadHalf(self), WriteHalf(self))
    }

    /// Two halves that may go to different tasks. The stream is closed when both are dropped; the write
    /// half closes its direction when it is dropped.
    ///
    /// ```
    /// # mod reenact { pub use reenact_net as net; pub use reenact_sim::spawn; }
    /// # reenact_net::doc(|| async {
    /// use reenact::net::{TcpListener, TcpStream};
    ///
    /// let listener = TcpListener::bind("0.0.0.0:7000").await?;
    /// let (read, write) = TcpStream::connect("test:7000").await?.into_split();
    /// let (server, _) = listener.accept().await?;
    /// reenact::spawn(async move { write.try_write(b"bye") });
    /// server.readable().await?;
    /// assert_eq!(server.try_read(&mut [0; 64])?, 3);
    /// assert_eq!(server.peek(&mut [0]).await?, 0, "the end of the stream");
    /// server.try_write(b"still heard")?;
    /// assert_eq!(read.peek(&mut [0; 64]).await?, 11);
    /// # std::io::Result::Ok(()) });
    /// ```
    pub fn into_split(self) -> (OwnedReadHalf, OwnedWriteHalf) {
        let stream = Arc::new(self);
        let write = OwnedWriteHalf { stream: stream.clone(), closes: true };
        (OwnedReadHalf { stream }, write)
    }
}

/// The half of a borrowed stream that reads; see [`TcpStream::split`].
#[derive(Debug)]
pub struct ReadHalf<'a>(&'a TcpStream);

/// The half of a borrowed stream that writes; see [`TcpStream::split`].
#[derive(Debug)]
pub struct WriteHalf<'a>(&'a TcpStream);

/// The half of a stream that reads; see [`TcpStream::into_split`].
#[derive(Debug)]
pub struct OwnedReadHalf {
    stream: Arc<TcpStream>,
}

/// The half of a stream that writes; see [`TcpStream::into_split`].
#[derive(Debug)]
pub struct OwnedWriteHalf {
    stream: Arc<TcpStream>,
    /// Whether dropping it closes its direction.
    closes: bool,
}

impl ReadHalf<'_> {
    pub(super) fn stream(&self) -> &TcpStream {
        self.0
    }
}

impl WriteHalf<'_> {
    pub(super) fn stream(&self) -> &TcpStream {
        self.0
    }
}

impl OwnedReadHalf {
    pub(super) fn stream(&self) -> &TcpStream {
        &self.stream
    }

    /// The stream of two halves.
    ///
    /// # Errors
    ///
    /// If they are of different streams: both come back.
    pub fn reunite(self, write: OwnedWriteHalf) -> Result<TcpStream, ReuniteError> {
        if !Arc::ptr_eq(&self.stream, &write.stream) {
            return Err(ReuniteError(self, write));
        }
        write.forget();
        match Arc::try_unwrap(self.stream) {
            Ok(stream) => Ok(stream),
            Err(_) => unreachable!("only its two halves share a stream"),
        }
    }
}

impl OwnedWriteHalf {
    pub(super) fn stream(&self) -> &TcpStream {
        &self.stream
    }

    /// The stream of two halves.
    ///
    /// # Errors
    ///
    /// If they are of different streams: both come back.
    pub fn reunite(self, read: OwnedReadHalf) -> Result<TcpStream, ReuniteError> {
        read.reunite(self)
    }

    /// Drops it, and its direction stays open.
    pub fn forget(mut self) {
        self.closes = false;
    }
}

impl Drop for OwnedWriteHalf {
    fn drop(&mut self) {
        if self.closes {
            let stream = &self.stream;
            quietly(stream.run, |net, core| drop(net.tcp_shutdown(core, stream.id)));
        }
    }
}

/// Two halves that are not of one stream.
#[derive(Debug)]
pub struct ReuniteError(pub OwnedReadHalf, pub OwnedWriteHalf);

impl fmt::Display for ReuniteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "these two halves are of different streams: reunite those that `into_split` returned together",
        )
    }
}

impl error::Error for ReuniteError {}

macro_rules! half {
    ($($half:ty),*) => {$(
        impl $half {
            /// The address of this end.
            ///
            /// # Errors
            ///
            /// If the process that owned it has ended.
            #[track_caller]
            pub fn local_addr(&self) -> io::Result<SocketAddr> {
                self.stream().local_addr()
            }

            /// The address of the other end.
            ///
            /// # Errors
            ///
            /// As [`TcpStream::peer_addr`].
            #[track_caller]
            pub fn peer_addr(&self) -> io::Result<SocketAddr> {
                self.stream().peer_addr()
            }
        }

        impl AsRef<TcpStream> for $half {
            fn as_ref(&self) -> &TcpStream {
                self.stream()
            }
        }
    )*};
}

macro_rules! read {
    ($($half:ty),*) => {$(
        impl $half {
            /// As [`TcpStream::peek`].
            ///
            /// # Errors
            ///
            /// Those of reading.
            #[track_caller]
            pub fn peek(&self, buffer: &mut [u8]) -> impl Future<Output = io::Result<usize>> {
                self.stream().peek(buffer)
            }

            /// As [`TcpStream::readable`].
            ///
            /// # Errors
            ///
            /// If the process that owned it has ended.
            #[track_caller]
            pub fn readable(&self) -> impl Future<Output = io::Result<()>> {
                self.stream().readable()
            }

            /// As [`TcpStream::try_read`].
            ///
            /// # Errors
            ///
            /// Those of reading; `WouldBlock` if nothing has arrived.
            #[track_caller]
            pub fn try_read(&self, buffer: &mut [u8]) -> io::Result<usize> {
                self.stream().try_read(buffer)
            }
        }

        impl AsyncRead for $half {
            #[track_caller]
            fn poll_read(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                buffer: &mut [u8],
            ) -> Poll<io::Result<usize>> {
                self.stream().poll_read_bytes(cx, buffer)
            }
        }
    )*};
}

macro_rules! write {
    ($($half:ty),*) => {$(
        impl $half {
            /// As [`TcpStream::writable`].
            ///
            /// # Errors
            ///
            /// If the process that owned it has ended.
            #[track_caller]
            pub fn writable(&self) -> impl Future<Output = io::Result<()>> {
                self.stream().writable()
            }

            /// As [`TcpStream::try_write`].
            ///
            /// # Errors
            ///
            /// Those of writing; `WouldBlock` if there is no room.
            #[track_caller]
            pub fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
                self.stream().try_write(bytes)
            }
        }

        impl AsyncWrite for $half {
            #[track_caller]
            fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
                self.stream().poll_write_bytes(cx, bytes)
            }

            #[track_caller]
            fn poll_write_vectored(
                self: Pin<&mut Self>,
                cx: &mut Context<'_>,
                slices: &[IoSlice<'_>],
            ) -> Poll<io::Result<usize>> {
                self.stream().poll_write_slices(cx, slices)
            }

            fn poll_flush(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
                Poll::Ready(Ok(()))
            }

            #[track_caller]
            fn poll_close(self: Pin<&mut Self>, _cx: &mut Context<'_>) -> Poll<io::Result<()>> {
                self.stream().poll_shut_down()
            }
        }
    )*};
}

half!(ReadHalf<'_>, WriteHalf<'_>, OwnedReadHalf, OwnedWriteHalf);
read!(ReadHalf<'_>, OwnedReadHalf);
write!(WriteHalf<'_>, OwnedWriteHalf);
