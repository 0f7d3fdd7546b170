use crate::{
    deployment::{PodSecurity, Service, Volume},
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    names::ServiceName,
    path::ModelPath,
    rules::{Definition, Rule, Scope, at},
    scenario::Runtime,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "a pod keeps to the Pod Security level of its namespace",
    scope: Scope::EachOption(check),
};

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    let deployment = facts.deployment();
    let mut findings = Vec::new();
    for (name, service) in facts.run_by(Runtime::Kubernetes) {
        let Some(zone) = deployment.zones.get(&service.zone) else { continue };
        let level = zone.pod_security;
        if level == PodSecurity::Privileged {
            continue;
        }
        for (path, problem) in violations(name, service, level) {
            let message = format!("`{name}` {problem}, which Pod Security `{level}` forbids");
            let related = at("zones", &service.zone).key("pod_security");
            findings.push(rule.finding(path, message).related(related, "the level of its namespace"));
        }
    }
    findings
}

/// What a level above `privileged` forbids.
pub(super) fn violations(
    name: &ServiceName,
    service: &Service,
    level: PodSecurity,
) -> Vec<(ModelPath, String)> {
    let path = at("services", name);
    let mut found = Vec::new();
    if service.host_network {
        found.push((path.key("host_network"), "uses the host's network".to_owned()));
    }
    if service.sees_host_processes() {
        found.push((path.key("host_pid"), "sees the host's processes".to_owned()));
    }
    let of_host = service.volumes.iter().filter(|(_, volume)| !matches!(volume, Volume::Tmpfs(_)));
    found.extend(of_host.map(|(target, _)| {
        (path.key("volumes").key(target), format!("sees a directory of the host at `{target}`"))
    }));
    if service.numa.is_some() {
        found.push((path.key("numa"), "gets the capability `SYS_NICE` for numactl".to_owned()));
    }
    let restricted = level == PodSecurity::Restricted;
    let allowed: &[&str] = if restricted { &["NET_BIND_SERVICE"] } else { &BASELINE };
    for (i, capability) in service.capabilities.iter().enumerate() {
        if !allowed.contains(&capability.as_str()) {
            found.push((path.key("capabilities").index(i), format!("has the capability `{capability}`")));
        }
    }
    if restricted && service.user.is_none_or(|user| user.uid == 0) {
        let problem =
            if service.user.is_some() { "runs as root" } else { "may run as root: it has no `user`" };
        found.push((path.key("user"), problem.to_owned()));
    }
    found
}

/// The capabilities that `baseline` allows. <https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline>
const BASELINE: [&str; 13] = [
    "AUDIT_WRITE",
    "CHOWN",
    "DAC_OVERRIDE",
    "FOWNER",
    "FSETID",
    "KILL",
    "MKNOD",
    "NET_BIND_SERVICE",
    "SETFCAP",
    "SETGID",
    "SETPCAP",
    "SETUID",
    "SYS_CHROOT",
];
