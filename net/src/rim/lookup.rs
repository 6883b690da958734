//! From names and numbers to addresses.
//!
//! Rim. Names of nodes are the simulation's whole DNS.

use super::{call, check};
use crate::address;
use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6},
};

/// What can be turned into addresses: an address, or a name and a port (`"server:7000"`).
///
/// A name is that of a node, `localhost`, or an IP address. Sealed: the simulation knows no other
/// names.
///
/// ```
/// # mod reenact { pub use reenact_net as net; pub use reenact_sim::spawn; }
/// # reenact_net::doc(|| async {
/// use reenact::net::lookup_host;
///
/// for name in ["test:80", "10.0.0.1:80"] {
///     assert_eq!(lookup_host(name).await?.next().unwrap().to_string(), "10.0.0.1:80");
/// }
/// assert!(lookup_host(("test", 80)).await?.any(|addr| addr.is_ipv6()));
/// assert!(lookup_host("localhost:80").await?.all(|addr| addr.ip().is_loopback()));
/// # std::io::Result::Ok(()) });
/// ```
pub trait ToSocketAddrs: sealed::Sealed {
    #[doc(hidden)]
    fn resolve(&self, what: &str) -> io::Result<Addresses>;

    /// The first of them.
    #[doc(hidden)]
    fn first(&self, what: &str) -> io::Result<SocketAddr> {
        let none = || io::Error::new(io::ErrorKind::InvalidInput, "no address was given");
        self.resolve(what)?.into_iter().next().ok_or_else(none)
    }
}

mod sealed {
    pub trait Sealed {}
}

/// What something leads to. A node has two addresses, and those need no vector.
#[doc(hidden)]
pub struct Addresses {
    few: [Option<SocketAddr>; 2],
    many: Vec<SocketAddr>,
}

impl Addresses {
    fn one(addr: impl Into<SocketAddr>) -> Self {
        Addresses { few: [Some(addr.into()), None], many: Vec::new() }
    }

    fn many(many: Vec<SocketAddr>) -> Self {
        Addresses { few: [None; 2], many }
    }

    pub(crate) fn into_iter(self) -> impl Iterator<Item = SocketAddr> {
        self.few.into_iter().flatten().chain(self.many)
    }
}

/// The addresses of a name, as the network knows them.
///
/// ```
/// # mod reenact { pub use reenact_net as net; pub use reenact_sim::spawn; }
/// # reenact_net::doc(|| async {
/// use reenact::net::lookup_host;
/// use std::io::ErrorKind;
///
/// let addrs: Vec<_> = lookup_host("test:80").await?.collect();
/// assert!(addrs[0].is_ipv4() && addrs[1].is_ipv6());
/// let unknown = lookup_host("example.org:80").await.err().unwrap();
/// assert_eq!(unknown.kind(), ErrorKind::NotFound);
/// # std::io::Result::Ok(()) });
/// ```
///
/// # Errors
///
/// `NotFound` if no node has the name, `InvalidInput` if there is no port, and `Other` for a lookup that
/// fails for the moment, where [`Config::lookup_failure`](crate::Config::lookup_failure) asks for it.
///
/// # Panics
///
/// Outside a run.
#[track_caller]
pub fn lookup_host<T: ToSocketAddrs>(
    host: T,
) -> impl Future<Output = io::Result<impl Iterator<Item = SocketAddr>>> {
    const WHAT: &str = "net::lookup_host";
    check(WHAT);
    async move { Ok(host.resolve(WHAT)?.into_iter()) }
}

/// What a name leads to; `what` is who asks.
fn name(what: &str, host: &str, port: u16) -> io::Result<Addresses> {
    if let Some(ip) = address::literal(host) {
        return Ok(Addresses::one(SocketAddr::new(ip, port)));
    }
    let found = call(what, |net, core| (!net.lookup_fails(core)).then(|| core.find_node(host)));
    let Some(found) = found else {
        return Err(io::Error::other(format!(
            "temporary failure in name resolution: `{}` was not looked up",
            host.escape_debug()
        )));
    };
    match found {
        Some(node) => {
            let (v4, v6) = (address::ipv4(node).into(), address::ipv6(node).into());
            let few = [Some(SocketAddr::new(v4, port)), Some(SocketAddr::new(v6, port))];
            Ok(Addresses { few, many: Vec::new() })
        }
        None => Err(io::Error::new(
            io::ErrorKind::NotFound,
            format!("no node has the name `{}`: names are those given to `Sim::node`", host.escape_debug()),
        )),
    }
}

impl sealed::Sealed for SocketAddr {}

impl ToSocketAddrs for SocketAddr {
    fn resolve(&self, _what: &str) -> io::Result<Addresses> {
        Ok(Addresses::one(*self))
    }

    #[inline]
    fn first(&self, _what: &str) -> io::Result<SocketAddr> {
        Ok(*self)
    }
}

impl<T: ToSocketAddrs + ?Sized> sealed::Sealed for &T {}

impl<T: ToSocketAddrs + ?Sized> ToSocketAddrs for &T {
    fn resolve(&self, what: &str) -> io::Result<Addresses> {
        (**self).resolve(what)
    }

    #[inline]
    fn first(&self, what: &str) -> io::Result<SocketAddr> {
        (**self).first(what)
    }
}

macro_rules! resolve {
    ($($(#[$attribute:meta])* [$($generics:tt)*] $type:ty, $self:ident, $what:pat => $resolve:expr;)*) => {$(
        impl<$($generics)*> sealed::Sealed for $type {}
        impl<$($generics)*> ToSocketAddrs for $type {
            fn resolve(&$self, $what: &str) -> io::Result<Addresses> {
                $resolve
            }
        }
    )*};
}

resolve! {
    [] SocketAddrV4, self, _ => Ok(Addresses::one(*self));
    [] SocketAddrV6, self, _ => Ok(Addresses::one(*self));
    [] (IpAddr, u16), self, _ => Ok(Addresses::one(*self));
    [] (Ipv4Addr, u16), self, _ => Ok(Addresses::one(*self));
    [] (Ipv6Addr, u16), self, _ => Ok(Addresses::one(*self));
    [] (&str, u16), self, what => name(what, self.0, self.1);
    [] (String, u16), self, what => name(what, &self.0, self.1);
    [] [SocketAddr], self, _ => Ok(Addresses::many(self.to_vec()));
    [] Vec<SocketAddr>, self, _ => Ok(Addresses::many(self.clone()));
    [] String, self, what => self.as_str().resolve(what);
    [] str, self, what => {
        let parts = self.rsplit_once(':').and_then(|(host, port)| Some((host, port.parse().ok()?)));
        match parts {
            Some((host, port)) => name(what, host, port),
            None => Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                format!("`{}` is no address: write a name and a port, as in `server:7000`", self.escape_debug()),
            )),
        }
    };
}
