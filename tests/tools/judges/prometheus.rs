//! Prometheus and Alertmanager.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::yaml_document;
use crate::Judged;
use crate::tool::{command, feed, run};
use crate::tree::{File, entries};

/// Where the container finds what stands beside the configuration.
const MOUNT: &str = "/etc/prometheus/";

pub(crate) fn is_config(file: &File) -> bool {
    file.is_yaml() && file.name().starts_with("prometheus.") && !super::grafana::is_provisioning(file)
}

/// The syntax only, since the configuration names files of its container; then, whether it loads every rule file
/// beside it.
pub(crate) fn config(file: &File) -> Judged {
    run(command("promtool").args(["check", "config", "--syntax-only"]).arg(file.on_disk()))?;

    #[derive(Deserialize)]
    struct Config {
        #[serde(default)]
        rule_files: Vec<String>,
    }
    let beside = file.folder();
    let here = |path: &String| beside.join(path.strip_prefix(MOUNT).unwrap_or(path));
    let config: Config = yaml_document(&file.text)?;
    let rule_files: Vec<_> = config.rule_files.iter().map(here).collect();
    let only_rules = serde_json::json!({ "rule_files": rule_files }).to_string();
    let said = feed(command("promtool").args(["check", "config", "/dev/stdin"]), &only_rules)?;
    let loaded = said.matches("\nChecking ").count();
    let there = entries(&beside.join("rules"))?.len();
    if loaded != there || rule_files.is_empty() != (there == 0) {
        return Err(format!("rule_files loads {loaded} of the {there} files in `rules`"));
    }
    Ok(())
}

pub(crate) fn is_rules(file: &File) -> bool {
    file.is_yaml() && file.has_key("groups")
}

pub(crate) fn rules(file: &File) -> Judged {
    check_rules(&file.text)
}

/// Whether Prometheus takes the text as a file of rules.
pub(super) fn check_rules(text: &str) -> Judged {
    let mut promtool = command("promtool");
    promtool.args(["check", "rules", "--lint=all", "--lint-fatal", "/dev/stdin"]);
    feed(&mut promtool, text).map(|_| ())
}

pub(crate) fn is_tests(file: &File) -> bool {
    file.is_yaml() && file.has_key("rule_files") && file.has_key("tests")
}

/// Runs the tests. Without one, promtool is content.
pub(crate) fn tests(file: &File) -> Judged {
    let said = run(command("promtool").args(["test", "rules"]).arg(file.on_disk()))?;
    if file.value_of("tests") == Some("[]") {
        return Err("no test stands here".to_owned());
    }
    said.ends_with("SUCCESS").then_some(()).ok_or(said)
}

pub(crate) fn is_alertmanager(file: &File) -> bool {
    file.is_yaml() && file.name().starts_with("alertmanager.")
}

pub(crate) fn alertmanager(file: &File) -> Judged {
    run(command("amtool").arg("check-config").arg(file.on_disk())).map(|_| ())
}

pub(crate) fn is_prober(file: &File) -> bool {
    file.is_yaml() && file.name().starts_with("blackbox.")
}

pub(crate) fn prober(file: &File) -> Judged {
    let mut prober = command("prometheus-blackbox-exporter");
    prober.arg("--config.check").arg(format!("--config.file={}", file.on_disk().display()));
    run(&mut prober).map(|_| ())
}

pub(crate) fn is_counters(file: &File) -> bool {
    file.has_extension("csv")
}

/// Reads a list of counters as dcgm-exporter does: three fields, the second a type of metrics.
/// <https://github.com/NVIDIA/dcgm-exporter/blob/main/internal/pkg/counters/counter_config.go>
pub(crate) fn counters(file: &File) -> Judged {
    let lines = file.text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let mut names = BTreeSet::new();
    for line in lines {
        let fields: Vec<_> = line.split(',').map(str::trim).collect();
        let [name, kind, help] = fields[..] else { return Err(format!("not three fields: {line}")) };
        if !["gauge", "counter", "histogram", "summary", "label"].contains(&kind) {
            return Err(format!("no type of metrics: {line}"));
        }
        if !name.starts_with("DCGM_") || help.is_empty() {
            return Err(format!("no field of DCGM, or no help: {line}"));
        }
        if !names.insert(name) {
            return Err(format!("twice: {line}"));
        }
    }
    if names.is_empty() { Err("no counter".to_owned()) } else { Ok(()) }
}
