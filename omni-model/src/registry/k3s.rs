//! k3s.

/// The parts of k3s that can be left out. <https://docs.k3s.io/installation/packaged-components>
pub const COMPONENTS: [&str; 6] =
    ["coredns", "local-storage", "metrics-server", "runtimes", "servicelb", "traefik"];

/// The first minor release that reads the kubelet's drop-in files and the containerd template that are emitted.
/// <https://docs.k3s.io/installation/configuration#kubelet-configuration-files>
pub const FIRST_MINOR: u32 = 32;

/// The minor release of a release as k3s names them, `v1.36.1+k3s1`; nothing if it is not one.
pub fn minor(release: &str) -> Option<u32> {
    let (kubernetes, build) = release.strip_prefix("v1.")?.split_once("+k3s")?;
    let number = |text: &str| text.parse::<u32>().ok();
    let (minor, patch) = kubernetes.split_once('.')?;
    number(build)?;
    // A release candidate is `1-rc1+k3s1`.
    number(patch.split('-').next()?)?;
    number(minor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_is_read_as_k3s_names_it() {
        assert_eq!(minor("v1.36.1+k3s1"), Some(36));
        assert_eq!(minor("v1.33.5-rc1+k3s2"), Some(33));
        for text in ["stable", "v1.36", "v1.36.1", "1.36.1+k3s1", "v1.36.1+k3s", "v2.0.0+k3s1"] {
            assert_eq!(minor(text), None, "{text}");
        }
    }
}
