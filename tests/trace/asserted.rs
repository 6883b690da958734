//! Snapshots through `assert_trace!`: what is compared, what goes with it, what is refused.

use reenact::{
    Outcome, Simulation, assert_trace,
    clock::{self, sleep},
    net::UdpSocket,
    trace::{Level, View, mark},
};
use std::{io, time::Duration};

fn ping_pong() -> Outcome<io::Result<()>> {
    Simulation::new(5).run(|sim| async move {
        sim.node("pong").start(|| async {
            let socket = UdpSocket::bind("0.0.0.0:7").await?;
            let mut word = [0; 4];
            loop {
                let (_, from) = socket.recv_from(&mut word).await?;
                mark("heard", String::from_utf8_lossy(&word));
                socket.send_to(b"pong", from).await?;
            }
            #[expect(unreachable_code, reason = "it says what the block returns")]
            io::Result::Ok(())
        });
        let socket = UdpSocket::bind("0.0.0.0:0").await?;
        for _ in 0..2 {
            socket.send_to(b"ping", "pong:7").await?;
            socket.recv(&mut [0; 4]).await?;
        }
        Ok(())
    })
}

/// Our own snapshots lie with the others of the project; names are made by the macro.
fn in_snapshots() -> insta::internals::SettingsBindDropGuard {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../snapshots");
    settings.bind_to_scope()
}

#[test]
fn a_trace_is_compared_under_the_name_of_its_test() {
    let _files = in_snapshots();
    assert_trace!(ping_pong(), View::causal().level(Level::User));
    assert_trace!(ping_pong(), View::messages().times(true));
}

#[test]
fn seed_digest_and_view_go_with_it() {
    let run = ping_pong();
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/snapshots/trace__asserted__a_trace_is_compared_under_the_name_of_its_test.snap"
    );
    let text = std::fs::read_to_string(file).expect("a snapshot");
    let head = text.split("\n---\n").next().expect("a head");
    assert!(head.contains("seed: \"0x0000000000000005\""), "{head}");
    assert!(head.contains(&format!("{:016x}", run.digest())), "{head}");
    assert!(head.contains("view: \"View::causal().level(Level::User)\""), "{head}");
}

fn chatter() -> Outcome<()> {
    Simulation::new(1).run(|sim| async move {
        sim.node("chatty").spawn(async {
            for line in 0..500 {
                mark("line", line);
            }
        });
        sleep(Duration::from_secs(1)).await;
    })
}

#[test]
#[should_panic(expected = "would have 507 lines; nobody reviews more than 400: show less of it
  .level(Level::Fault) leaves 1 line
")]
fn a_long_one_is_refused_with_what_would_shorten_it() {
    assert_trace!(chatter(), View::timeline().level(Level::Task));
}

#[test]
#[should_panic(expected = "`assert_trace!` was called inside a simulation")]
fn a_run_cannot_assert_its_own_trace() {
    let _ = Simulation::new(1)
        .run(|_| async {
            let other = std::thread::scope(|scope| scope.spawn(chatter).join());
            assert_trace!(other.expect("a run"), View::per_node());
            clock::now()
        })
        .unwrap();
}
