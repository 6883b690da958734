//! The macros for the code under test: assertions, and places that misbehave.
//!
//! They only write calls; what those mean is known to the machine.

/// Claims that a condition holds whenever the running code comes by. If it does not, the run fails as
/// [`Invariant`](crate::FailureKind::Invariant), and goes on to the end of the step.
///
/// The name tells assertions apart in a [`Report`](crate::Report); what follows it is formatted into
/// it, as with `assert!`. Without a name the condition's text is the name. Outside of a run, a claim that does
/// not hold panics.
///
/// ```
/// use reenact::{FailureKind, Simulation};
///
/// let run = Simulation::new(1).run(|_sim| async {
///     let balance = 100 - 130;
///     reenact::always!(balance >= 0, "the balance is never negative, as {}", balance);
/// });
/// let failure = run.result.unwrap_err();
/// assert_eq!(failure.kind, FailureKind::Invariant);
/// assert!(failure.message.starts_with("`the balance is never negative, as -30` does not hold"));
/// ```
#[macro_export]
macro_rules! always {
    ($condition:expr $(,)?) => {
        $crate::__private::claim(
            $crate::Claim::Always,
            ::core::stringify!($condition),
            $condition,
            || ::std::string::String::from(::core::stringify!($condition)),
        )
    };
    ($condition:expr, $name:literal $($arguments:tt)*) => {
        $crate::__private::claim($crate::Claim::Always, $name, $condition, || {
            ::std::format!($name $($arguments)*)
        })
    };
}

/// Claims that a condition holds at least once when the running code comes by, in one of the runs of a
/// sweep: that the test gets where it is meant to get. A sweep in which it never does says so in its
/// [`Report`](crate::Report), see [`Report::never`](crate::Report::never). Outside of a run it does nothing.
///
/// ```
/// use reenact::{Check, draw};
///
/// let report = Check::new("dice").seeds(100).report(|_sim| async {
///     let die = draw::range(1..=6);
///     reenact::sometimes!(die == 6, "a six");
///     reenact::sometimes!(die == 7, "a seven");
/// });
/// assert_eq!(report.never(), ["sometimes `a seven`"]);
/// ```
#[macro_export]
macro_rules! sometimes {
    ($condition:expr, $name:expr $(,)?) => {
        $crate::__private::claim($crate::Claim::Sometimes, $name, $condition, ::std::string::String::new)
    };
}

/// Claims that this place is reached in one of the runs of a sweep. Nobody knows of a place that no run
/// comes to, so a test that wants to hear of it names it with [`Check::reaches`](crate::Check::reaches).
/// Outside of a run it does nothing.
///
/// ```
/// use reenact::{Check, draw};
///
/// let check = Check::new("retries").seeds(100).reaches(["a retry", "giving up"]);
/// let report = check.report(|_sim| async {
///     if draw::chance(1, 3) {
///         reenact::reachable!("a retry");
///     }
/// });
/// assert_eq!(report.never(), ["reachable `giving up`"]);
/// ```
#[macro_export]
macro_rules! reachable {
    ($name:expr $(,)?) => {
        $crate::__private::claim($crate::Claim::Reachable, $name, true, ::std::string::String::new)
    };
}

/// Claims that this place is never reached: the run that comes to it fails as
/// [`Invariant`](crate::FailureKind::Invariant), and goes on to the end of the step. Outside of a run it
/// panics.
///
/// ```
/// use reenact::{FailureKind, Simulation};
///
/// let run = Simulation::new(1).run(|_sim| async {
///     if 1 + 1 != 3 {
///         reenact::unreachable_point!("arithmetic");
///     }
/// });
/// assert_eq!(run.result.unwrap_err().kind, FailureKind::Invariant);
/// ```
#[macro_export]
macro_rules! unreachable_point {
    ($name:literal $($arguments:tt)*) => {
        $crate::__private::claim($crate::Claim::Unreachable, $name, false, || {
            ::std::format!($name $($arguments)*)
        })
    };
}

/// Whether this place is to misbehave: to take the rare path, to answer late, to give up early. It is true
/// only when the run has a fault plan with [`FaultKind::Buggify`](crate::FaultKind), at the rate that the
/// plan drew for the run, or at a rate of its own: `buggify!(1, 100)`. Outside of a run it is false.
///
/// ```
/// use reenact::{Check, FaultKind, Faults};
///
/// fn batch_size() -> usize {
///     if reenact::buggify!() { 1 } else { 1000 }
/// }
///
/// let check = Check::new("batches").faults(Faults::swarm());
/// let report = check.report(|_sim| async { assert_ne!(batch_size(), 1, "found") });
/// let finding = &report.findings()[0];
/// assert_eq!(finding.explanation().unwrap().reasons()[0].to_string(), "test/main buggify 1 misbehaves (necessary)");
/// assert!(!reenact::buggify!(), "in production it never does");
/// ```
#[macro_export]
macro_rules! buggify {
    () => {
        $crate::__private::buggify(::core::option::Option::None)
    };
    ($num:expr, $den:expr $(,)?) => {
        $crate::__private::buggify(::core::option::Option::Some(($num, $den)))
    };
}
