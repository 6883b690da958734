//! How closely a view looks: which events each level adds.
//!
//! Pure, and the one place that sorts events by their weight. It chooses no words for them.

use reenact_sim::Event;

/// How much of a trace a [`View`](super::View) shows. Each level shows what those before it do, and
/// more.
///
/// ```
/// use reenact::trace::{Event, Level};
///
/// assert!(Level::Fault < Level::Net && Level::Sched < Level::All);
/// assert_eq!(Level::default(), Level::Net);
/// assert_eq!(Level::of(&Event::Crash), Level::Fault);
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum Level {
    /// What went wrong or was made to: the lives of nodes, cut and mended links, lost packets; and
    /// the end of the run.
    Fault,
    /// The traffic: sockets, connections, packets.
    #[default]
    Net,
    /// The user's own words: marks, and which objects tasks touch.
    User,
    /// What tasks came to: spawned, finished, cancelled, panicked; timers and callbacks.
    Task,
    /// The scheduler: which task became ready, and which was polled.
    Sched,
    /// All there is, also what no other level claims.
    All,
}

impl Level {
    /// The first level that shows such an event.
    pub fn of(event: &Event) -> Level {
        match event {
            Event::Start(_) | Event::Stop | Event::Kill | Event::Crash => Level::Fault,
            Event::Pause | Event::Resume | Event::DataLost | Event::Clock(..) => Level::Fault,
            Event::Cut(..) | Event::Mend(..) | Event::Lost(..) | Event::Retransmit(..) | Event::End => {
                Level::Fault
            }
            Event::CutOneWay(..) | Event::Slow(..) | Event::Jam(..) | Event::MendOneWay(..) => Level::Fault,
            Event::Held(_) => Level::Fault,
            Event::Bind(..) | Event::Connect(..) | Event::Connected(_) | Event::Accept(_) => Level::Net,
            Event::Send(_) | Event::Deliver(_) | Event::Broken(..) => Level::Net,
            Event::Mark(_) | Event::Log(_) | Event::Touch(_) => Level::User,
            Event::Abandon => Level::Fault,
            Event::Spawn(_) | Event::Finish | Event::Cancel | Event::Panic => Level::Task,
            Event::TimerSet(_) | Event::TimerFire(_) | Event::CallbackSet(_) | Event::Callback => Level::Task,
            Event::Poll | Event::Wake(_) => Level::Sched,
            _ => Level::All,
        }
    }
}
