//! `reach`

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, Command, ValueHint, value_parser};
use serde_json::{Value, json as object};

use super::answer::{Answer, DIFFERENT, FAILED, heading, json};
use super::said::Said;
use super::{Program, only_option};
use crate::model::{
    Checked, Facts, Judgement,
    policy::Seat,
    reach::{Attempt, Cell, Declared, Destination, Hop, Layer, Line, Matrix, Source, Verdict, World},
    suggest::did_you_mean,
    words::list,
};

pub(super) fn command(program: &Program<'_>) -> Command {
    let reach = program.call("reach");
    program
        .command("reach")
        .about("Prove who reaches whom through ufw, Docker and NetworkPolicies")
        .long_about(
            "Prove who reaches whom through ufw, Docker and NetworkPolicies

The proof is about the rules that `emit` writes. Without FROM and TO, it covers every connection.",
        )
        .arg(Arg::new("from").value_name("FROM").requires("to").help(
            "Source of the connection: a service, a host, `operator`, `lan` or `internet`",
        ))
        .arg(Arg::new("to").value_name("TO").help(
            "Destination, for example `qdrant.http`, `qdrant:6333`, `box.ssh`, `internet:443`, or an API",
        ))
        .arg(Arg::new("option").long("option").value_name("NAME").help("Only this option"))
        .arg(
            Arg::new("format")
                .long("format")
                .value_name("FORMAT")
                .value_parser(["text", "json", "md", "mermaid"])
                .default_value("text")
                .help("Format of the output: text, JSON for programs, or Markdown or Mermaid for a page"),
        )
        .arg(
            Arg::new("diff")
                .long("diff")
                .value_name("OTHER")
                .value_parser(value_parser!(PathBuf))
                .value_hint(ValueHint::FilePath)
                .conflicts_with_all(["from", "format"])
                .help("Show only what opened and what closed since OTHER, the output of an earlier `reach --format json`; exit with 3 if anything did"),
        )
        .after_help(format!(
            "Examples:
  {reach}                               the whole matrix
  {reach} --format json                 the same for programs, and for a later --diff"
        ))
}

pub(super) fn run(judged: &Judgement, matches: &ArgMatches) -> Answer {
    let Some(checked) = &judged.checked else { return Answer::invalid(judged) };
    let only = match only_option(checked, matches) {
        Ok(only) => only,
        Err(answer) => return answer,
    };
    let scenarios: Vec<_> = checked
        .facts()
        .into_iter()
        .filter(|scenario| only.is_none_or(|only| scenario.option().as_str() == only))
        .collect();
    let ends = (matches.get_one::<String>("from"), matches.get_one::<String>("to"));
    if let (Some(from), Some(to)) = ends {
        return explained(&scenarios, from, to, matches);
    }
    if let Some(other) = matches.get_one::<PathBuf>("diff") {
        return compared(checked, &scenarios, other);
    }
    Answer::result(match matches.get_one::<String>("format").map(String::as_str) {
        Some("json") => json(&as_json(checked, &scenarios)).into(),
        Some("md") => per_option(&scenarios, |scenario, world, declared| {
            format!("## {}\n\n{}\n", scenario.title(), omni_emit::reach::table(world, declared)).into()
        }),
        Some("mermaid") => {
            per_option(&scenarios, |_, world, declared| omni_emit::reach::diagram(world, declared).into())
        }
        _ => per_option(&scenarios, |scenario, world, declared| {
            let matrix = Matrix::of(world, declared);
            heading(format_args!("option `{}`", scenario.option())) + format!("\n{matrix}\n{LEGEND}")
        }),
    })
}

const LEGEND: &str =
    "+ allowed, and declared by a flow   ! allowed, but not declared   · blocked   x blocked, but declared
";

