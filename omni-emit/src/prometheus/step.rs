//! The checks of the monitoring. Its files need no step of their own: containers mount them from the bundle, and Compose recreates a
//! container whose files have changed.

use askama::Template;
use omni_model::{
    Facts,
    deployment::{Monitoring, Service},
    monitoring::probes,
    names::{HostName, NamespaceName, ServiceName},
    scenario::Module,
    scenario::Runtime,
};

use super::{
    alertmanager, alertmanager_files, config, counters, counters_files, prober_files, prometheus_files,
    tests_of_rules,
};
use crate::{
    artifact::Artifact,
    compose, kubernetes,
    step::{Check, Script, Step, StepId},
    text::counted,
};

/// The step.
pub(crate) const STEP: StepId = StepId::new("monitoring");

#[derive(Template)]
#[template(path = "prometheus/apply.sh")]
struct Apply {
    servers: Vec<Server>,
}

/// A server that must answer before it is checked.
#[derive(Clone)]
struct Server {
    /// The name of its container or, for a pod, of its Deployment.
    name: String,
    /// Its namespace, if it is a pod.
    namespace: Option<NamespaceName>,
    /// The URL of its readiness endpoint.
    ready: String,
}

#[derive(Template)]
#[template(path = "prometheus/verify-rules.sh")]
struct VerifyRules<'a> {
    prometheus: &'a str,
    alerts: Vec<String>,
}

#[derive(Template)]
#[template(path = "prometheus/verify-targets.sh")]
struct VerifyTargets<'a> {
    prometheus: &'a str,
    /// In seconds: the time in which Prometheus scrapes each target at least once.
    tries: u64,
    targets: Vec<Watched<'a>>,
}

/// A target of Prometheus: the query that shows that it is scraped, and its own URL.
struct Watched<'a> {
    name: &'a str,
    query: String,
    url: String,
}

#[derive(Template)]
#[template(path = "prometheus/verify-alertmanager.sh")]
struct VerifyAlertmanager<'a> {
    prometheus: &'a str,
    address: String,
}

#[derive(Template)]
#[template(path = "prometheus/verify-receiver.sh")]
struct VerifyReceiver<'a> {
    alertmanager: &'a str,
    receiver: &'static str,
    test: &'static str,
    run: &'static str,
}

/// The part of the step that one server contributes.
#[derive(Default)]
struct Part {
    artifacts: Vec<Artifact>,
    server: Option<Server>,
    checks: Vec<Check>,
}

/// The step of each host that runs Prometheus or Alertmanager.
pub(crate) fn steps(facts: &Facts<'_>) -> Vec<Step> {
    let Some(monitoring) = &facts.deployment().monitoring else { return Vec::new() };
    let hosts = facts.deployment().hosts.keys();
    hosts.filter_map(|host| step(facts, monitoring, host)).collect()
}

fn step(facts: &Facts<'_>, monitoring: &Monitoring, host: &HostName) -> Option<Step> {
    let here = |name: &ServiceName| {
        let (_, service) = facts.service(name)?;
        facts.host(service).is_some_and(|(on, _)| on == host).then_some(service)
    };
    let prometheus = here(&monitoring.prometheus).map(|service| prometheus(facts, monitoring, service));
    let alertmanager = monitoring.alertmanager.as_ref();
    let alertmanager =
        alertmanager.and_then(|name| Some(alertmanager_part(facts, monitoring, name, here(name)?)));
    let prober = monitoring
        .prober
        .as_ref()
        .and_then(here)
        .map(|service| Part { artifacts: prober_files(facts, service), ..Part::default() });
    let counting = facts.on(host).iter().find(|(_, service)| counters::wanted(facts, service));
    let counters =
        counting.map(|(_, service)| Part { artifacts: counters_files(facts, service), ..Part::default() });
    let parts: Vec<_> = prometheus.into_iter().chain(alertmanager).chain(prober).chain(counters).collect();
    (!parts.is_empty()).then_some(())?;
    let servers = parts.iter().filter_map(|part| part.server.clone()).collect();
    let (artifacts, checks): (Vec<_>, Vec<_>) =
        parts.into_iter().map(|part| (part.artifacts, part.checks)).unzip();
    Some(Step {
        host: host.clone(),
        id: STEP,
        title: "Prometheus and Alertmanager".to_owned(),
        targets: "Prometheus, alerts".to_owned(),
        follows: &[compose::STEP, kubernetes::STEP],
        reboot: false,
        touches_data: false,
        artifacts: artifacts.concat(),
        remember: Script::default(),
        apply: Script::new(&Apply { servers }),
        verify: checks.concat(),
        rollback: Script::default(),
    })
}

