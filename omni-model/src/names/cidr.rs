//! IPv4 networks.

use std::{fmt, net::Ipv4Addr, str::FromStr};

use schemars::JsonSchema;

use crate::scalar::{ScalarError, scalar, text_schema};

pub(crate) const CIDR: &str = r"[0-9]{1,3}(\.[0-9]{1,3}){3}/[0-9]{1,2}";

/// An IPv4 network as address and prefix length, for example `192.168.3.0/24`. No address bit is set beyond the prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(with = "String", transform = text_schema::<Self>("IPv4 network", CIDR))]
pub struct Cidr(ipnet::Ipv4Net);

impl Cidr {
    /// The network that consists of this one address.
    pub fn of(address: Ipv4Addr) -> Self {
        Self(address.into())
    }

    /// `0.0.0.0/0`: every address.
    pub fn everywhere() -> Self {
        Self(ipnet::Ipv4Net::default())
    }

    /// The value of the crate `ipnet`.
    pub fn net(self) -> ipnet::Ipv4Net {
        self.0
    }

    /// Whether the network contains the address.
    pub fn contains(self, address: Ipv4Addr) -> bool {
        self.0.contains(&address)
    }

    /// Whether the two networks share an address.
    pub fn overlaps(self, other: Self) -> bool {
        self.0.contains(&other.0) || other.0.contains(&self.0)
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Cidr {
    type Err = ScalarError;

    fn from_str(text: &str) -> Result<Self, ScalarError> {
        let net: ipnet::Ipv4Net = text.parse().map_err(|_| {
            ScalarError::invalid(
                text,
                "IPv4 network",
                "write address and prefix length, for example \"192.168.3.0/24\"",
            )
        })?;
        if net.trunc() != net {
            return Err(ScalarError::new(format!(
                "`{text}` has address bits set beyond its prefix; did you mean `{}`?",
                net.trunc()
            )));
        }
        Ok(Self(net))
    }
}

scalar!(Cidr);
