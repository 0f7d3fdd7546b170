//! A deployment in one option, and what follows from it. Rules and emitters take this.

use std::{ops::Deref, sync::OnceLock};

use crate::{
    deployment::Deployment,
    monitoring::{self, AlertCases, AlertRule, Targets},
    reach::{Declared, World},
    scenario::Scenario,
};

/// A [`Scenario`] and what follows from it. Each of these is computed once, when it is first asked for.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    scenario: Scenario<'a>,
    world: OnceLock<World<'a>>,
    declared: OnceLock<Declared<'a>>,
    targets: OnceLock<Targets<'a>>,
    alerts: OnceLock<Vec<AlertRule<'a>>>,
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

    /// What Prometheus scrapes.
    pub fn targets(&self) -> &Targets<'a> {
        self.targets.get_or_init(|| Targets::of(self))
    }

    /// The alerting rules. An alert about something that the option or the hardware does not have is left out.
    pub fn alerts(&self) -> &[AlertRule<'a>] {
        self.alerts.get_or_init(|| monitoring::alerts(self, self.targets()))
    }

    /// The cases that prove each alert that has rules.
    pub fn cases(&self) -> Vec<AlertCases<'a>> {
        monitoring::cases(self, self.targets(), self.alerts())
    }
}

impl<'a> From<Scenario<'a>> for Facts<'a> {
    fn from(scenario: Scenario<'a>) -> Self {
        Self {
            scenario,
            world: OnceLock::new(),
            declared: OnceLock::new(),
            targets: OnceLock::new(),
            alerts: OnceLock::new(),
        }
    }
}

impl<'a> Deref for Facts<'a> {
    type Target = Scenario<'a>;

    fn deref(&self) -> &Scenario<'a> {
        &self.scenario
    }
}
