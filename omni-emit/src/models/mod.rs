//! Model files from the Hugging Face Hub.

use askama::Template;
use omni_model::{
    Checked,
    deployment::{Model, Storage},
    names::{AbsPath, HostName},
    units::Bytes,
};

use crate::{
    artifact::Artifact,
    filters,
    header::Header,
    step::{Check, Family, Script, Step},
};

/// The client's release: <https://pypi.org/project/huggingface_hub/>. Its package is not `huggingface-cli`.
const HUGGINGFACE_HUB: &str = "1.28.0";

/// How much smaller than announced a download may be, in percent: announced sizes are rounded.
const TOLERANCE: u64 = 10;

struct Download<'a> {
    model: &'a Model,
    directory: AbsPath,
    /// What has to be there afterwards, in bytes, where the size is known.
    at_least: u64,
    size: u64,
}

#[derive(Template)]
#[template(path = "models/models.sh")]
struct ModelsScript<'a> {
    header: Header<'a>,
    deployment: &'a str,
    client: &'static str,
    folder: &'a AbsPath,
    downloads: &'a [Download<'a>],
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

fn step<'a>(checked: &'a Checked, host: &HostName, storage: &Storage) -> Option<Step> {
    let folder = storage.mount.join(storage.models.as_ref()?);
    let here = |model: &&Model| model.host.as_ref().is_none_or(|named| named == host);
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
    let script = ModelsScript {
        header: Header::of(checked),
        deployment: checked.name.as_str(),
        client: HUGGINGFACE_HUB,
        folder: &folder,
        downloads: &downloads,
    };
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
        follows: &["storage"],
        reboot: false,
        touches_data: true,
        apply: Script::new(&Apply { script: &path }),
        artifacts: vec![Artifact::new(path, Script::new(&script).to_string()).executable()],
        remember: Script::default(),
        verify: downloads.iter().filter(|download| !download.model.optional).map(check).collect(),
        rollback: Script::new(&Rollback { deployment: checked.name.as_str(), downloads: &downloads }),
    })
}
