//! The fields of events and spans, in words: the message first, then `name=value`.
//!
//! Pure, but that it calls the values' own code.

use std::fmt::{self, Write as _};
use tracing_core::field::{Field, Visit};

/// What was visited.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields {
    message: String,
    others: String,
}

impl Fields {
    /// As `{a=1 b=2}`, behind the name of a span; nothing if there are none.
    pub(super) fn braced(&self) -> String {
        let all = self.to_string();
        if all.is_empty() { all } else { format!("{{{all}}}") }
    }

    /// Adds what was recorded later.
    pub(super) fn add(&mut self, later: &Fields) {
        if !self.others.is_empty() && !later.others.is_empty() {
            self.others.push(' ');
        }
        self.others.push_str(&later.others);
    }

    fn other(&mut self, field: &Field, value: fmt::Arguments<'_>) {
        let blank = if self.others.is_empty() { "" } else { " " };
        let _ = write!(self.others, "{blank}{}={value}", field.name());
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        match field.name() {
            "message" => self.message = format!("{value:?}"),
            _ => self.other(field, format_args!("{value:?}")),
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "message" => value.clone_into(&mut self.message),
            _ => self.other(field, format_args!("{value:?}")),
        }
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        self.other(field, format_args!("{value}"));
    }
}

impl fmt::Display for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Fields { message, others } = self;
        let blank = if message.is_empty() || others.is_empty() { "" } else { " " };
        write!(f, "{message}{blank}{others}")
    }
}
