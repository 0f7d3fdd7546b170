//! What the deployment has put into the cluster, known by its labels: files of an earlier bundle need not be there any more.
//! `kubectl apply --prune` does not do it: its options and the kinds that it looks at have changed from release to release.

use askama::Template;
use omni_model::Facts;

use super::labels::ours;
use crate::step::{Check, Script};

/// The kinds of what bundles have in their files and what `deploy.sh` makes beside them. A namespace is none of them: what others
/// have put into it would go with it.
const KINDS: &str = "deployments,daemonsets,services,serviceaccounts,secrets,networkpolicies,clusterroles,\
                     clusterrolebindings,runtimeclasses,priorityclasses";

/// Finds what an earlier bundle has left.
#[derive(Template)]
#[template(path = "kubernetes/left-behind.sh")]
pub(super) struct LeftBehind {
    selector: String,
    kinds: &'static str,
    /// The Secrets, which stand in no file.
    secrets: Vec<String>,
}

impl LeftBehind {
    /// Beside the files, each of the namespaces has the Secret.
    pub(super) fn new<'a>(
        facts: &Facts<'_>,
        secret: &str,
        namespaces: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        let secrets = namespaces.into_iter().map(|namespace| format!("Secret {namespace} {secret}"));
        Self { selector: ours(facts), kinds: KINDS, secrets: secrets.collect() }
    }

    /// Nothing is left.
    pub(super) fn check(&self) -> Check {
        Check {
            name: "left-behind".to_owned(),
            title: "Nothing left behind".to_owned(),
            expected: "no object of this deployment that the bundle does not name".to_owned(),
            after: Some("k3s-node".to_owned()),
            script: Script::new(&Verify { find: self }),
        }
    }
}

#[derive(Template)]
#[template(path = "kubernetes/verify-left-behind.sh")]
struct Verify<'a> {
    find: &'a LeftBehind,
}

#[derive(Template)]
#[template(path = "kubernetes/delete.sh")]
struct Delete {
    selector: String,
    kinds: &'static str,
}

/// Deletes all objects of these kinds that are the deployment's, whichever bundle they come from.
pub(crate) fn delete(facts: &Facts<'_>, kinds: &'static str) -> Script {
    Script::new(&Delete { selector: ours(facts), kinds })
}
