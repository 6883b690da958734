//! One line of JSON, read from left to right.
//!
//! Pure. The reader of trace files knows what it looks for, so nothing is built but what it asks for. It
//! takes nothing for granted: every slip is a sentence that says at which byte.

use crate::trace::printable::printable;
use std::borrow::Cow;

/// Nothing that is to be skipped is nested deeper.
const DEEPEST: usize = 64;

/// A line, and how far it has been read.
pub(super) struct Scan<'a> {
    text: &'a str,
    at: usize,
}

/// What was wrong, in words.
pub(super) type Slip = String;

/// A word of a file in an error: printable, and not for ever.
pub(super) fn quoted(word: &str) -> String {
    let cut: String = word.chars().take(40).collect();
    format!("`{}{}`", printable(&cut), if cut.len() < word.len() { "…" } else { "" })
}

impl<'a> Scan<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Scan { text, at: 0 }
    }

    /// Reads an object, and calls `field` for each of its keys; it has to read or to skip the value.
    pub(super) fn object(
        &mut self,
        mut field: impl FnMut(&str, &mut Scan<'a>) -> Result<(), Slip>,
    ) -> Result<(), Slip> {
        self.expect(b'{')?;
        if self.take(b'}') {
            return Ok(());
        }
        loop {
            self.blanks();
            let key = self.text()?;
            self.expect(b':')?;
            self.blanks();
            field(&key, self)?;
            if self.take(b'}') {
                return Ok(());
            }
            self.expect(b',')?;
        }
    }

    /// Reads a list, and calls `item` for each place of it.
    pub(super) fn list(
        &mut self,
        mut item: impl FnMut(usize, &mut Scan<'a>) -> Result<(), Slip>,
    ) -> Result<(), Slip> {
        self.expect(b'[')?;
        if self.take(b']') {
            return Ok(());
        }
        for place in 0.. {
            self.blanks();
            item(place, self)?;
            if self.take(b']') {
                break;
            }
            self.expect(b',')?;
        }
        Ok(())
    }

    /// A whole number that is not negative.
    pub(super) fn number(&mut self) -> Result<u64, Slip> {
        let start = self.at;
        let mut number: u64 = 0;
        while let Some(digit) = self.peek().filter(u8::is_ascii_digit) {
            number = number
                .checked_mul(10)
                .and_then(|tens| tens.checked_add(u64::from(digit - b'0')))
                .ok_or_else(|| format!("the number at byte {start} does not fit 64 bits"))?;
            self.at += 1;
        }
        let is_more = matches!(self.peek(), Some(b'.' | b'e' | b'E'));
        if self.at == start || is_more {
            Err(format!("byte {start} begins no whole number"))
        } else {
            Ok(number)
        }
    }

    /// A number of 32 bits.
    pub(super) fn small(&mut self) -> Result<u32, Slip> {
        let start = self.at;
        u32::try_from(self.number()?).map_err(|_| format!("the number at byte {start} does not fit 32 bits"))
    }

    /// Whether `null` comes next; then it has been read.
    pub(super) fn null(&mut self) -> bool {
        let is_null = self.text[self.at..].starts_with("null");
        if is_null {
            self.at += 4;
        }
        is_null
    }

    /// A text.
    pub(super) fn text(&mut self) -> Result<Cow<'a, str>, Slip> {
        let start = self.at;
        self.expect(b'"').map_err(|_| format!("byte {start} begins no text"))?;
        let rest = &self.text[self.at..];
        let end = rest.bytes().position(|byte| byte == b'"' || byte == b'\\' || byte < b' ');
        let end = end.ok_or_else(|| format!("the text at byte {start} does not end"))?;
        if rest.as_bytes()[end] == b'"' {
            self.at += end + 1;
            return Ok(Cow::Borrowed(&rest[..end]));
        }
        self.escaped(start).map(Cow::Owned)
    }

    /// The rest of a text in which something is escaped.
    fn escaped(&mut self, start: usize) -> Result<String, Slip> {
        let mut text = String::new();
        loop {
            let rest = &self.text[self.at..];
            let c = rest.chars().next().ok_or_else(|| format!("the text at byte {start} does not end"))?;
            self.at += c.len_utf8();
            match c {
                '"' => return Ok(text),
                '\\' => text.push(self.escape()?),
                c if c < ' ' => return Err(format!("a control character at byte {}", self.at - 1)),
                c => text.push(c),
            }
        }
    }

    fn escape(&mut self) -> Result<char, Slip> {
        let at = self.at;
        let wrong = || format!("what is escaped at byte {at} is no character");
        let kind = self.peek().ok_or_else(wrong)?;
        self.at += 1;
        Ok(match kind {
            b'"' | b'\\' | b'/' => char::from(kind),
            b'n' => '\n',
            b't' => '\t',
            b'r' => '\r',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'u' => {
                let first = self.hex().ok_or_else(wrong)?;
                let code = match first {
                    0xd800..0xdc00 => {
                        let is_pair = self.text[self.at..].starts_with("\\u");
                        self.at += if is_pair { 2 } else { 0 };
                        let second = self.hex().filter(|second| is_pair && (0xdc00..0xe000).contains(second));
                        0x10000 + ((first - 0xd800) << 10) + (second.ok_or_else(wrong)? - 0xdc00)
                    }
                    code => code,
                };
                char::from_u32(code).ok_or_else(wrong)?
            }
            _ => return Err(wrong()),
        })
    }

    /// Four hexadecimal digits.
    fn hex(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        let is_hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        self.at += 4;
        is_hex.then(|| u32::from_str_radix(digits, 16).ok()).flatten()
    }

    /// Passes over any value.
    pub(super) fn skip(&mut self) -> Result<(), Slip> {
        self.skip_at(0)
    }

    fn skip_at(&mut self, depth: usize) -> Result<(), Slip> {
        if depth > DEEPEST {
            return Err(format!("byte {} is nested deeper than anything known", self.at));
        }
        self.blanks();
        match self.peek() {
            Some(b'"') => self.text().map(drop),
            Some(b'{') => self.object(|_, scan| scan.skip_at(depth + 1)),
            Some(b'[') => self.list(|_, scan| scan.skip_at(depth + 1)),
            _ => {
                let start = self.at;
                let is_word = |byte: &u8| byte.is_ascii_alphanumeric() || b"+-.".contains(byte);
                while self.peek().as_ref().is_some_and(is_word) {
                    self.at += 1;
                }
                if self.at == start { Err(format!("byte {start} begins no value")) } else { Ok(()) }
            }
        }
    }

    /// That nothing comes after what was read.
    pub(super) fn end(&mut self) -> Result<(), Slip> {
        self.blanks();
        if self.at == self.text.len() { Ok(()) } else { Err(format!("byte {} is one too many", self.at)) }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r')) {
            self.at += 1;
        }
    }

    /// Whether this byte comes next, blanks apart; then it has been read.
    fn take(&mut self, byte: u8) -> bool {
        self.blanks();
        let is_there = self.peek() == Some(byte);
        self.at += usize::from(is_there);
        is_there
    }

    fn expect(&mut self, byte: u8) -> Result<(), Slip> {
        if self.take(byte) { Ok(()) } else { Err(format!("byte {} is not `{}`", self.at, char::from(byte))) }
    }
}

