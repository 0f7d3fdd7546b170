//! The deployment's objects in the cluster, found by their labels, since the files of an earlier bundle may be gone.
//! `kubectl apply --prune` is not used: its options and the kinds that it covers have changed from release to release.

use askama::Template;
use omni_model::Facts;

use super::labels::ours;
use crate::{
    k3s,
    step::{Check, Script},
};

/// The kinds of objects that bundles contain or that `deploy.sh` creates. Namespaces are not among them: deleting one would delete
/// objects of others in it.
const KINDS: &str = "deployments,daemonsets,services,serviceaccounts,secrets,networkpolicies,clusterroles,\
                     clusterrolebindings,runtimeclasses,priorityclasses";

/// The function that finds objects of an earlier bundle.
#[derive(Template)]
#[template(path = "cluster/left-behind.sh")]
pub(crate) struct LeftBehind {
    selector: String,
    kinds: &'static str,
    /// The Secrets, which are in no file.
    secrets: Vec<String>,
}

impl LeftBehind {
    /// Each of the namespaces has the Secret, besides the objects in the files.
    pub(crate) fn new<'a>(
        facts: &Facts<'_>,
        secret: &str,
        namespaces: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let secrets = namespaces.into_iter().map(|namespace| format!("Secret {namespace} {secret}"));
        Self { selector: ours(facts), kinds: KINDS, secrets: secrets.collect() }
    }

    /// Checks that nothing is left.
    pub(crate) fn check(&self) -> Check {
        Check::new(
            "left-behind",
            "Nothing left behind",
            "the cluster has no objects of this deployment that the bundle lacks",
            Script::new(&Verify { find: self }),
        )
        .after(k3s::NODE)
    }
}

#[derive(Template)]
#[template(path = "cluster/verify-left-behind.sh")]
struct Verify<'a> {
    find: &'a LeftBehind,
}

#[derive(Template)]
#[template(path = "cluster/delete.sh")]
struct Delete {
    selector: String,
    kinds: &'static str,
}

/// Deletes all of the deployment's objects of these kinds, whichever bundle they come from.
pub(crate) fn delete(facts: &Facts<'_>, kinds: &'static str) -> Script {
    Script::new(&Delete { selector: ours(facts), kinds })
}
