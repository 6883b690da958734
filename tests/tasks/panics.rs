//! A panic of a task: it fails the run, or does what its node was told.

use crate::common::{MILLI, Notes, failure, run};
use reenact::{
    Failure, FailureKind, NodeState, OnPanic, Sim, Simulation, clock, spawn, task::Builder, yield_now,
};
use std::{cell::RefCell, future::pending, panic, rc::Rc};

/// Fails in the way that is asked for, on a node of this policy, while an idle task is beside it;
/// then returns what became of both.
async fn after_a_panic(sim: Sim, policy: OnPanic) -> (NodeState, u32, bool, bool) {
    let node = sim.node("db");
    node.on_panic(policy);
    node.start(pending::<()>);
    let idle = node.spawn(pending::<()>());
    let panicking = node.spawn(async { panic!("oh") });
    clock::sleep(MILLI).await;
    assert!(panicking.is_finished());
    let error = panicking.await.map(|(): ()| ()).expect_err("it panicked");
    (node.state(), node.incarnation(), error.is_panic(), idle.is_finished())
}

#[test]
fn by_default_it_fails_the_run_and_is_told_where_it_was() {
    let line = line!() + 4;
    let failure = failure(|sim| async move {
        let _task = sim.node("db").spawn(async {
            clock::sleep(MILLI).await;
            let _inner = Builder::new().name("writer").spawn(async { panic!("no {}", "space") });
            pending::<()>().await;
        });
        pending::<()>().await;
    });
    assert_eq!(failure.kind, FailureKind::Panic);
    assert_eq!(failure.message, "no space");
    assert_eq!(failure.place().as_deref(), Some("db/writer"));
    assert_eq!(failure.at.since_start(), MILLI);
    let location = failure.location.clone().expect("a place");
    assert!(location.starts_with(&format!("{}:{line}:", file!())), "{location}");
    assert!(failure.to_string().starts_with(&format!("panic in db/writer at {location} (t=0.001s, step ")));
}

#[test]
fn nothing_runs_after_it() {
    let notes = Notes::new();
    let noted = notes.clone();
    failure(|_| async move {
        for i in 0..10 {
            let noted = noted.clone();
            spawn(async move {
                if i == 5 {
                    noted.put("panic");
                    panic!("five");
                }
                noted.put("ran");
            });
        }
        pending::<()>().await;
    });
    let all = notes.all();
    assert_eq!(all.iter().position(|note| *note == "panic"), Some(all.len() - 1), "{all:?}");
}

#[test]
fn caught_it_is_the_affair_of_whoever_joins() {
    let after = run(|sim| after_a_panic(sim, OnPanic::Catch));
    assert_eq!(after, (NodeState::Running, 0, true, false));
}

#[test]
fn it_may_crash_its_node() {
    let after = run(|sim| after_a_panic(sim, OnPanic::Crash));
    assert_eq!(after, (NodeState::Crashed, 0, true, true));
}

#[test]
fn it_may_restart_its_node() {
    let after = run(|sim| after_a_panic(sim, OnPanic::Restart));
    assert_eq!(after, (NodeState::Running, 1, true, true));
}

#[test]
fn the_payload_comes_out_of_the_error() {
    run(|sim| async move {
        let node = sim.node("db");
        node.on_panic(OnPanic::Catch);
        let text = node
            .spawn(async { panic!("a text with {}", clock::now()) })
            .await
            .map(|(): ()| ())
            .expect_err("it panicked");
        assert_eq!(text.to_string(), "the task panicked: a text with 0.000s");
        assert_eq!(format!("{text:?}"), "JoinError(the task panicked: a text with 0.000s)");
        assert_eq!(text.into_panic().downcast_ref::<String>().expect("a text"), "a text with 0.000s");
        let number =
            node.spawn(async { panic::panic_any(42u8) }).await.map(|(): ()| ()).expect_err("it panicked");
        assert_eq!(number.to_string(), "the task panicked: a panic whose payload is not text");
        assert_eq!(number.into_panic().downcast_ref::<u8>(), Some(&42));
        let cancelled = node.spawn(pending::<()>());
        cancelled.abort();
        assert!(cancelled.await.expect_err("it was aborted").try_into_panic().is_err());
    });
}

#[test]
fn the_panic_of_the_test_itself_fails_the_run_whatever_its_node_was_told() {
    for policy in [OnPanic::Catch, OnPanic::Crash, OnPanic::Restart] {
        let failure = failure(move |sim| async move {
            sim.node("test").on_panic(policy);
            yield_now().await;
            panic!("the test");
        });
        assert_eq!((failure.kind, failure.message.as_str()), (FailureKind::Panic, "the test"));
        assert_eq!(failure.place().as_deref(), Some("test/main"));
    }
}

/// Node `test` can neither crash nor be started again, so nothing would come of the panic.
#[test]
fn a_panic_beside_the_test_fails_the_run_unless_it_is_caught() {
    for policy in [OnPanic::Crash, OnPanic::Restart] {
        let failure = failure(move |sim| async move {
            sim.node("test").on_panic(policy);
            spawn(async { panic!("beside") });
            clock::sleep(MILLI).await;
        });
        assert_eq!((failure.kind, failure.message.as_str()), (FailureKind::Panic, "beside"));
        let failure = crate::common::failure(move |sim| async move {
            sim.node("test").on_panic(policy);
            clock::call_soon(|| panic!("in a callback"));
            clock::sleep(MILLI).await;
        });
        assert_eq!(failure.message, "a callback panicked: in a callback");
        assert_eq!(failure.node.as_deref(), Some("test"));
    }
    run(|sim| async move {
        sim.node("test").on_panic(OnPanic::Catch);
        assert!(spawn(async { panic!("beside") }).await.expect_err("it panicked").is_panic());
    });
}