#[cfg(test)]
mod tests {
    use super::Scan;
    use proptest::prelude::{any, prop_assert_eq, proptest};

    fn text(json: &str) -> Result<String, String> {
        Scan::new(json).text().map(std::borrow::Cow::into_owned)
    }

    #[test]
    fn texts_are_read_as_they_were_meant() {
        assert_eq!(text(r#""""#).as_deref(), Ok(""));
        assert_eq!(text(r#""a\"\\\/\n\té\u00e9\ud83d\ude00""#).as_deref(), Ok("a\"\\/\n\téé😀"));
        for wrong in
            [r#"""#, r#""a"#, r#""\x""#, r#""\ud800""#, r#""\ud800\u0041""#, r#""\u00g0""#, "\"\n\"", "a"]
        {
            assert!(text(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn numbers_are_whole_and_fit() {
        let number = |json: &str| Scan::new(json).number();
        assert_eq!(number("18446744073709551615"), Ok(u64::MAX));
        for wrong in ["18446744073709551616", "-1", "1.5", "1e3", "", "x"] {
            assert!(number(wrong).is_err(), "{wrong}");
        }
        assert!(Scan::new("4294967296").small().is_err());
    }

    #[test]
    fn what_is_not_known_is_passed_over() {
        let mut seen = 0;
        let line = r#"{"x": {"y": [1, -2.5e3, "a]}", null, {}]}, "known": 7, "z": true}"#;
        let read = Scan::new(line).object(|key, scan| match key {
            "known" => scan.number().map(|number| seen = number),
            _ => scan.skip(),
        });
        assert_eq!((read, seen), (Ok(()), 7));
        let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
        assert!(Scan::new(&deep).skip().expect_err("too deep").contains("nested"));
    }

    proptest! {
        #[test]
        fn what_a_library_writes_is_read(text in any::<String>(), number in any::<u64>()) {
            let line = serde_json::json!({ "text": text, "number": number }).to_string();
            let (mut read_text, mut read_number) = (String::new(), 0);
            let mut scan = Scan::new(&line);
            scan.object(|key, scan| {
                if key == "text" { read_text = scan.text()?.into_owned() } else { read_number = scan.number()? }
                Ok(())
            }).expect("it is JSON");
            scan.end().expect("and no more");
            prop_assert_eq!((read_text, read_number), (text, number));
        }

        #[test]
        fn anything_is_read_or_refused(line in any::<String>(), other in "[\\[\\]{}\",:\\\\u0-9a ]{0,40}") {
            for line in [line, other] {
                let _ = Scan::new(&line).skip();
                let _ = Scan::new(&line).text();
            }
        }
    }
}
