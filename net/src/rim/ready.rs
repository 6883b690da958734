//! Reading and writing without waiting, and waiting without reading or writing.
//!
//! Rim.

use super::{call_own, check_own, poll, stream::TcpStream, udp::UdpSocket};
use std::{
    future::poll_fn,
    io::{self, IoSlice, IoSliceMut},
    net::SocketAddr,
    task::{Context, Poll, Waker},
};

/// What is not ready and may not be waited for.
fn at_once<T>(polled: Poll<io::Result<T>>) -> io::Result<T> {
    match polled {
        Poll::Ready(result) => result,
        Poll::Pending => Err(io::ErrorKind::WouldBlock.into()),
    }
}

impl TcpStream {
    /// Looks at what has arrived without taking it; waits until there is something. 0 bytes mean that
    /// no more will come. Cancel-safe.
    ///
    /// ```
    /// # mod reenact { pub use reenact_net as net; pub use reenact_sim::spawn; }
    /// # reenact_net::doc(|| async {
    /// use reenact::net::{TcpListener, TcpStream};
    ///
    /// let listener = TcpListener::bind("0.0.0.0:7000").await?;
    /// let client = TcpStream::connect("test:7000").await?;
    /// let (server, _) = listener.accept().await?;
    /// assert_eq!(client.try_write(b"hello")?, 5);
    /// let mut buffer = [0; 64];
    /// for _ in 0..2 {
    ///     assert_eq!(server.peek(&mut buffer).await?, 5);
    /// }
    /// assert_eq!(server.try_read(&mut buffer)?, 5);
    /// # std::io::Result::Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// Those of reading.
    ///
    /// # Panics
    ///
    /// Outside of its run; so do all methods.
    #[track_caller]
    pub fn peek(&self, buffer: &mut [u8]) -> impl Future<Output = io::Result<usize>> {
        let method = self.method("TcpStream::peek");
        check_own(method);
        poll_fn(move |cx| poll(method, cx, |net, core| net.tcp_peek(core, self.id, buffer)))
    }

    /// Polls for what [`peek`](Self::peek) returns.
    #[track_caller]
    pub fn poll_peek(&self, cx: &mut Context<'_>, buffer: &mut [u8]) -> Poll<io::Result<usize>> {
        poll(self.method("TcpStream::poll_peek"), cx, |net, core| net.tcp_peek(core, self.id, buffer))
    }

    /// Waits until reading would not: something has arrived, or the end of the stream, or an error.
    /// Cancel-safe.
    ///
    /// # Errors
    ///
    /// If the process that owned it has ended.
    #[track_caller]
    pub fn readable(&self) -> impl Future<Output = io::Result<()>> {
        let method = self.method("TcpStream::readable");
        check_own(method);
        poll_fn(move |cx| self.poll_read_ready(cx))
    }

    /// Polls for what [`readable`](Self::readable) waits for.
    #[track_caller]
    pub fn poll_read_ready(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        poll(self.method("TcpStream::readable"), cx, |net, core| net.tcp_poll_readable(core, self.id))
    }

    /// Waits until writing would not: there is room in the window, or an error. Cancel-safe.
    ///
    /// # Errors
    ///
    /// If the process that owned it has ended.
    #[track_caller]
    pub fn writable(&self) -> impl Future<Output = io::Result<()>> {
        let method = self.method("TcpStream::writable");
        check_own(method);
        poll_fn(move |cx| self.poll_write_ready(cx))
    }

    /// Polls for what [`writable`](Self::writable) waits for.
    #[track_caller]
    pub fn poll_write_ready(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        poll(self.method("TcpStream::writable"), cx, |net, core| net.tcp_poll_writable(core, self.id))
    }

    /// Reads what has arrived, without waiting.
    ///
    /// # Errors
    ///
    /// Those of reading; `WouldBlock` if nothing has arrived.
    #[track_caller]
    pub fn try_read(&self, buffer: &mut [u8]) -> io::Result<usize> {
        call_own(self.method("TcpStream::try_read"), |net, core| {
            if core.is_inert() || !buffer.is_empty() && !net.tcp_is_readable(self.id)? {
                return Err(io::ErrorKind::WouldBlock.into());
            }
            at_once(net.tcp_read(core, self.id, buffer))
        })
    }

