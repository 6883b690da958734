//! A run that kills its process is named by the next.

use super::process::run;

#[test]
fn the_next_run_names_the_seed_on_which_the_last_died() {
    for jobs in ["1", "3"] {
        let dead = run("children::aborts", &[("REENACT_JOBS", jobs)]);
        assert!(!dead.passed);
        let next = run("children::aborts", &[("LIVE", "1")]);
        assert!(next.passed, "{next:?}");
        assert!(next.err.contains("the last run of dies was killed"), "{}", next.err);
        let line = next
            .err
            .lines()
            .find(|line| line.contains("seed 0x0000000000000025;"))
            .expect("seed 37 is named");
        assert!(line.contains("run 39"), "{line}");
        let (_, token) = line.split_once("REENACT_REPLAY=").expect("a token");
        let token = token.split(' ').next().expect("a token");
        let again = run("children::aborts", &[("REENACT_REPLAY", token)]);
        assert!(!again.passed && !again.err.contains("replay  "), "it dies again: {again:?}");
        let after = run("children::aborts", &[("LIVE", "1")]);
        assert!(after.err.contains("was killed"), "{}", after.err);
        let at_last = run("children::aborts", &[("LIVE", "1")]);
        assert!(!at_last.err.contains("was killed"), "{}", at_last.err);
    }
}
