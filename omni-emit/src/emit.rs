//! What the families make, put together.

use std::{collections::BTreeMap, panic::resume_unwind, thread};

use omni_model::{Checked, Facts, names::OptionName};

use crate::{
    artifact::{Artifact, ArtifactTree, RelPath, TreeError},
    family::{Family, Makes, Planned, in_order},
};

/// Where an emitted file comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The family that makes it.
    pub family: Family,
    /// The option that it belongs to. `None` if all options share it.
    pub option: Option<OptionName>,
}

/// Everything that a deployment emits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Emitted {
    /// The files.
    pub tree: ArtifactTree,
    /// Where each file comes from.
    pub origins: BTreeMap<RelPath, Origin>,
}

/// The folder of the files that every option shares.
const COMMON: &str = "common";

/// Emits every file that the families make of a deployment.
pub(crate) fn emit(families: &[Family], checked: &Checked) -> Result<Emitted, TreeError> {
    let mut emitted = Emitted::default();
    for Planned { family, step } in common_steps(families, checked) {
        emitted.add(family, None, step.artifacts)?;
    }
    for (option, artifacts) in
        in_parallel(checked.facts(), |facts| option_artifacts(families, checked, facts))
    {
        for (family, artifacts) in artifacts {
            emitted.add(family, Some(&option), artifacts)?;
        }
    }
    Ok(emitted)
}

/// The files of one option.
fn option_artifacts(
    families: &[Family],
    checked: &Checked,
    facts: &Facts<'_>,
) -> (OptionName, Vec<(Family, Vec<Artifact>)>) {
    let steps = steps_of(families, checked, facts);
    let renderings = families.iter().filter_map(|family| match family.makes() {
        Makes::Rendering(render) => Some((*family, render(checked, facts, &steps))),
        Makes::Common(_) | Makes::PerOption(_) => None,
    });
    let renderings: Vec<_> = renderings.collect();
    let own = steps.into_iter().filter(|step| !step.family.is_common());
    let artifacts = own.map(|Planned { family, step }| (family, step.artifacts)).chain(renderings);
    (facts.option().clone(), artifacts.collect())
}

/// The result for each item, in the order of the items. Each is computed on a thread of its own.
fn in_parallel<T: Sync, R: Send>(items: Vec<T>, give: impl Fn(&T) -> R + Sync) -> Vec<R> {
    thread::scope(|scope| {
        let threads: Vec<_> = items.iter().map(|item| scope.spawn(|| give(item))).collect();
        let results =
            threads.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)));
        results.collect()
    })
}

/// Everything that is done to the machines in an option, in its order.
pub(crate) fn steps_of(families: &[Family], checked: &Checked, facts: &Facts<'_>) -> Vec<Planned> {
    let own = families.iter().flat_map(|family| match family.makes() {
        Makes::PerOption(steps) => planned(*family, steps(facts)),
        Makes::Common(_) | Makes::Rendering(_) => Vec::new(),
    });
    in_order(common_steps(families, checked).into_iter().chain(own).collect())
}

/// The steps that are the same in every option.
fn common_steps(families: &[Family], checked: &Checked) -> Vec<Planned> {
    let steps = families.iter().flat_map(|family| match family.makes() {
        Makes::Common(steps) => planned(*family, steps(checked)),
        Makes::PerOption(_) | Makes::Rendering(_) => Vec::new(),
    });
    steps.collect()
}

fn planned(family: Family, steps: Vec<crate::step::Step>) -> Vec<Planned> {
    steps.into_iter().map(|step| Planned { family, step }).collect()
}

impl Emitted {
    /// Whether a path belongs to a part of what is emitted: to one of the families (an empty list means all), and to the option
    /// or to what all options share (`None` means all options). The family of a file that is no longer emitted is unknown.
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

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::steps_of;
    use crate::{FAMILIES, testing};

    #[test]
    fn each_step_comes_after_those_that_it_follows() {
        let checked = testing::checked(testing::document());
        for facts in checked.facts() {
            let steps = steps_of(FAMILIES, &checked, &facts);
            for (i, step) in steps.iter().enumerate() {
                let late = steps.iter().skip(i).find(|later| step.follows.contains(&later.id));
                assert_eq!(late.map(|step| step.id), None, "{} in {}", step.id, facts.option());
            }
        }
    }

    #[test]
    fn each_check_depends_on_one_of_its_host() {
        let checked = testing::checked(testing::document());
        for facts in checked.facts() {
            let steps = steps_of(FAMILIES, &checked, &facts);
            for step in &steps {
                let here = steps.iter().filter(|other| other.host == step.host);
                let ids: HashSet<_> =
                    here.flat_map(|step| &step.verify).map(|check| check.id.as_str()).collect();
                let missing = step.verify.iter().filter_map(|check| check.after.as_ref());
                let missing: Vec<_> = missing.filter(|id| !ids.contains(id.as_str())).collect();
                assert!(missing.is_empty(), "{missing:?} of {} in {}", step.id, facts.option());
            }
        }
    }

    #[test]
    fn no_two_families_have_one_name() {
        let names: HashSet<_> = FAMILIES.iter().map(|family| family.name()).collect();
        assert_eq!(names.len(), FAMILIES.len());
    }
}
