//! What to do about an alert, as a command.

use crate::{Scenario, deployment::Action, names::ServiceName, scenario::Runtime};

/// An alert's action as its receiver reads it. A service that the option does not have needs none.
pub(super) fn text(scenario: &Scenario<'_>, action: &Action) -> Option<String> {
    match action {
        Action::Stop(service) => stop(scenario, service),
        Action::Manual(text) => Some(text.to_string()),
    }
}

/// The command that stops a service until somebody starts it again.
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
