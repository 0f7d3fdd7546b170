//! What a container runs and what it may do, whatever runs it.

use indexmap::{IndexMap, IndexSet};
use omni_model::{
    Scenario,
    deployment::{Interleave, Service, Template},
    names::{Capability, ServiceName, Text},
};

/// A service's name for people.
pub(crate) fn title<'a>(name: &'a ServiceName, service: &'a Service) -> &'a str {
    service.title.as_ref().map_or(name.as_str(), Text::as_str)
}

/// The text, with what its names stand for. The rules see to it that they all stand for something.
pub(crate) fn fill(scenario: &Scenario<'_>, name: &ServiceName, text: &Template) -> String {
    scenario.fill(name, text).unwrap_or_else(|| text.to_string())
}

/// What runs instead of the image's entry point, `numactl` in front where the service asks for it.
pub(crate) fn command(scenario: &Scenario<'_>, name: &ServiceName, service: &Service) -> Vec<String> {
    let numactl = service.numa.iter().flat_map(|numa| {
        let node = numa.cpunodebind.map(|node| format!("--cpunodebind={node}"));
        let memory = numa.interleave.map(|Interleave::All| "--interleave=all".to_owned());
        let bound = numa.membind.map(|node| format!("--membind={node}"));
        ["numactl".to_owned()].into_iter().chain(node).chain(memory).chain(bound).chain(["--".to_owned()])
    });
    numactl.chain(service.command.iter().map(|word| fill(scenario, name, word))).collect()
}

/// The arguments of the command, or of the image's entry point.
pub(crate) fn args(scenario: &Scenario<'_>, name: &ServiceName, service: &Service) -> Vec<String> {
    service.args.iter().map(|word| fill(scenario, name, word)).collect()
}

/// The environment without secrets. A service with GPUs counts them as their host does, by their PCI addresses:
/// <https://docs.nvidia.com/cuda/cuda-c-programming-guide/index.html#cuda-environment-variables>
pub(crate) fn env(
    scenario: &Scenario<'_>,
    name: &ServiceName,
    service: &Service,
) -> IndexMap<String, String> {
    let order = (!service.vram.is_empty()).then(|| ("CUDA_DEVICE_ORDER".to_owned(), "PCI_BUS_ID".to_owned()));
    let own = service.env.iter().map(|(key, value)| (key.to_string(), fill(scenario, name, value)));
    order.into_iter().chain(own).collect()
}

/// The capabilities beyond none. The default seccomp profile lets only who has `SYS_NICE` place memory, as numactl does:
/// <https://docs.docker.com/engine/security/seccomp/>
pub(crate) fn capabilities(service: &Service) -> IndexSet<&str> {
    let numactl = service.numa.iter().map(|_| "SYS_NICE");
    service.capabilities.iter().map(Capability::as_str).chain(numactl).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{checked, document, scenario};

    #[test]
    fn numactl_stands_in_front_and_gets_its_capability() {
        let mut document = document();
        document["services"]["llm"]["capabilities"] = json!([]);
        let checked = checked(document);
        let scenario = scenario(&checked, "k3s");
        let (name, llm) = scenario.service(&"llm".parse().unwrap()).unwrap();
        let command = command(&scenario, name, llm);
        assert_eq!(command, ["numactl", "--cpunodebind=0", "--interleave=all", "--", "serve"]);
        assert_eq!(args(&scenario, name, llm), ["--port", "8000", "--model", "/models/large-q4"]);
        assert_eq!(capabilities(llm), IndexSet::from(["SYS_NICE"]));
        let env = env(&scenario, name, llm);
        assert_eq!(
            env.into_iter().collect::<Vec<_>>(),
            [("CUDA_DEVICE_ORDER".to_owned(), "PCI_BUS_ID".to_owned()), ("JIT".to_owned(), "0".to_owned())]
        );
    }
}
