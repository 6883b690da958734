//! What goes over the wire: frames of eight bytes. Pure.

pub(crate) const LEN: usize = 8;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Frame {
    /// A client wants what is published on a topic.
    Subscribe(u8),
    /// Something is published on a topic: here, a number.
    Publish(u8, u32),
}

impl Frame {
    pub(crate) fn write(self) -> [u8; LEN] {
        let (kind, topic, number) = match self {
            Frame::Subscribe(topic) => (b's', topic, 0),
            Frame::Publish(topic, number) => (b'p', topic, number),
        };
        let [a, b, c, d] = u32::to_be_bytes(number);
        [kind, topic, a, b, c, d, 0, 0]
    }

    /// `None` for bytes that are no frame.
    pub(crate) fn read(bytes: [u8; LEN]) -> Option<Frame> {
        let [kind, topic, a, b, c, d, 0, 0] = bytes else { return None };
        match kind {
            b's' => Some(Frame::Subscribe(topic)),
            b'p' => Some(Frame::Publish(topic, u32::from_be_bytes([a, b, c, d]))),
            _ => None,
        }
    }
}
