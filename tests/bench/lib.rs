//! Generates deployments of any size, for measurements. The same numbers always give the same deployment.

#![allow(clippy::expect_used, clippy::indexing_slicing, reason = "a measurement of anything else is none")]

use omni::Deployment;
use serde_json::{Map, Value, json};

/// The services of a team: a web page, agents that take its requests from a queue, and the services that these use.
const TEAM: [&str; 10] =
    ["queue", "web", "planner", "agent-a", "agent-b", "agent-c", "tool", "model", "embedder", "store"];

/// The flows within a team.
const FLOWS: [(&str, &str); 18] = [
    ("web", "queue"),
    ("planner", "queue"),
    ("planner", "agent-a"),
    ("planner", "agent-b"),
    ("planner", "agent-c"),
    ("planner", "model"),
    ("agent-a", "model"),
    ("agent-b", "model"),
    ("agent-c", "model"),
    ("agent-a", "tool"),
    ("agent-b", "tool"),
    ("agent-c", "tool"),
    ("agent-a", "store"),
    ("agent-b", "store"),
    ("agent-c", "store"),
    ("agent-a", "embedder"),
    ("store", "embedder"),
    ("web", "store"),
];

/// The number of monitoring services, which are on the first host.
const WATCHERS: usize = 3;

/// The number of teams on the first host whose agents run in pods, in the option with Kubernetes. A node has room for about a
/// hundred pods.
const TEAMS_IN_PODS: usize = 20;

/// The number of teams of a host that share its GPU. The models of the others run on its CPUs.
const TEAMS_ON_GPU: usize = 12;

/// Generates a deployment with this number of services and hosts, in two options. It has teams of ten services, of which the
/// last may be smaller, an exporter on each host, and services that monitor all of them.
///
/// # Panics
///
/// Panics if there are too few services for the hosts.
pub fn deployment(services: usize, hosts: usize) -> Deployment {
    let members = services.checked_sub(hosts + WATCHERS).expect("a service for each host, and more");
    let plan = Plan { members, hosts };
    serde_json::from_value(plan.document()).expect("the document of a deployment")
}

/// The parameters of the generated deployment.
struct Plan {
    /// The number of services in all teams.
    members: usize,
    hosts: usize,
}

/// A service of a team.
#[derive(Clone, Copy)]
struct Member {
    number: usize,
    team: usize,
    role: &'static str,
    host: usize,
    /// The index of the team on its host.
    row: usize,
}

impl Member {
    fn name(self) -> String {
        format!("{}-{}", self.role, self.team)
    }

    fn is_agent(self) -> bool {
        self.role == "planner" || self.role.starts_with("agent")
    }
}

impl Plan {
    fn members(&self) -> impl Iterator<Item = Member> + Clone {
        let hosts = self.hosts;
        (0..self.members).map(move |number| {
            let team = number / TEAM.len();
            let role = TEAM.iter().cycle().nth(number).copied().unwrap_or_default();
            Member { number, team, role, host: team % hosts, row: team / hosts }
        })
    }

    /// Returns whether a team is complete enough to have a service with this role.
    fn has(&self, role: &str, team: usize) -> bool {
        TEAM.iter().position(|known| *known == role).is_some_and(|at| team * TEAM.len() + at < self.members)
    }

    fn document(&self) -> Value {
        let hosts = (0..self.hosts).map(|host| (format!("host-{host}"), self.host(host)));
        let accept = (0..self.hosts).map(|host| {
            json!({
                "rule": "F009",
                "at": format!("services.node-exporter-{host}.host_network"),
                "reason": "It measures the host's network, and opens no connections of its own",
            })
        });
        json!({
            "name": "generated",
            "version": "1.0",
            "hosts": hosts.collect::<Map<_, _>>(),
            "zones": {
                "agents": {"title": "Agents", "namespace": "agents", "labels": {"zone": "agents"}, "pod_security": "restricted"},
                "teams": {"title": "Teams"},
                "watch": {"title": "Observability"},
            },
            "stacks": {"teams": {"includes": ["watch"]}, "watch": {}},
            "options": {"compose": {}, "k3s": {"kubernetes": ["agents"]}},
            "services": self.services(),
            "secrets": {
                "GRAFANA_ADMIN_PASSWORD": {"description": "The password of Grafana's user admin"},
                "ALERT_WEBHOOK_URL": {"description": "Where Alertmanager posts alerts to"},
            },
            "flows": self.flows(),
            "network": {"bridge": "omni0", "subnet": "172.30.0.0/16"},
            "cluster": {
                "host": "host-0",
                "k3s": "v1.36.1+k3s1",
                "pod_cidr": "10.42.0.0/16",
                "service_cidr": "10.43.0.0/16",
                "swap": "LimitedSwap",
                "eviction": {"memory_available": "1 GiB", "nodefs_available": "5%", "imagefs_available": "5%"},
            },
            "monitoring": self.monitoring(),
            "accept": accept.collect::<Vec<_>>(),
        })
    }

