//! Services that load for minutes: a failure within the load time does not count.

use askama::Template;
use omni_model::{
    Facts,
    deployment::Service,
    names::{NamespaceName, ServiceName},
    scenario::Runtime,
    units::Duration,
};

use crate::step::Script;

#[derive(Template)]
#[template(path = "checks/loading.sh")]
struct Loading<'a> {
    script: &'a Script,
    service: &'a ServiceName,
    container: &'a str,
    /// Its namespace, if it is a pod.
    namespace: Option<NamespaceName>,
    seconds: u64,
}

/// The load time of a service, in seconds.
pub(crate) fn load_seconds(service: &Service) -> u64 {
    service.load_time.map_or(0, Duration::secs)
}

/// The script, changed so that a failure within the service's load time means that it is loading.
pub(crate) fn may_load(facts: &Facts<'_>, name: &ServiceName, service: &Service, script: Script) -> Script {
    let Some(load_time) = service.load_time else { return script };
    let namespace = match facts.runtime(service) {
        Runtime::Compose => None,
        Runtime::Kubernetes => facts.namespace(&service.zone),
    };
    let (container, seconds) = (service.container(name), load_time.secs());
    Script::new(&Loading { script: &script, service: name, container, namespace, seconds })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{facts, run, small};

    #[test]
    fn a_failure_within_the_load_time_is_no_failure() {
        let small = small();
        let (name, service) = small.services.get_key_value("llm").unwrap();
        for (option, tool, end) in [("compose", "docker", ""), ("k3s", "k3s", ",")] {
            let facts = facts(&small, option);
            let judge = |command, says: &str| {
                let script = may_load(&facts, name, service, Script::fixed(command));
                run(&script, &format!("{tool}() {{ echo \"{says}{end}\"; }}"))
            };
            let ago = |time: &str| format!("$(date --utc --date '{time} ago' +%FT%TZ)");
            // It loads for 25 minutes.
            let loads = judge("fail no", &ago("24 minutes")).unwrap_err();
            assert!(loads.starts_with("fail: no\nloading: llm is still loading, for "), "{loads}");
            assert_eq!(judge("fail no", &ago("26 minutes")), Err("fail: no\n".to_owned()));
            assert_eq!(judge("fail no", ""), Err("fail: no\n".to_owned()), "it does not run");
            assert_eq!(judge("false", &ago("26 minutes")), Err(String::new()));
            assert_eq!(judge("skip no", &ago("1 minute")), Err("skip: no\n".to_owned()));
            assert_eq!(judge("echo yes", &ago("1 minute")), Ok("yes\n".to_owned()));
        }
        // A pod that has failed does not count as loading. A pod that was ended by a reboot does.
        let facts = facts(&small, "k3s");
        let script = may_load(&facts, name, service, Script::fixed("fail no"));
        let pods = |lines: &str| {
            let now = "now=$(date --utc +%FT%TZ)";
            run(&script, &format!("k3s() {{ {now}; printf '%s\\n' {lines}; }}")).unwrap_err()
        };
        assert_eq!(pods("\"$now,Error\""), "fail: no\n");
        assert!(pods("\"$now,Unknown\"").contains("loading: llm"));
        assert!(pods("2020-01-01T00:00:00Z,Error \"$now,\"").contains("loading: llm"), "the newest counts");
    }
}
