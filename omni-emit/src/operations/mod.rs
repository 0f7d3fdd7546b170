//! The steps as programs: `deploy.sh`, `rollback.sh`, and the checks as `verify/*.sh`. All are renderings of one list of steps, so none can
//! forget a step.

mod arguments;
mod data;
mod failover;
mod health;
mod preflight;
mod surroundings;

use askama::Template;
use omni_model::{Facts, deployment::Host, names::HostName};

use self::arguments::{Argument, Arguments};
use crate::{
    artifact::Artifact,
    checks,
    family::Planned,
    filters, firewall, grafana, grub,
    header::Header,
    provision::Provider,
    state,
    step::{Check, CheckId, CheckKind, Script, Step},
    storage,
};

/// A step as the templates see it.
struct View<'a> {
    name: &'a str,
    /// The name as part of a shell function's.
    function: String,
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
    arguments: Arguments,
    title: String,
    state_root: &'a str,
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
    arguments: Arguments,
    title: String,
    state_root: &'a str,
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
    arguments: Arguments,
    purpose: &'static str,
    state_root: &'a str,
    up: &'static str,
    checks: Vec<CheckView<'a>>,
}

/// The programs of each host in an option, from all of its steps in their order.
pub(crate) fn artifacts(facts: &Facts<'_>, steps: &[Planned], providers: &[Provider]) -> Vec<Artifact> {
    let hosts = facts.deployment().hosts.iter();
    hosts.flat_map(|(name, host)| of_host(facts, name, host, steps, providers)).collect()
}

fn of_host(
    facts: &Facts<'_>,
    name: &HostName,
    host: &Host,
    steps: &[Planned],
    providers: &[Provider],
) -> Vec<Artifact> {
    let deployment = facts.deployment();
    let header = Header::of(deployment);
    let title = format!("{} {}, {}", deployment.name, deployment.version, facts.title());
    let state_root = &state::root(deployment.name.as_str());
    let folder = facts.host_folder(name);
    let up = if folder.is_empty() { "." } else { "../.." };
    let steps: Vec<_> = steps.iter().filter(|step| step.host == *name).collect();
    let views: Vec<_> = steps.iter().map(|step| view(step)).collect();
    let authorization = deployment.authorization.as_ref();
    let deploy = Deploy {
        header,
        arguments: deploy_arguments(authorization.is_some()),
        title: title.clone(),
        state_root,
        option: facts.option().as_str(),
        word: authorization.map(|authorization| authorization.word.as_str()),
        status: authorization.map_or("", |authorization| authorization.status.as_str()),
        host: name,
        up,
        steps: &views,
    };
    let rollback = Rollback {
        header,
        arguments: rollback_arguments(),
        title,
        state_root,
        host: name,
        up,
        steps: views.iter().rev().collect(),
    };
    let checks = |name, purpose, checks: &[(&'static str, &Check)]| {
        let script = Checks {
            header,
            arguments: checks_arguments(name),
            purpose,
            state_root,
            up,
            checks: checks.iter().map(|(step, check)| check_view(step, check)).collect(),
        };
        Artifact::program(format!("{folder}verify/{name}"), &script)
    };
    let (preflight, health) = (
        [preflight::checks(facts, name, host), surroundings::checks(facts, providers, name, host)].concat(),
        health::checks(facts, name),
    );
    let mut artifacts = vec![
        Artifact::program(format!("{folder}deploy.sh"), &deploy),
        Artifact::program(format!("{folder}rollback.sh"), &rollback),
        checks(
            "verify.sh",
            "Checks each step on the running machine.",
            &verification(steps.iter().map(|planned| &planned.step)),
        ),
        checks(
            "preflight.sh",
            "Checks whether the machine meets the requirements of the deployment.",
            &with_step("preflight", &preflight),
        ),
        checks("health.sh", "Asks each service whether it works.", &with_step("health", &health)),
    ];
    artifacts.extend(failover::artifact(facts, name, up));
    artifacts.extend(data::artifacts(facts, name, host));
    artifacts
}

fn deploy_arguments(waits_for_a_word: bool) -> Arguments {
    let word = Argument::value("--confirm", "WORD", "the word that confirms this deployment");
    let options = [
        Argument::flag("--dry-run", "print the files and commands of each step, and do nothing"),
        Argument::value("--from", "STEP", "start with STEP, after verifying the steps before it"),
        Argument::flag("--skip-preflight", "start without verify/preflight.sh"),
        Argument::flag("--list", "list the steps"),
    ];
    Arguments {
        program: "deploy.sh",
        operand: None,
        options: options.into_iter().chain(waits_for_a_word.then_some(word)).collect(),
        end: "Exit codes: 0 done, 1 a step failed, 2 usage, 3 the machine must be rebooted; continue afterwards as the last line says."
            .to_owned(),
    }
}

fn rollback_arguments() -> Arguments {
    Arguments {
        program: "rollback.sh",
        operand: None,
        options: vec![
            Argument::flag("--dry-run", "print the commands of each step, and do nothing"),
            Argument::flag("--purge-data", "delete models and data as well"),
            Argument::flag("--force", "undo every step, even those that deploy.sh has no record of"),
        ],
        end: "Exit codes: 0 done, 1 a step could not be undone, 2 usage.".to_owned(),
    }
}

fn checks_arguments(program: &'static str) -> Arguments {
    Arguments {
        program,
        operand: None,
        options: vec![
            Argument::value("--step", "STEP", "run only the checks of STEP"),
            Argument::flag("--json", "print the results as JSON"),
            Argument::flag("--allow-skip", "do not fail if a check is skipped"),
            Argument::flag("--quiet", "print only the results other than PASS"),
            Argument::flag("--list", "list the checks"),
        ],
        end: "Results: PASS, FAIL, SKIP (the check cannot be made), LOADING (a service is still loading, within its load time).\n\
              Messages about waiting go to standard error.\n\n\
              Exit codes: 0 all checks passed, 1 a check failed, 2 usage, 4 a check was skipped (unless --allow-skip), 5 no check failed, but\n\
              a service is still loading."
            .to_owned(),
    }
}

fn with_step<'a>(step: &'static str, checks: &'a [Check]) -> Vec<(&'static str, &'a Check)> {
    checks.iter().map(|check| (step, check)).collect()
}

