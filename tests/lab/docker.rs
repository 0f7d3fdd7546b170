//! The emitted Compose files on a real Docker engine, as far as the network goes.

use std::{fs, io, path::Path};

use omni_testbed::{Docker, Engine, Space};
use serde_json::{Value, json};

/// The image of every container: it does nothing. Who listens in a container is put beside it, into its network.
const IMAGE: &str = "omni-lab";

/// Starts an engine, with everything that it keeps below a folder.
pub(crate) fn start(machine: &Space, folder: &Path) -> io::Result<Docker> {
    let docker = Docker::start(machine, Engine::new(folder, crate::CGROUP))?;
    let root = folder.join("image");
    fs::create_dir_all(root.join("bin"))?;
    fs::copy("/bin/busybox", root.join("bin/busybox"))?;
    docker.import(&root, IMAGE, &[])?;
    Ok(docker)
}

/// Starts what the emitted Compose files say, with their network, addresses and published ports, and another image.
pub(crate) fn up(docker: &Docker, compose: &Path, tops: &[String]) -> io::Result<()> {
    for top in tops {
        let file = compose.join(top);
        let variables = compose.join("lab.env");
        let mut command = docker.command("docker-compose");
        command.arg("--env-file").arg(&variables).arg("--file").arg(&file);
        let model = docker.output(command.args(["--profile", "*", "config", "--format", "json"]))?;
        let model = serde_json::from_str(&model).map_err(io::Error::other)?;
        let changed = docker.engine().folder.join(format!("{top}.json"));
        fs::write(&changed, stripped(&model).to_string())?;
        let mut command = docker.command("docker-compose");
        command.arg("--file").arg(&changed).args(["up", "--detach", "--quiet-pull"]);
        docker.done(&mut command)?;
    }
    Ok(())
}

/// The containers as they are on the network: nothing else of them matters here.
fn stripped(model: &Value) -> Value {
    let service = |(name, service): (&String, &Value)| {
        if service.get("network_mode").is_some() {
            return None;
        }
        let mut kept = json!({
            "image": IMAGE,
            "container_name": name,
            "entrypoint": ["/bin/busybox", "sleep", "infinity"],
            "stop_grace_period": "0s",
        });
        for key in ["networks", "ports"] {
            if let (Some(value), Some(kept)) = (service.get(key), kept.as_object_mut()) {
                kept.insert(key.to_owned(), value.clone());
            }
        }
        Some((name.clone(), kept))
    };
    let services = model.get("services").and_then(Value::as_object);
    let services: serde_json::Map<_, _> = services.into_iter().flatten().filter_map(service).collect();
    json!({ "name": model.get("name"), "services": services, "networks": model.get("networks") })
}
