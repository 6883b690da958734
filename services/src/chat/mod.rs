//! A chat over WebSockets: tokio-tungstenite on streams with tokio's traits (`tokio-io`), and
//! behind an axum router.

pub mod room;
pub mod route;
pub mod guest;
pub mod scenario;
