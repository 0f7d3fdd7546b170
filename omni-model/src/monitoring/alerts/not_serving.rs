//! A service does not answer: Prometheus cannot scrape it, or on Kubernetes no pod of it is ready
//! (`kube_deployment_status_replicas_ready`).

use crate::{
    deployment::condition::NotServing,
    monitoring::{
        kind::Kind,
        loading, pods,
        query::Query,
        story::{Level, Series, Site, Story, Values},
    },
    scenario::Runtime,
};

impl Kind for NotServing {
    fn expr(&self, query: &Query<'_, '_>) -> Option<String> {
        let (name, service) = query.scenario.service(&self.service)?;
        let answers = match query.scenario.runtime(service) {
            Runtime::Kubernetes => pods::ready(query, name, service)?,
            Runtime::Compose => query.series("up", &[("job", name.as_str())]),
        };
        Some(loading::down(&answers, None))
    }

    fn story<'t>(&'t self, site: &'t Site<'_, '_>) -> Option<Story<'t>> {
        let (name, service) = site.scenario.service(&self.service)?;
        let series: Box<dyn Fn(Values) -> Series + 't> = match site.scenario.runtime(service) {
            Runtime::Kubernetes => Box::new(pods::ready_series(site, name, service)?),
            Runtime::Compose => {
                let target = site.targets.get(name)?;
                Box::new(|values| Series::of("up", target, [], values))
            }
        };
        Some(Story::now(move |level| {
            let answers = Values::always(u64::from(level == Level::Planned));
            (level != Level::Short).then(|| vec![series(answers)])
        }))
    }
}

#[cfg(test)]
mod tests {
    use crate::monitoring::testing::expr_in;
    use serde_json::json;

    #[test]
    fn kubernetes_is_asked_where_there_is_one() {
        let expr = |option| expr_in(option, json!({"not_serving": {"service": "deepseek"}})).unwrap();
        assert_eq!(expr("compose"), r#"up{job="deepseek"} == 0"#);
        let ready = r#"kube_deployment_status_replicas_ready{namespace="inference",deployment="deepseek"}"#;
        assert_eq!(expr("k3s"), format!("{ready} == 0"));
    }
}
