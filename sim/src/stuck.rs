//! A run that cannot or may not go on: deadlock, limits, and the list of who waits for what.
//!
//! Seam: it reads the whole machine and changes nothing but the failure.

use crate::{
    actor::Actor,
    failure::{FailureKind, Waiting},
    id::NodeId,
    task::{Flags, Wait},
    world::World,
};
use reenact_clock::Instant;

impl World {
    /// Nothing is ready, nothing is due.
    #[cold]
    pub(crate) fn deadlock(&mut self) {
        let waiting = self.waiting();
        let n = waiting.len();
        let (tasks, wait) = if n == 1 { ("task", "waits") } else { ("tasks", "wait") };
        let sentence = format!("nothing is ready and nothing is due, but {n} {tasks} {wait}");
        self.stop(FailureKind::Deadlock, sentence, waiting);
    }

    /// The next thing is due at `at`, which is too late.
    #[cold]
    pub(crate) fn time_limit(&mut self, at: Instant) {
        let (limit, waiting) = (self.core.time_limit, self.waiting());
        let sentence = format!(
            "the run did not end within {limit} of virtual time: the next thing is due at {at}; raise `max_virtual` if that is right{}",
            self.under_faults()
        );
        self.stop(FailureKind::TimeLimit, sentence, waiting);
    }

    /// As many steps were made as were to be made undisturbed. Whether the run goes on.
    #[inline(never)]
    pub(crate) fn pass_milestone(&mut self) -> bool {
        let core = &mut self.core;
        // A short run comes here every few steps, mostly only to mark its way.
        let steps = core.stats.steps;
        if steps != core.max_steps
            && let Some(next) = core.course.mark(steps, core.recorder.digest())
        {
            core.milestone = next.min(core.max_steps);
            return true;
        }
        self.pass_slowly()
    }

    #[inline(never)]
    fn pass_slowly(&mut self) -> bool {
        let core = &mut self.core;
        let steps = core.stats.steps;
        if steps == core.max_steps {
            self.step_limit();
            return false;
        }
        let passed = core.course.pass(steps, core.recorder.digest());
        core.milestone = core.course.next(steps).min(core.max_steps);
        if let Err(alike) = passed {
            let sentence = format!(
                "the run is the tape's up to step {alike}, and another by step {steps}: the program, its configuration or reenact has changed since it was recorded, or something in the test does not follow the seed"
            );
            self.stop(FailureKind::Diverged, sentence, Vec::new());
            return false;
        }
        true
    }

    /// One step more would be too many.
    #[cold]
    pub(crate) fn step_limit(&mut self) {
        let (limit, now) = (self.core.max_steps, self.core.now);
        let mut waiting = self.waiting();
        waiting.sort_by_key(|task| std::cmp::Reverse(task.polls));
        let most = waiting.first().map_or_else(String::new, |task| {
            format!("; {}/{} ran most, {} polls", task.node, task.task, task.polls)
        });
        let sentence = format!(
            "the run did not end within {limit} steps (virtual time is {now}{most}): look for a loop that never waits, or raise `max_steps`{}",
            self.under_faults()
        );
        self.stop(FailureKind::StepLimit, sentence, waiting);
    }

    /// A limit ends also what makes no progress, for as long as faults go on.
    fn under_faults(&self) -> &'static str {
        match &self.core.directing {
            Some(directing) if directing.turn.at != Instant::MAX => {
                "; a fault plan is in force, under which a system may make no progress: give it an end, as `Sim::calm` does"
            }
            _ => "",
        }
    }

    /// Lets the run fail as nobody's doing, with the tasks that wait.
    fn stop(&mut self, kind: FailureKind, sentence: String, waiting: Vec<Waiting>) {
        self.core.actor = Actor::NOBODY;
        self.core.fail(kind, sentence);
        if let Some(failure) = &mut self.core.failure {
            failure.waiting = waiting;
        }
    }

    /// Every task that lives, and what it waits for.
    pub(crate) fn waiting(&self) -> Vec<Waiting> {
        let core = &self.core;
        let mut list = Vec::new();
        for id in core.nodes.ids().flat_map(|node| core.tasks_of(node)) {
            let (hot, cold) = (&core.tasks.hot[id.slot()], &core.tasks.cold[id.slot()]);
            let ready = hot.flags.has(Flags::READY);
            list.push(Waiting {
                node: core.node_name(NodeId(hot.node)).to_owned(),
                task: core.tasks.label(id.slot()),
                spawned: cold.site.to_string(),
                what: if hot.flags.has(Flags::FROZEN) {
                    "its node to be resumed".to_owned()
                } else if ready {
                    "its turn: it is ready".to_owned()
                } else {
                    self.wait_in_words(hot.wait, hot.waker)
                },
                polls: (hot.readiness - ready as u32) as u64,
            });
        }
        list
    }

    fn wait_in_words(&self, wait: Wait, waker: u32) -> String {
        let core = &self.core;
        match wait {
            Wait::Yield => "its next turn".to_owned(),
            Wait::Timer(at) => format!("a timer due at {at}"),
            Wait::Join(id) => match core.tasks.hot.get(id.slot()) {
                Some(hot) if hot.generation == id.generation() => {
                    let node = core.node_name(NodeId(hot.node));
                    format!("the end of task {node}/{}", core.tasks.label(id.slot()))
                }
                _ => "the end of a task".to_owned(),
            },
            Wait::Device(slot, code, number) => match &self.devices[slot as usize] {
                Some(device) => device.describe(code, number),
                None => "a device".to_owned(),
            },
            Wait::Unknown if core.wakers.held_elsewhere(waker) => {
                "a waker held elsewhere (a channel, a lock, another task's future)".to_owned()
            }
            Wait::Unknown => "nothing: nobody holds its waker, so it can never run again".to_owned(),
        }
    }
}
