//! A service is not healthy: the prober has no answer from it, or on Kubernetes no pod of it is ready
//! (`kube_deployment_status_replicas_ready`).

use std::collections::HashSet;

use crate::{
    deployment::Service,
    monitoring::{
        kind::Kind,
        loading::{self, Watched},
        pods,
        probes::{Probe, probe_job, probes},
        query::{self, Query},
        story::{Series, Site, Story},
    },
    names::ServiceName,
    scenario::{Runtime, probed},
};

/// Whether the prober had an answer.
const ANSWERED: &str = "probe_success";

pub(super) struct Unhealthy;

impl Kind for Unhealthy {
    fn expr(&self, query: &Query<'_, '_>) -> Option<String> {
        let scenario = query.scenario;
        let probed: Vec<_> = probed(scenario).map(|(name, service, ..)| (name, service)).collect();
        let others = false;
        let answers = loading::down_by_label(query, ANSWERED, "service", probed.iter().copied(), others);
        let probed: HashSet<_> = probed.into_iter().map(|(name, _)| name).collect();
        let pod = |(name, service): (&ServiceName, &Service)| {
            let by_pods = scenario.runtime(service) == Runtime::Kubernetes && !probed.contains(name);
            let ready = by_pods.then(|| pods::ready(query, name, service)).flatten()?;
            Some(loading::down(&ready, service.loads_beyond(query.lasting)))
        };
        query::any(answers.into_iter().chain(scenario.active().filter_map(pod)))
    }

    fn story<'t>(&'t self, site: &'t Site<'_, '_>) -> Option<Story<'t>> {
        let scenario = site.scenario;
        let prober = scenario.deployment().monitoring.as_ref()?.prober.as_ref();
        let probe = |probe: Probe<'t>| {
            let (name, service, prober) = (probe.name, probe.service, prober?);
            let series = move |values| {
                let scraped = [("job", probe_job(prober)), ("instance", probe.target.clone())];
                let added = probe.labels().map(|(name, value)| (name, value.to_owned()));
                let labels = scraped.into_iter().chain(added).collect();
                Series { metric: ANSWERED.to_owned(), labels, values }
            };
            Some(Watched { name, service, series: Box::new(series) })
        };
        let mut watched: Vec<Watched<'t>> = probes(scenario).into_iter().filter_map(probe).collect();
        let probed: HashSet<_> = watched.iter().map(|it| it.name).collect();
        let pods = scenario.active().filter(|(name, service)| {
            scenario.runtime(service) == Runtime::Kubernetes && !probed.contains(name)
        });
        let pods = pods.filter_map(|(name, service)| {
            Some(Watched { name, service, series: Box::new(pods::ready_series(site, name, service)?) })
        });
        watched.extend(pods);
        loading::story(site, watched, false)
    }
}

#[cfg(test)]
mod tests {
    use crate::monitoring::testing::{cases_of, deployment, document, expression};
    use serde_json::json;

    #[test]
    fn pods_that_load_are_not_unhealthy() {
        let mut document = document();
        document["services"]["deepseek"]["load_time"] = json!("25min");
        document["monitoring"]["alerts"]["Unhealthy"] =
            document["monitoring"]["alerts"]["TargetDown"].clone();
        document["monitoring"]["alerts"]["Unhealthy"]["when"] = json!("unhealthy");
        let deployment = deployment(document);
        let ready = r#"kube_deployment_status_replicas_ready{namespace="inference",deployment="deepseek"}"#;
        let pods = format!("max_over_time({ready}[20m]) == 0 and {ready} offset 20m");
        let unhealthy = expression(&deployment, "k3s", "Unhealthy").unwrap();
        assert!(unhealthy.starts_with(&pods), "{unhealthy}");
        let last = cases_of(&deployment, "k3s", "Unhealthy").pop().unwrap();
        let moments = last.moments.iter().map(|moment| (moment.at.to_string(), moment.fires.len()));
        assert!(moments.take(2).eq([("1485s".to_owned(), 0), ("25min".to_owned(), 1)]), "{last:?}");
    }
}
