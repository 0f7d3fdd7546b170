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
        let targets = query.scenario.targets().iter().map(|target| (target.name, target.service));
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
