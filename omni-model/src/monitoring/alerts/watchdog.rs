//! An alert that always fires: its silence is the alarm.

use crate::monitoring::{
    kind::Kind,
    query::Query,
    story::{Level, Site, Story},
};

pub(super) struct Watchdog;

impl Kind for Watchdog {
    fn expr(&self, _: &Query<'_, '_>) -> Option<String> {
        Some("vector(1)".to_owned())
    }

    fn story<'t>(&'t self, _: &'t Site<'_, '_>) -> Option<Story<'t>> {
        Some(Story::now(|level| (level == Level::Past).then(Vec::new)))
    }
}

#[cfg(test)]
mod tests {
    use crate::monitoring::testing::expr;
    use serde_json::json;

    #[test]
    fn it_always_fires() {
        assert_eq!(expr(json!("watchdog")), "vector(1)");
    }
}
