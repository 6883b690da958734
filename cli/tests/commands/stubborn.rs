//! What is swept, too: tests that stay until they are ended, where the test that started them wants that.

use reenact::Check;
use std::{fs, path::PathBuf, time::Duration};

/// The file by which a test says that it stays now.
fn mark() -> Option<PathBuf> {
    std::env::var_os("COMMANDS_MARK").map(PathBuf::from)
}

/// Says which process it is, and stays.
fn stay() {
    say();
    std::thread::sleep(Duration::from_secs(600));
}

fn say() {
    if let Some(mark) = mark() {
        fs::write(mark, std::process::id().to_string()).expect("written");
    }
}

/// The directory in which the sweep has what processes say.
fn scratch() -> PathBuf {
    let report = std::env::var_os("REENACT_REPORT").map(PathBuf::from).expect("a sweep runs it");
    report.parent().expect("a directory").to_owned()
}

/// It fails at once, and when that is made again, stays before it does.
#[test]
fn stays_when_it_is_replayed() {
    if mark().is_some() {
        if std::env::var_os("REENACT_REPLAY").is_some() {
            stay();
        }
        Check::new("at once").seeds(10).run(|_| async { panic!("at once") });
    }
}

/// Its first process makes runs, and the others none.
#[test]
fn stays_in_its_later_shares() {
    if mark().is_some() {
        if std::env::var("REENACT_SHARD").is_ok_and(|shard| !shard.starts_with("0/")) {
            stay();
        }
        let slow = |_| async { std::thread::sleep(Duration::from_millis(5)) };
        Check::new("slow").seeds(10).run(slow);
    }
}

/// Takes that directory away, and stays.
#[test]
fn takes_1_the_scratch() {
    if mark().is_some() {
        // Once the directory is gone, the sweep may end it at any time.
        say();
        fs::remove_dir_all(scratch()).expect("removed");
        stay();
    }
}

/// Makes room for the next process when the directory is gone.
#[test]
fn takes_2_until_then() {
    if mark().is_some() {
        crate::process::until(|| !scratch().exists());
    }
}

#[test]
fn takes_3_its_turn() {}
