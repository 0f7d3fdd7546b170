//! A timer that counts every minute how many GPUs services see, for Prometheus, through node_exporter's textfile collector:
//! <https://github.com/prometheus/node_exporter#textfile-collector>.

use askama::Template;
use omni_model::{
    Facts,
    monitoring::gpus::{FILE, FOLDER, SEEN, gpu_services, gpu_watch},
    names::{HostName, ServiceName},
    scenario::Runtime,
};

use crate::{
    artifact::{Artifact, render},
    boot, checks, gvisor,
    header::Header,
    k3s,
    provision::{Mount, Provision},
    sh::Sh,
    state,
    step::{Check, Script, Step, StepId},
    storage,
    systemd::Placed,
};

/// The step.
pub(crate) const STEP: StepId = StepId::new("gpu-watch");

/// A watched service.
struct Watched {
    name: String,
    /// The command that says whether it runs, and its output if it does.
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

/// The folder of the files that node_exporter exports.
fn metrics(deployment: &str) -> String {
    format!("{}/metrics", state::root(deployment))
}

/// The mount and the argument for node_exporter.
pub(crate) fn provision(facts: &Facts<'_>, name: &ServiceName) -> Provision {
    let mut hosts = facts.deployment().hosts.keys();
    if !hosts.any(|host| gpu_watch(facts, facts.targets(), host).is_some_and(|target| target.name == name)) {
        return Provision::default();
    }
    let source = metrics(facts.deployment().name.as_str());
    let mount = Mount { source, target: FOLDER.to_owned(), artifacts: Vec::new() };
    Provision { mounts: vec![mount], args: vec![format!("--collector.textfile.directory={FOLDER}")] }
}

/// The step of a host with watched services.
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
    let (folder, metrics) = (format!("{}/gpus", state::root(deployment)), metrics(deployment));
    let bundle = facts.host_folder(host);
    let [service, timer] = ["service", "timer"].map(|kind| format!("omni-gpus-{deployment}.{kind}"));
    let script = format!("{bundle}gpus.sh");
    let units = [&service, &timer].map(|unit| Placed::unit(&bundle, unit));
    let look = Look { header, folder: &metrics, services: &services, metric: SEEN, file: FILE };
    let texts =
        [render(&Service { header, deployment, folder: &folder }), render(&Timer { header, deployment })];
    let files = units.iter().zip(texts).map(|(unit, text)| Artifact::new(&unit.source, text));
    let program = Artifact::program(&script, &look);
    Some(Step {
        host: host.clone(),
        id: STEP,
        title: "GPUs watched in containers".to_owned(),
        targets: format!(
            "{}, {metrics}",
            units.iter().map(|it| it.target.as_str()).collect::<Vec<_>>().join(", ")
        ),
        // Before containers are started: it makes systemd reload its units, by which running containers can lose their GPUs.
        follows: &[storage::STEP, gvisor::STEP, k3s::STEP, super::STEP, boot::STEP],
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
        verify: vec![Check::new(
            "gpu-watch",
            "GPUs watched in containers",
            format!("`{timer}` is active and has written its metrics"),
            Script::new(&Verify {
                folder: &folder,
                metrics: &metrics,
                script: &script,
                service: &service,
                timer: &timer,
                file: FILE,
            }),
        )],
        rollback: Script::new(&Rollback { folder: &folder, metrics: &metrics, units: &units }),
    })
}
