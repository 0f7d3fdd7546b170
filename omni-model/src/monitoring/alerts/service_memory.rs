//! The memory of a container or a pod is close to its limit (cAdvisor).

use crate::{
    Scenario,
    deployment::{Service, condition::ServiceMemory},
    monitoring::{
        containers,
        kind::Kind,
        query::{self, Query, share},
        story::{Also, Labels, Level, Series, Site, Story, around},
        targets::{Target, Targets},
    },
    scenario::Runtime,
    units::{Bytes, Duration},
};

/// Memory that a control group holds and cannot give back at once.
const WORKING_SET: &str = "container_memory_working_set_bytes";

/// Memory that it may hold.
const LIMIT: &str = "container_spec_memory_limit_bytes";

/// Phase of a pod, with its name and its uid.
const PHASE: &str = "kube_pod_status_phase";

/// The control groups of whole pods, as systemd and as the kubelet itself names them. Those of their containers are below.
const POD_GROUPS: &str = "/kubepods.*pod[0-9a-f]+([_-][0-9a-f]+){4}([.]slice)?";

/// The uid in such a name, in five parts: systemd wants no dashes.
const POD_UID: &str =
    "/kubepods.*pod([0-9a-f]+)[_-]([0-9a-f]+)[_-]([0-9a-f]+)[_-]([0-9a-f]+)[_-]([0-9a-f]+)([.]slice)?";

/// The share of its limit that each container of this deployment holds. `None` if no cAdvisor sees one.
pub fn containers_memory<'a>(scenario: &Scenario<'a>, targets: &Targets<'a>) -> Option<String> {
    of_containers(&Query::new(scenario, targets, Duration::default()))
}

/// The share of its limit that each pod holds, with the pod's uid. `None` if no cAdvisor sees one.
pub fn pods_memory<'a>(scenario: &Scenario<'a>, targets: &Targets<'a>) -> Option<String> {
    of_pods(&Query::new(scenario, targets, Duration::default()))
}

fn of_containers(query: &Query<'_, '_>) -> Option<String> {
    containers::any(query, Runtime::Compose).then_some(())?;
    let ours = containers::ours(query.scenario);
    Some(of_limit(&query.series(WORKING_SET, &ours), &query.series(LIMIT, &ours)))
}

