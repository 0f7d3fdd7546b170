//! A service keeps restarting. Kubernetes counts the restarts. On Docker Compose, cAdvisor sees when a container was started. Without
//! cAdvisor, the service itself may say when its process was started. Otherwise it is only seen to come and go.

use crate::{
    deployment::condition::Restarts,
    monitoring::{
        containers,
        exporters::{COMPOSE_PROJECT, COMPOSE_SERVICE},
        kind::Kind,
        pods,
        query::Query,
        story::{Also, Level, Series, Site, Story, Values},
    },
    scenario::Runtime,
};

/// Number of times that Kubernetes has restarted a container.
const RESTARTS: &str = "kube_pod_container_status_restarts_total";

/// Time when a process was started, as it says itself.
const PROCESS_STARTED: &str = "process_start_time_seconds";

/// Who sees a service restart.
#[derive(Clone, Copy)]
enum Seen {
    /// kube-state-metrics, by [`RESTARTS`].
    Kubernetes,
    /// cAdvisor, by `container_start_time_seconds`.
    Cadvisor,
    /// The service itself, by [`PROCESS_STARTED`].
    Itself,
    /// Prometheus, by `up`: each restart changes it twice.
    Prometheus,
}

impl Kind for Restarts {
    fn expr(&self, query: &Query<'_, '_>) -> Option<String> {
        let (scenario, more_than, within) = (query.scenario, self.more_than, self.within.prometheus());
        let (name, service) = scenario.service(&self.service)?;
        let job = [("job", name.as_str())];
        let target = query.targets.get(name);
        Some(match scenario.runtime(service) {
            Runtime::Kubernetes => {
                let restarts = query.series(RESTARTS, &[("container", service.container(name))]);
                format!("increase({restarts}[{within}]) > {more_than}")
            }
            Runtime::Compose if containers::watcher(scenario, query.targets, service).is_some() => {
                let project = scenario.deployment().name.as_str();
                let this = [(COMPOSE_PROJECT, project), (COMPOSE_SERVICE, name.as_str())];
                format!("changes({}[{within}]) > {more_than}", query.series(containers::STARTED, &this))
            }
            Runtime::Compose if target.is_some_and(|it| it.exports(scenario, PROCESS_STARTED).is_some()) => {
                format!("changes({}[{within}]) > {more_than}", query.series(PROCESS_STARTED, &job))
            }
            Runtime::Compose => {
                format!("changes({}[{within}]) > {}", query.series("up", &job), u64::from(more_than) * 2)
            }
        })
    }