fn view(step: &Planned) -> View<'_> {
    let folder = if step.family.is_common() { "../common/" } else { "" };
    let files: Vec<_> = step.artifacts.iter().map(|artifact| format!("{folder}{}", artifact.path)).collect();
    View {
        name: step.id.as_str(),
        function: step.id.as_str().replace('-', "_"),
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
        name: check.id.as_str(),
        function: check.id.as_str().replace('-', "_"),
        title: &check.title,
        expected: &check.expected,
        step,
        after: check.after.as_ref().map(CheckId::as_str),
        script: &check.script,
    }
}

/// The order in which an operator reads the verification: what everything else stands on comes first.
const ORDER: [CheckKind; 12] = [
    grub::PARAMETERS,
    storage::SWAP_ACTIVE,
    firewall::UFW_RULES,
    checks::GPU_VISIBLE,
    checks::GPU_INSIDE,
    checks::MODEL_LOADED,
    checks::NUMA_SPREAD,
    checks::SANDBOX,
    checks::INFERENCE,
    checks::ROUTE,
    checks::RESTARTS,
    grafana::REACHABLE,
];

/// The checks of the steps in [`ORDER`]. Checks of other kinds come after, in the order of their steps.
pub(crate) fn verification<'a>(steps: impl Iterator<Item = &'a Step>) -> Vec<(&'static str, &'a Check)> {
    let mut checks: Vec<_> = steps.flat_map(|step| with_step(step.id.as_str(), &step.verify)).collect();
    let rank = |check: &Check| ORDER.iter().position(|kind| *kind == check.id.kind());
    checks.sort_by_key(|(_, check)| rank(check).unwrap_or(ORDER.len()));
    checks
}

#[cfg(test)]
mod tests {
    use std::{
        io::Write,
        process::{Command, Stdio},
    };

    use super::{CheckView, Checks};
    use crate::{
        artifact::{Mode, render},
        header::Header,
        step::Script,
        testing,
    };

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
            arguments: super::checks_arguments("verify.sh"),
            purpose: "",
            state_root: "/var/lib/omni/small",
            up: ".",
            checks: vec![
                view("first", Some("second"), &passes),
                view("second", Some("third"), &passes),
                view("third", None, &fails),
                view("other", None, &passes),
            ],
        };
        // From a file, since a script looks for its folder.
        let mut bash = Command::new("bash");
        bash.arg("/dev/stdin").stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut bash = bash.spawn().unwrap();
        bash.stdin.take().unwrap().write_all(render(&script).as_bytes()).unwrap();
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
}
