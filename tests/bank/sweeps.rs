//! Both banks under many seeds.

use crate::{
    client::Client,
    protocol::{Answer, Request, Transfer},
    scenario,
    server::{self, Remember},
    story::Story,
};
use reenact::{Check, FailureKind, Record, Sim, Simulation, Tape};

const BUGGY: Remember = Remember::AfterTheEffect;
const FIXED: Remember = Remember::BeforeTheEffect;

#[test]
fn the_bug_is_found_and_its_token_repeats_it() {
    let report = Check::new(scenario::NAME).seeds(0..2_000).report(|sim| scenario::run(sim, BUGGY));
    let findings = report.findings();
    let finding = findings.first().expect("a failing run among 2,000 seeds");
    assert_eq!(finding.failure.kind, FailureKind::Panic);
    assert!(finding.failure.message.contains("not what the customers were told"), "{}", finding.failure);

    let tape = Tape::parse(&finding.token()).expect("a token of this version");
    let again = Simulation::new(finding.seed).name(scenario::NAME).replay(tape);
    let again = again.run(|sim| scenario::run(sim, BUGGY));
    assert_eq!(again.result, finding.shrunk().result);
    assert_eq!(again.digest(), finding.shrunk().digest());
    assert!(again.trace().lines().eq(finding.shrunk().trace().lines()));
}

#[test]
fn the_story_of_every_failing_run_is_that_of_two_copies_at_once() {
    let run = |seed, record| Simulation::new(seed).record(record).run(|sim| scenario::run(sim, BUGGY));
    let failing = (0..1_000).filter(|&seed| run(seed, Record::Digest).result.is_err());
    let mut stories = 0;
    for seed in failing {
        let failed = run(seed, Record::All);
        let story = Story::of_the_wrong_one(failed.trace()).expect("one transfer is wrong");
        let (told, scene) = (story.tell(), story.scene(failed.trace()));
        assert!(told[3].contains("its id was not remembered yet"), "seed {seed}: {told:?}\n{}", scene.text);
        assert!(scene.text.matches("mark receives").count() >= 2, "seed {seed}: {}", scene.text);
        assert_eq!(scene.text.lines().count(), scene.events, "seed {seed}: {}", scene.text);
        assert!(scene.events < 60, "seed {seed}: {} events are no excerpt", scene.events);
        stories += 1;
    }
    assert!((1..50).contains(&stories), "{stories} of 1,000 runs fail: the bug should be rare");
}

#[reenact::test(seeds = 300)]
async fn the_fixed_bank_passes(sim: Sim) {
    scenario::run(sim, FIXED).await;
}

#[test]
fn a_copy_that_comes_later_moves_no_money_at_either_bank() {
    for remember in [BUGGY, FIXED] {
        let run = Simulation::new(1).run(move |sim| async move {
            let opening = || ["alice", "bob"].map(|name| (name.to_owned(), 100)).to_vec();
            sim.node("bank").start(move || server::serve(remember, opening()));
            let transfer = |id: &str, amount| {
                let (from, to) = ("alice".to_owned(), "bob".to_owned());
                Request::Transfer(Transfer { id: id.to_owned(), from, to, amount })
            };
            let mut client = Client::default();
            let mut answers = Vec::new();
            for request in [transfer("1", 60), transfer("1", 60), transfer("2", 60), transfer("2", 60)] {
                answers.push(client.ask(&request).await);
            }
            answers.push(client.ask(&Request::Balance("bob".to_owned())).await);
            answers.push(client.ask(&Request::Balance("eve".to_owned())).await);
            answers
        });
        use Answer::{Balance, Done, Invalid, Refused};
        assert_eq!(run.unwrap(), [Done, Done, Refused, Refused, Balance(160), Invalid], "{remember:?}");
    }
}
