use crate::{
    deployment::Service,
    diagnostic::{Diagnostic, Severity},
    facts::Facts,
    message::{Message, message, said},
    names::ServiceName,
    rules::{Definition, Rule, Scope, at},
    words::count,
};

pub(crate) const RULE: Definition = Definition {
    severity: Severity::Error,
    summary: "SGLang with KTransformers has every argument that it needs to start",
    scope: Scope::EachOption(check),
};

const WEIGHTS: &str = "--kt-weight-path";
const THREADS: &str = "--kt-cpuinfer";
const POOLS: &str = "--kt-threadpool-count";

/// The number of thread pools without [`POOLS`].
const DEFAULT_POOLS: usize = 2;

fn check(rule: &Rule, facts: &Facts<'_>) -> Vec<Diagnostic> {
    let sglang = |service: &Service| service.product().is_some_and(|product| product.name == "SGLang");
    let services = facts.services().filter(|(_, service)| sglang(service));
    services.flat_map(|(name, service)| incomplete(rule, facts, name, service)).collect()
}

fn incomplete(rule: &Rule, facts: &Facts<'_>, name: &ServiceName, service: &Service) -> Vec<Diagnostic> {
    let Some((path, weights)) = service.argument_at(&at("services", name), &[WEIGHTS]) else {
        return Vec::new();
    };
    let mut findings = Vec::new();
    let mut find =
        |message: Message, help: String| findings.push(rule.finding(path.clone(), message).help(help));
    let threads = service.argument(&[THREADS]);
    if threads.is_none() {
        find(
            message!("`{name}` has `{WEIGHTS}` but no `{THREADS}`, which it needs to start", name),
            format!("add `{THREADS}` with the number of physical cores"),
        );
    }
    if service.argument(&["--kt-num-gpu-experts", "--kt-gpu-experts-ratio"]).is_none() {
        find(
            message!("`{name}` has `{WEIGHTS}` but does not set how many experts are on the GPUs", name),
            "add `--kt-num-gpu-experts` or `--kt-gpu-experts-ratio`".to_owned(),
        );
    }
    let number = |text: Option<String>| text.and_then(|text| text.parse::<usize>().ok());
    let pools = number(service.argument(&[POOLS])).unwrap_or(DEFAULT_POOLS);
    let nodes = facts.host(service).map_or(pools, |(_, host)| host.numa_nodes as usize);
    if pools != nodes {
        find(
            message!(
                "`{name}` has {pools}, but its host has {nodes}",
                name,
                pools = said(count(pools, "thread pool"), pools),
                nodes = said(count(nodes, "NUMA node"), nodes),
            ),
            format!("set `{POOLS} {nodes}`"),
        );
    }
    if let Some(threads) = number(threads).filter(|threads| *threads < pools) {
        find(
            message!(
                "`{name}` has {threads} for {pools}",
                name,
                threads = said(count(threads, "thread"), threads),
                pools = said(count(pools, "thread pool"), pools),
            ),
            format!("set `{THREADS}` to at least {pools}"),
        );
    }
    let reads_gguf =
        service.argument(&["--kt-method"]).is_some_and(|method| method.eq_ignore_ascii_case("LLAMAFILE"));
    if reads_gguf && service.argument(&["--model", "--model-path"]).is_some_and(|model| model == weights) {
        find(
            message!(
                "`{name}` has the folder of its GGUF files as `--model`: they contain no configuration, no tokenizer and no weights for the GPUs",
                name,
            ),
            "set `--model` to the folder of the original model".to_owned(),
        );
    }
    findings
}
