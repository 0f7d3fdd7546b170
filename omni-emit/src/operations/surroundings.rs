//! Whatever would stop a deployment halfway or keep its services from working: occupied ports, containers with the same names, another
//! firewall, missing programs, a bundle that containers cannot read, secrets that are not filled in.

use std::net::Ipv4Addr;

use askama::Template;
use omni_model::{
    Facts,
    deployment::{Host, State},
    names::HostName,
    scenario::Runtime,
    units::{self, Protocol},
};

use super::preflight::TOOLS;
use crate::{
    compose, container, models,
    provision::Provider,
    secrets,
    step::{Check, Script},
};

#[derive(Template)]
#[template(path = "operations/preflight/ports.sh")]
struct Ports {
    ports: Vec<Port>,
}

/// A port of the host that the deployment uses.
struct Port {
    /// The address at which it is used. `None` for all addresses.
    address: Option<Ipv4Addr>,
    number: u16,
    protocol: Protocol,
    holder: Holder,
}

impl Port {
    fn address(&self) -> String {
        self.address.map_or("*".to_owned(), |address| address.to_string())
    }
}

/// The part of this deployment that may use a port already.
enum Holder {
    /// The container of a Compose project that publishes it, by Docker's filter: Docker's proxy listens for it.
    Published(String, String),
    /// A container of a Compose project in the host's network, by Docker's filter.
    Container(String, String),
    /// A container of a namespace in the host's network.
    Pod(String, String),
    /// k3s itself.
    K3s,
}

#[derive(Template)]
#[template(path = "operations/preflight/containers.sh")]
struct Containers<'a> {
    containers: Vec<&'a str>,
    project: &'a str,
}

#[derive(Template)]
#[template(path = "operations/preflight/cgroup.sh")]
struct Cgroup;

#[derive(Template)]
#[template(path = "operations/preflight/venv.sh")]
struct Venv {
    client: String,
}

#[derive(Template)]
#[template(path = "operations/preflight/firewalld.sh")]
struct Firewalld;

#[derive(Template)]
#[template(path = "operations/preflight/docker-firewall.sh")]
struct DockerFirewall;

#[derive(Template)]
#[template(path = "operations/preflight/readable.sh")]
struct Readable {
    unread: Script,
}

/// The checks of a host.
pub(super) fn checks(facts: &Facts<'_>, providers: &[Provider], name: &HostName, host: &Host) -> Vec<Check> {
    let project = facts.deployment().name.as_str();
    let services = container::on_compose(facts, name);
    let containers: Vec<_> = services.iter().map(|(name, service)| service.container(name)).collect();
    let by_compose = !containers.is_empty();
    let mut checks = vec![
        Check::new(
            "ports",
            "Ports free",
            "no other process listens on a port of this deployment",
            Script::new(&Ports { ports: ports(facts, name) }),
        ),
        Check::new("firewalld", "No other firewall", "firewalld does not run", Script::new(&Firewalld)),
    ];
    if by_compose {
        checks.push(
            Check::new(
                "container-names",
                "Container names free",
                "no other container has the name of a container of this deployment",
                Script::new(&Containers { containers, project }),
            )
            .after(TOOLS),
        );
        checks.push(
            Check::new(
                "docker-firewall",
                "Docker's firewall",
                "Docker uses iptables",
                Script::new(&DockerFirewall),
            )
            .after(TOOLS),
        );
    }
    // Docker works with both versions. The kubelet needs version 2 for swap, and refuses version 1 since Kubernetes 1.35:
    // <https://kubernetes.io/docs/concepts/architecture/cgroups/>
    if facts.cluster_on(name).is_some() {
        checks.push(Check::new("cgroup", "Control groups", "version 2", Script::new(&Cgroup)));
    }
    if let Some(client) = models::client(facts.deployment(), name, host) {
        checks.push(
            Check::new(
                "python-venv",
                "Python's virtual environments",
                "python3-venv, which the download of models needs",
                Script::new(&Venv { client }),
            )
            .after(TOOLS),
        );
    }
    checks.extend(compose::readable(facts, providers, name).map(|unread| {
        let expected = "the user of each container can read the files that it mounts from the bundle";
        Check::new("bundle-readable", "Bundle readable", expected, Script::new(&Readable { unread }))
    }));
    checks.extend(secrets::preflight(facts, name));
    checks
}

