//! The packet that opens a connection, and the rules that match it.

use std::{fmt, net::Ipv4Addr};

use crate::{
    names::InterfaceName,
    policy::{FilterRule, UfwRule},
    units::{Port, Protocol},
};

/// A packet that opens a connection, as the rules of a host see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packet<'a> {
    /// The source address.
    pub source: Ipv4Addr,
    /// The destination address, after Docker has replaced a published address.
    pub destination: Ipv4Addr,
    /// The destination port, after Docker has replaced a published port.
    pub port: Port,
    /// The protocol.
    pub protocol: Protocol,
    /// The interface on which the packet arrives.
    pub input: &'a InterfaceName,
    /// The interface on which the packet leaves. `None` if it is for the host itself.
    pub output: Option<&'a InterfaceName>,
    /// The original destination address and port, before Docker replaces them.
    pub original: (Ipv4Addr, Port),
}

impl fmt::Display for Packet<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { source, destination, port, protocol, input, output, original } = self;
        write!(f, "{protocol} {source} -> {}:{}, in {input}", original.0, original.1)?;
        if *original != (*destination, *port) {
            write!(f, ", then {destination}:{port}")?;
        }
        output.map_or(Ok(()), |output| write!(f, ", out {output}"))
    }
}

impl UfwRule {
    /// Returns whether the rule lets a packet in.
    pub fn matches(&self, packet: &Packet<'_>) -> bool {
        self.interface.as_ref().is_none_or(|interface| interface == packet.input)
            && self.from.is_none_or(|from| from.contains(packet.source))
            && self.to.is_none_or(|to| to == packet.destination)
            && self.ports.is_none_or(|ports| ports.contains(packet.port, packet.protocol))
    }
}

impl FilterRule {
    /// Returns whether the rule matches a packet that opens a connection.
    pub fn matches(&self, packet: &Packet<'_>) -> bool {
        !self.established
            && self.source.is_none_or(|source| source.contains(packet.source))
            && self.destination.is_none_or(|destination| destination.contains(packet.destination))
            && self.input.as_ref().is_none_or(|input| input == packet.input)
            && self.output.as_ref().is_none_or(|output| Some(output) == packet.output)
            && self.port.is_none_or(|port| port == (packet.port, packet.protocol))
            && self.original.is_none_or(|original| original == packet.original)
    }
}
