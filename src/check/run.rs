//! From the environment to the report on the terminal: what `Check::run` does beside making runs.
//!
//! Rim. It panics as the test harness expects: the text is printed here, once, and the unwinding
//! carries it along without the panic hook.

use super::{
    aftermath::{self, Aftermath},
    artifacts,
    block::{self, Context},
    command::Origin,
    delay,
    finding::Finding,
    in_flight::{InFlight, Killed},
    one::{Make, Runner, guarded, record},
    plan::{Plan, Planned, Role},
    recorded,
    report::Report,
    reported::Reported,
    result::Whose,
    rollup::Seen,
    seeds::SeedSet,
    settings::Settings,
    shrink::{Effort, Pace, Shrink, spelled},
    sweep::Observer,
};
use crate::{
    env::{self, Given, RegressionMode, SeedChoice, Shard, Variables},
    simulation::Simulation,
};
use reenact_sim::{Base, FailureKind, Record, Tape};
use std::{cell::Cell, panic::Location, path::Path, sync::OnceLock};

/// Runs a check as a test.
#[track_caller]
pub(super) fn run(settings: &Settings, make: Make<'_>) {
    let caller = Location::caller();
    let template = settings.template.clone().site(caller);
    let origin = origin(settings);
    // Not a closure: it would be the place of the panic.
    let variables = match env::variables().and_then(|variables| meant_for(&origin, &template, variables)) {
        Ok(Some(variables)) => variables,
        Ok(None) => {
            env::print(&format!(
                "reenact: {} is not run: REENACT_REPLAY is for another check",
                template.called()
            ));
            return;
        }
        Err(sentence) if settings.site.is_some_and(|site| site.should_panic) => {
            // A panic would be what the test is meant to come to.
            env::print(&format!("reenact: {}: {sentence}", template.called()));
            return;
        }
        Err(sentence) => panic!("{sentence}"),
    };
    let template = match variables.os {
        Some(os) => template.os(os),
        None => template,
    };
    let determinism = variables.determinism.unwrap_or(settings.determinism);
    let progress = progress(settings);
    let (elapsed, time) = (env::stopwatch(), variables.time);
    let runner = Runner {
        template: &template,
        make,
        determinism,
        shrink: shrink(settings, &variables),
        progress: &progress,
        profile: OnceLock::new(),
        seen: Seen::default(),
        goes_on: &|| time.is_none_or(|time| elapsed() < time),
    };
    let (in_flight, killed) = InFlight::begin(template.called());
    if !killed.is_empty() {
        env::announce(&mention(&origin, template.called(), &killed));
    }
    let whose = Whose { test: template.called(), origin: &origin };
    let reported = Reported::begin(whose, variables.report.as_deref());
    let begins = |worker: usize, planned: &Planned| {
        if let Some(file) = &in_flight {
            file.begins(worker, planned);
        }
        reported.begins();
    };
    let (report, seeds, mut notes) = match &variables.replay {
        Some(Given { tape, .. }) => {
            let (report, notes) = replay(&runner, tape.clone(), &begins);
            (report, 1, notes)
        }
        None => recorded_then_seeds(settings, &variables, &runner, &begins),
    };
    drop(in_flight);
    if let Some(file) = &variables.trace {
        notes.extend(keep_trace(settings, &variables, &runner, file).err());
    }
    conclude(&report, &origin, &variables, &reported, seeds, notes, caller);
}

/// Says what a sweep came to; unwinds, if a run failed.
fn conclude(
    report: &Report,
    origin: &Origin<'_>,
    variables: &Variables,
    reported: &Reported<'_>,
    seeds: u64,
    notes: Vec<String>,
    caller: &'static Location<'static>,
) {
    let name = reported.test();
    if let Some(first) = report.findings.first() {
        let after = aftermath::leave(report, first, name, origin, variables, &notes);
        reported.end(report, Some(&after.replay), after.open.as_deref(), &notes);
        fail(report, name, caller, seeds, notes, after);
    }
    reported.end(report, None, None, &notes);
    say(report, name, notes, variables.replay.is_some());
}

