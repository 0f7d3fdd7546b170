//! What checkov finds in the manifests and stays as it is, each with its reason: the runbook prints it, and the tools tier compares it with
//! what checkov finds. <https://www.checkov.io/5.Policy%20Index/kubernetes.html>

use k8s_openapi::api::core::v1 as core;
use omni_model::{Facts, deployment::Service};

use super::{device_plugin, pod, workload};

/// A check of checkov's that some pods fail, and why that is accepted for them.
struct Check {
    id: &'static str,
    /// checkov's own name for it.
    name: &'static str,
    /// Which pods fail it for this reason.
    fails: fn(&Pod<'_>) -> bool,
    reason: &'static str,
}

/// A pod as it is emitted.
struct Pod<'a> {
    /// As checkov names its object: `KIND.NAMESPACE.NAME`.
    object: String,
    /// Its service; none for the device plugin.
    service: Option<&'a Service>,
    spec: core::PodSpec,
}

impl Pod<'_> {
    fn any_container(&self, is: impl Fn(&core::Container) -> bool) -> bool {
        self.spec.containers.iter().any(is)
    }

    fn is_plugin(&self) -> bool {
        self.service.is_none()
    }

    fn is_built_here(&self) -> bool {
        self.any_container(|container| container.image_pull_policy.as_deref() == Some("Never"))
    }

    fn lacks_digest(&self) -> bool {
        self.any_container(|container| container.image.as_ref().is_some_and(|image| !image.contains('@')))
    }

    fn adds(&self, is: impl Fn(&str) -> bool) -> bool {
        self.any_container(|container| {
            let security = container.security_context.as_ref();
            let added = security.and_then(|security| security.capabilities.as_ref()?.add.as_ref());
            added.is_some_and(|added| added.iter().any(|capability| is(capability)))
        })
    }

    fn lacks_processors(&self, of: fn(&core::ResourceRequirements) -> Option<&Quantities>) -> bool {
        self.any_container(|container| {
            let amounts = container.resources.as_ref().and_then(of);
            amounts.is_none_or(|amounts| !amounts.contains_key("cpu"))
        })
    }

    fn may_write(&self) -> bool {
        self.any_container(|container| {
            let security = container.security_context.as_ref();
            security.and_then(|security| security.read_only_root_filesystem) != Some(true)
        })
    }

    fn may_be_root(&self) -> bool {
        let security = self.spec.security_context.as_ref();
        security.and_then(|security| security.run_as_non_root) != Some(true)
    }

    fn may_have_a_user_of_the_host_s(&self) -> bool {
        let user = self.spec.security_context.as_ref().and_then(|security| security.run_as_user);
        user.is_none_or(|user| user < 10_000)
    }

    fn reads_secrets_from_its_environment(&self) -> bool {
        self.any_container(|container| {
            let mut env = container.env.iter().flatten().filter_map(|variable| variable.value_from.as_ref());
            env.any(|source| source.secret_key_ref.is_some())
        })
    }
}

type Quantities = std::collections::BTreeMap<String, k8s_openapi::apimachinery::pkg::api::resource::Quantity>;

/// A row of the runbook: what some objects fail, and why that is accepted.
pub(crate) struct Accepted {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) reason: &'static str,
    pub(crate) objects: Vec<String>,
}

/// What checkov finds in an option's manifests.
pub(crate) fn accepted(facts: &Facts<'_>) -> Vec<Accepted> {
    let pods = pods(facts);
    let row = |check: &Check| Accepted {
        id: check.id,
        name: check.name,
        reason: check.reason,
        objects: pods.iter().filter(|pod| (check.fails)(pod)).map(|pod| pod.object.clone()).collect(),
    };
    CHECKS.iter().map(row).filter(|row| !row.objects.is_empty()).collect()
}

fn pods<'a>(facts: &Facts<'a>) -> Vec<Pod<'a>> {
    let zones = workload::zones(facts);
    let services = zones.iter().flat_map(|zone| {
        zone.services.iter().map(|&(name, service)| Pod {
            object: format!("Deployment.{}.{}", zone.namespace, service.workload(name)),
            service: Some(service),
            spec: pod::spec(facts, name, service),
        })
    });
    let plugin = device_plugin::pod(facts).map(|(object, spec)| Pod { object, service: None, spec });
    services.chain(plugin).collect()
}

