use std::{fs, iter, path::PathBuf};

use serde_json::json;
use tempfile::TempDir;

use super::answer::{DIFFERENT, FAILED, INVALID};
use super::*;
use crate::model::Deployment;

/// One host, one service, and one that stands in for it.
fn deployment(reserve: &str) -> Deployment {
    let service = |state: serde_json::Value, weights: &str| {
        json!({
            "zone": "brain",
            "stack": "main",
            "state": state,
            "image": { "reference": "home/llama:1.0", "source": "local" },
            "user": "1000:1000",
            "memory": { "weights": weights },
            "memory_limit": "40 GiB",
            "vram": { "gpu0": "20 GiB" },
            "health": { "command": ["true"] },
        })
    };
    serde_json::from_value(json!({
        "name": "home",
        "version": "1.0",
        "description": "One box",
        "hosts": { "box": {
            "address": "192.168.1.2",
            "lan": { "interface": "eth0", "cidr": "192.168.1.0/24" },
            "ram": { "capacity": "64 GiB", "ceiling": "90%", "reserve": reserve },
            "gpus": { "gpu0": { "model": "RTX 4090", "vram": "24 GiB" } },
            "root": { "capacity": "64 GiB", "reserve": "32 GiB" },
            "storage": { "mount": "/data", "capacity": "128 GiB", "directories": {} },
            "swap": { "file": "/data/swapfile", "size": "16 GiB" },
        } },
        "zones": { "brain": { "title": "Brain" } },
        "stacks": { "main": {} },
        "services": {
            "llama": service(json!("active"), "32 GiB"),
            "spare": service(json!({ "standby": { "replaces": ["llama"] } }), "36 GiB"),
        },
    }))
    .unwrap()
}

fn answer(deployment: Deployment, arguments: &[&str]) -> Answer {
    said(Some(&deployment.into()), "bin/home", arguments)
}

/// The program that is told a file.
fn omni(arguments: &[&str]) -> Answer {
    said(None, "bin/omni", arguments)
}

/// An answer without its colours.
#[derive(Debug, PartialEq, Eq)]
struct Answer {
    result: String,
    aside: String,
    code: u8,
}

impl Answer {
    fn result(text: impl Into<String>) -> Self {
        Self { result: text.into(), aside: String::new(), code: 0 }
    }
}

impl From<super::answer::Answer> for Answer {
    fn from(answer: super::answer::Answer) -> Self {
        let plain = |said: &said::Said| anstream::adapter::strip_str(&said.to_terminal()).to_string();
        Self { result: plain(&answer.result), aside: plain(&answer.aside), code: answer.code }
    }
}

fn said(source: Option<&Source>, program: &str, arguments: &[&str]) -> Answer {
    let arguments = iter::once(&program).chain(arguments).map(OsString::from);
    run(source, &Context::default(), arguments).into()
}

fn home(arguments: &[&str]) -> Answer {
    answer(deployment("8 GiB"), arguments)
}

fn full(arguments: &[&str]) -> Answer {
    answer(deployment("32 GiB"), arguments)
}

#[test]
fn help_is_a_result_and_its_examples_work() {
    let help = home(&["--help"]);
    assert_eq!((help.code, help.aside.as_str()), (0, ""));
    assert!(help.result.starts_with("home 1.0, modelled with omni "), "{}", help.result);
    assert!(help.result.contains("\n\nOne box\n\nUsage: home <COMMAND>\n"), "{}", help.result);
    let (emit, reach) = (home(&["help", "emit"]).result, home(&["help", "reach"]).result);
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("out");
    let mut examples = 0;
    for example in [help.result, emit, reach].iter().flat_map(|help| help.lines()) {
        let Some(example) = example.strip_prefix("  home ") else { continue };
        let words = example.split("   ").next().unwrap().split(' ');
        let words: Vec<_> =
            words.map(|word| if word == "out" { out.to_str().unwrap() } else { word }).collect();
        let answer = home(&words);
        assert_eq!(answer.code, 0, "{example}: {answer:?}");
        examples += 1;
    }
    assert_eq!(examples, 13);
}

