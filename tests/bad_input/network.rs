//! The network used where it is not, and handles of one run in another: told on the caller's line,
//! also by what is async.

use super::place_of;
use futures::{AsyncRead, AsyncWrite};
use reenact::{
    NetHandle, Sim, Simulation,
    net::{self, Guard, TcpListener, TcpStream, UdpSocket},
};
use std::{
    pin::Pin,
    sync::{Arc, Mutex},
    task::{Context, Poll, Waker},
};

#[test]
fn outside_of_a_run_each_function_of_the_network_names_itself() {
    let calls: &[(&str, fn())] = &[
        ("TcpListener::bind", || drop(TcpListener::bind("0.0.0.0:7000"))),
        ("TcpStream::connect", || drop(TcpStream::connect("server:7000"))),
        ("UdpSocket::bind", || drop(UdpSocket::bind("0.0.0.0:7000"))),
        ("net::lookup_host", || drop(net::lookup_host("server:7000"))),
    ];
    for (name, call) in calls {
        let (said, file) = place_of(call);
        assert!(said.starts_with(&format!("`{name}` was called outside a simulation")), "{said}");
        assert_eq!(file, file!(), "{said}");
    }
}

/// Everything of a run that has to do with its network.
struct Everything {
    listener: TcpListener,
    stream: TcpStream,
    socket: UdpSocket,
    net: NetHandle,
    guard: Option<Guard>,
}

async fn everything(sim: Sim) -> Everything {
    let listener = TcpListener::bind("0.0.0.0:7000").await.expect("free");
    let stream = TcpStream::connect("test:7000").await.expect("connected");
    let socket = UdpSocket::bind("0.0.0.0:7000").await.expect("free");
    sim.node("db");
    let guard = Some(sim.net().isolate("db"));
    Everything { listener, stream, socket, net: sim.net(), guard }
}

/// A use of a handle: the function and the type of the handle, and the call.
type Use = (&'static str, &'static str, fn(&mut Everything));

const USES: &[Use] = &[
    ("TcpListener::accept", "TcpListener", |all| drop(all.listener.accept())),
    ("TcpListener::accept", "TcpListener", |all| _ = all.listener.poll_accept(&mut idle())),
    ("TcpListener::local_addr", "TcpListener", |all| _ = all.listener.local_addr()),
    ("TcpStream::local_addr", "TcpStream", |all| _ = all.stream.local_addr()),
    ("TcpStream::peer_addr", "TcpStream", |all| _ = all.stream.peer_addr()),
    ("TcpStream::nodelay", "TcpStream", |all| _ = all.stream.nodelay()),
    ("TcpStream::set_nodelay", "TcpStream", |all| _ = all.stream.set_nodelay(true)),
    ("TcpStream::read", "TcpStream", |all| _ = Pin::new(&mut all.stream).poll_read(&mut idle(), &mut [0])),
    ("TcpStream::write", "TcpStream", |all| _ = Pin::new(&mut all.stream).poll_write(&mut idle(), b"hi")),
    ("TcpStream::close", "TcpStream", |all| _ = Pin::new(&mut all.stream).poll_close(&mut idle())),
    ("UdpSocket::connect", "UdpSocket", |all| drop(all.socket.connect("test:9"))),
    ("UdpSocket::send_to", "UdpSocket", |all| drop(all.socket.send_to(b"hi", "test:9"))),
    ("UdpSocket::send", "UdpSocket", |all| drop(all.socket.send(b"hi"))),
    ("UdpSocket::recv_from", "UdpSocket", |all| drop(all.socket.recv_from(&mut [0]))),
    ("UdpSocket::recv_from", "UdpSocket", |all| _ = all.socket.poll_recv_from(&mut idle(), &mut [0])),
    ("UdpSocket::recv", "UdpSocket", |all| drop(all.socket.recv(&mut [0]))),
    ("UdpSocket::peek_from", "UdpSocket", |all| drop(all.socket.peek_from(&mut [0]))),
    ("UdpSocket::local_addr", "UdpSocket", |all| _ = all.socket.local_addr()),
    ("UdpSocket::peer_addr", "UdpSocket", |all| _ = all.socket.peer_addr()),
    ("NetHandle::config", "NetHandle", |all| all.net.config(net::Config::lossy())),
    ("NetHandle::partition", "NetHandle", |all| drop(all.net.partition(&["test"], &["db"]))),
    ("NetHandle::isolate", "NetHandle", |all| drop(all.net.isolate("db"))),
    ("NetHandle::heal", "NetHandle", |all| all.net.heal()),
    ("Guard::keep", "Guard", |all| all.guard.take().expect("it is there").keep()),
];

fn idle() -> Context<'static> {
    Context::from_waker(Waker::noop())
}

#[test]
fn in_another_run_a_handle_of_the_network_says_so() {
    for &(_, handle, call) in USES {
        let mut all = Simulation::new(1).run(everything).unwrap();
        let failure =
            Simulation::new(2).run(move |_| async move { call(&mut all) }).result.expect_err("it is refused");
        let says = format!("this {handle} belongs to another run of the simulation");
        assert!(failure.message.starts_with(&says), "{failure}");
        let place = failure.location.clone().expect("a place");
        assert!(place.starts_with(file!()), "{failure}");
    }
}

#[test]
fn after_its_run_a_handle_of_the_network_names_what_was_called() {
    for &(name, _, call) in USES {
        let mut all = Simulation::new(1).run(everything).unwrap();
        let (said, file) = place_of(|| call(&mut all));
        assert!(said.starts_with(&format!("`{name}` was called outside a simulation")), "{said}");
        assert_eq!(file, file!(), "{said}");
    }
}

#[test]
fn a_handle_of_another_run_may_be_dropped_in_any() {
    let all = Simulation::new(1).run(everything).unwrap();
    let bag = Arc::new(Mutex::new(Some(all)));
    let run = Simulation::new(1).run(move |sim| async move {
        let mut mine = everything(sim).await;
        drop(bag.lock().expect("no panic").take());
        // Mine are of the same numbers, and as they were.
        assert_eq!(mine.socket.local_addr().expect("open").port(), 7000);
        assert!(matches!(mine.listener.poll_accept(&mut idle()), Poll::Ready(Ok(_)) | Poll::Pending));
        assert!(mine.stream.peer_addr().is_ok());
        let refused = TcpStream::connect("db:1").await.expect_err("cut off");
        assert_eq!(refused.kind(), std::io::ErrorKind::TimedOut);
        mine.guard.take().expect("it is there").keep();
    });
    run.unwrap();
}

#[test]
fn a_partition_of_unknown_nodes_is_told_on_the_callers_line() {
    let calls: [fn(&Sim); 3] = [
        |sim| drop(sim.net().partition(&["test"], &["nobody"])),
        |sim| drop(sim.net().partition(&["nobody"], &["test"])),
        |sim| drop(sim.net().isolate("nobody")),
    ];
    for call in calls {
        let failure =
            Simulation::new(1).run(move |sim| async move { call(&sim) }).result.expect_err("unknown");
        assert!(failure.message.starts_with("no node has the name `nobody`"), "{failure}");
        assert!(failure.location.as_deref().is_some_and(|place| place.starts_with(file!())), "{failure}");
    }
}
