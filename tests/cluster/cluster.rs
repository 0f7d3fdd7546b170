//! Questions to the cluster.

use std::{
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;

use crate::{
    bundle::{Said, said},
    node::Node,
    tally::Outcome,
};

/// How long a state may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(240);

impl Node {
    /// `k3s kubectl …`, by words.
    pub(crate) fn kubectl(&self, words: &str) -> Said {
        said(self.command("k3s").arg("kubectl").args(words.split_whitespace()))
    }

    /// Objects as the API server has them.
    pub(crate) fn get(&self, words: &str) -> Result<Vec<Value>, String> {
        let said = self.kubectl(&format!("get --output json {words}"));
        let list: Value =
            serde_json::from_str(&said.out).map_err(|error| format!("{error}: {}", said.text))?;
        list["items"].as_array().cloned().ok_or(said.text)
    }

    /// The pods of a service that are not on their way out.
    pub(crate) fn pods(&self, namespace: &str, service: &str) -> Result<Vec<Value>, String> {
        let selector = format!("pods --namespace {namespace} --selector app.kubernetes.io/name={service}");
        let mut pods = self.get(&selector)?;
        pods.retain(|pod| pod["metadata"]["deletionTimestamp"].is_null());
        Ok(pods)
    }

    /// What a script says in the pod of a Deployment.
    pub(crate) fn inside(&self, namespace: &str, service: &str, script: &str) -> Result<String, String> {
        let mut command = self.command("k3s");
        command.args([
            "kubectl",
            "--namespace",
            namespace,
            "exec",
            &format!("deployment/{}", workload(service)),
            "--",
        ]);
        said(command.args(["sh", "-c", script])).ok()
    }

    /// Everything in the cluster that the deployment has put there.
    pub(crate) fn ours(&self) -> Result<String, String> {
        let kinds = "namespaces,runtimeclasses,priorityclasses,clusterroles,clusterrolebindings,deployments,daemonsets,replicasets,pods,\
                     services,serviceaccounts,secrets,networkpolicies";
        let selector = "app.kubernetes.io/managed-by=omni";
        self.kubectl(&format!("get --all-namespaces --output name --selector {selector} {kinds}")).ok()
    }
}

/// The Deployment of a service of v15's, which names one of them.
pub(crate) fn workload(service: &str) -> &str {
    if service == "deepseek" { "inference-engine" } else { service }
}

/// Whether a pod is ready.
pub(crate) fn is_ready(pod: &Value) -> bool {
    let conditions = pod["status"]["conditions"].as_array();
    conditions.into_iter().flatten().any(|it| it["type"] == "Ready" && it["status"] == "True")
}

/// Asks until the state is there, and says what was seen last if it does not come.
pub(crate) fn until(mut state: impl FnMut() -> Outcome) -> Outcome {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match state() {
            Err(seen) if Instant::now() > deadline => return Err(seen),
            Err(_) => thread::sleep(Duration::from_millis(300)),
            Ok(()) => return Ok(()),
        }
    }
}
