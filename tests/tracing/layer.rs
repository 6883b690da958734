//! Events and spans, as lines of a trace.

use reenact::{
    Outcome, Record, Simulation, clock, spawn,
    trace::{Event, Level, Recording, View},
};
use std::{fmt, time::Duration};
use tracing::{Instrument as _, debug, info, info_span, instrument, subscriber::with_default, warn};
use tracing_subscriber::prelude::*;

fn recorded<F: Future<Output = ()> + 'static>(test: impl FnOnce() -> F) -> Outcome<()> {
    let subscriber = tracing_subscriber::registry().with(reenact::tracing::layer());
    with_default(subscriber, || Simulation::new(1).run(|_sim| test()))
}

fn lines(run: &Outcome<()>) -> Vec<String> {
    let text = run.trace().text(View::timeline().level(Level::User).kinds(&["log"]).times(true));
    // The layout's own remark that there are none is no line.
    text.lines().filter(|line| line.contains(" log ")).map(str::to_owned).collect()
}

#[test]
fn events_have_virtual_time_node_and_fields() {
    let run = recorded(|| async {
        clock::sleep(Duration::from_millis(1500)).await;
        info!(target: "disk", pages = 3, name = "a b", who = ?Some(1), "flu{}", "shed");
        warn!(target: "disk", error = &fmt::Error as &dyn std::error::Error);
        debug!(target: "disk", "");
    });
    assert_eq!(
        lines(&run),
        [
            r#"1.500s  test  log INFO disk: flushed pages=3 name="a b" who=Some(1)"#,
            "1.500s  test  log WARN disk: error=an error occurred when formatting an argument",
            r#"1.500s  test  log DEBUG disk: """#,
        ]
    );
}

#[test]
fn two_layers_of_one_subscriber_both_tell_and_each_field_once() {
    let two = tracing_subscriber::registry().with(reenact::tracing::layer()).with(reenact::tracing::layer());
    let run = with_default(two, || {
        Simulation::new(1).run(|_sim| async {
            let span = info_span!(target: "db", "request", id = 7, late = tracing::field::Empty);
            span.record("late", true);
            span.in_scope(|| info!(target: "db", "served"));
        })
    });
    assert_eq!(lines(&run)[1], "0.000s  test  log INFO db: request{id=7 late=true}: served ×2");
}

#[instrument(target = "db", skip_all, fields(late))]
async fn request(id: u64) {
    tracing::Span::current().record("late", id);
    clock::sleep(Duration::from_secs(id)).await;
    info!(target: "db", "answered");
}

#[test]
fn spans_belong_to_those_who_are_in_them_whoever_runs_between() {
    let run = recorded(|| async {
        let server = info_span!(target: "db", "server", port = 7);
        let tasks: Vec<_> = [2, 1].map(|id| spawn(request(id).instrument(server.clone()))).into();
        drop(server);
        for task in tasks {
            task.await.expect("it ends");
        }
    });
    assert_eq!(
        lines(&run),
        [
            "0.000s  test  log INFO db: server{port=7}: new",
            "0.000s  test  log INFO db: server{port=7}:request: new ×2",
            "1.000s  test  log INFO db: server{port=7}:request{late=1}: answered",
            "1.000s  test  log INFO db: server{port=7}:request{late=1}: close",
            "2.000s  test  log INFO db: server{port=7}:request{late=2}: answered",
            "2.000s  test  log INFO db: server{port=7}:request{late=2}: close",
            "2.000s  test  log INFO db: server{port=7}: close",
        ]
    );
}

#[test]
fn a_run_is_the_same_with_the_layer_and_without() {
    let test = || async {
        spawn(request(1)).await.expect("it ends");
    };
    let with = recorded(test);
    let without = Simulation::new(1).run(|_sim| test());
    assert_eq!(with.digest(), without.digest());
    assert!(!lines(&with).is_empty() && lines(&without).is_empty());
}

#[test]
fn what_is_dead_or_outside_of_a_run_says_nothing() {
    struct Loud;
    impl Drop for Loud {
        fn drop(&mut self) {
            info!(target: "db", "dropped");
        }
    }
    let subscriber = tracing_subscriber::registry().with(reenact::tracing::layer());
    let run = with_default(subscriber, || {
        info!("before");
        let run = Simulation::new(1).run(|sim| async move {
            sim.node("db").start(|| async {
                let _loud = Loud;
                std::future::pending::<()>().await
            });
            clock::sleep(Duration::from_secs(1)).await;
            sim.node("db").crash();
        });
        info!("after");
        run
    });
    assert_eq!(lines(&run), [""; 0]);
}

#[test]
fn a_span_from_before_the_run_is_around_what_is_in_it() {
    let subscriber = tracing_subscriber::registry().with(reenact::tracing::layer());
    let run = with_default(subscriber, || {
        info_span!("all", sweep = 4)
            .in_scope(|| Simulation::new(1).run(|_sim| async { info!(target: "db", "in") }))
    });
    assert_eq!(lines(&run), ["0.000s  test  log INFO db: all{sweep=4}: in"]);
}

#[test]
fn without_a_trace_nothing_is_put_into_words() {
    struct Costly;
    impl fmt::Debug for Costly {
        fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
            panic!("put into words")
        }
    }
    let subscriber = tracing_subscriber::registry().with(reenact::tracing::layer());
    let run = with_default(subscriber, || {
        Simulation::new(1).record(Record::Digest).run(|_sim| async {
            info!(what = ?Costly);
            info_span!("costly", what = ?Costly).in_scope(|| {});
        })
    });
    run.unwrap();
}

#[test]
fn lines_of_logs_are_read_back_from_files_and_compared() {
    let says =
        |word: &'static str| recorded(move || async move { info!(target: "db", "{word}") }).recording();
    let yes = says("yes");
    let mut file = Vec::new();
    yes.write(&mut file).expect("written");
    assert_eq!(Recording::read(&file[..]).expect("a trace"), yes);
    let diff = reenact::trace::Diff::of(&yes, &says("no")).to_string();
    assert!(diff.contains("+  t=0.000s test/main log INFO db: no"), "{diff}");
    assert!(yes.trace().lines().any(|line| line.event == Event::Log(0)));
}
