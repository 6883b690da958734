//! The law of the causal view: what one node did reads the same, whatever happens elsewhere, whatever else
//! is written down, and in whatever order independent events came.

use futures::{AsyncReadExt, AsyncWriteExt};
use proptest::{collection::vec, prelude::*};
use reenact::{
    Sim, Simulation, clock,
    net::{TcpListener, TcpStream, UdpSocket},
    trace::{Event, Level, Line, RawTrace, Trace, View, mark},
};
use std::{io, time::Duration};

/// What a couple of nodes does together.
#[derive(Clone, Debug)]
struct Couple {
    rounds: u8,
    /// How long the client waits between two rounds, in microseconds.
    pauses: u64,
    /// Whether a helper task of the client says that it is there.
    helper: bool,
    /// Whether the server says what it hears.
    talkative: bool,
}

fn couple() -> impl Strategy<Value = Couple> {
    (1..4u8, 0..3_000u64, any::<bool>(), any::<bool>())
        .prop_map(|(rounds, pauses, helper, talkative)| Couple { rounds, pauses, helper, talkative })
}

async fn serve(talkative: bool) -> io::Result<()> {
    let listener = TcpListener::bind("0.0.0.0:7000").await?;
    loop {
        let (mut stream, _) = listener.accept().await?;
        reenact::spawn(async move {
            let mut word = [0; 4];
            while stream.read_exact(&mut word).await.is_ok() {
                if talkative {
                    mark("heard", word[0]);
                }
                stream.write_all(&word).await?;
            }
            io::Result::Ok(())
        });
    }
}

async fn ask(server: String, couple: Couple) -> io::Result<()> {
    if couple.helper {
        reenact::spawn(async { mark("helper", "here") });
    }
    let mut stream = TcpStream::connect(format!("{server}:7000")).await?;
    for round in 0..couple.rounds {
        stream.write_all(&[round; 4]).await?;
        stream.read_exact(&mut [0; 4]).await?;
        clock::sleep(Duration::from_micros(couple.pauses)).await;
    }
    Ok(())
}

/// A node that has nothing to do with the others, and talks to itself.
async fn stranger() -> io::Result<()> {
    let (one, other) = (UdpSocket::bind("0.0.0.0:9").await?, UdpSocket::bind("0.0.0.0:0").await?);
    for _ in 0..3 {
        other.send_to(b"me", "stranger:9").await?;
        one.recv(&mut [0; 8]).await?;
    }
    Ok(())
}

fn run(seed: u64, couples: &[Couple], with_stranger: bool) -> Trace {
    let couples = couples.to_vec();
    let test = move |sim: Sim| async move {
        if with_stranger {
            sim.node("stranger").start(stranger);
        }
        let clients: Vec<_> = (0..)
            .zip(couples)
            .map(|(i, couple): (usize, Couple)| {
                let talkative = couple.talkative;
                sim.node(format!("server-{i}")).start(move || serve(talkative));
                sim.node(format!("client-{i}")).spawn(ask(format!("server-{i}"), couple))
            })
            .collect();
        for client in clients {
            client.await.expect("no panic").expect("no error");
        }
        // Whatever is still under way comes to its end.
        clock::sleep(Duration::from_secs(1)).await;
    };
    Simulation::new(seed).run(test).trace().clone()
}

fn names(couples: usize) -> Vec<String> {
    (0..couples).flat_map(|i| [format!("server-{i}"), format!("client-{i}")]).collect()
}

/// Whose event it is, as far as one can say without knowing who wrote this: a task's, or a node's.
fn depends(one: &Line, other: &Line) -> bool {
    let actor = |line: &Line| match line.event {
        Event::Wake(task) => task,
        _ => line.task,
    };
    let is_shared = actor(one) == Line::NO_TASK || actor(other) == Line::NO_TASK;
    actor(one) == actor(other) || (one.node == other.node && is_shared)
}

/// Lets neighbours change places that have nothing to do with each other.
fn shuffled(trace: &Trace, places: &[prop::sample::Index]) -> Trace {
    let raw = trace.raw();
    let mut order: Vec<u32> = (0..raw.events.len() as u32).collect();
    for place in places {
        let at = place.index(order.len() - 1);
        let (one, other) = (order[at], order[at + 1]);
        let (first, second) = (&raw.events[one as usize], &raw.events[other as usize]);
        if second.cause != one && first.cause != other && !depends(first, second) {
            order.swap(at, at + 1);
        }
    }
    let mut number = vec![0; order.len()];
    for (at, &old) in order.iter().enumerate() {
        number[old as usize] = at as u32;
    }
    let moved =
        |line: Line| Line { cause: number.get(line.cause as usize).copied().unwrap_or(line.cause), ..line };
    let events = order.iter().map(|&old| moved(raw.events[old as usize])).collect();
    RawTrace { events, ..raw.clone() }.into()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_stranger_and_another_order_change_nothing(
        couples in vec(couple(), 1..4),
        seeds in any::<(u64, u64)>(),
        stranger in any::<bool>(),
    ) {
        let names = names(couples.len());
        let view = || View::causal().level(Level::User).nodes(&names);
        let (one, other) = (run(seeds.0, &couples, false), run(seeds.1, &couples, stranger));
        prop_assert_eq!(one.text(view()), other.text(view()));
    }

    #[test]
    fn one_more_line_changes_no_other_node(mut couples in vec(couple(), 1..4), seeds in any::<(u64, u64)>()) {
        let others: Vec<String> = names(couples.len()).into_iter().filter(|name| name != "server-0").collect();
        let view = || View::causal().level(Level::User).nodes(&others);
        couples[0].talkative = false;
        let silent = run(seeds.0, &couples, false);
        couples[0].talkative = true;
        prop_assert_eq!(silent.text(view()), run(seeds.1, &couples, false).text(view()));
    }

    #[test]
    fn independent_neighbours_may_change_places(
        couples in vec(couple(), 1..4),
        seed in any::<u64>(),
        places in vec(any::<prop::sample::Index>(), 0..2_000),
    ) {
        let trace = run(seed, &couples, true);
        let other = shuffled(&trace, &places);
        for level in [Level::Fault, Level::Net, Level::Task, Level::All] {
            let view = || View::causal().level(level);
            prop_assert_eq!(trace.text(view()), other.text(view()));
        }
    }
}

/// The law says something: the other views do change.
#[test]
fn another_order_is_another_timeline() {
    let couples = [(); 3].map(|()| Couple { rounds: 3, pauses: 500, helper: true, talkative: true });
    let (one, other) = (run(1, &couples, false), run(2, &couples, true));
    assert_ne!(one.text(View::timeline()), other.text(View::timeline()));
    assert_eq!(one.text(View::causal().nodes(&names(3))), other.text(View::causal().nodes(&names(3))));
}
