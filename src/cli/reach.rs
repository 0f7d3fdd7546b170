//! `reach`

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, Command, ValueHint, value_parser};
use serde_json::{Value, json};

use super::answer::{Answer, DIFFERENT, FAILED, heading};
use super::{Program, only_option};
use crate::model::{
    Checked, Scenario,
    reach::{Cell, Declared, Destination, Hop, Matrix, Source, Verdict, World},
    suggest::{did_you_mean, list},
};
use crate::source;

pub(super) fn command(program: &Program<'_>) -> Command {
    let reach = program.call("reach");
    program
        .command("reach")
        .about("Prove who reaches whom through ufw, Docker and NetworkPolicies")
        .long_about(
            "Prove who reaches whom through ufw, Docker and NetworkPolicies

The rules that are judged are those that are emitted. Without FROM and TO it is everybody and everything.",
        )
        .arg(Arg::new("from").value_name("FROM").requires("to").help(
            "Who opens the connection: a service, a host, `operator`, `lan` or `internet`",
        ))
        .arg(Arg::new("to").value_name("TO").help(
            "Where it goes: `qdrant.http` or `qdrant:6333`, `omni.ssh`, `internet:443`, or an API",
        ))
        .arg(Arg::new("option").long("option").value_name("NAME").help("Only this way to run it"))
        .arg(
            Arg::new("format")
                .long("format")
                .value_name("FORMAT")
                .value_parser(["text", "json", "md", "mermaid"])
                .default_value("text")
                .help("How to print it: as text, for programs, or for a page"),
        )
        .arg(
            Arg::new("diff")
                .long("diff")
                .value_name("OTHER")
                .value_parser(value_parser!(PathBuf))
                .value_hint(ValueHint::FilePath)
                .conflicts_with_all(["from", "format"])
                .help("Only what opened and what closed since OTHER, which `reach --format json` has written; 3 if anything did"),
        )
        .after_help(format!(
            "Examples:
  {reach}                               the whole matrix
  {reach} --format json                 the same for programs, and for a later --diff"
        ))
}

pub(super) fn run(judged: &source::Verdict, matches: &ArgMatches) -> Answer {
    let Some(checked) = &judged.checked else { return Answer::invalid(judged) };
    let only = match only_option(checked, matches) {
        Ok(only) => only,
        Err(answer) => return answer,
    };
    let scenarios: Vec<_> = checked
        .scenarios()
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
        Some("json") => format!("{:#}\n", as_json(checked, &scenarios)),
        Some("md") => per_option(&scenarios, |scenario, world, declared| {
            format!("## {}\n\n{}\n", scenario.title(), omni_emit::reach::table(world, declared))
        }),
        Some("mermaid") => {
            per_option(&scenarios, |_, world, declared| omni_emit::reach::diagram(world, declared))
        }
        _ => per_option(&scenarios, |scenario, world, declared| {
            let matrix = Matrix::of(world, declared);
            format!("{}\n{matrix}\n{LEGEND}", heading(format_args!("option `{}`", scenario.option())))
        }),
    })
}

const LEGEND: &str =
    "+ reaches it, as declared   ! reaches it, and no flow declares it   · does not   x should, and does not
";

