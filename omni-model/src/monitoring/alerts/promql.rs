//! The author's own PromQL, which is the text of the condition. The author writes its cases as well.

use crate::{
    monitoring::{
        exporters::EXPORTERS,
        kind::Kind,
        promql::{Selector, selectors},
        query::Query,
        story::{Site, Story},
    },
    names::Text,
};

/// Whether a metric is about Kubernetes.
fn is_about_kubernetes(selector: &Selector) -> bool {
    let metric = selector.metric.as_deref().unwrap_or_default();
    let known = EXPORTERS.iter().filter(|exporter| exporter.kubernetes);
    known.flat_map(|exporter| exporter.metrics).any(|known| known.has(metric))
}

impl Kind for Text {
    /// What it says about Kubernetes is left out where there is none.
    fn expr(&self, query: &Query<'_, '_>) -> Option<String> {
        let selectors = selectors(self.as_str()).unwrap_or_default();
        let here = query.scenario.has_kubernetes() || !selectors.iter().any(is_about_kubernetes);
        query.read(selectors);
        here.then(|| self.to_string())
    }

    fn story<'t>(&'t self, _: &'t Site<'_, '_>) -> Option<Story<'t>> {
        None
    }
}

#[cfg(test)]
mod tests {
    use crate::monitoring::testing::expr_in;
    use serde_json::json;

    #[test]
    fn kubernetes_is_asked_where_there_is_one() {
        let query = r#"kube_pod_status_ready{condition="false"} == 1"#;
        let both = ["compose", "k3s"].map(|option| expr_in(option, json!({ "promql": query })));
        assert_eq!(both, [None, Some(query.to_owned())]);
    }
}
