use serde_json::{Value, json};

use super::*;
use crate::{
    sh::Sh,
    testing::{checked, document, facts, run},
};

/// The small deployment with an inference check.
fn with_inference() -> Value {
    let mut document = document();
    document["services"]["llm"]["inference"] = json!({
        "port": "http", "served_model": "it's $(large)", "prompt": "Hello", "within": "5s", "tokens_per_second": 20,
    });
    document
}

fn of_llm(option: &str) -> Vec<Check> {
    let checked = checked(with_inference());
    let facts = facts(&checked, option);
    let (name, service) = facts.service(&"llm".parse().unwrap()).unwrap();
    inference(&facts, name, service)
}

/// `nvidia-smi` with these cards: name, UUID, PCI address, `memory.total` and `memory.reserved`. A driver that does not know the last
/// says so.
fn smi(cards: &[[&str; 5]]) -> String {
    let line = |fields: &[&str]| format!("{}\n", fields.join(", "));
    let shown: String = cards.iter().map(|card| line(&card[..4])).collect();
    let reserved: String = cards.iter().map(|card| line(&card[4..])).collect();
    let unknown = r#"echo 'Field "memory.reserved" is not a valid field to query.'; return 2"#;
    let reserved =
        if reserved.trim().is_empty() { unknown.to_owned() } else { format!("printf %s {}", Sh(&reserved)) };
    format!("nvidia-smi() {{ case $1 in *reserved*) {reserved} ;; *) printf %s {} ;; esac; }}", Sh(&shown))
}

/// The result of the check for one card, given what the machine shows and how much is promised.
fn judge(model: &str, vram: &str, promised: &str, shown: [&str; 5]) -> Result<String, String> {
    let mut document = document();
    document["hosts"]["box"]["gpus"] = json!({"gpu0": {"model": model, "vram": vram}});
    document["services"]["llm"]["vram"] = json!({"gpu0": promised});
    let checked = checked(document);
    let facts = facts(&checked, "compose");
    let (name, host) = checked.hosts.get_index(0).unwrap();
    run(&gpus(&facts, name, host).unwrap().script, &smi(&[shown]))
}

const fn shows<'a>(name: &'a str, total: &'a str, reserved: &'a str) -> [&'a str; 5] {
    [name, "GPU-1", "00000000:01:00.0", total, reserved]
}

#[test]
fn each_card_is_what_people_call_it() {
    for (model, vram, name, total, reserved) in [
        // As they are sold, in GiB and in GB.
        (
            "RTX PRO 6000 Blackwell",
            "96 GiB",
            "NVIDIA RTX PRO 6000 Blackwell Workstation Edition",
            "97887",
            "601",
        ),
        (
            "RTX PRO 6000 Blackwell",
            "96 GB",
            "NVIDIA RTX PRO 6000 Blackwell Max-Q Workstation Edition",
            "97887",
            "",
        ),
        ("RTX 5090", "32 GiB", "NVIDIA GeForce RTX 5090", "32607", "472"),
        ("RTX 5090", "32 GB", "NVIDIA GeForce RTX 5090", "32607", ""),
        ("RTX 4090", "24 GB", "NVIDIA GeForce RTX 4090", "24564", ""),
        ("RTX 3090", "24 GiB", "NVIDIA GeForce RTX 3090", "24576", ""),
        ("H100", "80 GB", "NVIDIA H100 80GB HBM3", "81559", "480"),
        ("H100", "80 GiB", "NVIDIA H100 80GB HBM3", "81559", "480"),
        ("H200", "141 GB", "NVIDIA H200", "143771", ""),
        ("RTX A6000", "48 GB", "NVIDIA RTX A6000", "49140", ""),
        // GDDR6 with ECC.
        ("L40S", "48 GiB", "NVIDIA L40S", "46068", ""),
        ("L40S", "45 GiB", "NVIDIA L40S", "46068", ""),
        ("A40", "48 GiB", "NVIDIA A40", "46068", ""),
        ("RTX A6000", "48 GiB", "NVIDIA RTX A6000", "46068", ""),
        ("L4", "24 GiB", "NVIDIA L4", "23034", ""),
        ("A10", "24 GiB", "NVIDIA A10", "23028", ""),
        ("T4", "16 GiB", "Tesla T4", "15360", ""),
        // By words, in any case.
        ("rtx 5090", "32 GiB", "NVIDIA GeForce RTX 5090", "32607", ""),
        ("H100 SXM", "80 GiB", "NVIDIA H100 80GB HBM3", "81559", "480"),
        ("A100 80GB", "80 GiB", "NVIDIA A100-SXM4-80GB", "81920", ""),
        ("RTX 4070 Ti SUPER", "16 GiB", "NVIDIA GeForce RTX 4070 Ti SUPER", "16376", ""),
        // A card that nobody knows here, as its driver writes it, and one whose memory is the machine's.
        ("workshop card", "48 GiB", "NVIDIA Workshop-Card 9000", "46068", ""),
        ("GB10", "128 GiB", "NVIDIA GB10", "[N/A]", "[N/A]"),
    ] {
        let said = judge(model, vram, "8 GiB", shows(name, total, reserved));
        assert!(said.is_ok(), "{model}, {vram}: {said:?}");
    }
}