/// What is to be said of a sweep that passed.
fn say(report: &Report, name: &str, mut notes: Vec<String>, replayed: bool) {
    if replayed {
        notes.push("the tape of REENACT_REPLAY passes".to_owned());
    } else {
        notes.extend(report.missing());
    }
    if report.runs() > 1 {
        notes.push(report.progress().to_string());
    }
    for note in notes {
        env::print(&format!("reenact: {name}: {note}"));
    }
}

/// Prints what was found, and unwinds as a panic does.
fn fail(
    report: &Report,
    name: &str,
    caller: &'static Location<'static>,
    seeds: u64,
    mut notes: Vec<String>,
    after: Aftermath,
) -> ! {
    notes.extend(after.notes);
    let thread = std::thread::current();
    let text = block::block(
        report,
        &Context {
            name,
            thread: thread.name().unwrap_or("<unnamed>"),
            caller,
            seeds,
            replay: &after.replay,
            notes: &notes,
            open: after.open.as_deref(),
            saved: after.saved.as_deref(),
        },
    );
    env::print(&text);
    std::panic::resume_unwind(Box::new(text));
}

/// How hard a failing run is made small. A test that is meant to fail is left alone.
fn shrink(settings: &Settings, variables: &Variables) -> Shrink {
    match (variables.shrink, &settings.site) {
        (_, Some(site)) if site.should_panic => Shrink::off(),
        (Some(runs), _) => settings.shrink.runs(runs),
        (None, _) => settings.shrink,
    }
}

/// Runs the recorded cases of the test; if none of them fails, the seeds.
fn recorded_then_seeds(
    settings: &Settings,
    variables: &Variables,
    runner: &Runner<'_>,
    begins: Observer<'_>,
) -> (Report, u64, Vec<String>) {
    let mut notes = Vec::new();
    let site = settings.site.as_ref().filter(|site| !site.should_panic);
    if let (Some(site), true) = (site, variables.regressions != RegressionMode::Skip) {
        let report = recorded::run(site, variables.regressions, runner, begins, &mut notes);
        if !report.passed() || variables.regressions == RegressionMode::Only {
            return (report, 1, notes);
        }
    }
    let plan = plan(settings, variables);
    let settings = Settings { jobs: variables.jobs.unwrap_or(settings.jobs), ..settings.clone() };
    (delay::runs(&settings, &plan, runner, begins), plan.seeds.len(), notes)
}

/// Says now and then how far shrinking is, if it takes long.
fn progress(settings: &Settings) -> impl Fn(&Effort) + Sync + use<> {
    let name = settings.template.called().to_owned();
    let pace = Pace::default();
    move |effort| pace.line(&name, effort).iter().for_each(|line| env::announce(line))
}

/// The runs to make, where the environment goes before the builder.
fn plan(settings: &Settings, variables: &Variables) -> Plan {
    let mut plan = settings.plan();
    if let Some(count) = variables.seeds {
        plan.seeds = SeedSet::Derived(count);
    }
    plan.shard = variables.shard.unwrap_or(Shard::WHOLE);
    if variables.time.is_some() && variables.seeds.is_none() {
        // There are always more.
        plan.seeds = SeedSet::Derived(u64::MAX);
    }
    match &variables.seed {
        None => {}
        Some(SeedChoice::Spans(spans)) => {
            plan.seeds = SeedSet::Spans(spans.clone());
            plan.own = 0;
        }
        Some(SeedChoice::Fresh) => {
            // Seeds that follow each other lead to runs that have nothing in common, and are said
            // in few words. The upper half of the numbers is room to follow.
            let first = env::fresh() >> 1;
            let last = first.saturating_add(plan.seeds.len() - 1);
            env::print(&format!(
                "reenact: {} runs fresh seeds: REENACT_SEED=0x{first:016x}-0x{last:016x}",
                plan.name
            ));
            plan.seeds = SeedSet::Spans(vec![(first, last)]);
            plan.own = 0;
        }
    }
    plan
}

