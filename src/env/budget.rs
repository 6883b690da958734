//! How long a sweep goes on, and which share of it is made here: values of `REENACT_FOR` and
//! `REENACT_SHARD`.
//!
//! Pure.

use std::time::Duration;

/// A share of the seeds of a sweep: those whose place, divided by `of`, leaves `index`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Shard {
    index: u64,
    of: u64,
}

impl Shard {
    /// All of them.
    pub(crate) const WHOLE: Shard = Shard { index: 0, of: 1 };

    /// How many of so many seeds are in it.
    pub(crate) fn share(self, seeds: u64) -> u64 {
        let Shard { index, of } = self;
        seeds / of + u64::from(index < seeds % of)
    }

    /// The place among all seeds of the one at this place of the share.
    pub(crate) fn place(self, place: u64) -> u64 {
        place.saturating_mul(self.of).saturating_add(self.index)
    }
}

/// `m/n`. Counting from 0 or from 1 is the same: `n/n` is what `0/n` is.
pub(super) fn shard(text: &str) -> Result<Shard, String> {
    let parts = text.split_once('/').ok_or("there is no `/` in it")?;
    let number =
        |text: &str| text.trim().parse::<u64>().map_err(|_| format!("`{}` is no number", text.trim()));
    let (index, of) = (number(parts.0)?, number(parts.1)?);
    if of == 0 || index > of {
        return Err(format!("there is no share {index} of {of}"));
    }
    Ok(Shard { index: index % of, of })
}

/// A number with its unit: `500ms`, `30s`, `5m`, `2h`; seconds without.
pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let number: u64 = number.parse().map_err(|_| format!("`{text}` does not begin with a whole number"))?;
    let seconds = match unit.trim() {
        "ms" => return Ok(Duration::from_millis(number)),
        "" | "s" => Some(number),
        "m" | "min" => number.checked_mul(60),
        "h" => number.checked_mul(3_600),
        other => return Err(format!("`{other}` is no unit of time")),
    };
    seconds.map(Duration::from_secs).ok_or_else(|| format!("`{text}` is too long"))
}

#[cfg(test)]
mod tests {
    use super::{Shard, duration, shard};
    use std::time::Duration;

    #[test]
    fn shares_are_disjoint_and_make_the_whole() {
        for (seeds, of) in [(0, 1), (10, 1), (10, 3), (2, 5), (256, 4)] {
            let mut all: Vec<u64> = (0..of)
                .flat_map(|index| {
                    let shard = Shard { index, of };
                    (0..shard.share(seeds)).map(move |place| shard.place(place))
                })
                .collect();
            all.sort_unstable();
            assert_eq!(all, (0..seeds).collect::<Vec<_>>());
        }
        assert_eq!((Shard::WHOLE.share(7), Shard::WHOLE.place(6)), (7, 6));
    }

    #[test]
    fn shards_are_read_from_0_or_from_1() {
        assert_eq!(shard("2/4"), Ok(Shard { index: 2, of: 4 }));
        assert_eq!(shard("4/4"), shard(" 0 / 4 "));
        for wrong in ["", "1", "5/4", "1/0", "a/2", "-1/2"] {
            assert!(shard(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn durations_have_units() {
        assert_eq!(duration("500ms"), Ok(Duration::from_millis(500)));
        assert_eq!(
            [duration("90"), duration("90s"), duration("90 s")],
            [const { Ok(Duration::from_secs(90)) }; 3]
        );
        assert_eq!(duration("5m"), Ok(Duration::from_secs(300)));
        assert_eq!(duration("2h"), Ok(Duration::from_secs(7_200)));
        for wrong in ["", "s", "1d", "-1s", "1.5h", "18446744073709551615h"] {
            assert!(duration(wrong).is_err(), "{wrong}");
        }
    }
}
