//! The families, put together.

use std::{collections::BTreeMap, panic::resume_unwind, thread};

use omni_model::{Checked, Facts, names::OptionName};

use crate::{
    artifact::{Artifact, ArtifactTree, RelPath, TreeError},
    boot, compose, firewall, gpus, grafana, grub, gvisor, k3s, kubernetes, models, operations, prometheus,
    runbook, secrets,
    step::{Family, Step},
    storage, sysctl, upgrades,
};

/// Where an emitted file comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The family that makes it.
    pub family: Family,
    /// The option that it belongs to; with none, it is common to all.
    pub option: Option<OptionName>,
}

/// Everything that a deployment emits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Emitted {
    /// The files.
    pub tree: ArtifactTree,
    /// Where each comes from.
    pub origins: BTreeMap<RelPath, Origin>,
}

/// The folder of what every option shares.
pub(crate) const COMMON: &str = "common";

/// Emits every file of a deployment.
///
/// # Errors
///
/// If two files would stand at one path.
pub fn emit(checked: &Checked) -> Result<Emitted, TreeError> {
    let mut emitted = Emitted::default();
    for step in common_steps(checked) {
        emitted.add(step.family, None, step.artifacts)?;
    }
    for (option, artifacts) in in_parallel(checked.facts(), |facts| option_artifacts(checked, facts)) {
        for (family, artifacts) in artifacts {
            emitted.add(family, Some(&option), artifacts)?;
        }
    }
    Ok(emitted)
}

/// What belongs to one option.
fn option_artifacts(checked: &Checked, facts: &Facts<'_>) -> (OptionName, Vec<(Family, Vec<Artifact>)>) {
    let steps = steps_of(checked, facts);
    let programs = (Family::Operations, operations::artifacts(facts, &steps));
    let runbook = (Family::Runbook, vec![runbook::artifact(checked, facts, &steps)]);
    let own = steps.into_iter().filter(|step| !step.family.is_common());
    let artifacts = own.map(|step| (step.family, step.artifacts)).chain([programs, runbook]);
    (facts.option().clone(), artifacts.collect())
}

/// What each gives, in their order; each on a thread of its own.
fn in_parallel<T: Sync, R: Send>(items: Vec<T>, give: impl Fn(&T) -> R + Sync) -> Vec<R> {
    thread::scope(|scope| {
        let threads: Vec<_> = items.iter().map(|item| scope.spawn(|| give(item))).collect();
        let results =
            threads.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)));
        results.collect()
    })
}

/// The families that no option changes.
const COMMON_FAMILIES: &[fn(&Checked) -> Vec<Step>] =
    &[grub::steps, sysctl::steps, storage::steps, models::steps, gvisor::steps, upgrades::steps];

/// The families of an option.
const OPTION_FAMILIES: &[fn(&Facts<'_>) -> Vec<Step>] = &[
    k3s::steps,
    gpus::steps,
    // Before the firewall: what waits for the operator must not stand between new rules and the containers that they are for.
    secrets::steps,
    boot::steps,
    firewall::steps,
    kubernetes::steps,
    compose::steps,
    prometheus::steps,
    grafana::steps,
];

/// Everything that is done to the machines in an option, in its order.
pub(crate) fn steps_of(checked: &Checked, facts: &Facts<'_>) -> Vec<Step> {
    operations::in_order(common_steps(checked).into_iter().chain(scenario_steps(facts)).collect())
}

/// The steps that no option changes.
fn common_steps(checked: &Checked) -> Vec<Step> {
    COMMON_FAMILIES.iter().flat_map(|steps| steps(checked)).collect()
}

/// The steps of one option.
fn scenario_steps(facts: &Facts<'_>) -> Vec<Step> {
    OPTION_FAMILIES.iter().flat_map(|steps| steps(facts)).collect()
}

impl Emitted {
    /// Whether a path belongs to a part of what is emitted: to one of the families (no family stands for all of them), and
    /// to the option or what all options share (no option stands for all of them). Of what is no longer emitted the family
    /// is not known.
    pub fn is_part(&self, path: &RelPath, families: &[Family], option: Option<&str>) -> bool {
        let family = self.origins.get(path).map(|origin| origin.family);
        let folder = path.as_str().split('/').next();
        (families.is_empty() || family.is_some_and(|family| families.contains(&family)))
            && (option.is_none() || folder == option || folder == Some(COMMON))
    }

    fn add(
        &mut self,
        family: Family,
        option: Option<&OptionName>,
        artifacts: Vec<Artifact>,
    ) -> Result<(), TreeError> {
        let folder = option.map_or(COMMON, OptionName::as_str);
        for artifact in artifacts {
            let artifact = artifact.under(folder);
            let path = RelPath::new(artifact.path.clone())?;
            self.tree.insert(artifact)?;
            self.origins.insert(path, Origin { family, option: option.cloned() });
        }
        Ok(())
    }
}
