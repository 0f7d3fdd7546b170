use crate::{
    deployment::{Condition, Deployment, Service, State},
    diagnostic::{Diagnostic, Severity},
    monitoring::promql,
    names::ServiceName,
    path::ModelPath,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "an alert waits as long as its service may load",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, alert) in deployment.monitoring.iter().flat_map(|monitoring| &monitoring.alerts) {
        // Of several services, the one that loads longest.
        let longest = watched(deployment, &alert.when)
            .filter_map(|(service, spec)| Some((service, spec.load_time?)))
            .filter(|(_, load_time)| *load_time > alert.lasting)
            .max_by_key(|(_, load_time)| *load_time);
        let Some((service, load_time)) = longest else { continue };
        let when = match alert.lasting.secs() {
            0 => "as soon as".to_owned(),
            _ => format!("{} after", alert.lasting),
        };
        let message = format!("`{name}` fires {when} `{service}` starts, which loads for up to {load_time}");
        let path = ModelPath::root().key("monitoring").key("alerts").key(name).key("for");
        let related = at("services", service).key("load_time");
        let finding = rule.finding(path, message).related(related, "how long it loads");
        findings.push(finding.help(format!("say `for: {load_time}`, or longer")));
    }
    findings
}

/// The series that say of a service whether it answers, and the label that names it.
const ANSWERS: [(&str, &str); 5] = [
    ("up", "job"),
    ("probe_success", "service"),
    ("kube_deployment_status_replicas_available", "deployment"),
    ("kube_deployment_status_replicas_ready", "deployment"),
    ("kube_pod_container_status_ready", "container"),
];

/// What one of these labels says for a service.
fn value<'a>(label: &str, name: &'a ServiceName, service: &'a Service) -> &'a str {
    match label {
        "deployment" => service.workload(name),
        "container" => service.container(name),
        _ => name.as_str(),
    }
}

/// The services of which an alert says that they do not answer. `target_down` and `unhealthy` leave each its load time by
/// themselves.
fn watched<'a>(
    deployment: &'a Deployment,
    when: &Condition,
) -> Box<dyn Iterator<Item = (&'a ServiceName, &'a Service)> + 'a> {
    match when {
        Condition::NotServing(keys) => Box::new(deployment.services.get_key_value(&keys.service).into_iter()),
        Condition::Promql(text) => {
            let zeros = promql::compared_with_zero(text.as_str());
            let says = move |name: &ServiceName, service: &Service| {
                zeros.iter().any(|zero| {
                    let series = ANSWERS.iter().find(|(metric, _)| zero.name.as_deref() == Some(*metric));
                    series.is_some_and(|(metric, label)| {
                        let scraped = service.metrics.is_some() || *metric != "up";
                        let mut matchers = zero.matchers.matchers.iter().filter(|it| it.name == *label);
                        scraped && matchers.all(|matcher| matcher.is_match(value(label, name, service)))
                    })
                })
            };
            let active = deployment.services.iter().filter(|(_, service)| service.state == State::Active);
            Box::new(active.filter(move |(name, service)| says(name, service)))
        }
        _ => Box::new(std::iter::empty()),
    }
}
