//! The text of traces: words, layout, and what they are like for real runs.
//!
//! Hand-made traces show every event, also those that no run here records; the goldens are runs.
//! What is recorded, and when, is the affair of the machine's tests.

mod common;

#[path = "trace/made.rs"]
mod made;

#[path = "trace/arbitrary.rs"]
mod arbitrary;

#[path = "trace/asserted.rs"]
mod asserted;

#[path = "trace/files.rs"]
mod files;

#[path = "trace/goldens.rs"]
mod goldens;

#[path = "trace/handle.rs"]
mod handle;

#[path = "trace/layout.rs"]
mod layout;

#[path = "trace/properties.rs"]
mod properties;

#[path = "trace/stability.rs"]
mod stability;

#[path = "trace/words.rs"]
mod words;
