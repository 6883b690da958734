//! JSON, written.
//!
//! Pure. Twenty lines of escaping serve as well as a library; what is written is read by one in the
//! tests. The files of traces are read in `trace/file/`.

use std::fmt::Write as _;

/// A value of JSON. Keys keep the order in which they are given.
#[derive(Debug)]
pub(crate) enum Json {
    Null,
    Number(u64),
    Text(String),
    List(Vec<Json>),
    Object(Vec<(&'static str, Json)>),
}

impl From<&str> for Json {
    fn from(text: &str) -> Self {
        Json::Text(text.to_owned())
    }
}

impl From<u64> for Json {
    fn from(number: u64) -> Self {
        Json::Number(number)
    }
}

impl<T: Into<Json>> From<Option<T>> for Json {
    fn from(value: Option<T>) -> Self {
        value.map_or(Json::Null, Into::into)
    }
}

impl Json {
    /// A list of whatever can be a value.
    pub(crate) fn list<T>(values: &[T], value: impl Fn(&T) -> Json) -> Json {
        Json::List(values.iter().map(value).collect())
    }

    /// The text, set in by two blanks a level, with a line feed at its end.
    pub(crate) fn pretty(&self) -> String {
        let mut out = String::new();
        self.put(&mut out, 0);
        out.push('\n');
        out
    }

    /// The text on one line, without its end.
    pub(crate) fn line(&self) -> String {
        let mut out = String::new();
        self.put_line(&mut out);
        out
    }

    fn put_line(&self, out: &mut String) {
        let separated = |out: &mut String, place| {
            if place > 0 {
                out.push(',');
            }
        };
        match self {
            Json::List(values) => {
                out.push('[');
                for (place, value) in values.iter().enumerate() {
                    separated(out, place);
                    value.put_line(out);
                }
                out.push(']');
            }
            Json::Object(fields) => {
                out.push('{');
                for (place, (key, value)) in fields.iter().enumerate() {
                    separated(out, place);
                    put_text(out, key);
                    out.push(':');
                    value.put_line(out);
                }
                out.push('}');
            }
            plain => plain.put(out, 0),
        }
    }

    fn put(&self, out: &mut String, depth: usize) {
        match self {
            Json::Null => out.push_str("null"),
            Json::Number(number) => out.push_str(&number.to_string()),
            Json::Text(text) => put_text(out, text),
            Json::List(values) => {
                put_all(out, depth, ['[', ']'], values, |out, value| value.put(out, depth + 1));
            }
            Json::Object(fields) => put_all(out, depth, ['{', '}'], fields, |out, (key, value)| {
                put_text(out, key);
                out.push_str(": ");
                value.put(out, depth + 1);
            }),
        }
    }
}

/// Items on a line each, between brackets.
fn put_all<T>(out: &mut String, depth: usize, around: [char; 2], items: &[T], put: impl Fn(&mut String, &T)) {
    let [opening, closing] = around;
    out.push(opening);
    for (i, item) in items.iter().enumerate() {
        out.push_str(if i == 0 { "\n" } else { ",\n" });
        out.push_str(&"  ".repeat(depth + 1));
        put(out, item);
    }
    if !items.is_empty() {
        out.push('\n');
        out.push_str(&"  ".repeat(depth));
    }
    out.push(closing);
}

/// Appends a text in quotes, so that neither JSON nor a terminal stumbles over it.
pub(crate) fn put_text(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            // Of control characters only those below the blank must be escaped; a terminal that shows
            // the file is better off without the others too.
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::Json;
    use proptest::prelude::{Just, Strategy, any, prop, prop_assert_eq, prop_oneof, proptest};

    /// The value as a library has it.
    fn known(json: &Json) -> serde_json::Value {
        match json {
            Json::Null => serde_json::Value::Null,
            Json::Number(number) => (*number).into(),
            Json::Text(text) => text.as_str().into(),
            Json::List(values) => values.iter().map(known).collect(),
            Json::Object(fields) => fields.iter().map(|(key, value)| (*key, known(value))).collect(),
        }
    }

    #[test]
    fn text_is_set_in_and_keys_keep_their_order() {
        let json = Json::Object(vec![
            ("z", Json::List(vec![1u64.into(), Json::Null])),
            ("a", Json::Object(vec![("empty", Json::List(vec![])), ("text", "a\"\\\n\u{1b}é".into())])),
        ]);
        assert_eq!(
            json.pretty(),
            "{\n  \"z\": [\n    1,\n    null\n  ],\n  \"a\": {\n    \"empty\": [],\n    \"text\": \"a\\\"\\\\\\n\\u001bé\"\n  }\n}\n"
        );
    }

    fn values() -> impl Strategy<Value = Json> {
        // Built anew for each use: a value of JSON is written once, and need not be copied.
        let leaf = || {
            prop_oneof![
                Just(()).prop_map(|()| Json::Null),
                any::<u64>().prop_map(Json::Number),
                any::<String>().prop_map(Json::Text),
                "[\\x00-\\x20\"\\\\\\u{7f}-\\u{a0}\\u{2028}]{0,8}".prop_map(Json::Text),
            ]
        };
        let list = || prop::collection::vec(leaf(), 0..4).prop_map(Json::List);
        let keys = prop::sample::subsequence(vec!["a", "b \"\\", "c\n", "é"], 0..=4);
        (keys, prop::collection::vec(prop_oneof![leaf(), list()], 4))
            .prop_map(|(keys, values)| Json::Object(keys.into_iter().zip(values).collect()))
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_by_others_as_it_was_meant(json in values()) {
            let read: serde_json::Value = serde_json::from_str(&json.pretty()).expect("it is JSON");
            prop_assert_eq!(read, known(&json));
            let line = json.line();
            prop_assert_eq!(line.lines().count(), 1);
            let read: serde_json::Value = serde_json::from_str(&line).expect("it is JSON");
            prop_assert_eq!(read, known(&json));
        }
    }
}
