use crate::{
    deployment::{Deployment, Service},
    diagnostic::{Diagnostic, Severity},
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "a model server splits its model over as many GPUs as its service has",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let find = |(name, service): (&_, &Service)| {
        let parallel = service.product()?.tensor_parallel?;
        let has = service.vram.values().filter(|amount| !amount.is_zero()).count();
        let words = || service.command.iter().chain(&service.args).map(ToString::to_string);
        // Other ways to use several GPUs, and a shell whose words are one text, are not looked into.
        let otherwise =
            |word: &str| parallel.others.iter().any(|other| word.starts_with(other)) || word.contains(' ');
        if has == 0 || words().any(|word| otherwise(&word)) {
            return None;
        }
        let said = service.argument(parallel.names);
        let splits: usize = said.as_ref().map_or(Some(1), |text| text.parse().ok())?;
        (splits != has).then_some(())?;
        let gpus = |count| if count == 1 { "GPU" } else { "GPUs" };
        let message = format!("`{name}` splits its model over {splits} {} and has {has}", gpus(splits));
        let path = at("services", name);
        let path = if said.is_some() { path.key("args") } else { path.key("vram") };
        let argument = parallel.names.first()?;
        let help =
            if has == 1 { format!("leave `{argument}` out") } else { format!("write `{argument} {has}`") };
        Some(rule.finding(path, message).help(format!("{help}, or change its `vram`")))
    };
    deployment.services.iter().filter_map(find).collect()
}
