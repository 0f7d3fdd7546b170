//! Variants of a deployment: scaled down to what a test machine can run, and with further changes.

use std::fmt;

use omni::{
    Checked, Deployment, Report, check,
    model::{Context, deployment::DockerRelease},
};
use omni_emit::YamlDocument;
use serde_json::{Map, Value, json};
use similar::TextDiff;

/// A deployment that is being changed.
#[derive(Clone, Debug)]
pub struct Variant {
    document: Value,
}

impl Variant {
    /// Creates a variant that equals the deployment.
    pub fn of(deployment: &Deployment) -> serde_json::Result<Self> {
        serde_json::to_value(deployment).map(|document| Self { document })
    }

    /// Merges a document into the variant, as defined in RFC 7386: `null` removes an entry.
    #[must_use]
    pub fn with(mut self, patch: &Value) -> Self {
        merge(&mut self.document, patch);
        self
    }

    /// Scales the variant to a small machine: no GPUs and nothing that only serves them, small limits and sizes, short times,
    /// and an image `omni/stand-in-SERVICE:1` for each service.
    #[must_use]
    pub fn small(mut self) -> Self {
        let mut patch =
            json!({ "hosts": {}, "services": {}, "models": {}, "monitoring": { "scrape_interval": "1s" } });
        for (host, spec) in self.entries("hosts") {
            patch["hosts"][host] = json!({
                "numa_nodes": 1,
                "gpus": null,
                "ram": { "capacity": "8 GiB", "reserve": "4 GiB", "usable": null },
            });
            let patch = &mut patch["hosts"][host];
            if spec.get("root").is_some() {
                patch["root"] = json!({ "capacity": "1 GB", "reserve": "100 MB" });
            }
            if spec.get("swap").is_some() {
                patch["swap"] = json!({ "size": "64 MiB" });
            }
            if let Some(folders) = spec.pointer("/storage/directories").and_then(Value::as_object) {
                let sized = |folder: &&String| folders[*folder].get("size").is_some();
                let sizes =
                    folders.keys().filter(sized).map(|folder| (folder.clone(), json!({ "size": "4 MiB" })));
                patch["storage"] =
                    json!({ "capacity": "256 MiB", "directories": sizes.collect::<Map<_, _>>() });
            }
        }
        for (model, spec) in self.entries("models") {
            if spec.get("size").is_some() {
                patch["models"][model] = json!({ "size": "4 MiB" });
            }
        }
        for (service, spec) in self.entries("services") {
            let has = |key: &str| spec.get(key).and_then(Value::as_object).is_some_and(|it| !it.is_empty());
            patch["services"][service] =
                if has("vram") && !has("memory") { Value::Null } else { small_service(service, spec) };
        }
        for (alert, spec) in self.document["monitoring"]["alerts"].as_object().into_iter().flatten() {
            let when = &spec["when"];
            let kind = when.as_str().or_else(|| when.as_object()?.keys().next().map(String::as_str));
            let is_about_gpus = kind.is_some_and(|kind| kind.starts_with("gpu_") || kind == "vram_used");
            if is_about_gpus {
                patch["monitoring"]["alerts"][alert] = Value::Null;
            // Predictions from the history of one minute would fire.
            } else if spec.get("for").is_some() && when.get("disk_predicted_full").is_none() {
                patch["monitoring"]["alerts"][alert] = json!({ "for": "5s" });
            }
        }
        patch["operations"] = json!({ "restart_watch": "10s" });
        merge(&mut self.document, &patch);
        self
    }

    /// Sets the release of Docker Engine on every host.
    #[must_use]
    pub fn on_docker(mut self, release: DockerRelease) -> Self {
        let hosts: Vec<String> = self.entries("hosts").map(|(host, _)| host.clone()).collect();
        for host in hosts {
            self.document["hosts"][&host]["docker"] = release.to_string().into();
        }
        self
    }

    /// Appends an item to the list at a JSON pointer.
    pub fn push(&mut self, list: &str, item: impl Into<Value>) {
        if let Some(Value::Array(items)) = self.document.pointer_mut(list) {
            items.push(item.into());
        }
    }

