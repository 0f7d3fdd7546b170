use std::collections::BTreeSet;

use crate::{
    budget::{in_words, when},
    deployment::{Host, Kernel, Numa, Service},
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    message::message,
    names::HostName,
    rules::{Definition, Rule, Scope, at},
    running,
    units::Bytes,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "memory that services bind to one NUMA node fits into the share of that node",
    scope: Scope::EachOption(check),
};

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, host) in &facts.deployment().hosts {
        let bound = facts.on(name).iter().filter_map(|(_, service)| service.numa.as_ref()?.membind);
        let nodes: BTreeSet<u32> = bound.collect();
        findings.extend(nodes.into_iter().filter_map(|node| on_node(rule, facts, name, host, node)));
    }
    findings
}

fn on_node(rule: &Rule, facts: &Facts<'_>, name: &HostName, host: &Host, node: u32) -> Option<Diagnostic> {
    // The kernel spreads huge pages evenly, unless it is told otherwise.
    let aside = Bytes::checked_sum(host.kernel.iter().flat_map(Kernel::huge_pages).map(|(_, size)| size));
    let left = host.ram.available().saturating_sub(aside.unwrap_or(host.ram.capacity));
    let share = left.get() / u64::from(host.numa_nodes.max(1));
    let kept = |service: &Service| match &service.numa {
        // Memory that is only preferred on a node comes from the others when it is full.
        Some(Numa { membind: Some(bound), .. }) if *bound == node => {
            Bytes::checked_sum(service.memory.values().copied()).map_or(u64::MAX, Bytes::get)
        }
        _ => 0,
    };
    let (active, worst) = (running::active(facts, name), running::worst(facts, name, kept));
    let bound = || facts.on(name).iter().filter(|(service, spec)| worst.contains(service) && kept(spec) > 0);
    let total = bound().fold(0_u64, |sum, (_, spec)| sum.saturating_add(kept(spec)));
    (total > share).then_some(())?;
    let standbys: Vec<_> = worst.difference(&active).copied().collect();
    let message = message!(
        "NUMA node {node} of `{host}` is over budget{standbys}: {requested} requested of {available}",
        node,
        host = name,
        standbys = when(&standbys),
        requested = in_words(Bytes::new(total)),
        available = in_words(Bytes::new(share)),
    );
    let mut bound = bound();
    let (last, _) = bound.next_back()?;
    let path = at("services", last).key("numa").key("membind");
    let nodes = at("hosts", name);
    let nodes = if host.numa_nodes == 1 { nodes } else { nodes.key("numa_nodes") };
    let finding = rule.finding(path, message).related(nodes, "the NUMA nodes of the host");
    Some(finding.help("spread the memory with `interleave: all`, or bind less of it to this node"))
}
