//! The fields of events and spans, in words: the message first, then `name=value`.
//!
//! Pure, but that it calls the values' own code.

use std::fmt;
use tracing_core::field::{Field, Visit};

/// What was visited.
#[derive(Clone, Debug, Default)]
pub(super) struct Fields {
    message: String,
    /// By name, in order.
    others: Vec<(&'static str, String)>,
}

impl Fields {
    /// As `{a=1 b=2}`, behind the name of a span; nothing if there are none.
    pub(super) fn braced(&self) -> String {
        let all = self.to_string();
        if all.is_empty() { all } else { format!("{{{all}}}") }
    }

    /// Adds what was recorded later, in the place of what is known of the same fields.
    pub(super) fn add(&mut self, later: &Fields) {
        for (name, value) in &later.others {
            match self.others.iter_mut().find(|(known, _)| known == name) {
                Some((_, known)) => known.clone_from(value),
                None => self.others.push((name, value.clone())),
            }
        }
    }

    fn other(&mut self, field: &Field, value: fmt::Arguments<'_>) {
        self.others.push((field.name(), value.to_string()));
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
        f.write_str(&self.message)?;
        let mut blank = if self.message.is_empty() { "" } else { " " };
        for (name, value) in &self.others {
            write!(f, "{blank}{name}={value}")?;
            blank = " ";
        }
        Ok(())
    }
}
