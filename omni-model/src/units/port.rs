//! Ports, their protocols and ranges.

use std::{fmt, num::NonZeroU16, str::FromStr};

use schemars::JsonSchema;

use crate::scalar::{ScalarError, scalar, text_schema};

pub(crate) const PORT: &str = "0*[1-9][0-9]{0,4}";

/// A TCP or UDP port from 1 to 65535, for example `8000`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(with = "String", transform = text_schema::<Self>("port", PORT), extend("minimum" = NonZeroU16::MIN, "maximum" = NonZeroU16::MAX))]
pub struct Port(NonZeroU16);

impl Port {
    /// SSH (RFC 4253).
    pub const SSH: Self = Self(NonZeroU16::new(22).unwrap());

    /// DNS (RFC 1035).
    pub const DNS: Self = Self(NonZeroU16::new(53).unwrap());

    /// HTTPS (RFC 9110).
    pub const HTTPS: Self = Self(NonZeroU16::new(443).unwrap());

    /// The Kubernetes API server of k3s.
    pub const KUBERNETES_API: Self = Self(NonZeroU16::new(6443).unwrap());

    /// The kubelet.
    pub const KUBELET: Self = Self(NonZeroU16::new(10250).unwrap());

    /// The number.
    pub const fn get(self) -> u16 {
        self.0.get()
    }
}

impl fmt::Display for Port {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Port {
    type Err = ScalarError;

    fn from_str(text: &str) -> Result<Self, ScalarError> {
        let digits = text.bytes().all(|b| b.is_ascii_digit());
        let port = if digits { text.parse().ok() } else { None };
        port.map(Self).ok_or_else(|| ScalarError::invalid(text, "port", "write a number from 1 to 65535"))
    }
}

/// A transport protocol.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// TCP
    #[default]
    Tcp,
    /// UDP
    Udp,
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
        })
    }
}

impl FromStr for Protocol {
    type Err = ScalarError;

    fn from_str(text: &str) -> Result<Self, ScalarError> {
        match text {
            "tcp" => Ok(Self::Tcp),
            "udp" => Ok(Self::Udp),
            _ => Err(ScalarError::invalid(text, "protocol", "write `tcp` or `udp`")),
        }
    }
}

/// A range of ports with its protocol, as ufw writes it: `3000/tcp`, `8000:8100/tcp`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PortRange {
    /// The lowest port.
    pub first: Port,
    /// The highest port.
    pub last: Port,
    /// The protocol.
    pub protocol: Protocol,
}

impl PortRange {
    /// Whether the range contains the port.
    pub fn contains(&self, port: Port, protocol: Protocol) -> bool {
        (self.first..=self.last).contains(&port) && self.protocol == protocol
    }
}

impl fmt::Display for PortRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { first, last, protocol } = self;
        if first == last { write!(f, "{first}/{protocol}") } else { write!(f, "{first}:{last}/{protocol}") }
    }
}

impl FromStr for PortRange {
    type Err = ScalarError;

    fn from_str(text: &str) -> Result<Self, ScalarError> {
        let (ports, protocol) = text.split_once('/').ok_or_else(|| {
            ScalarError::new(format!("`{text}` has no protocol: write `3000/tcp` or `8000:8100/tcp`"))
        })?;
        let (first, last) = ports.split_once(':').unwrap_or((ports, ports));
        let range = Self { first: first.parse()?, last: last.parse()?, protocol: protocol.parse()? };
        if range.first > range.last {
            return Err(ScalarError::new(format!(
                "`{text}` is in descending order: write the lower port first"
            )));
        }
        Ok(range)
    }
}

scalar!(Port, Protocol, PortRange);

#[cfg(test)]
mod tests {
    use super::*;

    fn error<T: FromStr<Err = ScalarError>>(text: &str) -> String {
        text.parse::<T>().err().unwrap().to_string()
    }

    #[test]
    fn ports_are_read_back() {
        for text in ["3000/tcp", "8000:8100/tcp", "53/udp"] {
            assert_eq!(text.parse::<PortRange>().unwrap().to_string(), text);
        }
        assert!(error::<PortRange>("8100:8000/tcp").contains("descending order"));
        assert!(error::<PortRange>("3000").contains("has no protocol"));
        for text in ["0", "65536", "+1", "", "ssh"] {
            assert!(error::<Port>(text).contains("is not a valid port"), "{text}");
        }
    }
}