/// The URL of a service's page on its host.
fn url(facts: &Facts<'_>, name: &ServiceName) -> Option<String> {
    let (_, service) = facts.service(name)?;
    let (port, _) = service.ports.first()?;
    Some(format!("http://{}", facts.local_endpoint(name, port)?))
}

fn server(facts: &Facts<'_>, name: &ServiceName, service: &Service, url: &str) -> Server {
    let (name, namespace) = match facts.runtime(service) {
        Runtime::Compose => (service.container(name), None),
        Runtime::Kubernetes => (service.workload(name), facts.namespace(&service.zone)),
    };
    Server { name: name.to_owned(), namespace, ready: format!("{url}/-/ready") }
}

fn prometheus(facts: &Facts<'_>, monitoring: &Monitoring, service: &Service) -> Part {
    let mut artifacts = prometheus_files(facts, monitoring, service);
    artifacts.extend(tests_of_rules(facts, monitoring, service));
    let Some(url) = url(facts, &monitoring.prometheus) else {
        return Part { artifacts, ..Part::default() };
    };
    let mut names: Vec<_> = facts.alerts().iter().map(|rule| rule.name.to_string()).collect();
    names.dedup();
    let rules = (!names.is_empty()).then(|| {
        let expected = format!("{} in Prometheus", counted(names.len(), "alert"));
        let script = Script::new(&VerifyRules { prometheus: &url, alerts: names });
        Check::new("rules-loaded", "Alerts loaded", expected, script)
    });
    let seen = facts.targets().iter().filter_map(|target| {
        let address = facts.local_endpoint(target.name, &target.metrics.port)?;
        let name = target.name.as_str();
        let url = format!("http://{address}{}", target.metrics.path);
        Some(Watched { name, query: format!("up{{job=\"{name}\"}} == 1"), url })
    });
    let probed = probes(facts);
    let probed = probed.iter().filter_map(|probe| {
        // The host can only check targets that speak HTTP in this way.
        let Module::Http(path) = probe.module else { return None };
        let name = probe.name.as_str();
        let url = format!("http://{}{path}", facts.local_endpoint(probe.name, probe.port)?);
        Some(Watched { name, query: format!("probe_success{{service=\"{name}\"}} == 1"), url })
    });
    let tries = monitoring.scrape_interval.secs().saturating_mul(2);
    let seen = VerifyTargets { prometheus: &url, tries, targets: seen.chain(probed).collect() };
    let expected = format!("Prometheus scrapes {}", counted(seen.targets.len(), "target"));
    let targets = Check::new("targets-up", "Targets up", expected, Script::new(&seen));
    let told = config::alertmanager(facts, monitoring).map(|address| {
        let expected = format!("Prometheus sends its alerts to {address}");
        let script = Script::new(&VerifyAlertmanager { prometheus: &url, address });
        Check::new("alertmanager-told", "Alertmanager told", expected, script)
    });
    let checks = rules.into_iter().chain([targets]).chain(told).collect();
    let server = Some(server(facts, &monitoring.prometheus, service, &url));
    Part { artifacts, server, checks }
}

fn alertmanager_part(
    facts: &Facts<'_>,
    monitoring: &Monitoring,
    name: &ServiceName,
    service: &Service,
) -> Part {
    let artifacts = alertmanager_files(facts, monitoring, service);
    let Some(url) = url(facts, name) else { return Part { artifacts, ..Part::default() } };
    let heard = alertmanager::receiver(monitoring).map(|receiver| {
        let expected = format!("a test alert arrives at the receiver {receiver}");
        let script = Script::new(&VerifyReceiver {
            alertmanager: &url,
            receiver,
            test: alertmanager::TEST,
            run: alertmanager::RUN,
        });
        Check::new("alert-receiver", "Alerts received", expected, script)
    });
    let missed = monitoring.watchdog.as_ref().map(|_| {
        let receiver = alertmanager::WATCHDOG;
        // Not the watchdog itself, which Alertmanager sends only at its next turn after a start.
        let script = Script::new(&VerifyReceiver {
            alertmanager: &url,
            receiver,
            test: alertmanager::WATCHDOG_TEST,
            run: alertmanager::RUN,
        });
        let expected = format!("a sign of life arrives at the receiver {receiver}");
        Check::new("watchdog-heard", "Watchdog heard", expected, script)
    });
    let server = Some(server(facts, name, service, &url));
    Part { artifacts, server, checks: heard.into_iter().chain(missed).collect() }
}
