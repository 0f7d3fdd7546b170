use crate::{
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    path::ModelPath,
    rules::{Definition, Rule, Scope},
    scenario::FIRST_ADDRESS,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "the containers' network has an address for each service",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let subnet = deployment.network.subnet.net();
    // All but the last, which is for broadcasts.
    let room = |prefix: u8| (1_u64 << (32 - prefix.min(32))).saturating_sub(u64::from(FIRST_ADDRESS) + 1);
    let services = deployment.services.len() as u64;
    if services <= room(subnet.prefix_len()) {
        return Vec::new();
    }
    let message = format!(
        "`{subnet}` has room for {} services, and there are {services}: the first {FIRST_ADDRESS} addresses are kept free",
        room(subnet.prefix_len()),
    );
    let finding = rule.finding(ModelPath::root().key("network").key("subnet"), message);
    let fits = (0..=32).rev().find(|prefix| services <= room(*prefix));
    vec![match fits {
        Some(prefix) => finding.help(format!("a `/{prefix}` is large enough")),
        None => finding,
    }]
}
