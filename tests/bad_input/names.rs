//! Names of tests and of nodes.

use reenact::{Check, Simulation, Tape};

#[test]
fn a_test_may_have_any_name() {
    for name in ["", "a b", "a.b", "../up", "/root", "é ✕", "a\nb", &"long ".repeat(2_000)] {
        Check::new(name).seeds(2).run(|_| async {});
        let report = Check::new(name).seeds(1).report(|_| async { panic!("always") });
        let token = report.findings()[0].token();
        assert!(Tape::parse(&token).is_ok() && !token.contains(char::is_whitespace), "{token}");
    }
}

#[test]
fn a_node_has_a_name_that_can_be_part_of_an_address() {
    for name in ["", "a:1", "a/b", "a\nb"] {
        let run = Simulation::new(1).run(move |sim| async move {
            sim.node(name);
        });
        let message = run.result.expect_err(name).message;
        assert!(message.contains("cannot be the name of a node"), "{message}");
    }
}