    /// Restarts that are so frequent that one too many is always seen.
    fn story<'t>(&'t self, site: &'t Site<'_, '_>) -> Option<Story<'t>> {
        let scenario = site.scenario;
        let (name, service) = scenario.service(&self.service)?;
        let (seen, target) = match scenario.runtime(service) {
            Runtime::Kubernetes => (Seen::Kubernetes, site.targets.exporting(scenario, RESTARTS)?),
            Runtime::Compose => {
                match (containers::watcher(scenario, site.targets, service), site.targets.get(name)) {
                    (Some(cadvisor), _) => (Seen::Cadvisor, cadvisor),
                    (None, Some(own)) if own.exports(scenario, PROCESS_STARTED).is_some() => {
                        (Seen::Itself, own)
                    }
                    (None, own) => (Seen::Prometheus, own?),
                }
            }
        };
        let labels = match seen {
            Seen::Kubernetes => pods::container(scenario, name, service)?,
            Seen::Cadvisor => containers::labels(scenario, name).into(),
            Seen::Itself | Seen::Prometheus => Vec::new(),
        };
        // A restart every so many scrapes, and so many in all.
        let restarting = move |every: u64, most: u64| {
            let restarts = move |scrape: u64| (scrape / every).min(most);
            let started = Values::each(move |scrape| Some(restarts(scrape) * every));
            let (metric, values) = match seen {
                Seen::Kubernetes => (RESTARTS, Values::each(move |scrape| Some(restarts(scrape)))),
                Seen::Cadvisor => (containers::STARTED, started),
                Seen::Itself => (PROCESS_STARTED, started),
                Seen::Prometheus => {
                    let down = move |scrape: u64| {
                        scrape.is_multiple_of(every) && (1..=most).contains(&(scrape / every))
                    };
                    ("up", Values::each(move |scrape| Some(u64::from(!down(scrape)))))
                }
            };
            Series::of(metric, target, labels.clone(), values)
        };
        let more_than = u64::from(self.more_than);
        let too_many = more_than + 1;
        let every = (site.scrapes(self.within) / too_many).max(1);
        // `increase` extrapolates to the ends of its window: as many restarts as are fine may count as a little more.
        let fine = if matches!(seen, Seen::Kubernetes) { more_than.saturating_sub(1) } else { more_than };
        let slow = service.load_time.filter(|load| load.secs().saturating_mul(too_many) > self.within.secs());
        let settles = every * too_many;
        let also = slow.map(|load| {
            let each = site.scrapes(load).max(1);
            let name = format!("silent when each start fails after {load}");
            let scrape = site.settled(settles).max(each * (too_many + 1));
            Also::silent(name, scrape, vec![restarting(each, u64::MAX)])
        });
        Some(Story {
            settles,
            looks_back: self.within,
            also: also.into_iter().collect(),
            ..Story::now(move |level| {
                Some(vec![match level {
                    Level::Planned => restarting(u64::MAX, 0),
                    Level::Short => restarting(every, fine),
                    Level::Past => restarting(every, u64::MAX),
                }])
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::monitoring::testing::{
        cases_of, deployment, document, expr, expr_in, expression, with_cadvisor,
    };
    use serde_json::json;

    #[test]
    fn kubernetes_is_asked_where_there_is_one() {
        let when = json!({"restarts": {"service": "deepseek", "more_than": 2, "within": "10min"}});
        let expr = |option| expr_in(option, when.clone()).unwrap();
        assert_eq!(expr("compose"), r#"changes(up{job="deepseek"}[10m]) > 4"#);
        let restarts = r#"increase(kube_pod_container_status_restarts_total{container="deepseek"}[10m]) > 2"#;
        assert_eq!(expr("k3s"), restarts);
    }

    #[test]
    fn a_process_says_when_it_was_started() {
        let when = json!({"restarts": {"service": "prometheus", "more_than": 2, "within": "10min"}});
        assert_eq!(expr(when), r#"changes(process_start_time_seconds{job="prometheus"}[10m]) > 2"#);
    }

    #[test]
    fn cadvisor_sees_a_container_start() {
        let deployment = deployment(with_cadvisor());
        let this = concat!(
            r#"container_label_com_docker_compose_project="test","#,
            r#"container_label_com_docker_compose_service="deepseek""#
        );
        let restarts = format!("changes(container_start_time_seconds{{{this}}}[10m]) > 2");
        assert_eq!(expression(&deployment, "compose", "BlackwellResetLoopRisk"), Some(restarts));
    }

    #[test]
    fn a_slow_loop_is_not_seen() {
        let mut document = document();
        document["services"]["deepseek"]["load_time"] = json!("25min");
        let names = |document: &serde_json::Value, option| -> Vec<_> {
            let cases = cases_of(&deployment(document.clone()), option, "BlackwellResetLoopRisk");
            cases.into_iter().map(|case| case.name).collect()
        };
        let slow = "silent when each start fails after 25min".to_owned();
        assert!(names(&document, "k3s").contains(&slow) && names(&document, "compose").contains(&slow));
        document["services"]["deepseek"]["load_time"] = json!("3min");
        assert!(!names(&document, "k3s").iter().any(|name| name.starts_with("silent when each")));
    }
}
