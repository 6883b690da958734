//! `sweep`: the simulation tests of a package, over many seeds, on all cores.
//!
//! Each test is a process, or several that share its seeds. The first process of a test shows whether it is
//! a simulation at all: a test that reports nothing is none, and is not run again. A failure is made again in a
//! fresh process before it is believed.
//!
//! Rim: it starts processes and looks after them.

mod confirm;
mod progress;
mod summary;
mod unit;

use crate::{
    arguments::Sweep,
    child::{self, Finished, Running, Scratch},
    colour::Colour,
    exit::{Exit, Trouble},
    package::{self, Test},
    print::print,
    results::{End, Found},
};
use confirm::{Confirmed, confirm};
use progress::Progress;
use std::{
    fs,
    io::Write as _,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};
use unit::{Plan, Unit};

/// How often processes are looked after.
const BEAT: Duration = Duration::from_millis(20);
/// After Ctrl-C, processes may take so long to end by themselves.
const GRACE: Duration = Duration::from_secs(2);

/// What is known of a test.
pub(crate) struct Tested {
    pub(crate) test: Test,
    /// Whether it is a simulation; `None` before that is known.
    pub(crate) is_simulation: Option<bool>,
    /// Runs of its processes that have ended.
    pub(crate) runs: u64,
    pub(crate) ends: Vec<End>,
    pub(crate) found: Vec<(Found, Confirmed)>,
    /// How processes died: in a check, or outside of those that they ended.
    pub(crate) deaths: Vec<String>,
    /// Its first process failed without being a simulation.
    pub(crate) fails_otherwise: bool,
}

struct State<'a> {
    scratch: &'a Scratch,
    plan: &'a Plan,
    tested: Vec<Tested>,
    waiting: Vec<Unit>,
    running: Vec<(Unit, Running)>,
    started: usize,
    interrupted: Arc<AtomicBool>,
}

pub(crate) fn sweep(asked: &Sweep, colour: Colour) -> Result<Exit, Trouble> {
    let selection = &asked.selection;
    let results = asked.results.as_deref().map(Results::open).transpose()?;
    let tests = package::tests(&package::build(selection)?, selection)?;
    let plan = Plan::of(asked, tests.len())?;
    let interrupted = Arc::new(AtomicBool::new(false));
    let flag = interrupted.clone();
    // Without a handler, Ctrl-C ends us at once; there is no more to it.
    let _ = ctrlc::set_handler(move || flag.store(true, Relaxed));
    let scratch = Scratch::new()?;
    let begin = Instant::now();
    let waiting = plan.units(tests.len());
    let mut state = State {
        scratch: &scratch,
        plan: &plan,
        tested: tests.into_iter().map(Tested::new).collect(),
        waiting,
        running: Vec::new(),
        started: 0,
        interrupted: interrupted.clone(),
    };
    let mut progress = Progress::new(state.tested.len());
    while !interrupted.load(Relaxed) && state.step()? {
        progress.show(&state.tested, state.going());
        std::thread::sleep(BEAT);
    }
    state.end();
    progress.done();
    state.confirm()?;
    let State { tested, .. } = state;
    let kept = results.map_or(Ok(()), |results| results.keep(&tested));
    print(&summary::summary(&tested, begin.elapsed(), interrupted.load(Relaxed), colour))?;
    kept.map(|()| summary::exit(&tested, interrupted.load(Relaxed)))
}

impl Tested {
    fn new(test: Test) -> Self {
        Tested {
            test,
            is_simulation: None,
            runs: 0,
            ends: Vec::new(),
            found: Vec::new(),
            deaths: Vec::new(),
            fails_otherwise: false,
        }
    }

    /// Whether another process may take a share of its seeds.
    fn takes(&self, unit: &Unit) -> bool {
        unit.is_first() || self.is_simulation == Some(true)
    }

    /// Whether there is nothing more to be learnt of it.
    fn is_done(&self) -> bool {
        self.is_simulation == Some(false) || !self.found.is_empty() || !self.deaths.is_empty()
    }
}

