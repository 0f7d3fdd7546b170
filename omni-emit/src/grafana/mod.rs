//! Grafana: its data source, its dashboards, and the checks that they can be reached.

mod dashboard;
mod dashboards;
mod provisioning;
#[cfg(test)]
mod tests;

use askama::Template;
use omni_model::{
    Facts,
    deployment::{self, Monitoring, Service},
    names::{HostName, ServiceName},
    resolve,
};

use self::dashboard::{Dashboard, Link, Time, place};
use crate::{
    artifact::Artifact,
    compose,
    header::Header,
    prometheus,
    provision::{Mount, Provision},
    step::{Check, CheckKind, Script, Step, StepId},
    text::counted,
    yaml,
};

/// The step.
pub(crate) const STEP: StepId = StepId::new("dashboards");

/// The check that Grafana answers.
pub(crate) const REACHABLE: CheckKind = CheckKind::new("grafana");

/// The paths of the mounted files in Grafana's container. Below its data, a volume would hide them.
const DASHBOARDS: &str = "/etc/grafana/dashboards";
const PROVISIONING: &str = "/etc/grafana/provisioning";

#[derive(Template)]
#[template(path = "grafana/verify-grafana.sh")]
struct VerifyGrafana<'a> {
    url: &'a str,
}

#[derive(Template)]
#[template(path = "grafana/verify-pages.sh")]
struct VerifyPages {
    urls: Vec<String>,
}

/// The files for Grafana.
pub(crate) fn provision(facts: &Facts<'_>, name: &ServiceName) -> Provision {
    let Some((monitoring, grafana, service)) = grafana(facts).filter(|(_, grafana, _)| *grafana == name)
    else {
        return Provision::default();
    };
    let folder = folder(facts, service);
    let files = files(facts, monitoring, grafana, service);
    let mount = |from: &str, to: String| {
        let inside = format!("{folder}/{from}/");
        let artifacts = files.iter().filter(|file| file.path.starts_with(&inside)).cloned().collect();
        Mount { source: format!("../{}/grafana/{from}", prometheus::FOLDER), target: to, artifacts }
    };
    let mounts = vec![
        mount("provisioning/datasources", format!("{PROVISIONING}/datasources")),
        mount("provisioning/dashboards", format!("{PROVISIONING}/dashboards")),
        mount("dashboards", DASHBOARDS.to_owned()),
    ];
    Provision { mounts, args: Vec::new() }
}

fn grafana<'a>(facts: &Facts<'a>) -> Option<(&'a Monitoring, &'a ServiceName, &'a Service)> {
    let monitoring = facts.deployment().monitoring.as_ref()?;
    let (name, service) = facts.service(monitoring.grafana.as_ref()?)?;
    Some((monitoring, name, service))
}

fn folder(facts: &Facts<'_>, service: &Service) -> String {
    format!("{}/grafana", prometheus::folder(facts, service))
}

fn files(facts: &Facts<'_>, monitoring: &Monitoring, name: &ServiceName, service: &Service) -> Vec<Artifact> {
    let deployment = facts.deployment();
    let header = Header::of(deployment);
    let folder = folder(facts, service);
    let address = facts.service(&monitoring.prometheus).and_then(|(prometheus, service)| {
        let (port, _) = service.ports.first()?;
        facts.endpoint(name, prometheus, port)
    });
    let source = address.map(|address| {
        let sources = provisioning::data_sources(&address, monitoring.scrape_interval.prometheus());
        let path = format!("{folder}/provisioning/datasources/prometheus.yaml");
        Artifact::new(path, yaml::to_yaml(&header, &sources))
    });
    let providers = provisioning::providers(deployment.name.as_str(), DASHBOARDS);
    let provider = Artifact::new(
        format!("{folder}/provisioning/dashboards/{}.yaml", deployment.name),
        yaml::to_yaml(&header, &providers),
    );
    let links: Vec<_> = pages(facts, monitoring).into_iter().map(|(link, _)| link).collect();
    let dashboards = dashboards::pages(facts).into_iter().map(|page| {
        let dashboard = Dashboard {
            uid: format!("omni-{}", page.name),
            title: page.title.to_owned(),
            description: header.text(),
            tags: [deployment.name.to_string()],
            editable: false,
            schema_version: 41,
            refresh: "1m",
            time: Time { from: "now-6h", to: "now" },
            links: links.clone(),
            panels: place(page.panels),
        };
        #[expect(clippy::expect_used, reason = "its keys are texts and its numbers finite")]
        let json = serde_json::to_string_pretty(&dashboard).expect("a dashboard as JSON");
        Artifact::new(format!("{folder}/dashboards/{}.json", page.name), json)
    });
    source.into_iter().chain([provider]).chain(dashboards).collect()
}

/// The pages that people look at, with the host of each.
fn pages<'a>(facts: &Facts<'a>, monitoring: &Monitoring) -> Vec<(Link, &'a HostName)> {
    let page = |dashboard: &deployment::Dashboard| {
        let (name, service, port, _) = resolve::port(facts.deployment(), &dashboard.at)?;
        let (host, _) = facts.host(service)?;
        let link = Link {
            kind: "link",
            title: dashboard.title.to_string(),
            tooltip: dashboard.purpose.to_string(),
            url: format!("http://{}", facts.local_endpoint(name, port)?),
            target_blank: true,
        };
        Some((link, host))
    };
    monitoring.dashboards.values().filter_map(page).collect()
}

/// Checks that Grafana and the pages answer.
pub(crate) fn steps(facts: &Facts<'_>) -> Vec<Step> {
    let Some((monitoring, name, service)) = grafana(facts) else { return Vec::new() };
    let Some((host, _)) = facts.host(service) else { return Vec::new() };
    let here = service.ports.first().and_then(|(port, _)| facts.local_endpoint(name, port));
    let health = here.map(|address| {
        let url = format!("http://{address}");
        let script = Script::new(&VerifyGrafana { url: &url });
        Check::new(REACHABLE, "Grafana accessible", format!("{url} answers"), script)
    });
    let pages = pages(facts, monitoring).into_iter();
    let urls: Vec<_> = pages.filter(|(_, on)| *on == host).map(|(link, _)| link.url).collect();
    let pages = (!urls.is_empty()).then(|| {
        let expected = format!("answers from {}", counted(urls.len(), "page"));
        Check::new("dashboards", "Dashboards reachable", expected, Script::new(&VerifyPages { urls }))
    });
    vec![Step {
        host: host.clone(),
        id: STEP,
        title: "Grafana and its dashboards".to_owned(),
        targets: "Grafana".to_owned(),
        follows: &[compose::STEP, prometheus::STEP],
        reboot: false,
        touches_data: false,
        artifacts: files(facts, monitoring, name, service),
        remember: Script::default(),
        apply: Script::default(),
        verify: health.into_iter().chain(pages).collect(),
        rollback: Script::default(),
    }]
}
