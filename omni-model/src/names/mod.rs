//! Names, each kind a type of its own, so that a GPU name cannot stand where a zone name belongs; and the other texts of a
//! deployment.

mod cidr;
mod forms;
mod image;
mod user;

use std::{borrow::Borrow, fmt, path::Path, str::FromStr};

use schemars::JsonSchema;

use crate::scalar::{ScalarError, scalar, text_schema};
use forms::*;

pub(crate) use cidr::CIDR;
pub use cidr::Cidr;
pub(crate) use forms::{LABEL, PORT_NAME, TEXT};
pub use image::ImageRef;
pub use user::{Owner, User};

/// What is wrong with a text, as advice; `None` if the text has the form.
type Judge = fn(&str) -> Option<String>;

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident = $what:literal, $judge:expr, $pattern:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
        #[schemars(with = "String", transform = text_schema::<Self>($what, $pattern))]
        pub struct $name(String);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = ScalarError;

            fn from_str(text: &str) -> Result<Self, ScalarError> {
                let judge: Judge = $judge;
                match judge(text) {
                    None => Ok(Self(text.to_owned())),
                    Some(advice) => Err(ScalarError::invalid(text, $what, &advice)),
                }
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.0 == *other
            }
        }

        scalar!($name);
    )*};
}

texts! {
    /// The name of the deployment, for example `homelab`.
    DeploymentName = "deployment name", label, LABEL;
    /// The name of a host, for example `box`. With several hosts, it is also the folder of the host's files below `hosts/`.
    HostName = "host name", label, LABEL;
    /// The name of a GPU within its host, for example `gpu0`.
    GpuName = "GPU name", label, LABEL;
    /// The name of a trust zone, for example `inference`.
    ZoneName = "zone name", label, LABEL;
    /// The name of a service, for example `ollama`. It is also the name of its Prometheus job.
    ServiceName = "service name", label, LABEL;
    /// The name of a container in Docker, for example `ollama`.
    ContainerName = "container name", container_name, CONTAINER_NAME;
    /// The name of a Deployment in Kubernetes, for example `inference-engine`.
    WorkloadName = "Deployment name", label, LABEL;
    /// The name of an API that somebody else runs, for example `openrouter`.
    ApiName = "API name", label, LABEL;
    /// The name of a port within its service, for example `http`.
    PortName = "port name", port_name, PORT_NAME;
    /// The name of a stack, for example `memory`: its Compose file is `memory-stack.yaml`.
    StackName = "stack name", label, LABEL;
    /// The name of a deployment option, for example `compose`.
    OptionName = "option name", option_name, OPTION_NAME;
    /// The name of a Kubernetes namespace, for example `agents`.
    NamespaceName = "namespace name", label, LABEL;
    /// The name of a NetworkPolicy in Kubernetes, for example `agent-egress`.
    PolicyName = "NetworkPolicy name", label, LABEL;
    /// The name of a model, for example `glm-4.7`.
    ModelName = "model name", file_name, FILE_NAME;
    /// The name of a directory directly below its storage's mount point, for example `models`.
    DirectoryName = "directory name", file_name, FILE_NAME;
    /// The name of a network interface or a bridge, for example `eno1`. Linux allows at most 15 characters (`IFNAMSIZ`).
    InterfaceName = "network interface name", interface, INTERFACE;
    /// What a part of a service's memory is for, for example `kv_cache`.
    ComponentName = "memory component name", component, COMPONENT;
    /// The name of an environment variable, for example `OMP_NUM_THREADS` (POSIX: letters, digits and `_`, no digit first).
    EnvName = "environment variable name", environment, ENVIRONMENT;
    /// The name of an alert, for example `SwapMissing`.
    AlertName = "alert name", alert, ALERT;
    /// The name of a group of Prometheus rules, for example `homelab`.
    RuleGroupName = "rule group name", label, LABEL;
    /// The name of a dashboard, for example `grafana`.
    DashboardName = "dashboard name", label, LABEL;
    /// The name of an exporter, for example `node`. It determines which metrics exist.
    ExporterName = "exporter name", label, LABEL;
    /// The name of a Prometheus metric, for example `node_memory_MemTotal_bytes`.
    MetricName = "metric name", metric, METRIC;
    /// The name of a label of a Prometheus metric, for example `instance`.
    LabelName = "label name", environment, ENVIRONMENT;
    /// The values of a series in promtool's notation, for example `0x20 1+2x10 _x5 stale`.
    SampleValues = "list of sample values", sample_values, SAMPLE_VALUES;
    /// The ID or the name of one of Omni's rules, for example `B002` or `vram-over-budget`.
    RuleName = "rule", rule, RULE;
    /// The key or the value of a Kubernetes label, for example `app.kubernetes.io/part-of`.
    LabelText = "Kubernetes label", label_text, LABEL_TEXT;
    /// A Linux capability without the prefix `CAP_`, for example `SYS_NICE`.
    Capability = "capability", capability, CAPABILITY;
    /// A text for people, on one line, for example `The living room's box`.
    Text = "text", text, TEXT;
    /// An absolute path, for example `/srv/models`: without `.` and `..`, and without characters that need quotes.
    AbsPath = "absolute path", abs_path, ABS_PATH;
    /// A pattern of file names, for example `*DQ3_K_M*`.
    Glob = "file name pattern", glob, GLOB;
    /// The path of a file within its repository, for example `DQ3_K_M/model-00001-of-00007.gguf`.
    FilePath = "file path", file_path, FILE_PATH;
    /// A repository of the Hugging Face Hub as `owner/name`, for example `unsloth/DeepSeek-R1-GGUF`.
    Repository = "repository", repository, REPOSITORY;
    /// A revision of a repository: a commit, a tag or a branch, for example `main`.
    Revision = "revision", revision, REVISION;
    /// The path of a URL, for example `/v1/models`.
    UrlPath = "URL path", url_path, URL_PATH;
    /// The host name or the address of a machine, for example `mail.example.org`.
    MachineName = "host name or address", machine, MACHINE;
    /// A mail address, for example `ops@example.org`.
    MailAddress = "mail address", mail_address, MAIL_ADDRESS;
    /// The number of a Telegram chat, for example `-1001234567890`.
    ChatId = "chat number", chat_id, CHAT_ID;
    /// A parameter of the kernel's command line, with its value if it has one, for example `iommu=pt`.
    KernelParameter = "kernel parameter", kernel_parameter, KERNEL_PARAMETER;
    /// A release of k3s that Omni can configure (v1.32.2 or newer), for example `v1.33.5+k3s1`.
    K3sRelease = "k3s release", k3s_release, K3S_RELEASE;
    /// A SHA-256 checksum as 64 lower-case hexadecimal digits, for example
    /// `9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08`.
    Sha256 = "SHA-256 checksum", sha256, SHA256;
    /// One word, for example `traefik`.
    Word = "word", word, WORD;
    /// The UUID of a GPU as `nvidia-smi -L` prints it, for example `GPU-01234567-89ab-cdef-0123-456789abcdef`.
    GpuUuid = "GPU UUID", gpu_uuid, GPU_UUID;
    /// A PCI address as domain, bus, device and function, for example `0000:01:00.0`.
    PciAddress = "PCI address", pci_address, PCI_ADDRESS;
}

