//! What a container runs and what it may do, on Docker Compose and on Kubernetes.

use indexmap::{IndexMap, IndexSet};
use omni_model::{
    Facts,
    deployment::{Interleave, Service, Template},
    names::{Capability, HostName, ServiceName, Text},
    scenario::Runtime,
};

/// A service's name for people.
pub(crate) fn title<'a>(name: &'a ServiceName, service: &'a Service) -> &'a str {
    service.title.as_ref().map_or(name.as_str(), Text::as_str)
}

/// The text with its placeholders filled in. The rules ensure that each of them has a value.
pub(crate) fn fill(facts: &Facts<'_>, name: &ServiceName, text: &Template) -> String {
    facts.fill(name, text).unwrap_or_else(|| text.to_string())
}

/// The command that replaces the image's entry point, behind `numactl` if the service asks for it.
pub(crate) fn command(facts: &Facts<'_>, name: &ServiceName, service: &Service) -> Vec<String> {
    let numactl = service.numa.iter().flat_map(|numa| {
        let node = numa.cpunodebind.map(|node| format!("--cpunodebind={node}"));
        let memory = numa.interleave.map(|Interleave::All| "--interleave=all".to_owned());
        let bound = numa.membind.map(|node| format!("--membind={node}"));
        ["numactl".to_owned()].into_iter().chain(node).chain(memory).chain(bound).chain(["--".to_owned()])
    });
    numactl.chain(service.command.iter().map(|word| fill(facts, name, word))).collect()
}

/// The arguments of the command, or of the image's entry point.
pub(crate) fn args(facts: &Facts<'_>, name: &ServiceName, service: &Service) -> Vec<String> {
    service.args.iter().map(|word| fill(facts, name, word)).collect()
}

/// The environment without secrets. A service with GPUs numbers them by their PCI addresses, as the host does:
/// <https://docs.nvidia.com/cuda/cuda-c-programming-guide/index.html#cuda-environment-variables>
pub(crate) fn env(facts: &Facts<'_>, name: &ServiceName, service: &Service) -> IndexMap<String, String> {
    let order = (!service.vram.is_empty()).then(|| ("CUDA_DEVICE_ORDER".to_owned(), "PCI_BUS_ID".to_owned()));
    let own = service.env.iter().map(|(key, value)| (key.to_string(), fill(facts, name, value)));
    order.into_iter().chain(own).collect()
}

/// The capabilities of a service. The default seccomp profile allows placing memory, as numactl does, only with `SYS_NICE`:
/// <https://docs.docker.com/engine/security/seccomp/>
pub(crate) fn capabilities(service: &Service) -> IndexSet<&str> {
    let numactl = service.numa.iter().map(|_| "SYS_NICE");
    service.capabilities.iter().map(Capability::as_str).chain(numactl).collect()
}

/// The services of a host that run on Docker Compose, standbys included.
pub(crate) fn on_compose<'a>(facts: &Facts<'a>, host: &HostName) -> Vec<(&'a ServiceName, &'a Service)> {
    let here = facts.on(host).iter();
    here.filter(|(_, service)| facts.runtime(service) == Runtime::Compose).copied().collect()
}

/// The filter with which `docker ps` finds exactly this container: it takes a regular expression.
pub(crate) fn name_filter(container: &str) -> String {
    format!("name=^{}$", container.replace('.', r"\."))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{checked, document, facts};

    #[test]
    fn numactl_stands_in_front_and_gets_its_capability() {
        let mut document = document();
        document["services"]["llm"]["capabilities"] = json!([]);
        let checked = checked(document);
        let facts = facts(&checked, "k3s");
        let (name, llm) = facts.service(&"llm".parse().unwrap()).unwrap();
        let command = command(&facts, name, llm);
        assert_eq!(command, ["numactl", "--cpunodebind=0", "--interleave=all", "--", "serve"]);
        assert_eq!(args(&facts, name, llm), ["--port", "8000", "--model", "/models/large-q4"]);
        assert_eq!(capabilities(llm), IndexSet::from(["SYS_NICE"]));
        let env = env(&facts, name, llm);
        assert_eq!(
            env.into_iter().collect::<Vec<_>>(),
            [("CUDA_DEVICE_ORDER".to_owned(), "PCI_BUS_ID".to_owned()), ("JIT".to_owned(), "0".to_owned())]
        );
    }

    /// The document with containers and Deployments whose names differ from those of their services.
    fn renamed() -> serde_json::Value {
        let mut document = document();
        for (name, service) in document["services"].as_object_mut().unwrap() {
            service["container_name"] = json!(format!("c-{name}"));
            service["deployment_name"] = json!(format!("d-{name}"));
        }
        // So that the data of a pod are saved, too.
        document["services"]["llm"]["volumes"]["/state"] = json!({"data": "state"});
        document["hosts"]["box"]["storage"]["directories"]["state"] = json!({"size": "1 GiB"});
        document
    }

    #[test]
    fn docker_and_kubectl_are_asked_for_the_names_that_the_model_says() {
        let checked = checked(renamed());
        let names: Vec<_> = checked.services.keys().map(|name| name.as_str()).collect();
        let asks = |line: &str| {
            let docker = ["exec", "inspect", "logs", "start", "stop", "ps"];
            docker.iter().any(|command| line.contains(&format!("docker {command} ")))
                || (line.contains("kubectl") && line.contains("deployment"))
                || line.contains("container.name=")
                || ["pod ", "containers=(", "for container in "].iter().any(|start| line.starts_with(start))
        };
        let mut seen = std::collections::BTreeSet::new();
        for (path, file) in crate::emit(&checked).unwrap().tree {
            for line in file.contents.lines().map(str::trim).filter(|line| asks(line)) {
                let words = line.split(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c)));
                for word in words {
                    // `app.kubernetes.io/name=NAME` is a label of the service.
                    let label = line.contains(&format!("app.kubernetes.io/name={word}"));
                    assert!(!names.contains(&word) || label, "{}: {line}", path.as_str());
                    if word.starts_with("c-") || word.starts_with("d-") {
                        seen.insert(word.to_owned());
                    }
                }
            }
        }
        let expected = ["c-agent", "c-llm", "c-spare", "c-store", "d-agent", "d-llm", "d-spare"];
        assert_eq!(seen.iter().map(String::as_str).collect::<Vec<_>>(), expected);
    }

    #[test]
    fn manifests_and_compose_files_have_the_names_that_the_model_says() {
        let emitted = crate::emit(&checked(renamed())).unwrap();
        let text = |wanted: &str| {
            let mut files = emitted.tree.iter().filter(|(path, _)| path.as_str().ends_with(wanted));
            files.next().unwrap_or_else(|| panic!("{wanted}")).1.contents.clone()
        };
        assert!(text("compose/main-stack.yaml").contains("container_name: c-llm\n"));
        let pods = text("k8s/zone-a-inference.yaml");
        assert!(pods.contains("  name: d-llm\n  namespace: inference\n"), "{pods}");
        assert!(pods.contains("        name: c-llm\n"), "{pods}");
        assert!(pods.contains("      app.kubernetes.io/name: llm\n"), "{pods}");
        let backup = text("k3s/backup.sh");
        assert!(backup.contains("declare -A name_of=([llm]=d-llm [store]=c-store )\n"), "{backup}");
    }

    #[test]
    fn a_dot_in_a_container_s_name_is_a_dot() {
        assert_eq!(name_filter("vectors.1"), r"name=^vectors\.1$");
    }
}
