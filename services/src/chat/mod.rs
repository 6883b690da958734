//! A chat over WebSockets: tokio-tungstenite on streams with tokio's traits (`tokio-io`).

pub mod room;
pub mod guest;
pub mod scenario;
