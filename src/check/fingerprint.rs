//! Which failing runs are taken for one finding.
//!
//! Pure.

use reenact_sim::{Failure, FailureKind};

/// By what two failing runs are taken for one finding.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Fingerprint {
    kind: FailureKind,
    what: String,
    role: String,
}

impl Fingerprint {
    /// The kind; the place of the panic, else the message with its digits folded; and the node with
    /// its digits folded, since `client-3` plays the part of `client-1`. Of a run that came to no
    /// end: what the test's main waits for, and nothing else.
    pub(crate) fn of(failure: &Failure) -> Self {
        let kind = failure.kind;
        if matches!(kind, FailureKind::Deadlock | FailureKind::StepLimit | FailureKind::TimeLimit) {
            let main = failure.waiting.iter().find(|task| task.node == "test" && task.task == "main");
            let what = main.map_or_else(String::new, |main| folded(&main.what));
            return Fingerprint { kind, what, role: String::new() };
        }
        let what = match (kind, &failure.location) {
            // Where two runs part depends on the seed; that they do is the finding.
            (FailureKind::Nondeterminism, _) => String::new(),
            // Several invariants may be set in one place; what else they say is of this run only.
            (FailureKind::Invariant, Some(location)) => {
                format!("{location} {}", folded(name(&failure.message)))
            }
            (_, Some(location)) => location.clone(),
            (_, None) => folded(&failure.message),
        };
        let role = match kind {
            // An invariant is nobody's.
            FailureKind::Nondeterminism | FailureKind::Invariant => String::new(),
            _ => folded(failure.node.as_deref().unwrap_or_default()),
        };
        Fingerprint { kind, what, role }
    }
}

/// What a message says before it goes into details.
fn name(message: &str) -> &str {
    message.split("` ").next().unwrap_or_default()
}

/// The text with each number replaced by `#`.
fn folded(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        match c.is_ascii_digit() {
            true if folded.ends_with('#') => {}
            true => folded.push('#'),
            false => folded.push(c),
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::{Fingerprint, folded};
    use reenact_sim::{Failure, FailureKind, Waiting};

    fn failure(kind: FailureKind, message: &str, location: Option<&str>, node: &str) -> Fingerprint {
        let mut failure = Failure::new(kind, message);
        failure.location = location.map(str::to_owned);
        failure.node = Some(node.to_owned());
        Fingerprint::of(&failure)
    }

    #[test]
    fn numbers_are_folded() {
        assert_eq!(folded("client-12 of 3: 0.5s"), "client-# of #: #.#s");
    }

    #[test]
    fn panics_of_one_place_are_one_finding_whatever_they_say() {
        let a = failure(FailureKind::Panic, "x = 1", Some("a.rs:1:1"), "n1");
        assert_eq!(a, failure(FailureKind::Panic, "y = 22", Some("a.rs:1:1"), "n2"));
        assert_ne!(a, failure(FailureKind::Panic, "x = 1", Some("a.rs:2:1"), "n1"));
        assert_ne!(a, failure(FailureKind::Panic, "x = 1", Some("a.rs:1:1"), "db"));
    }

    #[test]
    fn errors_are_known_by_their_words() {
        let a = failure(FailureKind::Error, "lost 3 of 8", None, "n1");
        assert_eq!(a, failure(FailureKind::Error, "lost 12 of 8", None, "n1"));
        assert_ne!(a, failure(FailureKind::Error, "found 3 of 8", None, "n1"));
        assert_ne!(a, failure(FailureKind::Liveness, "lost 3 of 8", None, "n1"));
    }

    #[test]
    fn deadlocks_are_known_by_what_main_waits_for() {
        let deadlock = |task: &str, what: &str, message: &str| {
            let mut failure = Failure::new(FailureKind::Deadlock, message);
            let waiting = |task: &str, what: &str| Waiting {
                node: "test".into(),
                task: task.into(),
                spawned: String::new(),
                what: what.into(),
                polls: 1,
            };
            failure.waiting = vec![waiting("#1", "anything"), waiting(task, what)];
            Fingerprint::of(&failure)
        };
        let a = deadlock("main", "the end of task test/#4", "5 tasks wait");
        assert_eq!(a, deadlock("main", "the end of task test/#1", "6 tasks wait"));
        assert_ne!(a, deadlock("main", "a waker held elsewhere", "5 tasks wait"));
    }
}
