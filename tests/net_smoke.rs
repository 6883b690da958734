use futures::{AsyncReadExt, AsyncWriteExt};
use reenact::{
    Simulation,
    net::{Config, TcpListener, TcpStream, UdpSocket},
};
use std::io;

async fn server() -> io::Result<()> {
    let listener = TcpListener::bind("0.0.0.0:7000").await?;
    loop {
        let (mut stream, _peer) = listener.accept().await?;
        reenact::spawn(async move {
            let mut buf = [0; 64];
            while let Ok(n @ 1..) = stream.read(&mut buf).await {
                if stream.write_all(&buf[..n]).await.is_err() {
                    break;
                }
            }
        });
    }
}

#[test]
fn echo() {
    for config in [Config::default(), Config::ideal(), Config::lossy(), Config::wan()] {
        for seed in 0..50 {
            let run = |seed| {
                Simulation::new(seed).net(config.clone()).run(|sim| async move {
                    sim.node("server").start(server);
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
                    for c in clients {
                        c.await.unwrap().unwrap();
                    }
                    let a = UdpSocket::bind("0.0.0.0:9").await.unwrap();
                    a.send_to(b"hi", "127.0.0.1:9").await.unwrap();
                    let mut b = [0; 9];
                    let (n, from) = a.recv_from(&mut b).await.unwrap();
                    assert_eq!((n, from.to_string().as_str()), (2, "10.0.0.1:9"));
                })
            };
            let a = run(seed);
            let b = run(seed);
            if let Err(f) = &a.result {
                panic!("{f}");
            }
            assert_eq!(a.digest(), b.digest());
            let r = {
                let tape = a.decisions().unwrap().clone();
                assert_eq!(reenact::Tape::parse(&tape.token()).unwrap(), tape);
                tape.len()
            };
            if seed == 0 {
                println!("{r} {:?}", a.stats());
            }
        }
    }
}
