//! The loop: what happens next, and what it comes to.
//!
//! Rim. While a task is ready, one is picked and polled. Else the clock moves to the next instant
//! at which something is due, and *everything* due there fires, in the order in which it was put on
//! the agenda; then the foreign wakers this gathered are woken. One borrow of the machine a step;
//! all user code runs between borrows.

use crate::{
    actor::Actor,
    assert, context,
    explore::Survey,
    failure::{Failure, FailureKind},
    id::{NodeId, TaskId},
    life,
    next::{Errand, Turn},
    node::{Down, OnPanic},
    panics::{self, A_PAYLOAD, discard, drop_quietly},
    settings::Settings,
    spawn::{Berth, cancel, drop_remains},
    stats::Stats,
    tape::{Decided, Profile, Waypoints},
    task::{Boxed, Ended, Flags, Job, Lent, Payload},
    teardown::{settle, tear_down},
    trace::{Event, Line, Trace},
    world::World,
};
use std::{future::Future, panic::Location, task::Poll};

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
    /// Its digests on the way.
    pub waypoints: Waypoints,
    /// What the strategies of other runs may be told, if it was asked for.
    pub profile: Option<Profile>,
    /// What is said of its order, if it was asked for.
    pub survey: Option<Survey>,
    /// The events that were kept.
    pub trace: Trace,
    /// What was decided; known when it was recorded.
    pub decided: Option<Decided>,
}

/// Asserts that a run may begin: that none is going on in this thread.
///
/// # Panics
///
/// If one is.
#[track_caller]
pub fn assert_outside() {
    if context::is_entered() {
        refuse_another();
    }
}

