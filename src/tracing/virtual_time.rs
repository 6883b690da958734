//! Virtual time for subscribers that print.
//!
//! Rim.

use std::fmt;
use tracing_subscriber::fmt::{format::Writer, time::FormatTime};

/// A [`FormatTime`] for `tracing_subscriber::fmt`: seconds of virtual time, to the nanosecond; `-` outside of
/// a run.
///
/// ```
/// use reenact::{Simulation, clock, tracing::VirtualTime};
/// use std::time::Duration;
/// # use std::{io, sync::{Arc, Mutex}};
/// # #[derive(Clone, Default)]
/// # struct Out(Arc<Mutex<Vec<u8>>>);
/// # impl io::Write for Out {
/// #     fn write(&mut self, bytes: &[u8]) -> io::Result<usize> { self.0.lock().unwrap().write(bytes) }
/// #     fn flush(&mut self) -> io::Result<()> { Ok(()) }
/// # }
/// # let out = Out::default();
/// # let writer = { let out = out.clone(); move || out.clone() };
///
/// let subscriber = tracing_subscriber::fmt()
///     .with_timer(VirtualTime::with_node())
///     .with_writer(writer)
///     .with_ansi(false)
///     .finish();
/// tracing::subscriber::with_default(subscriber, || {
///     Simulation::new(1).run(|sim| async move {
///         clock::sleep(Duration::from_millis(1500)).await;
///         let _ = sim.node("db").spawn(async { tracing::info!(target: "disk", "flushed") }).await;
///     });
///     tracing::info!(target: "disk", "done");
/// });
/// # let text = String::from_utf8(out.0.lock().unwrap().clone()).unwrap();
/// assert_eq!(text, "1.500000000s db  INFO disk: flushed\n-  INFO disk: done\n");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct VirtualTime {
    node: bool,
}

impl VirtualTime {
    /// The time, and the name of the node that speaks.
    pub fn with_node() -> Self {
        VirtualTime { node: true }
    }
}

impl FormatTime for VirtualTime {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        let Some((now, node)) = reenact_sim::here() else { return writer.write_char('-') };
        let nanos = now.as_nanos();
        write!(writer, "{}.{:09}s", nanos / 1_000_000_000, nanos % 1_000_000_000)?;
        if self.node { write!(writer, " {node}") } else { Ok(()) }
    }
}