/// The output for each option, separated by empty lines.
fn per_option<'a>(
    scenarios: &[Facts<'a>],
    say: impl Fn(&Facts<'a>, &World<'a>, &Declared<'a>) -> Said,
) -> Said {
    Said::paragraphs(scenarios.iter().map(|scenario| say(scenario, scenario.world(), scenario.declared())))
}

/// A single connection, layer by layer, in each option.
fn explained(scenarios: &[Facts<'_>], from: &str, to: &str, matches: &ArgMatches) -> Answer {
    let mut said = Vec::new();
    let mut objects = Vec::new();
    let (mut sources, mut destinations) = (BTreeSet::new(), BTreeSet::new());
    for scenario in scenarios {
        let (world, declared) = (scenario.world(), scenario.declared());
        sources.extend(world.sources().iter().map(ToString::to_string));
        destinations.extend(world.destinations().iter().map(ToString::to_string));
        let ends = (source(world, from), destination(scenario, world, to));
        let (Some(from), Some(to)) = ends else { continue };
        let Some(verdict) = world.verdict(from, to) else {
            let problem = format!("this deployment does not control connections from `{from}` to `{to}`");
            return Answer::error(FAILED, problem);
        };
        let declared_at = declared.needs(from, to).map(ToString::to_string);
        objects.push(object!({
            "option": scenario.option().as_str(),
            "from": from.to_string(),
            "to": to.to_string(),
            "reaches": verdict.reaches(),
            "declared_at": declared_at,
            "packet": packet(&verdict, from),
            "layers": verdict.hops.iter().map(hop_json).collect::<Vec<_>>(),
        }));
        let title = heading(format_args!("{from} -> {to}, option `{}`", scenario.option()));
        let sense = sense(scenario, &verdict, from, to, declared.allows(from, to), declared_at.as_deref());
        said.push(title + format!("  {sense}\n{}", way(&verdict, from)));
    }
    if said.is_empty() {
        return Answer::error(FAILED, unknown(from, to, &sources, &destinations));
    }
    match matches.get_one::<String>("format").map(String::as_str) {
        Some("json") => Answer::result(json(&Value::Array(objects))),
        Some("text") | None => Answer::result(Said::paragraphs(said)),
        Some(format) => Answer::error(
            FAILED,
            format!("a single connection can be shown as text or json, but not as {format}"),
        ),
    }
}

/// The verdict in words.
fn sense(
    scenario: &Facts<'_>,
    verdict: &Verdict<'_>,
    from: Source<'_>,
    to: Destination<'_>,
    allowed: bool,
    declared_at: Option<&str>,
) -> String {
    let is_pod = |name, service| scenario.seat(name, service) == Some(Seat::Pod);
    let from_pod = matches!(from, Source::Service(name, service) if is_pod(name, service));
    let at = declared_at.map(|at| format!(" ({at})")).unwrap_or_default();
    match (verdict.reaches(), allowed) {
        (true, true) => return format!("allowed, as declared{at}"),
        (true, false) => return "allowed, but no flow declares it".to_owned(),
        (false, _) if declared_at.is_some() => return format!("blocked, although it is declared{at}"),
        (false, _) => {}
    }
    match to {
        Destination::Host(..) => "blocked".to_owned(),
        Destination::Service(name, service, ..) if is_pod(name, service) && !from_pod => {
            "blocked, and a flow would not change that: a pod has no address outside its cluster".to_owned()
        }
        _ => format!("blocked; a flow `{from} -> {to}` would allow it"),
    }
}

/// The packet and the layers that it passes.
fn way(verdict: &Verdict<'_>, from: Source<'_>) -> String {
    let hops = verdict.hops.iter().enumerate();
    let hops: String = hops.map(|(i, hop)| format!("  {}. {}\n", i + 1, hop_text(hop))).collect();
    format!("  packet: {}\n{hops}", packet(verdict, from))
}

/// The packet as the last firewall sees it, or, where none does, as it is sent.
fn packet(verdict: &Verdict<'_>, from: Source<'_>) -> String {
    let Attempt { source, address, port, protocol } = verdict.attempt;
    let source = || source.map_or_else(|| from.to_string(), |address| address.to_string());
    let sent = || format!("{protocol} {} -> {address}:{port}", source());
    verdict.packet.map_or_else(sent, |packet| packet.to_string())
}

fn hop_text(hop: &Hop<'_>) -> String {
    let what = if hop.passes { "passes" } else { "blocked" };
    let asked = if hop.asked {
        ""
    } else {
        ", but not evaluated: the policy controller of k3s has accepted the packet before"
    };
    let line = |line: &Line<'_>| {
        let origins = origins(line);
        let origins = if origins.is_empty() { String::new() } else { format!(" ({})", origins.join(", ")) };
        format!("\n       {line}{origins}")
    };
    let lines: String = hop.lines.iter().map(line).collect();
    let nature = nature(hop).filter(|_| hop.lines.is_empty()).map(|it| format!(": {it}")).unwrap_or_default();
    format!("{} on {}: {what}{asked}{nature}{lines}", hop.layer, hop.host)
}

/// The paths in the deployment that a line follows from, each once.
fn origins(line: &Line<'_>) -> Vec<String> {
    let mut places: Vec<_> = Vec::new();
    for origin in line.origins() {
        let place = origin.path.to_string();
        if place != "." && !places.contains(&place) {
            places.push(place);
        }
    }
    places
}

/// Why a layer passes or blocks a packet, if no line of it decides that.
fn nature(hop: &Hop<'_>) -> Option<&'static str> {
    Some(match (hop.layer, hop.passes) {
        (Layer::Loopback, _) => "the port is published on `127.0.0.1`, which only the host itself reaches",
        (Layer::Routing, _) => "there is no route",
        (Layer::Guard, _) => {
            "since Docker 28, only the container's own network reaches the container's own address"
        }
        (Layer::Publication, _) => "the destination is translated to the container's address",
        (Layer::Proxy, _) => "a proxy process on the host forwards the connection",
        (Layer::Output, _) => "outgoing traffic of a host is not filtered",
        (Layer::Egress | Layer::Ingress, _) => "no policy applies to the pod",
        (Layer::Ufw, false) => "no rule allows it",
        (Layer::Docker, false) => "the port is not published",
        (Layer::Docker, true) => "no rule blocks it",
        (Layer::Ufw, true) | (Layer::DockerUser, _) => return None,
    })
}

fn hop_json(hop: &Hop<'_>) -> Value {
    let line = |line: &Line<'_>| object!({ "line": line.to_string(), "declared_at": origins(line) });
    object!({
        "layer": hop.layer.to_string(),
        "host": hop.host.as_str(),
        "passes": hop.passes,
        "asked": hop.asked,
        "lines": hop.lines.iter().map(line).collect::<Vec<_>>(),
    })
}

fn source<'a>(world: &World<'a>, name: &str) -> Option<Source<'a>> {
    world.sources().into_iter().find(|source| source.to_string() == name)
}