#[track_caller]
fn refuse_another() -> ! {
    panic!(
        "a simulation was started inside another one: a thread runs one simulation at a time; run it after the other, or on a thread of its own outside of it"
    )
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
    reenact_clock::tell_time_by(|| context::try_with(|world| world.core.own_now()));
    let entered = context::enter(|world, run| {
        world.core.reset(run, settings);
        world.each_device(|device, _| device.reset());
        world.core.node("test");
        setup(world);
    });
    if entered.is_err() {
        refuse_another();
    }
    let leave = Leave;
    let site = settings.site.unwrap_or(Location::caller());
    // `main` may borrow from the caller, which a task may not: it is called here, as the node.
    let actor = Actor { node: NodeId::TEST, life: 0, ..Actor::NOBODY };
    let main = match context::acting_as(actor, || context::user_code(main)) {
        Ok(future) => spawn_main(Box::pin(Job::Running { future }), site),
        Err(panicked) => {
            context::with("run", |world| {
                world.core.actor = actor;
                world.core.fail_with_panic("", &panicked);
            });
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
    let Rest { digest, stats, waypoints, watched: (profile, survey), trace, decided } = rest;
    Finished { result, digest, stats, waypoints, profile, survey, trace, decided }
}

fn spawn_main(object: Boxed, site: &'static Location<'static>) -> TaskId {
    let spawned = context::with("run", |world| {
        let core = &mut world.core;
        let berth = Berth { node: NodeId::TEST, name: Some(core.main_name.clone()), main: true, site };
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
    waypoints: Waypoints,
    watched: (Option<Profile>, Option<Survey>),
    trace: Trace,
    decided: Option<Decided>,
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
    let lent = context::with("run", |world| world.core.wakers.lend_shared());
    let mut turn = Turn { lent, errand: Errand::End };
    let mut polled = None;
    loop {
        let Some(mut object) = context::within(|world| world.next(polled.take(), &mut turn)) else {
            if do_errand(std::mem::take(&mut turn.errand)) {
                continue;
            }
            return;
        };
        let mut cx = std::task::Context::from_waker(turn.lent.waker());
        match context::user_code(|| object.as_mut().poll(&mut cx)) {
            Ok(Poll::Pending) => polled = Some(object),
            Ok(Poll::Ready(())) => finished(&mut turn.lent, object, main),
            Err(panicked) => panicked_in(&mut turn.lent, object, panicked),
        }
    }
}

/// Does what is no poll; says whether the run goes on.
#[inline(never)]
fn do_errand(errand: Errand) -> bool {
    match errand {
        Errand::Call(actor, callback) => called(actor, callback),
        Errand::Limbo(limbo) => settle(limbo),
        Errand::Look => assert::look(),
        Errand::Direct(mut director) => {
            let turn = director.act();
            context::with("run", |world| world.core.direct(director, turn));
        }
        Errand::End => return false,
    }
    true
}

/// Runs a callback.
fn called(actor: Actor, callback: Box<dyn FnOnce()>) {
    let (result, dead) = context::acting_as(actor, || {
        let result = context::user_code(callback);
        (result, context::with("run", |world| world.core.actor.inert))
    });
    let Err(panicked) = result else { return };
    if !dead {
        let policy = context::with("run", |world| world.core.nodes.on_panic(actor.node));
        if !life::after_panic(actor.node, policy) {
            context::with("run", |world| {
                world.core.actor = actor;
                world.core.fail_with_panic("a callback panicked: ", &panicked);
            });
        }
    }
    drop_quietly(A_PAYLOAD, panicked.0);
}

/// A task's future returned.
#[inline(never)]
fn finished(lent: &mut Lent, mut object: Boxed, main: TaskId) {
    let id = lent.task;
    let (flags, node_main) = context::with("run", |world| {
        world.core.return_waker(lent);
        world.core.after_poll(id)
    });
    if flags.has(Flags::DOOMED) {
        // It was aborted, or its node ended, while it ran its last poll.
        cancel(id, object, flags.has(Flags::DEAD));
        return;
    }
    let node_main = node_main.filter(|_| id != main);
    let mut result: Option<Result<(), String>> = None;
    if node_main.is_some() {
        object.as_mut().take(&mut result);
    }
    let mut object = Some(object);
    if flags.has(Flags::DETACHED) {
        // Nobody will ask for the result: it goes as the task's own, while it is still there.
        let actor = context::with("run", |world| world.core.actor_for(id, false));
        context::acting_as(actor, || drop_quietly("the result of a task", object.take()));
    }
    let remains = context::with("run", |world| world.core.close(id, object, None));
    drop_remains(remains);
    if let Some(node) = node_main {
        life::after_main(node, result.unwrap_or(Ok(())));
    }
}

/// A task's future panicked.
#[cold]
#[inline(never)]
fn panicked_in(lent: &mut Lent, object: Boxed, panicked: panics::Panicked) {
    let id = lent.task;
    let (node, policy, dead, is_main) = context::with("run", |world| {
        let core = &mut world.core;
        core.return_waker(lent);
        let (flags, node_main) = core.after_poll(id);
        // Who aborted itself still panics; only the dead can do nothing any more.
        let dead = flags.has(Flags::DEAD);
        let node = NodeId(core.tasks.hot[id.slot()].node);
        let mut policy = core.nodes.on_panic(node);
        if node_main == Some(NodeId::TEST) {
            policy = OnPanic::Fail;
        }
        if policy == OnPanic::Fail && !dead {
            core.actor = core.actor_for(id, false);
            core.fail_with_panic("", &panicked);
        }
        (node, policy, dead, node_main.is_some())
    });
    let actor = context::with("run", |world| world.core.actor_for(id, dead));
    context::acting_as(actor, || drop_quietly("a task that had panicked", object));
    let remains = context::with("run", |world| {
        world.core.actor = Actor::NOBODY;
        world.core.close(id, None, Some(Ended::Panicked(Box::new(Payload::new(panicked.0)))))
    });
    drop_remains(remains);
    if !dead && policy != OnPanic::Fail {
        life::after_panic(node, policy);
        if is_main && policy == OnPanic::Catch {
            // A process ends with its main, however that ended.
            life::end_node(node, Down::Stop);
        }
    }
}

impl World {
    /// Writes the end down and hands the results out.
    fn finish(&mut self, settings: &Settings) -> (Option<Failure>, Rest) {
        let core = &mut self.core;
        core.actor = Actor::NOBODY;
        core.recorder.fold(FOLD_END ^ core.now.as_nanos());
        core.recorder.record(core.now, NodeId::TEST, Line::NO_TASK, Event::End);
        core.was_stopped();
        if core.failure.is_none()
            && let Some(sentence) = core.divergence()
        {
            core.fail(FailureKind::Diverged, sentence);
        }
        if core.recorder.ended_early() {
            core.fail(FailureKind::Diverged, "the run ended before the expected one");
        }
        if settings.strict {
            core.check_replay(settings.tape.header.digest);
        }
        core.stats.virtual_time = core.now.since_start();
        core.stats.decisions = core.dice.decisions();
        let digest = core.recorder.digest();
        let decided = core.take_decided();
        let watched = core.end_watch();
        let trace = core.recorder.take();
        let stats = std::mem::take(&mut core.stats);
        (core.failure.take(), Rest { digest, stats, waypoints: core.course.own(), watched, trace, decided })
    }
}
