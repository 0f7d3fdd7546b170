//! Whether each service works, checked as a client would.

use askama::Template;
use omni_model::{
    Facts,
    deployment::{Health, Service, State},
    names::{HostName, ServiceName},
    scenario::Runtime,
};

use crate::{
    checks, container,
    step::{Check, CheckKind, Script},
};

/// The checks of the services. Their names are those of the services.
const HEALTH: CheckKind = CheckKind::new("health");

#[derive(Template)]
#[template(path = "operations/health/http.sh")]
struct Http<'a> {
    url: &'a str,
}

#[derive(Template)]
#[template(path = "operations/health/tcp.sh")]
struct Tcp<'a> {
    host: &'a str,
    port: &'a str,
}

#[derive(Template)]
#[template(path = "operations/health/command.sh")]
struct Command<'a> {
    container: &'a str,
    command: &'a [String],
}

#[derive(Template)]
#[template(path = "operations/health/pod.sh")]
struct Pod<'a> {
    namespace: &'a str,
    name: &'a str,
}

/// A check for each active service of a host that has a health endpoint, and for each API of models.
pub(crate) fn checks(facts: &Facts<'_>, host: &HostName) -> Vec<Check> {
    let mut all = Vec::new();
    for (name, service) in facts.on(host).iter().filter(|(_, service)| service.state == State::Active) {
        let title = container::title(name, service);
        let Some((expected, script)) = health(facts, name, service) else { continue };
        let script = checks::may_load(facts, name, service, script);
        all.push(Check::new(HEALTH.named(name.as_str()), title, expected, script));
        let models =
            service.inference.as_ref().and_then(|inference| facts.local_endpoint(name, &inference.port));
        if let Some(endpoint) = models {
            let url = format!("http://{endpoint}/v1/models");
            let script = Script::new(&Http { url: &url });
            all.push(
                Check::new(
                    HEALTH.named(format!("{name}-models")),
                    format!("{title}: models"),
                    format!("GET {url} succeeds"),
                    checks::may_load(facts, name, service, script),
                )
                .after(&HEALTH.named(name.as_str())),
            );
        }
    }
    all
}

fn health(facts: &Facts<'_>, name: &ServiceName, service: &Service) -> Option<(String, Script)> {
    let health = service.health.as_ref()?;
    // The kubelet runs the probes of a pod in a network of its own, so its readiness is the answer.
    if facts.runtime(service) == Runtime::Kubernetes && !service.host_network {
        let namespace = facts.namespace(&service.zone)?;
        let script = Script::new(&Pod { namespace: namespace.as_str(), name: service.workload(name) });
        let name = service.workload(name);
        return Some((format!("Deployment {name} in {namespace} is ready"), script));
    }
    match health {
        Health::Http(http) => {
            let url = format!("http://{}{}", facts.local_endpoint(name, &http.port)?, http.path);
            Some((format!("GET {url} succeeds"), Script::new(&Http { url: &url })))
        }
        Health::Tcp(port) => {
            let endpoint = facts.local_endpoint(name, port)?;
            let (host, port) = endpoint.rsplit_once(':')?;
            Some((format!("{endpoint} accepts a connection"), Script::new(&Tcp { host, port })))
        }
        Health::Command(command) => {
            let command: Vec<_> = command.iter().map(|word| facts.fill(name, word)).collect::<Option<_>>()?;
            let script = Script::new(&Command { container: service.container(name), command: &command });
            Some((format!("`{}` succeeds in its container", command.join(" ")), script))
        }
    }
}