const CHECKS: &[Check] = &[
    Check {
        id: "CKV_K8S_8",
        name: "Liveness Probe Should be Configured",
        fails: |pod| !pod.is_plugin() && pod.any_container(|it| it.liveness_probe.is_none()),
        reason: "The model names no `probes.liveness` for it",
    },
    Check {
        id: "CKV_K8S_8",
        name: "Liveness Probe Should be Configured",
        fails: |pod| pod.is_plugin() && pod.any_container(|it| it.liveness_probe.is_none()),
        reason: "NVIDIA's own manifest has none",
    },
    Check {
        id: "CKV_K8S_9",
        name: "Readiness Probe Should be Configured",
        fails: |pod| !pod.is_plugin() && pod.any_container(|it| it.readiness_probe.is_none()),
        reason: "The model names no `probes.readiness` for it",
    },
    Check {
        id: "CKV_K8S_9",
        name: "Readiness Probe Should be Configured",
        fails: |pod| pod.is_plugin() && pod.any_container(|it| it.readiness_probe.is_none()),
        reason: "NVIDIA's own manifest has none, and no Service sends it requests",
    },
    Check {
        id: "CKV_K8S_10",
        name: "CPU requests should be set",
        fails: |pod| pod.lacks_processors(|resources| resources.requests.as_ref()),
        reason: "Only models ask for processors, so that they get them first",
    },
    Check {
        id: "CKV_K8S_11",
        name: "CPU limits should be set",
        fails: |pod| !pod.is_plugin() && pod.lacks_processors(|resources| resources.limits.as_ref()),
        reason: "The model sets no `cpus` for it: a limit slows a container down even while processors are idle",
    },
    Check {
        id: "CKV_K8S_11",
        name: "CPU limits should be set",
        fails: |pod| pod.is_plugin() && pod.lacks_processors(|resources| resources.limits.as_ref()),
        reason: "NVIDIA's own manifest has none",
    },
    Check {
        id: "CKV_K8S_15",
        name: "Image Pull Policy should be Always",
        fails: |pod| pod.lacks_digest() && pod.is_built_here(),
        reason: "The image is built on this host: no registry has it",
    },
    Check {
        id: "CKV_K8S_15",
        name: "Image Pull Policy should be Always",
        fails: |pod| pod.lacks_digest() && !pod.is_built_here(),
        reason: "The tag is fixed, and after a reboot the pod has to start without its registry",
    },
    Check {
        id: "CKV_K8S_17",
        name: "Containers should not share the host process ID namespace",
        fails: |pod| pod.spec.host_pid == Some(true),
        reason: "It measures the processes and mounts of the host",
    },
    Check {
        id: "CKV_K8S_19",
        name: "Containers should not share the host network namespace",
        fails: |pod| pod.spec.host_network == Some(true),
        reason: "The model says `host_network`: it is reached at the address of the host",
    },
    Check {
        id: "CKV_K8S_22",
        name: "Use read-only filesystem for containers where possible",
        fails: |pod| !pod.is_plugin() && pod.may_write(),
        reason: "The model does not say `read_only`: where its image writes to is not known",
    },
    Check {
        id: "CKV_K8S_22",
        name: "Use read-only filesystem for containers where possible",
        fails: |pod| pod.is_plugin() && pod.may_write(),
        reason: "NVIDIA's own manifest does not ask for it",
    },
    Check {
        id: "CKV_K8S_23",
        name: "Minimize the admission of root containers",
        fails: |pod| !pod.is_plugin() && pod.may_be_root(),
        reason: "The model names no `user` but root for it",
    },
    Check {
        id: "CKV_K8S_23",
        name: "Minimize the admission of root containers",
        fails: |pod| pod.is_plugin() && pod.may_be_root(),
        reason: "It makes its socket in a directory of root's",
    },
    Check {
        id: "CKV_K8S_25",
        name: "Minimize the admission of containers with added capability",
        fails: |pod| pod.adds(|_| true),
        reason: "The model gives it a capability, by `capabilities` or for its `numa`",
    },
    Check {
        id: "CKV_K8S_26",
        name: "Do not specify hostPort unless absolutely necessary",
        fails: |pod| pod.any_container(|it| it.ports.iter().flatten().any(|port| port.host_port.is_some())),
        reason: "On the network of the host, each port of a pod is a port of the host",
    },
    Check {
        id: "CKV_K8S_35",
        name: "Prefer using secrets as files over secrets as environment variables",
        fails: |pod| pod.reads_secrets_from_its_environment(),
        reason: "It reads its secrets from its environment, as the model says",
    },
    Check {
        id: "CKV_K8S_38",
        name: "Ensure that Service Account Tokens are only mounted where necessary",
        fails: |pod| pod.spec.automount_service_account_token != Some(false),
        reason: "It reads the objects that its metrics are about from the API server",
    },
    Check {
        id: "CKV_K8S_39",
        name: "Do not use the CAP_SYS_ADMIN linux capability",
        fails: |pod| pod.adds(|capability| capability == "SYS_ADMIN"),
        reason: "The model gives it `SYS_ADMIN`",
    },
    Check {
        id: "CKV_K8S_40",
        name: "Containers should run as a high UID to avoid host conflict",
        fails: |pod| !pod.is_plugin() && pod.may_have_a_user_of_the_host_s(),
        reason: "The model names no `user` from 10000 on for it: its image and its data belong to the user that they have",
    },
    Check {
        id: "CKV_K8S_40",
        name: "Containers should run as a high UID to avoid host conflict",
        fails: |pod| pod.is_plugin() && pod.may_have_a_user_of_the_host_s(),
        reason: "It makes its socket in a directory of root's",
    },
    Check {
        id: "CKV_K8S_43",
        name: "Image should use digest",
        fails: |pod| pod.lacks_digest() && pod.is_built_here(),
        reason: "The image is built on this host: a digest comes from a registry",
    },
    Check {
        id: "CKV_K8S_43",
        name: "Image should use digest",
        fails: |pod| pod.lacks_digest() && !pod.is_built_here(),
        reason: "The model names a tag and no digest: add it to the image's `reference` (`@sha256:…`)",
    },
];
