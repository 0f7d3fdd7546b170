//! Pods, and what k3s would do for them: its bridge, its address translation, and the rules of its policy controller, written
//! from the sources of flannel and kube-router (`pkg/trafficmngr/iptables`, `pkg/controllers/netpol`) over the emitted files.

use std::{collections::BTreeMap, fmt::Write as _, fs, io, net::Ipv6Addr, path::Path};

use serde_norway::Value;

use omni_testbed::Space;

/// The node's link-local address on the pods' bridge.
pub(crate) const NODE: Ipv6Addr = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 1);

/// A pod that the emitted manifests describe.
pub(crate) struct Pod {
    pub(crate) service: String,
    pub(crate) address: String,
    /// The number of its interface, by which it names the node's [address](NODE) on their link.
    pub(crate) interface: u32,
    pub(crate) space: Space,
    namespace: String,
    labels: BTreeMap<String, String>,
}

/// Starts a pod for each Deployment that is not in the host's network, and lets the policies govern them.
pub(crate) fn start(machine: &Space, manifests: &Path, pods: &str, services: &str) -> io::Result<Vec<Pod>> {
    let mut documents = Vec::new();
    for file in fs::read_dir(manifests)? {
        let text = fs::read_to_string(file?.path())?;
        for document in text.split("\n---\n") {
            documents.push(serde_norway::from_str::<Value>(document).map_err(io::Error::other)?);
        }
    }
    let kind =
        |kind: &'static str| documents.iter().filter(move |document| text(document, &["kind"]) == kind);
    // The node's part of the pods' network is its first /24.
    let net = pods.split('.').take(2).collect::<Vec<_>>().join(".");
    machine.run(&format!(
        "ip link add cni0 type bridge && ip addr add {net}.0.1/24 dev cni0 && ip link set cni0 up
         ip -6 addr add {NODE}/64 dev cni0 nodad
         sysctl -qw net.ipv4.ip_forward=1"
    ))?;
    let mut started = Vec::new();
    for deployment in kind("Deployment") {
        if get(deployment, &["spec", "template", "spec", "hostNetwork"]).is_some_and(|it| *it == true) {
            continue;
        }
        let number = started.len() + 10;
        let (service, address) = (text(deployment, &["metadata", "name"]), format!("{net}.0.{number}"));
        let space = Space::new(&service)?;
        machine.run(&format!(
            "ip link add veth{number} type veth peer name eth0 netns {}
             ip link set veth{number} master cni0 up",
            space.pid()
        ))?;
        let link = space.run(&format!(
            "ip addr add {address}/24 dev eth0 && ip link set eth0 up && ip route add default via {net}.0.1
             ip -oneline link show dev eth0 | cut --delimiter : --fields 1"
        ))?;
        started.push(Pod {
            service,
            address,
            interface: link.trim().parse().map_err(io::Error::other)?,
            space,
            namespace: text(deployment, &["metadata", "namespace"]),
            labels: labels(get(deployment, &["spec", "template", "metadata", "labels"])),
        });
    }
    let policies: Vec<_> = kind("NetworkPolicy").collect();
    machine.run(&format!("iptables-restore --noflush <<'END'\n{}END", flannel(pods)))?;
    machine.run(&format!(
        "iptables-restore --noflush <<'END'\n{}END",
        controller(&policies, &started, services)
    ))?;
    Ok(started)
}

fn get<'v>(value: &'v Value, path: &[&str]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, key| value.get(key))
}

fn text(value: &Value, path: &[&str]) -> String {
    get(value, path).and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn labels(value: Option<&Value>) -> BTreeMap<String, String> {
    let entries = value.and_then(Value::as_mapping).into_iter().flatten();
    entries.filter_map(|(key, value)| Some((key.as_str()?.to_owned(), value.as_str()?.to_owned()))).collect()
}

fn list<'v>(value: &'v Value, path: &[&str]) -> &'v [Value] {
    get(value, path).and_then(Value::as_sequence).map_or(&[], Vec::as_slice)
}

/// What flannel adds: pods speak to others as their node, and what they send and get is forwarded.
fn flannel(pods: &str) -> String {
    format!(
        "*nat
:FLANNEL-POSTRTG - [0:0]
-A POSTROUTING -j FLANNEL-POSTRTG
-A FLANNEL-POSTRTG -s {pods} -d {pods} -j RETURN
-A FLANNEL-POSTRTG ! -s {pods} -d {pods} -j RETURN
-A FLANNEL-POSTRTG -s {pods} ! -d 224.0.0.0/4 -j MASQUERADE
COMMIT
*filter
:FLANNEL-FWD - [0:0]
-A FORWARD -j FLANNEL-FWD
-A FLANNEL-FWD -s {pods} -j ACCEPT
-A FLANNEL-FWD -d {pods} -j ACCEPT
COMMIT
"
    )
}

