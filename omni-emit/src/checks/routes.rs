//! Whether services reach each other: each flow to a service with an HTTP endpoint is tried from its source.

use askama::Template;
use omni_model::{
    Facts, ModelPath,
    deployment::{Health, Service, State},
    names::{NamespaceName, ServiceName},
    resolve::{Party, Target},
    scenario::{Link, Runtime},
};

use super::may_load;
use crate::{
    container::title,
    step::{Check, CheckKind, Script},
};

/// The check of a flow.
pub(crate) const ROUTE: CheckKind = CheckKind::new("route");

#[derive(Template)]
#[template(path = "checks/route.sh")]
struct Route<'a> {
    /// The name of its container or, for a pod, of its Deployment.
    from: &'a str,
    /// Its namespace, if it is a pod.
    namespace: Option<NamespaceName>,
    url: &'a str,
}

/// The checks of the flows from the services for which `starts` holds, unless they use the host's network. `after` is the check that they
/// run. The monitoring has checks of its own.
pub(crate) fn routes(
    facts: &Facts<'_>,
    starts: impl Fn(&ServiceName, &Service) -> bool,
    after: CheckKind,
) -> Vec<Check> {
    let flows = ModelPath::root().key("flows");
    let links = facts.links();
    let links = links.iter().filter(|link| flows.contains(&link.origin));
    links.filter_map(|link| route(facts, link, &starts, after)).collect()
}

fn route(
    facts: &Facts<'_>,
    link: &Link<'_>,
    starts: &impl Fn(&ServiceName, &Service) -> bool,
    after: CheckKind,
) -> Option<Check> {
    let (Party::Service(from, source), Target::Port(to, target, port, _)) = (link.from, link.to) else {
        return None;
    };
    let Some(Health::Http(health)) = &target.health else { return None };
    let active = source.state == State::Active && target.state == State::Active;
    if !active || source.host_network || health.port != *port || !starts(from, source) {
        return None;
    }
    let url = format!("http://{}{}", facts.endpoint(from, to, port)?, health.path);
    let namespace = match facts.runtime(source) {
        Runtime::Compose => None,
        Runtime::Kubernetes => Some(facts.namespace(&source.zone)?),
    };
    let name = if namespace.is_some() { source.workload(from) } else { source.container(from) };
    let inside = if namespace.is_some() { "the pod" } else { "the container" };
    Some(
        Check::new(
            ROUTE.of(format_args!("{from}-{to}")),
            format!("Route {} → {}", title(from, source), title(to, target)),
            format!("GET {url} succeeds in {inside}"),
            may_load(facts, to, target, Script::new(&Route { from: name, namespace, url: &url })),
        )
        .after(after),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{checked, document, facts, run, small};

    fn names(option: &str, runtime: Runtime) -> Vec<String> {
        let small = small();
        let facts = facts(&small, option);
        let checks = routes(&facts, |_, service| facts.runtime(service) == runtime, CheckKind::new("up"));
        checks.into_iter().map(|check| check.id.to_string()).collect()
    }

    #[test]
    fn each_flow_is_tried_where_it_starts() {
        assert_eq!(names("compose", Runtime::Compose), ["route-agent-llm"]);
        assert_eq!(names("compose", Runtime::Kubernetes), [""; 0]);
        assert_eq!(names("k3s", Runtime::Kubernetes), ["route-agent-llm"]);
    }

    #[test]
    fn an_image_without_a_client_proves_nothing() {
        let mut document = document();
        document["services"]["llm"]["health"]["http"]["path"] = json!("/it");
        let checked = checked(document);
        for (option, tool) in [("compose", "docker"), ("k3s", "k3s")] {
            let facts = facts(&checked, option);
            let check = routes(&facts, |_, _| true, CheckKind::new("up")).remove(0);
            let answer = |code| {
                // The start time of the model is unknown.
                let stub = format!("case $* in *exec*) echo \"${{*: -1}}\"; return {code} ;; esac");
                run(&check.script, &format!("{tool}() {{ {stub}; }}"))
            };
            assert_eq!(answer(0), Ok(String::new()));
            assert_eq!(answer(22), Err("fail: http://192.168.3.10:8000/it\n".to_owned()));
            assert!(answer(77).unwrap_err().starts_with("skip: the image has neither"));
            assert!(answer(127).unwrap_err().starts_with("skip: the image has no shell"));
        }
    }
}
