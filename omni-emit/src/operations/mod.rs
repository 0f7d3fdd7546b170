//! The steps as programs: `deploy.sh`, `rollback.sh`, and the checks as `verify/*.sh`. None can forget a step, since each is
//! a rendering of the same list.

pub(crate) mod data;
mod failover;
mod health;
mod preflight;
mod stand_ins;
mod surroundings;

use askama::Template;
use omni_model::{Facts, deployment::Host, names::HostName};

use crate::{
    artifact::Artifact,
    filters,
    header::Header,
    step::{Check, Script, Step},
};

pub(crate) use stand_ins::stand_ins;

/// Where a deployment keeps on a machine what it must know of it.
pub(crate) fn state_root(deployment: &str) -> String {
    format!("/var/lib/omni/{deployment}")
}

/// A step as the templates see it.
struct View<'a> {
    name: &'a str,
    /// The name as part of a shell function's.
    function: String,
    phase: &'a str,
    title: &'a str,
    reboot: bool,
    /// Its files, relative to the bundle.
    files: String,
    remember: &'a Script,
    apply: &'a Script,
    rollback: &'a Script,
}

#[derive(Template)]
#[template(path = "operations/deploy.sh")]
struct Deploy<'a> {
    header: Header<'a>,
    title: String,
    deployment: &'a str,
    option: &'a str,
    word: Option<&'a str>,
    status: &'a str,
    host: &'a HostName,
    up: &'static str,
    steps: &'a [View<'a>],
}

#[derive(Template)]
#[template(path = "operations/rollback.sh")]
struct Rollback<'a> {
    header: Header<'a>,
    title: String,
    deployment: &'a str,
    host: &'a HostName,
    up: &'static str,
    steps: Vec<&'a View<'a>>,
}

struct CheckView<'a> {
    name: &'a str,
    function: String,
    title: &'a str,
    expected: &'a str,
    step: &'a str,
    after: Option<&'a str>,
    script: &'a Script,
}

#[derive(Template)]
#[template(path = "operations/checks.sh")]
struct Checks<'a> {
    header: Header<'a>,
    name: &'static str,
    purpose: &'static str,
    deployment: &'a str,
    up: &'static str,
    checks: Vec<CheckView<'a>>,
}

/// The programs of each host in an option, from all of its steps in their order.
pub(crate) fn artifacts(facts: &Facts<'_>, steps: &[Step]) -> Vec<Artifact> {
    let hosts = facts.deployment().hosts.iter();
    hosts.flat_map(|(name, host)| of_host(facts, name, host, steps)).collect()
}

fn of_host(facts: &Facts<'_>, name: &HostName, host: &Host, steps: &[Step]) -> Vec<Artifact> {
    let deployment = facts.deployment();
    let header = Header::of(deployment);
    let title = format!("{} {}, {}", deployment.name, deployment.version, facts.title());
    let folder = facts.host_folder(name);
    let up = if folder.is_empty() { "." } else { "../.." };
    let steps: Vec<_> = steps.iter().filter(|step| step.host == *name).collect();
    let views: Vec<_> = steps.iter().map(|step| view(step)).collect();
    let authorization = deployment.authorization.as_ref();
    let deploy = Deploy {
        header,
        title: title.clone(),
        deployment: deployment.name.as_str(),
        option: facts.option().as_str(),
        word: authorization.map(|authorization| authorization.word.as_str()),
        status: authorization.map_or("", |authorization| authorization.status.as_str()),
        host: name,
        up,
        steps: &views,
    };
    let rollback = Rollback {
        header,
        title,
        deployment: deployment.name.as_str(),
        host: name,
        up,
        steps: views.iter().rev().collect(),
    };
    let checks = |name, purpose, checks: &[(&'static str, &Check)]| {
        let script = Checks {
            header,
            name,
            purpose,
            deployment: deployment.name.as_str(),
            up,
            checks: checks.iter().map(|(step, check)| check_view(step, check)).collect(),
        };
        program(format!("{folder}verify/{name}"), &script)
    };
    let (preflight, health) = (
        [preflight::checks(facts, name, host), surroundings::checks(facts, name, host)].concat(),
        health::checks(facts, name),
    );
    let failover = failover::script(facts, name, up)
        .map(|script| Artifact::new(format!("{folder}failover.sh"), script.to_string()).executable());
    let mut artifacts = vec![
        program(format!("{folder}deploy.sh"), &deploy),
        program(format!("{folder}rollback.sh"), &rollback),
        checks("verify.sh", "Proves each step on the running machine.", &verification(steps.iter().copied())),
        checks(
            "preflight.sh",
            "Compares the machine with what the deployment counts on.",
            &with_step("preflight", &preflight),
        ),
        checks("health.sh", "Asks each service whether it works.", &with_step("health", &health)),
    ];
    artifacts.extend(failover);
    artifacts.extend(data::artifacts(facts, name, host));
    artifacts
}

fn program(path: String, script: &impl Template) -> Artifact {
    Artifact::new(path, Script::new(script).to_string()).executable()
}

fn with_step<'a>(step: &'static str, checks: &'a [Check]) -> Vec<(&'static str, &'a Check)> {
    checks.iter().map(|check| (step, check)).collect()
}