impl State<'_> {
    /// Looks after processes once; says whether there is more to do.
    fn step(&mut self) -> Result<bool, Trouble> {
        let mut going = Vec::new();
        for (unit, mut running) in std::mem::take(&mut self.running) {
            match running.finished() {
                Some(finished) => self.finish(&unit, finished),
                None => {
                    if self.tested[unit.test].is_simulation.is_none() && running.said().begun > 0 {
                        self.tested[unit.test].is_simulation = Some(true);
                    }
                    going.push((unit, running));
                }
            }
        }
        self.running = going;
        while self.running.len() < self.plan.jobs && self.start()? {}
        Ok(!self.running.is_empty())
    }

    /// Starts the next process that may be started.
    fn start(&mut self) -> Result<bool, Trouble> {
        let tested = &self.tested;
        self.waiting.retain(|unit| !tested[unit.test].is_done());
        let Some(place) = self.waiting.iter().position(|unit| tested[unit.test].takes(unit)) else {
            return Ok(false);
        };
        let unit = self.waiting.remove(place);
        let variables = self.plan.variables(&unit);
        let running =
            child::start(self.scratch, self.started, &self.tested[unit.test].test, &variables, false)?;
        self.started += 1;
        self.running.push((unit, running));
        Ok(true)
    }

    fn finish(&mut self, unit: &Unit, finished: Finished) {
        let interrupted = is_interrupted(&self.interrupted, &finished);
        let tested = &mut self.tested[unit.test];
        if finished.said.begun == 0 && tested.is_simulation != Some(true) {
            if !interrupted {
                tested.is_simulation = Some(false);
                tested.fails_otherwise = !finished.status.success();
            }
            return;
        }
        tested.is_simulation = Some(true);
        tested.runs += finished.said.runs;
        if !interrupted {
            tested.deaths.extend(finished.death());
        }
        for end in finished.said.ends {
            for found in &end.findings {
                if !tested.found.iter().any(|(known, _)| known.is_like(found)) {
                    tested.found.push((found.clone(), Confirmed::NotTried));
                }
            }
            tested.ends.push(end);
        }
    }

    /// How many runs the processes that go on have begun.
    fn going(&self) -> u64 {
        self.running.iter().map(|(_, running)| running.said().runs).sum()
    }

    /// Lets the processes end that an interruption has left, and takes in what they said.
    fn end(&mut self) {
        let begin = Instant::now();
        while !self.running.is_empty() {
            let late = begin.elapsed() > GRACE;
            for (unit, mut running) in std::mem::take(&mut self.running) {
                if late {
                    running.kill();
                }
                match running.finished() {
                    Some(finished) => self.finish(&unit, finished),
                    None if late => self.tested[unit.test].runs += running.said().runs,
                    None => self.running.push((unit, running)),
                }
            }
            std::thread::sleep(BEAT);
        }
    }

    /// Makes what failed again, each in a fresh process.
    fn confirm(&mut self) -> Result<(), Trouble> {
        for tested in &mut self.tested {
            for (found, confirmed) in &mut tested.found {
                if self.interrupted.load(Relaxed) {
                    return Ok(());
                }
                self.started += 1;
                *confirmed = confirm(self.scratch, self.started, &tested.test, found, &self.interrupted)?;
            }
        }
        Ok(())
    }
}

/// Whether Ctrl-C has come, maybe to this process before it came to us.
fn is_interrupted(interrupted: &AtomicBool, finished: &Finished) -> bool {
    interrupted.fetch_or(finished.was_interrupted(), Relaxed) || finished.was_interrupted()
}

/// A file for what the tests report, opened before hours are spent on them.
struct Results<'a>(&'a Path, fs::File);

impl<'a> Results<'a> {
    fn open(path: &'a Path) -> Result<Self, Trouble> {
        let file = fs::OpenOptions::new().create(true).append(true).open(path);
        file.map(|file| Results(path, file)).map_err(|error| unwritable(path, &error))
    }

    /// Appends what they did.
    fn keep(mut self, tested: &[Tested]) -> Result<(), Trouble> {
        let ends = tested.iter().flat_map(|tested| &tested.ends);
        let lines: String = ends.map(|end| format!("{}\n", end.line)).collect();
        self.1.write_all(lines.as_bytes()).map_err(|error| unwritable(self.0, &error))
    }
}

fn unwritable(path: &Path, error: &std::io::Error) -> Trouble {
    Trouble::harness(format!("{} cannot be written: {error}", path.display()))
}