/// The ports that active services and k3s use on a host.
fn ports(facts: &Facts<'_>, host: &HostName) -> Vec<Port> {
    let project = facts.deployment().name.as_str();
    let mut ports = Vec::new();
    for (name, service) in facts.on(host).iter().filter(|(_, service)| service.state == State::Active) {
        let container = service.container(name);
        if service.host_network {
            ports.extend(service.ports.values().map(|port| Port {
                address: None,
                number: port.target.get(),
                protocol: port.protocol,
                holder: match facts.runtime(service) {
                    Runtime::Compose => {
                        Holder::Container(project.to_owned(), container::name_filter(container))
                    }
                    Runtime::Kubernetes => Holder::Pod(
                        facts.namespace(&service.zone).map_or_else(String::new, |name| name.to_string()),
                        container.to_owned(),
                    ),
                },
            }));
        }
        ports.extend(facts.publications(name).iter().map(|port| Port {
            address: Some(port.address),
            number: port.published.get(),
            protocol: port.protocol,
            holder: Holder::Published(project.to_owned(), container::name_filter(container)),
        }));
    }
    // <https://docs.k3s.io/installation/requirements#inbound-rules-for-k3s-nodes>
    if facts.cluster_on(host).is_some() {
        ports.extend([units::Port::KUBERNETES_API, units::Port::KUBELET].map(|port| Port {
            address: None,
            number: port.get(),
            protocol: Protocol::Tcp,
            holder: Holder::K3s,
        }));
    }
    ports
}

#[cfg(test)]
mod tests {
    use std::fs;

    use serde_json::json;

    use super::*;
    use crate::testing::{checked, document, facts, run, small};

    /// A check of the small deployment's host.
    fn check(option: &str, name: &str) -> Script {
        let mut document = document();
        document["models"]["large"]["directory"] = json!("large");
        let small = checked(document);
        let facts = facts(&small, option);
        let (host, spec) = small.hosts.get_index(0).unwrap();
        let checks = checks(&facts, &[], host, spec);
        let found = checks.iter().find(|check| check.id.as_str() == name);
        found.unwrap_or_else(|| panic!("no check {name} in {option}")).script.clone()
    }

    /// A stub for `ss` that prints these lines, with nothing of the deployment running.
    fn listening(lines: &[&str]) -> String {
        format!(
            "ss() {{ printf '%s\\n' {}; }}; docker() {{ :; }}; k3s() {{ :; }}; systemctl() {{ :; }}",
            lines.iter().map(|line| format!("'{line}'")).collect::<Vec<_>>().join(" ")
        )
    }

    #[test]
    fn a_port_that_somebody_else_has_is_named_with_who_has_it() {
        let ports = check("compose", "ports");
        let ollama = r#"tcp LISTEN 0 4096 *:8000 *:* users:(("ollama",pid=1234,fd=3))"#;
        let said = run(&ports, &listening(&[ollama])).unwrap_err();
        assert!(said.starts_with("fail: taken: 8000/tcp by ollama (process 1234) at *; "), "{said}");
        // The store is published at 8050 of loopback alone; a resolver's address has the name of an interface.
        for (line, is_taken) in [
            ("tcp LISTEN 0 5 127.0.0.1:8050 0.0.0.0:*", true),
            ("tcp LISTEN 0 5 0.0.0.0:8050 0.0.0.0:*", true),
            ("tcp LISTEN 0 5 127.0.0.1%lo:8050 0.0.0.0:*", true),
            ("tcp LISTEN 0 5 192.168.3.10:8050 0.0.0.0:*", false),
            ("tcp LISTEN 0 5 [::1]:8050 [::]:*", false),
            ("udp UNCONN 0 0 127.0.0.1:8050 0.0.0.0:*", false),
            ("tcp LISTEN 0 5 127.0.0.1:80 0.0.0.0:*", false),
        ] {
            let said = run(&ports, &listening(&[line]));
            assert_eq!(said.is_err(), is_taken, "{line}: {said:?}");
            assert!(!is_taken || said.unwrap_err().contains("8050/tcp by another process at "), "{line}");
        }
        assert!(run(&ports, "ss() { return 127; }").unwrap_err().contains("install iproute2"));
    }

