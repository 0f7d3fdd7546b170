//! The kernel has killed a process to free memory.

use crate::{
    deployment::condition::OomKill,
    monitoring::{
        counters,
        kind::Kind,
        query::Query,
        story::{Site, Story},
    },
};

const KILLS: &str = "node_vmstat_oom_kill";

impl Kind for OomKill {
    fn expr(&self, query: &Query<'_, '_>) -> Option<String> {
        Some(counters::grows(query, KILLS, self.within, 0))
    }

    fn story<'t>(&'t self, site: &'t Site<'_, '_>) -> Option<Story<'t>> {
        Some(counters::story(site, KILLS, Vec::new(), self.within, 0))
    }
}
