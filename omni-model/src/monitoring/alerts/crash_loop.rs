//! Any container keeps restarting: Kubernetes delays its restarts, or on Docker Compose cAdvisor sees it start
//! (`container_start_time_seconds`).

use crate::{
    monitoring::{
        containers,
        kind::Kind,
        pods,
        query::{self, Query, RECENT},
        story::{Also, Level, Series, Site, Story, Values},
    },
    scenario::Runtime,
    units::Duration,
};

/// Why Kubernetes does not start a container yet.
const WAITING: &str = "kube_pod_container_status_waiting_reason";

/// Number of starts of a container that are fine on Docker Compose, and the time in which they are counted.
const STARTS: (u64, Duration) = (2, Duration::from_secs(600));

pub(super) struct CrashLoop;

impl Kind for CrashLoop {
    fn expr(&self, query: &Query<'_, '_>) -> Option<String> {
        let pods = query.scenario.has_kubernetes().then(|| {
            let waiting = query.series(WAITING, &[("reason", "CrashLoopBackOff")]);
            // Between two crashes the container runs for a while.
            format!("max_over_time({waiting}[{}]) > 0", RECENT.prometheus())
        });
        let containers = containers::any(query, Runtime::Compose).then(|| {
            let started = query.series(containers::STARTED, &containers::ours(query.scenario));
            let (fine, within) = STARTS;
            format!("changes({started}[{}]) > {fine}", within.prometheus())
        });
        query::any(pods.into_iter().chain(containers))
    }

    fn story<'t>(&'t self, site: &'t Site<'_, '_>) -> Option<Story<'t>> {
        let containers = containers_story(site);
        let Some(mut pods) = pods_story(site) else { return containers };
        // Each case has every series that the expression reads.
        if let Some(containers) = containers {
            let (starts, waits) = ((containers.series)(Level::Past, 0), (pods.series)(Level::Short, 0));
            let fires = site.settled(containers.settles);
            pods.also.extend(starts.zip(waits).map(|(starts, waits)| Also {
                name: "fires when a container on Docker Compose keeps restarting".to_owned(),
                series: starts.into_iter().chain(waits).collect(),
                moments: vec![(containers.settles.saturating_sub(1), false), (fires, true)],
            }));
        }
        Some(pods)
    }
}

/// A container on Docker Compose that starts once more than is fine, again and again.
fn containers_story<'t>(site: &'t Site<'_, '_>) -> Option<Story<'t>> {
    let (name, _, target) = containers::services(site, Runtime::Compose).next()?;
    let (fine, within) = STARTS;
    let every = (site.scrapes(within) / (fine + 1)).max(1);
    Some(Story {
        settles: every * (fine + 1),
        looks_back: within,
        ..Story::now(move |level| {
            let most = level.of([0, fine, u64::MAX]);
            let started = Values::each(move |scrape| Some((scrape / every).min(most) * every));
            let labels = containers::labels(site.scenario, name);
            Some(vec![Series::of(containers::STARTED, target, labels, started)])
        })
    })
}

/// A container in a pod that waits at one scrape after a crash, and runs at the others.
fn pods_story<'t>(site: &'t Site<'_, '_>) -> Option<Story<'t>> {
    let target = site.targets.exporting(site.scenario, WAITING)?;
    let (name, service) =
        site.scenario.active().find(|(_, it)| site.scenario.runtime(it) == Runtime::Kubernetes)?;
    let container = pods::container(site.scenario, name, service)?;
    let every = site.scrapes(RECENT).max(2) - 1;
    let waits = move |reason: &str| {
        let values = Values::each(move |scrape| (scrape % every == 0).then_some(1));
        let labels = container.iter().cloned().chain([("reason", reason.to_owned())]);
        Series::of(WAITING, target, labels, values)
    };
    Some(Story {
        looks_back: RECENT,
        ..Story::now(move |level| {
            Some(match level {
                Level::Planned => Vec::new(),
                Level::Short => vec![waits("ContainerCreating")],
                Level::Past => vec![waits("CrashLoopBackOff")],
            })
        })
    })
}

#[cfg(test)]
mod tests {
    use crate::monitoring::testing::{cases_of, deployment, document, expression, with_cadvisor};

    const WAITS: &str =
        r#"max_over_time(kube_pod_container_status_waiting_reason{reason="CrashLoopBackOff"}[5m]) > 0"#;

    #[test]
    fn kubernetes_is_asked_where_there_is_one() {
        let deployment = deployment(document());
        let both = ["compose", "k3s"].map(|option| expression(&deployment, option, "CrashLoop"));
        assert_eq!(both, [None, Some(WAITS.to_owned())]);
    }

    #[test]
    fn cadvisor_sees_containers_start() {
        let deployment = deployment(with_cadvisor());
        let both = ["compose", "k3s"].map(|option| expression(&deployment, option, "CrashLoop").unwrap());
        let ours = r#"container_label_com_docker_compose_project="test""#;
        let starts = format!("changes(container_start_time_seconds{{{ours}}}[10m]) > 2");
        assert_eq!(both, [starts.clone(), format!("{WAITS} or {starts}")]);
    }

    #[test]
    fn a_container_has_a_case_beside_a_pod() {
        let cases = cases_of(&deployment(with_cadvisor()), "k3s", "CrashLoop");
        let name = "fires when a container on Docker Compose keeps restarting";
        let case = cases.iter().find(|case| case.name == name).unwrap_or_else(|| panic!("{cases:?}"));
        assert!(case.moments.iter().any(|moment| !moment.fires.is_empty()));
    }
}
