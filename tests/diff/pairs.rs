//! Pairs of runs that differ by one planted change, and whether a comparison finds it.
//!
//! Programs are drawn: tasks on nodes that say things, pass values to each other and start others. What a
//! task says or passes depends on all it heard, so a change spreads. Each waits for a certain message, so
//! the order in which packets arrive changes nothing: whatever differs comes of the change. Half of the
//! pairs run under one seed, half under two, where nearly every line of the two timelines is another.

use reenact::{
    JoinHandle, Sim, Simulation, clock, draw,
    net::UdpSocket,
    task::Builder,
    trace::{Diff, Event, Level, Recording, View, mark},
};
use similar::{DiffOp, TextDiff};
use std::{io, time::Duration};

/// What a program does, in an order in which it could be done by one.
#[derive(Clone, Copy, Debug)]
enum Deed {
    /// A task says something.
    Say { task: usize },
    /// A task sends a value to another, which waits for it.
    Pass { from: usize, to: usize },
    /// A task sleeps.
    Nap { task: usize, micros: u64 },
    /// A task starts another that says something, and waits for it.
    Start { task: usize },
}

/// What is changed at one deed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    /// Another value is said or passed.
    Other,
    /// It is left out.
    Missing,
    /// It is done twice; of a value passed, the second comes to nobody.
    Twice,
    /// Its node loses power instead.
    Crash,
}

/// A program and the change.
#[derive(Clone, Debug)]
pub(crate) struct Pair {
    nodes: usize,
    /// The node of each task.
    tasks: Vec<usize>,
    deeds: Vec<Deed>,
    changed: usize,
    change: Change,
    seeds: [u64; 2],
}

/// A pair, by its number.
pub(crate) fn pair(number: u64) -> Pair {
    Simulation::new(number).run(move |_| async move { drawn(number) }).unwrap()
}

fn drawn(number: u64) -> Pair {
    let nodes = draw::range(2..5usize);
    let tasks: Vec<usize> = (0..draw::range(nodes..nodes * 3)).map(|task| task % nodes).collect();
    let task = || draw::below(tasks.len() as u64) as usize;
    let mut deeds: Vec<Deed> = (0..draw::range(10..50u64))
        .map(|_| match draw::below(10) {
            0..3 => Deed::Say { task: task() },
            3..7 => {
                let (from, to) = (task(), task());
                if from == to { Deed::Say { task: to } } else { Deed::Pass { from, to } }
            }
            7..9 => Deed::Nap { task: task(), micros: draw::below(20_000) },
            _ => Deed::Start { task: task() },
        })
        .collect();
    deeds.push(Deed::Say { task: task() });
    let speaks = |deed: &Deed| matches!(deed, Deed::Say { .. } | Deed::Pass { .. });
    let places: Vec<usize> = (0..deeds.len()).filter(|&place| speaks(&deeds[place])).collect();
    let changed = *draw::pick(&places);
    let change = [Change::Other, Change::Missing, Change::Twice, Change::Crash][draw::below(4) as usize];
    let seeds = [number, if number.is_multiple_of(2) { number } else { number + 1_000_000 }];
    Pair { nodes, tasks, deeds, changed, change, seeds }
}

/// What one task knows: everything that it heard, folded.
struct Task {
    me: usize,
    knows: u64,
}