    /// Reads what has arrived into several slices, without waiting.
    ///
    /// # Errors
    ///
    /// As [`try_read`](Self::try_read).
    #[track_caller]
    pub fn try_read_vectored(&self, slices: &mut [IoSliceMut<'_>]) -> io::Result<usize> {
        let mut read = 0;
        for slice in slices.iter_mut().filter(|slice| !slice.is_empty()) {
            match self.try_read(slice) {
                Ok(n) if n == slice.len() => read += n,
                Ok(n) => return Ok(read + n),
                Err(_) if read > 0 => return Ok(read),
                Err(error) => return Err(error),
            }
        }
        Ok(read)
    }

    /// Writes as much as there is room for, without waiting.
    ///
    /// # Errors
    ///
    /// Those of writing; `WouldBlock` if there is no room.
    #[track_caller]
    pub fn try_write(&self, bytes: &[u8]) -> io::Result<usize> {
        call_own(self.method("TcpStream::try_write"), |net, core| {
            if core.is_inert() || !bytes.is_empty() && !net.tcp_is_writable(self.id)? {
                return Err(io::ErrorKind::WouldBlock.into());
            }
            at_once(net.tcp_write(core, self.id, bytes))
        })
    }

    /// Writes several slices as one segment, as much as there is room for, without waiting.
    ///
    /// # Errors
    ///
    /// As [`try_write`](Self::try_write).
    #[track_caller]
    pub fn try_write_vectored(&self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        self.try_write(&slices.iter().flat_map(|slice| slice.iter().copied()).collect::<Vec<u8>>())
    }
}

impl UdpSocket {
    /// Waits until receiving would not. Cancel-safe.
    ///
    /// ```
    /// # mod reenact { pub use reenact_net as net; }
    /// # reenact_net::doc(|| async {
    /// use reenact::net::UdpSocket;
    /// use std::io::ErrorKind;
    ///
    /// let socket = UdpSocket::bind("0.0.0.0:5353").await?;
    /// assert_eq!(socket.try_recv(&mut [0]).unwrap_err().kind(), ErrorKind::WouldBlock);
    /// socket.try_send_to(b"hi", socket.local_addr()?)?;
    /// socket.readable().await?;
    /// assert_eq!(socket.try_recv(&mut [0; 64])?, 2);
    /// # std::io::Result::Ok(()) });
    /// ```
    ///
    /// # Errors
    ///
    /// If the process that bound the socket has ended.
    #[track_caller]
    pub fn readable(&self) -> impl Future<Output = io::Result<()>> {
        check_own(self.method("UdpSocket::readable"));
        poll_fn(|cx| self.poll_recv_ready(cx))
    }

    /// Polls for what [`readable`](Self::readable) waits for.
    #[track_caller]
    pub fn poll_recv_ready(&self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        poll(self.method("UdpSocket::readable"), cx, |net, core| net.udp_poll_readable(core, self.id))
    }

    /// Waits until sending would not: it never does.
    ///
    /// # Errors
    ///
    /// If the process that bound the socket has ended.
    #[track_caller]
    pub fn writable(&self) -> impl Future<Output = io::Result<()>> {
        let method = self.method("UdpSocket::writable");
        check_own(method);
        async move { call_own(method, |net, _| net.udp_local(self.id).map(drop)) }
    }

    /// Sends a datagram to the address given to [`connect`](Self::connect), without waiting.
    ///
    /// # Errors
    ///
    /// As [`send`](Self::send).
    #[track_caller]
    pub fn try_send(&self, bytes: &[u8]) -> io::Result<usize> {
        self.send_now(self.method("UdpSocket::try_send"), bytes, None)
    }

    /// Sends a datagram to an address, without waiting.
    ///
    /// # Errors
    ///
    /// As [`send_to`](Self::send_to).
    #[track_caller]
    pub fn try_send_to(&self, bytes: &[u8], target: SocketAddr) -> io::Result<usize> {
        self.send_now(self.method("UdpSocket::try_send_to"), bytes, Some(target))
    }

    /// Receives the next datagram and tells who sent it, without waiting.
    ///
    /// # Errors
    ///
    /// As [`recv_from`](Self::recv_from); `WouldBlock` if none has arrived.
    #[track_caller]
    pub fn try_recv_from(&self, buffer: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        let method = self.method("UdpSocket::try_recv_from");
        let is_there = call_own(method, |net, core| Ok(!core.is_inert() && net.udp_is_readable(self.id)?));
        match is_there {
            // It is there, so nobody's waker is kept.
            Ok(true) => {
                at_once(self.poll_receive(method, &mut Context::from_waker(Waker::noop()), buffer, false))
            }
            Ok(false) => Err(io::ErrorKind::WouldBlock.into()),
            Err(error) => Err(error),
        }
    }

    /// Receives the next datagram, without waiting.
    ///
    /// # Errors
    ///
    /// As [`try_recv_from`](Self::try_recv_from).
    #[track_caller]
    pub fn try_recv(&self, buffer: &mut [u8]) -> io::Result<usize> {
        self.try_recv_from(buffer).map(|(n, _)| n)
    }

    /// Looks at the next datagram of a connected socket without taking it. Cancel-safe.
    ///
    /// # Errors
    ///
    /// As [`recv_from`](Self::recv_from).
    #[track_caller]
    pub fn peek(&self, buffer: &mut [u8]) -> impl Future<Output = io::Result<usize>> {
        let method = self.method("UdpSocket::peek");
        check_own(method);
        poll_fn(move |cx| self.poll_receive(method, cx, buffer, true).map_ok(|(n, _)| n))
    }
}