    #[test]
    fn the_deployment_may_have_its_own_ports() {
        let all = [
            "tcp LISTEN 0 5 *:8000 *:*",
            "tcp LISTEN 0 5 127.0.0.1:8050 0.0.0.0:*",
            "tcp LISTEN 0 5 *:6443 *:*",
            "tcp LISTEN 0 5 *:10250 *:*",
        ];
        // In k3s, the store has an address of its own.
        for (option, count) in [("compose", 2), ("k3s", 3)] {
            let (ports, machine) = (check(option, "ports"), listening(&all));
            let said = run(&ports, &machine).unwrap_err();
            assert_eq!(said.matches(" by another process at ").count(), count, "{option}: {said}");
            let ours = "docker() { echo 0123; }; k3s() { echo 0123; }; systemctl() { echo k3s.service; }";
            assert_eq!(run(&ports, &format!("{machine}; {ours}")), Ok(String::new()), "{option}");
            if option == "compose" {
                // The container is there, and stopped: who listens shows in the name.
                let by = |name: &str| {
                    let line =
                        format!(r#"tcp LISTEN 0 5 127.0.0.1:8050 0.0.0.0:* users:(("{name}",pid=1,fd=3))"#);
                    run(&ports, &format!("{}; {ours}", listening(&[&line])))
                };
                assert_eq!(by("docker-proxy"), Ok(String::new()));
                assert!(by("qdrant").unwrap_err().contains("8050/tcp by qdrant (process 1)"));
            }
        }
    }

    #[test]
    fn a_container_of_others_is_in_the_way() {
        let names = check("compose", "container-names");
        let docker = |lines: &str| run(&names, &format!("docker() {{ printf '%s\\n' {lines}; }}"));
        assert_eq!(docker("'llm small' 'other '"), Ok(String::new()));
        let said = docker("'llm small' 'store ' 'agent another'").unwrap_err();
        assert_eq!(said, "fail: other containers have these names: store agent; remove or rename them\n");
        assert!(run(&names, "docker() { return 1; }").unwrap_err().contains("does not answer"));
    }

    #[test]
    fn another_firewall_is_in_the_way() {
        let firewalld = check("compose", "firewalld");
        let state = |state: &str| run(&firewalld, &format!("firewall-cmd() {{ echo {state}; return 252; }}"));
        assert!(state("running").unwrap_err().contains("firewalld is running"));
        assert_eq!(state("'not running'"), Ok(String::new()));

        let docker = check("compose", "docker-firewall");
        let info = |line: &str| run(&docker, &format!("docker() {{ printf ' Driver: x\\n{line}'; }}"));
        for backend in ["nftables", "nftables+firewalld"] {
            let said = info(&format!(" Firewall Backend: {backend}\\n")).unwrap_err();
            assert!(said.contains(&format!("firewall-backend is {backend}, which has no chain DOCKER-USER")));
        }
        assert_eq!(info(" Firewall Backend: iptables\\n"), Ok(String::new()));
        assert_eq!(info(""), Ok(String::new()), "a release that knows no other");
    }

    #[test]
    fn kubernetes_wants_control_groups_of_version_2() {
        let cgroup = check("k3s", "cgroup");
        assert_eq!(run(&cgroup, "stat() { echo cgroup2fs; }"), Ok(String::new()));
        assert!(run(&cgroup, "stat() { echo tmpfs; }").unwrap_err().contains("/sys/fs/cgroup is tmpfs"));
    }

    #[test]
    fn models_want_virtual_environments() {
        let venv = check("compose", "python-venv");
        assert_eq!(run(&venv, "python3() { :; }"), Ok(String::new()));
        assert_eq!(run(&venv, "python3() { return 1; }"), Err("fail: install python3-venv\n".to_owned()));
        let without = small();
        let (host, spec) = without.hosts.get_index(0).unwrap();
        let checks = checks(&facts(&without, "compose"), &[], host, spec);
        let has = checks.iter().any(|check| check.id.as_str() == "python-venv");
        assert_eq!(has, models::client(&without, host, spec).is_some());
    }

    #[test]
    fn secrets_are_filled_in_before_anything_begins() {
        let folder = tempfile::TempDir::new().unwrap();
        let file = folder.path().join("small.env");
        let script = check("compose", "secrets-filled-in").to_string();
        let script = script.replace("/etc/omni/small.env", file.to_str().unwrap());
        let script = Script::fixed(script.leak());
        let judge = || run(&script, "bundle=/bundle");
        assert!(judge().unwrap_err().contains("is missing: copy /bundle/compose/.env.example there"));
        fs::write(&file, "AGENT_API_KEY=\n").unwrap();
        assert!(judge().unwrap_err().contains("these secrets have no value in "));
        fs::write(&file, "# a comment\nAGENT_API_KEY='x'\n").unwrap();
        assert!(judge().unwrap_err().contains("line 2 of "));
        fs::write(&file, "AGENT_API_KEY=x\nTRACE_KEY=\n").unwrap();
        assert_eq!(judge(), Ok(String::new()));
    }
}
