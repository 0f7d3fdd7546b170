//! Deployments out of a number: the same number gives the same deployment.

use omni::{
    Checked, Deployment, Report, check,
    model::{Context, path::Segment},
};
use serde_json::{Value, json};

/// SplitMix64: <https://prng.di.unimi.it/splitmix64.c>
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit.max(1) as u64).unwrap_or(0)
    }

    fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    fn pick<'v, T>(&mut self, values: &'v [T]) -> &'v T {
        &values[self.below(values.len())]
    }
}

/// A valid deployment: what the rules find wrong in the first draft is taken out of it.
pub(crate) fn deployment(seed: u64) -> Checked {
    let mut draft = draft(&mut Random(seed));
    for _ in 0..20 {
        let deployment: Deployment =
            serde_json::from_value(draft.clone()).expect("the draft is a deployment");
        match check(deployment, &Context::default()) {
            Ok(checked) => return checked,
            Err(report) => mend(&mut draft, &report),
        }
    }
    panic!("deployment {seed} cannot be mended:\n{draft:#}");
}

/// Takes out the flows, openings and policies that an error is about.
fn mend(draft: &mut Value, report: &Report) {
    let mut flows = Vec::new();
    for error in report.errors() {
        let key = |segment: &'_ Segment| match segment {
            Segment::Key(key) => key.clone(),
            Segment::Index(index) => index.to_string(),
        };
        let keys: Vec<_> = error.path.segments().iter().map(key).collect();
        let keys: Vec<_> = keys.iter().map(String::as_str).collect();
        match (keys.as_slice(), error.path.segments()) {
            (["flows", ..], [_, Segment::Index(at), ..]) => flows.push(*at),
            (["hosts", host, "openings", ..], _) => draft["hosts"][*host]["openings"] = json!([]),
            (["network_policies", ..], _) => draft["network_policies"] = json!({}),
            _ => panic!("{error}\n  --> {}\n{draft:#}", error.path),
        }
    }
    flows.sort_unstable();
    flows.dedup();
    let all = draft["flows"].as_array_mut().expect("flows");
    for at in flows.into_iter().rev() {
        all.remove(at);
    }
}

fn draft(random: &mut Random) -> Value {
    let hosts = [&["one"][..], &["one"], &["one", "two"], &["one", "two", "three"]][random.below(4)];
    let kubernetes: &[&str] =
        [&[][..], &["hands"], &["brain"], &["hands", "brain"], &["hands", "memory"]][random.below(5)];
    let cluster = *random.pick(hosts);
    let (bridge, subnet) = *random.pick(&[("omni0", "172.30.0.0/24"), ("lab0", "172.29.4.0/22")]);
    let mut document = json!({
        "name": "lab",
        "version": "1",
        "hosts": {},
        "zones": {
            "brain": {"title": "Brain", "namespace": "inference", "pod_security": "privileged"},
            "hands": {"title": "Hands", "namespace": "agents", "labels": {"zone": "hands"}, "pod_security": "privileged"},
            "memory": {"title": "Memory", "namespace": "memory", "pod_security": "privileged"},
        },
        "stacks": {"all": {}},
        "options": {"lab": {"kubernetes": kubernetes}},
        "services": {},
        "apis": {"api": {"title": "An API"}, "other": {"title": "Another", "port": "8443"}},
        "flows": [],
        "network": {"bridge": bridge, "subnet": subnet},
        "network_policies": {},
        "cluster": {
            "host": cluster,
            "k3s": "v1.36.1+k3s1",
            "pod_cidr": "10.42.0.0/16",
            "service_cidr": "10.43.0.0/16",
            "eviction": {"memory_available": "1 GiB", "nodefs_available": "5%", "imagefs_available": "5%"},
        },
    });
    let ports = services(random, &mut document, hosts, (cluster, kubernetes));
    for (i, host) in hosts.iter().enumerate() {
        let mut spec = json!({
            "address": format!("192.168.3.1{i}"),
            "lan": {"interface": "eno1", "cidr": "192.168.3.0/24"},
            "ipv6": random.pick(&["deny", "allow"]),
            "ram": {"capacity": "64 GiB", "ceiling": "90%", "reserve": "16 GiB"},
        });
        if random.one_in(2) {
            spec["lan"]["operators"] = json!(["192.168.3.7", "192.168.3.8"]);
        }
        if random.one_in(3) {
            spec["ssh_port"] = json!("2222");
        }
        spec["openings"] = (0..random.below(5)).map(|_| opening(random, &ports)).collect();
        document["hosts"][*host] = spec;
    }
    let names: Vec<String> = document["services"].as_object().expect("services").keys().cloned().collect();
    let sources: Vec<&str> = names.iter().map(String::as_str).collect();
    let others = ["lan", "operator", "internet", "one", "hands", "memory"];
    let flow = |random: &mut Random| {
        let from = if random.one_in(3) { *random.pick(&others) } else { *random.pick(&sources) };
        let to = if random.one_in(6) {
            *random.pick(&["api", "other", "internet"])
        } else {
            random.pick(&ports).as_str()
        };
        json!(format!("{from} -> {to}"))
    };
    document["flows"] = (0..6 + random.below(10)).map(|_| flow(random)).collect();
    for zone in kubernetes {
        if random.one_in(2) {
            continue;
        }
        let peers: Vec<_> = ports.iter().map(String::as_str).chain(["other", "internet"]).collect();
        let egress: Vec<_> = (0..1 + random.below(3)).map(|_| *random.pick(&peers)).collect();
        document["network_policies"][format!("to-{zone}")] = json!({"zone": zone, "egress": egress});
    }
    document
}

