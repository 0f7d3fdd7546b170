//! Standbys that have taken over. Starting the services that they replace would claim the same memory twice or, if a scheduler prevents
//! that, silently end the failover.

use askama::Template;
use omni_model::{
    Facts,
    deployment::{Service, State},
    names::{HostName, NamespaceName, ServiceName},
    running,
    scenario::Runtime,
};

use crate::{container, script::Script};

#[derive(Template)]
#[template(path = "stand_ins/container.sh")]
struct Container<'a> {
    filter: String,
    standby: &'a ServiceName,
}

#[derive(Template)]
#[template(path = "stand_ins/pod.sh")]
struct Pod<'a> {
    namespace: NamespaceName,
    deployment: &'a str,
    standby: &'a ServiceName,
}

/// Scripts that fail while one of the host's standbys runs that must not run beside the services that are about to be started.
pub(crate) fn stand_ins<'a>(
    facts: &Facts<'a>,
    host: &HostName,
    started: impl Iterator<Item = (&'a ServiceName, &'a Service)>,
) -> Vec<Script> {
    let started: Vec<_> = started.filter(|(_, service)| service.state == State::Active).collect();
    let in_the_way = |standby: &(&'a ServiceName, &'a Service)| {
        standby.1.state != State::Active && !started.iter().all(|other| running::may_meet(*standby, *other))
    };
    let standbys = facts.on(host).iter().copied().filter(in_the_way);
    let refuse = |(standby, service): (&ServiceName, &Service)| {
        Some(match facts.runtime(service) {
            Runtime::Compose => Script::new(&Container {
                filter: container::name_filter(service.container(standby)),
                standby,
            }),
            Runtime::Kubernetes => Script::new(&Pod {
                namespace: facts.namespace(&service.zone)?,
                deployment: service.workload(standby),
                standby,
            }),
        })
    };
    standbys.filter_map(refuse).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{checked, document, facts, run};

    /// The refusals for the services of one runtime in option `k3s`, if the standby runs in another zone.
    fn refusals(zone: &str, runtime: Runtime) -> Vec<Script> {
        let mut document = document();
        document["services"]["spare"]["zone"] = json!(zone);
        let checked = checked(document);
        let facts = facts(&checked, "k3s");
        stand_ins(&facts, &"box".parse().unwrap(), facts.run_by(runtime))
    }

    #[test]
    fn a_standby_is_looked_for_where_it_runs() {
        let [pod] = &refusals("brain", Runtime::Kubernetes)[..] else { panic!("one standby") };
        let k3s = |replicas: &str| run(pod, &format!("k3s() {{ echo {replicas}; }}"));
        assert_eq!(k3s(""), Ok(String::new()));
        assert_eq!(k3s("0"), Ok(String::new()));
        let refused = "fail: spare is running in place of a service that would be started: run failover.sh --back spare first\n";
        assert_eq!(k3s("1"), Err(refused.to_owned()));
        assert_eq!(run(pod, "k3s() { return 1; }"), Err(String::new()));

        // As a container, it replaces a pod.
        let [container] = &refusals("memory", Runtime::Kubernetes)[..] else { panic!("one standby") };
        assert_eq!(run(container, "docker() { echo 0123; }"), Err(refused.to_owned()));
        assert_eq!(run(container, "docker() { :; }"), Ok(String::new()));
    }

    #[test]
    fn nobody_is_in_the_way_of_what_may_run_beside_it() {
        assert_eq!(refusals("brain", Runtime::Compose), []);
    }
}
