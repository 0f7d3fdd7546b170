//! The files that Grafana reads when it starts. <https://grafana.com/docs/grafana/latest/administration/provisioning/>

use serde::Serialize;

use super::dashboard::PROMETHEUS;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct DataSources {
    api_version: u32,
    prune: bool,
    datasources: [DataSource; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DataSource {
    name: &'static str,
    #[serde(rename = "type")]
    kind: &'static str,
    uid: &'static str,
    access: &'static str,
    url: String,
    is_default: bool,
    editable: bool,
    json_data: JsonData,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JsonData {
    http_method: &'static str,
    time_interval: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Providers<'a> {
    api_version: u32,
    providers: [Provider<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Provider<'a> {
    name: &'a str,
    #[serde(rename = "type")]
    kind: &'static str,
    folder: &'a str,
    disable_deletion: bool,
    allow_ui_updates: bool,
    options: Options,
}

#[derive(Serialize)]
struct Options {
    path: &'static str,
}

/// Prometheus, at an address.
pub(super) fn data_sources(address: &str, scrape_interval: String) -> DataSources {
    DataSources {
        api_version: 1,
        prune: true,
        datasources: [DataSource {
            name: "Prometheus",
            kind: PROMETHEUS.kind,
            uid: PROMETHEUS.uid,
            access: "proxy",
            url: format!("http://{address}"),
            is_default: true,
            editable: false,
            json_data: JsonData { http_method: "POST", time_interval: scrape_interval },
        }],
    }
}

/// The dashboards in a folder of the container, under the deployment's name.
pub(super) fn providers<'a>(deployment: &'a str, path: &'static str) -> Providers<'a> {
    Providers {
        api_version: 1,
        providers: [Provider {
            name: deployment,
            kind: "file",
            folder: deployment,
            // After a bundle was emitted again, the container sees the old folder, which is empty, until it restarts.
            disable_deletion: true,
            allow_ui_updates: false,
            options: Options { path },
        }],
    }
}
