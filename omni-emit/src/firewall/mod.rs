//! What may talk to what on a machine: ufw for what reaches the host itself, DOCKER-USER for what is forwarded to and from
//! containers, NetworkPolicies for pods.

mod network_policies;

use askama::Template;
use omni_model::{
    Scenario,
    deployment::{Host, Ipv6},
    names::HostName,
    policy::{DockerUser, FilterRule, Ufw, UfwRule, purposes},
};

use crate::{
    artifact::Artifact,
    filters,
    header::Header,
    step::{Check, Family, Script, Step},
};

/// The steps of NetworkPolicies and of each host's firewall.
pub(crate) fn steps(scenario: &Scenario<'_>) -> Vec<Step> {
    let hosts = scenario.deployment().hosts.iter();
    network_policies::step(scenario)
        .into_iter()
        .chain(hosts.map(|(name, host)| firewall(scenario, name, host)))
        .collect()
}

fn firewall(scenario: &Scenario<'_>, name: &HostName, host: &Host) -> Step {
    let (ufw, docker_user) = (scenario.ufw(name, host), scenario.docker_user(name, host));
    let deployment = scenario.deployment();
    let own = OwnRules::of(scenario);
    let folder = format!("{}firewall", scenario.host_folder(name));
    let file = |name: &str| format!("{folder}/{name}");
    let rules = |rules, file| {
        let (header, deployment) = (Header::of(deployment), deployment.name.as_str());
        Script::new(&DockerUserRules { header, deployment, file, rules }).to_string()
    };
    let script = UfwScript {
        header: Header::of(deployment),
        host: name.as_str(),
        own: &own,
        rules: ufw.rules.iter().map(Line::of).collect(),
        ipv6: if ufw.ipv6 == Ipv6::Deny { "no" } else { "yes" },
        ssh: ufw.rules.first().map(shown).unwrap_or_default(),
    };
    Step {
        family: Family::Firewall,
        host: name.clone(),
        phase: "3.2",
        name: "firewall",
        title: "Firewall".to_owned(),
        targets: "ufw's rules, /etc/default/ufw, /etc/ufw/after.rules, DOCKER-USER".to_owned(),
        follows: &["network-policies", "k3s"],
        reboot: false,
        touches_data: false,
        artifacts: vec![
            Artifact::new(file("ufw.sh"), Script::new(&script).to_string()).executable(),
            Artifact::new(file("docker-user.rules"), rules(&docker_user.rules, "/etc/ufw/after.rules")),
            Artifact::new(file("docker-user6.rules"), rules(&docker_user.rules6, "/etc/ufw/after6.rules")),
        ],
        remember: Script::fixed(include_str!("remember.sh")),
        apply: Script::new(&Apply { script: &file("ufw.sh") }),
        verify: checks(scenario, &ufw, &docker_user, &file("docker-user.rules")),
        rollback: Script::new(&Rollback { own: &own }),
    }
}

fn checks(scenario: &Scenario<'_>, ufw: &Ufw, docker_user: &DockerUser, file: &str) -> Vec<Check> {
    let count = |count: usize| format!("each of {count} rules, and ufw is active");
    let check = |name: &str, title: &str, expected: String, script| Check {
        name: name.to_owned(),
        title: title.to_owned(),
        expected,
        after: None,
        script,
    };
    let lines = ufw.rules.iter().map(shown).collect();
    let bridge = scenario.deployment().network.bridge.as_str();
    let mut checks = vec![
        check("ufw-rules", "UFW rules", count(ufw.rules.len()), Script::new(&VerifyUfw { lines })),
        check(
            "docker-user",
            "DOCKER-USER rules",
            format!(
                "exactly the {} declared rules, and forwarded packets meet them",
                docker_user.rules.len()
            ),
            Script::new(&VerifyDockerUser { file, bridge }),
        ),
    ];
    if ufw.ipv6 == Ipv6::Deny {
        let script = Script::fixed(include_str!("verify_ipv6.sh"));
        checks.push(check(
            "ipv6-denied",
            "IPv6 denied",
            "nothing but loopback comes in by IPv6".to_owned(),
            script,
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
    fn of(scenario: &Scenario<'_>) -> Self {
        let name = &scenario.deployment().name;
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
    rules: Vec<Line>,
    ipv6: &'static str,
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

#[derive(Template)]
#[template(ext = "sh", source = "bash \"$bundle\"/{{ script }}")]
struct Apply<'a> {
    script: &'a str,
}

#[derive(Template)]
#[template(path = "firewall/verify_ufw.sh")]
struct VerifyUfw {
    lines: Vec<String>,
}

#[derive(Template)]
#[template(path = "firewall/verify_docker_user.sh")]
struct VerifyDockerUser<'a> {
    file: &'a str,
    bridge: &'a str,
}

#[derive(Template)]
#[template(path = "firewall/rollback.sh")]
struct Rollback<'a> {
    own: &'a OwnRules,
}
