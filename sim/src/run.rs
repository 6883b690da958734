//! The loop: what happens next, and what it comes to.
//!
//! Rim. While a task is ready, one is picked and polled. Else the clock moves to the next instant
//! at which something is due, and *everything* due there fires, in the order in which it was put on
//! the agenda; then the foreign wakers this gathered are woken. One borrow of the machine a step;
//! all user code runs between borrows.

use crate::{
    context,
    core::{Actor, Settings},
    due::Alarm,
    failure::{Failure, FailureKind, Waiting},
    id::{NodeId, TaskId},
    life,
    node::OnPanic,
    panics::{self, discard, drop_quietly},
    spawn::{Berth, cancel, drop_remains},
    stats::Stats,
    tape::{Base, Header, Tape},
    task::{Boxed, Ended, Flags, Job, Payload, Wait},
    trace::{Event, Line, Trace},
    world::World,
};
use std::{
    future::Future,
    panic::Location,
    task::{Poll, Waker},
};

const FOLD_CALLBACK: u64 = 0x5eed_0021;
const FOLD_END: u64 = 0x5eed_0022;

/// What a run came to.
#[derive(Debug)]
pub struct Finished<T> {
    /// What the main future returned, or why the run failed.
    pub result: Result<T, Failure>,
    /// The digest of everything that happened.
    pub digest: u64,
    /// How much happened.
    pub stats: Stats,
    /// The events that were kept.
    pub trace: Trace,
    /// Every decision that was not the simplest, over [`Base::Zero`]; known when everything was
    /// recorded.
    pub decisions: Option<Tape>,
}

/// What to do outside of the machine.
enum Next {
    /// A task, and its waker unless it is polled with the loop's.
    Poll(TaskId, Boxed, Option<Waker>),
    Call(Actor, Box<dyn FnOnce()>),
    Limbo(Vec<Waker>, Vec<Waker>),
    End,
}

/// Runs a simulation: `setup` prepares the machine, `main` makes the future of the task `main` on
/// the node `test`, and the run ends with it.
///
/// # Panics
///
/// When a run is going on in this thread already.
#[track_caller]
pub fn run<F>(
    settings: &Settings,
    setup: impl FnOnce(&mut World),
    main: impl FnOnce() -> F,
) -> Finished<F::Output>
where
    F: Future + 'static,
    F::Output: 'static,
{
    panics::install();
    let entered = context::enter(|world, run| {
        world.core.reset(run, settings);
        world.each_device(|device, _| device.reset());
        world.core.node("test");
        setup(world);
    });
    if entered.is_err() {
        panic!(
            "a simulation was started inside another one: a thread runs one simulation at a time; run it after the other, or on a thread of its own outside of it"
        );
    }
    let leave = Leave;
    let site = settings.site.unwrap_or(Location::caller());
    // `main` may borrow from the caller, which a task may not: it is called here, as the node.
    let actor = Actor { node: NodeId::TEST, ..Actor::NOBODY };
    let main = match context::acting_as(actor, || context::user_code(main)) {
        Ok(future) => spawn_main(Box::pin(Job::Running { future }), site),
        Err(panicked) => {
            context::with("run", |world| world.core.fail_with_panic("", &panicked));
            discard(panicked.0);
            TaskId::NONE
        }
    };
    if let Err((payload, note)) = context::user_code(|| drive(main)) {
        // Not the user's panic: those are caught where they happen.
        let said = note.map_or_else(
            || panics::message(&*payload),
            |note| format!("{} at {:?}", note.message, note.location),
        );
        context::with("run", |world| {
            world
                .core
                .fail(FailureKind::Harness, format!("an error of reenact itself, please report it: {said}"))
        });
    }
    let mut output: Option<F::Output> = None;
    if let Some(mut object) = context::with("run", |world| world.core.join(main).object()) {
        object.as_mut().take(&mut output);
    }
    tear_down();
    std::mem::forget(leave);
    let finished = context::leave(|world| world.finish(settings));
    let Some((failure, rest)) = finished else { unreachable!("the run was entered above") };
    let result = match (failure, output) {
        (Some(failure), output) => {
            drop_quietly("the test's result", output);
            Err(failure)
        }
        (None, Some(output)) => Ok(output),
        (None, None) => {
            Err(Failure::new(FailureKind::Harness, "the run ended without a result; please report this"))
        }
    };
    let Rest { digest, stats, trace, decisions } = rest;
    Finished { result, digest, stats, trace, decisions }
}

fn spawn_main(object: Boxed, site: &'static Location<'static>) -> TaskId {
    let berth = Berth { node: NodeId::TEST, name: Some("main".into()), main: true, site };
    let spawned = context::with("run", |world| {
        let core = &mut world.core;
        let spawned = core.spawn(berth, object);
        if let Ok(main) = spawned {
            core.nodes.get_mut(NodeId::TEST).main = main;
        }
        spawned
    });
    match spawned {
        Ok(main) => main,
        Err(_) => unreachable!("the node `test` lives as long as the run"),
    }
}

