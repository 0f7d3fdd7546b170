//! Processes wait for memory: pressure stall information. <https://docs.kernel.org/accounting/psi.html>

use crate::{
    deployment::condition::MemoryStalled,
    monitoring::{
        kind::Kind,
        query::{Query, share},
        rates,
        story::{Site, Story},
    },
};

const WAITING: &str = "node_pressure_memory_waiting_seconds_total";

impl Kind for MemoryStalled {
    fn expr(&self, query: &Query<'_, '_>) -> Option<String> {
        Some(rates::above(&query.metric(WAITING), share(self.above)))
    }

    fn story<'t>(&'t self, site: &'t Site<'_, '_>) -> Option<Story<'t>> {
        Some(rates::story(site, &[WAITING], |_| true, self.above.get().into(), 100))
    }
}
