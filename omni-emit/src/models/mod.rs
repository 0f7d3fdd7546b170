//! Model files from the Hugging Face Hub.

use askama::Template;
use omni_model::{
    Checked,
    deployment::{Deployment, Host, Model, Storage},
    names::{AbsPath, HostName},
    registry::downloads::HUB_CLIENT,
    units::Bytes,
};

use crate::{
    artifact::Artifact,
    filters,
    header::Header,
    secrets,
    step::{Check, Family, Script, Step},
};

/// How much smaller than announced a download may be, in percent: announced sizes are rounded.
const TOLERANCE: u64 = 10;

struct Download<'a> {
    model: &'a Model,
    directory: AbsPath,
    /// What has to be there afterwards, in bytes, where the size is known.
    at_least: u64,
    size: u64,
}

impl Download<'_> {
    /// What its lines begin with: an optional one stands in a condition.
    fn indent(&self) -> &'static str {
        if self.model.optional { "  " } else { "" }
    }
}

#[derive(Template)]
#[template(path = "models/models.sh")]
struct ModelsScript<'a> {
    header: Header<'a>,
    deployment: &'a str,
    secrets: String,
    folder: &'a AbsPath,
    downloads: &'a [Download<'a>],
    /// Whether some repository asks for a token.
    tokens: bool,
    /// Whether some file is compared with its SHA-256.
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
    deployment: &'a str,
    downloads: &'a [Download<'a>],
}

/// Downloads the models of each host that has some.
pub(crate) fn steps(checked: &Checked) -> Vec<Step> {
    let hosts = checked.hosts.iter();
    hosts.filter_map(|(host, spec)| step(checked, host, spec.storage.as_ref()?)).collect()
}

/// The program that downloads the models of a host, if it has some.
pub(crate) fn client(deployment: &Deployment, name: &HostName, host: &Host) -> Option<String> {
    host.storage.as_ref()?.models.as_ref()?;
    let mut models = deployment.models.values();
    models
        .any(|model| is_on(model, name))
        .then(|| format!("/var/lib/omni/{}/huggingface/bin/hf", deployment.name))
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
        deployment: checked.name.as_str(),
        secrets: secrets::path(checked.name.as_str()),
        folder: &folder,
        downloads: &downloads,
        tokens: downloads.iter().any(|download| download.model.token.is_some()),
        sums: downloads.iter().any(|download| !download.model.sha256.is_empty()),
    };
    let client = format!("{}\n{HUB_CLIENT}", header.hash());
    let check = |download: &Download<'_>| Check {
        name: format!(
            "model-files-{}",
            download.model.directory.as_str().to_lowercase().replace(['.', '_'], "-")
        ),
        title: format!("Files of {}", download.model.title),
        expected: match download.model.size {
            Some(size) => format!("about {size} in {}", download.directory),
            None => format!("files in {}", download.directory),
        },
        after: None,
        script: Script::new(&Verify { directory: &download.directory, at_least: download.at_least }),
    };
    Some(Step {
        family: Family::Models,
        host: host.clone(),
        phase: "1.3",
        name: "models",
        title: "Model downloads".to_owned(),
        targets: folder.to_string(),
        follows: if script.tokens { &["storage", "secrets"] } else { &["storage"] },
        reboot: false,
        touches_data: true,
        apply: Script::new(&Apply { script: &path }),
        artifacts: vec![
            Artifact::new(path, Script::new(&script).to_string()).executable(),
            Artifact::new(format!("hosts/{host}/huggingface.txt"), client),
        ],
        remember: Script::default(),
        verify: downloads.iter().filter(|download| !download.model.optional).map(check).collect(),
        rollback: Script::new(&Rollback { deployment: checked.name.as_str(), downloads: &downloads }),
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
