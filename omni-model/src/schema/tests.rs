//! The schema says what the types read: their keys, their variants, their texts.

use std::collections::BTreeSet;

use regex::Regex;
use schemars::{JsonSchema, schema_for};
use serde::{
    Deserialize, Deserializer,
    de::{Error, Visitor, value},
    forward_to_deserialize_any,
};
use serde_json::{Map, Value};

use super::{Keys, Need, schema};
use crate::{deployment::*, names::*, units::*};

fn definitions(schema: &Value) -> &Map<String, Value> {
    schema["$defs"].as_object().unwrap()
}

/// Asked for a value, it keeps the keys or the variants that the type names, and gives nothing.
struct Asked<'a>(&'a mut Vec<&'static str>);

impl<'de> Deserializer<'de> for Asked<'_> {
    type Error = value::Error;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, value::Error> {
        Err(value::Error::custom("nothing"))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        keys: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, value::Error> {
        self.0.extend(keys);
        self.deserialize_any(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, value::Error> {
        self.0.extend(variants);
        self.deserialize_any(visitor)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map identifier ignored_any
    }
}

/// What serde's impl of a type reads.
fn asked<'de, T: Deserialize<'de>>() -> Vec<&'static str> {
    let mut asked = Vec::new();
    assert!(T::deserialize(Asked(&mut asked)).is_err());
    asked
}

/// The keys of an object in the schema, or the names of an enum's variants.
fn offered(definition: &Value) -> Vec<&str> {
    fn keys(object: &Value) -> impl Iterator<Item = &str> {
        object["properties"].as_object().unwrap().keys().map(String::as_str)
    }
    let Some(variants) = definition["oneOf"].as_array() else { return keys(definition).collect() };
    variants
        .iter()
        .flat_map(|variant| match variant["const"].as_str() {
            Some(name) => vec![name],
            None => keys(variant).collect(),
        })
        .collect()
}

/// Each type that is a map or one of several: its name in the schema, what it reads, and the first key that it misses.
macro_rules! structures {
    ($($type:ty),* $(,)?) => {
        [$((<$type>::schema_name().into_owned(), asked::<$type>(), missing::<$type>())),*]
    };
}

fn missing<T: for<'de> Deserialize<'de>>() -> Option<String> {
    let error = serde_json::from_str::<T>("{}").err()?.to_string();
    Some(error.strip_prefix("missing field `")?.split_once('`')?.0.to_owned())
}

#[test]
fn the_keys_and_variants_are_those_that_serde_reads() {
    let schema = schema();
    let structures = structures![
        Acceptance,
        Action,
        Alert,
        AlertCase,
        Api,
        AuthoredPolicy,
        Authorization,
        Backup,
        Cluster,
        Condition,
        Dashboard,
        DeploymentOption,
        DevicePlugin,
        Directory,
        Disk,
        Eviction,
        Exporter,
        Gpu,
        Health,
        Host,
        HttpHealth,
        Image,
        ImageSource,
        Inference,
        Interleave,
        Ipv6,
        K3sSha256,
        Kernel,
        Knowledge,
        Lan,
        Level,
        Metrics,
        Model,
        Monitoring,
        Network,
        Note,
        Numa,
        Opening,
        Operations,
        OwnGpu,
        OwnParameter,
        PodSecurity,
        PostDeployment,
        Probe,
        Probes,
        Ram,
        Receiver,
        ReceiverKind,
        Restart,
        Root,
        Sandbox,
        Secret,
        Service,
        Stack,
        Standby,
        State,
        Storage,
        Swap,
        SwapBehavior,
        Upgrades,
        Volume,
        Zone,
    ];
    let names: BTreeSet<_> = structures.iter().map(|(name, ..)| name.as_str()).collect();
    let is_structure =
        |(_, definition): &(_, &Value)| definition["pattern"].is_null() && definition["type"] != "string";
    let in_schema: BTreeSet<_> =
        definitions(&schema).iter().filter(is_structure).map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, in_schema);
    let root = ("Deployment".to_owned(), asked::<Deployment>(), missing::<Deployment>());
    for (name, keys, missing) in structures.iter().chain([&root]) {
        let definition = if name == "Deployment" { &schema } else { &schema["$defs"][name] };
        assert_eq!(offered(definition), *keys, "{name}");
        assert_eq!(definition["required"][0].as_str(), missing.as_deref(), "{name}");
        assert!(definition["oneOf"].is_array() || definition["additionalProperties"] == false, "{name}");
    }
}

