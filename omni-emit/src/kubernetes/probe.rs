//! The probes of a pod.

use k8s_openapi::{api::core::v1 as core, apimachinery::pkg::util::intstr::IntOrString};
use omni_model::{
    Facts,
    deployment::{Health, Probe, Service},
    names::ServiceName,
    units::Duration,
};

use crate::container;

/// The probes of a service: startup, readiness, liveness. They use its health endpoint. A service with an endpoint and without probes
/// gets a readiness probe.
pub(super) fn probes(facts: &Facts<'_>, name: &ServiceName, service: &Service) -> [Option<core::Probe>; 3] {
    let Some(health) = &service.health else { return [None, None, None] };
    let handler = handler(facts, name, health);
    let timed = |probe: &Probe| core::Probe {
        initial_delay_seconds: (probe.initial_delay != Duration::default())
            .then(|| seconds(probe.initial_delay)),
        period_seconds: Some(seconds(probe.period)),
        timeout_seconds: Some(seconds(probe.timeout)),
        failure_threshold: Some(i32::try_from(probe.failures).unwrap_or(i32::MAX)),
        ..handler.clone()
    };
    let probes = &service.probes;
    let [startup, readiness, liveness] =
        [&probes.startup, &probes.readiness, &probes.liveness].map(|probe| probe.as_ref().map(timed));
    let unwatched = startup.is_none() && readiness.is_none() && liveness.is_none();
    [startup, if unwatched { Some(handler.clone()) } else { readiness }, liveness]
}

/// How long a service may take to start, if the model says so.
pub(super) fn start_time(service: &Service) -> Option<Duration> {
    service.probes.startup.as_ref().map(Probe::tolerance).max(service.load_time)
}

fn handler(facts: &Facts<'_>, name: &ServiceName, health: &Health) -> core::Probe {
    match health {
        Health::Http(http) => core::Probe {
            http_get: Some(core::HTTPGetAction {
                path: Some(http.path.to_string()),
                port: IntOrString::String(http.port.to_string()),
                ..core::HTTPGetAction::default()
            }),
            ..core::Probe::default()
        },
        Health::Tcp(port) => core::Probe {
            tcp_socket: Some(core::TCPSocketAction {
                port: IntOrString::String(port.to_string()),
                ..core::TCPSocketAction::default()
            }),
            ..core::Probe::default()
        },
        Health::Command(command) => {
            let words = command.iter().map(|word| escape(&container::fill(facts, name, word)));
            core::Probe {
                exec: Some(core::ExecAction { command: Some(words.collect()) }),
                ..core::Probe::default()
            }
        }
    }
}

fn seconds(duration: Duration) -> i32 {
    i32::try_from(duration.secs()).unwrap_or(i32::MAX)
}

/// A text for Kubernetes, which reads `$(NAME)` as a variable and `$$` as a dollar.
pub(super) fn escape(text: &str) -> String {
    text.replace('$', "$$")
}