/// Adds services, and gives back their ports as flows name them.
fn services<'h>(
    random: &mut Random,
    document: &mut Value,
    hosts: &[&'h str],
    (cluster, kubernetes): (&'h str, &[&str]),
) -> Vec<String> {
    let (mut ports, mut active) = (Vec::new(), Vec::new());
    for i in 0..4 + random.below(5) {
        let zone = *random.pick(&["brain", "hands", "memory"]);
        let on_host = random.one_in(4);
        let host = if kubernetes.contains(&zone) { cluster } else { *random.pick(hosts) };
        let here = active.iter().rfind(|(known, _)| *known == host && random.one_in(4));
        let state = match here {
            Some((_, name)) => json!({"standby": {"replaces": [name]}}),
            None => json!("active"),
        };
        if here.is_none() {
            active.push((host, format!("s{i}")));
        }
        let mut own = json!({});
        for (j, name) in ["http", "admin"].into_iter().take(1 + random.below(2)).enumerate() {
            let published = 8000 + 10 * i + j;
            let target = if on_host || random.one_in(2) { published } else { 80 + j };
            let protocol = if random.one_in(6) { "/udp" } else { "" };
            own[name] = json!(format!("{published}:{target}{protocol}"));
            ports.push(format!("s{i}.{name}"));
        }
        document["services"][format!("s{i}")] = json!({
            "zone": zone,
            "host": host,
            "stack": "all",
            "state": state,
            "image": {"reference": "lab/service:1.0", "source": "local"},
            "user": "1000:1000",
            "host_network": on_host,
            "ports": own,
            "memory_limit": "64 MiB",
            "health": {"command": ["true"]},
        });
    }
    ports
}

fn opening(random: &mut Random, ports: &[String]) -> Value {
    let to = match random.below(6) {
        0 => "8000:8040/tcp".to_owned(),
        1 => "ssh".to_owned(),
        2 => "any".to_owned(),
        3 => "8010/tcp".to_owned(),
        4 => "8000:8080/udp".to_owned(),
        _ => random.pick(ports).clone(),
    };
    let from = random.pick(&[
        "anywhere",
        "lan",
        "pods",
        "services",
        "192.168.3.192/26",
        "192.168.3.8/32",
        "10.8.0.0/24",
    ]);
    json!({"to": to, "from": from, "purpose": "the lab's"})
}
