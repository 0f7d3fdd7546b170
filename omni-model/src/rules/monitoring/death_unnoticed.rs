use std::collections::HashSet;

use crate::{
    deployment::{Condition, Service},
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    names::ServiceName,
    rules::{Definition, Rule, Scope, at},
    scenario::Runtime,
    scenario::{asked, probed},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "of each service that runs, an alert says that it does not any more",
    scope: Scope::EachOption(check),
};

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    let Some(monitoring) = &facts.deployment().monitoring else { return Vec::new() };
    let probed: HashSet<_> = probed(facts).map(|(name, ..)| name).collect();
    let (mut watchdog, mut target_down, mut unhealthy) = (false, false, false);
    let (mut served, mut queries) = (HashSet::new(), Vec::new());
    for alert in monitoring.alerts.values() {
        match &alert.when {
            Condition::Watchdog => watchdog = true,
            Condition::TargetDown => target_down = true,
            Condition::NotServing(keys) => {
                served.insert(&keys.service);
            }
            Condition::Unhealthy => unhealthy = true,
            Condition::Promql(text) => queries.push(text.as_str()),
            _ => {}
        }
    }
    let find = |(name, service): (&ServiceName, &Service)| {
        // What nobody outside can ask is left to who has said how it is asked inside.
        (service.metrics.is_some() || asked(service).is_some()).then_some(())?;
        // Whose death keeps every alert from being sent, silence alone tells.
        let silent = *name == monitoring.prometheus || monitoring.alertmanager.as_ref() == Some(name);
        let is_seen = probed.contains(name) || facts.runtime(service) == Runtime::Kubernetes;
        let is_noticed = match silent {
            true => watchdog,
            false => {
                // Whether Prometheus has a way to them is another rule's.
                (target_down && service.metrics.is_some())
                    || served.contains(name)
                    || (is_seen && unhealthy)
                    // What the author's own PromQL is about, nobody else knows.
                    || queries.iter().any(|query| query.contains(name.as_str()))
            }
        };
        (!is_noticed).then_some(())?;
        let help = if silent {
            "add an alert about `watchdog`, and have somebody outside miss it".to_owned()
        } else if service.metrics.is_some() {
            "add an alert about `target_down`".to_owned()
        } else if is_seen {
            "add an alert about `unhealthy`".to_owned()
        } else {
            "add a blackbox_exporter as `monitoring.prober`, and an alert about `unhealthy`".to_owned()
        };
        Some(rule.finding(at("services", name), format!("no alert says that `{name}` is dead")).help(help))
    };
    facts.active().filter_map(find).collect()
}