#[test]
fn a_panic_before_the_first_await_is_one_of_the_run() {
    fn main(_: Sim) -> std::future::Ready<()> {
        panic!("before there was a future")
    }
    let failure = failure(main);
    assert_eq!(failure.kind, FailureKind::Panic);
    assert_eq!(failure.message, "before there was a future");
    assert_eq!(failure.node.as_deref(), Some("test"));
}

/// How a run fails whose node has this main and this policy.
fn with_main<F>(policy: OnPanic, main: impl Fn(u32) -> F + 'static) -> (Option<Failure>, NodeState, u32)
where
    F: Future<Output = Result<(), String>> + 'static,
{
    let seen = Rc::new(RefCell::new((NodeState::Created, 0)));
    let out = seen.clone();
    let run = Simulation::new(1).run(|sim| async move {
        let node = sim.node("db");
        let lives = std::cell::Cell::new(0);
        node.on_panic(policy).start(move || {
            lives.set(lives.get() + 1);
            main(lives.get())
        });
        clock::sleep(MILLI).await;
        *out.borrow_mut() = (node.state(), node.incarnation());
    });
    let (state, incarnation) = *seen.borrow();
    (run.result.err(), state, incarnation)
}

#[test]
fn an_error_of_a_main_is_treated_as_a_panic_is() {
    let fails = |life| async move { if life == 1 { Err(String::from("no disk")) } else { pending().await } };
    let (failed, ..) = with_main(OnPanic::Fail, fails);
    let failed = failed.expect("the default fails the run");
    assert_eq!(failed.kind, FailureKind::Error);
    assert_eq!(failed.place().as_deref(), Some("db/main"));
    assert_eq!(failed.message, "the main of node `db` returned an error: \"no disk\"");
    assert_eq!(with_main(OnPanic::Catch, fails), (None, NodeState::Stopped, 0));
    assert_eq!(with_main(OnPanic::Crash, fails), (None, NodeState::Crashed, 0));
    assert_eq!(with_main(OnPanic::Restart, fails), (None, NodeState::Running, 1));
}

#[test]
fn a_panic_of_a_main_is_one_of_its_tasks() {
    let panics = |life| async move {
        if life == 1 {
            panic!("no disk");
        }
        pending().await
    };
    let (failed, ..) = with_main(OnPanic::Fail, panics);
    let failed = failed.expect("the default fails the run");
    assert_eq!((failed.kind, failed.message.as_str()), (FailureKind::Panic, "no disk"));
    assert_eq!(failed.place().as_deref(), Some("db/main"));
    assert_eq!(with_main(OnPanic::Crash, panics), (None, NodeState::Crashed, 0));
    assert_eq!(with_main(OnPanic::Restart, panics), (None, NodeState::Running, 1));
}

#[test]
fn a_panic_of_what_makes_a_main_is_one_of_the_main() {
    let made = |life| {
        if life == 1 {
            panic!("no configuration");
        }
        pending()
    };
    let (failed, ..) = with_main(OnPanic::Fail, made);
    let failed = failed.expect("the default fails the run");
    assert_eq!((failed.kind, failed.message.as_str()), (FailureKind::Panic, "no configuration"));
    assert_eq!(with_main(OnPanic::Restart, made), (None, NodeState::Running, 1));
}

#[test]
fn a_callback_panics_as_its_node_does() {
    let callback = |policy| {
        Simulation::new(1).run(move |sim| async move {
            let node = sim.node("db");
            node.on_panic(policy);
            let set = node.spawn(async {
                clock::call_later(MILLI, || panic!("called"));
                pending::<()>().await;
            });
            clock::sleep(2 * MILLI).await;
            (node.state(), set.is_finished())
        })
    };
    let failed = callback(OnPanic::Fail).result.expect_err("the default fails the run");
    assert_eq!((failed.kind, failed.message.as_str()), (FailureKind::Panic, "a callback panicked: called"));
    assert_eq!(failed.node.as_deref(), Some("db"));
    assert_eq!(callback(OnPanic::Catch).unwrap(), (NodeState::Created, false));
    assert_eq!(callback(OnPanic::Crash).unwrap(), (NodeState::Crashed, true));
}

#[test]
fn a_panic_that_the_task_catches_itself_is_nobody_elses() {
    let failure = failure(|_| async {
        assert!(panic::catch_unwind(|| panic!("caught")).is_err());
        yield_now().await;
        panic::resume_unwind(Box::new("the other"));
    });
    assert_eq!(failure.message, "the other");
    run(|_| async { assert!(panic::catch_unwind(|| panic!("caught")).is_err()) });
}

#[test]
fn a_panic_after_its_own_abort_still_fails_the_run() {
    let failure = failure(|_| async {
        let own = Rc::new(RefCell::new(None::<reenact::JoinHandle<()>>));
        let handle = own.clone();
        *own.borrow_mut() = Some(spawn(async move {
            handle.borrow().as_ref().expect("it is there").abort();
            panic!("after all");
        }));
        clock::sleep(MILLI).await;
    });
    assert_eq!((failure.kind, failure.message.as_str()), (FailureKind::Panic, "after all"));
}

#[test]
fn a_task_that_crashed_its_own_node_can_panic_no_more() {
    run(|sim| async move {
        let node = sim.node("db");
        let own = node.clone();
        let task = node.spawn(async move {
            own.crash();
            panic!("of a dead task");
        });
        clock::sleep(MILLI).await;
        assert!(task.is_finished());
        assert!(task.await.map(|(): ()| ()).is_err());
    });
}
