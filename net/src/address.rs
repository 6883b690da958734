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

/// The node's address of the same family as `like`.
pub(crate) fn ip_like(node: NodeId, like: IpAddr) -> IpAddr {
    if like.is_ipv4() { ipv4(node).into() } else { ipv6(node).into() }
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
        _ if ip.is_loopback() => Some(from),
        _ => None,
    }
}

/// Where a socket listens.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Scope {
    /// To the node itself only (`127.0.0.1`, `::1`).
    Loopback,
    /// To everybody.
    Any,
}

impl Scope {
    /// The scope of binding to an address on a node; `None` if it is not the node's.
    pub(crate) fn of(ip: IpAddr, node: NodeId, nodes: usize) -> Option<Scope> {
        if ip.is_loopback() {
            Some(Scope::Loopback)
        } else if ip.is_unspecified() || node_of(ip, node, nodes) == Some(node) {
            Some(Scope::Any)
        } else {
            None
        }
    }

    pub(crate) fn admits(self, from: NodeId, node: NodeId) -> bool {
        self == Scope::Any || from == node
    }
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
    fn loopback_stays_on_the_node() {
        for ip in ["127.0.0.1", "::1", "127.1.2.3"] {
            assert_eq!(node_of(ip.parse().expect("an address"), NodeId(7), 8), Some(NodeId(7)));
        }
        assert_eq!(node_of("8.8.8.8".parse().expect("an address"), NodeId(0), 8), None);
    }
}
