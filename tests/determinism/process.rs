//! The same in a fresh process: this program runs itself.

use crate::again::{run, seen};
use std::{
    hash::{DefaultHasher, Hasher},
    process::Command,
};

/// How many programs are compared.
const PROGRAMS: u64 = 60;

/// One line a program: its digest, and a hash of all that can be seen of its run.
fn lines() -> Vec<String> {
    let line = |number| {
        let run = run(number, 4);
        // `DefaultHasher::new` has fixed keys.
        let mut hasher = DefaultHasher::new();
        hasher.write(seen(&run).as_bytes());
        format!("program {number}: {:016x} {:016x}", run.digest(), hasher.finish())
    };
    (0..PROGRAMS).map(line).collect()
}

#[test]
fn in_a_fresh_process_it_is_the_same() {
    let own = lines();
    let child = Command::new(std::env::current_exe().expect("a path"))
        .args(["--exact", "process::say_what_runs_come_to", "--ignored", "--nocapture"])
        .output()
        .expect("it runs");
    assert!(child.status.success(), "{child:?}");
    let said = String::from_utf8(child.stdout).expect("text");
    let said: Vec<_> = said.lines().filter_map(|line| Some(&line[line.find("program ")?..])).collect();
    assert_eq!(said, own);
}

#[test]
#[ignore = "for the test above, in its own process"]
fn say_what_runs_come_to() {
    println!();
    lines().iter().for_each(|line| println!("{line}"));
}
