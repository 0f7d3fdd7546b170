//! A deployment in one option, and the facts that follow from it. Rules and emitters take this as input.

use std::{ops::Deref, sync::OnceLock};

use crate::{
    deployment::Deployment,
    monitoring::{self, AlertCases, AlertRule, Targets},
    reach::{Declared, World},
    scenario::Scenario,
};

/// A [`Scenario`] and the facts that follow from it. Each fact is computed once, when it is first requested.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    scenario: Scenario<'a>,
    world: OnceLock<World<'a>>,
    declared: OnceLock<Declared<'a>>,
    targets: OnceLock<Targets<'a>>,
    alerts: OnceLock<Vec<AlertRule<'a>>>,
}

impl<'a> Facts<'a> {
    /// Returns the facts of each option of a deployment, in order.
    pub(crate) fn all(deployment: &'a Deployment) -> Vec<Self> {
        Scenario::all(deployment).into_iter().map(Self::from).collect()
    }

    /// Returns the world of the emitted rules, which determines the possible connections.
    pub fn world(&self) -> &World<'a> {
        self.world.get_or_init(|| World::of(self))
    }

    /// Returns the declared connections.
    pub fn declared(&self) -> &Declared<'a> {
        self.declared.get_or_init(|| Declared::of(self))
    }

    /// Returns the scrape targets of Prometheus.
    pub fn targets(&self) -> &Targets<'a> {
        self.targets.get_or_init(|| Targets::of(self))
    }

    /// Returns the alerting rules. Alerts about objects that the option or the hardware does not have are left out.
    pub fn alerts(&self) -> &[AlertRule<'a>] {
        self.alerts.get_or_init(|| monitoring::alerts(self, self.targets()))
    }

    /// Returns the test cases for each alert that has alerting rules.
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
