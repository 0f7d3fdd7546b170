//! Prometheus, Alertmanager and the prober.

mod alertmanager;
mod cases;
mod config;
mod counters;
mod prober;
mod rules;
mod step;
#[cfg(test)]
pub(crate) mod tests;

use omni_model::{
    Facts,
    deployment::{Monitoring, Service, Volume},
    names::ServiceName,
    units::Bytes,
};

use crate::{
    artifact::Artifact,
    header::Header,
    provision::{Mount, Provision},
    yaml,
};

pub(crate) use step::{STEP, steps};

/// The folder of the monitoring's configuration, next to the folder of the Compose files.
pub(crate) const FOLDER: &str = "monitoring";

const PROMETHEUS: &str = "prometheus.yml";
const RULES: &str = "rules";
const TESTS: &str = "tests";
const ALERTMANAGER: &str = "alertmanager.yml";
const PROBER: &str = "blackbox.yml";
const COUNTERS: &str = "dcgm-counters.csv";

/// The files and arguments for Prometheus, Alertmanager, the prober and dcgm-exporter.
pub(crate) fn provision(facts: &Facts<'_>, name: &ServiceName) -> Provision {
    let (Some(monitoring), Some((_, service))) = (&facts.deployment().monitoring, facts.service(name)) else {
        return Provision::default();
    };
    if monitoring.prometheus == *name {
        let (rules, others): (Vec<_>, Vec<_>) = prometheus_files(facts, monitoring, service)
            .into_iter()
            .partition(|artifact| !artifact.path.ends_with(PROMETHEUS));
        let mut mounts = vec![mount(PROMETHEUS, "/etc/prometheus", others)];
        if !rules.is_empty() {
            mounts.push(mount(RULES, "/etc/prometheus", rules));
        }
        return Provision { mounts, args: prometheus_args(facts, monitoring, service) };
    }
    if monitoring.alertmanager.as_ref() == Some(name) {
        let files = alertmanager_files(facts, monitoring, service);
        return Provision {
            mounts: vec![mount(ALERTMANAGER, "/etc/alertmanager", files)],
            args: alertmanager_args(service),
        };
    }
    if monitoring.prober.as_ref() == Some(name) {
        let files = prober_files(facts, service);
        return Provision {
            mounts: vec![mount(PROBER, "/etc/blackbox_exporter", files)],
            args: [format!("--config.file=/etc/blackbox_exporter/{PROBER}")]
                .into_iter()
                .chain(listen(service))
                .collect(),
        };
    }
    if counters::wanted(facts, service) {
        let mount = mount(COUNTERS, "/etc/dcgm-exporter", counters_files(facts, service));
        let args = vec![counters::argument(&mount.target)];
        return Provision { mounts: vec![mount], args };
    }
    Provision::default()
}

fn mount(name: &str, folder: &str, artifacts: Vec<Artifact>) -> Mount {
    Mount { source: format!("../{FOLDER}/{name}"), target: format!("{folder}/{name}"), artifacts }
}

/// The folder of a service's files in the bundle.
pub(crate) fn folder(facts: &Facts<'_>, service: &Service) -> String {
    let host = facts.host(service).map(|(name, _)| facts.host_folder(name)).unwrap_or_default();
    format!("{host}{FOLDER}")
}

fn prometheus_files(facts: &Facts<'_>, monitoring: &Monitoring, service: &Service) -> Vec<Artifact> {
    let header = Header::of(facts.deployment());
    let folder = folder(facts, service);
    let alerts = facts.alerts();
    let rules = (!alerts.is_empty()).then(|| rules_file(monitoring));
    let config = config::config(facts, monitoring, rules.iter().cloned().collect());
    let config = Artifact::new(format!("{folder}/{PROMETHEUS}"), yaml::to_yaml(&header, &config));
    let rules = rules.map(|path| {
        let rules = rules::rules(&monitoring.group, alerts);
        Artifact::new(format!("{folder}/{path}"), yaml::to_yaml(&header, &rules))
    });
    [config].into_iter().chain(rules).collect()
}

fn rules_file(monitoring: &Monitoring) -> String {
    format!("{RULES}/{}.yaml", monitoring.group)
}

