//! What the objects are known by: <https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/>.

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta};
use omni_model::{
    Facts,
    deployment::Service,
    names::{NamespaceName, ServiceName},
};

/// The label by which a service's pods are selected.
pub(crate) const NAME: &str = "app.kubernetes.io/name";

const PART_OF: &str = "app.kubernetes.io/part-of";
const MANAGED_BY: &str = "app.kubernetes.io/managed-by";
const VERSION: &str = "app.kubernetes.io/version";

type Labels = BTreeMap<String, String>;

/// Those of everything that the deployment puts into the cluster.
pub(crate) fn common(facts: &Facts<'_>) -> Labels {
    labels([(PART_OF, facts.deployment().name.as_str()), (MANAGED_BY, "omni")])
}

/// What selects everything that has the [`common`] labels.
pub(super) fn ours(facts: &Facts<'_>) -> String {
    let labels = common(facts);
    labels.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(",")
}

/// Those of a service's objects: its zone's, the common ones, and its own.
pub(super) fn of_service(facts: &Facts<'_>, name: &ServiceName, service: &Service) -> Labels {
    let zone = facts.deployment().zones.get(&service.zone);
    let zone = zone.iter().flat_map(|zone| &zone.labels).map(|(key, value)| (key.as_str(), value.as_str()));
    // The image's tag, not the deployment's version: what has not changed does not start anew.
    let version = service.image.reference.tag().filter(|tag| is_value(tag)).map(|tag| (VERSION, tag));
    let own = [(NAME, name.as_str())].into_iter().chain(version);
    let mut all = labels(zone);
    all.extend(common(facts));
    all.extend(labels(own));
    all
}

/// What selects a service's pods, for as long as it lives: a selector cannot be changed.
pub(super) fn selector(name: &ServiceName) -> Labels {
    labels([(NAME, name.as_str())])
}

/// As [`selector`], for objects that want it wrapped.
pub(super) fn label_selector(name: &ServiceName) -> LabelSelector {
    LabelSelector { match_labels: Some(selector(name)), match_expressions: None }
}

/// An object's name, its namespace and its labels.
pub(super) fn metadata(name: &str, namespace: Option<&NamespaceName>, labels: Labels) -> ObjectMeta {
    ObjectMeta {
        name: Some(name.to_owned()),
        namespace: namespace.map(ToString::to_string),
        labels: Some(labels),
        ..ObjectMeta::default()
    }
}

pub(super) fn labels<'a>(labels: impl IntoIterator<Item = (&'a str, &'a str)>) -> Labels {
    labels.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}

/// Whether a text may be the value of a label: an image's tag may be longer, and end in other characters.
fn is_value(text: &str) -> bool {
    let end = |c: char| c.is_ascii_alphanumeric();
    text.len() <= 63 && text.starts_with(end) && text.ends_with(end)
}
