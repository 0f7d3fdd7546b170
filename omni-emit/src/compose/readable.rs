//! Whether containers can read the files that they mount from the bundle. If the bundle was cloned with a narrow umask, only its owner
//! can read it, and some programs then silently start without their configuration.

use askama::Template;
use omni_model::{
    Facts,
    deployment::Service,
    names::{HostName, ServiceName, User},
};

use crate::{
    container,
    provision::{Provider, Provision},
    script::Script,
};

/// The user `nobody`, for containers whose user is unknown.
const SOMEBODY: u32 = 65534;

/// The capabilities that allow reading every file.
const READS_ALL: [&str; 2] = ["DAC_OVERRIDE", "DAC_READ_SEARCH"];

struct Mounted<'a> {
    service: &'a ServiceName,
    user: User,
    /// The path that it mounts, relative to the bundle.
    path: String,
}

#[derive(Template)]
#[template(path = "compose/readable.sh")]
struct Readable<'a> {
    mounts: Vec<Mounted<'a>>,
}

/// A script that fails if the user of a container cannot read what it mounts from the bundle. It needs root. `None` if no container mounts
/// anything from the bundle.
pub(crate) fn readable(facts: &Facts<'_>, providers: &[Provider], host: &HostName) -> Option<Script> {
    let mut mounts = Vec::new();
    for (name, service) in container::on_compose(facts, host) {
        if container::capabilities(service).iter().any(|capability| READS_ALL.contains(capability)) {
            continue;
        }
        // Compose reads paths relative to the folder of its files, which is next to the others. An absolute path is one of the host.
        let mounts_of = Provision::of(providers, facts, name).mounts.into_iter();
        mounts.extend(mounts_of.filter(|mount| !mount.source.starts_with('/')).map(|mount| Mounted {
            service: name,
            user: user(service),
            path: format!("{}{}", facts.host_folder(host), mount.source.trim_start_matches("../")),
        }));
    }
    (!mounts.is_empty()).then(|| Script::new(&Readable { mounts }))
}

/// The user of a container, as far as it is known.
fn user(service: &Service) -> User {
    let known = service.product().and_then(|product| product.user(&service.image.reference));
    service.user.unwrap_or(match known {
        Some(0) => User { uid: 0, gid: 0 },
        uid => User { uid: uid.unwrap_or(SOMEBODY), gid: SOMEBODY },
    })
}