/// What the policy controller adds, in front of everything else: a chain for each pod, through which goes all that it sends and gets.
/// Traffic that a policy allows is marked with 0x10000; a pod's chain refuses what is not, and marks the rest with 0x20000, which
/// is accepted for good.
fn controller(policies: &[&Value], pods: &[Pod], services: &str) -> String {
    let (mut chains, mut rules) = (String::new(), String::new());
    for (builtin, own) in [("INPUT", "IN"), ("FORWARD", "FWD"), ("OUTPUT", "OUT")] {
        let _ = writeln!(chains, ":KUBE-ROUTER-{own} - [0:0]");
        let _ = writeln!(rules, "-I {builtin} 1 -j KUBE-ROUTER-{own}");
    }
    let _ = writeln!(rules, "-A KUBE-ROUTER-IN -d {services} -j RETURN");
    for (number, policy) in policies.iter().enumerate() {
        let _ = writeln!(chains, ":KUBE-NWPLCY-{number} - [0:0]");
        for pod in pods.iter().filter(|pod| governs(policy, pod)) {
            for (side, peers) in [("ingress", "from"), ("egress", "to")] {
                for (index, rule) in list(policy, &["spec", side]).iter().enumerate() {
                    let chain = format!("KUBE-P{number}-{}-{side}-{index}", pod.address.replace('.', "-"));
                    let chain = chain.replace("ingress", "I").replace("egress", "E");
                    let _ = writeln!(chains, ":{chain} - [0:0]");
                    allow(&mut rules, &chain, rule, peers, pods);
                    let end = if side == "ingress" { "-d" } else { "-s" };
                    for port in list(rule, &["ports"]) {
                        let protocol = text(port, &["protocol"]).to_lowercase();
                        let number_of_port = get(port, &["port"]).and_then(Value::as_u64).unwrap_or_default();
                        let _ = writeln!(
                            rules,
                            "-A KUBE-NWPLCY-{number} {end} {} -p {protocol} --dport {number_of_port} -j {chain}",
                            pod.address
                        );
                    }
                }
            }
        }
    }
    for (number, pod) in pods.iter().enumerate() {
        let (chain, address) = (format!("KUBE-POD-FW-{number}"), &pod.address);
        let _ = writeln!(chains, ":{chain} - [0:0]");
        let _ = write!(
            rules,
            "-A KUBE-ROUTER-FWD -d {address} -j {chain}
-A KUBE-ROUTER-OUT -d {address} -j {chain}
-A KUBE-ROUTER-IN -s {address} -j {chain}
-A KUBE-ROUTER-FWD -s {address} -j {chain}
-A KUBE-ROUTER-OUT -s {address} -j {chain}
-A {chain} -m conntrack --ctstate INVALID -j DROP
-A {chain} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A {chain} -d {address} -m addrtype --src-type LOCAL -j ACCEPT
"
        );
        for side in ["Ingress", "Egress"] {
            let end = if side == "Ingress" { "-d" } else { "-s" };
            let is_governed = policies.iter().any(|policy| governs(policy, pod) && has_type(policy, side));
            if !is_governed {
                let _ = writeln!(rules, "-A {chain} {end} {address} -j MARK --set-xmark 0x10000/0x10000");
            }
        }
        for (number, policy) in policies.iter().enumerate().filter(|(_, policy)| governs(policy, pod)) {
            let end = match (has_type(policy, "Ingress"), has_type(policy, "Egress")) {
                (true, false) => format!("-d {address} "),
                (false, true) => format!("-s {address} "),
                _ => String::new(),
            };
            let _ = writeln!(rules, "-A {chain} {end}-j KUBE-NWPLCY-{number}");
        }
        let _ = write!(
            rules,
            "-A {chain} -m mark ! --mark 0x10000/0x10000 -j REJECT
-A {chain} -j MARK --set-xmark 0x0/0x10000
-A {chain} -j MARK --set-xmark 0x20000/0x20000
"
        );
    }
    for own in ["IN", "FWD", "OUT"] {
        let _ = writeln!(rules, "-A KUBE-ROUTER-{own} -m mark --mark 0x20000/0x20000 -j ACCEPT");
    }
    format!("*filter\n{chains}{rules}COMMIT\n")
}

fn has_type(policy: &Value, side: &str) -> bool {
    list(policy, &["spec", "policyTypes"]).iter().any(|it| it == side)
}

fn governs(policy: &Value, pod: &Pod) -> bool {
    text(policy, &["metadata", "namespace"]) == pod.namespace
        && selects(get(policy, &["spec", "podSelector"]), &pod.labels)
}

fn selects(selector: Option<&Value>, known: &BTreeMap<String, String>) -> bool {
    let wanted = labels(selector.and_then(|selector| selector.get("matchLabels")));
    wanted.iter().all(|(key, value)| known.get(key) == Some(value))
}

/// Marks what comes from, or goes to, whom a rule names.
fn allow(rules: &mut String, chain: &str, rule: &Value, peers: &str, pods: &[Pod]) {
    let end = if peers == "from" { "-s" } else { "-d" };
    for peer in list(rule, &[peers]) {
        if let Some(block) = peer.get("ipBlock") {
            for except in list(block, &["except"]).iter().filter_map(Value::as_str) {
                let _ = writeln!(rules, "-A {chain} {end} {except} -j RETURN");
            }
            let _ = writeln!(
                rules,
                "-A {chain} {end} {} -j MARK --set-xmark 0x10000/0x10000",
                text(block, &["cidr"])
            );
            continue;
        }
        for pod in pods {
            let own = BTreeMap::from([("kubernetes.io/metadata.name".to_owned(), pod.namespace.clone())]);
            if selects(peer.get("namespaceSelector"), &own) && selects(peer.get("podSelector"), &pod.labels) {
                let _ =
                    writeln!(rules, "-A {chain} {end} {} -j MARK --set-xmark 0x10000/0x10000", pod.address);
            }
        }
    }
}
