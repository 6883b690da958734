//! What a test asks of the network that makes no sense.

use crate::panic_of;
use futures::AsyncWriteExt;
use reenact::{
    FailureKind, Faults, Sim, Simulation, clock,
    net::{Config, Flavour, Latency, Ratio, TcpKeepalive, TcpListener, TcpStream, UdpSocket, Verdict},
};
use std::{io::ErrorKind, time::Duration};

const SECOND: Duration = Duration::from_secs(1);

/// How a call inside of a run, with a node `db`, fails: on the line of this file that made it.
fn refused(call: fn(&Sim)) -> String {
    let run = Simulation::new(1).run(move |sim| async move {
        sim.node("db");
        call(&sim);
    });
    let failure = run.result.expect_err("it makes no sense");
    assert_eq!(failure.kind, FailureKind::Panic, "{failure}");
    assert!(failure.location.as_deref().is_some_and(|place| place.starts_with(file!())), "{failure}");
    failure.message
}

#[test]
fn chances_above_one_and_of_nothing_are_refused_everywhere() {
    let words = "a probability must lie between 0 and 1, and its denominator above 0";
    for (num, den) in [(3, 2), (0, 0), (u64::MAX, 1)] {
        let config = Config::default;
        assert_eq!(panic_of(|| Ratio::new(num, den)), words);
        for said in [
            panic_of(|| config().loss(num, den)),
            panic_of(|| config().duplicate(num, den)),
            panic_of(|| config().corrupt(num, den)),
            panic_of(|| config().reorder(num, den, SECOND)),
            panic_of(|| config().fragment(num, den)),
            panic_of(|| config().reset(num, den)),
            panic_of(|| config().unreachable(num, den)),
            panic_of(|| config().lookup_failure(num, den)),
            panic_of(|| Latency::bimodal(SECOND..SECOND, SECOND..SECOND, num, den)),
        ] {
            assert_eq!(said, words);
        }
    }
    let on_links: [fn(&Sim); 4] = [
        |sim| _ = sim.net().link("test", "db").loss(2, 1),
        |sim| _ = sim.net().from("db").duplicate(1, 0),
        |sim| _ = sim.net().to("db").corrupt(101, 100),
        |sim| _ = sim.net().node("db").reorder(2, 1, SECOND),
    ];
    for call in on_links {
        assert_eq!(refused(call), words);
    }
}

#[test]
fn what_lets_nothing_through_is_refused() {
    assert_eq!(
        panic_of(|| Config::default().window(0)),
        "a window of 0 bytes lets nothing through: give it at least 1"
    );
    let narrow = "a bandwidth of 0 bytes a second lets nothing through: cut the link instead";
    assert_eq!(panic_of(|| Config::default().bandwidth(0, 1_000)), narrow);
    assert_eq!(refused(|sim| _ = sim.net().link("test", "db").bandwidth(0, 1_000)), narrow);
    assert_eq!(
        panic_of(|| Config::default().mtu(67)),
        "an MTU of 67 bytes is none: every network carries 68 (RFC 791)"
    );
}

#[test]
fn latencies_that_are_none_are_refused() {
    let reversed = "a latency between 2s and 1s is none: write the least first, as in `1s..2s`";
    let range = || 2 * SECOND..SECOND;
    assert_eq!(panic_of(|| Latency::uniform(range())), reversed);
    assert_eq!(panic_of(|| Latency::bimodal(range(), SECOND..SECOND, 1, 2)), reversed);
    assert_eq!(panic_of(|| Latency::bimodal(SECOND..SECOND, range(), 1, 2)), reversed);
    assert_eq!(refused(|sim| _ = sim.net().link("test", "db").latency(2 * SECOND..SECOND)), reversed);
    let said = panic_of(|| Latency::bimodal(2 * SECOND..3 * SECOND, SECOND..SECOND, 1, 2));
    assert!(said.ends_with("write the later range second"), "{said}");
    for (median, p99) in [(Duration::ZERO, SECOND), (2 * SECOND, SECOND)] {
        let said = panic_of(|| Latency::log_normal(median, p99));
        assert!(said.contains("the median must be above zero, and the percentile no less"), "{said}");
    }
}

#[test]
fn links_of_unknown_nodes_and_of_a_node_to_itself_are_refused() {
    let unknown: [fn(&Sim); 8] = [
        |sim| _ = sim.net().link("db", "nobody").loss(1, 2),
        |sim| _ = sim.net().from("nobody").loss(1, 2),
        |sim| _ = sim.net().to("nobody").loss(1, 2),
        |sim| _ = sim.net().node("nobody").loss(1, 2),
        |sim| drop(sim.net().one_way(&["db"], &["nobody"])),
        |sim| sim.net().hold("nobody", "db"),
        |sim| sim.net().release("db", "nobody"),
        |sim| drop(sim.net().shape(reenact::net::Shape::Halves, &["db", "nobody"])),
    ];
    for call in unknown {
        let said = refused(call);
        assert_eq!(said, "no node has the name `nobody`: make it with `Sim::node` before its links are cut");
    }
    type Call = fn(&Sim);
    let own: [(&str, Call); 5] = [
        ("NetHandle::link", |sim| _ = sim.net().link("db", "db").loss(1, 2)),
        ("NetHandle::hold", |sim| sim.net().hold("db", "db")),
        ("NetHandle::release", |sim| sim.net().release("db", "db")),
        ("NetHandle::partition", |sim| drop(sim.net().partition(&["db"], &["db"]))),
        ("NetHandle::one_way", |sim| drop(sim.net().one_way(&["db"], &["db"]))),
    ];
    for (what, call) in own {
        let said = refused(call);
        assert!(said.starts_with(&format!("`{what}` was called for node `db` and itself")), "{said}");
        assert!(said.ends_with("name two nodes"), "{said}");
    }
}

