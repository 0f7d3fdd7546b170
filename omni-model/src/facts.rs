//! A deployment in one option, and what follows from it. Rules and emitters take this.

use std::{ops::Deref, sync::OnceLock};

use crate::{
    deployment::Deployment,
    reach::{Declared, World},
    scenario::Scenario,
};

/// A [`Scenario`] and what follows from it. Each of these is computed once, when it is first asked for.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    scenario: Scenario<'a>,
    world: OnceLock<World<'a>>,
    declared: OnceLock<Declared<'a>>,
}

impl<'a> Facts<'a> {
    /// Of each option of a deployment, in their order.
    pub(crate) fn all(deployment: &'a Deployment) -> Vec<Self> {
        Scenario::all(deployment).into_iter().map(Self::from).collect()
    }

    /// Who can reach whom by the lines that are emitted.
    pub fn world(&self) -> &World<'a> {
        self.world.get_or_init(|| World::of(self))
    }

    /// Who may reach whom.
    pub fn declared(&self) -> &Declared<'a> {
        self.declared.get_or_init(|| Declared::of(self))
    }
}

impl<'a> From<Scenario<'a>> for Facts<'a> {
    fn from(scenario: Scenario<'a>) -> Self {
        Self { scenario, world: OnceLock::new(), declared: OnceLock::new() }
    }
}

impl<'a> Deref for Facts<'a> {
    type Target = Scenario<'a>;

    fn deref(&self) -> &Scenario<'a> {
        &self.scenario
    }
}
