use crate::{
    deployment::{Cluster, Deployment},
    diagnostic::{Diagnostic, Severity},
    message::message,
    path::ModelPath,
    rules::{Definition, Rule, Scope},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "the checksums of the k3s release are known",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let find = |cluster: &Cluster| {
        let known = cluster.k3s_checksums();
        let program = known.amd64.or(known.arm64);
        if known.installer.is_some() && program.is_some() {
            return None;
        }
        let message = message!(
            "the checksums of k3s {release} are unknown, so whoever serves the download decides what runs as root",
            release = cluster.k3s,
        );
        let help = "add `k3s_sha256` with `installer` and `amd64` or `arm64`: the release publishes the last two, and `install.sh` prints those of what it downloads";
        Some(rule.finding(ModelPath::root().key("cluster").key("k3s"), message).help(help))
    };
    deployment.cluster.iter().filter_map(find).collect()
}
