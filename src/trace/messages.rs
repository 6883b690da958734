//! What became of each packet: the lines of the view `messages`.
//!
//! Pure. A packet is sent, lost, sent again, copied, and arrives; here all of that is one line.

use super::{
    columns::Row,
    ids::Ids,
    level::Level,
    names::Names,
    selection::Selection,
    view::View,
    words::{describe, hash, kind_in_words, loss, message_of},
};
use reenact_clock::Instant;
use reenact_sim::{Event, LossReason, Message, PacketKind};
use std::collections::BTreeMap;

/// A packet, and what became of it.
pub(super) struct Fate {
    pub(super) message: Message,
    /// When it was sent, or first heard of.
    pub(super) at: Instant,
    arrived: Option<Instant>,
    arrivals: u32,
    /// How often it did not arrive and was to be sent again.
    missed: u32,
    /// Why copies of it were lost, and how many.
    lost: Vec<(LossReason, u32)>,
    is_in_cone: bool,
}

/// The packets that a view shows, as they were sent.
pub(super) fn fates(names: &Names<'_>, view: &View, selection: &Selection<'_>) -> Vec<Fate> {
    let mut fates: Vec<Fate> = Vec::new();
    let mut places: BTreeMap<(u32, u32), usize> = BTreeMap::new();
    for (index, line) in names.trace().events.iter().enumerate() {
        let Some(&message) = message_of(&line.event) else { continue };
        let place = *places.entry((message.from.0, message.ordinal)).or_insert_with(|| {
            fates.push(Fate {
                message,
                at: line.at,
                arrived: None,
                arrivals: 0,
                missed: 0,
                lost: Vec::new(),
                is_in_cone: false,
            });
            fates.len() - 1
        });
        let fate = &mut fates[place];
        match line.event {
            Event::Deliver(_) => {
                fate.arrivals += 1;
                fate.arrived.get_or_insert(line.at);
            }
            Event::Lost(_, why) => match fate.lost.iter_mut().find(|(other, _)| *other == why) {
                Some((_, times)) => *times += 1,
                None => fate.lost.push((why, 1)),
            },
            // When it is sent again, the loss has been told already.
            Event::Retransmit(_, again) if again > line.at => fate.missed += 1,
            _ => {}
        }
        fate.is_in_cone |= selection.shows_index(index);
    }
    fates.retain(|fate| fate.is_shown(view, selection));
    fates
}

impl Fate {
    fn is_shown(&self, view: &View, selection: &Selection<'_>) -> bool {
        let kind = kind_in_words(self.message.kind);
        let is_wanted = view.kinds.as_ref().is_none_or(|kinds| kinds.iter().any(|wanted| wanted == kind));
        let is_between = selection.shows_node(self.message.from) || selection.shows_node(self.message.to);
        let is_dull = self.arrivals == 1 && self.missed == 0 && self.lost.is_empty();
        self.is_in_cone
            && is_wanted
            && is_between
            && selection.shows_time(self.at)
            && !(view.level < Level::Net && is_dull)
    }

    pub(super) fn row(&self, names: &Names<'_>, ids: &mut Ids, times: bool) -> Row {
        let Message { from, to, .. } = self.message;
        Row {
            at: times.then_some(self.at),
            node: format!("{} -> {}", names.node(from), names.node(to)),
            task: format!("{}{}", describe(&self.message, names, ids), hash(&self.message)),
            words: self.words(times),
        }
    }

    /// What became of it.
    fn words(&self, times: bool) -> String {
        let mut parts = Vec::new();
        // Of a stream nothing has copies: what was lost and arrives was sent again.
        let is_sent_again = self.message.kind != PacketKind::Datagram && self.arrivals > 0;
        let lost = self.lost.iter().map(|&(why, times)| {
            let times = if times > 1 { format!(" ×{times}") } else { String::new() };
            match self.arrivals {
                0 => format!("lost{times} ({})", loss(why)),
                _ if is_sent_again => format!("lost{times} ({}), sent again", loss(why)),
                _ => format!("a copy is lost{times} ({})", loss(why)),
            }
        });
        if is_sent_again {
            parts.extend(lost.clone());
        }
        match self.missed {
            0 => {}
            1 => parts.push("lost, sent again".to_owned()),
            n => parts.push(format!("lost ×{n}, sent again")),
        }
        let after = match self.arrived {
            Some(at) if times => format!(" after {}", Instant::ZERO + at.duration_since(self.at)),
            _ => String::new(),
        };
        match self.arrivals {
            0 if self.lost.is_empty() => parts.push("under way at the end".to_owned()),
            0 => {}
            1 => parts.push(format!("arrives{after}")),
            2 => parts.push(format!("arrives twice{after}")),
            n => parts.push(format!("arrives ×{n}{after}")),
        }
        if !is_sent_again {
            parts.extend(lost);
        }
        parts.join(", ")
    }
}
