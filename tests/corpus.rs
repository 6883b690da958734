//! The planted bugs, `examples/corpus`: each is there, can be found, and is gone in the fixed twin.
//!
//! The modules are the example's own files, so what is tested is what is measured.

#[path = "../examples/corpus/options.rs"]
mod options;
#[path = "../examples/corpus/programs/mod.rs"]
mod programs;

#[path = "corpus/promises.rs"]
mod promises;
#[path = "corpus/sweeps.rs"]
mod sweeps;
#[path = "corpus/words.rs"]
mod words;