    /// Checks the variant. Acceptances of findings that no longer exist are removed.
    ///
    /// # Errors
    ///
    /// Returns an error if the variant is not a deployment, or not a valid one.
    pub fn check(mut self) -> Result<Checked, Invalid> {
        loop {
            let deployment = serde_json::from_value(self.document.clone()).map_err(Invalid::Unread)?;
            let report = match check(deployment, &Context::default()) {
                Ok(checked) => return Ok(checked),
                Err(report) => report,
            };
            let Some(at) = stale_acceptance(&report) else { return Err(Invalid::Wrong(report)) };
            self.document["accept"].as_array_mut().map(|accepted| accepted.remove(at));
        }
    }

    fn entries(&self, key: &str) -> impl Iterator<Item = (&String, &Value)> {
        self.document[key].as_object().into_iter().flatten()
    }
}

fn small_service(name: &str, spec: &Value) -> Value {
    let mut patch = json!({
        "image": { "reference": format!("omni/stand-in-{name}:1"), "source": "local" },
        "memory_limit": "128 MiB",
        "vram": null,
    });
    for (key, value) in [("shm", "1 MiB"), ("load_time", "2s")] {
        if spec.get(key).is_some_and(|it| !it.is_null()) {
            patch[key] = value.into();
        }
    }
    if spec.get("cpus").is_some_and(|it| !it.is_null()) {
        patch["cpus"] = 1.into();
    }
    // The small host has one NUMA node, and KTransformers needs a thread pool for each node.
    let args = spec["args"].as_array().map_or(&[][..], Vec::as_slice);
    if let Some(pools) = args.iter().position(|word| word == "--kt-threadpool-count") {
        let mut args = args.to_vec();
        if let Some(count) = args.get_mut(pools + 1) {
            *count = "1".into();
        }
        patch["args"] = args.into();
    }
    for component in spec["memory"].as_object().into_iter().flat_map(Map::keys) {
        patch["memory"][component] = "16 MiB".into();
    }
    for (probe, spec) in spec["probes"].as_object().into_iter().flatten().filter(|(_, spec)| !spec.is_null())
    {
        let delay = if spec.get("initial_delay").is_some() { json!("1s") } else { Value::Null };
        patch["probes"][probe] = json!({ "initial_delay": delay, "period": "1s", "timeout": "1s" });
    }
    patch
}

/// Returns the index of an acceptance that matches nothing.
fn stale_acceptance(report: &Report) -> Option<usize> {
    let at = |path: String| path.strip_prefix("accept[")?.split(']').next()?.parse().ok();
    report.errors().find_map(|error| at(error.path.to_string()))
}

fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(target) = target else { return };
    for (key, patch) in patch {
        if patch.is_null() {
            target.shift_remove(key);
        } else {
            merge(target.entry(key).or_insert(Value::Null), patch);
        }
    }
}

/// Returns the differences between two deployments, line by line of their YAML.
pub fn difference(old: &Deployment, new: &Deployment) -> serde_json::Result<String> {
    let text = |deployment| serde_json::to_value(deployment).map(|json| YamlDocument::new(&json).to_string());
    Ok(text_difference(&text(old)?, &text(new)?))
}

/// Returns the differences between two texts, line by line.
pub fn text_difference(old: &str, new: &str) -> String {
    TextDiff::from_lines(old, new).unified_diff().context_radius(0).to_string()
}

/// The reason why a variant is not a valid deployment.
#[derive(Debug)]
pub enum Invalid {
    /// It cannot be read as a deployment.
    Unread(serde_json::Error),
    /// The rules find errors.
    Wrong(Report),
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unread(error) => error.fmt(f),
            Self::Wrong(report) => report.errors().try_for_each(|error| writeln!(f, "{error}")),
        }
    }
}

impl std::error::Error for Invalid {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_small_v15_is_valid_and_has_no_gpu() {
        let whole = crate::v15();
        let small = Variant::of(&whole).unwrap().small().check().unwrap();
        assert!(small.hosts.values().all(|host| host.gpus.is_empty()));
        assert!(whole.services.len() > small.services.len(), "dcgm-exporter stays");
        let difference = difference(&whole, &small).unwrap();
        assert!(difference.contains("-    memory_limit: 350 GiB\n"), "{difference}");
        assert!(difference.contains("+    memory_limit: 128 MiB\n"), "{difference}");
    }

    #[test]
    fn a_null_takes_an_entry_away() {
        let mut document = json!({ "a": { "b": 1, "c": 2 } });
        merge(&mut document, &json!({ "a": { "b": null, "d": { "e": 3 } } }));
        assert_eq!(document, json!({ "a": { "c": 2, "d": { "e": 3 } } }));
    }
}
