//! Which processes a sweep starts, and with which variables.
//!
//! Pure but for the clock that makes fresh seeds.

use crate::{arguments::Sweep, exit::Trouble};
use std::time::{Duration, SystemTime};

/// A test is shared between processes only if each has so many seeds at least.
const FEWEST: u64 = 64;

/// A process to be: a test, and its share of the seeds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Unit {
    pub(super) test: usize,
    share: u64,
}

impl Unit {
    pub(super) fn is_first(&self) -> bool {
        self.share == 0
    }
}

/// What fixes the processes of a sweep.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) jobs: usize,
    /// How many processes share the seeds of a test.
    shares: u64,
    seeds: u64,
    /// How long each process goes on.
    time: Option<Duration>,
    /// The first seed, where they are fresh.
    fresh: Option<u64>,
    /// Of the whole sweep.
    shard: (u64, u64),
}

impl Plan {
    pub(super) fn of(asked: &Sweep, tests: usize) -> Result<Self, Trouble> {
        let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
        let (jobs, tests) = (asked.jobs.unwrap_or(cores), tests.max(1) as u64);
        let time = asked.time.as_deref().map(duration).transpose()?;
        let most = if time.is_some() { jobs } else { asked.seeds / FEWEST };
        let shares = jobs.div_ceil(tests).min(most).max(1);
        // All processes together take so long, as many at once as there are jobs.
        let rounds = (tests * shares) as f64 / jobs as f64;
        Ok(Plan {
            jobs: usize::try_from(jobs).unwrap_or(usize::MAX),
            shares,
            seeds: asked.seeds,
            time: time.map(|time| time.div_f64(rounds.max(1.0))),
            fresh: asked.fresh.then(now),
            shard: asked.shard.as_deref().map_or(Ok((0, 1)), shard)?,
        })
    }

    /// The first process of each test, then the others.
    pub(super) fn units(&self, tests: usize) -> Vec<Unit> {
        (0..self.shares).flat_map(|share| (0..tests).map(move |test| Unit { test, share })).collect()
    }

    pub(super) fn variables(&self, unit: &Unit) -> Vec<(&'static str, String)> {
        let (index, of) = self.shard;
        // A share of a share: what is left by `of` is `index`, and the rest is dealt out.
        let shard = format!("{}/{}", index + of * unit.share, of * self.shares);
        let mut variables = vec![("REENACT_SHARD", shard)];
        match (self.fresh, self.time) {
            (Some(first), None) => {
                variables.push(("REENACT_SEED", format!("{first}-{}", first.saturating_add(self.seeds - 1))));
            }
            (Some(first), Some(_)) => variables.push(("REENACT_SEED", format!("{first}-{}", u64::MAX))),
            (None, None) => variables.push(("REENACT_SEEDS", self.seeds.to_string())),
            (None, Some(_)) => {}
        }
        if let Some(time) = self.time {
            variables.push(("REENACT_FOR", format!("{}ms", time.as_millis().max(1))));
        }
        variables
    }
}

/// A number that no sweep began with before; the upper half of the numbers is room to follow.
fn now() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    (since.as_nanos() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 1
}

/// `m/n`; `n/n` is what `0/n` is.
fn shard(text: &str) -> Result<(u64, u64), Trouble> {
    let number = |text: &str| text.trim().parse::<u64>().ok();
    let parts = text.split_once('/').and_then(|(index, of)| Some((number(index)?, number(of)?)));
    match parts {
        Some((index, of)) if of > 0 && index <= of => Ok((index % of, of)),
        _ => Err(Trouble::usage(format!("`{text}` is no share: the second of four is `2/4`"))),
    }
}

fn duration(text: &str) -> Result<Duration, Trouble> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: Option<u64> = number.parse().ok();
    let time = match unit {
        "ms" => number.map(Duration::from_millis),
        "s" | "" => number.map(Duration::from_secs),
        "m" => number.and_then(|minutes| minutes.checked_mul(60)).map(Duration::from_secs),
        "h" => number.and_then(|hours| hours.checked_mul(3_600)).map(Duration::from_secs),
        _ => None,
    };
    let wrong = || Trouble::usage(format!("`{text}` is no span of time: write `30s`, `10m` or `2h`"));
    time.filter(|time| !time.is_zero()).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::{Plan, duration, shard};
    use std::{collections::BTreeSet, time::Duration};

    #[test]
    fn shares_of_a_shard_are_dealt_out() {
        let plan = |shares, shard| Plan { jobs: 2, shares, seeds: 100, time: None, fresh: None, shard };
        let seeds = |plan: &Plan| -> BTreeSet<u64> {
            let shards = plan.units(1).into_iter().map(|unit| plan.variables(&unit)[0].1.clone());
            shards
                .flat_map(|shard| {
                    let (index, of) = super::shard(&shard).expect("a share");
                    (0..100).filter(move |seed| seed % of == index)
                })
                .collect()
        };
        assert_eq!(seeds(&plan(3, (0, 1))).len(), 100);
        let halves = [seeds(&plan(3, (0, 2))), seeds(&plan(3, (1, 2)))];
        assert_eq!(halves[0], (0..100).filter(|seed| seed % 2 == 0).collect());
        assert!(halves[0].is_disjoint(&halves[1]));
    }

    #[test]
    fn words_are_read() {
        assert_eq!(shard("4/4").expect("a share"), (0, 4));
        assert_eq!(duration("10m").expect("a time"), Duration::from_secs(600));
        for wrong in ["", "1", "5/4", "1/0"] {
            assert!(shard(wrong).is_err(), "{wrong}");
        }
        for wrong in ["", "0s", "x", "3d"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }
}
