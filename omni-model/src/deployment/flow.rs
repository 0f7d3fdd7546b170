//! Who may talk to whom: `agent-orchestrator -> deepseek.http`.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;

use crate::{
    names::{LABEL, PORT_NAME, PortName},
    scalar::{ScalarError, scalar, text_schema},
};

/// A name that refers to something else in the deployment: a service, an API, a host or a zone, or one of `lan`, `operator`
/// and `internet`; for example `ollama`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(with = "String", transform = text_schema::<Self>("name", LABEL))]
pub struct Reference(String);

impl Reference {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Reference {
    type Err = ScalarError;

    fn from_str(text: &str) -> Result<Self, ScalarError> {
        match text.parse::<crate::names::ServiceName>() {
            Ok(_) => Ok(Self(text.to_owned())),
            Err(_) => {
                let help = "use at most 63 lower-case letters and digits, with `-` only in between";
                Err(ScalarError::invalid(text, "name", help))
            }
        }
    }
}

pub(super) fn port_of() -> String {
    format!(r"{LABEL}\.{PORT_NAME}")
}

fn peer() -> String {
    format!(r"{LABEL}(\.{PORT_NAME})?")
}

/// A port of a service as `service.port`, for example `ollama.http`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(with = "String", transform = text_schema::<Self>("port of a service", &port_of()))]
pub struct PortOf {
    /// The service.
    pub service: Reference,
    /// The name of the port.
    pub port: PortName,
}

impl fmt::Display for PortOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.service, self.port)
    }
}

impl FromStr for PortOf {
    type Err = ScalarError;

    fn from_str(text: &str) -> Result<Self, ScalarError> {
        let (service, port) = text.split_once('.').ok_or_else(|| {
            ScalarError::invalid(
                text,
                "port of a service",
                &format!("write service and port, for example `{}.http`", text.escape_debug()),
            )
        })?;
        Ok(Self { service: service.parse()?, port: port.parse()? })
    }
}

/// The destination of a flow: a port of a service such as `ollama.http`, an API such as `openrouter`, or `internet`; for
/// example `ollama.http`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(with = "String", transform = text_schema::<Self>("destination", &peer()))]
pub enum Peer {
    /// A port of a service.
    Port(PortOf),
    /// An API, or `internet`.
    Name(Reference),
}

impl fmt::Display for Peer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Port(port) => port.fmt(f),
            Self::Name(name) => name.fmt(f),
        }
    }
}

impl FromStr for Peer {
    type Err = ScalarError;

    fn from_str(text: &str) -> Result<Self, ScalarError> {
        if text.contains('.') { text.parse().map(Self::Port) } else { text.parse().map(Self::Name) }
    }
}

/// A permitted connection as `source -> destination`, for example `webui -> ollama.http`.
///
/// The source is a service, a zone (every service in it), a host, `lan` (every machine in the LAN) or `operator` (the
/// `operators` of the LAN). The destination is a port of a service, an API, or `internet` (HTTPS to any address).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(with = "String", transform = text_schema::<Self>("flow", &format!(r"\s*{LABEL}\s*->\s*{}\s*", peer())))]
pub struct Flow {
    /// Who opens the connection.
    pub from: Reference,
    /// Where the connection leads.
    pub to: Peer,
}

impl fmt::Display for Flow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} -> {}", self.from, self.to)
    }
}

impl FromStr for Flow {
    type Err = ScalarError;

    fn from_str(text: &str) -> Result<Self, ScalarError> {
        let (from, to) = text.split_once("->").ok_or_else(|| {
            ScalarError::invalid(text, "flow", "write source and destination as `agent -> model.http`")
        })?;
        Ok(Self { from: from.trim().parse()?, to: to.trim().parse()? })
    }
}

scalar!(Reference, PortOf, Peer, Flow);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flow_is_read_with_and_without_blanks() {
        for text in ["a -> b.http", "a->b.http"] {
            assert_eq!(text.parse::<Flow>().unwrap().to_string(), "a -> b.http");
        }
        assert_eq!("agent-x -> kimi-k2".parse::<Flow>().unwrap().to_string(), "agent-x -> kimi-k2");
        for text in ["a", "a -> ", "-> b", "a -> b -> c", "a -> b.", "a b -> c.http", "a -> b.http.x"] {
            assert!(text.parse::<Flow>().is_err(), "{text}");
        }
    }
}