impl KernelParameter {
    /// The name: `iommu` of `iommu=pt`.
    pub fn name(&self) -> &str {
        self.0.split('=').next().unwrap_or_default()
    }

    /// The value: `pt` of `iommu=pt`.
    pub fn value(&self) -> Option<&str> {
        self.0.split_once('=').map(|(_, value)| value)
    }
}

impl K3sRelease {
    /// The minor release of Kubernetes: `v1.33` of `v1.33.5+k3s1`.
    pub fn kubernetes(&self) -> &str {
        self.0.rsplit_once('.').map_or(self.as_str(), |(minor, _)| minor)
    }
}

impl AbsPath {
    /// The path for the standard library.
    pub fn as_path(&self) -> &Path {
        Path::new(&self.0)
    }

    /// The path of `name` in this folder.
    #[must_use]
    pub fn join(&self, name: &(impl AsRef<str> + ?Sized)) -> Self {
        Self(format!("{}/{}", self.0.trim_end_matches('/'), name.as_ref()))
    }

    /// Whether the path is `folder` or stands below it.
    pub fn is_below(&self, folder: &Self) -> bool {
        self.as_path().starts_with(folder.as_path())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_the_kind_and_says_what_is_allowed() {
        let error = "Inference_1".parse::<ZoneName>().unwrap_err().to_string();
        let expected = "`Inference_1` is not a valid zone name: use at most 63 lower-case letters and digits, with `-` only in between";
        assert_eq!(error, expected);
        // What is hidden is written out, so that it commands no terminal.
        let error = "a\u{1b}[2J".parse::<Text>().unwrap_err().to_string();
        assert!(error.starts_with("`a\\u{1b}[2J` is not a valid text: "), "{error}");
    }

    #[test]
    fn docker_wants_two_characters() {
        for text in ["ktransformers", "a.b_c-d", "A1", "0-"] {
            assert_eq!(text.parse::<ContainerName>().unwrap(), text);
        }
        for text in ["", "a", "-a", ".ab", "_ab", "a b", "a/b", "ä1"] {
            assert!(text.parse::<ContainerName>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_release_of_k3s_is_one_that_can_be_configured() {
        for (text, kubernetes) in
            [("v1.32.2+k3s1", "v1.32"), ("v1.36.1+k3s1", "v1.36"), ("v1.100.0+k3s12", "v1.100")]
        {
            assert_eq!(text.parse::<K3sRelease>().unwrap().kubernetes(), kubernetes);
        }
        let error = |text: &str| text.parse::<K3sRelease>().unwrap_err().to_string();
        for text in [
            "",
            "stable",
            "v1.33",
            "1.33.5+k3s1",
            "v1.33.5",
            "v1.33.5+k3s",
            "v1.33.5-rc1+k3s1",
            "v2.0.0+k3s1",
        ] {
            assert!(error(text).contains("write the tag of the release"), "{text}");
        }
        assert!(error("v1.31.6+k3s1").contains("k3s before v1.32.2"));
    }
}
