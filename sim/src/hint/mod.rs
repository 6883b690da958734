//! What a task tells those who plan runs: what it touches, and what of it may be cancelled.
//!
//! Rim. Nothing here plans: strategies and fault plans read it.

mod cancellable;
mod touch;

pub use cancellable::{Cancellable, cancellable};
pub use touch::touch;
