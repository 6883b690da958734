//! Whether reads are linearizable, for a register with one writer of ascending numbers. Pure.
//!
//! With one writer that waits for each write, a history is linearizable if and only if each read gives
//! at least the last number that was written, or read by anyone, before it began, and at most the last
//! that was begun before it ended (Lamport, "On interprocess communication", 1986: a regular register
//! without an inversion of new and old is atomic).

/// What has happened so far.
#[derive(Clone, Default, Debug)]
pub struct History {
    begun: u64,
    /// The highest number that is known to have been in the register.
    known: u64,
}

/// A read that is under way.
#[derive(Clone, Copy, Debug)]
pub struct Read {
    at_least: u64,
}

impl History {
    pub fn write_begins(&mut self, value: u64) {
        self.begun = self.begun.max(value);
    }

    pub fn write_ends(&mut self, value: u64) {
        self.known = self.known.max(value);
    }

    pub fn read_begins(&self) -> Read {
        Read { at_least: self.known }
    }

    /// # Errors
    ///
    /// In words, if the read cannot be put between the other operations.
    pub fn read_ends(&mut self, read: Read, value: u64) -> Result<(), String> {
        if value < read.at_least {
            return Err(format!("a read gave {value} after {} was known to be written", read.at_least));
        }
        if value > self.begun {
            return Err(format!("a read gave {value}, and only {} was ever written", self.begun));
        }
        self.known = self.known.max(value);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::History;

    #[test]
    fn a_read_beside_a_write_gives_the_old_or_the_new_but_no_old_after_a_new() {
        let mut history = History::default();
        history.write_begins(1);
        let (first, second) = (history.read_begins(), history.read_begins());
        assert_eq!(history.read_ends(first, 1), Ok(()));
        assert_eq!(history.read_ends(second, 0), Ok(()), "it began before the other ended");
        let third = history.read_begins();
        assert!(history.read_ends(third, 0).is_err(), "new and old are inverted");
    }

    #[test]
    fn what_was_written_is_read_and_nothing_else() {
        let mut history = History::default();
        history.write_begins(1);
        history.write_ends(1);
        let read = history.read_begins();
        assert!(history.read_ends(read, 0).unwrap_err().contains("after 1"));
        assert!(history.read_ends(read, 2).unwrap_err().contains("only 1"));
    }
}
