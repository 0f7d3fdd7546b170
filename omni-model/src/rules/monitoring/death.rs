//! M017

use crate::{
    deployment::{Condition, Service},
    diagnostic::{Diagnostic, Severity},
    monitoring::{asked, probed},
    names::ServiceName,
    rules::{Check, Rule, at},
    scenario::{Runtime, Scenario},
};

/// Nobody looks at what nobody is told of.
pub(crate) static RULE: Rule = Rule {
    id: "M017",
    name: "death-unnoticed",
    severity: Severity::Warning,
    summary: "of each service that runs, an alert says that it does not any more",
    docs: include_str!("death.md"),
    check: Check::EachOption(check),
};

fn check(rule: &Rule, scenario: &Scenario<'_>) -> Vec<Diagnostic> {
    let Some(monitoring) = &scenario.deployment().monitoring else { return Vec::new() };
    let probed: Vec<_> = probed(scenario).map(|(name, ..)| name).collect();
    let pod = |service: &Service| scenario.runtime(service) == Runtime::Kubernetes;
    let notices = |name: &ServiceName, service: &Service| {
        // Whose death keeps every alert from being sent, silence alone tells.
        let silent = *name == monitoring.prometheus || monitoring.alertmanager.as_ref() == Some(name);
        monitoring.alerts.values().any(|alert| match &alert.when {
            Condition::Watchdog => silent,
            _ if silent => false,
            // Whether Prometheus has a way to them is another rule's.
            Condition::TargetDown => service.metrics.is_some(),
            Condition::NotServing { service: named } => named == name,
            Condition::Unhealthy => {
                let loads = service.load_time.is_some_and(|time| time > alert.lasting);
                !loads && (probed.contains(&name) || pod(service))
            }
            // What the author's own PromQL is about, nobody else knows.
            Condition::Promql(text) => text.as_str().contains(name.as_str()),
            _ => false,
        })
    };
    let find = |(name, service): (&ServiceName, &Service)| {
        // What nobody outside can ask is left to who has said how it is asked inside.
        let can_be_asked = service.metrics.is_some() || asked(service).is_some();
        (can_be_asked && !notices(name, service)).then_some(())?;
        let silent = *name == monitoring.prometheus || monitoring.alertmanager.as_ref() == Some(name);
        let help = if silent {
            "add an alert about `watchdog`, and have somebody outside miss it".to_owned()
        } else if service.metrics.is_some() {
            "add an alert about `target_down`".to_owned()
        } else if service.load_time.is_some() && (pod(service) || probed.contains(&name)) {
            format!("add an alert about `not_serving`, with `service: {name}`")
        } else if pod(service) || probed.contains(&name) {
            "add an alert about `unhealthy`".to_owned()
        } else {
            "add a blackbox_exporter as `monitoring.prober`, and an alert about `unhealthy`".to_owned()
        };
        Some(rule.finding(at("services", name), format!("no alert says that `{name}` is dead")).help(help))
    };
    scenario.active().filter_map(find).collect()
}
