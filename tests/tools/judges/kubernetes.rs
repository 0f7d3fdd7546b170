//! Kubernetes manifests.

use crate::Judged;
use crate::tool::{command, silent};
use crate::tree::File;

/// The release whose types the manifests are made of (the `v1_33` of k8s-openapi).
const VERSION: &str = "1.33";

pub(crate) fn is_manifest(file: &File) -> bool {
    file.is_yaml() && file.has_key("apiVersion") && file.has_key("kind") && !super::k3s::is_kubelet(file)
}

pub(crate) fn validate(file: &File) -> Judged {
    let mut validate = command("kubernetes-validate");
    validate.args(["--strict", "--kubernetes-version", VERSION, "--quiet"]).arg(file.on_disk());
    // Of a kind that it does not know it only warns.
    silent(&mut validate)
}
