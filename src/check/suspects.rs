//! What may make two runs of one seed differ, the likeliest first, by what was seen of them.
//!
//! Pure: facts come in, words come out.

use crate::os::Os;

/// How two runs part.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Shape {
    /// The same happens to the same, at another time or with another content.
    Value,
    /// What comes next in one run comes later in the other.
    Order,
    /// Something happens in one run only.
    Extra,
    /// No event differs, but what the runs came to.
    Unseen,
}

/// What is known of two runs that differ.
#[derive(Debug)]
pub(super) struct Facts {
    pub(super) shape: Shape,
    /// What became of calls below Rust.
    pub(super) os: Os,
    /// What is said of overrides that the program does not call.
    pub(super) missing: Option<&'static str>,
    /// What draws from a generator that does not follow the seed.
    pub(super) unseeded: Vec<&'static str>,
    /// What a run did that it has no part in, in words.
    pub(super) escaped: Option<String>,
    /// Whether a further run was like the second one: `None` where none was made.
    pub(super) settled: Option<bool>,
}

const STATIC: &str = "a static, a thread-local, a lazily made value or a cache that survives a run";
const ADDRESSES: &str = "an order of addresses: a map or a sort by pointers, a hash of one";
const MAPS: &str = "the iteration order of a HashMap or HashSet";
const CLOCKS: &str = "Instant::now, SystemTime::now";
const GENERATORS: &str = "rand::rng, uuid, or another generator that seeds itself";
const THREAD: &str = "another thread, whose results come when they come";
const FILES: &str = "a file, a real socket, a variable of the environment";

impl Facts {
    /// Whether what is asked below Rust follows the seed.
    fn follows(&self) -> bool {
        Os::SUPPORTED && self.os != Os::Off && self.missing.is_none()
    }

    /// The suspects, a line each.
    pub(super) fn in_words(&self) -> String {
        let mut lines: Vec<String> = self.escaped.iter().cloned().collect();
        if self.settled == Some(true) {
            lines.push(format!("{STATIC} (the first run alone is another: a third is like the second)"));
        }
        if !self.follows() {
            let system = match self.shape {
                Shape::Order => [MAPS, GENERATORS, CLOCKS],
                Shape::Value | Shape::Extra | Shape::Unseen => [CLOCKS, GENERATORS, MAPS],
            };
            lines.extend(system.map(str::to_owned));
        }
        match self.settled {
            Some(true) => {}
            Some(false) => {
                lines.push(format!("{STATIC}: a count that goes on (a third run is different again)"));
            }
            None => lines.push(STATIC.to_owned()),
        }
        let at = lines.len();
        lines.push(ADDRESSES.to_owned());
        if !self.unseeded.is_empty() {
            let select = format!(
                "a select! with a generator of its own ({}): write reenact::select!, or select_biased!, `biased;`",
                self.unseeded.join(", ")
            );
            lines.insert(if self.shape == Shape::Order { at + 1 } else { at }, select);
        }
        if self.escaped.is_none() {
            lines.push(THREAD.to_owned());
        }
        lines.push(FILES.to_owned());
        let mut text = String::from("something in the test does not follow the seed; the usual suspects:");
        for line in lines {
            text += &format!("\n - {line}");
        }
        text += &self.acquitted();
        text
    }

    /// What it cannot be, or why it can.
    fn acquitted(&self) -> String {
        if self.follows() {
            return "\nnot HashMap, Instant::now, rand::rng and the like: they follow the seed here"
                .to_owned();
        }
        if let Some(missing) = self.missing {
            return format!("\n{missing}");
        }
        let why = if !Os::SUPPORTED {
            "calls to the operating system cannot be overridden in this build"
        } else {
            "calls to the operating system are not overridden (`Os::Off`)"
        };
        format!("\n{why}, so time, random bytes and hash orders do not follow the seed")
    }
}

#[cfg(test)]
mod tests {
    use super::{Facts, Shape};
    use crate::os::Os;

    fn facts(shape: Shape, os: Os) -> Facts {
        Facts { shape, os, missing: None, unseeded: Vec::new(), escaped: None, settled: None }
    }

    fn first(facts: &Facts) -> String {
        facts.in_words().lines().nth(1).expect("there are suspects").to_owned()
    }

    #[test]
    fn another_order_is_first_of_all_that_of_a_hash_map() {
        assert!(first(&facts(Shape::Order, Os::Off)).contains("HashMap"));
        assert!(first(&facts(Shape::Value, Os::Off)).contains("Instant::now"));
    }

    #[test]
    fn what_follows_the_seed_is_no_suspect() {
        let words = facts(Shape::Order, Os::Warn).in_words();
        if Os::SUPPORTED {
            assert!(!words.contains(" - the iteration order"), "{words}");
            assert!(words.ends_with("they follow the seed here"), "{words}");
        }
    }

    #[test]
    fn where_overrides_are_not_in_effect_nothing_is_acquitted() {
        let missing = Some("reenact: this program does not call reenact's getrandom");
        let words = Facts { missing, ..facts(Shape::Order, Os::Warn) }.in_words();
        assert!(words.contains(" - the iteration order of a HashMap"), "{words}");
        assert!(words.ends_with("\nreenact: this program does not call reenact's getrandom"), "{words}");
    }

    #[test]
    fn a_thread_that_was_seen_is_named_first_and_once() {
        let facts =
            Facts { escaped: Some("a thread of node db".to_owned()), ..facts(Shape::Value, Os::Allow) };
        assert_eq!(first(&facts), " - a thread of node db");
        assert_eq!(facts.in_words().matches("thread").count(), 2, "{}", facts.in_words());
    }

    #[test]
    fn a_third_run_tells_a_value_that_is_made_once_from_a_count() {
        let settled = |settled| Facts { settled: Some(settled), ..facts(Shape::Value, Os::Warn) };
        assert!(first(&settled(true)).contains("the first run alone"));
        assert!(first(&settled(false)).contains("different again"));
    }
}
