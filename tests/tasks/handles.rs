//! What a handle is, whatever it is a handle of: it can be sent, shared, moved and shown.

use crate::common::{SECOND, run};
use reenact::{JoinError, JoinHandle, JoinSet, NetHandle, Node, Sim, clock, net, spawn, task, yield_now};
use std::{fmt::Debug, rc::Rc};

fn is_handle<T: Send + Sync + Unpin + Debug>() {}

#[test]
fn all_handles_are_send_sync_unpin_and_debug() {
    is_handle::<Sim>();
    is_handle::<Node>();
    is_handle::<NetHandle>();
    is_handle::<JoinHandle<Rc<()>>>();
    is_handle::<JoinHandle<*const ()>>();
    is_handle::<JoinSet<Rc<()>>>();
    is_handle::<JoinError>();
    is_handle::<task::Cancellable<JoinHandle<Rc<()>>>>();
    is_handle::<task::AbortHandle>();
    is_handle::<task::JoinNext<'static, Rc<()>>>();
    is_handle::<clock::Tick<'static>>();
    is_handle::<task::Builder>();
    is_handle::<task::TaskId>();
    is_handle::<task::YieldNow>();
    is_handle::<clock::Sleep>();
    is_handle::<clock::Interval>();
    is_handle::<clock::Timeout<clock::Sleep>>();
    is_handle::<clock::Timeout<JoinHandle<Rc<()>>>>();
    is_handle::<clock::CallbackHandle>();
    is_handle::<clock::Instant>();
    is_handle::<clock::Elapsed>();
    is_handle::<net::TcpStream>();
    is_handle::<net::TcpListener>();
    is_handle::<net::UdpSocket>();
    is_handle::<net::Guard>();
    is_handle::<net::Config>();
}

fn is_send<T: Send>(_: &T) {}

/// What hyper and tonic ask of the futures they are given.
#[test]
fn the_futures_of_all_calls_are_send() {
    run(|_| async {
        is_send(&net::TcpStream::connect("test:1"));
        is_send(&net::TcpStream::connect(("test", 1)));
        is_send(&net::TcpListener::bind("0.0.0.0:1"));
        is_send(&net::lookup_host("test:1"));
        let listener = net::TcpListener::bind("0.0.0.0:0").await.expect("free");
        is_send(&listener.accept());
        let socket = net::UdpSocket::bind("0.0.0.0:0").await.expect("free");
        let mut buffer = [0; 8];
        is_send(&socket.recv_from(&mut buffer));
        is_send(&socket.send_to(b"", "test:1"));
        is_send(&clock::interval(SECOND).tick());
        is_send(&JoinSet::<u8>::new().join_next());
        is_send(&async {
            clock::sleep(SECOND).await;
            yield_now().await;
            spawn(async {}).await.is_ok()
        });
    });
}

#[test]
fn a_future_need_not_be_send() {
    let shared = Rc::new(5);
    let returned = run(|sim| async move {
        let (here, there) = (shared.clone(), shared.clone());
        let one = spawn(async move {
            yield_now().await;
            here
        });
        let other = sim.node("a").spawn(async move {
            yield_now().await;
            *there
        });
        (one.await.expect("no panic"), other.await.expect("no panic"), shared)
    });
    assert_eq!((*returned.0, returned.1, *returned.2), (5, 5, 5));
    assert!(Rc::ptr_eq(&returned.0, &returned.2));
}

#[test]
fn a_main_may_borrow_from_the_test() {
    let text = String::from("borrowed");
    let len = run(|sim| {
        // The closure may, the future may not.
        let len = text.len();
        sim.node(&text);
        async move { len }
    });
    assert_eq!(len, text.len());
}

#[test]
fn handles_say_what_they_are() {
    run(|sim| async move {
        let says = |what: &str, said: String| assert!(said.starts_with(what), "{said}");
        says("Sim", format!("{sim:?}"));
        says("Node { name: \"db\"", format!("{:?}", sim.node("db")));
        says("JoinHandle", format!("{:?}", spawn(async {})));
        says("JoinSet { len: 0", format!("{:?}", JoinSet::<()>::new()));
        says("Sleep { deadline: 1.000s", format!("{:?}", clock::sleep(SECOND)));
        says("CallbackHandle", format!("{:?}", clock::call_soon(|| ())));
        says("Guard { in_force: true", format!("{:?}", sim.net().isolate("db")));
        says("UdpSocket", format!("{:?}", net::UdpSocket::bind("0.0.0.0:0").await.expect("free")));
        says("TcpListener", format!("{:?}", net::TcpListener::bind("0.0.0.0:0").await.expect("free")));
    });
}