fn view(step: &Step) -> View<'_> {
    let folder = if step.family.is_common() { "../common/" } else { "" };
    let files: Vec<_> = step.artifacts.iter().map(|artifact| format!("{folder}{}", artifact.path)).collect();
    View {
        name: step.name,
        function: step.name.replace('-', "_"),
        phase: step.phase,
        title: &step.title,
        reboot: step.reboot,
        files: files.join(" "),
        remember: &step.remember,
        apply: &step.apply,
        rollback: &step.rollback,
    }
}

fn check_view<'a>(step: &'a str, check: &'a Check) -> CheckView<'a> {
    CheckView {
        name: &check.name,
        function: check.name.replace('-', "_"),
        title: &check.title,
        expected: &check.expected,
        step,
        after: check.after.as_deref(),
        script: &check.script,
    }
}

/// The order in which an operator reads the verification: what everything else stands on comes first.
const ORDER: [&str; 12] = [
    "grub-params",
    "swap-active",
    "ufw-rules",
    "gpu-visible",
    "gpu-inside",
    "model-loaded",
    "numa-spread",
    "sandbox",
    "inference",
    "route",
    "restarts",
    "grafana",
];

/// The steps' checks, in the order of the definition of done; those that it does not name come after, in their steps' order.
pub(crate) fn verification<'a>(steps: impl Iterator<Item = &'a Step>) -> Vec<(&'static str, &'a Check)> {
    let mut checks: Vec<_> = steps.flat_map(|step| with_step(step.name, &step.verify)).collect();
    let rank = |name: &str| {
        ORDER.iter().position(|first| {
            name == *first || name.strip_prefix(first).is_some_and(|rest| rest.starts_with('-'))
        })
    };
    checks.sort_by_key(|(_, check)| rank(&check.name).unwrap_or(ORDER.len()));
    checks
}

/// The steps, each after those that it follows; otherwise as they come.
pub(crate) fn in_order(mut steps: Vec<Step>) -> Vec<Step> {
    let mut ordered: Vec<Step> = Vec::with_capacity(steps.len());
    while !steps.is_empty() {
        let waits = |step: &Step| {
            steps.iter().any(|other| step.follows.contains(&other.name) && other.host == step.host)
        };
        // What waits for itself in a circle comes as it stands: a test keeps the families from that.
        let next = steps.iter().position(|step| !waits(step)).unwrap_or(0);
        ordered.push(steps.remove(next));
    }
    ordered
}

#[cfg(test)]
mod tests {
    use std::{
        io::Write,
        process::{Command, Stdio},
    };

    use super::{CheckView, Checks};
    use crate::{artifact::Mode, emit::steps_of, header::Header, step::Script, testing};

    #[test]
    fn a_check_waits_for_one_that_stands_behind_it() {
        let checked = testing::checked(testing::document());
        let (fails, passes) = (Script::fixed("echo no; false"), Script::fixed("true"));
        let view = |name, after, script| CheckView {
            name,
            function: name.to_owned(),
            title: name,
            expected: "",
            step: "all",
            after,
            script,
        };
        let script = Checks {
            header: Header::of(&checked),
            name: "verify.sh",
            purpose: "",
            deployment: "small",
            up: ".",
            checks: vec![
                view("first", Some("second"), &passes),
                view("second", Some("third"), &passes),
                view("third", None, &fails),
                view("other", None, &passes),
            ],
        };
        // From a file, as a script looks for what stands beside it.
        let mut bash = Command::new("bash");
        bash.arg("/dev/stdin").stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut bash = bash.spawn().unwrap();
        bash.stdin.take().unwrap().write_all(Script::new(&script).to_string().as_bytes()).unwrap();
        let output = bash.wait_with_output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let results = text.lines().map(|line| line.split(' ').next().unwrap());
        assert_eq!(results.collect::<Vec<_>>(), ["SKIP", "SKIP", "FAIL", "PASS"], "{text}");
        assert!(text.contains("first: depends on second, which is SKIP"), "{text}");
        assert_eq!(output.status.code(), Some(1));
    }

    #[test]
    fn every_program_begins_with_the_preamble() {
        let emitted = crate::emit(&testing::small()).unwrap();
        let programs = emitted.tree.iter().filter(|(_, file)| file.mode == Mode::Executable);
        let programs: Vec<_> = programs.collect();
        assert!(programs.len() > 10, "{programs:?}");
        for (path, file) in programs {
            let (head, rest) =
                file.contents.split_once(include_str!("../preamble.sh").trim_end()).unwrap_or_default();
            assert!(head.lines().all(|line| line.starts_with('#')) && rest.starts_with('\n'), "{path}");
        }
    }

    #[test]
    fn each_step_comes_after_those_that_it_follows() {
        let checked = testing::checked(testing::document());
        for facts in checked.facts() {
            let steps = steps_of(&checked, &facts);
            for (i, step) in steps.iter().enumerate() {
                let late = steps.iter().skip(i).find(|later| step.follows.contains(&later.name));
                assert_eq!(late.map(|step| step.name), None, "{} in {}", step.name, facts.option());
            }
        }
    }
}
