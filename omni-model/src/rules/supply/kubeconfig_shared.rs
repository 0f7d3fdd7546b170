use crate::{
    deployment::{Cluster, Deployment, FileMode},
    diagnostic::{Diagnostic, Severity},
    message::message,
    path::ModelPath,
    rules::{Definition, Rule, Scope},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "only root can read the credentials of the cluster administrator",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let shared = deployment.cluster.iter().filter(|cluster| cluster.kubeconfig_mode.is_shared());
    let find = |cluster: &Cluster| {
        let mode = cluster.kubeconfig_mode;
        let message = message!(
            "mode {mode} lets other users of the host read the credentials of the cluster administrator",
            mode
        );
        let path = ModelPath::root().key("cluster").key("kubeconfig_mode");
        let private = FileMode::default();
        rule.finding(path.clone(), message).help(format!("set it to \"{private}\"")).fix(path, private)
    };
    shared.map(find).collect()
}
