//! Names: those of nodes, and `localhost`.

use crate::{common::run, wires::kind};
use reenact::net::{TcpListener, TcpStream, UdpSocket, lookup_host};
use std::{
    io::ErrorKind,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

async fn resolved(host: &str) -> Vec<String> {
    lookup_host(host).await.expect("known").map(|address| address.to_string()).collect()
}

#[test]
fn a_node_is_known_by_its_name_in_both_families() {
    run(|sim| async move {
        sim.node("server");
        assert_eq!(resolved("server:7000").await, ["10.0.0.2:7000", "[fd00::2]:7000"]);
        assert_eq!(resolved("test:1").await, ["10.0.0.1:1", "[fd00::1]:1"]);
        assert_eq!(resolved("localhost:80").await, ["127.0.0.1:80"]);
        assert_eq!(resolved("1.2.3.4:80").await, ["1.2.3.4:80"]);
        assert_eq!(resolved("[::1]:80").await, ["[::1]:80"]);
    });
}

#[test]
fn addresses_are_given_in_many_shapes() {
    run(|sim| async move {
        let ip = sim.node("server").ip();
        let v4 = Ipv4Addr::new(10, 0, 0, 2);
        let v6 = Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 2);
        assert_eq!(ip, IpAddr::V4(v4));
        let socket = UdpSocket::bind("0.0.0.0:0").await.expect("free");
        let address = SocketAddr::new(ip, 9);
        socket.connect(address).await.expect("known");
        socket.connect(&address).await.expect("known");
        socket.connect((ip, 9)).await.expect("known");
        socket.connect((v4, 9)).await.expect("known");
        socket.connect((v6, 9)).await.expect("known");
        socket.connect("server:9").await.expect("known");
        socket.connect(String::from("server:9")).await.expect("known");
        socket.connect(("server", 9)).await.expect("known");
        socket.connect((String::from("server"), 9)).await.expect("known");
        socket.connect(vec![address]).await.expect("known");
        socket.connect(&[address][..]).await.expect("known");
        assert_eq!(socket.peer_addr().expect("connected"), address);
    });
}

#[test]
fn a_name_that_no_node_has_is_not_found() {
    run(|_| async {
        let error = TcpStream::connect("nobody:80").await.expect_err("no such node");
        assert_eq!(error.kind(), ErrorKind::NotFound);
        assert_eq!(error.to_string(), "no node has the name `nobody`: names are those given to `Sim::node`");
        assert_eq!(kind(lookup_host("nobody:80").await.map(drop)), ErrorKind::NotFound);
        assert_eq!(kind(TcpListener::bind("nobody:80").await), ErrorKind::NotFound);
        let socket = UdpSocket::bind("0.0.0.0:0").await.expect("free");
        assert_eq!(kind(socket.send_to(b"hi", "nobody:9").await), ErrorKind::NotFound);
    });
}

#[test]
fn what_is_no_address_is_refused_with_an_example() {
    run(|sim| async move {
        sim.node("server");
        for wrong in ["server", "", "server:", "server:http", "server:99999", ":80:"] {
            let error = TcpStream::connect(wrong).await.expect_err("no address");
            assert_eq!(error.kind(), ErrorKind::InvalidInput, "{wrong}: {error}");
            assert!(error.to_string().contains("as in `server:7000`"), "{error}");
        }
        let none: Vec<SocketAddr> = Vec::new();
        assert_eq!(kind(TcpStream::connect(none.clone()).await), ErrorKind::InvalidInput);
        assert_eq!(kind(TcpListener::bind(none).await), ErrorKind::InvalidInput);
    });
}

#[test]
fn addresses_are_tried_in_turn() {
    run(|sim| async move {
        let (a, b) = (sim.node("a"), sim.node("b"));
        let _listener = b.spawn(TcpListener::bind("0.0.0.0:80")).await.expect("no panic").expect("free");
        let list = vec![SocketAddr::new(a.ip(), 80), SocketAddr::new(b.ip(), 80)];
        let stream = TcpStream::connect(list).await.expect("the second listens");
        assert_eq!(stream.peer_addr().expect("open").ip(), b.ip());
    });
}
