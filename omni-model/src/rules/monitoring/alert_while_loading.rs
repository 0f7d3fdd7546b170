use crate::{
    deployment::{Condition, Deployment, Service, State},
    diagnostic::{Diagnostic, Severity},
    message::{message, said},
    monitoring::promql,
    names::ServiceName,
    path::ModelPath,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "an alert waits at least as long as its service may load",
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
        let here = ModelPath::root().key("monitoring").key("alerts").key(name);
        let lasting = here.key("for");
        let (path, words) = match alert.lasting.secs() {
            0 => (here, "as soon as".to_owned()),
            _ => (lasting.clone(), format!("{} after", alert.lasting)),
        };
        let message = message!(
            "`{alert}` fires {delay} `{service}` starts, but `{service}` may load for up to {load_time}",
            delay = said(words, alert.lasting),
            alert = name,
            service,
            load_time,
        );
        let finding = rule.finding(path, message).help(format!("set `for` to {load_time} or more"));
        let related = at("services", service).key("load_time");
        findings.push(finding.related(related, "its load time").fix(lasting, load_time));
    }
    findings
}

/// The series that say whether a service answers, and the label that names the service.
const ANSWERS: [(&str, &str); 5] = [
    ("up", "job"),
    ("probe_success", "service"),
    ("kube_deployment_status_replicas_available", "deployment"),
    ("kube_deployment_status_replicas_ready", "deployment"),
    ("kube_pod_container_status_ready", "container"),
];

/// The value of one of these labels for a service.
fn value<'a>(label: &str, name: &'a ServiceName, service: &'a Service) -> &'a str {
    match label {
        "deployment" => service.workload(name),
        "container" => service.container(name),
        _ => name.as_str(),
    }
}

/// The services that an alert watches for answers. `target_down` and `unhealthy` already wait for each service's load time.
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
