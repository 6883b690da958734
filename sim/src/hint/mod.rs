//! What a task tells those who plan runs.
//!
//! Rim. Nothing here plans: strategies read it.

mod touch;

pub use touch::touch;