#[test]
fn a_command_line_that_makes_no_sense_exits_with_2() {
    let wrong: [&[&str]; 9] = [
        &[],
        &["emti", "out"],
        &["emit"],
        &["emit", "out", "--only", "firewal"],
        &["emit", "out", "--option", "k3s"],
        &["emit", "out", "--check", "--force"],
        &["check", "--format", "yaml"],
        &["explain", "B999"],
        &["emit", "."],
    ];
    for arguments in wrong {
        let answer = home(arguments);
        assert_eq!((answer.code, answer.result.as_str()), (FAILED, ""), "{arguments:?}");
        assert!(!answer.aside.is_empty());
    }
    let typo = home(&["emit", "out", "--only", "firewal"]).aside;
    assert!(typo.contains("a similar value exists: 'firewall'"), "{typo}");
}

#[test]
fn a_check_says_what_is_wrong() {
    let good = home(&["check"]);
    assert_eq!((good.code, good.aside.as_str()), (0, ""));
    assert!(good.result.starts_with("0 errors, 0 warnings ("), "{}", good.result);

    let bad = full(&["check"]);
    assert_eq!((bad.code, bad.aside.as_str()), (INVALID, ""));
    assert!(
        bad.result.starts_with("error: [B001] RAM of `box` is over its ceiling of 90%"),
        "{}",
        bad.result
    );
    assert!(bad.result.contains("\n  --> hosts.box.ram\n"), "{}", bad.result);
}

#[test]
fn a_check_speaks_to_programs() {
    for (answer, valid) in
        [(home(&["check", "--format", "json"]), true), (full(&["check", "--format=json"]), false)]
    {
        let report: serde_json::Value = serde_json::from_str(&answer.result).unwrap();
        assert_eq!(report["deployment"], "home");
        assert_eq!(report["valid"], valid);
        assert_eq!(report["findings"].as_array().unwrap().is_empty(), valid);
        assert_eq!(answer.code == 0, valid);
    }
}

#[test]
fn a_budget_shows_who_asks_for_what() {
    let budget = "RAM (at most 90%) of `box`
  llama weights             32 GiB
  reserve                    8 GiB
  total                     40 GiB
  usable           about 62.08 GiB   (of 64 GiB)
  62.50 % of 64 GiB, about 17.92 GiB left

RAM (at most 90%) of `box` with `spare` running
  spare weights             36 GiB
  reserve                    8 GiB
  total                     44 GiB
  usable           about 62.08 GiB   (of 64 GiB)
  68.75 % of 64 GiB, about 13.92 GiB left

memory limits of `box`
  llama              40 GiB
  total              40 GiB
  usable    about 62.08 GiB   (of 64 GiB)
  62.50 % of 64 GiB, about 22.08 GiB left

VRAM of `gpu0` of `box`
  llama        20 GiB
  total        20 GiB
  usable    24564 MiB   (of 24 GiB)
  83.33 % of 24 GiB, 4084 MiB left

disk of `box`
  swap file              16 GiB
  total                  16 GiB
  usable       about 117.76 GiB   (of 128 GiB)
  12.50 % of 128 GiB, about 101.76 GiB left

root file system of `box`
  reserve             32 GiB
  total               32 GiB
  usable     about 58.88 GiB   (of 64 GiB)
  50.00 % of 64 GiB, about 26.88 GiB left
";
    assert_eq!(home(&["budget"]), Answer::result(budget));
    assert_eq!(full(&["budget"]).code, INVALID);
}

#[test]
fn an_emission_can_be_checked_and_mended() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("out");
    let emit = |arguments: &[&str]| home(&[&["emit", out.to_str().unwrap()], arguments].concat());

    let missing = emit(&["--check"]);
    assert_eq!(missing.code, DIFFERENT);
    assert!(missing.result.contains("missing   common/hosts/box/storage.sh\n"), "{}", missing.result);
    assert!(!out.exists());

    assert_eq!(emit(&[]).code, 0);
    let unchanged = Answer::result(format!("`{}` is up to date\n", out.display()));
    assert_eq!(emit(&["--check"]), unchanged);
    assert_eq!(emit(&[]), unchanged);

    fs::write(out.join("common/hosts/box/storage.sh"), "").unwrap();
    let edited = emit(&["--check"]);
    assert_eq!(edited.result, "edited    common/hosts/box/storage.sh (contents)\n");
    assert_eq!(edited.code, DIFFERENT);
    assert_eq!(emit(&["--check", "--only", "models"]), unchanged);
    let refused = emit(&[]);
    assert_eq!((refused.code, refused.result.as_str()), (FAILED, ""));
    assert!(refused.aside.contains("edited    common/hosts/box/storage.sh"), "{}", refused.aside);
    assert_eq!(emit(&["--force"]), Answer::result(format!("`{}` written: 1 file changed\n", out.display())));
    assert_eq!(emit(&["--check"]), unchanged);
}

