//! Digests of a run on its way, so that a run that left its tape is stopped near the place and not at
//! its end.
//!
//! Pure. A seed is a tape without decisions: nothing on it says what each was, and only a digest can tell
//! that another was taken. At most sixteen are kept, evenly spaced: where there would be more, every
//! other one goes. So a short run is known by every fourth step and a long one by its sixteenths, and a token
//! stays one line.

/// How many are kept.
const MOST: usize = 16;

/// Every how many steps there is one at first, as a power of two: a run of many programs has a few hundred
/// steps, and a mark at each of the first would cost it more than it is worth.
const FIRST: u8 = 2;

/// Digests after every 2^`shift` steps, 16 bits of each.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Waypoints {
    shift: u8,
    count: u8,
    marks: [u16; MOST],
}

impl Waypoints {
    /// Waypoints as they were written down; `None` if there cannot be such.
    pub(super) fn new(shift: u8, marks: &[u16]) -> Option<Self> {
        let mut waypoints = Waypoints { shift, count: marks.len() as u8, ..Waypoints::default() };
        let fits = shift < 64 - MOST.ilog2() as u8;
        (fits && marks.len() <= MOST).then(|| {
            waypoints.marks[..marks.len()].copy_from_slice(marks);
            waypoints
        })
    }

    /// Every how many steps there is one, as a power of two.
    pub(super) fn shift(&self) -> u8 {
        self.shift
    }

    pub(super) fn marks(&self) -> &[u16] {
        &self.marks[..self.count as usize]
    }

    /// The run goes on after so many steps with this digest; those between two waypoints are passed over.
    #[inline]
    fn pass(&mut self, steps: u64, digest: u64) {
        if steps == self.due() && self.count as usize == MOST {
            self.thin_out();
        }
        if steps == self.due() {
            self.marks[self.count as usize] = digest as u16;
            self.count += 1;
        }
    }

    /// After how many steps the next one is to be marked, or would be if there was room.
    #[inline]
    fn due(&self) -> u64 {
        (u64::from(self.count) + 1) << self.shift
    }

    /// Every other one goes.
    #[inline(never)]
    fn thin_out(&mut self) {
        for i in 0..MOST / 2 {
            self.marks[i] = self.marks[2 * i + 1];
        }
        self.marks[MOST / 2..].fill(0);
        (self.shift, self.count) = (self.shift + 1, MOST as u8 / 2);
    }

    /// What was marked after so many steps, if something was.
    fn get(&self, steps: u64) -> Option<u16> {
        let number = steps >> self.shift;
        let is_one = number << self.shift == steps && (1..=u64::from(self.count)).contains(&number);
        is_one.then(|| self.marks[number as usize - 1])
    }

    /// After how many steps the next one comes, whether it is known or not.
    fn after(&self, steps: u64) -> u64 {
        ((steps >> self.shift) + 1) << self.shift
    }
}

/// The waypoints of a run, beside those of the one it repeats.
#[derive(Clone, Debug)]
pub(crate) struct Course {
    own: Waypoints,
    expected: Waypoints,
}

impl Course {
    pub(crate) fn new(expected: Waypoints) -> Self {
        Course { own: Waypoints { shift: FIRST, ..Waypoints::default() }, expected }
    }

    pub(crate) fn own(&self) -> Waypoints {
        if self.own.count == 0 { Waypoints::default() } else { self.own }
    }

    /// After how many steps [`pass`](Course::pass) is to be called next.
    #[inline]
    pub(crate) fn next(&self, steps: u64) -> u64 {
        if self.expected.count == 0 {
            return self.own.due();
        }
        let expected = self.expected.after(steps);
        // Where nothing is expected any more, there is nothing to be compared.
        let expected = if self.expected.get(expected).is_some() { expected } else { u64::MAX };
        self.own.due().min(expected)
    }

    /// As [`pass`](Course::pass) and [`next`](Course::next) in one, where nothing is expected and there is
    /// room for a mark.
    #[inline]
    pub(crate) fn mark(&mut self, steps: u64, digest: u64) -> Option<u64> {
        let own = &mut self.own;
        if self.expected.count > 0 || own.count as usize >= MOST || own.due() != steps {
            return None;
        }
        own.marks[own.count as usize] = digest as u16;
        own.count += 1;
        Some(own.due())
    }

    /// The run goes on after so many steps. `Err` if the one it repeats had another digest there: with the
    /// number of steps up to which both were alike.
    #[inline]
    pub(crate) fn pass(&mut self, steps: u64, digest: u64) -> Result<(), u64> {
        self.own.pass(steps, digest);
        if self.expected.count == 0 {
            return Ok(());
        }
        match self.expected.get(steps) {
            Some(mark) if mark != digest as u16 => Err(steps - (1 << self.expected.shift)),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Course, FIRST, MOST, Waypoints};
    use proptest::{prop_assert, prop_assert_eq, proptest};

    fn run(steps: u64, digest: impl Fn(u64) -> u64, expected: Waypoints) -> Result<Waypoints, (u64, u64)> {
        let mut course = Course::new(expected);
        let mut next = course.next(0);
        for step in 1..=steps {
            if step == next {
                course.pass(step, digest(step)).map_err(|from| (from, step))?;
                next = course.next(step);
            }
        }
        Ok(course.own())
    }

    proptest! {
        #[test]
        fn the_same_run_passes_its_waypoints(steps in 0u64..5_000) {
            let own = run(steps, |step| step * 7, Waypoints::default()).expect("nothing is expected");
            prop_assert!(own.marks().len() <= MOST);
            prop_assert!(steps < 8 << FIRST || own.marks().len() >= MOST / 2);
            prop_assert_eq!(run(steps, |step| step * 7, own), Ok(own));
        }

        #[test]
        fn another_run_is_stopped_at_the_first_waypoint_after_it_left(steps in 1u64..5_000, part in 0u64..5_000) {
            let own = run(steps, |step| step * 7, Waypoints::default()).expect("nothing is expected");
            let left = 1 + part % steps;
            let other = run(steps, |step| step * 7 + u64::from(step >= left), own);
            match other {
                Err((from, to)) => {
                    prop_assert!(from < left && left <= to);
                    prop_assert!(to - from <= 4.max(steps / 8), "{} to {} of {}", from, to, steps);
                }
                Ok(_) => prop_assert!(steps - left < 1 << own.shift().max(FIRST), "only the last few have no waypoint"),
            }
        }
    }

    #[test]
    fn a_long_run_is_disturbed_seldom() {
        let mut course = Course::new(Waypoints::default());
        let (mut next, mut passed) = (course.next(0), 0);
        while next <= 1_000_000 {
            course.pass(next, 0).expect("nothing is expected");
            (next, passed) = (course.next(next), passed + 1);
        }
        assert!(passed < 200, "{passed} times");
    }

    #[test]
    fn where_there_would_be_too_many_every_other_one_goes() {
        let marks = |steps| {
            let own = run(steps, |step| step, Waypoints::default()).expect("nothing is expected");
            (1u64 << own.shift(), own.marks().to_vec())
        };
        assert_eq!(marks(3).1, []);
        assert_eq!(marks(64), (4, (1..=16).map(|i| 4 * i).collect()));
        assert_eq!(marks(68), (8, (1..=8).map(|i| 8 * i).collect()));
        assert_eq!(marks(72), (8, (1..=9).map(|i| 8 * i).collect()));
    }
}