/// The folder of the rules' tests in the bundle.
pub(crate) fn tests_folder(facts: &Facts<'_>) -> Option<String> {
    let monitoring = facts.deployment().monitoring.as_ref()?;
    let (_, service) = facts.service(&monitoring.prometheus)?;
    Some(format!("{}/{TESTS}", folder(facts, service)))
}

/// The tests of the rules. The container does not see them.
fn tests_of_rules(facts: &Facts<'_>, monitoring: &Monitoring, service: &Service) -> Vec<Artifact> {
    let header = Header::of(facts.deployment());
    let folder = folder(facts, service);
    let rules = format!("../{}", rules_file(monitoring));
    let files = cases::files(facts, &rules);
    let file = |(alert, tests)| {
        Artifact::new(format!("{folder}/{TESTS}/{alert}.yaml"), yaml::to_yaml(&header, &tests))
    };
    files.into_iter().map(file).collect()
}

fn alertmanager_files(facts: &Facts<'_>, monitoring: &Monitoring, service: &Service) -> Vec<Artifact> {
    let config = alertmanager::config(facts, monitoring);
    let path = format!("{}/{ALERTMANAGER}", folder(facts, service));
    vec![Artifact::new(path, yaml::to_yaml(&Header::of(facts.deployment()), &config))]
}

fn prober_files(facts: &Facts<'_>, service: &Service) -> Vec<Artifact> {
    let path = format!("{}/{PROBER}", folder(facts, service));
    vec![Artifact::new(path, yaml::to_yaml(&Header::of(facts.deployment()), &prober::config()))]
}

fn counters_files(facts: &Facts<'_>, service: &Service) -> Vec<Artifact> {
    let path = format!("{}/{COUNTERS}", folder(facts, service));
    vec![Artifact::new(path, counters::file(&Header::of(facts.deployment())))]
}

/// The arguments of the image's own command, and those that follow from the model.
fn prometheus_args(facts: &Facts<'_>, monitoring: &Monitoring, service: &Service) -> Vec<String> {
    let data = data(facts, service);
    let path = data.as_ref().map_or("/prometheus", |(path, _)| path.as_str());
    let mut args = vec![
        format!("--config.file=/etc/prometheus/{PROMETHEUS}"),
        format!("--storage.tsdb.path={path}"),
        format!("--storage.tsdb.retention.time={}", monitoring.retention.prometheus()),
    ];
    // Four fifths are for blocks. The rest is for samples that are not in a block yet.
    // <https://prometheus.io/docs/prometheus/latest/storage/#operational-aspects>
    let room = data.as_ref().and_then(|(_, size)| *size).map(|size| (size.get() / 5 * 4) >> 20);
    args.extend(room.map(|room| format!("--storage.tsdb.retention.size={room}MB")));
    args.extend(listen(service));
    args.extend(page(facts, &monitoring.prometheus).map(|url| format!("--web.external-url={url}/")));
    args
}

fn alertmanager_args(service: &Service) -> Vec<String> {
    let own = [
        format!("--config.file=/etc/alertmanager/{ALERTMANAGER}"),
        "--storage.path=/alertmanager".to_owned(),
        // A single Alertmanager needs no peers and no port for them.
        "--cluster.listen-address=".to_owned(),
        // Count the notifications of each receiver separately.
        "--enable-feature=receiver-name-in-metrics".to_owned(),
    ];
    own.into_iter().chain(listen(service)).collect()
}

fn listen(service: &Service) -> Option<String> {
    let (_, port) = service.ports.first()?;
    Some(format!("--web.listen-address=:{}", port.target))
}

/// Where a service writes, and the size of the directory.
fn data(facts: &Facts<'_>, service: &Service) -> Option<(String, Option<Bytes>)> {
    let storage = facts.host(service)?.1.storage.as_ref()?;
    service.volumes.iter().find_map(|(path, volume)| match volume {
        Volume::Data(directory) => {
            Some((path.to_string(), storage.directories.get(directory).and_then(|directory| directory.size)))
        }
        _ => None,
    })
}

/// The URL of a service's page, if it can be reached from other machines.
fn page(facts: &Facts<'_>, name: &ServiceName) -> Option<String> {
    let (_, service) = facts.service(name)?;
    let (port, _) = service.ports.first()?;
    let address = facts.local_endpoint(name, port)?;
    (!address.starts_with("127.")).then(|| format!("http://{address}"))
}
