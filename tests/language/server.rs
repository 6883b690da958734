//! A network server with a thousand clients at a time, in the words of any async runtime.

use crate::common::{MILLI, SECOND};
use futures::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, StreamExt, io::BufReader};
use reenact::{
    JoinSet, Sim, Simulation, clock, draw,
    net::{TcpListener, TcpStream},
    spawn,
};
use std::{cell::RefCell, collections::BTreeMap, io, rc::Rc};

type Store = Rc<RefCell<BTreeMap<String, String>>>;

/// A store of texts: `set key value` and `get key`, one a line, each answered with a line.
async fn store() -> io::Result<()> {
    let (store, listener) = (Store::default(), TcpListener::bind("0.0.0.0:6379").await?);
    loop {
        let (stream, _) = listener.accept().await?;
        let store = store.clone();
        spawn(async move {
            // A client that goes away is its own affair.
            let _ = talk(stream, store).await;
        });
    }
}

async fn talk(stream: TcpStream, store: Store) -> io::Result<()> {
    let (from, mut to) = stream.split();
    let mut lines = BufReader::new(from).lines();
    while let Some(line) = lines.next().await {
        let line = line?;
        let words: Vec<&str> = line.splitn(3, ' ').collect();
        let answer = match words[..] {
            ["set", key, value] => {
                store.borrow_mut().insert(key.to_owned(), value.to_owned());
                "ok".to_owned()
            }
            ["get", key] => store.borrow().get(key).cloned().unwrap_or_else(|| "nothing".to_owned()),
            _ => "what?".to_owned(),
        };
        to.write_all(format!("{answer}\n").as_bytes()).await?;
    }
    Ok(())
}

struct Client {
    stream: BufReader<TcpStream>,
}

impl Client {
    async fn connect() -> io::Result<Client> {
        Ok(Client { stream: BufReader::new(TcpStream::connect("store:6379").await?) })
    }

    async fn ask(&mut self, question: &str) -> io::Result<String> {
        self.stream.get_mut().write_all(format!("{question}\n").as_bytes()).await?;
        let mut answer = String::new();
        self.stream.read_line(&mut answer).await?;
        Ok(answer.trim_end().to_owned())
    }
}

async fn echo() -> io::Result<()> {
    let listener = TcpListener::bind("0.0.0.0:7000").await?;
    loop {
        let (mut stream, _peer) = listener.accept().await?;
        spawn(async move {
            let mut buf = [0; 64];
            while let Ok(n @ 1..) = stream.read(&mut buf).await {
                if stream.write_all(&buf[..n]).await.is_err() {
                    break;
                }
            }
        });
    }
}

#[reenact::test(seeds = 200)]
async fn every_client_hears_its_echo(sim: Sim) {
    sim.node("server").start(echo);
    let clients: Vec<_> = (0..3u8)
        .map(|i| {
            sim.node(format!("client-{i}")).spawn(async move {
                let mut stream = TcpStream::connect("server:7000").await?;
                stream.write_all(&[i; 8]).await?;
                let mut back = [0; 8];
                stream.read_exact(&mut back).await?;
                assert_eq!(back, [i; 8]);
                io::Result::Ok(())
            })
        })
        .collect();
    for client in clients {
        clock::timeout(60 * SECOND, client).await.expect("in time").expect("no panic").expect("no error");
    }
}

#[test]
fn a_thousand_clients_are_served_at_a_time() {
    let run = Simulation::new(1).run(|sim| async move {
        sim.node("store").start(store);
        let mut clients = JoinSet::new();
        for i in 0..1_000 {
            clients.insert(sim.node(format!("client-{i}")).spawn(async move {
                let mut client = Client::connect().await?;
                assert_eq!(client.ask(&format!("get key-{i}")).await?, "nothing");
                assert_eq!(client.ask(&format!("set key-{i} value {i}")).await?, "ok");
                assert_eq!(client.ask(&format!("get key-{i}")).await?, format!("value {i}"));
                io::Result::Ok(())
            }));
        }
        clients.join_all().await.into_iter().for_each(|result| result.expect("no error"));
    });
    // A connect and three questions, each of at most 20 ms there and back.
    assert!(run.stats().virtual_time <= 80 * MILLI);
    run.unwrap();
}

#[test]
fn what_one_client_writes_another_reads() {
    for seed in 0..20 {
        let run = Simulation::new(seed).net(reenact::net::Config::lossy()).run(|sim: Sim| async move {
            sim.node("store").start(store);
            let writer = sim.node("writer").spawn(async {
                let mut client = Client::connect().await?;
                for i in 0..5 {
                    client.ask(&format!("set x {i}")).await?;
                }
                io::Result::Ok(())
            });
            let reader = sim.node("reader").spawn(async {
                let mut client = Client::connect().await?;
                let mut last = -1;
                while last < 4 {
                    let seen = client.ask("get x").await?;
                    let seen = seen.parse().unwrap_or(-1);
                    assert!(seen >= last, "{seen} after {last}");
                    last = seen;
                    clock::sleep(draw::range(0..10u32) * MILLI).await;
                }
                io::Result::Ok(())
            });
            writer.await.expect("no panic").expect("no error");
            reader.await.expect("no panic").expect("no error");
        });
        run.unwrap();
    }
}

/// The client asks again on a new connection; what the server had is lost with its process.
#[test]
fn a_client_survives_a_restart_of_its_server() {
    for seed in 0..10 {
        let run = Simulation::new(seed).run(|sim: Sim| async move {
            let server = sim.node("store");
            server.start(store);
            let client = sim.node("client").spawn(async {
                let mut answers = Vec::new();
                let mut client = Client::connect().await?;
                client.ask("set x 1").await?;
                while answers.last().is_none_or(|answer| answer != "nothing") {
                    let asked = clock::timeout(SECOND, client.ask("get x")).await;
                    match asked {
                        Ok(Ok(answer)) if !answer.is_empty() => answers.push(answer),
                        _ => client = Client::connect().await?,
                    }
                    clock::sleep(10 * MILLI).await;
                }
                io::Result::Ok(answers)
            });
            clock::sleep(200 * MILLI).await;
            server.crash();
            clock::sleep(5 * SECOND).await;
            server.restart();
            client.await.expect("no panic").expect("no error")
        });
        let answers = run.unwrap();
        let (last, before) = answers.split_last().expect("some");
        assert!(
            last == "nothing" && !before.is_empty() && before.iter().all(|answer| answer == "1"),
            "{answers:?}"
        );
    }
}
