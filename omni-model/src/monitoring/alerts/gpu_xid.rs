//! A GPU's driver has reported an error. <https://docs.nvidia.com/deploy/xid-errors/>

use crate::{
    monitoring::{
        dcgm,
        kind::Kind,
        query::Query,
        story::{Also, Level, Series, Site, Story, Values},
    },
    units::Duration,
};

/// The code of the last error, which is a label as well: an error of another code comes in a series of its own.
const XID: &str = "DCGM_FI_DEV_XID_ERRORS";

/// For how long an error fires the alert, since the metric shows the last one for ever: ten minutes, or longer if the alert's
/// `for` is long.
fn noted(lasting: Duration) -> Duration {
    Duration::from_secs(lasting.secs().saturating_mul(2).max(600))
}

pub(super) struct GpuXid;

impl Kind for GpuXid {
    fn expr(&self, query: &Query<'_, '_>) -> Option<String> {
        dcgm::any(query.scenario).then_some(())?;
        let last = query.metric(XID);
        Some(format!("{last} > 0 unless {last} offset {}", noted(query.lasting).prometheus()))
    }

    fn story<'t>(&'t self, site: &'t Site<'_, '_>) -> Option<Story<'t>> {
        const FALLEN_OFF_THE_BUS: u64 = 79;
        let last = |level| {
            dcgm::series(site, XID, level, |level, target, gpu, _| {
                let shown = |code: u64, since: u64, before: u64| {
                    let labels = gpu.iter().cloned().chain([("err_code", code.to_string())]);
                    let values =
                        Values::each(move |scrape| (since..before).contains(&scrape).then_some(code));
                    Series::of(XID, target, labels, values)
                };
                Some(match level {
                    Level::Planned => vec![shown(0, 0, u64::MAX)],
                    Level::Short => return None,
                    Level::Past => vec![shown(FALLEN_OFF_THE_BUS, 1, u64::MAX), shown(0, 0, 1)],
                })
            })
        };
        let noted = noted(site.lasting);
        let also = last(Level::Past).map(|series| Also {
            name: format!("fires for an error; silent {noted} later, although the metric still shows it"),
            series,
            moments: vec![(site.settled(1), true), (site.scrapes(noted) + 2, false)],
        });
        Some(Story { settles: 1, also: also.into_iter().collect(), ..Story::now(last) })
    }
}

#[cfg(test)]
mod tests {
    use crate::monitoring::testing::expr;
    use serde_json::json;

    #[test]
    fn an_error_is_a_new_series() {
        assert_eq!(
            expr(json!("gpu_xid")),
            "DCGM_FI_DEV_XID_ERRORS > 0 unless DCGM_FI_DEV_XID_ERRORS offset 10m"
        );
    }
}
