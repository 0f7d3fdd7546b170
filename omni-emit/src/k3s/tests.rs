use serde_json::{Value, json};

use super::*;
use crate::testing::{checked, document, run, scenario, small};

fn step_of(document: Value) -> Step {
    let checked = checked(document);
    steps(&scenario(&checked, "k3s")).remove(0)
}

fn artifact<'a>(step: &'a Step, path: &str) -> &'a str {
    &step.artifacts.iter().find(|artifact| artifact.path == path).unwrap().file.contents
}

#[test]
fn only_an_option_with_pods_installs_k3s() {
    let checked = small();
    assert_eq!(steps(&scenario(&checked, "compose")), []);
    assert_eq!(steps(&scenario(&checked, "k3s")).len(), 1);
}

#[test]
fn the_configuration_has_the_cluster_s_settings() {
    let step = step_of(document());
    let config = artifact(&step, "k3s/config.yaml");
    let (_, config) = config.split_once('\n').unwrap();
    let expected = "node-ip: '192.168.3.10'\ncluster-cidr: 10.42.0.0/16\nservice-cidr: 10.43.0.0/16\ndisable:\n\
                    - traefik\n- servicelb\nwrite-kubeconfig-mode: '0600'\n";
    assert_eq!(config, expected);
}

#[test]
fn the_kubelet_reserves_what_pods_do_not_use() {
    let reserved = |document: Value| {
        let step = step_of(document);
        let kubelet = artifact(&step, "k3s/kubelet.yaml");
        let (_, rest) = kubelet.split_once("systemReserved:\n  memory: ").unwrap();
        rest.lines().next().unwrap().to_owned()
    };
    // 8 GiB without the 2 GiB of `agent`, the one pod without memory of its own.
    assert_eq!(reserved(document()), "6Gi");
    let mut beside = document();
    beside["services"]["store"]["memory"] = json!({"vectors": "1 GiB"});
    assert_eq!(reserved(beside), "7Gi");
    let mut standby = document();
    standby["services"]["other"] = standby["services"]["agent"].clone();
    standby["services"]["other"]["state"] = json!({"standby": {"replaces": ["agent"]}});
    standby["services"]["other"]["memory_limit"] = json!("3 GiB");
    standby["services"]["other"]["env"] = json!({});
    assert_eq!(reserved(standby), "5Gi");
}

#[test]
fn the_template_keeps_k3s_own() {
    let step = step_of(document());
    let template = artifact(&step, "k3s/config-v3.toml.tmpl");
    let lines: Vec<_> = template.lines().skip(1).collect();
    assert_eq!(
        lines,
        [
            r#"{{ template "base" . }}"#,
            "",
            "[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.'gvisor']",
            r#"  runtime_type = "io.containerd.runsc.v1""#,
        ]
    );
    let mut hostile = document();
    hostile["version"] = json!("{{ fail }}");
    let step = step_of(hostile);
    assert_eq!(artifact(&step, "k3s/config-v3.toml.tmpl").matches("{{").count(), 1);
}

#[test]
fn nothing_is_installed_that_no_pod_needs() {
    let mut plain = document();
    plain["zones"]["hands"]["sandbox"] = json!("none");
    plain["options"]["k3s"]["kubernetes"] = json!(["hands"]);
    let step = step_of(plain);
    let install = artifact(&step, "k3s/install.sh");
    for word in ["runsc", "nvidia", "runtimes"] {
        assert!(!install.contains(word), "{install}");
    }
    assert!(!artifact(&step, "k3s/config-v3.toml.tmpl").contains("gvisor"));
    assert_eq!(step.verify.len(), 3);
}

#[test]
fn a_foreign_k3s_stays() {
    let step = step_of(document());
    let grep = "grep() { return 1; }";
    assert_eq!(
        run(&step.rollback, &format!("state=/nonexistent; rm() {{ echo removed; }}; {grep}")),
        Ok(String::new())
    );
    let ours = "state=/nonexistent; rm() { echo removed; }; grep() { return 0; }; pgrep() { return 1; }";
    assert_eq!(run(&step.rollback, ours).unwrap(), "removed\n");
}