/// A type that is one text: its name and its pattern in the schema, whether it reads a text, and texts that it reads.
type TextType = (String, Option<String>, fn(&str) -> bool, Vec<&'static str>);

#[test]
fn every_key_has_a_text_an_example_and_a_kind() {
    for key in Keys::new().all() {
        let path = key.path();
        assert!(!key.example().is_empty() && !key.example().contains("name: }"), "{path} has no example");
        let text = key.text();
        assert!(text.starts_with(|c: char| c.is_uppercase() || c == '`'), "{path}: {text}");
        assert!(text.contains("\n- Type: ") && !text.contains("\n- Type: \n"), "{path}: {text}");
    }
}

/// A default that is skipped when a deployment is written needs `schemars(skip_serializing_if = "never")`.
#[test]
fn every_default_that_is_a_value_is_in_the_schema() {
    let schema = schema();
    for key in Keys::new().all().iter().filter(|key| *key.need() == Need::Optional) {
        let node = schema.pointer(key.pointer()).unwrap();
        let may_be_null = node["anyOf"].is_array()
            || node["type"].as_array().is_some_and(|types| types.contains(&"null".into()));
        let reference = node["$ref"].as_str().and_then(|at| schema.pointer(at.trim_start_matches('#')));
        let may_be_empty = reference
            .is_some_and(|it| it["properties"].is_object() && it["required"].is_null())
            || node["type"] == "array"
            || node["patternProperties"].is_object();
        assert!(may_be_null || may_be_empty, "{}: its default is not shown", key.path());
    }
}

#[test]
fn the_path_of_a_finding_leads_to_its_key() {
    let keys = Keys::new();
    let found = |text: &str| keys.find(text).map(super::Key::path);
    for (text, path) in [
        ("services", "services"),
        ("services.ollama", "services"),
        ("services.memory_limit", "services.memory_limit"),
        ("services.ollama.memory_limit", "services.memory_limit"),
        ("services.image.ports.http", "services.ports"),
        ("services.health.http.path", "services.health.http.path"),
        ("hosts.box.gpus.gpu0.vram", "hosts.gpus.vram"),
        ("flows[3]", "flows"),
        ("monitoring.alerts.A.when.restarts.within", "monitoring.alerts.when.restarts.within"),
        ("monitoring.watchdog.url", "monitoring.watchdog.url"),
        ("accept[0].until", "accept.until"),
    ] {
        assert_eq!(found(text).as_deref(), Some(path), "{text}");
    }
    for text in ["service", "hosts.box.ram.capacty", "flows.from", ""] {
        assert_eq!(found(text), None, "{text}");
    }
    let similar = |text: &str| keys.similar(text).map(super::Key::path);
    for (text, meant) in [
        ("services.memory_limt", Some("services.memory_limit")),
        ("services.ollama.memory_limt", Some("services.memory_limit")),
        ("service", Some("services")),
        ("hosts.box.ram.capacty", Some("hosts.ram.capacity")),
        ("memory_limit", Some("services.memory_limit")),
        ("services.ollama", None),
        ("nothing-like-it", None),
        ("", None),
    ] {
        assert_eq!(similar(text).as_deref(), meant, "{text}");
    }
}

/// Rules about the document apply to every key.
#[test]
fn every_rule_judges_a_key() {
    let keys = Keys::new();
    let judged: BTreeSet<_> =
        keys.all().iter().flat_map(|key| key.rules().iter().map(|rule| rule.id)).collect();
    let silent: Vec<_> = crate::rules::all().map(|rule| rule.id).filter(|id| !judged.contains(id)).collect();
    assert_eq!(silent, ["D001", "D002", "D003", "D004", "D005"]);
}

macro_rules! texts {
    ($($type:ty: $($text:literal)+;)*) => {
        [$((
            <$type>::schema_name().into_owned(),
            schema_for!($type).get("pattern").and_then(Value::as_str).map(str::to_owned),
            |text| text.parse::<$type>().is_ok(),
            vec![$($text),+],
        )),*]
    };
}

/// Types of which an expression says too little: numbers that end somewhere, bits beyond a prefix, braces that close, lengths
/// beside other conditions.
const LOOSE: [&str; 11] = [
    "Cidr",
    "Date",
    "ImageRef",
    "K3sRelease",
    "OpeningTarget",
    "Port",
    "PortMapping",
    "PortName",
    "SampleValues",
    "Source",
    "Template",
];

#[test]
fn a_pattern_takes_what_its_type_reads() {
    let schema = schema();
    let types: [TextType; _] = texts! {
        AbsPath: "/" "/nvme/models" "/a/..b/.c";
        AlertName: "SwapMissing";
        Bytes: "384 GiB" "0 B" "7kB";
        Calendar: "daily" "03:30" "Sun,Wed 23:59";
        Capability: "SYS_NICE";
        ChatId: "-1001234567890" "42";
        Cidr: "192.168.3.0/24" "0.0.0.0/0";
        ComponentName: "kv_cache";
        DashboardName: "memory";
        ContainerName: "ktransformers" "A.b_c-1";
        Date: "2027-01-31";
        DeploymentName: "protocol-omni" "a";
        DirectoryName: "models" "_a.b";
        DockerRelease: "28" "9";
        Duration: "25min" "300s" "15d";
        EnvName: "OMP_NUM_THREADS";
        ExporterName: "dcgm";
        FileMode: "0600" "644";
        FilePath: "a.gguf" "DQ3_K_M/model-00001-of-00007.gguf";
        Flow: "agent -> model.http" "lan->api";
        Glob: "*DQ3_K_M*" "a/[b-c]?.gguf";
        GpuName: "gpu0";
        GpuUuid: "GPU-01234567-89ab-cdef-0123-456789abcdef";
        HostName: "omni";
        ImageRef: "ollama/ollama:0.32.15" "localhost:5000/a@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef" "ghcr.io/x/y";
        InterfaceName: "omni0" "br-a.1";
        K3sRelease: "v1.33.5+k3s1";
        KernelParameter: "iommu=pt" "quiet";
        LabelText: "app.kubernetes.io/name" "true";
        LabelName: "instance";
        MachineName: "mail.example.org" "192.168.3.5" "nas";
        MailAddress: "ops@example.org" "a.b+c@lan";
        MetricName: "node_memory_MemTotal_bytes";
        ModelName: "glm-4.7";
        NamespaceName: "agents";
        OpeningTarget: "any" "ssh" "grafana.http" "8000:8100/tcp" "53/udp";
        OptionName: "k3s";
        Owner: "operator" "root" "472:472";
        PciAddress: "0000:01:00.0";
        Peer: "model.http" "kimi-k2";
        Percent: "94%" "100 %";
        PolicyName: "dns";
        Port: "8000" "65535";
        PortMapping: "8000" "8050:8000" "5353:53/udp";
        PortName: "http" "9p-tcp";
        PortOf: "grafana.http";
        Reference: "agent";
        Repository: "unsloth/DeepSeek-R1";
        Revision: "main" "refs/pr/1";
        RuleGroupName: "omni";
        RuleName: "B002";
        SampleValues: "0x20 1+2x10 _x5 stale";
        ServiceName: "agent-orchestrator";
        Sha256: "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
        Source: "anywhere" "lan" "pods" "services" "10.42.0.0/16";
        StackName: "memory";
        Template: "--model={model:glm-4.7}" "http://{deepseek.http}/v1" "a{{b}}";
        Text: "Größe 🦀" "";
        UrlPath: "/v1/health/";
        User: "472:472";
        Word: "TITANIUM-PRIME-GO";
        WorkloadName: "inference-engine";
        ZoneName: "brain";
    };
    let names: BTreeSet<_> = types.iter().map(|(name, ..)| name.as_str()).collect();
    let with_pattern =
        definitions(&schema).iter().filter(|(_, definition)| definition["pattern"].is_string());
    let in_schema: BTreeSet<_> = with_pattern.map(|(name, _)| name.as_str()).collect();
    assert!(in_schema.is_subset(&names), "{:?}", in_schema.difference(&names));
    let mut loose = BTreeSet::new();
    for (name, pattern, reads, samples) in &types {
        let pattern = Regex::new(pattern.as_deref().unwrap()).unwrap();
        for sample in samples {
            assert!(reads(sample), "{name}: {sample:?}");
            for text in mutations(sample) {
                match (reads(&text), pattern.is_match(&text)) {
                    (true, false) => panic!("{name} reads {text:?}, and {pattern} does not take it"),
                    (false, true) => _ = loose.insert(name.as_str()),
                    _ => {}
                }
            }
        }
    }
    assert_eq!(loose, BTreeSet::from(LOOSE));
}

/// The text, and texts that differ from it in a character, or in their length.
fn mutations(text: &str) -> Vec<String> {
    let chars: Vec<_> = text.chars().collect();
    let mut all: Vec<String> = [1, 2, 16, 63, 64, 128, 256].map(|times| text.repeat(times)).into();
    for at in 0..=chars.len() {
        let (before, after) = chars.split_at(at);
        let with =
            |inserted: &[char], after: &[char]| [before, inserted, after].concat().into_iter().collect();
        for c in "aZ09-_./:@*%+=,~?[]{} \n\u{202e}é".chars() {
            all.push(with(&[c], after));
            all.extend(after.get(1..).map(|after| with(&[c], after)));
        }
        all.extend(after.get(1..).map(|after| with(&[], after)));
    }
    all
}
