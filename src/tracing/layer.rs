//! The layer: what is said in a run goes into its trace.
//!
//! Rim. Values are put into words before the machine is borrowed, since their code is the user's.

use super::{attention, fields::Fields};
use reenact_sim::{is_logging, log};
use std::fmt::Write as _;
use tracing_core::{
    Event, Metadata, Subscriber,
    span::{Attributes, Id, Record},
};
use tracing_subscriber::{layer::Context, registry::LookupSpan};

/// Writes events and spans into the trace of the run on this thread: see [`layer`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Layer;

/// A layer for `tracing-subscriber` that writes events and spans into the trace of the run in which they
/// happen, at [`Level::User`](crate::trace::Level::User).
///
/// An event is a line `log LEVEL TARGET: MESSAGE field=value`, with the spans around it before the
/// message. A span is a line that ends in `new`, and one that ends in `close`. A filter of
/// `tracing-subscriber` on the layer says what is written.
///
/// ```
/// use reenact::{Simulation, trace::{Level, View}};
/// use tracing::Instrument as _;
/// use tracing_subscriber::prelude::*;
///
/// let filter = tracing_subscriber::filter::LevelFilter::INFO;
/// let subscriber = tracing_subscriber::registry().with(reenact::tracing::layer().with_filter(filter));
/// let run = tracing::subscriber::with_default(subscriber, || {
///     Simulation::new(1).run(|_sim| {
///         async {
///             tracing::info!(target: "db", page = 7, "read");
///             tracing::debug!(target: "db", "not wanted");
///         }
///         .instrument(tracing::info_span!(target: "db", "request", id = 3))
///     })
/// });
/// // The span was made on the test's main task, and ends after it has.
/// assert_eq!(run.trace().text(View::timeline().level(Level::User)), "\
/// test  log INFO db: request{id=3}: new
/// test  log INFO db: request{id=3}: read page=7
/// test  log INFO db: request{id=3}: close
/// test  end
/// ");
/// ```
pub fn layer() -> Layer {
    attention::keep();
    Layer
}

impl<S> tracing_subscriber::Layer<S> for Layer
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        // What begins before a run may still be around something in it.
        if is_logging() == Some(false) {
            return;
        }
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        if let Some(span) = context.span(id) {
            // Another layer may have put the same there.
            span.extensions_mut().replace(fields);
        }
        write(attributes.metadata(), &context, Some(id), "new");
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        // Outside of the span's lock, since values may do anything.
        let mut fields = Fields::default();
        values.record(&mut fields);
        if let Some(span) = context.span(id)
            && let Some(before) = span.extensions_mut().get_mut::<Fields>()
        {
            before.add(&fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        if is_logging() != Some(true) {
            return;
        }
        let mut fields = Fields::default();
        event.record(&mut fields);
        let around = context.event_span(event).map(|span| span.id());
        write(event.metadata(), &context, around.as_ref(), &fields.to_string());
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        if let Some(span) = context.span(&id) {
            write(span.metadata(), &context, Some(&id), "close");
        }
    }
}

/// One line, with the spans around it.
fn write<S>(metadata: &Metadata<'_>, context: &Context<'_, S>, around: Option<&Id>, says: &str)
where
    S: Subscriber + for<'a> LookupSpan<'a>,
{
    if is_logging() != Some(true) {
        return;
    }
    let mut text = String::new();
    let scope = around.and_then(|id| context.span_scope(id));
    for span in scope.into_iter().flat_map(|scope| scope.from_root()) {
        text.push_str(span.name());
        if let Some(fields) = span.extensions().get::<Fields>() {
            text.push_str(&fields.braced());
        }
        text.push(':');
    }
    let blank = if text.is_empty() || says.is_empty() { "" } else { " " };
    let _ = write!(text, "{blank}{says}");
    log(&format!("{} {}", metadata.level(), metadata.target()), text);
}
