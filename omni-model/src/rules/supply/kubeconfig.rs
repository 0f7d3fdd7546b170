//! S004

use crate::{
    deployment::{Cluster, Deployment},
    diagnostic::{Diagnostic, Severity},
    path::ModelPath,
    rules::{Check, Rule},
};

/// Who reads them is the administrator.
pub(crate) static RULE: Rule = Rule {
    id: "S004",
    name: "kubeconfig-shared",
    severity: Severity::Warning,
    summary: "the administrator's credentials are readable for root alone",
    docs: include_str!("kubeconfig.md"),
    check: Check::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let shared = deployment.cluster.iter().filter(|cluster| cluster.kubeconfig_mode.is_shared());
    let find = |cluster: &Cluster| {
        let mode = cluster.kubeconfig_mode;
        let message =
            format!("mode {mode} lets other users of the host read the cluster administrator's credentials");
        let path = ModelPath::root().key("cluster").key("kubeconfig_mode");
        rule.finding(path, message).help("say \"0600\"")
    };
    shared.map(find).collect()
}
