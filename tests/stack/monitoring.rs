//! It is watched.

use std::{collections::BTreeSet, fs};

use serde_json::Value;

use crate::site::{Site, wait_for, wait_until};

/// The alert that is always on.
const WATCHDOG: &str = "Watchdog";

fn firing(site: &Site) -> BTreeSet<String> {
    let alerts = site.prometheus("alerts")["alerts"].take();
    let firing = alerts.as_array().unwrap().iter().filter(|alert| alert["state"] == "firing");
    let name = |alert: &Value| {
        let label = |name: &str| alert["labels"][name].as_str().map(str::to_owned);
        let name = label("alertname").unwrap();
        label("metric").map_or(name.clone(), |metric| format!("{name} {metric}"))
    };
    firing.map(name).collect()
}

/// Waits until no alert fires but the one that always does.
fn quiet(site: &Site) {
    wait_until("the alerts that fire", &BTreeSet::from([WATCHDOG.to_owned()]), || firing(site));
}

pub(crate) fn targets_and_rules(site: &mut Site) {
    let config = fs::read_to_string(Site::out().join("compose/monitoring/prometheus.yml")).unwrap();
    let config: Value = serde_norway::from_str(&config).unwrap();
    let jobs = config["scrape_configs"].as_array().unwrap().iter();
    let groups = jobs.flat_map(|job| job["static_configs"].as_array().unwrap());
    let wanted: usize = groups.map(|group| group["targets"].as_array().unwrap().len()).sum();
    wait_for("all targets to be up", || {
        let targets = site.prometheus("targets?state=active")["activeTargets"].take();
        let targets = targets.as_array().unwrap();
        targets.len() == wanted && targets.iter().all(|target| target["health"] == "up")
    });
    let rules = site.prometheus("rules?type=alert")["groups"][0]["rules"].take();
    let rules = rules.as_array().unwrap();
    let names: BTreeSet<_> = rules.iter().map(|rule| rule["name"].as_str().unwrap()).collect();
    let alerts = &site.deployed.monitoring.as_ref().unwrap().alerts;
    for name in alerts.keys() {
        assert!(names.contains(name.as_str()), "{name} is not loaded");
    }
    wait_for("every rule to be evaluated", || {
        let rules = site.prometheus("rules?type=alert")["groups"][0]["rules"].take();
        rules.as_array().unwrap().iter().all(|rule| rule["health"] == "ok")
    });
    quiet(site);
}

/// What has no answer here, and why.
const ABSENT: &[(&str, &str)] = &[
    ("DCGM_FI_", "there is no GPU"),
    ("container_", "what stands in for cAdvisor sees no container"),
    ("node_filesystem", "the disks are in memory, which the panel leaves out"),
];

pub(crate) fn panels(site: &mut Site) {
    let folder = Site::out().join("compose/monitoring/grafana/dashboards");
    let mut queries = BTreeSet::new();
    for entry in fs::read_dir(folder).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        expressions(&serde_json::from_str(&text).unwrap(), &mut queries);
    }
    assert!(queries.len() > 20, "{queries:?}");
    for query in queries {
        match ABSENT.iter().find(|(metric, _)| query.contains(metric)) {
            Some((_, why)) if site.query(&query).is_empty() => {
                println!("       no answer, as {why}: {query}");
            }
            Some(_) => {}
            // A rate needs two scrapes.
            None => wait_for(&format!("an answer to {query}"), || !site.query(&query).is_empty()),
        }
    }
}

fn expressions(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            if let Some(Value::String(expression)) = map.get("expr") {
                found.insert(expression.clone());
            }
            map.values().for_each(|value| expressions(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| expressions(value, found)),
        _ => {}
    }
}

/// The alerts that a receiver has heard of.
fn received(file: &str) -> Vec<Value> {
    let lines = fs::read_to_string(file).unwrap();
    let messages = lines.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    messages.flat_map(|mut message| message["alerts"].take().as_array().unwrap().clone()).collect()
}

/// `verify.sh` sends an alert and sees it arrive. The firewall lets Alertmanager go to the receiver's address in the LAN, and to
/// no other.
pub(crate) fn delivery(site: &mut Site) {
    let named = |file: &str, name: &str| {
        received(file).iter().filter(|alert| alert["labels"]["alertname"] == name).count()
    };
    let before = named("/mnt/alerts", "OmniDeliveryTest");
    site.run("verify/verify.sh", &["--allow-skip", "--step", "monitoring"]).ends(0).says("Alerts received");
    assert_eq!(named("/mnt/alerts", "OmniDeliveryTest"), before + 1);
    assert!(named("/mnt/signs-of-life", "OmniSignOfLifeTest") > 0);
    wait_for("the watchdog's own sign of life", || named("/mnt/signs-of-life", WATCHDOG) > 0);
    assert_eq!(named("/mnt/alerts", WATCHDOG), 0, "the watchdog has a receiver of its own");

    // A receiver that is not reached fails the check, and nothing else does.
    let (address, port) = crate::model::RECEIVER;
    let cut = |how: &str| {
        site.machine
            .run(&format!("iptables -{how} DOCKER-USER -p tcp -d {address} --dport {port} -j REJECT"))
            .unwrap();
    };
    cut("I");
    let said = site.run("verify/verify.sh", &["--allow-skip", "--step", "monitoring"]);
    cut("D");
    said.ends(1).says("a test alert does not arrive at the receiver webhook");
}

pub(crate) fn alert(site: &mut Site) {
    let received = |status: &str| {
        received("/mnt/alerts").iter().any(|alert| {
            alert["labels"]["alertname"] == "TargetDown"
                && alert["labels"]["job"] == "qdrant"
                && alert["status"] == status
        })
    };
    assert!(!received("firing"), "the alert came too early");
    site.machine.run("docker kill qdrant").unwrap();
    wait_for("TargetDown to fire", || firing(site).contains("TargetDown"));
    site.run("verify/health.sh", &["--quiet"]).ends(1).says("Qdrant");
    wait_for("TargetDown to reach the receiver", || received("firing"));
    site.machine.run("docker start qdrant").unwrap();
    quiet(site);
}