    fn host(&self, host: usize) -> Value {
        let here = self.members().filter(|member| member.host == host);
        // The monitoring services and the exporter, besides the teams.
        let count = here.clone().count() + WATCHERS + 1;
        let stores = here.filter(|member| member.role == "store").map(Member::name);
        let mut directories: Map<_, _> =
            stores.map(|name| (name, json!({"owner": "1000:1000", "size": "8 GiB"}))).collect();
        if host == 0 {
            directories.insert("prometheus".to_owned(), json!({"owner": "65534:65534", "size": "64 GiB"}));
            directories.insert("grafana".to_owned(), json!({"owner": "472:0", "size": "1 GiB"}));
        }
        json!({
            "address": format!("192.168.{}.{}", host / 200, 10 + host % 200),
            "lan": {"interface": "eno1", "cidr": "192.168.0.0/16", "operators": ["192.168.255.7"]},
            "ram": {
                "capacity": format!("{} GiB", 4 * count + 16),
                "ceiling": "90%",
                "reserve": format!("{count} GiB"),
            },
            "gpus": {"gpu0": {"model": "RTX 4090", "vram": "24 GiB"}},
            "root": {"capacity": "250 GB", "reserve": "100 GB"},
            "storage": {
                "mount": "/srv",
                "capacity": format!("{} GiB", 8 * count + 256),
                "directories": directories,
            },
            "swap": {"file": "/srv/swapfile", "size": "64 GiB"},
            "openings": [{"to": "ssh", "from": "lan", "purpose": "SSH"}],
        })
    }

    fn services(&self) -> Map<String, Value> {
        let members = self.members().map(|member| (member.name(), self.member(member)));
        let exporters = (0..self.hosts).map(|host| (format!("node-exporter-{host}"), exporter(host)));
        members.chain(exporters).chain(watchers()).collect()
    }

    fn member(&self, member: Member) -> Value {
        let Member { number, team, role, host, row } = member;
        let port = 12_000 + number / (TEAM.len() * self.hosts) * TEAM.len() + number % TEAM.len();
        let mut service = json!({
            "title": format!("{role} of team {team}"),
            "zone": "teams",
            "host": format!("host-{host}"),
            "stack": "teams",
            "image": {"reference": format!("teams/{role}:1.0"), "source": "local"},
            "user": "10001:10001",
            "ports": {"http": format!("{port}:8080")},
            "memory_limit": "512 MiB",
            "health": {"tcp": "http"},
        });
        if member.is_agent() {
            if host == 0 && row < TEAMS_IN_PODS {
                service["zone"] = json!("agents");
                service["cpus"] = json!(2);
                service["probes"] = json!({
                    "readiness": {"period": "10s"},
                    "liveness": {"period": "30s", "timeout": "5s"},
                });
            }
            if self.has("model", team) {
                service["env"] = json!({"MODEL": format!("http://{{model-{team}.http}}/v1")});
            }
        }
        match role {
            "model" => {
                service["memory"] = json!({"weights": "4 GiB"});
                service["memory_limit"] = json!("5 GiB");
                service["metrics"] = json!({"port": "http", "exporter": "sglang"});
                if row < TEAMS_ON_GPU {
                    service["vram"] = json!({"gpu0": "2 GiB"});
                }
            }
            "store" => {
                service["image"] = json!({"reference": "qdrant/qdrant:v1.19.0-unprivileged"});
                service["user"] = json!("1000:1000");
                service["ports"] = json!({"http": format!("{port}:6333")});
                service["volumes"] = json!({"/qdrant/storage": {"data": member.name()}});
                service["health"] = json!({"http": {"port": "http", "path": "/healthz"}});
                service["metrics"] = json!({"port": "http", "exporter": "qdrant"});
            }
            _ => {}
        }
        service
    }

    fn flows(&self) -> Vec<String> {
        let teams = self.members.div_ceil(TEAM.len());
        let mut flows = vec!["lan -> grafana.http".to_owned(), "alertmanager -> internet".to_owned()];
        for team in 0..teams {
            let within = FLOWS.iter().filter(|(from, to)| self.has(from, team) && self.has(to, team));
            flows.extend(within.map(|(from, to)| format!("{from}-{team} -> {to}-{team}.http")));
            let outside = [("lan -> web-{}.http", "web"), ("tool-{} -> internet", "tool")];
            let outside = outside.iter().filter(|(_, role)| self.has(role, team));
            flows.extend(outside.map(|(flow, _)| flow.replace("{}", &team.to_string())));
            // The model of another team is the fallback, on another host if there are several.
            let other = (team + 1) % teams;
            if other != team && self.has("agent-a", team) && self.has("model", other) {
                flows.push(format!("agent-a-{team} -> model-{other}.http"));
            }
        }
        flows
    }

