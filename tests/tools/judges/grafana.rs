//! Grafana's dashboards and provisioning.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::{Value, json};

use super::{prometheus, yaml_document};
use crate::Judged;
use crate::tree::File;

pub(crate) fn is_dashboard(file: &File) -> bool {
    file.has_extension("json") && file.text.contains("\"panels\"")
}

/// The shape, and every query as Prometheus itself parses it.
pub(crate) fn dashboard(file: &File) -> Judged {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Dashboard {
        title: String,
        uid: String,
        #[serde(rename = "schemaVersion")]
        _schema_version: u32,
        panels: Vec<Panel>,
    }
    #[derive(Deserialize)]
    struct Panel {
        id: u32,
        title: String,
    }
    let dashboard: Dashboard = serde_json::from_str(&file.text).map_err(|error| error.to_string())?;
    if dashboard.title.is_empty() || dashboard.uid.is_empty() || dashboard.uid.len() > 40 {
        return Err("a dashboard needs a title, and a uid of at most 40 characters".into());
    }
    let mut ids = BTreeSet::new();
    if let Some(twice) = dashboard.panels.iter().find(|panel| !ids.insert(panel.id)) {
        return Err(format!("`{}` has the id {} of another panel", twice.title, twice.id));
    }
    let mut queries = Vec::new();
    gather_queries(&serde_json::from_str(&file.text).map_err(|error| error.to_string())?, &mut queries);
    if queries.is_empty() {
        return Err("it asks nothing".into());
    }
    let record = |(n, query): (usize, &String)| json!({ "record": format!("query_{n}"), "expr": query });
    let rules: Vec<_> = queries.iter().enumerate().map(record).collect();
    prometheus::check_rules(&json!({ "groups": [{ "name": "queries", "rules": rules }] }).to_string())
}

/// Every `expr`, with Grafana's own durations filled in.
fn gather_queries(value: &Value, queries: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            let filled = |expr: &str| {
                ["$__rate_interval", "$__interval", "$__range"]
                    .iter()
                    .fold(expr.to_owned(), |it, name| it.replace(name, "5m"))
            };
            queries.extend(fields.get("expr").and_then(Value::as_str).map(filled));
            fields.values().for_each(|value| gather_queries(value, queries));
        }
        Value::Array(values) => values.iter().for_each(|value| gather_queries(value, queries)),
        _ => {}
    }
}

pub(crate) fn is_provisioning(file: &File) -> bool {
    file.is_yaml() && file.value_of("apiVersion") == Some("1")
}

/// Data sources, or where the dashboards are.
pub(crate) fn provisioning(file: &File) -> Judged {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Provisioning {
        #[serde(rename = "apiVersion")]
        _api_version: u32,
        #[serde(default, rename = "prune")]
        _prune: bool,
        #[serde(default)]
        datasources: Vec<Provided>,
        #[serde(default)]
        providers: Vec<Provided>,
    }
    #[derive(Deserialize)]
    struct Provided {
        name: String,
        #[serde(rename = "type")]
        kind: String,
    }
    let Provisioning { datasources, providers, .. } = yaml_document(&file.text)?;
    if datasources.is_empty() == providers.is_empty() {
        return Err("it must give either `datasources` or `providers`".into());
    }
    match datasources.iter().chain(&providers).find(|it| it.name.is_empty() || it.kind.is_empty()) {
        Some(provided) => Err(format!("`{}` lacks a name or a type", provided.name)),
        None => Ok(()),
    }
}
