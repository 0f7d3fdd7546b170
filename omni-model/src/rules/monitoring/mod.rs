//! **M**: metrics, alerts and dashboards.

mod absent;
mod action;
mod cases;
mod cluster;
mod death;
mod exporter;
mod label;
mod loading;
mod metric;
mod port;
mod promql;
mod reach;
mod receiver;
mod receiver_keys;
mod receiver_place;
mod restarts;
mod standby;
mod threshold;

pub(super) use absent::RULE as ABSENT;
pub(super) use action::RULE as ACTION;
pub(super) use cases::RULE as CASES;
pub(super) use cluster::RULE as CLUSTER;
pub(super) use death::RULE as DEATH;
pub(super) use exporter::RULE as EXPORTER;
pub(super) use label::RULE as LABEL;
pub(super) use loading::RULE as LOADING;
pub(super) use metric::RULE as METRIC;
pub(super) use port::RULE as PORT;
pub(super) use promql::RULE as PROMQL;
pub(super) use reach::RULE as REACH;
pub(super) use receiver::RULE as RECEIVER;
pub(super) use receiver_keys::RULE as RECEIVER_KEYS;
pub(super) use receiver_place::RULE as RECEIVER_PLACE;
pub(super) use restarts::RULE as RESTARTS;
pub(super) use standby::RULE as STANDBY;
pub(super) use threshold::RULE as THRESHOLD;