#[test]
fn a_part_is_emitted_alone() {
    let folder = TempDir::new().unwrap();
    let out = folder.path().join("out");
    let arguments = ["emit", out.to_str().unwrap(), "--only", "storage,grub", "--only=models"];
    assert_eq!(home(&arguments).code, 0);
    assert!(out.join("common/hosts/box/storage.sh").exists());
    assert!(!out.join("compose").exists());
}

#[test]
fn an_invalid_deployment_is_not_emitted() {
    let folder = TempDir::new().unwrap();
    let answer = full(&["emit", folder.path().join("out").to_str().unwrap()]);
    assert_eq!((answer.code, answer.result.as_str()), (INVALID, ""));
    assert!(answer.aside.contains("[B001]"), "{}", answer.aside);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn every_rule_is_listed_and_explained() {
    let list = home(&["explain"]).result;
    for rule in crate::model::rules::all() {
        assert!(list.lines().any(|line| line.starts_with(rule.id) && line.ends_with(rule.summary)));
        let [by_id, by_name] =
            [rule.id.to_lowercase().as_str(), rule.name].map(|name| home(&["explain", name]));
        assert_eq!(by_id, by_name);
        assert!(by_id.result.contains(rule.docs.trim_end()));
    }
}

#[test]
fn reach_proves_who_reaches_whom() {
    let matrix = home(&["reach"]);
    assert_eq!(matrix.code, 0);
    assert!(matrix.result.starts_with("option `compose`\n"), "{}", matrix.result);
    let row = |name: &str| matrix.result.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
    assert_eq!(row("operator"), "operator  +   ");
    assert_eq!(row("llama"), "llama     !  ·");
    assert!(home(&["reach", "--format", "md"]).result.contains("| `box.ssh` | operator, lan |"));
    assert!(home(&["reach", "--format", "mermaid"]).result.starts_with("flowchart LR\n"));
    let one = home(&["reach", "llama", "internet:443"]).result;
    assert!(one.contains("blocked; a flow `llama -> internet:443` would allow it"), "{one}");
    assert!(one.contains("1. DOCKER-USER on box: blocked"), "{one}");
    for (ends, problem) in [
        (["lama", "internet:443"], "unknown source `lama`; did you mean `llama`?"),
        (["llama", "box.shh"], "unknown destination `box.shh`; did you mean `box.ssh`?"),
        (["llama", "box:8080"], "unknown destination `box:8080`; `box` has `box.ssh`"),
        (
            ["internet", "internet"],
            "this deployment does not control connections from `internet` to `internet:443`",
        ),
    ] {
        let answer = home(&["reach", ends[0], ends[1]]);
        assert_eq!((answer.code, answer.aside), (FAILED, format!("error: {problem}\n")));
    }
    assert_eq!(home(&["reach", "--option", "k3s"]).code, FAILED);
    assert_eq!(home(&["reach", "llama", "box.ssh", "--format", "md"]).code, FAILED);
}

#[test]
fn reach_says_why_a_layer_stops_a_packet_without_a_line() {
    let mut closed = deployment("8 GiB");
    closed.services[0].ports.insert("http".parse().unwrap(), "8080".parse().unwrap());
    let said = answer(closed.clone(), &["reach", "lan", "llama"]).result;
    let expected = "lan -> llama.http, option `compose`
  blocked; a flow `lan -> llama.http` would allow it
  packet: tcp 192.168.1.1 -> 127.0.0.1:8080
  1. localhost on box: blocked: the port is published on `127.0.0.1`, which only the host itself reaches
";
    assert_eq!(said, expected);
    let json = answer(closed, &["reach", "lan", "llama", "--format", "json"]).result;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json[0]["packet"], "tcp 192.168.1.1 -> 127.0.0.1:8080");
    assert_eq!(json[0]["layers"][0]["passes"], false);
}

