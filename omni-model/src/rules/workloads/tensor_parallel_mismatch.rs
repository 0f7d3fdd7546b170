use crate::{
    deployment::{Deployment, Service},
    diagnostic::{Diagnostic, Severity},
    message::{message, said},
    rules::{Definition, Rule, Scope, at},
    words::count,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "a model server splits its model over as many GPUs as its service has",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let find = |(name, service): (&_, &Service)| {
        let parallel = service.product()?.tensor_parallel?;
        let gpus = service.vram.values().filter(|amount| !amount.is_zero()).count();
        let path = at("services", name);
        // The rule does not judge other ways to use several GPUs, or a command line within one word for a shell.
        let is_other =
            |word: &str| parallel.others.iter().any(|other| word.starts_with(other)) || word.contains(' ');
        if gpus == 0 || service.command_line(&path).any(|(_, word)| is_other(&word.to_string())) {
            return None;
        }
        let (place, parts) = match service.argument_at(&path, parallel.names) {
            Some((place, value)) => (place, value.parse().ok()?),
            None => (path.key("vram"), 1),
        };
        if parts == gpus {
            return None;
        }
        let message = message!(
            "`{name}` splits its model over {parts}, but its `vram` is on {gpus}",
            name,
            parts = said(count(parts, "GPU"), parts),
            gpus = said(count(gpus, "GPU"), gpus),
        );
        let argument = parallel.names.first()?;
        let change = match gpus {
            1 => format!("remove `{argument}`"),
            _ => format!("set `{argument} {gpus}`"),
        };
        Some(rule.finding(place, message).help(format!("{change}, or change its `vram`")))
    };
    deployment.services.iter().filter_map(find).collect()
}
