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

/// Such a node would never be reached: its name is an address, and that of somebody else.
#[test]
fn a_node_has_a_name_that_is_no_address() {
    for name in ["localhost", "10.0.0.1", "10.0.0.9", "127.0.0.1", "[10.0.0.1]"] {
        let run = Simulation::new(1).run(move |sim| async move {
            sim.node(name);
        });
        let failure = run.result.expect_err(name);
        let says = format!("`{name}` cannot be the name of a node: it means an address already");
        assert!(failure.message.starts_with(&says), "{failure}");
        assert!(failure.location.as_deref().is_some_and(|place| place.starts_with(file!())), "{failure}");
    }
    for name in ["localhost-1", "10.0.0", "10.0.0.256", "node 1"] {
        Simulation::new(1).run(move |sim| async move { drop(sim.node(name)) }).unwrap();
    }
}
