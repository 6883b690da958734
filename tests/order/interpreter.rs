//! Programs carried out: every operation in async Rust, over the public face only.

use super::program::{CHANNELS, End, Hold, Net, Op, Program, Task, Until};
use futures::{
    AsyncReadExt, AsyncWriteExt, FutureExt, StreamExt,
    channel::{mpsc, oneshot},
    future::{LocalBoxFuture, join_all, select_all},
    lock::Mutex,
    select_biased,
    stream::FuturesUnordered,
};
use reenact::{
    JoinHandle, JoinSet, Node, NodeState, Outcome, Sim, Simulation, Strategy, clock, draw, net, spawn,
    task::Builder, trace, yield_now,
};
use std::{cell::RefCell, future::poll_fn, io, rc::Rc, task::Poll, time::Duration};

/// What was seen: by which task, after which operation, when, and a number that says what.
pub(crate) type Step = (u32, &'static str, u64, u64);

/// All that was seen, in the order in which it was.
pub(crate) type Log = Vec<Step>;

const ECHO: u16 = 7;
const DATAGRAMS: u16 = 9;

/// What all tasks of a run share.
struct Shared {
    sim: Sim,
    nodes: Vec<Node>,
    log: RefCell<Log>,
    mouths: Vec<mpsc::UnboundedSender<u64>>,
    ears: Vec<RefCell<mpsc::UnboundedReceiver<u64>>>,
    promisers: RefCell<Vec<Option<oneshot::Sender<u64>>>>,
    promises: RefCell<Vec<oneshot::Receiver<u64>>>,
    lock: Mutex<u64>,
}

/// Runs a program as `simulation` says.
pub(crate) fn run(program: &Program, simulation: Simulation) -> Outcome<Log> {
    let program = program.clone();
    simulation.run(|sim| async move {
        let shared = set_up(sim, &program);
        let roots: Vec<_> = program.roots.into_iter().map(|root| shared.clone().spawn(root)).collect();
        match program.until {
            Until::Turns(turns) => {
                for _ in 0..turns {
                    yield_now().await;
                }
            }
            Until::FirstRoot if roots.is_empty() => {}
            Until::FirstRoot => {
                let _ = clock::timeout(micros(3_000_000), select_all(roots)).await;
            }
            Until::AllRoots { patience } => {
                let _ = clock::timeout(micros(patience), join_all(roots)).await;
            }
        }
        shared.log.borrow().clone()
    })
}

/// A program's run from a seed, with everything recorded.
pub(crate) fn simulation(program: &Program, seed: u64) -> Simulation {
    Simulation::new(seed).net(config(program)).strategy(strategy(program, seed)).max_steps(program.steps)
}

/// Programs that want an order of their own have it; the others are run under every other strategy.
fn strategy(program: &Program, seed: u64) -> Strategy {
    match seed % 8 {
        _ if program.fifo => Strategy::Fifo,
        0 | 1 => Strategy::Random,
        2 => Strategy::Pct { depth: 3 },
        3 => Strategy::Pct { depth: 10 },
        4 => Strategy::Pos,
        5 => Strategy::Surw,
        6 => Strategy::Grouped,
        _ => Strategy::Portfolio,
    }
}

fn config(program: &Program) -> net::Config {
    match program.net {
        Net::Default => net::Config::default(),
        Net::Ideal => net::Config::ideal(),
        Net::Lossy => {
            net::Config::lossy().latency(micros(100)..micros(3_000)).loss(20, 100).duplicate(20, 100)
        }
    }
}

fn micros(micros: u64) -> Duration {
    Duration::from_micros(micros)
}

fn set_up(sim: Sim, program: &Program) -> Rc<Shared> {
    let mut nodes = vec![sim.node("test")];
    nodes.extend((1..=program.policies.len()).map(|i| sim.node(format!("n{i}"))));
    let (mouths, ears) = (0..CHANNELS).map(|_| mpsc::unbounded()).unzip::<_, _, Vec<_>, Vec<_>>();
    let (promisers, promises) = (0..CHANNELS).map(|_| oneshot::channel()).unzip::<_, _, Vec<_>, Vec<_>>();
    let shared = Rc::new(Shared {
        sim,
        nodes,
        log: RefCell::default(),
        mouths,
        ears: ears.into_iter().map(RefCell::new).collect(),
        promisers: RefCell::new(promisers.into_iter().map(Some).collect()),
        promises: RefCell::new(promises),
        lock: Mutex::new(0),
    });
    for (node, policy) in shared.nodes[1..].iter().zip(&program.policies) {
        let shared = shared.clone();
        node.on_panic(*policy).start(move || serve(shared.clone()));
    }
    shared
}

/// The main of each node: echoes streams and datagrams.
async fn serve(shared: Rc<Shared>) -> io::Result<()> {
    let listener = net::TcpListener::bind(("0.0.0.0", ECHO)).await?;
    let socket = net::UdpSocket::bind(("0.0.0.0", DATAGRAMS)).await?;
    let echoed = shared.clone();
    spawn(async move {
        let mut buffer = [0; 16];
        while let Ok((n, from)) = socket.recv_from(&mut buffer).await {
            echoed.note(0, "datagram served", n as u64);
            let _ = socket.send_to(&buffer[..n], from).await;
        }
    });
    loop {
        let (mut stream, _) = listener.accept().await?;
        let shared = shared.clone();
        spawn(async move {
            let mut buffer = [0; 64];
            while let Ok(n @ 1..) = stream.read(&mut buffer).await {
                if stream.write_all(&buffer[..n]).await.is_err() {
                    break;
                }
            }
            shared.note(0, "stream served", 0);
        });
    }
}

/// A number for how something ended.
fn ended<T, E>(result: &Result<T, E>) -> u64 {
    result.is_err() as u64
}

impl Shared {
    fn note(&self, task: u32, what: &'static str, value: u64) {
        self.log.borrow_mut().push((task, what, clock::now().as_nanos(), value));
    }

    fn spawn(self: Rc<Self>, task: Task) -> JoinHandle<u32> {
        let (label, node) = (task.label, self.nodes[task.node].clone());
        let name = task.name;
        let body = async move {
            self.clone().carry_out(label, task.ops).await;
            self.note(label, "end", 0);
            label
        };
        match name {
            Some(name) => Builder::new().name(name).spawn(body),
            None => node.spawn(body),
        }
    }

    fn carry_out(self: Rc<Self>, label: u32, ops: Vec<Op>) -> LocalBoxFuture<'static, ()> {
        async move {
            for op in ops {
                let (what, value) = self.clone().one(label, op).await;
                self.note(label, what, value);
            }
        }
        .boxed_local()
    }

    async fn one(self: Rc<Self>, label: u32, op: Op) -> (&'static str, u64) {
        match op {
            Op::Yield => {
                yield_now().await;
                ("yield", 0)
            }
            Op::Sleep(time) => {
                clock::sleep(micros(time)).await;
                ("sleep", time)
            }
            Op::Detach(task) => {
                drop(self.spawn(task));
                ("detach", 0)
            }
            Op::Join(task) => ("join", ended(&self.spawn(task).await)),
            Op::Abort { task, after } => {
                let child = self.spawn(task);
                if after > 0 {
                    clock::sleep(micros(after)).await;
                }
                child.abort();
                ("abort", ended(&child.await))
            }
            Op::OnDone(task) => {
                let shared = self.clone();
                self.spawn(task).on_done(move |result| shared.note(label, "done", ended(&result)));
                ("on_done", 0)
            }
            Op::Set(tasks) => {
                let mut set = JoinSet::new();
                tasks.into_iter().for_each(|task| set.insert(self.clone().spawn(task)));
                // The others are aborted when the set is dropped.
                ("set", set.join_next().await.map_or(0, |first| ended(&first)))
            }
            Op::Select(one, other) => {
                let won = reenact::select! {
                    _ = clock::sleep(micros(one)) => 1,
                    _ = clock::sleep(micros(other)) => 2,
                };
                ("select", won)
            }
            Op::Biased(time) => {
                let won = select_biased! {
                    _ = clock::sleep(micros(time)).fuse() => 1,
                    _ = yield_now().fuse() => 2,
                };
                ("biased", won)
            }
            Op::JoinAll(times) => {
                let done = join_all(times.into_iter().map(|time| clock::sleep(micros(time)))).await;
                ("join_all", done.len() as u64)
            }
            Op::Unordered(times) => {
                let sleep = |time| clock::sleep(micros(time)).map(move |()| time);
                let mut all: FuturesUnordered<_> = times.into_iter().map(sleep).collect();
                // The others are dropped.
                ("unordered", all.next().await.unwrap_or(0))
            }
            Op::Say(channel) => ("say", ended(&self.mouths[channel].unbounded_send(u64::from(label)))),
            Op::Hear { channel, patience } => {
                let heard = poll_fn(|cx| self.ears[channel].borrow_mut().poll_next_unpin(cx));
                ("hear", clock::timeout(micros(patience), heard).await.map_or(0, Option::unwrap_or_default))
            }
            Op::Fulfil(promise) => {
                let promiser = self.promisers.borrow_mut()[promise].take();
                ("fulfil", promiser.map_or(0, |promiser| ended(&promiser.send(u64::from(label)))))
            }
            Op::Await { promise, patience } => {
                let kept = poll_fn(|cx| self.promises.borrow_mut()[promise].poll_unpin(cx));
                ("await", clock::timeout(micros(patience), kept).await.map_or(0, Result::unwrap_or_default))
            }
            Op::Lock(time) => {
                let mut held = self.lock.lock().await;
                let before = *held;
                clock::sleep(micros(time)).await;
                *held = before + 1;
                ("lock", before)
            }
            Op::Datagram { to, patience } => {
                let answer = clock::timeout(micros(patience), self.ask(to)).await;
                ("datagram", answer.map_or(99, |answer| answer.unwrap_or(98)))
            }
            Op::Echo { to, bytes, patience } => {
                let echo = clock::timeout(micros(patience), self.echo(to, bytes)).await;
                ("echo", echo.map_or(999, |echo| echo.unwrap_or_else(|error| 1_000 + error.kind() as u64)))
            }
            Op::Branch(one, other) => {
                let side = draw::below(3);
                self.carry_out(label, if side == 0 { one } else { other }).await;
                ("branch", side)
            }
            Op::Timeout(time, ops) => {
                ("timeout", ended(&clock::timeout(micros(time), self.carry_out(label, ops)).await))
            }
            Op::Callback { after, cancel, spawn } => {
                let shared = self.clone();
                let handle = clock::call_later(micros(after), move || {
                    shared.note(label, "called", draw::below(10));
                    if spawn {
                        reenact::spawn(async move {
                            shared.note(label, "spawned by a callback", draw::below(10))
                        });
                    }
                });
                if cancel {
                    yield_now().await;
                    handle.cancel();
                }
                ("callback", u64::from(cancel))
            }
            Op::End(0, _) | Op::Restart(0) => ("spared", 0),
            Op::End(node, how) => {
                let node = &self.nodes[node];
                match how {
                    End::Stop => node.stop(),
                    End::Kill => node.kill(),
                    End::Crash => node.crash(),
                }
                ("end of node", u64::from(node.state() == NodeState::Running))
            }
            Op::Restart(node) => {
                self.nodes[node].restart();
                ("restart", u64::from(self.nodes[node].incarnation()))
            }
            Op::Cut { a, b, hold } => {
                let names = [self.nodes[a].name(), self.nodes[b].name()];
                let guard = self.sim.net().partition(&names[..1], &names[1..]);
                match hold {
                    Hold::Keep => guard.keep(),
                    Hold::Callback(after) => drop(clock::call_later(micros(after), move || drop(guard))),
                    Hold::During(ops) => {
                        self.clone().carry_out(label, ops).await;
                        drop(guard);
                    }
                }
                ("cut", 0)
            }
            Op::Panic => panic!("as the program says"),
            Op::WakeItself => {
                poll_fn(|cx| {
                    cx.waker().wake_by_ref();
                    Poll::Ready(())
                })
                .await;
                ("wake", 0)
            }
            Op::Mark => {
                trace::mark("mark", label);
                ("mark", 0)
            }
        }
    }

    /// Sends a datagram and waits for the answer.
    async fn ask(&self, to: usize) -> io::Result<u64> {
        let socket = net::UdpSocket::bind("0.0.0.0:0").await?;
        socket.send_to(&[1, 2, 3], (self.nodes[to].ip(), DATAGRAMS)).await?;
        let (n, _) = socket.recv_from(&mut [0; 16]).await?;
        Ok(n as u64)
    }

    /// Sends bytes over a stream and reads them back.
    async fn echo(&self, to: usize, bytes: usize) -> io::Result<u64> {
        let mut stream = net::TcpStream::connect((self.nodes[to].name(), ECHO)).await?;
        stream.write_all(&vec![7; bytes]).await?;
        stream.close().await?;
        let mut back = Vec::new();
        stream.read_to_end(&mut back).await?;
        Ok(back.len() as u64)
    }
}
