//! Downloads of the emitted scripts, and how the scripts verify them. Every pinned version, checksum and key is here, with its
//! source.

use crate::names::K3sRelease;

/// The release of gVisor. Each release has its own apt repository, named by its date. Releases before 20260615 do not work: their runsc
/// does not find the control groups that the kubelet of k3s creates through systemd, so the limits of pods do not apply to sandboxes.
/// <https://gvisor.dev/docs/user_guide/install/#specific-release>
pub const GVISOR_RELEASE: &str = "20260817";

/// The fingerprint of the key that signs gVisor's apt repositories: RSA with 4096 bits, created on 2019-07-10, without an expiry date.
///
/// Source: `gpg --show-keys --with-fingerprint` of `website/archive.key` in <https://github.com/google/gvisor>, which is served
/// as <https://gvisor.dev/archive.key>.
pub const GVISOR_KEY: &str = "6F1DF85E3A71C24918E727D56FC6D554E32BD943";

/// The requirements of the Hugging Face Hub's client, in the format of `pip install --require-hashes`: `huggingface_hub` and its
/// dependencies, each with its version and the SHA-256s that PyPI publishes. They work with Python 3.10 and newer on x86_64 and
/// aarch64.
///
/// `downloads/hub-client.in` sets the release. The first lines of `downloads/hub-client.txt` contain the command that generates it
/// ([uv](https://docs.astral.sh/uv/pip/compile/) from PyPI, run in the root of the repository).
pub const HUB_CLIENT: &str = include_str!("downloads/hub-client.txt");

/// The SHA-256s of a k3s release, in hexadecimal.
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

/// The k3s releases whose checksums Omni knows. A deployment sets the checksums of another release in `cluster.k3s_sha256`.
///
/// A release publishes the checksums of its programs in `sha256sum-amd64.txt` and `sha256sum-arm64.txt`
/// (<https://github.com/k3s-io/k3s/releases>). `install.sh` is in the repository, at the tag of the release. The values were copied on
/// 2026-11-27 from other projects that pin them, each from at least two projects that agree.
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

/// The checksums of a k3s release, if Omni knows them.
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
