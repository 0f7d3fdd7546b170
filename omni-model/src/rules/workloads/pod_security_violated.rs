use std::fmt;

use serde::Serialize;

use crate::{
    catalog::pod_security::{BASELINE_CAPABILITIES, RESTRICTED_CAPABILITIES},
    deployment::{PodSecurity, Service, Volume},
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    message::message,
    names::{AbsPath, Capability, ServiceName, ZoneName},
    path::ModelPath,
    rules::{Definition, Rule, Scope, at},
    scenario::Runtime,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "a pod meets the Pod Security level of its namespace",
    scope: Scope::EachOption(check),
};

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    let deployment = facts.deployment();
    let mut findings = Vec::new();
    for (name, service) in facts.run_by(Runtime::Kubernetes) {
        let Some(zone) = deployment.zones.get(&service.zone) else { continue };
        let level = zone.pod_security;
        for (path, violation) in violations(name, service, level) {
            let message = message!(
                "Pod Security `{level}` does not allow `{name}` to {violation}",
                level,
                name,
                violation,
            );
            let related = level_path(&service.zone, level);
            let finding = rule.finding(path, message).related(related, "the level of its zone");
            findings.push(finding.help(violation.help()));
        }
    }
    findings
}

/// The place of a zone's level: the zone itself if that is the default.
pub(super) fn level_path(zone: &ZoneName, level: PodSecurity) -> ModelPath {
    let path = at("zones", zone);
    if level == PodSecurity::default() { path } else { path.key("pod_security") }
}

/// What a pod does that a level forbids.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Violation<'a> {
    HostNetwork,
    HostProcesses,
    HostDirectory(&'a AbsPath),
    Numa,
    Capability(&'a Capability),
    Root,
    NoUser,
}

/// What a level forbids a service to do, and where the service asks for it.
pub(super) fn violations<'a>(
    name: &ServiceName,
    service: &'a Service,
    level: PodSecurity,
) -> Vec<(ModelPath, Violation<'a>)> {
    let allowed: &[&str] = match level {
        PodSecurity::Privileged => return Vec::new(),
        PodSecurity::Baseline => &BASELINE_CAPABILITIES,
        PodSecurity::Restricted => &RESTRICTED_CAPABILITIES,
    };
    let path = at("services", name);
    let mut found = Vec::new();
    if service.host_network {
        found.push((path.key("host_network"), Violation::HostNetwork));
    }
    if service.sees_host_processes() {
        // Without `host_pid`, its product needs the host's processes.
        let place = if service.host_pid.is_some() { path.key("host_pid") } else { path.clone() };
        found.push((place, Violation::HostProcesses));
    }
    let of_host = service.volumes.iter().filter(|(_, volume)| !matches!(volume, Volume::Tmpfs(_)));
    found.extend(
        of_host.map(|(target, _)| (path.key("volumes").key(target), Violation::HostDirectory(target))),
    );
    if service.numa.is_some() {
        found.push((path.key("numa"), Violation::Numa));
    }
    for (i, capability) in service.capabilities.iter().enumerate() {
        if !allowed.contains(&capability.as_str()) {
            found.push((path.key("capabilities").index(i), Violation::Capability(capability)));
        }
    }
    if level == PodSecurity::Restricted {
        match service.user {
            None => found.push((path, Violation::NoUser)),
            Some(user) if user.uid == 0 => found.push((path.key("user"), Violation::Root)),
            Some(_) => {}
        }
    }
    found
}

impl Violation<'_> {
    fn help(self) -> &'static str {
        match self {
            Self::HostNetwork => "remove `host_network`, or move the service to a zone of level `privileged`",
            Self::HostProcesses => {
                "set `host_pid: false`, or move the service to a zone of level `privileged`"
            }
            Self::HostDirectory(_) => {
                "remove the volume, or move the service to a zone of level `privileged`"
            }
            Self::Numa => "remove `numa`, or move the service to a zone of level `privileged`",
            Self::Capability(_) => {
                "remove the capability, or move the service to a zone of a less strict level"
            }
            Self::Root | Self::NoUser => "set `user` to a user other than root",
        }
    }
}

/// As the end of the sentence "Pod Security does not allow it to …".
impl fmt::Display for Violation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::HostNetwork => f.write_str("use the host's network"),
            Self::HostProcesses => f.write_str("see the host's processes"),
            Self::HostDirectory(target) => write!(f, "mount a directory of the host at `{target}`"),
            Self::Numa => f.write_str("have the capability `SYS_NICE`, which `numa` needs"),
            Self::Capability(capability) => write!(f, "have the capability `{capability}`"),
            Self::Root => f.write_str("run as root"),
            Self::NoUser => f.write_str("run without a `user`"),
        }
    }
}