#[test]
fn a_card_is_another_one() {
    for (model, vram, promised, shown, says) in [
        (
            "RTX 5090",
            "32 GiB",
            "8 GiB",
            shows("NVIDIA GeForce RTX 4090", "24564", ""),
            "gpu0 is a NVIDIA GeForce RTX 4090: write `model: NVIDIA GeForce RTX 4090`",
        ),
        ("RTX 4070", "12 GiB", "8 GiB", shows("NVIDIA GeForce RTX 4070 Ti", "12282", ""), "gpu0 is a NVIDIA"),
        ("L4", "24 GiB", "8 GiB", shows("NVIDIA L40", "46068", ""), "gpu0 is a NVIDIA L40"),
        (
            "H100",
            "94 GiB",
            "8 GiB",
            shows("NVIDIA H100 80GB HBM3", "81559", "480"),
            "gpu0 has 81559 MiB, but the deployment says 94 GiB: write `vram: 81559 MiB`",
        ),
        (
            "RTX PRO 6000 Blackwell",
            "96 GiB",
            "95 GiB",
            shows("NVIDIA RTX PRO 6000 Blackwell Workstation Edition", "97887", "637"),
            "gpu0 has 97250 MiB for services, which need 97280",
        ),
    ] {
        let said = judge(model, vram, promised, shown).unwrap_err();
        assert!(said.contains(says), "{model}: {said}");
    }
}

#[test]
fn the_gpus_are_those_that_are_declared() {
    let mut document = document();
    document["hosts"]["box"]["gpus"]["gpu1"]["pci"] = json!("0000:0a:00.0");
    document["hosts"]["box"]["gpus"]["gpu1"]["uuid"] = json!("GPU-5f0e3f7a-1f3e-4b0a-9c11-3b8d4c0f9a22");
    let checked = checked(document);
    let facts = facts(&checked, "compose");
    let (name, host) = checked.hosts.get_index(0).unwrap();
    let check = gpus(&facts, name, host).unwrap();
    assert_eq!(check.expected, "RTX PRO 6000 Blackwell with 96 GiB, RTX 5090 with 32 GiB");
    let first = shows("NVIDIA RTX PRO 6000 Blackwell Workstation Edition", "97887", "");
    let second = [
        "NVIDIA GeForce RTX 5090",
        "GPU-5f0e3f7a-1f3e-4b0a-9c11-3b8d4c0f9a22",
        "00000000:0A:00.0",
        "32607",
        "",
    ];
    let judge = |cards: &[[&str; 5]]| run(&check.script, &smi(cards));
    assert!(judge(&[first, second]).unwrap().contains("RTX 5090"));
    assert!(judge(&[first]).unwrap_err().contains("GPUs found: 1, expected: 2"));
    let swapped = judge(&[second, first]).unwrap_err();
    for says in [
        "gpu0 is a NVIDIA GeForce RTX 5090",
        "gpu0 has 32607 MiB",
        "gpu1 is a NVIDIA RTX PRO 6000",
        "gpu1 has the UUID",
    ] {
        assert!(swapped.contains(says), "{swapped}");
    }
    let moved = judge(&[first, ["NVIDIA GeForce RTX 5090", second[1], "00000000:0B:00.0", "32607", ""]]);
    assert!(moved.unwrap_err().contains("gpu1 is at the PCI address 00000000:0B:00.0"));
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
    let checked = checked(document);
    let (name, host) = checked.hosts.get_index(0).unwrap();
    assert_eq!(gpus(&facts(&checked, "compose"), name, host), None);
}

