//! What emitted scripts download, and how they know that it is what it should be. Every pin of a version, a checksum or a key
//! stands here, with its source.

use crate::names::K3sRelease;

/// The release of gVisor: each has an apt repository of its own, named by its date. An older one does not do: from 20260615 on, runsc
/// finds the control groups that k3s' kubelet makes through systemd; before, sandboxes would stand beside the limits of all pods.
/// <https://gvisor.dev/docs/user_guide/install/#specific-release>
pub const GVISOR_RELEASE: &str = "20260817";

/// The key that signs gVisor's apt repositories, by its fingerprint: RSA with 4096 bits, made on 2019-07-10, without an end.
///
/// Source: `gpg --show-keys --with-fingerprint` of `website/archive.key` in <https://github.com/google/gvisor>, which is served
/// as <https://gvisor.dev/archive.key>.
pub const GVISOR_KEY: &str = "6F1DF85E3A71C24918E727D56FC6D554E32BD943";

/// What the client of the Hugging Face Hub is installed from: `huggingface_hub` and all that it needs, each by its version and
/// the SHA-256s that PyPI publishes for it, as `pip install --require-hashes` reads it. It serves Python 3.10 and newer on x86_64
/// and aarch64.
///
/// `downloads/hub-client.in` names the release; the first lines of `downloads/hub-client.txt` have the command that writes it anew
/// ([uv](https://docs.astral.sh/uv/pip/compile/) from PyPI, run in the repository's root).
pub const HUB_CLIENT: &str = include_str!("downloads/hub-client.txt");

/// The SHA-256s of a release of k3s, in hexadecimal digits.
#[derive(Debug)]
pub struct K3s {
    /// The release: `v1.36.1+k3s1`.
    pub release: &'static str,
    /// Of `install.sh` at the release's tag.
    pub installer: &'static str,
    /// Of the program for x86_64.
    pub amd64: &'static str,
    /// Of the program for aarch64.
    pub arm64: &'static str,
}

/// The releases of k3s whose checksums are known here. For another, the deployment has a key (`cluster.k3s_sha256`).
///
/// A release publishes the checksums of its programs in `sha256sum-amd64.txt` and `sha256sum-arm64.txt`
/// (<https://github.com/k3s-io/k3s/releases>); `install.sh` stands in the repository, at the release's tag. These were read on
/// 2026-11-27 where other projects pin them, two at least for each value, which agree.
pub static K3S: &[K3s] = &[
    K3s {
        release: "v1.36.1+k3s1",
        installer: "46177d4c99440b4c0311b67233823a8e8a2fc09693f6c89af1a7161e152fbfad",
        amd64: "a443db3fe9820cd93617ae67e4386d87c1514c1e96ceb30f4c2791c39065653c",
        arm64: "2240e9f7fd8cf36e9998d7ef18781975780d724b59408174618ec15b410891dc",
    },
    K3s {
        release: "v1.36.4+k3s1",
        installer: "46177d4c99440b4c0311b67233823a8e8a2fc09693f6c89af1a7161e152fbfad",
        amd64: "835873f37245fc615f547a2fe2af9402a347875f13fa64a1f136de644955ea3f",
        arm64: "c920706346d5ad4e5cd3c7bf1bb09ce71ebe07fec829e513e40f1caf98aed8bb",
    },
];

/// The checksums of a release of k3s, if they are known here.
pub fn k3s(release: &K3sRelease) -> Option<&'static K3s> {
    K3S.iter().find(|known| known.release == release.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::names::Sha256;

    #[test]
    fn each_pin_is_one() {
        let releases: Vec<_> = K3S.iter().map(|known| known.release).collect();
        for (at, known) in K3S.iter().enumerate() {
            assert!(known.release.parse::<K3sRelease>().is_ok(), "{known:?}");
            assert!(!releases.iter().skip(at + 1).any(|other| *other == known.release), "{known:?}");
            for sum in [known.installer, known.amd64, known.arm64] {
                assert!(sum.parse::<Sha256>().is_ok(), "{known:?}");
            }
        }
        let hexadecimal = |c: char| c.is_ascii_digit() || ('A'..='F').contains(&c);
        assert!(GVISOR_KEY.len() == 40 && GVISOR_KEY.chars().all(hexadecimal));
    }

    #[test]
    fn each_package_of_the_hub_s_client_has_its_checksums() {
        let release = include_str!("downloads/hub-client.in").lines().last().unwrap_or_default();
        let lines = || HUB_CLIENT.lines().filter(|line| !line.starts_with('#'));
        let packages: Vec<_> = lines().filter(|line| !line.starts_with(' ')).collect();
        assert!(packages.iter().any(|line| line.starts_with(&release.replace('_', "-"))), "{release}");
        assert!(packages.iter().all(|line| line.contains("==") && line.ends_with(" \\")), "{packages:?}");
        for sum in lines().filter_map(|line| line.trim().strip_prefix("--hash=sha256:")) {
            assert!(sum.trim_end_matches(" \\").parse::<Sha256>().is_ok(), "{sum}");
        }
    }
}
