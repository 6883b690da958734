//! The showcase, `examples/bank`: it finds its bug, and its fixed version passes.
//!
//! The modules are the example's own files, so what is tested is what newcomers read.

#[path = "../examples/bank/protocol.rs"]
mod protocol;
#[path = "../examples/bank/store.rs"]
mod store;
#[path = "../examples/bank/server.rs"]
mod server;
#[path = "../examples/bank/client.rs"]
mod client;
#[path = "../examples/bank/scenario.rs"]
mod scenario;
#[path = "../examples/bank/options.rs"]
mod options;
#[path = "../examples/bank/story.rs"]
mod story;

#[path = "bank/sweeps.rs"]
mod sweeps;
#[path = "bank/words.rs"]
mod words;
