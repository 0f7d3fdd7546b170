use crate::{
    deployment::{Cluster, Deployment},
    diagnostic::{Diagnostic, Severity},
    path::ModelPath,
    rules::{Definition, Rule, Scope},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "the administrator's credentials are readable for root alone",
    scope: Scope::Deployment(check),
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
