//! The runbook: the deployment as its operator reads it.

mod diagram;
mod operation;
mod tables;
mod tried;

use askama::Template;
use omni_model::{
    Checked, Diagnostic, Facts,
    deployment::{Acceptance, Backup, Deployment, Deviation, Ipv6},
    names::{AbsPath, HostName, Text},
};

use crate::{
    artifact::Artifact,
    filters,
    header::Header,
    kubernetes, operations, prometheus, reach, secrets,
    step::{Family, Script, Step},
};
use diagram::{Edge, Node, Zone};
use operation::{Operation, Placing};
use tables::{AlertRow, CheckRow, DashboardRow, FlowRow, LedgerTable, PortRow, ServiceRow, StepRow};
use tried::Tried;

#[derive(Template)]
#[template(path = "runbook/RUNBOOK.md")]
struct Runbook<'a> {
    header: Header<'a>,
    deployment: &'a Deployment,
    option: &'a str,
    about: Option<&'a Text>,
    placing: Placing,
    confirm: String,
    zones: Vec<Zone>,
    outside: Vec<Node>,
    edges: Vec<Edge>,
    ledgers: Vec<LedgerTable>,
    services: Vec<ServiceRow>,
    apis: Vec<ServiceRow>,
    standbys: Vec<(String, String)>,
    ports: Vec<PortRow>,
    flows: Vec<FlowRow>,
    reached: String,
    has_kubernetes: bool,
    dashboards: Vec<DashboardRow>,
    alerts: Vec<AlertRow>,
    rule_tests: String,
    steps: Vec<StepRow>,
    checks: Vec<CheckRow>,
    secrets_file: String,
    accepted: &'a [(Diagnostic, Acceptance)],
    /// What the backups hold, and who writes it.
    saved: Vec<(AbsPath, String)>,
    /// The regular backups, by the host.
    backups: Vec<(&'a HostName, &'a Backup)>,
    departures: [(&'static str, &'static str, &'a [Deviation]); 2],
    operation: Operation<'a>,
    checkov: Vec<kubernetes::Accepted>,
    tried: Vec<&'static Tried>,
}

/// The runbook of an option, from all of its steps in their order.
pub(crate) fn artifact(checked: &Checked, facts: &Facts<'_>, steps: &[Step]) -> Artifact {
    let deployment = facts.deployment();
    let word = deployment.authorization.as_ref().map(|authorization| authorization.word.as_str());
    let confirm = word.map(|word| format!(" --confirm {word}")).unwrap_or_default();
    let world = facts.world();
    let (zones, outside, edges) = diagram::draw(facts, world);
    let runbook = Runbook {
        header: Header::of(deployment),
        deployment,
        option: facts.title(),
        about: facts.description(),
        placing: Placing::of(facts),
        confirm: confirm.clone(),
        zones,
        outside,
        edges,
        ledgers: tables::ledgers(facts),
        services: tables::services(facts),
        apis: tables::apis(deployment),
        standbys: tables::standbys(facts),
        ports: tables::ports(facts),
        flows: tables::flows(facts, world),
        reached: reach::table(world, facts.declared()),
        has_kubernetes: facts.has_kubernetes(),
        dashboards: tables::dashboards(facts),
        alerts: tables::alerts(deployment),
        rule_tests: prometheus::tests_folder(facts).unwrap_or_default(),
        steps: steps.iter().map(tables::step).collect(),
        checks: operations::verification(steps.iter()).into_iter().map(tables::check).collect(),
        secrets_file: secrets::path(deployment.name.as_str()),
        accepted: checked.accepted(),
        saved: saved(facts),
        backups: deployment
            .hosts
            .iter()
            .filter_map(|(name, host)| Some((name, host.backup.as_ref()?)))
            .collect(),
        departures: [
            (
                "Deviations from the plan",
                "What the plan has here cannot work, or contradicts itself.",
                &deployment.deviations,
            ),
            ("Hardenings", "What the plan has here would work, and is unsafe.", &deployment.hardenings),
        ],
        operation: Operation::of(facts, confirm, steps.iter().any(|step| step.family == Family::Boot)),
        checkov: kubernetes::accepted(facts),
        tried: tried::rows(facts),
    };
    Artifact::new("RUNBOOK.md", Script::new(&runbook).to_string())
}

fn saved(facts: &Facts<'_>) -> Vec<(AbsPath, String)> {
    let hosts = facts.deployment().hosts.iter();
    let saved = hosts.flat_map(|(name, host)| operations::data::directories(facts, name, host));
    saved.map(|directory| (directory.path, directory.services.replace(' ', ", "))).collect()
}
