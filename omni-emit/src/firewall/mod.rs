//! The firewall of a machine: ufw for traffic to the host itself, DOCKER-USER for traffic forwarded to and from containers.

use std::net::Ipv4Addr;

use askama::Template;
use omni_model::{
    Facts,
    deployment::{Host, Ipv6},
    names::HostName,
    policy::{DockerUser, FilterRule, Ufw, UfwRule, purposes},
    units::Port,
};

use crate::{
    artifact::{Artifact, render},
    cluster, filters,
    header::Header,
    k3s,
    step::{Check, CheckKind, Script, Step, StepId},
    text::counted,
};

/// The step.
pub(crate) const STEP: StepId = StepId::new("firewall");

/// The check of UFW's rules.
pub(crate) const UFW_RULES: CheckKind = CheckKind::new("ufw-rules");

/// The file of ufw whose rules come before its own rules for IPv6.
const BEFORE6: &str = "/etc/ufw/before6.rules";

/// The step of each host's firewall.
pub(crate) fn steps(facts: &Facts<'_>) -> Vec<Step> {
    let hosts = facts.deployment().hosts.iter();
    hosts.map(|(name, host)| firewall(facts, name, host)).collect()
}

fn firewall(facts: &Facts<'_>, name: &HostName, host: &Host) -> Step {
    let (ufw, docker_user) = (facts.ufw(name, host), facts.docker_user(name, host));
    let deployment = facts.deployment();
    let own = OwnRules::of(facts);
    let folder = format!("{}firewall", facts.host_folder(name));
    let file = |name: &str| format!("{folder}/{name}");
    let rules = |rules, file| {
        let (header, deployment) = (Header::of(deployment), deployment.name.as_str());
        render(&DockerUserRules { header, deployment, file, rules })
    };
    let deny6 = ufw.ipv6 == Ipv6::Deny;
    let script = UfwScript {
        header: Header::of(deployment),
        host: name.as_str(),
        address: host.address,
        ssh_port: host.ssh_port,
        own: &own,
        rules: ufw.rules.iter().map(Line::of).collect(),
        deny6,
        ssh: ufw.rules.first().map(shown).unwrap_or_default(),
    };
    let mut artifacts = vec![
        Artifact::program(file("ufw.sh"), &script),
        Artifact::new(file("docker-user.rules"), rules(&docker_user.rules, "/etc/ufw/after.rules")),
        Artifact::new(file("docker-user6.rules"), rules(&docker_user.rules6, "/etc/ufw/after6.rules")),
    ];
    if deny6 {
        let (header, deployment) = (Header::of(deployment), deployment.name.as_str());
        let rules = DenyRules { header, deployment, file: BEFORE6, ssh: host.ssh_port };
        artifacts.push(Artifact::from_template(file("deny6.rules"), &rules));
    }
    Step {
        host: name.clone(),
        id: STEP,
        title: "Firewall".to_owned(),
        targets:
            "ufw's rules, /etc/default/ufw, /etc/ufw/before6.rules, after.rules and after6.rules, DOCKER-USER"
                .to_owned(),
        follows: &[cluster::NETWORK_POLICIES, k3s::STEP],
        reboot: false,
        touches_data: false,
        artifacts,
        remember: Script::fixed(include_str!("remember.sh")),
        apply: Script::new(&Apply { script: &file("ufw.sh") }),
        verify: checks(facts, name, &ufw, &docker_user, &folder),
        rollback: Script::new(&Rollback { own: &own }),
    }
}

fn checks(
    facts: &Facts<'_>,
    name: &HostName,
    ufw: &Ufw,
    docker_user: &DockerUser,
    folder: &str,
) -> Vec<Check> {
    let expected = format!(
        "ufw is active and has {}, and nothing opens more",
        counted(ufw.rules.len(), "declared rule")
    );
    // Whether k3s has chains on this host.
    let kube = facts.cluster_on(name).is_some();
    let lines = ufw.rules.iter().map(shown).collect();
    let bridge = facts.deployment().network.bridge.as_str();
    let mut checks = vec![
        Check::new(UFW_RULES, "UFW rules", expected, Script::new(&VerifyUfw { lines, kube })),
        Check::new(
            "docker-user",
            "DOCKER-USER rules",
            format!(
                "exactly {}, and forwarded packets reach them first",
                counted(docker_user.rules.len(), "declared rule")
            ),
            Script::new(&VerifyDockerUser { folder, bridge, kube }),
        ),
    ];
    if ufw.ipv6 == Ipv6::Deny {
        checks.push(Check::new(
            "ipv6-denied",
            "IPv6 denied",
            "new incoming IPv6 connections are dropped, and outgoing ones are refused at once",
            Script::new(&VerifyIpv6 { folder, kube }),
        ));
    }
    checks
}

/// A rule as `ufw show added` prints it.
fn shown(rule: &UfwRule) -> String {
    format!("ufw {}", rule.shown())
}

/// How Omni's own rules are told apart from others.
struct OwnRules {
    /// The start of the comments of Omni's rules in ufw.
    mark: String,
    /// The sed script that removes Omni's block from a file.
    strip: String,
}

impl OwnRules {
    fn of(facts: &Facts<'_>) -> Self {
        let name = &facts.deployment().name;
        Self {
            mark: format!("omni:{name}"),
            strip: format!("/^# BEGIN OMNI {name}$/,/^# END OMNI {name}$/d"),
        }
    }
}

struct Line {
    purpose: String,
    words: Vec<String>,
}

impl Line {
    fn of(rule: &UfwRule) -> Self {
        // ufw rejects this quote in a comment.
        let purpose = purposes(&rule.origins).replace('\'', "`");
        Self { purpose, words: rule.to_string().split(' ').map(str::to_owned).collect() }
    }
}

#[derive(Template)]
#[template(path = "firewall/ufw.sh")]
struct UfwScript<'a> {
    header: Header<'a>,
    host: &'a str,
    own: &'a OwnRules,
    address: Ipv4Addr,
    ssh_port: Port,
    rules: Vec<Line>,
    deny6: bool,
    ssh: String,
}

#[derive(Template)]
#[template(path = "firewall/docker_user.txt")]
struct DockerUserRules<'a> {
    header: Header<'a>,
    deployment: &'a str,
    file: &'static str,
    rules: &'a [FilterRule],
}

/// The rules that deny IPv6. ufw's own `IPV6=no` would also break existing connections, and programs on the host would wait for a timeout:
/// <https://git.launchpad.net/ufw/tree/src/ufw-init-functions>, `ufw_start`.
#[derive(Template)]
#[template(path = "firewall/deny6.txt")]
struct DenyRules<'a> {
    header: Header<'a>,
    deployment: &'a str,
    file: &'static str,
    ssh: Port,
}

#[derive(Template)]
#[template(ext = "sh", source = "bash \"$bundle\"/{{ script }}")]
struct Apply<'a> {
    script: &'a str,
}

#[derive(Template)]
#[template(path = "firewall/verify_ufw.sh")]
struct VerifyUfw {
    lines: Vec<String>,
    kube: bool,
}

#[derive(Template)]
#[template(path = "firewall/verify_docker_user.sh")]
struct VerifyDockerUser<'a> {
    folder: &'a str,
    bridge: &'a str,
    kube: bool,
}

#[derive(Template)]
#[template(path = "firewall/verify_ipv6.sh")]
struct VerifyIpv6<'a> {
    folder: &'a str,
    kube: bool,
}

#[derive(Template)]
#[template(path = "firewall/rollback.sh")]
struct Rollback<'a> {
    own: &'a OwnRules,
}