impl Task {
    fn hear(&mut self, value: u64) {
        self.knows = (self.knows ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
    }

    async fn act(
        &mut self,
        sim: &Sim,
        pair: &Pair,
        place: usize,
        inbox: &mut [Option<UdpSocket>],
    ) -> io::Result<()> {
        let deed = pair.deeds[place];
        let change = (place == pair.changed)
            .then_some(pair.change)
            .filter(|_| matches!(deed, Deed::Say { .. } | Deed::Pass { .. }));
        let acts = match deed {
            Deed::Say { task } | Deed::Nap { task, .. } | Deed::Start { task } => task == self.me,
            Deed::Pass { from, .. } => from == self.me,
        };
        let other = u64::from(change == Some(Change::Other));
        // Nobody can tell which of two equal words in a row is new.
        let unique = (place as u64) << 32;
        let times = match change {
            Some(Change::Missing) => 0,
            Some(Change::Twice) => 2,
            _ => 1,
        };
        if acts && change == Some(Change::Crash) {
            sim.node(format!("n{}", pair.tasks[self.me])).crash();
        }
        match deed {
            Deed::Say { .. } if acts => (0..times).for_each(|_| mark("says", self.knows ^ other ^ unique)),
            Deed::Nap { micros, .. } if acts => clock::sleep(Duration::from_micros(micros)).await,
            Deed::Start { .. } if acts => {
                let knows = self.knows;
                let _ = reenact::spawn(async move { mark("started", knows) }).await;
            }
            Deed::Pass { to, .. } if acts => {
                let socket = UdpSocket::bind("0.0.0.0:0").await?;
                let value = (self.knows ^ other ^ unique).to_le_bytes();
                for _ in 0..times {
                    socket.send_to(&value, format!("n{}:{}", pair.tasks[to], 1_000 + place)).await?;
                }
            }
            Deed::Pass { to, .. } if to == self.me => {
                let socket = inbox[place].take().expect("it was bound");
                let mut value = [0; 8];
                let heard = clock::timeout(Duration::from_secs(60), socket.recv(&mut value)).await;
                self.hear(heard.map_or(0, |_| u64::from_le_bytes(value)));
            }
            _ => {}
        }
        Ok(())
    }
}

async fn live(sim: Sim, pair: Pair, me: usize) -> io::Result<()> {
    let mut inbox: Vec<Option<UdpSocket>> = Vec::new();
    for (place, deed) in pair.deeds.iter().enumerate() {
        let hears = matches!(deed, Deed::Pass { to, .. } if *to == me);
        inbox.push(if hears {
            Some(UdpSocket::bind(format!("0.0.0.0:{}", 1_000 + place)).await?)
        } else {
            None
        });
    }
    let mut task = Task { me, knows: me as u64 };
    // All are bound before the first packet can come.
    clock::sleep(Duration::from_millis(1)).await;
    for place in 0..pair.deeds.len() {
        task.act(&sim, &pair, place, &mut inbox).await?;
    }
    Ok(())
}

/// A run of the program, changed or not.
pub(crate) fn run(pair: &Pair, is_changed: bool) -> Recording {
    let mut pair = pair.clone();
    let seed = pair.seeds[usize::from(is_changed)];
    if !is_changed {
        pair.changed = usize::MAX;
    }
    let run = Simulation::new(seed).run(move |sim| async move {
        for node in 0..pair.nodes {
            sim.node(format!("n{node}"));
        }
        let tasks: Vec<JoinHandle<()>> = (0..pair.tasks.len())
            .map(|me| {
                let life = live(sim.clone(), pair.clone(), me);
                let node = sim.node(format!("n{}", pair.tasks[me]));
                node.spawn(async move {
                    let _ = Builder::new().name(format!("t{me}")).spawn(life).await;
                })
            })
            .collect();
        for task in tasks {
            let _ = task.await;
        }
        clock::sleep(Duration::from_secs(1)).await;
    });
    run.recording()
}

/// The number of the event that was changed, in either recording, where it is there.
pub(crate) fn truth(pair: &Pair, sides: [&Recording; 2]) -> [Option<u32>; 2] {
    let deed = pair.deeds[pair.changed];
    let (me, is_mark) = match deed {
        Deed::Say { task } => (task, true),
        Deed::Pass { from, .. } => (from, false),
        _ => return [None, None],
    };
    let before = pair.deeds[..pair.changed].iter().filter(|deed| match deed {
        Deed::Say { task } => is_mark && *task == me,
        Deed::Pass { from, .. } => !is_mark && *from == me,
        _ => false,
    });
    let nth = before.count();
    let find = |side: usize| {
        let raw = sides[side].trace().raw();
        let nth = if side == 1 && pair.change == Change::Twice { nth + 1 } else { nth };
        let mine = (0..raw.events.len() as u32).filter(|&number| {
            let line = raw.events[number as usize];
            let speaks = match line.event {
                Event::Mark(index) => is_mark && &*raw.marks[index as usize].0 == "says",
                Event::Send(_) => !is_mark,
                _ => false,
            };
            speaks && raw.task_name(line.task).is_some_and(|name| name == format!("t{me}"))
        });
        let mut mine = mine;
        mine.nth(nth)
    };
    match pair.change {
        Change::Other => [find(0), find(1)],
        Change::Missing => [find(0), None],
        Change::Twice => [None, find(1)],
        Change::Crash => {
            let raw = sides[1].trace().raw();
            let crash = (0..raw.events.len() as u32)
                .find(|&number| raw.events[number as usize].event == Event::Crash);
            [find(0), crash]
        }
    }
}

/// Whether the likeliest origin is the planted one.
pub(crate) fn is_found(diff: &Diff, truth: [Option<u32>; 2]) -> bool {
    let Some(first) = diff.origins().first() else { return false };
    first.events().iter().zip(truth).any(|(found, truth)| truth.is_some() && *found == truth)
}

/// Whether the first line that a plain difference of the two timelines shows is the planted one.
pub(crate) fn is_found_by_lines(sides: [&Recording; 2], truth: [Option<u32>; 2]) -> bool {
    let texts = sides.map(|side| side.trace().text(View::timeline().level(Level::Task)));
    // A line that stands for several events is as many lines.
    let unfolded = texts.map(|text| {
        let lines = text.lines().flat_map(|line| {
            let (line, count) = line.rsplit_once(" ×").unwrap_or((line, "1"));
            std::iter::repeat_n(format!("{line}\n"), count.parse().unwrap_or(1))
        });
        lines.collect::<String>()
    });
    let shown = sides.map(|side| {
        let lines =
            side.trace().lines().enumerate().filter(|(_, line)| Level::of(&line.event) <= Level::Task);
        lines.map(|(number, _)| number as u32).collect::<Vec<u32>>()
    });
    let diff = TextDiff::from_lines(&unfolded[0], &unfolded[1]);
    let Some(first) = diff.ops().iter().find(|op| !matches!(op, DiffOp::Equal { .. })) else { return false };
    let places = [first.old_range(), first.new_range()];
    (0..2).any(|side| {
        let found = (!places[side].is_empty()).then(|| shown[side].get(places[side].start)).flatten();
        truth[side].is_some() && found.copied() == truth[side]
    })
}