fn of_pods(query: &Query<'_, '_>) -> Option<String> {
    containers::any(query, Runtime::Kubernetes).then_some(())?;
    let [held, limit] = [WORKING_SET, LIMIT].map(|metric| query.matching(metric, "id", "=~", &[POD_GROUPS]));
    let share = of_limit(&held, &limit);
    Some(format!(r#"label_replace({share}, "uid", "$1-$2-$3-$4-$5", "id", "{POD_UID}")"#))
}

/// A share of a limit. Without a limit there is none.
fn of_limit(held: &str, limit: &str) -> String {
    format!("{held} / ({limit} > 0)")
}

impl Kind for ServiceMemory {
    fn expr(&self, query: &Query<'_, '_>) -> Option<String> {
        let above = share(self.above);
        let containers = of_containers(query).map(|held| format!("{held} > {above}"));
        // cAdvisor knows a pod by its uid alone; kube-state-metrics knows its name.
        let pods = of_pods(query).map(|held| {
            let running = query.series(PHASE, &[("phase", "Running")]);
            format!("{running} == 1 and on (uid) {held} > {above}")
        });
        query::any(containers.into_iter().chain(pods))
    }

    fn story<'t>(&'t self, site: &'t Site<'_, '_>) -> Option<Story<'t>> {
        if containers::services(site, Runtime::Compose).next().is_none() {
            containers::services(site, Runtime::Kubernetes).next()?;
            return Some(Story::now(move |level| self.pods(site, level)));
        }
        let a_pod = containers::services(site, Runtime::Kubernetes).next().and_then(|(name, ..)| {
            let (pods, containers) = (self.pods(site, Level::Past)?, self.containers(site, Level::Planned)?);
            Some(Also {
                name: format!("fires for the pod of {name}"),
                series: pods.into_iter().chain(containers).collect(),
                moments: vec![(site.settled(0), true)],
            })
        });
        let also = a_pod.into_iter().collect();
        Some(Story {
            also,
            ..Story::now(move |level| {
                let (containers, pods) = (self.containers(site, level)?, self.pods(site, Level::Planned)?);
                Some(containers.into_iter().chain(pods).collect())
            })
        })
    }
}

impl ServiceMemory {
    /// What a service holds at a level. An alert that fires in the planned state, which a rule warns about, has no such level.
    fn held(&self, service: &Service, level: Level) -> Option<u64> {
        let (short, past) = around(service.memory_limit.get(), self.above.get().into());
        let sum = |sum: Bytes, part: &Bytes| sum.checked_add(*part).unwrap_or(sum);
        let planned = service.memory.values().fold(Bytes::ZERO, sum).get();
        match level {
            Level::Planned => Some(planned).filter(|planned| *planned <= short),
            Level::Short => Some(short),
            Level::Past => Some(past),
        }
    }

    /// The containers on Docker Compose: the first at the level, the others in the planned state.
    fn containers(&self, site: &Site<'_, '_>, level: Level) -> Option<Vec<Series>> {
        let mut all = Vec::new();
        for (i, (name, service, target)) in containers::services(site, Runtime::Compose).enumerate() {
            match self.held(service, if i == 0 { level } else { Level::Planned }) {
                Some(held) => {
                    let labels = containers::labels(site.scenario, name).into();
                    all.extend(memory(target, labels, held, service.memory_limit));
                }
                None if i == 0 => return None,
                None => {}
            }
        }
        Some(all)
    }

    /// The pods: the first at the level, the others in the planned state. cAdvisor knows a pod by its uid only; kube-state-metrics has
    /// its name.
    fn pods(&self, site: &Site<'_, '_>, level: Level) -> Option<Vec<Series>> {
        let names = site.targets.exporting(site.scenario, PHASE);
        let mut all = Vec::new();
        for (i, (name, service, target)) in containers::services(site, Runtime::Kubernetes).enumerate() {
            let held = match self.held(service, if i == 0 { level } else { Level::Planned }) {
                Some(held) => held,
                None if i == 0 => return None,
                None => continue,
            };
            let uid = format!("{:08x}-0000-4000-8000-000000000000", i + 1);
            // systemd's names have no dashes, and the kubelet's own have.
            let by_systemd = i % 2 == 0;
            let group = if by_systemd {
                let slice = "/kubepods.slice/kubepods-burstable.slice/kubepods-burstable";
                format!("{slice}-pod{}.slice", uid.replace('-', "_"))
            } else {
                format!("/kubepods/burstable/pod{uid}")
            };
            let phase = [
                ("namespace", site.scenario.namespace(&service.zone)?.to_string()),
                ("pod", format!("{name}-0")),
                ("uid", uid),
                ("phase", "Running".to_owned()),
            ];
            all.push(Series::always(PHASE, names?, phase, 1));
            // Its one container holds as much.
            for id in [group.clone(), format!("{group}/cri-containerd-0.scope")] {
                all.extend(memory(target, vec![("id", id)], held, service.memory_limit));
            }
        }
        Some(all)
    }
}

/// What a control group holds, and what it may hold.
fn memory(target: &Target<'_>, labels: Labels, held: u64, limit: Bytes) -> [Series; 2] {
    [
        Series::always(WORKING_SET, target, labels.clone(), held),
        Series::always(LIMIT, target, labels, limit.get()),
    ]
}

#[cfg(test)]
mod tests {
    use crate::monitoring::testing::{cases_of, deployment, document, expression, with_cadvisor};

    #[test]
    fn cadvisor_sees_what_containers_and_pods_hold_of_their_limits() {
        let deployment = deployment(with_cadvisor());
        let expression = |option| expression(&deployment, option, "ServiceMemory").unwrap();
        let ours = r#"{container_label_com_docker_compose_project="test"}"#;
        let containers = format!(
            "container_memory_working_set_bytes{ours} / (container_spec_memory_limit_bytes{ours} > 0) > 0.9"
        );
        assert_eq!(expression("compose"), containers);
        let on_k3s = expression("k3s");
        let pods = r#" or kube_pod_status_phase{phase="Running"} == 1 and on (uid) label_replace("#;
        assert!(on_k3s.starts_with(&format!("{containers}{pods}")), "{on_k3s}");
    }

    #[test]
    fn without_cadvisor_nobody_sees_it() {
        let mut without = document();
        without["monitoring"]["alerts"]["ServiceMemory"] =
            with_cadvisor()["monitoring"]["alerts"]["ServiceMemory"].take();
        let deployment = deployment(without);
        for option in ["compose", "k3s"] {
            assert_eq!(expression(&deployment, option, "ServiceMemory"), None);
        }
    }

    #[test]
    fn a_pod_has_a_case_beside_a_container() {
        let cases = cases_of(&deployment(with_cadvisor()), "k3s", "ServiceMemory");
        let case = cases.iter().find(|case| case.name == "fires for the pod of deepseek");
        let case = case.unwrap_or_else(|| panic!("{cases:?}"));
        assert!(case.moments.iter().any(|moment| !moment.fires.is_empty()));
    }
}
