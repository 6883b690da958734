//! Which node has which address.
//!
//! Pure. Node number `n` has `10.0.0.0 + n + 1` and `fd00::n+1`; so an address leads to its node
//! without a table.

use reenact_sim::NodeId;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

const V4: u32 = 10 << 24;
const V6: u128 = 0xfd00 << 112;

/// A node's IPv4 address.
pub fn ipv4(node: NodeId) -> Ipv4Addr {
    Ipv4Addr::from(V4 + node.0 + 1)
}

/// A node's IPv6 address.
pub fn ipv6(node: NodeId) -> Ipv6Addr {
    Ipv6Addr::from(V6 + node.0 as u128 + 1)
}

/// By which kind of address a packet or a connection goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(crate) enum Family {
    V4 = 0,
    V6 = 1,
    /// `127.0.0.1`: both ends are on one node.
    Loopback4 = 2,
    /// `::1`.
    Loopback6 = 3,
}

impl Family {
    /// The family of a destination: as one, `0.0.0.0` means this host by its loopback.
    #[inline]
    pub(crate) fn of(ip: IpAddr) -> Self {
        match (ip.is_ipv4(), ip.is_loopback() || ip.is_unspecified()) {
            (true, false) => Family::V4,
            (false, false) => Family::V6,
            (true, true) => Family::Loopback4,
            (false, true) => Family::Loopback6,
        }
    }

    /// The family of this number.
    #[inline]
    pub(crate) fn from_bits(bits: u64) -> Self {
        match bits & 3 {
            0 => Family::V4,
            1 => Family::V6,
            2 => Family::Loopback4,
            _ => Family::Loopback6,
        }
    }

    /// The address of this family that a node has.
    pub(crate) fn ip(self, node: NodeId) -> IpAddr {
        match self {
            Family::V4 => ipv4(node).into(),
            Family::V6 => ipv6(node).into(),
            Family::Loopback4 => Ipv4Addr::LOCALHOST.into(),
            Family::Loopback6 => Ipv6Addr::LOCALHOST.into(),
        }
    }
}

/// The node that has this address, seen from `from`: loopback is the node itself.
#[inline]
pub(crate) fn node_of(ip: IpAddr, from: NodeId, nodes: usize) -> Option<NodeId> {
    let index = match ip {
        IpAddr::V4(v4) => (v4.to_bits() as u64).checked_sub(V4 as u64 + 1),
        IpAddr::V6(v6) => v6.to_bits().checked_sub(V6 + 1).and_then(|index| u64::try_from(index).ok()),
    };
    match index {
        Some(index) if index < nodes as u64 => Some(NodeId(index as u32)),
        // As a destination, `0.0.0.0` means this host.
        _ if ip.is_loopback() || ip.is_unspecified() => Some(from),
        _ => None,
    }
}

/// To which addresses of its node a socket is bound.
///
/// `0.0.0.0` and `[::]` both mean all addresses of both kinds, as `[::]` does on Linux.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Bound {
    /// To all.
    Any,
    /// To one.
    To(Family),
}

impl Bound {
    /// Where a socket on a node is bound that asks for this address; `None` if it is not the node's.
    pub(crate) fn of(ip: IpAddr, node: NodeId, nodes: usize) -> Option<Bound> {
        if ip.is_unspecified() {
            Some(Bound::Any)
        } else {
            (node_of(ip, node, nodes) == Some(node)).then(|| Bound::To(Family::of(ip)))
        }
    }

    /// Whether what is sent to this address of the node is for the socket.
    #[inline]
    pub(crate) fn admits(self, family: Family) -> bool {
        self == Bound::Any || self == Bound::To(family)
    }

    /// Whether another socket of the same port may not be bound there.
    pub(crate) fn collides(self, other: Bound) -> bool {
        self == other || self == Bound::Any || other == Bound::Any
    }

    /// Whether what it sends cannot leave the node.
    #[inline]
    pub(crate) fn is_loopback(self) -> bool {
        matches!(self, Bound::To(Family::Loopback4 | Family::Loopback6))
    }

    /// By which address of its own the socket sends to one of this family.
    #[inline]
    pub(crate) fn source(self, destination: Family) -> Family {
        match self {
            Bound::Any => destination,
            Bound::To(own) => own,
        }
    }
}

/// Whether a name leads to an address without anybody being asked, so that no node can have it:
/// an IP address, or `localhost`.
///
/// ```
/// use reenact_net::is_reserved;
///
/// assert!(is_reserved("10.0.0.1") && is_reserved("[::1]") && is_reserved("localhost"));
/// assert!(!is_reserved("db-1"));
/// ```
pub fn is_reserved(name: &str) -> bool {
    literal(name).is_some()
}

/// The address that a name spells out.
pub(crate) fn literal(name: &str) -> Option<IpAddr> {
    let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
    let localhost = || (name == "localhost").then_some(IpAddr::V4(Ipv4Addr::LOCALHOST));
    // Most names have a letter that no address has, and need not be tried.
    let like = |byte: u8| byte.is_ascii_hexdigit() || matches!(byte, b'.' | b':');
    let parsed = if bare.bytes().all(like) { bare.parse().ok() } else { None };
    parsed.or_else(localhost)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_leads_to_its_node() {
        for n in [0, 1, 254, 255, 256, 70_000] {
            let node = NodeId(n);
            for ip in [IpAddr::from(ipv4(node)), ipv6(node).into()] {
                assert_eq!(node_of(ip, NodeId(3), 100_000), Some(node));
                assert_eq!(node_of(ip, NodeId(3), n as usize), None, "there is no such node yet");
            }
        }
        assert_eq!(ipv4(NodeId(0)).to_string(), "10.0.0.1");
        assert_eq!(ipv4(NodeId(255)).to_string(), "10.0.1.0");
        assert_eq!(ipv6(NodeId(1)).to_string(), "fd00::2");
    }

    #[test]
    fn a_family_is_known_by_its_number() {
        for family in [Family::V4, Family::V6, Family::Loopback4, Family::Loopback6] {
            assert_eq!(Family::from_bits(family as u64), family);
            assert_eq!(Family::of(family.ip(NodeId(3))), family);
        }
        assert_eq!(Family::of(Ipv4Addr::UNSPECIFIED.into()), Family::Loopback4);
    }

    #[test]
    fn loopback_stays_on_the_node() {
        for ip in ["127.0.0.1", "::1", "127.1.2.3"] {
            assert_eq!(node_of(ip.parse().expect("an address"), NodeId(7), 8), Some(NodeId(7)));
        }
        assert_eq!(node_of("8.8.8.8".parse().expect("an address"), NodeId(0), 8), None);
    }

    #[test]
    fn one_address_is_apart_from_another_and_all_are_none_of_them() {
        let node = NodeId(7);
        let bound = |ip: &str| Bound::of(ip.parse().expect("an address"), node, 8).expect("its own");
        let single = ["10.0.0.8", "fd00::8", "127.0.0.1", "::1"].map(bound);
        for (i, a) in single.into_iter().enumerate() {
            for (j, b) in single.into_iter().enumerate() {
                assert_eq!(a.collides(b), i == j);
            }
            for any in ["0.0.0.0", "::"].map(bound) {
                assert!(a.collides(any) && any.collides(a));
            }
        }
        assert!(!bound("127.0.0.1").admits(Family::V4) && bound("0.0.0.0").admits(Family::V4));
        assert_eq!(Bound::of(ipv4(NodeId(3)).into(), node, 8), None);
    }
}
