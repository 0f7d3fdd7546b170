//! The configuration of the prober. <https://github.com/prometheus/blackbox_exporter/blob/master/CONFIGURATION.md>

use indexmap::IndexMap;
use serde::Serialize;

#[derive(Serialize)]
pub(super) struct Config {
    modules: IndexMap<&'static str, Module>,
}

#[derive(Serialize)]
struct Module {
    prober: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    http: Option<Ip>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tcp: Option<Ip>,
}

/// All addresses in a deployment are IPv4.
#[derive(Serialize)]
struct Ip {
    preferred_ip_protocol: &'static str,
}

/// A module for each kind of probe, by the name that the scrape job uses.
pub(super) fn config() -> Config {
    let ip = || Some(Ip { preferred_ip_protocol: "ip4" });
    let http = Module { prober: "http", http: ip(), tcp: None };
    let tcp = Module { prober: "tcp", http: None, tcp: ip() };
    Config { modules: [("http", http), ("tcp", tcp)].into() }
}
