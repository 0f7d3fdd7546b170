//! A dashboard as Grafana reads it.
//! <https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/>

use serde::Serialize;

/// The data source of every panel. Its uid is fixed, so that panels can name it.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct DataSource {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) uid: &'static str,
}

/// Prometheus.
pub(super) const PROMETHEUS: DataSource = DataSource { kind: "prometheus", uid: "prometheus" };

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Dashboard {
    pub(super) uid: String,
    pub(super) title: String,
    pub(super) description: String,
    pub(super) tags: [String; 1],
    pub(super) editable: bool,
    pub(super) schema_version: u32,
    pub(super) refresh: &'static str,
    pub(super) time: Time,
    pub(super) links: Vec<Link>,
    pub(super) panels: Vec<Panel>,
}

#[derive(Debug, Serialize)]
pub(super) struct Time {
    pub(super) from: &'static str,
    pub(super) to: &'static str,
}

/// A link to another page, above the panels.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Link {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) title: String,
    pub(super) tooltip: String,
    pub(super) url: String,
    pub(super) target_blank: bool,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Panel {
    id: usize,
    #[serde(rename = "type")]
    kind: Kind,
    title: String,
    datasource: DataSource,
    grid_pos: GridPos,
    targets: Vec<Query>,
    field_config: FieldConfig,
    options: Options,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Kind {
    TimeSeries,
    BarGauge,
    Stat,
}

/// A position on a page that is 24 units wide.
#[derive(Debug, Default, Serialize)]
struct GridPos {
    x: u32,
    y: u32,
    w: u32,
    h: u32,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Query {
    ref_id: String,
    datasource: DataSource,
    pub(super) expr: String,
    legend_format: String,
    /// Whether only the newest value is queried.
    instant: bool,
}

#[derive(Debug, Serialize)]
struct FieldConfig {
    defaults: Defaults,
    overrides: Vec<Override>,
}

#[derive(Debug, Serialize)]
struct Defaults {
    unit: &'static str,
    min: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    max: Option<f64>,
    thresholds: Thresholds,
    custom: Custom,
}

#[derive(Debug, Serialize)]
struct Thresholds {
    mode: &'static str,
    steps: Vec<Threshold>,
}

/// The colour from a value on. The first threshold has no value.
#[derive(Debug, Serialize)]
struct Threshold {
    color: &'static str,
    value: Option<f64>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Custom {
    fill_opacity: u32,
    thresholds_style: ThresholdsStyle,
}

#[derive(Debug, Serialize)]
struct ThresholdsStyle {
    mode: &'static str,
}

#[derive(Debug, Serialize)]
struct Override {
    matcher: Matcher,
    properties: Vec<Property>,
}

#[derive(Debug, Serialize)]
struct Matcher {
    id: &'static str,
    options: &'static str,
}

#[derive(Debug, Serialize)]
struct Property {
    id: &'static str,
    value: serde_json::Value,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Options {
    TimeSeries {
        legend: Legend,
        tooltip: Tooltip,
    },
    Single {
        #[serde(rename = "reduceOptions")]
        reduce: Reduce,
        orientation: &'static str,
    },
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Legend {
    display_mode: &'static str,
    placement: &'static str,
}

#[derive(Debug, Serialize)]
struct Tooltip {
    mode: &'static str,
}

#[derive(Debug, Serialize)]
struct Reduce {
    calcs: [&'static str; 1],
}

/// The units that Grafana knows by these names.
pub(super) mod unit {
    pub(in crate::grafana) const BYTES: &str = "bytes";
    pub(in crate::grafana) const BYTES_PER_SECOND: &str = "Bps";
    pub(in crate::grafana) const CELSIUS: &str = "celsius";
    pub(in crate::grafana) const NUMBER: &str = "short";
    pub(in crate::grafana) const PER_SECOND: &str = "cps";
    pub(in crate::grafana) const PERCENT: &str = "percent";
    pub(in crate::grafana) const SECONDS: &str = "s";
    pub(in crate::grafana) const SHARE: &str = "percentunit";
    pub(in crate::grafana) const WATT: &str = "watt";
}

/// The legend of planned values, which are drawn dashed.
pub(super) const PLANNED: &str = "planned";

impl Panel {
    /// Lines over time.
    pub(super) fn lines(title: impl Into<String>, unit: &'static str) -> Self {
        let legend = Legend { display_mode: "list", placement: "bottom" };
        Self::new(
            Kind::TimeSeries,
            title,
            unit,
            Options::TimeSeries { legend, tooltip: Tooltip { mode: "multi" } },
        )
    }

    /// A bar for each query.
    pub(super) fn bars(title: impl Into<String>, unit: &'static str) -> Self {
        Self::single(Kind::BarGauge, title, unit, "horizontal")
    }

    /// A number.
    pub(super) fn number(title: impl Into<String>, unit: &'static str) -> Self {
        Self::single(Kind::Stat, title, unit, "auto")
    }

    fn single(kind: Kind, title: impl Into<String>, unit: &'static str, orientation: &'static str) -> Self {
        let reduce = Reduce { calcs: ["lastNotNull"] };
        Self::new(kind, title, unit, Options::Single { reduce, orientation })
    }

    fn new(kind: Kind, title: impl Into<String>, unit: &'static str, options: Options) -> Self {
        let dashed = Override {
            matcher: Matcher { id: "byRegexp", options: "/^planned/" },
            properties: vec![
                Property {
                    id: "custom.lineStyle",
                    value: serde_json::json!({"fill": "dash", "dash": [10, 10]}),
                },
                Property { id: "custom.fillOpacity", value: 0.into() },
            ],
        };
        Self {
            id: 0,
            kind,
            title: title.into(),
            datasource: PROMETHEUS,
            grid_pos: GridPos::default(),
            targets: Vec::new(),
            field_config: FieldConfig {
                defaults: Defaults {
                    unit,
                    min: 0,
                    max: None,
                    thresholds: Thresholds {
                        mode: "absolute",
                        steps: vec![Threshold { color: "green", value: None }],
                    },
                    custom: Custom { fill_opacity: 10, thresholds_style: ThresholdsStyle { mode: "off" } },
                },
                overrides: if kind == Kind::TimeSeries { vec![dashed] } else { Vec::new() },
            },
            options,
        }
    }

    /// Adds a query, with the legend of its series: `{{job}}` is the value of a label.
    pub(super) fn query(mut self, expr: impl Into<String>, legend: impl Into<String>) -> Self {
        self.targets.push(Query {
            ref_id: ref_id(self.targets.len()),
            datasource: PROMETHEUS,
            expr: expr.into(),
            legend_format: legend.into(),
            instant: self.kind != Kind::TimeSeries,
        });
        self
    }

    /// Adds queries.
    pub(super) fn queries(self, queries: impl IntoIterator<Item = (String, String)>) -> Self {
        queries.into_iter().fold(self, |panel, (expr, legend)| panel.query(expr, legend))
    }

    /// Sets the maximum.
    pub(super) fn max(mut self, max: f64) -> Self {
        self.field_config.defaults.max = Some(max);
        self
    }

    /// Marks where alerts fire.
    pub(super) fn alert_above(mut self, values: impl IntoIterator<Item = f64>) -> Self {
        let steps = values.into_iter().map(|value| Threshold { color: "red", value: Some(value) });
        self.field_config.defaults.thresholds.steps.extend(steps);
        self.field_config.defaults.custom.thresholds_style.mode = "line";
        self
    }

    /// The queries.
    #[cfg(test)]
    pub(super) fn exprs(&self) -> impl Iterator<Item = &str> {
        self.targets.iter().map(|query| query.expr.as_str())
    }
}

/// A, B, …, Z, AA, AB, …
fn ref_id(index: usize) -> String {
    let letter = char::from(b'A' + u8::try_from(index % 26).unwrap_or_default());
    if index < 26 { letter.to_string() } else { format!("{}{letter}", ref_id(index / 26 - 1)) }
}

/// Places panels on a page, two in a row. Panels with a single number are small.
pub(super) fn place(mut panels: Vec<Panel>) -> Vec<Panel> {
    let (mut x, mut y, mut height) = (0, 0, 0);
    for (i, panel) in panels.iter_mut().enumerate() {
        let (w, h) = if panel.kind == Kind::Stat { (6, 4) } else { (12, 8) };
        if x + w > 24 {
            (x, y, height) = (0, y + height, 0);
        }
        panel.id = i + 1;
        panel.grid_pos = GridPos { x, y, w, h };
        (x, height) = (x + w, height.max(h));
    }
    panels
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_have_letters() {
        assert_eq!([0, 1, 25, 26, 27, 51, 52].map(ref_id), ["A", "B", "Z", "AA", "AB", "AZ", "BA"]);
    }

    #[test]
    fn panels_do_not_overlap() {
        let panels = place(vec![
            Panel::number("a", unit::NUMBER),
            Panel::number("b", unit::NUMBER),
            Panel::lines("c", unit::BYTES),
            Panel::bars("d", unit::BYTES),
        ]);
        let places: Vec<_> =
            panels.iter().map(|panel| (panel.id, panel.grid_pos.x, panel.grid_pos.y)).collect();
        assert_eq!(places, [(1, 0, 0), (2, 6, 0), (3, 12, 0), (4, 0, 8)]);
    }
}