/// By its name and its port's name or number, as a flow or as an address has it; without a port where there is but one; an
/// API by its name.
fn destination<'a>(scenario: &Facts<'a>, world: &World<'a>, text: &str) -> Option<Destination<'a>> {
    let api = scenario.deployment().apis.get(text).map(Destination::of_api);
    let is_api = |to: &Destination<'_>| Some(*to) == api;
    let (name, port) = ends_in_port(text);
    let is_meant = |to: &Destination<'a>| {
        let (known, ports) = named(to);
        is_api(to) || known == name && port.is_none_or(|port| ports.iter().any(|known| known == port))
    };
    let mut meant = world.destinations().into_iter().filter(is_meant);
    let first = meant.next()?;
    (port.is_some() || is_api(&first) || meant.next().is_none()).then_some(first)
}

/// A destination's name, and by what its port is known.
fn named(to: &Destination<'_>) -> (String, Vec<String>) {
    match to {
        Destination::Service(service, _, port, mapping) => (
            service.to_string(),
            vec![port.to_string(), mapping.published.to_string(), mapping.target.to_string()],
        ),
        Destination::Host(host, _, port) => {
            (host.to_string(), vec![port.to_string(), port.port().to_string()])
        }
        Destination::Internet(port) => ("internet".to_owned(), vec![port.to_string()]),
        Destination::Machine(address, port) => (address.to_string(), vec![port.to_string()]),
    }
}