/// What a run came to, apart from its result.
struct Rest {
    digest: u64,
    stats: Stats,
    trace: Trace,
    decisions: Option<Tape>,
}

/// Leaves the machine when an error of our own unwinds through a run.
struct Leave;

impl Drop for Leave {
    fn drop(&mut self) {
        tear_down();
        context::leave(|_| ());
    }
}

/// Steps until the main task has ended or the run has failed.
fn drive(main: TaskId) {
    let mut shared = context::with("run", |world| world.core.wakers.shared_waker());
    let mut polled = None;
    loop {
        match context::with("run", |world| world.next(polled.take(), &mut shared)) {
            Next::Poll(id, mut object, waker) => {
                let mut cx = std::task::Context::from_waker(waker.as_ref().unwrap_or(&shared));
                let outcome = context::user_code(|| object.as_mut().poll(&mut cx));
                match outcome {
                    Ok(Poll::Pending) => polled = Some((id, object, waker)),
                    Ok(Poll::Ready(())) => {
                        context::with("run", |world| world.core.return_waker(id, waker, &mut shared));
                        finished(id, object, main);
                    }
                    Err(panicked) => {
                        context::with("run", |world| world.core.return_waker(id, waker, &mut shared));
                        panicked_in(id, object, panicked);
                    }
                }
            }
            Next::Call(actor, callback) => {
                if let Err(panicked) = context::acting_as(actor, || context::user_code(callback)) {
                    let policy = context::with("run", |world| world.core.nodes.get(actor.node).on_panic);
                    if !life::after_panic(actor.node, policy) {
                        context::with("run", |world| {
                            world.core.actor = actor;
                            world.core.fail_with_panic("a callback panicked: ", &panicked);
                        });
                    }
                    discard(panicked.0);
                }
            }
            Next::Limbo(wake, dropped) => settle(wake, dropped),
            Next::End => return,
        }
    }
}

/// Wakes and drops foreign wakers, one at a time.
fn settle(wake: Vec<Waker>, dropped: Vec<Waker>) {
    let act = |what: &str, f: Box<dyn FnOnce() + '_>| {
        if let Err(panicked) = context::user_code(f) {
            context::try_with(|world| {
                world.core.fail_with_panic(&format!("a waker panicked while it was {what}: "), &panicked)
            });
            discard(panicked.0);
        }
    };
    for waker in wake {
        act("woken", Box::new(|| waker.wake()));
    }
    for waker in dropped {
        act("dropped", Box::new(|| drop(waker)));
    }
}

/// A task's future returned.
fn finished(id: TaskId, mut object: Boxed, main: TaskId) {
    let (flags, node_main) = context::with("run", |world| world.core.after_poll(id));
    if flags.has(Flags::DOOMED) {
        // It was aborted, or its node ended, while it ran its last poll.
        cancel(id, object, flags.has(Flags::DEAD));
        return;
    }
    if let (Some(node), false) = (node_main, id == main) {
        let mut result: Option<Result<(), String>> = None;
        object.as_mut().take(&mut result);
        let remains = context::with("run", |world| world.core.close(id, Some(object), None));
        drop_remains(remains);
        life::after_main(node, result.unwrap_or(Ok(())));
        return;
    }
    let remains = context::with("run", |world| {
        let remains = world.core.close(id, Some(object), None);
        world.core.actor = Actor::NOBODY;
        remains
    });
    drop_remains(remains);
}

/// A task's future panicked.
fn panicked_in(id: TaskId, object: Boxed, panicked: panics::Panicked) {
    let (node, policy, dead) = context::with("run", |world| {
        let core = &mut world.core;
        let (flags, node_main) = core.after_poll(id);
        // Who aborted itself still panics; only the dead can do nothing any more.
        let dead = flags.has(Flags::DEAD);
        let node = NodeId(core.tasks.hot[id.slot()].node);
        let mut policy = core.nodes.get(node).on_panic;
        if node_main == Some(NodeId::TEST) {
            policy = OnPanic::Fail;
        }
        if policy == OnPanic::Fail && !dead {
            core.actor = core.actor_for(id, false);
            core.fail_with_panic("", &panicked);
        }
        (node, policy, dead)
    });
    let actor = context::with("run", |world| world.core.actor_for(id, dead));
    context::acting_as(actor, || drop_quietly("a task that had panicked", object));
    let remains = context::with("run", |world| {
        world.core.actor = Actor::NOBODY;
        world.core.close(id, None, Some(Ended::Panicked(Payload::new(panicked.0))))
    });
    drop_remains(remains);
    if !dead && policy != OnPanic::Fail {
        life::after_panic(node, policy);
    }
}

