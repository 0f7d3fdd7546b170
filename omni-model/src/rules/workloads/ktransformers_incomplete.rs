use crate::{
    deployment::Service,
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    names::ServiceName,
    rules::{Definition, Rule, Scope, at},
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "SGLang with KTransformers has all arguments that it needs to start",
    scope: Scope::EachOption(check),
};

const WEIGHTS: &str = "--kt-weight-path";
const THREADS: &str = "--kt-cpuinfer";
const POOLS: &str = "--kt-threadpool-count";

/// How many thread pools there are by default.
const DEFAULT_POOLS: u32 = 2;

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    let sglang = |service: &Service| service.product().is_some_and(|product| product.name == "SGLang");
    let services = facts.services().filter(|(_, service)| sglang(service));
    services.flat_map(|(name, service)| incomplete(rule, facts, name, service)).collect()
}

fn incomplete(rule: &Rule, facts: &Facts<'_>, name: &ServiceName, service: &Service) -> Vec<Diagnostic> {
    let Some(weights) = service.argument(&[WEIGHTS]) else { return Vec::new() };
    let path = at("services", name).key("args");
    let mut findings = Vec::new();
    let mut find = |problem: String, help: String| {
        findings.push(rule.finding(path.clone(), format!("`{name}` {problem}")).help(help));
    };
    let threads = service.argument(&[THREADS]);
    if threads.is_none() {
        find(
            format!("has `{WEIGHTS}` and no `{THREADS}`, without which it does not start"),
            format!("add `{THREADS}` with the number of physical cores"),
        );
    }
    if service.argument(&["--kt-num-gpu-experts", "--kt-gpu-experts-ratio"]).is_none() {
        find(
            format!("has `{WEIGHTS}` and does not say how many experts are on the GPUs"),
            "add `--kt-num-gpu-experts` or `--kt-gpu-experts-ratio`".to_owned(),
        );
    }
    let count = |text: Option<String>| text.and_then(|text| text.parse::<u32>().ok());
    let pools = count(service.argument(&[POOLS])).unwrap_or(DEFAULT_POOLS);
    let nodes = facts.host(service).map_or(pools, |(_, host)| host.numa_nodes);
    if pools != nodes {
        find(
            format!("has {pools} thread pools, and its host has {nodes} NUMA nodes"),
            format!("add `{POOLS} {nodes}`"),
        );
    }
    if let Some(threads) = count(threads).filter(|threads| *threads < pools) {
        find(
            format!("has {threads} threads for {pools} thread pools"),
            format!("give `{THREADS}` at least {pools}"),
        );
    }
    let files =
        service.argument(&["--kt-method"]).is_some_and(|method| method.eq_ignore_ascii_case("LLAMAFILE"));
    if files && service.argument(&["--model", "--model-path"]).is_some_and(|model| model == weights) {
        find(
            "has the folder of its GGUF files as its `--model`: they hold no configuration, no tokenizer and no weights for the GPUs"
                .to_owned(),
            "give `--model` the folder of the original model".to_owned(),
        );
    }
    findings
}
