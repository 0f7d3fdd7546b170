//! The rules: what every deployment is judged by. One folder a family, one file a rule.

pub mod acceptance;
mod budget;
pub mod document;
mod kernel;
mod monitoring;
mod network;
mod operations;
mod reach;
mod references;
mod supply;
#[cfg(test)]
mod tests;
mod workloads;

use indexmap::IndexMap;

pub(crate) use crate::resolve::host as of_host;
use crate::{
    deployment::Deployment,
    diagnostic::{Diagnostic, Severity},
    path::ModelPath,
    scenario::Scenario,
    suggest::list,
};

/// A rule.
#[derive(Debug)]
pub struct Rule {
    /// Its id: the family's letter and three digits, never used again for another.
    pub id: &'static str,
    /// Its name: `vram-over-budget`.
    pub name: &'static str,
    /// What happens if you go on.
    pub severity: Severity,
    /// What it checks, in one line.
    pub summary: &'static str,
    /// What it checks, why it matters, a bad example, a good one, and the source, in Markdown.
    pub docs: &'static str,
    /// What finds what is wrong. References that do not resolve are another rule's: it passes over them.
    pub check: Check,
}

/// What a rule looks at. What follows from an option (its links, who reaches whom) is found once for all rules.
#[derive(Clone, Copy, Debug)]
pub enum Check {
    /// The deployment as it is written.
    Deployment(fn(&Rule, &Deployment) -> Vec<Diagnostic>),
    /// Each way to run it, by itself: what is found in some of them only says in which.
    EachOption(fn(&Rule, &Scenario<'_>) -> Vec<Diagnostic>),
    /// All ways to run it together, one at least.
    AllOptions(fn(&Rule, &Deployment, &[Scenario<'_>]) -> Vec<Diagnostic>),
    /// Something that is judged elsewhere: the document, before it is a deployment, or what is accepted, after all else.
    Elsewhere,
}

impl Rule {
    /// Its findings in a deployment and the ways to run it.
    pub fn findings(&self, deployment: &Deployment, scenarios: &[Scenario<'_>]) -> Vec<Diagnostic> {
        match self.check {
            Check::Deployment(check) => check(self, deployment),
            Check::EachOption(check) => in_options(scenarios, |scenario| check(self, scenario)),
            Check::AllOptions(check) => check(self, deployment, scenarios),
            Check::Elsewhere => Vec::new(),
        }
    }

    /// Something that the rule found. The message has the numbers in it, in lower case, without a final full stop.
    pub fn finding(&self, path: ModelPath, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            rule: self.id,
            severity: self.severity,
            path,
            related: Vec::new(),
            message: message.into(),
            ledger: None,
            help: None,
        }
    }
}

/// Every rule but those about acceptances, which need what these have found.
pub static ALL: &[&Rule] = &[
    &references::UNRESOLVED,
    &references::AMBIGUOUS,
    &references::NAMESPACE,
    &budget::RAM,
    &budget::VRAM,
    &budget::LIMIT,
    &budget::LIMITS,
    &budget::RESERVE,
    &budget::DISK,
    &budget::GROUP,
    &budget::STANDBY,
    &budget::ALLOCATABLE,
    &budget::GPU,
    &budget::MODEL,
    &budget::PROCESSORS,
    &budget::NODE,
    &budget::ROOT_UNKNOWN,
    &budget::ROOT,
    &budget::EVICTION,
    &kernel::CRITICAL,
    &kernel::SWAP,
    &kernel::VALUE,
    &kernel::HAZARD,
    &kernel::OWNER,
    &kernel::REACH,
    &kernel::NEEDS,
    &kernel::DROPS,
    &network::PORTS,
    &network::ADDRESSES,
    &network::SUBNET,
    &network::MAPPED,
    &network::DOCKER,
    &workloads::CLUSTER,
    &workloads::GPUS,
    &workloads::HOST,
    &workloads::RESTART,
    &workloads::STARTUP,
    &workloads::LIVENESS,
    &workloads::NUMA,
    &workloads::NODE,
    &workloads::SECURITY,
    &workloads::HEALTH,
    &workloads::ENDPOINT,
    &workloads::PROBES,
    &workloads::POINTER,
    &workloads::SANDBOX,
    &workloads::PLUGIN,
    &workloads::ENVIRONMENT,
    &workloads::INCLUDES,
    &workloads::PATIENCE,
    &workloads::COMPONENTS,
    &workloads::NETWORK,
    &workloads::CAPABILITY,
    &workloads::LOOPBACK,
    &workloads::LOOSER,
    &workloads::SERVED,
    &workloads::REBOOT,
    &workloads::BACKUP,
    &workloads::SAVED,
    &workloads::TAKEN,
    &workloads::NAMED,
    &workloads::KTRANSFORMERS,
    &workloads::PARALLEL,
    &workloads::MOUNTS,
    &monitoring::PROMQL,
    &monitoring::EXPORTER,
    &monitoring::METRIC,
    &monitoring::RESTARTS,
    &monitoring::LABEL,
    &monitoring::THRESHOLD,
    &monitoring::RECEIVER,
    &monitoring::PORT,
    &monitoring::ABSENT,
    &monitoring::ACTION,
    &monitoring::REACH,
    &monitoring::STANDBY,
    &monitoring::CASES,
    &monitoring::DEATH,
    &monitoring::LOADING,
    &monitoring::CLUSTER,
    &monitoring::RECEIVER_KEYS,
    &monitoring::RECEIVER_PLACE,
    &supply::IMAGE,
    &supply::REVISION,
    &supply::MISNOMER,
    &supply::KUBECONFIG,
    &supply::SECRET,
    &supply::PASSWORD,
    &supply::RETIRED,
    &supply::MODEL,
    &supply::CHECKSUM,
    &operations::UNWATCHED,
    &reach::BLOCKED,
    &reach::EXPOSED,
    &reach::WIDE,
    &reach::IDLE,
    &reach::DASHBOARD,
    &reach::ENDPOINT,
    &reach::SELECTOR,
    &reach::SSH,
    &reach::HOST_NETWORK,
    &reach::IPV6,
    &reach::NEIGHBOUR,
    &reach::ADDRESS,
];

/// Every rule.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    document::ALL.iter().chain(ALL).chain(acceptance::ALL).copied()
}

/// The rule of that id.
pub fn find(id: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.id == id)
}

/// The place of an entry: `services.deepseek`.
pub(crate) fn at(map: &str, name: impl std::fmt::Display) -> ModelPath {
    ModelPath::root().key(map).key(name)
}

/// What is found in the ways to run a deployment. What is found in some of them only says in which.
fn in_options<'a>(
    scenarios: &'a [Scenario<'_>],
    find: impl Fn(&'a Scenario<'_>) -> Vec<Diagnostic>,
) -> Vec<Diagnostic> {
    let mut found: IndexMap<_, (Diagnostic, Vec<&str>)> = IndexMap::new();
    for scenario in scenarios {
        for finding in find(scenario) {
            let key = (finding.path.clone(), finding.message.clone());
            let (_, options) = found.entry(key).or_insert((finding, Vec::new()));
            if options.last() != Some(&scenario.option().as_str()) {
                options.push(scenario.option().as_str());
            }
        }
    }
    let say_where = |(mut finding, options): (Diagnostic, Vec<&str>)| {
        if options.len() < scenarios.len() {
            finding.message += &format!(", in option {}", list(options));
        }
        finding
    };
    found.into_values().map(say_where).collect()
}
