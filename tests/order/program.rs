//! Small programs as data: what tasks do, drawn from a number.
//!
//! What the operations mean is in `interpreter`. Times are in microseconds. Node 0 is `test`.

use reenact::OnPanic;

/// A program of a few tasks on a few nodes.
#[derive(Clone, Debug)]
pub(crate) struct Program {
    pub(crate) net: Net,
    /// What a panic leads to, for each node but `test`.
    pub(crate) policies: Vec<OnPanic>,
    pub(crate) roots: Vec<Task>,
    /// When the test ends. What is not done then is left as it is, ready or waiting.
    pub(crate) until: Until,
    /// Whether it is recorded in first-in-first-out order.
    pub(crate) fifo: bool,
    /// After so many steps it is over in any case.
    pub(crate) steps: u64,
}

/// The network of a program.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Net {
    Default,
    Ideal,
    Lossy,
}

/// What a test waits for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Until {
    /// So many turns of its own.
    Turns(u64),
    /// One of the roots.
    FirstRoot,
    /// All of the roots, but no longer than this.
    AllRoots { patience: u64 },
}

/// A task, with its number in the program.
#[derive(Clone, Debug)]
pub(crate) struct Task {
    pub(crate) label: u32,
    pub(crate) node: usize,
    /// A named task is spawned on the node of its parent.
    pub(crate) name: Option<&'static str>,
    pub(crate) ops: Vec<Op>,
}

/// How long two nodes stay cut off from each other.
#[derive(Clone, Debug)]
pub(crate) enum Hold {
    During(Vec<Op>),
    Callback(u64),
    Keep,
}

/// How a node ends.
#[derive(Clone, Copy, Debug)]
pub(crate) enum End {
    Stop,
    Kill,
    Crash,
}

/// What a task does next.
#[derive(Clone, Debug)]
pub(crate) enum Op {
    Yield,
    Sleep(u64),
    Detach(Task),
    Join(Task),
    Abort { task: Task, after: u64 },
    OnDone(Task),
    Set(Vec<Task>),
    Select(u64, u64),
    Biased(u64),
    JoinAll(Vec<u64>),
    Unordered(Vec<u64>),
    Say(usize),
    Hear { channel: usize, patience: u64 },
    Fulfil(usize),
    Await { promise: usize, patience: u64 },
    Lock(u64),
    Datagram { to: usize, patience: u64 },
    Echo { to: usize, bytes: usize, patience: u64 },
    Branch(Vec<Op>, Vec<Op>),
    Timeout(u64, Vec<Op>),
    Callback { after: u64, cancel: bool, spawn: bool },
    End(usize, End),
    Restart(usize),
    Cut { a: usize, b: usize, hold: Hold },
    Panic,
    WakeItself,
    Mark,
}

/// How many channels and how many promises a program has.
pub(crate) const CHANNELS: usize = 2;

/// SplitMix64: enough to draw programs from.
struct Source {
    state: u64,
    nodes: usize,
    labels: u32,
}

impl Program {
    /// The program with this number.
    pub(crate) fn draw(number: u64) -> Program {
        let mut source = Source { state: number, nodes: 0, labels: 0 };
        source.nodes = 2 + source.below(4);
        let policy = |source: &mut Source| match source.below(6) {
            0 => OnPanic::Fail,
            1 => OnPanic::Crash,
            2 => OnPanic::Restart,
            _ => OnPanic::Catch,
        };
        Program {
            net: [Net::Default, Net::Ideal, Net::Lossy][source.below(3)],
            policies: (1..source.nodes).map(|_| policy(&mut source)).collect(),
            roots: source.list(2..7, |source| source.task(2)),
            until: match source.below(4) {
                0 => Until::Turns(source.below(30) as u64),
                1 => Until::FirstRoot,
                _ => Until::AllRoots { patience: [500, 5_000, 50_000, 3_000_000][source.below(4)] },
            },
            fifo: source.below(10) == 0,
            steps: if source.below(8) == 0 { source.below(300) as u64 } else { 100_000 },
        }
    }
}

impl Source {
    fn below(&mut self, n: usize) -> usize {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let x = (self.state ^ (self.state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((x ^ (x >> 31)) % n as u64) as usize
    }

    fn list<T>(&mut self, len: std::ops::Range<usize>, mut one: impl FnMut(&mut Self) -> T) -> Vec<T> {
        let len = len.start + self.below(len.len());
        (0..len).map(|_| one(self)).collect()
    }

    fn coin(&mut self) -> bool {
        self.below(2) == 0
    }

    fn node(&mut self) -> usize {
        self.below(self.nodes)
    }

    /// Often the same few times, so that things are due together.
    fn short(&mut self) -> u64 {
        if self.coin() { 1_000 * self.below(4) as u64 } else { self.below(3_000) as u64 }
    }

    fn patience(&mut self) -> u64 {
        [2_000, 20_000, 300_000][self.below(3)]
    }

    fn task(&mut self, depth: u32) -> Task {
        self.labels += 1;
        let label = self.labels;
        let name = [None, None, None, Some("a"), Some("b")][self.below(5)];
        Task { label, node: self.node(), name, ops: self.ops(depth) }
    }

    fn ops(&mut self, depth: u32) -> Vec<Op> {
        let most = if depth == 2 { 7 } else { 4 };
        self.list(1..most, |source| source.op(depth))
    }

    fn op(&mut self, depth: u32) -> Op {
        if depth > 0 && self.below(3) == 0 {
            return self.nested(depth - 1);
        }
        match self.below(24) {
            0..=2 => Op::Yield,
            3..=5 => Op::Sleep(self.short()),
            6 => Op::Select(self.short(), self.short()),
            7 => Op::Biased(self.short()),
            8 => Op::JoinAll(self.list(1..4, Self::short)),
            9 => Op::Unordered(self.list(1..4, Self::short)),
            10 => Op::Say(self.below(CHANNELS)),
            11 => Op::Hear { channel: self.below(CHANNELS), patience: self.patience() },
            12 => Op::Fulfil(self.below(CHANNELS)),
            13 => Op::Await { promise: self.below(CHANNELS), patience: self.patience() },
            14 => Op::Lock(self.short()),
            15 => Op::Datagram { to: self.node(), patience: self.patience() },
            16 | 17 => Op::Echo { to: self.node(), bytes: 1 + self.below(300), patience: self.patience() },
            18 => Op::Callback { after: self.short(), cancel: self.coin(), spawn: self.coin() },
            19 => Op::End(self.node(), [End::Stop, End::Kill, End::Crash][self.below(3)]),
            20 => Op::Restart(self.node()),
            21 if self.below(3) == 0 => Op::Panic,
            21 | 22 => Op::WakeItself,
            _ => Op::Mark,
        }
    }

    fn nested(&mut self, depth: u32) -> Op {
        match self.below(9) {
            0 => Op::Detach(self.task(depth)),
            1 => Op::Join(self.task(depth)),
            2 => Op::Abort { task: self.task(depth), after: if self.coin() { 0 } else { self.short() } },
            3 => Op::OnDone(self.task(depth)),
            4 => Op::Set(self.list(1..4, |source| source.task(depth))),
            5 => Op::Branch(self.ops(depth), self.ops(depth)),
            6 => Op::Timeout(self.short(), self.ops(depth)),
            _ => {
                let hold = match self.below(4) {
                    0 => Hold::Callback(self.short()),
                    1 => Hold::Keep,
                    _ => Hold::During(self.ops(depth)),
                };
                Op::Cut { a: self.node(), b: self.node(), hold }
            }
        }
    }
}
