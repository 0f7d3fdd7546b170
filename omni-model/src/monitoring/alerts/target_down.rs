//! Prometheus cannot scrape one of its targets.

use crate::monitoring::{
    kind::Kind,
    loading::{self, Watched},
    query::{self, Query},
    story::{Series, Site, Story},
};

pub(super) struct TargetDown;

impl Kind for TargetDown {
    fn expr(&self, query: &Query<'_, '_>) -> Option<String> {
        let targets = query.targets.iter().map(|target| (target.name, target.service));
        // A job that is no service, the prober's for example, does not load.
        let others = true;
        query::any(loading::down_by_label(query, "up", "job", targets, others))
    }

    fn story<'t>(&'t self, site: &'t Site<'_, '_>) -> Option<Story<'t>> {
        let watched = site.targets.iter().map(|target| Watched {
            name: target.name,
            service: target.service,
            series: Box::new(move |values| Series::of("up", target, [], values)),
        });
        loading::story(site, watched.collect(), true)
    }
}

#[cfg(test)]
mod tests {
    use crate::monitoring::testing::{cases_of, deployment, document, expr, expression};
    use serde_json::json;

    #[test]
    fn each_target_is_scraped() {
        assert_eq!(expr(json!("target_down")), "up == 0");
    }

    #[test]
    fn what_loads_is_not_down() {
        let mut document = document();
        document["services"]["deepseek"]["load_time"] = json!("25min");
        document["services"]["prometheus"]["load_time"] = json!("4min");
        let deployment = deployment(document);
        let loads = concat!(
            r#"up{job!~"deepseek"} == 0 or max_over_time(up{job="deepseek"}[20m]) == 0 "#,
            r#"and up{job="deepseek"} offset 20m"#
        );
        for option in ["compose", "k3s"] {
            assert_eq!(expression(&deployment, option, "TargetDown").as_deref(), Some(loads));
            let cases = cases_of(&deployment, option, "TargetDown");
            let slow = cases.iter().find(|case| case.name.contains("while deepseek loads")).unwrap();
            let moments = slow.moments.iter().map(|moment| (moment.at.to_string(), moment.fires.len()));
            let expected = [("20min".to_owned(), 0), ("1485s".to_owned(), 0), ("1515s".to_owned(), 1)];
            assert_eq!(moments.collect::<Vec<_>>(), expected);
            assert!(
                slow.series[0].0.contains(r#"job="deepseek""#) && slow.series[0].1 == "1 0x100",
                "{slow:?}"
            );
        }
    }
}