#[test]
fn reach_says_what_opened_and_what_closed() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("before.json");
    fs::write(&file, home(&["reach", "--format", "json"]).result).unwrap();
    let file = file.to_str().unwrap();
    let same = home(&["reach", "--diff", file]);
    assert_eq!((same.code, same.result.as_str()), (0, "nothing opened and nothing closed\n"));
    let mut opened = deployment("8 GiB");
    opened.flows.push("llama -> internet".parse().unwrap());
    let now = answer(opened, &["reach", "--diff", file]);
    assert_eq!(now.code, DIFFERENT);
    assert_eq!(now.result, "opened  llama -> internet:443  (option `compose`)\n");
    fs::write(file, "{}").unwrap();
    assert_eq!(home(&["reach", "--diff", file]).code, FAILED);
    assert_eq!(home(&["reach", "--diff", "nowhere.json"]).code, FAILED);
}

/// A file in a folder of its own.
fn file(text: &str) -> (TempDir, PathBuf) {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("deployment.yaml");
    fs::write(&file, text).unwrap();
    (folder, file)
}

#[test]
fn every_command_takes_a_file() {
    let help = omni(&["--help"]).result;
    let (folder, file) = file(&home(&["convert"]).result);
    let (file, out) = (file.to_str().unwrap(), folder.path().join("out"));
    let mut examples = 0;
    // Not `init`, which would write into the folder of the tests.
    let helps = ["emit", "reach", "convert"].map(|command| omni(&["help", command]).result);
    for example in [help].iter().chain(&helps).flat_map(|help| help.lines()) {
        let Some(example) = example.strip_prefix("  omni ") else { continue };
        let words = example.split("   ").next().unwrap().split(' ').map(|word| match word {
            "deployment.yaml" => file,
            "out" => out.to_str().unwrap(),
            word => word,
        });
        let answer = omni(&words.collect::<Vec<_>>());
        assert_eq!(answer.code, 0, "{example}: {answer:?}");
        examples += 1;
    }
    assert_eq!(examples, 15);
}

#[test]
fn a_finding_in_a_file_is_shown_at_its_line() {
    let text = home(&["convert"]).result;
    let (_folder, path) = file(&text.replace("gpu0: 20 GiB", "gpu0: 48 GiB"));
    let file = path.to_str().unwrap();
    let check = omni(&["check", file]);
    assert_eq!(check.code, INVALID);
    let line = text.lines().position(|line| line.contains("gpu0: 20 GiB")).unwrap() + 1;
    let shown =
        format!("\n  --> {file}:{line}:13\n   |\n{line} |       gpu0: 48 GiB\n   |             ^^^^^^\n");
    assert!(check.result.contains(&shown), "{}", check.result);

    let json: serde_json::Value =
        serde_json::from_str(&omni(&["check", file, "--format=json"]).result).unwrap();
    let finding = &json["findings"][0];
    let at = json!({ "file": file, "line": line, "column": 13, "end_line": line, "end_column": 19 });
    assert_eq!((&finding["rule"], &finding["at"]), (&json!("B002"), &at));
    assert_eq!(finding["related"][0]["at"]["file"], file);

    let sarif: serde_json::Value =
        serde_json::from_str(&omni(&["check", file, "--format=sarif"]).result).unwrap();
    let run = &sarif["runs"][0];
    let result = &run["results"][0];
    assert_eq!(run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().unwrap() as usize]["id"], "B002");
    assert_eq!((&result["ruleId"], &result["level"]), (&json!("B002"), &json!("error")));
    let location = &result["locations"][0];
    let region = json!({ "startLine": line, "startColumn": 13, "endLine": line, "endColumn": 19 });
    assert_eq!(location["physicalLocation"]["region"], region);
    assert_eq!(location["physicalLocation"]["artifactLocation"]["uri"], format!("file://{file}"));
    assert_eq!(location["logicalLocations"][0]["fullyQualifiedName"], "services.llama.vram.gpu0");
}

