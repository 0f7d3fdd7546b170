use crate::{
    deployment::{Deployment, State},
    diagnostic::{Diagnostic, Severity},
    message::message,
    names::ServiceName,
    rules::{Definition, Rule, Scope, at},
    running,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "a standby replaces at least one other service, each once and on its own host",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (name, service) in &deployment.services {
        if service.state == State::Active {
            continue;
        }
        let path = at("services", name).key("state").key("standby").key("replaces");
        let replaces = running::replaces(service);
        if replaces.is_empty() {
            let message = message!(
                "standby `{standby}` replaces no service, so nothing is stopped to make room for it",
                standby = name,
            );
            let help = "name the services to stop first, or make it an active service";
            findings.push(rule.finding(path.clone(), message).help(help));
        }
        let mut kept: Vec<&ServiceName> = Vec::new();
        let mut wrong = Vec::new();
        for (i, replaced) in replaces.iter().enumerate() {
            let other = deployment.services.get(replaced);
            let message = if replaced == name {
                message!("standby `{standby}` replaces itself", standby = name)
            } else if kept.contains(&replaced) {
                message!("standby `{standby}` replaces `{replaced}` twice", standby = name, replaced)
            } else if other.is_some_and(|other| other.host != service.host) {
                message!(
                    "standby `{standby}` replaces `{replaced}`, which makes no room on this host: it runs on another",
                    standby = name,
                    replaced,
                )
            } else {
                kept.push(replaced);
                continue;
            };
            let help = format!("remove `{replaced}` from `replaces`");
            wrong.push(rule.finding(path.index(i), message).help(help));
        }
        // Without an item the others have other places, so that one change corrects the whole list.
        let fixed = |finding: Diagnostic| match kept.as_slice() {
            [] => finding,
            kept => finding.fix(path.clone(), kept),
        };
        findings.extend(wrong.into_iter().map(fixed));
    }
    findings
}
