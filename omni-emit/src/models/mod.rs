//! Model files from the Hugging Face Hub.

use askama::Template;
use omni_model::{
    Checked,
    catalog::downloads::HUB_CLIENT,
    deployment::{Deployment, Host, Model, Storage},
    names::{AbsPath, HostName},
    units::Bytes,
};

use crate::{
    artifact::Artifact,
    filters,
    header::Header,
    secrets, state,
    step::{Check, CheckKind, Script, Step, StepId},
    storage,
};

/// The step.
pub(crate) const STEP: StepId = StepId::new("models");

/// The check of a model's files.
const FILES: CheckKind = CheckKind::new("model-files");

/// How much smaller than the stated size a download may be, in percent: stated sizes are rounded.
const TOLERANCE: u64 = 10;

struct Download<'a> {
    model: &'a Model,
    directory: AbsPath,
    /// The least size after the download, in bytes. Zero if the size is unknown.
    at_least: u64,
    size: u64,
}

impl Download<'_> {
    /// The indentation of its lines: an optional model stands in a condition.
    fn indent(&self) -> &'static str {
        if self.model.optional { "  " } else { "" }
    }
}

#[derive(Template)]
#[template(path = "models/models.sh")]
struct ModelsScript<'a> {
    header: Header<'a>,
    venv: String,
    secrets: String,
    folder: &'a AbsPath,
    downloads: &'a [Download<'a>],
    /// Whether a repository needs a token.
    tokens: bool,
    /// Whether a file is compared with its SHA-256.
    sums: bool,
}

#[derive(Template)]
#[template(path = "models/apply.sh")]
struct Apply<'a> {
    script: &'a str,
}

#[derive(Template)]
#[template(path = "models/verify.sh")]
struct Verify<'a> {
    directory: &'a AbsPath,
    at_least: u64,
}

#[derive(Template)]
#[template(path = "models/rollback.sh")]
struct Rollback<'a> {
    venv: String,
    downloads: &'a [Download<'a>],
}

/// Downloads the models of each host that has models.
pub(crate) fn steps(checked: &Checked) -> Vec<Step> {
    let hosts = checked.hosts.iter();
    hosts.filter_map(|(host, spec)| step(checked, host, spec.storage.as_ref()?)).collect()
}

/// The program that downloads the models of a host, if it has models.
pub(crate) fn client(deployment: &Deployment, name: &HostName, host: &Host) -> Option<String> {
    host.storage.as_ref()?.models.as_ref()?;
    let mut models = deployment.models.values();
    models.any(|model| is_on(model, name)).then(|| format!("{}/bin/hf", venv(deployment)))
}

/// The virtual environment of the Hugging Face Hub's client.
fn venv(deployment: &Deployment) -> String {
    format!("{}/huggingface", state::root(deployment.name.as_str()))
}

fn is_on(model: &Model, host: &HostName) -> bool {
    model.host.as_ref().is_none_or(|named| named == host)
}

fn step<'a>(checked: &'a Checked, host: &HostName, storage: &Storage) -> Option<Step> {
    let folder = storage.mount.join(storage.models.as_ref()?);
    let here = |model: &&Model| is_on(model, host);
    let download = |model: &'a Model| {
        let size = model.size.map_or(0, Bytes::get);
        let directory = folder.join(&model.directory);
        Download { model, directory, at_least: size / 100 * (100 - TOLERANCE), size }
    };
    let downloads: Vec<_> = checked.models.values().filter(here).map(download).collect();
    if downloads.is_empty() {
        return None;
    }
    let path = format!("hosts/{host}/models.sh");
    let header = Header::of(checked);
    let script = ModelsScript {
        header,
        venv: venv(checked),
        secrets: secrets::path(checked.name.as_str()),
        folder: &folder,
        downloads: &downloads,
        tokens: downloads.iter().any(|download| download.model.token.is_some()),
        sums: downloads.iter().any(|download| !download.model.sha256.is_empty()),
    };
    let client = format!("{}\n{HUB_CLIENT}", header.hash());
    let check = |download: &Download<'_>| {
        Check::new(
            FILES.of(download.model.directory.as_str().to_lowercase().replace(['.', '_'], "-")),
            format!("Files of {}", download.model.title),
            match download.model.size {
                Some(size) => format!("about {size} in {}", download.directory),
                None => format!("files in {}", download.directory),
            },
            Script::new(&Verify { directory: &download.directory, at_least: download.at_least }),
        )
    };
    Some(Step {
        host: host.clone(),
        id: STEP,
        title: "Model downloads".to_owned(),
        targets: folder.to_string(),
        follows: if script.tokens { &[storage::STEP, secrets::STEP] } else { &[storage::STEP] },
        reboot: false,
        touches_data: true,
        apply: Script::new(&Apply { script: &path }),
        artifacts: vec![
            Artifact::program(path, &script),
            Artifact::new(format!("hosts/{host}/huggingface.txt"), client),
        ],
        remember: Script::default(),
        verify: downloads.iter().filter(|download| !download.model.optional).map(check).collect(),
        rollback: Script::new(&Rollback { venv: venv(checked), downloads: &downloads }),
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{checked, document, small};

    fn script(step: &Step) -> &str {
        &step.artifacts.iter().find(|artifact| artifact.path.ends_with("models.sh")).unwrap().file.contents
    }

    #[test]
    fn what_the_model_does_not_name_is_not_asked_for() {
        let plain = steps(&small()).remove(0);
        for word in ["HF_TOKEN", "sha256sum", "/etc/omni"] {
            assert!(!script(&plain).contains(word), "{word}");
        }
    }

    #[test]
    fn a_token_comes_from_the_secrets() {
        let mut document = document();
        document["secrets"]["HUB"] = json!({"description": "for the hub"});
        document["models"]["large"]["token"] = json!("HUB");
        let step = steps(&checked(document)).remove(0);
        let lines: Vec<_> = script(&step).lines().filter(|line| line.contains("token")).collect();
        assert!(lines.contains(&"token=$(token HUB)"), "{lines:?}");
        assert!(lines.iter().any(|line| line.starts_with("HF_TOKEN=$token download ")), "{lines:?}");
    }
}
