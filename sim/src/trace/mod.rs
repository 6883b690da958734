//! What happened, written down: typed events, the digest over them, and the recorder.
//!
//! All rooms below are pure. Laying a trace out as text, comparing traces and files are the root
//! package's affair.

mod event;
mod recorder;

pub use event::{Event, Line, LossReason, Message, PacketKind, Place, Transport};
pub use recorder::{NodeInfo, Record, Recorder, TaskInfo, Trace};
