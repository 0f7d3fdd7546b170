//! What to do about an alert.

use crate::{Scenario, deployment::Action, names::ServiceName, scenario::Runtime};

/// The action of an alert as its receiver reads it. `None` if it stops a service that the option does not have.
pub(super) fn text(scenario: &Scenario<'_>, action: &Action) -> Option<String> {
    match action {
        Action::Stop(service) => stop(scenario, service),
        Action::Manual(text) => Some(text.to_string()),
    }
}

/// The command that stops a service until somebody starts it again. `None` if the option does not have the service.
pub fn stop(scenario: &Scenario<'_>, service: &ServiceName) -> Option<String> {
    let (name, spec) = scenario.service(service)?;
    Some(match scenario.runtime(spec) {
        Runtime::Kubernetes => {
            let namespace = scenario.namespace(&spec.zone)?;
            format!(
                "k3s kubectl --namespace {namespace} scale deployment {} --replicas=0",
                spec.workload(name)
            )
        }
        Runtime::Compose => {
            format!("docker compose --project-name {} stop {name}", scenario.deployment().name)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{deployment, document, scenario};

    #[test]
    fn an_action_names_what_the_option_has() {
        let deployment = deployment(document());
        let action = |option| {
            let scenario = scenario(&deployment, option);
            scenario.alerts().iter().find(|rule| *rule.name == "BlackwellResetLoopRisk").unwrap().annotations
                ["action"]
                .clone()
        };
        assert_eq!(action("compose"), "docker compose --project-name test stop deepseek");
        assert_eq!(action("k3s"), "k3s kubectl --namespace inference scale deployment deepseek --replicas=0");
    }
}
