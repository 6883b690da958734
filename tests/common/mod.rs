//! What the behavioural tests share: short runs, notes taken inside of them, spans of time.
#![allow(dead_code, reason = "each test program uses its own part")]

use reenact::{Failure, Sim, Simulation, Tape};
use std::{cell::RefCell, rc::Rc, time::Duration};

pub(crate) const MICRO: Duration = Duration::from_micros(1);
pub(crate) const MILLI: Duration = Duration::from_millis(1);
pub(crate) const SECOND: Duration = Duration::from_secs(1);

/// What one run returns.
#[track_caller]
pub(crate) fn run<F>(main: impl FnOnce(Sim) -> F) -> F::Output
where
    F: Future + 'static,
    F::Output: 'static,
{
    Simulation::new(1).run(main).unwrap()
}

/// How one run fails.
#[track_caller]
pub(crate) fn failure<F>(main: impl FnOnce(Sim) -> F) -> Failure
where
    F: Future + 'static,
    F::Output: 'static,
{
    failure_of(Simulation::new(1).run(main))
}

/// How a run failed.
#[track_caller]
pub(crate) fn failure_of<T>(run: reenact::Outcome<T>) -> Failure {
    match run.result {
        Ok(_) => panic!("the run did not fail"),
        Err(failure) => failure,
    }
}

/// What is true in whatever order tasks run: first in first out, and so many random orders.
#[track_caller]
pub(crate) fn always<F>(seeds: u64, main: impl Fn(Sim) -> F)
where
    F: Future<Output = ()> + 'static,
{
    Simulation::new(0).replay_lenient(Tape::zero()).run(&main).unwrap();
    for seed in 0..seeds {
        Simulation::new(seed).run(&main).unwrap();
    }
}

/// What was noted, in order, by whoever holds a clone.
#[derive(Debug)]
pub(crate) struct Notes<T>(Rc<RefCell<Vec<T>>>);

impl<T: Clone> Notes<T> {
    pub(crate) fn new() -> Self {
        Notes(Rc::default())
    }

    pub(crate) fn put(&self, note: T) {
        self.0.borrow_mut().push(note);
    }

    pub(crate) fn all(&self) -> Vec<T> {
        self.0.borrow().clone()
    }

    pub(crate) fn len(&self) -> usize {
        self.0.borrow().len()
    }

    /// Notes something when it is dropped.
    pub(crate) fn at_drop(&self, note: T) -> AtDrop
    where
        T: 'static,
    {
        let notes = self.clone();
        at_drop(move || notes.put(note))
    }
}

impl<T> Clone for Notes<T> {
    fn clone(&self) -> Self {
        Notes(self.0.clone())
    }
}

/// Does something when it is dropped.
pub(crate) struct AtDrop(Option<Box<dyn FnOnce()>>);

pub(crate) fn at_drop(f: impl FnOnce() + 'static) -> AtDrop {
    AtDrop(Some(Box::new(f)))
}

impl Drop for AtDrop {
    fn drop(&mut self) {
        if let Some(f) = self.0.take() {
            f();
        }
    }
}

/// Frozen texts lie in `snapshots`, for as long as the guard lives.
pub(crate) fn snapshots() -> insta::internals::SettingsBindDropGuard {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind_to_scope()
}