fn ends_in_port(text: &str) -> (&str, Option<&str>) {
    let machine = text.rsplit_once(':').filter(|(name, _)| name.parse::<std::net::Ipv4Addr>().is_ok());
    machine.or(text.split_once([':', '.'])).map_or((text, None), |(name, port)| (name, Some(port)))
}

fn unknown(from: &str, to: &str, sources: &BTreeSet<String>, destinations: &BTreeSet<String>) -> String {
    let (what, name, known) =
        if sources.contains(from) { ("destination", to, destinations) } else { ("source", from, sources) };
    let known: Vec<_> = known.iter().map(String::as_str).collect();
    let (base, port) = ends_in_port(name);
    let own = known.iter().copied().filter(|it| what == "destination" && ends_in_port(it).0 == base);
    match (did_you_mean(name, known.iter().copied()), own.clone().next(), port) {
        (_, Some(_), None) => format!("`{name}` has several ports; use one of {}", list(own)),
        (Some(meant), ..) => format!("unknown {what} `{name}`; did you mean `{meant}`?"),
        (None, Some(_), Some(_)) => format!("unknown {what} `{name}`; `{base}` has {}", list(own)),
        (None, None, _) => format!("unknown {what} `{name}`; use one of {}", list(known)),
    }
}

/// Every connection that is allowed, by option.
fn as_json(checked: &Checked, scenarios: &[Facts<'_>]) -> Value {
    let options = scenarios.iter().map(|scenario| {
        let (world, declared) = (scenario.world(), scenario.declared());
        let connections: Vec<_> = Matrix::of(world, declared)
            .cells()
            .filter(|(.., cell)| cell.reaches())
            .map(|(from, to, cell)| {
                object!({
                    "from": from.to_string(),
                    "to": to.to_string(),
                    "declared": cell == Cell::Declared,
                })
            })
            .collect();
        (scenario.option().to_string(), Value::Array(connections))
    });
    object!({
        "deployment": checked.name,
        "version": checked.version,
        "options": options.collect::<serde_json::Map<_, _>>(),
    })
}

/// What opened and what closed since an earlier output.
fn compared(checked: &Checked, scenarios: &[Facts<'_>], other: &Path) -> Answer {
    let text = match fs::read_to_string(other) {
        Ok(text) => text,
        Err(error) => {
            return Answer::error(FAILED, format_args!("cannot read `{}`: {error}", other.display()));
        }
    };
    let Some(before) = serde_json::from_str(&text).ok().and_then(|value: Value| connections(&value)) else {
        let problem = "was not written by `reach --format json`";
        return Answer::error(FAILED, format_args!("`{}` {problem}", other.display()));
    };
    let Some(now) = connections(&as_json(checked, scenarios)) else { unreachable!("it was just written") };
    let options: BTreeSet<_> = scenarios.iter().map(|scenario| scenario.option().to_string()).collect();
    let line = |what: &str, (option, from, to): &(String, String, String)| {
        format!("{what}  {from} -> {to}  (option `{option}`)\n")
    };
    let opened = now.difference(&before).map(|it| line("opened", it));
    let closed =
        before.difference(&now).filter(|(option, ..)| options.contains(option)).map(|it| line("closed", it));
    let lines: Vec<_> = opened.chain(closed).collect();
    match lines.is_empty() {
        true => Answer::result("nothing opened and nothing closed\n"),
        false => Answer::result(lines.concat()).code(DIFFERENT),
    }
}

/// The connections in what [`as_json`] makes: option, source and destination.
fn connections(value: &Value) -> Option<BTreeSet<(String, String, String)>> {
    let mut all = BTreeSet::new();
    for (option, connections) in value.get("options")?.as_object()? {
        for connection in connections.as_array()? {
            let text = |key| connection.get(key).and_then(Value::as_str).map(str::to_owned);
            all.insert((option.clone(), text("from")?, text("to")?));
        }
    }
    Some(all)
}
