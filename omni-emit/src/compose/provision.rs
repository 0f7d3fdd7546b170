//! What other families give to a service on Docker Compose.

use omni_model::{Facts, names::ServiceName};

use crate::artifact::Artifact;

/// What a family gives to a service whose configuration it writes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Provision {
    /// The configuration.
    pub(crate) mounts: Vec<Mount>,
    /// What points the program to it: arguments after the service's own.
    pub(crate) args: Vec<String>,
}

/// A configuration file or folder that a container sees, read-only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mount {
    /// Where it stands, relative to the folder of the Compose files: `../monitoring/prometheus.yml`.
    pub(crate) source: String,
    /// Where the container sees it.
    pub(crate) target: String,
    /// The files that it consists of. When one of them has changed, the container is made anew.
    pub(crate) artifacts: Vec<Artifact>,
}

type Provider = fn(&Facts<'_>, &ServiceName) -> Provision;

/// The families that give something.
const PROVIDERS: &[Provider] =
    &[crate::prometheus::provision, crate::grafana::provision, crate::gpus::provision];

/// What a service gets from all families.
pub(super) fn of(facts: &Facts<'_>, name: &ServiceName) -> Provision {
    let mut all = Provision::default();
    for provider in PROVIDERS {
        let given = provider(facts, name);
        all.mounts.extend(given.mounts);
        all.args.extend(given.args);
    }
    all
}

impl Provision {
    /// A digest of all files, if there are any: a bind mount looks the same to Compose whatever it holds.
    pub(super) fn digest(&self) -> Option<String> {
        let mut hash = hmac_sha256::Hash::new();
        let mut artifacts = self.mounts.iter().flat_map(|mount| &mount.artifacts).peekable();
        artifacts.peek()?;
        for artifact in artifacts {
            for part in [&artifact.path, &artifact.file.contents] {
                hash.update((part.len() as u64).to_be_bytes());
                hash.update(part);
            }
        }
        Some(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(files: &[(&str, &str)]) -> Option<String> {
        let artifacts = files.iter().map(|(path, contents)| Artifact::new(*path, *contents)).collect();
        let mount = Mount { source: "../a".to_owned(), target: "/a".to_owned(), artifacts };
        Provision { mounts: vec![mount], args: Vec::new() }.digest()
    }

    #[test]
    fn the_digest_changes_with_each_file() {
        let digests = [
            digest(&[]),
            digest(&[("a", "x\n")]),
            digest(&[("a", "y\n")]),
            digest(&[("b", "x\n")]),
            digest(&[("a", "x\n"), ("b", "x\n")]),
        ];
        assert_eq!(digests[0], None);
        for (i, one) in digests.iter().enumerate() {
            assert!(!digests[..i].contains(one), "{i}");
        }
        assert_eq!(digests[1], digest(&[("a", "x\n")]));
        assert_eq!(digests[1].as_ref().unwrap().len(), 64);
    }
}