/// Ends everything that still lives, in the order of nodes and tasks, with no effect on anything.
fn tear_down() {
    let Some(nodes) = context::try_with(|world| {
        world.core.ending = true;
        world.core.actor = Actor { inert: true, ..Actor::NOBODY };
        world.core.nodes.ids()
    }) else {
        return;
    };
    for node in nodes {
        let ids = context::try_with(|world| world.core.tasks_of(node)).unwrap_or_default();
        for id in ids {
            if let Some(Some(object)) = context::try_with(|world| world.core.doom(id)) {
                cancel(id, object, true);
            }
        }
        let factory = context::try_with(|world| world.core.nodes.get_mut(node).factory.take());
        drop_quietly("the main of a node", factory);
    }
    let results = context::try_with(|world| world.core.take_rest()).unwrap_or_default();
    for remains in results {
        drop_remains(remains);
    }
    let callbacks = context::try_with(|world| {
        let places = world.core.callbacks.places(|_| true);
        places.into_iter().filter_map(|place| world.core.callbacks.take(place)).collect::<Vec<_>>()
    });
    for callback in callbacks.unwrap_or_default() {
        drop_quietly("a callback that never ran", callback.run);
    }
    for _ in 0..1_000 {
        let limbo = context::try_with(|world| {
            world.each_device(|device, core| device.end(core));
            world.core.forget_all();
            std::mem::take(&mut world.core.limbo)
        });
        match limbo {
            Some(limbo) if !limbo.is_empty() => settle(limbo.wake, limbo.drop),
            _ => break,
        }
    }
}

impl World {
    /// Puts a polled task back, and decides what comes next.
    fn next(&mut self, polled: Option<(TaskId, Boxed, Option<Waker>)>, shared: &mut Waker) -> Next {
        if let Some((id, object, waker)) = polled {
            let core = &mut self.core;
            core.return_waker(id, waker, shared);
            let hot = &mut core.tasks.hot[id.slot()];
            if hot.flags.has(Flags::DOOMED) {
                return self.drop_doomed(id, object);
            }
            hot.flags.clear(Flags::OUT);
            hot.object = Some(object);
            core.actor.task = TaskId::NONE;
            core.actor.waker = 0;
            core.recorder.set_context(Line::NO_CAUSE);
        }
        loop {
            if self.is_over() {
                return Next::End;
            }
            if self.core.firing {
                match self.fire() {
                    Some(next) => return next,
                    None => continue,
                }
            }
            if !self.core.limbo.is_empty() {
                let limbo = std::mem::take(&mut self.core.limbo);
                return Next::Limbo(limbo.wake, limbo.drop);
            }
            if let Some(id) = self.core.ready.pick() {
                if !self.begin_step() {
                    return Next::End;
                }
                let (object, waker) = self.core.begin_poll(id);
                return Next::Poll(id, object, waker);
            }
            if !self.advance() {
                return Next::End;
            }
        }
    }

    /// A task that was doomed during its poll goes as soon as that returned.
    fn drop_doomed(&mut self, id: TaskId, object: Boxed) -> Next {
        let inert = self.core.tasks.hot[id.slot()].flags.has(Flags::DEAD);
        self.core.actor = Actor::NOBODY;
        Next::Call(Actor::NOBODY, Box::new(move || cancel(id, object, inert)))
    }

    #[inline]
    fn is_over(&mut self) -> bool {
        let core = &mut self.core;
        if core.over {
            return true;
        }
        if core.wakers.beacon.was_woken_from_outside(core.run) {
            core.actor = Actor::NOBODY;
            core.fail(
                FailureKind::Nondeterminism,
                "a task was woken from another thread: its timing cannot follow the seed. Look for std::thread::spawn, a blocking pool or a runtime of its own in what the test calls, and do that work in tasks of the simulation",
            );
            return true;
        }
        if core.noted
            && let Some(sentence) = core.divergence()
        {
            core.fail(FailureKind::Diverged, sentence);
            return true;
        }
        false
    }

    /// Counts a step, if one more is allowed.
    #[inline]
    fn begin_step(&mut self) -> bool {
        if self.core.stats.steps == self.core.max_steps {
            self.step_limit();
            return false;
        }
        self.core.stats.steps += 1;
        true
    }

