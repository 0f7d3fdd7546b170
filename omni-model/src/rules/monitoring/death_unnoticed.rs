use std::collections::HashSet;

use crate::{
    deployment::{Condition, Service},
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    message::message,
    names::ServiceName,
    rules::{Definition, Rule, Scope, at},
    scenario::{Runtime, asked, probed},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "an alert notices when a service dies",
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
        // A service that can only be checked from inside its container is checked by the container's own health check.
        (service.metrics.is_some() || asked(service).is_some()).then_some(())?;
        // Without these two no alert arrives, so that only silence tells of their death.
        let silent = *name == monitoring.prometheus || monitoring.alertmanager.as_ref() == Some(name);
        let is_seen = probed.contains(name) || facts.runtime(service) == Runtime::Kubernetes;
        let is_noticed = match silent {
            true => watchdog,
            false => {
                // M012 checks whether Prometheus can reach them.
                (target_down && service.metrics.is_some())
                    || served.contains(name)
                    || (is_seen && unhealthy)
                    // PromQL that names the service is taken to notice its death.
                    || queries.iter().any(|query| query.contains(name.as_str()))
            }
        };
        (!is_noticed).then_some(())?;
        let help = if silent {
            "add an alert with `when: watchdog`, and send it to a dead man's switch outside the deployment"
        } else if service.metrics.is_some() {
            "add an alert with `when: target_down`"
        } else if is_seen {
            "add an alert with `when: unhealthy`"
        } else {
            "add a blackbox_exporter as `monitoring.prober`, and an alert with `when: unhealthy`"
        };
        let message = message!("no alert notices when `{service}` dies", service = name);
        Some(rule.finding(at("services", name), message).help(help))
    };
    facts.active().filter_map(find).collect()
}