/// What is said of each option, a blank line between them.
fn per_option<'a>(
    scenarios: &[Scenario<'a>],
    say: impl Fn(&Scenario<'a>, &World<'a>, &Declared<'a>) -> String,
) -> String {
    let said = scenarios.iter().map(|scenario| say(scenario, &World::of(scenario), &Declared::of(scenario)));
    said.collect::<Vec<_>>().join("\n")
}

/// One connection, layer by layer, in each option.
fn explained(scenarios: &[Scenario<'_>], from: &str, to: &str, matches: &ArgMatches) -> Answer {
    let mut said = Vec::new();
    let mut json = Vec::new();
    let (mut sources, mut destinations) = (BTreeSet::new(), BTreeSet::new());
    for scenario in scenarios {
        let (world, declared) = (World::of(scenario), Declared::of(scenario));
        sources.extend(world.sources().iter().map(ToString::to_string));
        destinations.extend(world.destinations().iter().map(ToString::to_string));
        let ends = (source(&world, from), destination(scenario, &world, to));
        let (Some(from), Some(to)) = ends else { continue };
        let Some(verdict) = world.verdict(from, to) else { continue };
        let declared_at = declared.needs(from, to).map(ToString::to_string);
        json.push(json!({
            "option": scenario.option().as_str(),
            "from": from.to_string(),
            "to": to.to_string(),
            "reaches": verdict.reaches(),
            "declared_at": declared_at,
            "packet": verdict.packet.map(|packet| packet.to_string()),
            "layers": verdict.hops.iter().map(hop_json).collect::<Vec<_>>(),
        }));
        let title = heading(format_args!("{from} -> {to}, option `{}`", scenario.option()));
        said.push(title + &told(&verdict, from, to, declared.allows(from, to), declared_at.as_deref()));
    }
    if said.is_empty() {
        return Answer::error(FAILED, unknown(from, to, &sources, &destinations));
    }
    match matches.get_one::<String>("format").map(String::as_str) {
        Some("json") => Answer::result(format!("{:#}\n", Value::Array(json))),
        _ => Answer::result(said.join("\n")),
    }
}

/// What a verdict comes to, and how.
fn told(
    verdict: &Verdict<'_>,
    from: Source<'_>,
    to: Destination<'_>,
    allowed: bool,
    declared_at: Option<&str>,
) -> String {
    let at = declared_at.map(|at| format!(" ({at})")).unwrap_or_default();
    let summary = match (verdict.reaches(), allowed) {
        (true, true) => format!("  reaches it, as declared{at}"),
        (true, false) => "  reaches it, and no flow declares it".to_owned(),
        (false, _) if declared_at.is_some() => format!("  does not reach it, and should{at}"),
        (false, _) if matches!(to, Destination::Host(..)) => "  does not reach it".to_owned(),
        (false, _) => format!("  does not reach it; a flow `{from} -> {to}` would let it"),
    };
    let packet = verdict.packet.map(|packet| format!("  packet: {packet}\n")).unwrap_or_default();
    let hops = verdict.hops.iter().enumerate();
    let hops: String = hops.map(|(i, hop)| format!("  {}. {}\n", i + 1, hop_text(hop))).collect();
    format!("{summary}\n{packet}{hops}")
}

fn hop_text(hop: &Hop<'_>) -> String {
    let what = if hop.passes { "passes" } else { "stops here" };
    let asked = if hop.asked { "" } else { ", were it asked: k3s' controller has let it through" };
    let line = |line: &crate::model::reach::Line<'_>| {
        let origins = line.origins().iter().map(|origin| origin.path.to_string());
        let origins: BTreeSet<_> = origins.filter(|path| path != ".").collect();
        let origins = origins.into_iter().collect::<Vec<_>>().join(", ");
        let origins = if origins.is_empty() { origins } else { format!(" ({origins})") };
        format!("\n       {line}{origins}")
    };
    let lines: String = hop.lines.iter().map(line).collect();
    format!("{} on {}: {what}{asked}{lines}", hop.layer, hop.host)
}

fn hop_json(hop: &Hop<'_>) -> Value {
    let line = |line: &crate::model::reach::Line<'_>| {
        let origins: Vec<_> = line.origins().iter().map(|origin| origin.path.to_string()).collect();
        json!({ "line": line.to_string(), "declared_at": origins })
    };
    json!({
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

/// By its name and its port's name or number, as a flow or as an address has it; an API by its name.
fn destination<'a>(scenario: &Scenario<'a>, world: &World<'a>, text: &str) -> Option<Destination<'a>> {
    let api = scenario.deployment().apis.get(text).map(|api| api.port);
    let (name, port) = text.split_once([':', '.']).unwrap_or((text, "443"));
    let is_meant = |to: &Destination<'a>| match to {
        Destination::Service(service, _, known, mapping) => {
            let numbers = [mapping.published, mapping.target].map(|number| number.to_string());
            **service == name && (**known == port || numbers.iter().any(|number| number == port))
        }
        Destination::Host(host, _, known) => {
            **host == name && (known.to_string() == port || known.port().to_string() == port)
        }
        Destination::Internet(number) => {
            Some(*number) == api || name == "internet" && number.to_string() == port
        }
    };
    world.destinations().into_iter().find(is_meant)
}

fn unknown(from: &str, to: &str, sources: &BTreeSet<String>, destinations: &BTreeSet<String>) -> String {
    let (what, name, known) =
        if sources.contains(from) { ("destination", to, destinations) } else { ("source", from, sources) };
    let known = known.iter().map(String::as_str);
    match did_you_mean(name, known.clone()) {
        Some(meant) => format!("there is no {what} `{name}`; did you mean `{meant}`?"),
        None => format!("there is no {what} `{name}`; there are {}", list(known)),
    }
}

/// Every connection that comes about, by option.
fn as_json(checked: &Checked, scenarios: &[Scenario<'_>]) -> Value {
    let options = scenarios.iter().map(|scenario| {
        let (world, declared) = (World::of(scenario), Declared::of(scenario));
        let connections: Vec<_> = Matrix::of(&world, &declared)
            .cells()
            .filter(|(.., cell)| cell.reaches())
            .map(|(from, to, cell)| {
                json!({
                    "from": from.to_string(),
                    "to": to.to_string(),
                    "declared": cell == Cell::Declared,
                })
            })
            .collect();
        (scenario.option().to_string(), Value::Array(connections))
    });
    json!({
        "deployment": checked.name,
        "version": checked.version,
        "options": options.collect::<serde_json::Map<_, _>>(),
    })
}

/// What opened and what closed since another time.
fn compared(checked: &Checked, scenarios: &[Scenario<'_>], other: &Path) -> Answer {
    let text = match fs::read_to_string(other) {
        Ok(text) => text,
        Err(error) => {
            return Answer::error(FAILED, format_args!("cannot read `{}`: {error}", other.display()));
        }
    };
    let Some(before) = serde_json::from_str(&text).ok().and_then(|value: Value| connections(&value)) else {
        let problem = "is nothing that `reach --format json` has written";
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
