//! Families of artifacts: the row that each has in [`FAMILIES`](crate::FAMILIES).

use std::ops::Deref;

use omni_model::{Checked, Facts};

use crate::{artifact::Artifact, step::Step};

/// A family of artifacts. `emit --only` takes its name.
#[derive(Clone, Copy, Debug)]
pub struct Family {
    name: &'static str,
    makes: Makes,
}

/// What a family makes, and of what.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Makes {
    /// Steps that are the same in every option.
    Common(fn(&Checked) -> Vec<Step>),
    /// Steps of one option.
    PerOption(fn(&Facts<'_>) -> Vec<Step>),
    /// Renderings of all steps of one option, in their order.
    Rendering(fn(&Checked, &Facts<'_>, &[Planned]) -> Vec<Artifact>),
}

impl Family {
    /// A row of the table.
    pub(crate) const fn new(name: &'static str, makes: Makes) -> Self {
        Self { name, makes }
    }

    /// The name on the command line.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What the family makes.
    pub(crate) fn makes(&self) -> Makes {
        self.makes
    }

    /// Whether its files are the same in every option.
    pub(crate) fn is_common(&self) -> bool {
        matches!(self.makes, Makes::Common(_))
    }
}

/// Names are unique in the table.
impl PartialEq for Family {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Family {}

/// A step with the family that makes it.
#[derive(Clone, Debug)]
pub(crate) struct Planned {
    pub(crate) family: Family,
    pub(crate) step: Step,
}

impl Deref for Planned {
    type Target = Step;

    fn deref(&self) -> &Step {
        &self.step
    }
}

/// The steps in the order in which they are done: each after those that it follows, otherwise as they come.
pub(crate) fn in_order(mut steps: Vec<Planned>) -> Vec<Planned> {
    let mut ordered: Vec<Planned> = Vec::with_capacity(steps.len());
    while !steps.is_empty() {
        let waits = |step: &Step| {
            steps.iter().any(|other| step.follows.contains(&other.id) && other.host == step.host)
        };
        // If steps waited for each other, they would keep their order. A test ensures that they do not.
        let next = steps.iter().position(|step| !waits(step)).unwrap_or(0);
        ordered.push(steps.remove(next));
    }
    ordered
}
