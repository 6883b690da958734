//! Workers bring a new release up in the wrong order, and an auditor may see them half-way.
//!
//! A deployer starts all workers at once; each switches to the new code and the new schema, with an
//! await between the two. New code on the old schema must never be seen. The auditor goes through two
//! shards, a turn each, and then looks: he must come after the first switch of any worker and before the second
//! of all, and the more workers there are, the less likely that is.

use super::{
    Race,
    Version::{self, Buggy, Fixed},
    rt,
};
use futures::FutureExt;
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering::Relaxed},
};

pub(crate) const RACE: Race = Race {
    name: "reorder",
    about: "Code and schema are switched in the wrong order, with an await between the two.",
    sizes: &[3, 10, 100],
    minimum: 1,
    minimum_in_words: "The deployer is overtaken by the auditor's visit to the first shard.",
    random_finds_it: true,
    lopsided: false,
    body: |version, size| run(version, size).boxed(),
};

/// How many shards the auditor goes through before he looks.
const SHARDS: usize = 2;

/// What is in force; false is the old one.
#[derive(Default)]
struct Release {
    code: AtomicBool,
    schema: AtomicBool,
}

async fn switch(version: Version, release: Arc<Release>) {
    // The fix: the new schema serves old code too, so it comes first.
    let (first, second) = match version {
        Buggy => (&release.code, &release.schema),
        Fixed => (&release.schema, &release.code),
    };
    first.store(true, Relaxed);
    rt::yield_now().await;
    second.store(true, Relaxed);
}

async fn audit(release: Arc<Release>) {
    for _ in 0..SHARDS {
        rt::yield_now().await;
    }
    let (code, schema) = (release.code.load(Relaxed), release.schema.load(Relaxed));
    assert!(schema || !code, "new code was seen on the old schema");
}

async fn run(version: Version, size: usize) {
    let release = Arc::new(Release::default());
    let deployed = release.clone();
    let deployer = rt::spawn(async move {
        let workers: Vec<_> = (0..size).map(|_| rt::spawn(switch(version, deployed.clone()))).collect();
        for worker in workers {
            worker.await.expect("no worker panics");
        }
    });
    let auditor = rt::spawn(audit(release));
    deployer.await.expect("the deployer does not panic");
    auditor.await.expect("the auditor does not panic");
}
