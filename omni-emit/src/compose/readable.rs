//! Whether containers can read what they mount of the bundle. A clone made under a narrow umask is for its owner alone, and some
//! programs start without their configuration then and say nothing.

use askama::Template;
use omni_model::{
    Facts,
    deployment::Service,
    names::{HostName, ServiceName, User},
};

use super::{provision, services};
use crate::{container, step::Script};

/// Somebody who owns nothing: what a user can read of whom no more is known.
const SOMEBODY: u32 = 65534;

/// What reads any file, whoever owns it.
const READS_ALL: [&str; 2] = ["DAC_OVERRIDE", "DAC_READ_SEARCH"];

struct Mounted<'a> {
    service: &'a ServiceName,
    user: User,
    /// What it mounts, relative to the bundle.
    path: String,
}

#[derive(Template)]
#[template(path = "compose/readable.sh")]
struct Readable<'a> {
    mounts: Vec<Mounted<'a>>,
}

/// Fails if the user of some container of a host cannot read what it mounts of the bundle. Only root can ask. Nothing if none mounts any.
pub(crate) fn readable(facts: &Facts<'_>, host: &HostName) -> Option<Script> {
    let mut mounts = Vec::new();
    for (name, service) in services(facts, host) {
        if container::capabilities(service).iter().any(|capability| READS_ALL.contains(capability)) {
            continue;
        }
        // Compose has the paths relative to the folder of its files, which is beside the others. An absolute one is the host's.
        let mounts_of = provision::of(facts, name).mounts.into_iter();
        mounts.extend(mounts_of.filter(|mount| !mount.source.starts_with('/')).map(|mount| Mounted {
            service: name,
            user: user(service),
            path: format!("{}{}", facts.host_folder(host), mount.source.trim_start_matches("../")),
        }));
    }
    (!mounts.is_empty()).then(|| Script::new(&Readable { mounts }))
}

/// Who a container runs as, as far as that is known.
fn user(service: &Service) -> User {
    let known = service.product().and_then(|product| product.user(&service.image.reference));
    service.user.unwrap_or(match known {
        Some(0) => User { uid: 0, gid: 0 },
        uid => User { uid: uid.unwrap_or(SOMEBODY), gid: SOMEBODY },
    })
}