    /// Fires one item of this instant; `None` when it needs nothing from outside.
    fn fire(&mut self) -> Option<Next> {
        let now = self.core.now;
        let Some((key, due)) = self.core.agenda.pop_due(now) else {
            self.core.firing = false;
            return None;
        };
        if !self.begin_step() {
            return Some(Next::End);
        }
        let core = &mut self.core;
        match due.alarm() {
            Alarm::Device(slot, word) => {
                if let Some(device) = &mut self.devices[slot as usize] {
                    device.ring(core, word);
                }
            }
            Alarm::Task(id) => {
                core.stats.timers_fired += 1;
                let context = core.timer_fired(key.get(), id);
                core.wake_task(id);
                core.recorder.set_context(context);
            }
            Alarm::Waker(place) => {
                core.stats.timers_fired += 1;
                core.recorder.timer_gone(key.get());
                if let Some(timer) = core.timers.take(place) {
                    core.limbo.wake.push(timer.waker);
                }
            }
            Alarm::Callback(place) => {
                let callback = core.callbacks.take(place)?;
                core.stats.callbacks += 1;
                core.recorder.fold(callback.path ^ FOLD_CALLBACK ^ now.as_nanos().rotate_left(17));
                let cause = core.recorder.timer_gone(key.get());
                let (node, none) = (callback.node, Line::NO_TASK);
                let seq = core.recorder.record_caused(now, node, none, cause, Event::Callback);
                core.recorder.set_context(seq);
                let actor = Actor { node: callback.node, ..Actor::NOBODY };
                core.callback = (callback.path, Default::default());
                return Some(Next::Call(actor, callback.run));
            }
        }
        None
    }

    /// Nothing is ready: moves the clock to the next thing due, or finds that there is none.
    fn advance(&mut self) -> bool {
        let Some(at) = self.core.agenda.next_at() else {
            if self.core.await_foreign_wake() {
                // The next look at the state of the run says what happened.
                return true;
            }
            let waiting = self.waiting();
            self.core.actor = Actor::NOBODY;
            let n = waiting.len();
            let (tasks, wait) = if n == 1 { ("task", "waits") } else { ("tasks", "wait") };
            self.core.fail(
                FailureKind::Deadlock,
                format!("nothing is ready and nothing is due, but {n} {tasks} {wait}"),
            );
            self.name_waiting(waiting);
            return false;
        };
        if at > self.core.time_limit {
            let (limit, waiting) = (self.core.time_limit, self.waiting());
            self.core.actor = Actor::NOBODY;
            self.core.fail(
                FailureKind::TimeLimit,
                format!("the run did not end within {limit} of virtual time: the next thing is due at {at}; raise `max_virtual` if that is right"),
            );
            self.name_waiting(waiting);
            return false;
        }
        self.core.now = at;
        self.core.firing = true;
        true
    }

    #[cold]
    fn step_limit(&mut self) {
        let (limit, now) = (self.core.max_steps, self.core.now);
        let mut waiting = self.waiting();
        waiting.sort_by_key(|task| std::cmp::Reverse(task.polls));
        self.core.actor = Actor::NOBODY;
        let most = waiting.first().map_or_else(String::new, |task| {
            format!("; {}/{} ran most, {} polls", task.node, task.task, task.polls)
        });
        self.core.fail(
            FailureKind::StepLimit,
            format!("the run did not end within {limit} steps (virtual time is {now}{most}): look for a loop that never waits, or raise `max_steps`"),
        );
        self.name_waiting(waiting);
    }

    fn name_waiting(&mut self, waiting: Vec<Waiting>) {
        if let Some(failure) = &mut self.core.failure {
            failure.waiting = waiting;
        }
    }

    /// Every task that lives, and what it waits for.
    fn waiting(&self) -> Vec<Waiting> {
        let core = &self.core;
        let mut list = Vec::new();
        for id in core.nodes.ids().flat_map(|node| core.tasks_of(node)) {
            let (hot, cold) = (&core.tasks.hot[id.slot()], &core.tasks.cold[id.slot()]);
            let ready = hot.flags.has(Flags::READY);
            list.push(Waiting {
                node: core.node_name(NodeId(hot.node)).to_owned(),
                task: core.tasks.label(id.slot()),
                spawned: cold.site.to_string(),
                what: if ready {
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

    /// Writes the end down and hands the results out.
    fn finish(&mut self, settings: &Settings) -> (Option<Failure>, Rest) {
        let core = &mut self.core;
        core.actor = Actor::NOBODY;
        core.recorder.fold(FOLD_END ^ core.now.as_nanos());
        core.recorder.record(core.now, NodeId::TEST, Line::NO_TASK, Event::End);
        if settings.strict && core.failure.is_none() {
            core.check_replay(settings.tape.header.digest);
        }
        core.stats.virtual_time = core.now.since_start();
        core.stats.decisions = core.dice.decisions();
        let (digest, steps) = (core.recorder.digest(), core.stats.steps);
        let decisions = core.realised().map(|entries| {
            let header = Header { base: Base::Zero, digest, steps, ..settings.tape.header };
            Tape::from_entries(header, entries)
        });
        let trace = core.recorder.take();
        let stats = std::mem::take(&mut core.stats);
        (core.failure.take(), Rest { digest, stats, trace, decisions })
    }
}
