//! What a kind of alerts says about itself. The kinds are the files in `alerts/`.

use super::{
    cases::{self, Case},
    query::Query,
    rule::AlertRule,
    story::{Site, Story},
};
use crate::{deployment::Alert, units::Duration};

/// A kind of alerts: its keys as a document has them, or a unit struct if it has none.
pub(super) trait Kind {
    /// The condition in PromQL. `None` if it is about something that the option does not have.
    fn expr(&self, query: &Query<'_, '_>) -> Option<String>;

    /// The series that prove the condition. `None` if the option does not have what it is about, or if the cases come from
    /// elsewhere.
    fn story<'t>(&'t self, site: &'t Site<'_, '_>) -> Option<Story<'t>>;

    /// The time between two values of its series, if it is longer than the scrape interval: a condition about days would
    /// otherwise need thousands of values.
    fn sampled_every(&self) -> Duration {
        Duration::default()
    }

    /// The cases of an alert with these rules in one option.
    fn cases(&self, site: &Site<'_, '_>, alert: &Alert, rules: &[&AlertRule<'_>]) -> Vec<Case> {
        let Some((rule, story)) = rules.first().zip(self.story(site)) else { return Vec::new() };
        cases::told(site, alert, rule, &story)
    }
}
