//! What may talk to what on a machine: ufw for what reaches the host itself, DOCKER-USER for what is forwarded to and from
//! containers, NetworkPolicies for pods.

mod network_policies;

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
    artifact::Artifact,
    filters,
    header::Header,
    step::{Check, Family, Script, Step},
};

/// Where ufw has what comes before its own rules for IPv6.
const BEFORE6: &str = "/etc/ufw/before6.rules";

/// The steps of NetworkPolicies and of each host's firewall.
pub(crate) fn steps(facts: &Facts<'_>) -> Vec<Step> {
    let hosts = facts.deployment().hosts.iter();
    network_policies::step(facts)
        .into_iter()
        .chain(hosts.map(|(name, host)| firewall(facts, name, host)))
        .collect()
}

fn firewall(facts: &Facts<'_>, name: &HostName, host: &Host) -> Step {
    let (ufw, docker_user) = (facts.ufw(name, host), facts.docker_user(name, host));
    let deployment = facts.deployment();
    let own = OwnRules::of(facts);
    let folder = format!("{}firewall", facts.host_folder(name));
    let file = |name: &str| format!("{folder}/{name}");
    let rules = |rules, file| {
        let (header, deployment) = (Header::of(deployment), deployment.name.as_str());
        Script::new(&DockerUserRules { header, deployment, file, rules }).to_string()
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
        Artifact::new(file("ufw.sh"), Script::new(&script).to_string()).executable(),
        Artifact::new(file("docker-user.rules"), rules(&docker_user.rules, "/etc/ufw/after.rules")),
        Artifact::new(file("docker-user6.rules"), rules(&docker_user.rules6, "/etc/ufw/after6.rules")),
    ];
    if deny6 {
        let (header, deployment) = (Header::of(deployment), deployment.name.as_str());
        let rules = Script::new(&DenyRules { header, deployment, file: BEFORE6, ssh: host.ssh_port });
        artifacts.push(Artifact::new(file("deny6.rules"), rules.to_string()));
    }
    Step {
        family: Family::Firewall,
        host: name.clone(),
        phase: "3.2",
        name: "firewall",
        title: "Firewall".to_owned(),
        targets:
            "ufw's rules, /etc/default/ufw, /etc/ufw/before6.rules, after.rules and after6.rules, DOCKER-USER"
                .to_owned(),
        follows: &["network-policies", "k3s"],
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
    let count = |count: usize| format!("each of {count} rules, nothing that opens more, and ufw is active");
    // Whether k3s has its chains here.
    let kube = facts.cluster_on(name).is_some();
    let check = |name: &str, title: &str, expected: String, script| Check {
        name: name.to_owned(),
        title: title.to_owned(),
        expected,
        after: None,
        script,
    };
    let lines = ufw.rules.iter().map(shown).collect();
    let bridge = facts.deployment().network.bridge.as_str();
    let mut checks = vec![
        check("ufw-rules", "UFW rules", count(ufw.rules.len()), Script::new(&VerifyUfw { lines, kube })),
        check(
            "docker-user",
            "DOCKER-USER rules",
            format!(
                "exactly the {} declared rules, and forwarded packets meet them first",
                docker_user.rules.len()
            ),
            Script::new(&VerifyDockerUser { folder, bridge, kube }),
        ),
    ];
    if ufw.ipv6 == Ipv6::Deny {
        checks.push(check(
            "ipv6-denied",
            "IPv6 denied",
            "nothing new comes in by IPv6, and what goes out is refused at once".to_owned(),
            Script::new(&VerifyIpv6 { folder, kube }),
        ));
    }
    checks
}

/// A line of ufw as it shows it.
fn shown(rule: &UfwRule) -> String {
    format!("ufw {}", rule.shown())
}

/// How our own rules are known among others.
struct OwnRules {
    /// What the comments of ufw's rules begin with.
    mark: String,
    /// The sed script that takes our block out of a file.
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
        // ufw refuses this quote in a comment.
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

/// What denies IPv6. ufw's own `IPV6=no` does so too, but drops what belongs to connections from before, and lets whoever asks by
/// IPv6 from the host wait: <https://git.launchpad.net/ufw/tree/src/ufw-init-functions>, `ufw_start`.
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