#[test]
fn the_checks_of_a_model_follow_its_being_loaded() {
    for option in ["compose", "k3s"] {
        let checks = of_llm(option);
        let names: Vec<_> = checks.iter().map(|check| check.id.as_str()).collect();
        assert_eq!(names, ["model-loaded-llm", "numa-spread-llm", "inference-llm"]);
        assert_eq!(checks[0].after, None);
        assert!(checks[1..].iter().all(|check| check.after.as_ref() == Some(&MODEL_LOADED.of("llm"))));
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
    assert_eq!(answers.expected, "an answer within 5s, at about 20 tokens per second (at least 15)");
    let judge = |body: &str| run(&answers.script, &format!("curl() {{ {body}\n}}"));
    let piece =
        |text: &str| format!("echo 'data: {{\"choices\":[{{\"delta\":{{\"content\":\"{text}\"}}}}]}}';");
    let usage = |tokens: u32| {
        format!("echo 'data: {{\"choices\":[],\"usage\":{{\"completion_tokens\":{tokens}}}}}';")
    };
    let fast = [piece("Hel"), piece("lo"), usage(1000)].concat();
    assert!(judge(&fast).unwrap().starts_with("1000 tokens in "));
    let slow = [piece("Hel"), "sleep 0.2;".to_owned(), piece("lo")].concat();
    assert!(judge(&slow).unwrap_err().contains("expected at least 15"));
    assert!(judge(&[piece(""), usage(0)].concat()).unwrap_err().contains("the answer is empty"));
    let broken = judge(&[piece("Hel"), "return 28".to_owned()].concat());
    assert!(broken.unwrap_err().contains("no complete answer within 5 s"));
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

#[test]
fn a_service_sees_its_gpus_from_inside() {
    let checked = checked(document());
    let check = |option| {
        let facts = facts(&checked, option);
        let (name, service) = facts.service(&"llm".parse().unwrap()).unwrap();
        gpus_inside(&facts, name, service, CheckKind::new("containers")).unwrap()
    };
    let count = checked.services["llm"].vram.values().filter(|amount| !amount.is_zero()).count();
    let gpus: String = (0..count).map(|i| format!("echo 'GPU {i}: a card';")).collect();
    let lost = "echo 'Failed to initialize NVML: Unknown Error'; return 255";
    let missing = "echo 'exec: \"nvidia-smi\": executable file not found in $PATH: unknown' >&2; return 127";
    for (option, engine, again) in [
        ("compose", "docker", "docker restart llm"),
        ("k3s", "k3s", "k3s kubectl --namespace inference rollout restart deployment/llm"),
    ] {
        let check = check(option);
        let judge = |smi: &str, shell: &str| {
            let stub = format!(
                "{engine}() {{ case $* in *' llm nvidia-smi -L' | *'/llm -- nvidia-smi -L') {smi} ;; *'sh -c'*) {shell} ;; *) return 64 ;; esac; }}"
            );
            run(&check.script, &format!("skip() {{ echo \"skip: $*\"; exit 77; }}; {stub}"))
        };
        assert_eq!(judge(&gpus, "return 64"), Ok(String::new()), "{option}");
        let said = judge("echo GPUs", "return 64").unwrap_err();
        assert!(said.contains("GPUs visible in the container: 0, expected: "), "{said}");
        let said = judge(lost, "return 0").unwrap_err();
        assert!(said.contains("Failed to initialize NVML") && said.contains(again), "{said}");
        // Without nvidia-smi, the device itself says it.
        assert_eq!(judge(missing, "return 0"), Ok(String::new()), "{option}");
        let said =
            judge(missing, "echo 'sh: 1: cannot open /dev/nvidiactl: Operation not permitted'; return 2");
        let said = said.unwrap_err();
        assert!(
            said.contains("GPUs visible in the container: 0, expected: ") && said.contains("not permitted"),
            "{said}"
        );
        let said = judge(missing, missing).unwrap_err();
        assert!(said.contains("skip: the container has neither nvidia-smi nor sh"), "{said}");
    }
}

#[test]
fn a_service_without_gpus_is_not_looked_into() {
    let checked = checked(document());
    let facts = facts(&checked, "compose");
    let (name, service) = facts.service(&"store".parse().unwrap()).unwrap();
    assert_eq!(gpus_inside(&facts, name, service, CheckKind::new("containers")), None);
}
