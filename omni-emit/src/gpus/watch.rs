//! What looks each minute how many GPUs services see, and shows it to Prometheus by node_exporter's textfile collector:
//! <https://github.com/prometheus/node_exporter#textfile-collector>.

use askama::Template;
use omni_model::{
    Facts,
    monitoring::gpus::{FILE, FOLDER, SEEN, gpu_services, gpu_watch},
    names::{HostName, ServiceName},
    scenario::Runtime,
};

use crate::{
    artifact::Artifact,
    checks,
    compose::{Mount, Provision},
    header::Header,
    operations,
    sh::Sh,
    step::{Check, Family, Script, Step},
    systemd::Placed,
};

/// A service that is looked into.
struct Watched {
    name: String,
    /// What says whether it runs, and the answer if it does.
    running: String,
    runs: &'static str,
    inside: Vec<String>,
    count: usize,
}

#[derive(Template)]
#[template(path = "gpus/gpus.sh")]
struct Look<'a> {
    header: Header<'a>,
    folder: &'a str,
    services: &'a [Watched],
    metric: &'static str,
    file: &'static str,
}

#[derive(Template)]
#[template(path = "gpus/gpus.service", escape = "none")]
struct Service<'a> {
    header: Header<'a>,
    deployment: &'a str,
    folder: &'a str,
}

#[derive(Template)]
#[template(path = "gpus/gpus.timer", escape = "none")]
struct Timer<'a> {
    header: Header<'a>,
    deployment: &'a str,
}

#[derive(Template)]
#[template(path = "gpus/watch-apply.sh")]
struct Apply<'a> {
    folder: &'a str,
    metrics: &'a str,
    script: &'a str,
    units: &'a [Placed],
    service: &'a str,
    timer: &'a str,
}

#[derive(Template)]
#[template(path = "gpus/watch-verify.sh")]
struct Verify<'a> {
    folder: &'a str,
    metrics: &'a str,
    script: &'a str,
    service: &'a str,
    timer: &'a str,
    file: &'static str,
}

#[derive(Template)]
#[template(path = "gpus/watch-rollback.sh")]
struct Rollback<'a> {
    folder: &'a str,
    metrics: &'a str,
    units: &'a [Placed],
}

/// Where the files are that node_exporter shows.
fn metrics(deployment: &str) -> String {
    format!("{}/metrics", operations::state_root(deployment))
}

/// What node_exporter is given.
pub(crate) fn provision(facts: &Facts<'_>, name: &ServiceName) -> Provision {
    let mut hosts = facts.deployment().hosts.keys();
    if !hosts.any(|host| gpu_watch(facts, facts.targets(), host).is_some_and(|target| target.name == name)) {
        return Provision::default();
    }
    let source = metrics(facts.deployment().name.as_str());
    let mount = Mount { source, target: FOLDER.to_owned(), artifacts: Vec::new() };
    Provision { mounts: vec![mount], args: vec![format!("--collector.textfile.directory={FOLDER}")] }
}

/// The step of a host whose services are looked into.
pub(super) fn step(facts: &Facts<'_>, host: &HostName) -> Option<Step> {
    gpu_watch(facts, facts.targets(), host)?;
    let watched = |(name, service, count): (&ServiceName, &_, usize)| {
        let (running, runs) = match facts.runtime(service) {
            Runtime::Compose => (
                format!("docker inspect --format '{{{{.State.Running}}}}' {}", Sh(service.container(name))),
                "true",
            ),
            Runtime::Kubernetes => {
                let namespace = facts.namespace(&service.zone)?;
                let deployment = service.workload(name);
                let pod = format!("k3s kubectl --namespace {namespace} get deployment {deployment}");
                (format!("{pod} --output 'jsonpath={{.status.readyReplicas}}'"), "1")
            }
        };
        let inside = checks::inside(facts, name, service)?;
        Some(Watched { name: name.to_string(), running, runs, inside, count })
    };
    let services: Vec<_> = gpu_services(facts, host).into_iter().filter_map(watched).collect();
    let deployment = facts.deployment().name.as_str();
    let header = Header::of(facts.deployment());
    let (folder, metrics) = (format!("{}/gpus", operations::state_root(deployment)), metrics(deployment));
    let bundle = facts.host_folder(host);
    let [service, timer] = ["service", "timer"].map(|kind| format!("omni-gpus-{deployment}.{kind}"));
    let script = format!("{bundle}gpus.sh");
    let units = [&service, &timer].map(|unit| Placed::unit(&bundle, unit));
    let look = Look { header, folder: &metrics, services: &services, metric: SEEN, file: FILE };
    let texts = [
        Script::new(&Service { header, deployment, folder: &folder }),
        Script::new(&Timer { header, deployment }),
    ];
    let files = units.iter().zip(&texts).map(|(unit, text)| Artifact::new(&unit.source, text.to_string()));
    let program = Artifact::new(&script, Script::new(&look).to_string()).executable();
    Some(Step {
        family: Family::Gpus,
        host: host.clone(),
        phase: "2.0",
        name: "gpu-watch",
        title: "GPUs watched from inside".to_owned(),
        targets: format!(
            "{}, {metrics}",
            units.iter().map(|it| it.target.as_str()).collect::<Vec<_>>().join(", ")
        ),
        // It lets systemd read its units anew, by which running containers can lose their GPUs: so it comes before them.
        follows: &["storage", "gvisor", "k3s", "gpus", "boot"],
        reboot: false,
        touches_data: false,
        artifacts: files.chain([program]).collect(),
        remember: Script::default(),
        apply: Script::new(&Apply {
            folder: &folder,
            metrics: &metrics,
            script: &script,
            units: &units,
            service: &service,
            timer: &timer,
        }),
        verify: vec![Check {
            name: "gpu-watch".to_owned(),
            title: "GPUs watched from inside".to_owned(),
            expected: format!("`{timer}` runs, and has written what it saw"),
            after: None,
            script: Script::new(&Verify {
                folder: &folder,
                metrics: &metrics,
                script: &script,
                service: &service,
                timer: &timer,
                file: FILE,
            }),
        }],
        rollback: Script::new(&Rollback { folder: &folder, metrics: &metrics, units: &units }),
    })
}
