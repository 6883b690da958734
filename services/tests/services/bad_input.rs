//! Adapters where there is no run, streams of another run, and crates that ask for tokio's runtime.

use axum::{Router, serve::Listener};
use hyper::rt::{Executor as _, Timer as _};
use openraft::AsyncRuntime;
use reenact::{
    FailureKind, Simulation,
    hyper::{Executor, Timer},
    net::{TcpListener, TcpStream},
    openraft::Runtime,
};
use std::{
    cell::RefCell,
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    rc::Rc,
    time::Duration,
};
use tokio::io::AsyncWriteExt;

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
