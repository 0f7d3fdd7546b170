//! **M**: metrics, alerts and dashboards.

mod promql;

pub(super) use promql::RULE as PROMQL;
