use crate::{
    deployment::{Deployment, Service},
    diagnostic::{Diagnostic, Severity},
    message::message,
    path::ModelPath,
    resolve,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Warning,
    summary: "a service whose memory is spread over all NUMA nodes runs on all of them",
    scope: Scope::Deployment(check),
};

fn check(rule: &Rule, deployment: &Deployment) -> Vec<Diagnostic> {
    let find = |(name, service): (&_, &Service)| {
        let (path, node) = bound(&at("services", name), service)?;
        let (host_name, host) = resolve::host(deployment, service).filter(|(_, host)| host.numa_nodes > 1)?;
        let message = message!(
            "`{name}` runs only on the processors of node {node}, but its memory is spread over the {nodes} nodes of `{host}`",
            name,
            node,
            nodes = host.numa_nodes,
            host = host_name,
        );
        let finding = rule.finding(path.clone(), message);
        Some(match service.numa {
            Some(_) => finding.help("remove `cpunodebind`, so that it runs on all nodes").fix(path, ()),
            None => finding.help(format!("remove `--cpunodebind={node}`, so that it runs on all nodes")),
        })
    };
    deployment.services.iter().filter_map(find).collect()
}

/// The node whose processors a service is bound to, and where it says so, if its memory is spread over all nodes. `path` is the
/// service's own.
fn bound(path: &ModelPath, service: &Service) -> Option<(ModelPath, String)> {
    if let Some(numa) = &service.numa {
        let (node, _) = numa.cpunodebind.zip(numa.interleave)?;
        return Some((path.key("numa").key("cpunodebind"), node.to_string()));
    }
    let words: Vec<_> = service
        .command_line(path)
        .flat_map(|(place, text)| text.words().map(move |word| (place.clone(), word)))
        .collect();
    if !words.iter().any(|(_, word)| *word == "--interleave=all") {
        return None;
    }
    words.into_iter().find_map(|(place, word)| Some((place, word.strip_prefix("--cpunodebind=")?.to_owned())))
}