    fn monitoring(&self) -> Value {
        let mut alerts = Map::new();
        let mut alert = |name: String, when: Value, severity: &str, summary: &str| {
            let alert = json!({"when": when, "for": "5min", "severity": severity, "summary": summary});
            alerts.insert(name, alert);
        };
        alert("TargetDown".to_owned(), json!("target_down"), "critical", "A service does not answer");
        alert("MetricMissing".to_owned(), json!("metric_missing"), "warning", "A metric is gone");
        let percent = |percent: &str| json!({ "above": percent });
        alert("MemoryUsed".to_owned(), json!({"memory_used": percent("95%")}), "warning", "Memory is short");
        alert("SwapUsed".to_owned(), json!({"swap_used": percent("50%")}), "warning", "Swap is used");
        alert("SwapMissing".to_owned(), json!("swap_missing"), "critical", "The swap file is not active");
        alert(
            "OomKill".to_owned(),
            json!({"oom_kill": {"within": "10min"}}),
            "critical",
            "A process was killed for its memory",
        );
        alert(
            "DiskLow".to_owned(),
            json!({"disk_low": {"below": "10%"}}),
            "warning",
            "The disk is nearly full",
        );
        alert("Watchdog".to_owned(), json!("watchdog"), "none", "Always on: its silence is the alarm");
        for member in self.members().filter(|member| member.role == "model") {
            let when = json!({"not_serving": {"service": member.name()}});
            alert(format!("Model{}NotServing", member.team), when, "critical", "A model does not answer");
        }
        json!({
            "prometheus": "prometheus",
            "alertmanager": "alertmanager",
            "grafana": "grafana",
            "scrape_interval": "30s",
            "retention": "30d",
            "receiver": {"kind": "webhook", "url": "ALERT_WEBHOOK_URL"},
            "group": "generated",
            "alerts": alerts,
            "dashboards": {"grafana": {"title": "Grafana", "at": "grafana.http", "purpose": "Metrics"}},
        })
    }
}

fn exporter(host: usize) -> Value {
    json!({
        "title": "node_exporter",
        "zone": "watch",
        "host": format!("host-{host}"),
        "stack": "watch",
        "image": {"reference": "quay.io/prometheus/node-exporter:v1.12.1"},
        "user": "65534:65534",
        "args": ["--path.rootfs=/host", "--web.listen-address=:{metrics}"],
        "volumes": {"/host": {"host": "/"}},
        "ports": {"metrics": "9100"},
        "host_network": true,
        "memory_limit": "128 MiB",
        "health": {"http": {"port": "metrics", "path": "/metrics"}},
        "metrics": {"port": "metrics", "exporter": "node"},
    })
}

fn watchers() -> [(String, Value); WATCHERS] {
    let service = |title: &str, image: &str, user: &str, port: &str, health: &str| {
        let name = title.to_lowercase();
        let spec = json!({
            "title": title,
            "zone": "watch",
            "host": "host-0",
            "stack": "watch",
            "image": {"reference": image},
            "user": user,
            "ports": {"http": port},
            "memory_limit": "1 GiB",
            "health": {"http": {"port": "http", "path": health}},
            "metrics": {"port": "http", "exporter": name},
        });
        (name, spec)
    };
    let mut prometheus =
        service("Prometheus", "prom/prometheus:v3.14.0", "65534:65534", "9090", "/-/healthy");
    prometheus.1["volumes"] = json!({"/prometheus": {"data": "prometheus"}});
    let alertmanager =
        service("Alertmanager", "prom/alertmanager:v0.34.0", "65534:65534", "9093", "/-/healthy");
    let mut grafana = service("Grafana", "grafana/grafana:13.2.3", "472:0", "3000", "/api/health");
    grafana.1["volumes"] = json!({"/var/lib/grafana": {"data": "grafana"}});
    grafana.1["secrets"] = json!({"GF_SECURITY_ADMIN_PASSWORD": "GRAFANA_ADMIN_PASSWORD"});
    [prometheus, alertmanager, grafana]
}

#[cfg(test)]
mod tests {
    use omni::{check, model::Context};

    use super::*;

    #[test]
    fn what_is_measured_is_a_good_deployment() {
        for (services, hosts) in [(10, 1), (100, 1), (200, 10)] {
            let deployment = deployment(services, hosts);
            assert_eq!((deployment.services.len(), deployment.hosts.len()), (services, hosts));
            match check(deployment, &Context::default()) {
                // The deployment has no prober, so some failures go unnoticed.
                Ok(checked) => {
                    let rules = checked.warnings().findings.iter().map(|finding| finding.rule);
                    assert_eq!(rules.filter(|rule| *rule != "M017").count(), 0, "{}", checked.warnings());
                }
                Err(report) => panic!("{report}"),
            }
        }
    }
}
