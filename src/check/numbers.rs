//! Numbers as people write them.
//!
//! Pure.

/// A number with commas.
pub(crate) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1st`, `2nd`, `3rd`.
pub(crate) fn ordinal(number: u64) -> String {
    let suffix = match (number % 100, number % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{}{suffix}", grouped(number))
}

/// `first`, `second`, `third`, then `4th`: the place at an index.
pub(crate) fn nth(index: usize) -> String {
    match index {
        0 => "first".to_owned(),
        1 => "second".to_owned(),
        2 => "third".to_owned(),
        _ => ordinal(index as u64 + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::{grouped, ordinal};

    #[test]
    fn numbers_are_grouped_by_thousands() {
        let all: Vec<_> = [0, 999, 1_000, 8_412, 1_234_567].map(grouped).into();
        assert_eq!(all, ["0", "999", "1,000", "8,412", "1,234,567"]);
    }

    #[test]
    fn ordinals_are_english() {
        let all: Vec<_> = [1, 2, 3, 4, 11, 12, 13, 21, 41, 112, 1_003].map(ordinal).into();
        assert_eq!(
            all,
            ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "41st", "112th", "1,003rd"]
        );
    }
}