#[test]
fn where_groups_overlap_a_node_is_not_cut_off_from_itself() {
    let run = Simulation::new(1).run(|sim| async move {
        sim.node("db");
        let _cut = sim.net().partition(&["test", "db"], &["test", "db"]);
        let socket = UdpSocket::bind("0.0.0.0:1").await.expect("free");
        socket.send_to(b"self", "test:1").await.expect("sent");
        socket.recv(&mut [0; 8]).await.expect("it came");
        socket.send_to(b"other", "db:1").await.expect("sent");
        clock::sleep(SECOND).await;
        sim.net().stats().lost
    });
    assert_eq!(run.unwrap(), 1);
}

#[test]
fn a_rule_that_drops_everything_ends_in_time_outs_and_the_report_says_who_waits() {
    let run = Simulation::new(1).run(|sim| async move {
        sim.node("db").start(|| async {
            let listener = TcpListener::bind("0.0.0.0:1").await.expect("free");
            listener.accept().await.map(drop)
        });
        let _rule = sim.net().rule(|_| Verdict::Drop);
        let refused = TcpStream::connect("db:1").await.expect_err("nothing arrives");
        assert_eq!(refused.kind(), ErrorKind::TimedOut);
        UdpSocket::bind("0.0.0.0:9").await.expect("free").recv(&mut [0; 8]).await
    });
    let failure = run.result.expect_err("nothing comes");
    assert_eq!(failure.kind, FailureKind::Deadlock);
    let said = failure.to_string();
    assert!(said.contains("waits for a datagram to port 9"), "{said}");
    assert!(said.contains("waits for a connection to port 1"), "{said}");
}

#[test]
fn a_rule_that_duplicates_or_holds_everything_comes_to_an_end() {
    let run = Simulation::new(1).run(|sim| async move {
        let listener = sim.node("db").spawn(TcpListener::bind("0.0.0.0:1")).await.unwrap().unwrap();
        let twice = sim.net().rule(|_| Verdict::Duplicate);
        let (client, accepted) = futures::join!(TcpStream::connect("db:1"), listener.accept());
        let mut client = client.expect("TCP hides duplicates");
        client.write_all(b"once").await.expect("sent");
        clock::sleep(SECOND).await;
        let held = sim.net().rule(|_| Verdict::Hold);
        drop(twice);
        client.write_all(b"held").await.expect("sent");
        drop((client, accepted));
        clock::sleep(SECOND).await;
        let kept = sim.net().in_flight().len();
        drop(held);
        kept
    });
    assert!(run.unwrap() > 0);
}

#[test]
fn the_longest_spans_are_never_and_overflow_nothing() {
    let run = Simulation::new(1).run(|sim| async move {
        sim.node("db");
        let never = Duration::MAX;
        let socket = UdpSocket::bind("0.0.0.0:1").await.expect("free");
        let net = sim.net();
        net.link("test", "db").latency(never..never);
        socket.send_to(b"late", "db:1").await.expect("sent");
        net.link("test", "db").reset();
        net.link("test", "db").clog(never);
        socket.send_to(b"clogged", "db:1").await.expect("sent");
        net.link("test", "db").reset();
        let slow = net.flavour(Flavour::Slow(never)).isolate("db");
        socket.send_to(b"slow", "db:1").await.expect("sent");
        net.config(
            Config::default().reorder(1, 1, never).latency(Latency::exponential(never)).slower(u64::MAX),
        );
        socket.send_to(b"reordered", "db:1").await.expect("sent");
        let _rule = net.rule(move |_| Verdict::Deliver(never));
        socket.send_to(b"by rule", "db:1").await.expect("sent");
        clock::sleep(20 * 3_600 * SECOND).await;
        drop(slow);
        sim.net().stats().delivered
    });
    assert_eq!(run.unwrap(), 0, "nothing has arrived");
}

#[test]
fn options_that_are_none_are_refused_with_a_sentence() {
    let run = Simulation::new(1).run(|_| async {
        let listener = TcpListener::bind("0.0.0.0:1").await.expect("free");
        let (client, _accepted) = futures::join!(TcpStream::connect("127.0.0.1:1"), listener.accept());
        let client = client.expect("it listens");
        let keep_alive = TcpKeepalive::new();
        let said = [
            client.set_ttl(0),
            client.set_ttl(256),
            client.set_tcp_keepalive(&keep_alive.clone().with_time(Duration::ZERO)),
            client.set_tcp_keepalive(&keep_alive.clone().with_interval(SECOND / 2)),
            client.set_tcp_keepalive(&keep_alive.with_retries(0)),
        ];
        client.set_tcp_user_timeout(Some(Duration::ZERO)).expect("as without one");
        assert_eq!(client.tcp_user_timeout().expect("open"), None);
        said.map(|result| result.expect_err("refused"))
    });
    for error in run.unwrap() {
        assert_eq!(error.kind(), ErrorKind::InvalidInput);
        assert!(error.to_string().contains("give it"), "{error}");
    }
}

#[test]
fn a_plan_with_unknown_victims_harms_nobody_and_its_report_says_so() {
    let faults = Faults::swarm().victims(["nobody"]).tolerate(usize::MAX).stable_for(Duration::MAX);
    let report =
        reenact::Check::new("nobody").seeds(12).faults(faults).shrink(reenact::Shrink::off()).report(
            |sim| async move {
                sim.node("db").start(std::future::pending::<()>);
                clock::sleep(60 * SECOND).await;
                assert_eq!(sim.node("db").incarnation(), 0);
            },
        );
    assert!(report.passed(), "{report}");
    assert!(report.vacuous().iter().any(|line| line.starts_with("crash faults: on in ")), "{report}");
}
