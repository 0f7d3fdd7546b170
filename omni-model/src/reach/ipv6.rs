//! Connections over IPv6.

use super::{
    Destination, Source, World,
    world::{At, Seated},
};
use crate::{
    deployment::Ipv6,
    policy::UfwRule,
    units::{Port, Protocol},
};

impl<'a> World<'a> {
    /// Returns whether a source reaches a destination over IPv6. A source outside the deployment may do so, and a pod may reach
    /// its own host over the link-local addresses of their bridge. The k3s policy controller has no rules for those, only for
    /// the cluster's own addresses, which are IPv4. Containers have no link-local address, and no port is published on an IPv6
    /// address.
    /// <https://github.com/k3s-io/k3s/blob/master/pkg/agent/netpol/netpol.go>
    pub fn reaches_by_ipv6(&self, from: Source<'a>, to: Destination<'a>) -> bool {
        let is_at = |seated: &&Seated<'_>| matches!(seated.at, At::Host);
        let (host, port, protocol) = match to {
            Destination::Host(name, _, port) => (Some(name), port.port(), Protocol::Tcp),
            Destination::Service(name, _, _, mapping) => {
                let host = self.services.get(name).filter(is_at).map(|seated| seated.host);
                (host, mapping.target, mapping.protocol)
            }
            Destination::Internet(_) | Destination::Machine(..) => (None, Port::HTTPS, Protocol::Tcp),
        };
        let Some(place) = host.and_then(|host| self.hosts.get(host)) else { return false };
        let is_neighbour = |seated: &Seated<'_>| matches!(seated.at, At::Pod(_)) && host == Some(seated.host);
        let input = match from {
            Source::Lan | Source::Operator | Source::Internet => &place.host.lan.interface,
            Source::Service(name, _) if self.services.get(name).is_some_and(is_neighbour) => &self.pods,
            Source::Service(..) | Source::Host(..) => return false,
        };
        let lets_in = |rule: &UfwRule| {
            let interface = rule.interface.as_ref().is_none_or(|name| name == input);
            let ports = rule.ports.is_none_or(|ports| ports.contains(port, protocol));
            rule.from.is_none() && rule.to.is_none() && interface && ports
        };
        place.ufw.ipv6 == Ipv6::Allow && place.ufw.rules.iter().any(lets_in)
    }
}
