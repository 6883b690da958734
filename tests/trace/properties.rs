//! What holds for the text of any trace in any view.

use crate::{
    arbitrary::{level, trace, view},
    made::{CLIENT, Made, SERVER, TEST, message},
};
use proptest::{collection::vec, prelude::*};
use reenact::trace::{Event, Level, NodeId, PacketKind, Trace, View};

/// How many events the lines of a text stand for.
fn events_in(text: &str) -> usize {
    let lines = text.lines().filter(|line| line.starts_with("  "));
    lines.map(|line| line.rsplit_once(" ×").map_or(1, |(_, count)| count.parse().unwrap_or(1))).sum()
}

/// The lines of a text, one an event, without columns and the numbers the text gave out.
fn unfolded(text: &str) -> Vec<String> {
    let is_id = |word: &str| {
        let digits = word.strip_prefix(['m', 'c']).unwrap_or("");
        !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    let mut lines = Vec::new();
    for line in text.lines() {
        let (line, count) = line.rsplit_once(" ×").unwrap_or((line, "1"));
        let words: Vec<&str> =
            line.split_whitespace().map(|word| if is_id(word) { "id" } else { word }).collect();
        lines.extend(std::iter::repeat_n(words.join(" "), count.parse().unwrap_or(1)));
    }
    lines
}

/// Whether a word could be taken for the number of a folded line.
fn misleads(trace: &Trace) -> bool {
    let raw = trace.raw();
    raw.marks.iter().any(|(name, value)| name.contains('×') || value.contains('×'))
        || raw.nodes.iter().any(|node| node.name.contains('×'))
        || raw.tasks.iter().any(|task| task.name.as_ref().is_some_and(|name| name.contains('×')))
}

proptest! {
    #[test]
    fn it_is_printable_and_without_trailing_blanks(trace in trace(), view in view()) {
        let text = trace.text(view);
        prop_assert!(text.ends_with('\n'));
        for line in text.split_terminator('\n') {
            prop_assert!(!line.ends_with(char::is_whitespace), "trailing blanks: {line:?}");
            prop_assert!(!line.contains(char::is_control), "control characters: {line:?}");
        }
    }

    #[test]
    fn equal_traces_have_equal_texts(trace in trace(), view in view()) {
        let copy = Trace::from(trace.raw().clone());
        prop_assert_eq!(&trace, &copy);
        prop_assert_eq!(trace.text(view.clone()), copy.text(view));
    }

    #[test]
    fn each_line_counts_its_events(trace in trace(), level in level()) {
        prop_assume!(!misleads(&trace));
        let shown = trace.lines().filter(|line| Level::of(&line.event) <= level).count();
        let text = trace.text(View::per_node().level(level));
        prop_assert_eq!(events_in(&text), shown, "{}", text);
    }

    /// A higher level only adds: lines, a column for tasks, and so other numbers.
    #[test]
    fn levels_are_cumulative(trace in trace(), one in level(), other in level()) {
        prop_assume!(!misleads(&trace));
        let text = |level: Level| trace.text(View::per_node().level(level));
        let (low, high) = (text(one.min(other)), text(one.max(other)));
        prop_assume!(!low.ends_with("none in this view)\n"));
        let mut more = unfolded(&high).into_iter();
        for line in unfolded(&low) {
            prop_assert!(more.any(|other| other.ends_with(&line)), "{line:?} is missing\n{low}\n{high}");
        }
    }

    /// Lanes do not tell in which order the nodes took their turns.
    #[test]
    fn lanes_forget_how_nodes_interleaved(turns in vec(0..3u32, 0..60)) {
        let mut sorted = turns.clone();
        sorted.sort_unstable();
        prop_assert_eq!(take_turns(&turns).text(View::per_node()), take_turns(&sorted).text(View::per_node()));
    }
}

/// Each node sends its packets in its own order; whose turn it is varies.
fn take_turns(turns: &[u32]) -> Trace {
    let mut sent = [0u32; 3];
    let turn = |made: Made, &node: &u32| {
        let ordinal = sent[node as usize];
        sent[node as usize] += 1;
        let to = [SERVER, CLIENT, TEST][node as usize];
        let kind = if ordinal.is_multiple_of(3) { PacketKind::Datagram } else { PacketKind::Data };
        let packet = message(NodeId(node), to, ordinal, kind, ordinal);
        made.line(0, NodeId(node), Event::Send(packet))
    };
    turns.iter().fold(Made::new(), turn).trace()
}
