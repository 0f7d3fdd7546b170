//! What kube-state-metrics needs of the cluster: to read the objects whose metrics are used, and nothing else.
//! <https://github.com/kubernetes/kube-state-metrics/tree/main/examples/standard>

use k8s_openapi::api::{core::v1 as core, rbac::v1 as rbac};
use omni_model::{
    Facts,
    deployment::Service,
    names::{NamespaceName, ServiceName},
};

use super::labels::{metadata, of_service};
use crate::yaml::Document;

const EXPORTER: &str = "kube-state-metrics";

/// What the exporter's metrics are about: the group and the name of each resource.
const RESOURCES: [(&str, &str); 2] = [("", "pods"), ("apps", "deployments")];

/// Whether a service reads the cluster's objects.
pub(super) fn reads_cluster(service: &Service) -> bool {
    service.metrics.as_ref().is_some_and(|metrics| metrics.exporter == EXPORTER)
}

/// What it is told to read: the rest would be refused.
pub(super) fn args(service: &Service) -> Vec<String> {
    let resources = RESOURCES.map(|(_, resource)| resource).join(",");
    reads_cluster(service).then(|| format!("--resources={resources}")).into_iter().collect()
}

/// Its account, and what that may do.
pub(super) fn access(
    facts: &Facts<'_>,
    namespace: &NamespaceName,
    name: &ServiceName,
    service: &Service,
) -> Vec<Document> {
    if !reads_cluster(service) {
        return Vec::new();
    }
    let labels = of_service(facts, name, service);
    // Only a role of the whole cluster's can be for every namespace.
    let role = format!("omni-{name}");
    let rule = |(group, resource): (&str, &str)| rbac::PolicyRule {
        api_groups: Some(vec![group.to_owned()]),
        resources: Some(vec![resource.to_owned()]),
        verbs: vec!["list".to_owned(), "watch".to_owned()],
        ..rbac::PolicyRule::default()
    };
    vec![
        Document::new(&core::ServiceAccount {
            metadata: metadata(name.as_str(), Some(namespace), labels.clone()),
            automount_service_account_token: Some(false),
            ..core::ServiceAccount::default()
        }),
        Document::new(&rbac::ClusterRole {
            metadata: metadata(&role, None, labels.clone()),
            rules: Some(RESOURCES.map(rule).into()),
            aggregation_rule: None,
        }),
        Document::new(&rbac::ClusterRoleBinding {
            metadata: metadata(&role, None, labels),
            role_ref: rbac::RoleRef {
                api_group: "rbac.authorization.k8s.io".to_owned(),
                kind: "ClusterRole".to_owned(),
                name: role.clone(),
            },
            subjects: Some(vec![rbac::Subject {
                kind: "ServiceAccount".to_owned(),
                name: name.to_string(),
                namespace: Some(namespace.to_string()),
                api_group: None,
            }]),
        }),
    ]
}