#[test]
fn a_finding_far_to_the_right_is_shown_where_it_is() {
    // More columns than the width of a format may have, in each place where one could stand.
    let far = "x".repeat(70_000);
    let text = home(&["convert"]).result;
    let json = |description: &str, key: &str| format!("{{\"description\": \"{description}\", {key}}}");
    let missing =
        [json(&far, "\"zzz\": 1"), json(&"東".repeat(70_000), "\"zzz\": 1, \"yyy\": 2"), format!("{far} : ")];
    let long = [
        // A ledger with such a name in it.
        text.replace("weights: 32 GiB", &format!("w{far}: 64 GiB")),
        text.replace("gpu0: 20 GiB", &format!("\"{far}\": 20 GiB")),
        text.replace("reserve: 8 GiB", &format!("reserve: {far}")),
    ];
    for text in missing.iter().chain(&long) {
        let (_folder, path) = file(text);
        for format in ["text", "json", "sarif"] {
            let check = omni(&["check", path.to_str().unwrap(), "--format", format]);
            assert_eq!((check.code, check.aside.as_str()), (INVALID, ""), "{format}");
            let zzz = check.result.find("\"zzz\": 1").filter(|_| format == "text");
            assert!(zzz.is_some() || format != "text" || !text.contains("zzz"), "{}", check.result);
        }
    }
}

#[test]
fn what_cannot_be_read_is_invalid_for_every_command() {
    let (folder, path) = file("name: [\n");
    let (file, out) = (path.to_str().unwrap(), folder.path().join("out"));
    let check = omni(&["check", file]);
    assert_eq!(check.code, INVALID);
    assert!(check.result.starts_with("error: [D001] invalid YAML: "), "{}", check.result);
    assert!(check.result.ends_with("1 error, 0 warnings (5 rules ran)\n"), "{}", check.result);
    for arguments in
        [&["emit", file, out.to_str().unwrap()][..], &["budget", file], &["reach", file], &["convert", file]]
    {
        let answer = omni(arguments);
        assert_eq!((answer.code, answer.result.as_str()), (INVALID, ""), "{arguments:?}");
        assert_eq!(answer.aside, check.result, "{arguments:?}");
    }
    let missing = omni(&["check", "nowhere.yaml"]);
    assert_eq!((missing.code, missing.result.as_str()), (FAILED, ""));
    assert!(missing.aside.starts_with("error: cannot read `nowhere.yaml`: "), "{}", missing.aside);
}

#[test]
fn what_is_converted_is_the_same_deployment() {
    let source = Source::yaml("", home(&["convert"]).result);
    assert_eq!(source.check(&Context::default()).deployment, Some(deployment("8 GiB")));
    // What rustc makes of this is the macro's to test.
    let rust = home(&["convert", "--to", "rust"]).result;
    assert!(rust.starts_with("omni::deployment! {\n    /// One box\n    pub fn deployment;\n"), "{rust}");
}

#[test]
fn what_init_writes_is_fine_and_is_not_overwritten() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let yaml = path("deployment.yaml");
    assert_eq!(omni(&["init", &yaml]).code, 0);
    let check = omni(&["check", &yaml]);
    assert!(check.result.starts_with("0 errors, 0 warnings ("), "{}", check.result);
    assert_eq!(omni(&["init", &yaml]).code, FAILED);
    let modeline = fs::read_to_string(&yaml).unwrap().lines().next().unwrap().to_owned();
    let schema = modeline.strip_prefix("# yaml-language-server: $schema=").unwrap();
    assert_eq!(fs::read_to_string(path(schema)).unwrap(), omni(&["schema"]).result);
    let project = path("project");
    assert_eq!(omni(&["init", "--rust", &project]).code, 0);
    assert_eq!(omni(&["init", "--rust", &project]).code, FAILED);
}

#[test]
fn an_acceptance_is_good_until_its_last_day_where_the_day_is_known() {
    let mut document = serde_json::to_value(deployment("8 GiB")).unwrap();
    document["services"]["llama"].as_object_mut().unwrap().remove("health");
    document["accept"] =
        json!([{ "rule": "W010", "at": "services.llama", "reason": "Only for now", "until": "2027-01-31" }]);
    let source = Source::from(serde_json::from_value::<Deployment>(document).unwrap());
    let check = |today: Option<&str>| {
        let today = today.map(|day| day.parse().unwrap());
        Answer::from(run(
            Some(&source),
            &Context { today },
            ["home", "check"].map(OsString::from).into_iter(),
        ))
    };
    // The macro knows no day.
    for day in [None, Some("2027-01-31")] {
        let Answer { result, code, .. } = check(day);
        assert_eq!(code, 0, "{result}");
        assert!(result.contains("1 warning accepted"), "{result}");
    }
    let Answer { result, code, .. } = check(Some("2027-02-01"));
    assert_eq!(code, INVALID);
    assert!(result.contains("A002") && result.contains("today is 2027-02-01"), "{result}");
    assert!(crate::source::today().today.is_some());
}
