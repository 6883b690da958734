//! Workers bring a new release up in the wrong order, and an auditor may see them half-way.
//!
//! A deployer starts all workers at once; each switches to the new code and the new schema, with an
//! await between the two. New code on the old schema must never be seen. The auditor looks only once
//! he has gone through as many shards as there are workers, giving way after each. So he must be almost
//! done when the deployer begins, and then look after the first switch of any worker and before the
//! second switch of all: the more shards, the less likely a random walk is to get there.

use super::{
    Program,
    Version::{self, Buggy, Fixed},
};
use futures::FutureExt;
use reenact::{Sim, yield_now};
use std::{cell::Cell, rc::Rc};

pub(crate) const PROGRAM: Program = Program {
    name: "reorder",
    about: "Code and schema are switched in the wrong order, with an await between the two.",
    sizes: &[3, 10, 100],
    minimum: 1,
    minimum_in_words: "The deployer is overtaken by the auditor's visits to all shards but the last.",
    random_finds_it: true,
    body: |sim, version, size| run(sim, version, size).boxed_local(),
};

/// What is in force; false is the old one.
#[derive(Default)]
struct Release {
    code: Cell<bool>,
    schema: Cell<bool>,
}

async fn switch(version: Version, release: Rc<Release>) {
    // The fix: the new schema serves old code too, so it comes first.
    let (first, second) = match version {
        Buggy => (&release.code, &release.schema),
        Fixed => (&release.schema, &release.code),
    };
    first.set(true);
    yield_now().await;
    second.set(true);
}

async fn audit(release: Rc<Release>, shards: usize) {
    for _ in 0..shards {
        // A long walk gives way after each step.
        yield_now().await;
    }
    let (code, schema) = (release.code.get(), release.schema.get());
    assert!(schema || !code, "new code was seen on the old schema");
}

async fn run(_sim: Sim, version: Version, size: usize) {
    let release = Rc::new(Release::default());
    let deployed = release.clone();
    let deployer = reenact::spawn(async move {
        let workers: Vec<_> = (0..size).map(|_| reenact::spawn(switch(version, deployed.clone()))).collect();
        for worker in workers {
            worker.await.expect("no worker panics");
        }
    });
    let auditor = reenact::spawn(audit(release, size));
    deployer.await.expect("the deployer does not panic");
    auditor.await.expect("the auditor does not panic");
}
