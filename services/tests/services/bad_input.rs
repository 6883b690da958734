//! Adapters where there is no run, streams of another run, and crates that ask for tokio's runtime.

use axum::{Router, serve::Listener};
use futures::{executor::block_on, future::BoxFuture};
use http_body_util::Empty;
use hyper::{
    body::Bytes,
    rt::{Executor as _, Timer as _},
};
use openraft::AsyncRuntime;
use reenact::{
    FailureKind, Simulation,
    hyper::{Connector, Executor, Timer, client as hyper_client},
    net::{TcpListener, TcpStream},
    openraft::Runtime,
    tonic::Channel,
};
use std::{
    cell::RefCell,
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    rc::Rc,
    time::Duration,
};
use tokio::io::AsyncWriteExt;
use tonic::codegen::Service as _;

fn panic_of<R>(f: impl FnOnce() -> R) -> String {
    let payload = catch_unwind(AssertUnwindSafe(f)).map(drop).expect_err("it panics");
    payload.downcast::<String>().map(|said| *said).unwrap_or_default()
}

#[test]
fn outside_of_a_run_each_adapter_names_itself_and_says_what_to_do() {
    let calls: [(&str, fn()); 5] = [
        ("hyper::Executor", || Executor.execute(async {})),
        ("hyper::Timer", || drop(Timer.sleep(Duration::ZERO))),
        ("hyper::Timer", || _ = Timer.now()),
        ("openraft::Runtime", || drop(Runtime::spawn(async {}))),
        ("openraft::Runtime", || drop(Runtime::sleep(Duration::ZERO))),
    ];
    for (name, call) in calls {
        let said = panic_of(call);
        assert!(said.contains(&format!("{name}` was called outside a simulation")), "{name}: {said}");
        assert!(said.contains("`Check::run` or a function with `#[reenact::test]`"), "{said}");
    }
}

#[test]
fn a_future_of_an_adapter_that_is_awaited_outside_of_a_run_says_what_to_do() {
    let uri = hyper::Uri::from_static("http://web/");
    let connect = || drop(block_on(Connector.call(uri.clone())));
    let ask = || drop(block_on(hyper_client::<Empty<Bytes>>().get(uri.clone())));
    let call = || {
        let request = hyper::Request::new(tonic::body::Body::empty());
        drop(block_on(Channel::new(uri.clone()).call(request)));
    };
    let bind = || drop(block_on(TcpListener::bind("0.0.0.0:80")));
    for (name, said) in [
        ("Connector", panic_of(connect)),
        ("client", panic_of(ask)),
        ("Channel", panic_of(call)),
        ("TcpListener", panic_of(bind)),
    ] {
        assert!(said.contains("was called outside a simulation"), "{name}: {said}");
    }
}

#[test]
fn a_stream_of_another_run_says_so() {
    let kept: Rc<RefCell<Option<TcpStream>>> = Rc::default();
    let keep = kept.clone();
    let first = Simulation::new(1).run(|_| async move {
        let _listener = TcpListener::bind("0.0.0.0:80").await?;
        *keep.borrow_mut() = Some(TcpStream::connect("test:80").await?);
        io::Result::Ok(())
    });
    first.unwrap().expect("it connects");
    let second = Simulation::new(1).run(|_| async move {
        let stream = kept.borrow_mut().take().expect("it was kept");
        hyper::client::conn::http1::handshake::<_, String>(stream).await.map(|(_, talk)| talk)?.await
    });
    let failure = second.result.map(|_| ()).expect_err("the stream is of the first run");
    assert!(failure.message.contains("belongs to another run of the simulation"), "{failure}");
}

#[test]
fn a_listener_of_another_run_is_not_served() {
    let kept: Rc<RefCell<Option<TcpListener>>> = Rc::default();
    let keep = kept.clone();
    let first = Simulation::new(1).run(|_| async move {
        *keep.borrow_mut() = TcpListener::bind("0.0.0.0:80").await.ok();
    });
    first.unwrap();
    let second = Simulation::new(1).run(|_| async move {
        let listener = kept.borrow_mut().take().expect("it was kept");
        reenact::serve(listener, Router::new()).await
    });
    let failure = second.result.map(|_| ()).expect_err("the listener is of the first run");
    assert!(failure.message.contains("belongs to another run of the simulation"), "{failure}");
}

/// What `axum::serve` takes for a listener.
struct Accepts(TcpListener);

impl Listener for Accepts {
    type Io = TcpStream;
    type Addr = std::net::SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        self.0.accept().await.expect("the node lives")
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.0.local_addr()
    }
}

#[test]
fn a_crate_that_asks_for_tokios_runtime_is_told_which_way_leads_on() {
    let run = Simulation::new(1).run(|sim| async move {
        sim.node("web").start(|| async {
            let listener = TcpListener::bind("0.0.0.0:80").await?;
            axum::serve(Accepts(listener), Router::new()).await
        });
        let mut stream = TcpStream::connect("web:80").await?;
        stream.write_all(b"GET / HTTP/1.1\r\n\r\n").await?;
        stream.shutdown().await?;
        tokio::io::AsyncReadExt::read_u8(&mut stream).await
    });
    let failure = run.result.map(|_| ()).expect_err("axum::serve spawns on tokio");
    assert_eq!(failure.kind, FailureKind::Panic);
    for word in ["no reactor running", "no tokio runtime in a simulation", "docs/services.md"] {
        assert!(failure.message.contains(word), "{failure}");
    }
}

#[test]
fn whatever_asks_for_tokios_runtime_is_told_so() {
    type Asks = fn() -> BoxFuture<'static, ()>;
    let asks: [(&str, Asks); 5] = [
        ("spawn", || Box::pin(async { drop(tokio::spawn(async {})) })),
        ("spawn_blocking", || Box::pin(async { drop(tokio::task::spawn_blocking(|| ())) })),
        ("sleep", || Box::pin(async { tokio::time::sleep(Duration::ZERO).await })),
        ("connect", || Box::pin(async { drop(tokio::net::TcpStream::connect("127.0.0.1:1").await) })),
        ("current", || Box::pin(async { drop(tokio::runtime::Handle::current()) })),
    ];
    for (name, ask) in asks {
        let run = Simulation::new(1).run(move |_| ask());
        let failure = run.result.expect_err(name);
        for word in ["no tokio runtime in a simulation", "docs/services.md"] {
            assert!(failure.message.contains(word), "{name}: {failure}");
        }
    }
}
