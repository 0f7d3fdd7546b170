use serde_json::{Value, json};

use super::*;
use crate::{
    sh::Sh,
    testing::{checked, document, run, scenario},
};

/// The small deployment, whose model says how its inference is tried.
fn with_inference() -> Value {
    let mut document = document();
    document["services"]["llm"]["inference"] = json!({
        "port": "http", "served_model": "it's $(large)", "prompt": "Hello", "within": "5s", "tokens_per_second": 20,
    });
    document
}

fn of_llm(option: &str) -> Vec<Check> {
    let checked = checked(with_inference());
    let scenario = scenario(&checked, option);
    let (name, service) = scenario.service(&"llm".parse().unwrap()).unwrap();
    inference(&scenario, name, service)
}

fn smi(lines: &str) -> String {
    format!("nvidia-smi() {{ printf '%s\\n' {lines}; }}")
}

#[test]
fn the_gpus_are_those_that_are_declared() {
    let mut document = document();
    document["hosts"]["box"]["gpus"]["gpu1"]["pci"] = json!("0000:02:00.0");
    let checked = checked(document);
    let check = gpus(&checked.hosts[0]).unwrap();
    assert_eq!(check.expected, "2 GPUs, 128 GiB in all");
    let first = "'NVIDIA RTX PRO 6000 Blackwell, GPU-1, 00000000:01:00.0, 97887'";
    let second = "'NVIDIA GeForce RTX 5090, GPU-2, 00000000:02:00.0, 32607'";
    let judge = |lines: &[&str]| run(&check.script, &smi(&lines.join(" ")));
    assert!(judge(&[first, second]).unwrap().contains("RTX 5090"));
    assert!(judge(&[first]).unwrap_err().contains("1 GPUs, not 2"));
    assert!(judge(&[second, first]).unwrap_err().contains("GPU 0 has 32607 MiB, not 98304"));
    let moved = second.replace("02:00", "03:00");
    assert!(judge(&[first, &moved]).unwrap_err().contains("GPU 1 is not 0000:02:00.0"));
    let gone = run(&check.script, "nvidia-smi() { echo no devices; return 9; }");
    assert!(gone.unwrap_err().contains("does not answer: no devices"));
}

#[test]
fn a_host_without_gpus_has_no_such_check() {
    let mut document = document();
    document["hosts"]["box"]["gpus"] = json!({});
    for service in ["llm", "spare"] {
        document["services"][service]["vram"] = json!({});
    }
    assert_eq!(gpus(&checked(document).hosts[0]), None);
}

#[test]
fn the_checks_of_a_model_follow_its_being_loaded() {
    for option in ["compose", "k3s"] {
        let checks = of_llm(option);
        let names: Vec<_> = checks.iter().map(|check| check.name.as_str()).collect();
        assert_eq!(names, ["model-loaded-llm", "numa-spread-llm", "inference-llm"]);
        assert_eq!(checks[0].after, None);
        assert!(checks[1..].iter().all(|check| check.after.as_deref() == Some("model-loaded-llm")));
    }
}

#[test]
fn a_model_is_loaded_when_it_is_listed() {
    let loaded = &of_llm("k3s")[0];
    let answer = |body: &str| {
        format!(
            "curl() {{ [ \"${{!#}}\" = http://192.168.3.10:8000/v1/models ] && printf '%s' {}; }}",
            Sh(body)
        )
    };
    let listed = run(&loaded.script, &answer(r#"{"data": [{"id": "it's $(large)"}]}"#));
    assert_eq!(listed.unwrap(), "it's $(large)\n");
    let other = run(&loaded.script, &answer(r#"{"data": [{"id": "small"}]}"#));
    assert!(other.unwrap_err().contains("fail: it's $(large) is not loaded"));
    assert!(run(&loaded.script, "curl() { return 7; }").unwrap_err().contains("does not answer"));
}

#[test]
fn an_answer_comes_whole_and_fast_enough() {
    let answers = &of_llm("k3s")[2];
    assert_eq!(answers.expected, "an answer within 5s, about 20 tokens a second (at least 15)");
    let judge = |body: &str| run(&answers.script, &format!("curl() {{ {body}\n}}"));
    let piece =
        |text: &str| format!("echo 'data: {{\"choices\":[{{\"delta\":{{\"content\":\"{text}\"}}}}]}}';");
    let usage = |tokens: u32| {
        format!("echo 'data: {{\"choices\":[],\"usage\":{{\"completion_tokens\":{tokens}}}}}';")
    };
    let fast = [piece("Hel"), piece("lo"), usage(1000)].concat();
    assert!(judge(&fast).unwrap().starts_with("1000 tokens in "));
    let slow = [piece("Hel"), "sleep 0.2;".to_owned(), piece("lo")].concat();
    assert!(judge(&slow).unwrap_err().contains("tokens a second, fewer than 15"));
    assert!(judge(&[piece(""), usage(0)].concat()).unwrap_err().contains("the answer is empty"));
    let broken = judge(&[piece("Hel"), "return 28".to_owned()].concat());
    assert!(broken.unwrap_err().contains("no whole answer within 5 s"));
    let whole = r#"echo '{"choices":[{"message":{"content":"Hello"}}],"usage":{"completion_tokens": 1000}}'"#;
    assert!(judge(whole).unwrap().starts_with("1000 tokens in "));
}

#[test]
fn a_request_asks_for_no_more_than_fits_into_the_time() {
    let script = of_llm("compose")[2].script.to_string();
    assert!(script.contains(r#""max_tokens":50,"stream":true"#), "{script}");
}

#[test]
fn the_memory_lies_on_all_nodes() {
    let script = of_llm("compose")[1].script.to_string();
    assert!(script.starts_with("pid=$(docker inspect --format '{{.State.Pid}}' llm)"), "{script}");
    let pod = of_llm("k3s")[1].script.to_string();
    assert!(pod.contains("io.kubernetes.pod.namespace=inference"), "{pod}");
    assert!(pod.contains("--template '{{.info.pid}}' \"$container\""), "{pod}");
    let (_, awk) = script.split_once("2>/dev/null | ").unwrap();
    let judge = |maps: &str| run(&Script::new(&Piped { maps, awk }), "");
    let even = "7f00 interleave:0-3 anon=4 dirty=4 N0=1 N1=1 N2=1 N3=1 kernelpagesize_kB=1048576";
    assert!(judge(even).unwrap().contains("node 3: 1.0 GiB"));
    let small = format!("{even}\n7f01 default file=/N0=9 mapped=3 N0=3 kernelpagesize_kB=4");
    assert!(judge(&small).unwrap().contains("node 0: 1.0 GiB"));
    let mut lopsided = even.replace("N3=1", "");
    assert!(judge(&lopsided).unwrap_err().contains("is not spread evenly over 4 nodes"));
    lopsided.clear();
    assert!(judge(&lopsided).unwrap_err().contains("is not spread evenly"));
}

#[derive(Template)]
#[template(ext = "sh", source = "printf '%s\\n' {{ maps }} | {{ awk|safe }}")]
struct Piped<'a> {
    maps: &'a str,
    awk: &'a str,
}