/// Makes the one run that is asked for once more, and keeps its trace.
///
/// # Errors
///
/// Why there is none, in words.
fn keep_trace(
    settings: &Settings,
    variables: &Variables,
    runner: &Runner<'_>,
    file: &str,
) -> Result<(), String> {
    let planned = match &variables.replay {
        Some(given) => Planned { index: 0, role: Role::Given, tape: given.tape.clone() },
        None => {
            runner.told(plan(settings, &Variables { shard: None, time: None, ..variables.clone() }).get(0))
        }
    };
    let made = guarded(&planned, || runner.make(runner.simulation(&planned).record(Record::All)));
    let outcome = made.unwrap_or_else(|outcome| *outcome);
    artifacts::write_recording(Path::new(file), &outcome.recording().named(runner.template.called()))
}

/// From where this check is run.
fn origin(settings: &Settings) -> Origin<'_> {
    thread_local! {
        /// How many checks functions of this thread have run, which tells two of one test apart.
        static TURNS: Cell<u32> = const { Cell::new(0) };
    }
    match &settings.site {
        Some(site) => Origin::Test(site),
        None => {
            TURNS.set(TURNS.get() + 1);
            Origin::Program { program: env::program(), turn: TURNS.get() }
        }
    }
}

/// The variables, if the tape in them is for this check or there is none.
///
/// # Errors
///
/// It is for another test.
fn meant_for(
    origin: &Origin<'_>,
    template: &Simulation,
    set: Variables,
) -> Result<Option<Variables>, String> {
    let Some(given) = &set.replay else { return Ok(Some(set)) };
    let (mine, other) = (template.header().test, given.tape.header.test);
    let fits = other == 0 || other == mine;
    if let Origin::Program { turn, .. } = *origin {
        // A function may make several checks, of which one is meant.
        let is_its_turn = given.turn.map_or(fits || turn == 1, |given| given == turn);
        if !is_its_turn {
            return Ok(None);
        }
    }
    if !fits {
        return Err(format!(
            "the token in REENACT_REPLAY belongs to another test than {}: run that one alone, with `-- --exact` and its name as in the replay line of the report",
            template.called()
        ));
    }
    Ok(Some(set))
}

/// Makes one run from a tape, exactly, and once more if it passes: a run that passes only at times
/// follows something else than its tape.
fn replay(runner: &Runner<'_>, tape: Tape, begins: &dyn Fn(usize, &Planned)) -> (Report, Vec<String>) {
    let recorded = tape.header;
    let planned = Planned { index: 0, role: Role::Given, tape };
    begins(0, &planned);
    let made = guarded(&planned, || {
        let strict = runner.template.clone().replay(planned.tape.clone()).record(record(recorded.steps));
        let outcome = runner.make(strict);
        match outcome.result {
            Ok(()) => runner.compare(&planned, &outcome),
            Err(_) => Some(outcome),
        }
    });
    let outcome = made.unwrap_or_else(|outcome| Some(*outcome));
    let mut report = Report { runs: 1, ..Report::default() };
    let mut notes = Vec::new();
    if runner.template.header().config != recorded.config {
        notes.push("the network is configured otherwise than when the token was taken".to_owned());
    }
    if let Some((failure, outcome)) =
        outcome.and_then(|outcome| Some((outcome.result.clone().err()?, outcome)))
    {
        let told = matches!(
            failure.kind,
            FailureKind::Diverged | FailureKind::Nondeterminism | FailureKind::Harness
        );
        if recorded.digest != 0 && recorded.digest != outcome.digest() && !told {
            notes.push(
                "this is not the run that the token was taken from: the program has changed".to_owned(),
            );
        }
        report.failed = 1;
        let spelled = if recorded.base == Base::Zero { spelled(&outcome) } else { None };
        report.findings.push(Finding::new(&planned, failure, outcome).spelled_out(spelled));
    }
    (report, notes)
}

/// What became of the last run of this test.
fn mention(origin: &Origin<'_>, name: &str, killed: &[Killed]) -> String {
    let mut text = format!("reenact: the last run of {name} was killed");
    for (i, Killed { index, seed, token }) in killed.iter().enumerate() {
        let and = if i == 0 { "while it made" } else { "and" };
        let replay = match token {
            Some(token) => origin.replay(token),
            None => "as before, with its tape".to_owned(),
        };
        text.push_str(&format!("\n  {and} run {index}, seed {seed}; replay: {replay}"));
    }
    text
}
