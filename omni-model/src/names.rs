//! Names, each of its own type, so that a GPU's cannot stand where a zone's is wanted; and the texts of a deployment.

use std::{borrow::Borrow, fmt, net::Ipv4Addr, path::Path, str::FromStr};

use schemars::JsonSchema;

use crate::scalar::{ScalarError, scalar, text_schema};

/// Why a text is not of a kind: `None` if it is.
type Judge = fn(&str) -> Option<String>;

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident = $what:literal, $judge:expr, $pattern:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
        #[schemars(with = "String", transform = text_schema::<Self>($pattern))]
        pub struct $name(String);

        impl $name {
            /// As text.
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
                    Some(problem) => Err(ScalarError::new(
                        format!(concat!("`{}` is no ", $what, ": {}"), text.escape_debug(), problem)
                    )),
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
    /// The deployment's name.
    DeploymentName = "name of a deployment", label, LABEL;
    /// A machine's name, which is also its directory below `hosts/`.
    HostName = "name of a host", label, LABEL;
    /// A GPU's name within its host.
    GpuName = "name of a GPU", label, LABEL;
    /// A trust zone's name.
    ZoneName = "name of a zone", label, LABEL;
    /// A service's name: its Prometheus job and, unless it says otherwise, its container and its Deployment.
    ServiceName = "name of a service", label, LABEL;
    /// A container's name, as Docker has it.
    ContainerName = "name of a container", container_name, CONTAINER_NAME;
    /// The name of a Deployment in Kubernetes.
    WorkloadName = "name of a Deployment", label, LABEL;
    /// The name of an API that others run.
    ApiName = "name of an API", label, LABEL;
    /// A port's name within its service.
    PortName = "name of a port", port_name, PORT_NAME;
    /// A Compose file's name: `memory` is `memory-stack.yaml`.
    StackName = "name of a stack", label, LABEL;
    /// The name of a way to run the deployment.
    OptionName = "name of an option", option_name, OPTION_NAME;
    /// A Kubernetes namespace.
    NamespaceName = "namespace", label, LABEL;
    /// The name of a NetworkPolicy that the author writes.
    PolicyName = "name of a network policy", label, LABEL;
    /// A model's name.
    ModelName = "name of a model", file_name, FILE_NAME;
    /// A directory's name right below its storage's mount point.
    DirectoryName = "name of a directory", file_name, FILE_NAME;
    /// The name of a Docker network or of a network interface (at most 15 characters: the kernel's IFNAMSIZ).
    InterfaceName = "name of a network interface", interface, INTERFACE;
    /// What a piece of memory is for: `weights`, `kv_cache`.
    ComponentName = "name of a memory component", component, COMPONENT;
    /// An environment variable (POSIX: letters, digits and `_`, no digit in front).
    EnvName = "environment variable", environment, ENVIRONMENT;
    /// An alert's name.
    AlertName = "name of an alert", alert, ALERT;
    /// A group of rules.
    RuleGroupName = "name of a rule group", label, LABEL;
    /// A dashboard's name.
    DashboardName = "name of a dashboard", label, LABEL;
    /// The name of an exporter, which says what metrics there are.
    ExporterName = "name of an exporter", label, LABEL;
    /// A metric of Prometheus.
    MetricName = "name of a metric", metric, METRIC;
    /// A label of a metric.
    LabelName = "name of a label", environment, ENVIRONMENT;
    /// Values of a series as promtool expands them: `0x20 1+2x10 _x5 stale`.
    SampleValues = "list of a series' values", sample_values, SAMPLE_VALUES;
    /// A rule of Omni's: a letter and three digits.
    RuleName = "rule", rule, RULE;
    /// The key or the value of a Kubernetes label.
    LabelText = "label", label_text, LABEL_TEXT;
    /// A Linux capability without its `CAP_`: `SYS_NICE`.
    Capability = "capability", capability, CAPABILITY;
    /// A text for people, on one line.
    Text = "text", text, TEXT;
    /// An absolute path without `.`, `..` and characters that some file would have to quote.
    AbsPath = "absolute path", abs_path, ABS_PATH;
    /// A pattern of file names for a download: `*DQ3_K_M*`.
    Glob = "pattern", glob, GLOB;
    /// A file of a repository, by its path in it: `DQ3_K_M/model-00001-of-00007.gguf`.
    FilePath = "path of a file", file_path, FILE_PATH;
    /// A repository of a model hub: `owner/name`.
    Repository = "repository", repository, REPOSITORY;
    /// A revision of a repository: a tag, a branch or a commit.
    Revision = "revision", revision, REVISION;
    /// A path in a URL: `/v1/models`.
    UrlPath = "path of a URL", url_path, URL_PATH;
    /// The name or the address of a machine, as a URL has it: `mail.example.org`.
    MachineName = "name of a machine", machine, MACHINE;
    /// A mail address.
    MailAddress = "mail address", mail_address, MAIL_ADDRESS;
    /// The number of a chat of Telegram: `-1001234567890`.
    ChatId = "number of a chat", chat_id, CHAT_ID;
    /// A kernel parameter with its value: `iommu=pt`.
    KernelParameter = "kernel parameter", kernel_parameter, KERNEL_PARAMETER;
    /// A release of k3s that Omni can configure: `v1.33.5+k3s1`.
    K3sRelease = "release of k3s", k3s_release, K3S_RELEASE;
    /// A SHA-256 in 64 hexadecimal digits, in lower case.
    Sha256 = "SHA-256", sha256, SHA256;
    /// A word that confirms.
    Word = "word", word, WORD;
    /// A GPU's UUID, as `nvidia-smi -L` prints it.
    GpuUuid = "UUID of a GPU", gpu_uuid, GPU_UUID;
    /// A PCI address: `0000:01:00.0`.
    PciAddress = "PCI address", pci_address, PCI_ADDRESS;
}

fn unless(fine: bool, problem: &str) -> Option<String> {
    (!fine).then(|| problem.to_owned())
}

fn made_of(text: &str, extra: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || extra.as_bytes().contains(&b))
}

pub(crate) const LABEL: &str = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";

/// RFC 1123, as Kubernetes has it.
fn label(text: &str) -> Option<String> {
    let lower = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    let fine = lower && (1..=63).contains(&text.len()) && !text.starts_with('-') && !text.ends_with('-');
    unless(fine, "use lower-case letters, digits and `-` between them, at most 63")
}

const CONTAINER_NAME: &str = r"[a-zA-Z0-9][a-zA-Z0-9_.-]+";

/// <https://github.com/moby/moby/blob/master/daemon/names/names.go>
fn container_name(text: &str) -> Option<String> {
    let fine =
        made_of(text, "-_.") && text.len() > 1 && text.starts_with(|c: char| c.is_ascii_alphanumeric());
    unless(fine, "use at least two letters, digits, `_`, `.` and `-`, a letter or digit in front")
}

pub(crate) const PORT_NAME: &str = r"([0-9]+-)*[0-9]*[a-z][a-z0-9]*(-[a-z0-9]+)*";

/// IANA service names, as Kubernetes has them for ports.
fn port_name(text: &str) -> Option<String> {
    let letter = text.bytes().any(|b| b.is_ascii_lowercase());
    let fine = label(text).is_none() && letter && text.len() <= 15 && !text.contains("--");
    unless(fine, "use lower-case letters, digits and single `-` between them, a letter at least, at most 15")
}

const OPTION_NAME: &str = LABEL;

fn option_name(text: &str) -> Option<String> {
    label(text).or_else(|| unless(text != "common", "`common` is where what every option shares is emitted"))
}

pub(crate) const FILE_NAME: &str = r"[A-Za-z0-9_][A-Za-z0-9._-]{0,254}";

fn file_name(text: &str) -> Option<String> {
    let fine = made_of(text, "-_.") && !text.starts_with(['.', '-']) && text.len() <= 255;
    unless(fine, "use letters, digits, `-`, `_` and `.`, no `.` or `-` in front")
}

const INTERFACE: &str = r"[A-Za-z0-9][A-Za-z0-9._-]{0,14}";

fn interface(text: &str) -> Option<String> {
    let fine =
        made_of(text, "-_.") && text.len() <= 15 && text.starts_with(|c: char| c.is_ascii_alphanumeric());
    unless(fine, "use at most 15 letters, digits, `-`, `_` and `.`")
}

const MACHINE: &str = r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?";

fn machine(text: &str) -> Option<String> {
    let ends = |c: char| c.is_ascii_alphanumeric();
    let fine = made_of(text, "-.") && text.starts_with(ends) && text.ends_with(ends) && text.len() <= 253;
    unless(fine, "use letters, digits, `-` and `.`, as `mail.example.org`")
}

const MAIL_ADDRESS: &str = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?";

fn mail_address(text: &str) -> Option<String> {
    let fine = |(user, at): (&str, &str)| made_of(user, "._%+-") && machine(at).is_none();
    unless(text.split_once('@').is_some_and(fine) && text.len() <= 254, "write it as `ops@example.org`")
}

const CHAT_ID: &str = r"-?[1-9][0-9]{0,17}";

fn chat_id(text: &str) -> Option<String> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let fine = digits.bytes().all(|b| b.is_ascii_digit()) && (1..=18).contains(&digits.len());
    unless(fine && !digits.starts_with('0'), "write the number that Telegram gives it, as `-1001234567890`")
}

const COMPONENT: &str = r"[a-z][a-z0-9_-]*";

fn component(text: &str) -> Option<String> {
    let fine = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-');
    unless(
        fine && text.starts_with(|c: char| c.is_ascii_lowercase()),
        "use lower-case letters, digits, `_` and `-`",
    )
}

const ENVIRONMENT: &str = r"[A-Za-z_][A-Za-z0-9_]*";

fn environment(text: &str) -> Option<String> {
    let fine = made_of(text, "_") && !text.starts_with(|c: char| c.is_ascii_digit());
    unless(fine, "use letters, digits and `_`, no digit in front")
}

const ALERT: &str = r"[A-Z][A-Za-z0-9]*";

fn alert(text: &str) -> Option<String> {
    let fine = made_of(text, "") && text.starts_with(|c: char| c.is_ascii_uppercase());
    unless(fine, "use letters and digits with a capital in front, as `SwapMissing`")
}

const SAMPLE_VALUES: &str = r"[0-9A-Za-z_+.-]+( [0-9A-Za-z_+.-]+)*";

fn sample_values(text: &str) -> Option<String> {
    let number = |text: &str| text.parse::<f64>().is_ok();
    // `1`, `1+2`, `1-2`; the sign of the first number is no operator.
    let sum = |text: &str| {
        let operator = text.char_indices().skip(1).find(|(_, c)| matches!(c, '+' | '-'));
        operator.map_or(number(text), |(at, _)| number(&text[..at]) && number(&text[at + 1..]))
    };
    let times = |text: &str| text.parse::<u32>().is_ok();
    let fine = |item: &str| match item.split_once('x') {
        Some((value, count)) => times(count) && (value == "_" || sum(value)),
        None => matches!(item, "_" | "stale") || number(item),
    };
    unless(
        !text.is_empty() && text.split(' ').all(fine),
        "write numbers with a blank between them, as `0x20 1+2x10 _x5 stale`",
    )
}

const METRIC: &str = r"[A-Za-z_:][A-Za-z0-9_:]*";

fn metric(text: &str) -> Option<String> {
    let fine = made_of(text, "_:") && !text.starts_with(|c: char| c.is_ascii_digit());
    unless(fine, "use letters, digits, `_` and `:`, no digit in front")
}

const RULE: &str = r"[A-Z][0-9]{3}|[a-z0-9]+(-[a-z0-9]+)*";

fn rule(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let letter = bytes.next().is_some_and(|b| b.is_ascii_uppercase());
    let is_id = letter && text.len() == 4 && bytes.all(|b| b.is_ascii_digit());
    let is_word =
        |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    unless(is_id || text.split('-').all(is_word), "write its id or its name, as `B002` or `vram-over-budget`")
}

const LABEL_TEXT: &str = r"[A-Za-z0-9]([A-Za-z0-9._/-]{0,61}[A-Za-z0-9])?";

fn label_text(text: &str) -> Option<String> {
    let ends = |c: char| c.is_ascii_alphanumeric();
    let fine = made_of(text, "-_./") && text.starts_with(ends) && text.ends_with(ends) && text.len() <= 63;
    unless(fine, "use at most 63 letters, digits, `-`, `_`, `.` and `/`, a letter or digit at both ends")
}

const CAPABILITY: &str = r"[A-Z_]+";

fn capability(text: &str) -> Option<String> {
    let fine = text.bytes().all(|b| b.is_ascii_uppercase() || b == b'_') && !text.is_empty();
    unless(fine && !text.starts_with("CAP_"), "write it as `SYS_NICE`, without `CAP_`")
}

pub(crate) const TEXT: &str = r"[^\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]*";

fn text(text: &str) -> Option<String> {
    // U+2028 and U+2029 end a line too, and bidirectional controls make it read otherwise than it runs.
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    unless(!text.contains(hidden), "it stands on one line, without control characters")
}

const ABS_PATH: &str = r"/|(/(\.{0,2}[A-Za-z0-9_@+-]|\.{3})[A-Za-z0-9._@+-]*)+";

fn abs_path(text: &str) -> Option<String> {
    let steps =
        text.get(1..).is_some_and(|rest| !rest.split('/').any(|step| matches!(step, "" | "." | "..")));
    let fine = text == "/" || text.starts_with('/') && made_of(text, "/-_.@+") && steps;
    unless(
        fine,
        "begin with `/`, use letters, digits, `-`, `_`, `.`, `@` and `+`, and neither `.` nor `..` as a step",
    )
}

const GLOB: &str = r"[A-Za-z0-9._*?\[\]][A-Za-z0-9._/*?\[\]-]*";

fn glob(text: &str) -> Option<String> {
    let steps = !text.split('/').any(|step| step == "..");
    unless(
        made_of(text, "-_./*?[]") && steps && !text.starts_with(['/', '-']),
        "use letters, digits and `-_./*?[]`",
    )
}

const FILE_PATH: &str = r"[A-Za-z0-9_][A-Za-z0-9._+-]*(/[A-Za-z0-9_][A-Za-z0-9._+-]*)*";

fn file_path(text: &str) -> Option<String> {
    let part = |part: &str| made_of(part, "_-.+") && !part.starts_with(['.', '-', '+']);
    unless(
        text.split('/').all(part),
        "use letters, digits and `-_.+`, with `/` between folders; none begins with `-`, `.` or `+`",
    )
}

const REPOSITORY: &str = r"[A-Za-z0-9_][A-Za-z0-9._-]{0,254}/[A-Za-z0-9_][A-Za-z0-9._-]{0,254}";

fn repository(text: &str) -> Option<String> {
    let mut parts = text.split('/');
    let part = |part: Option<&str>| part.is_some_and(|part| file_name(part).is_none());
    unless(part(parts.next()) && part(parts.next()) && parts.next().is_none(), "write it as `owner/name`")
}

const REVISION: &str = r"[A-Za-z0-9_][A-Za-z0-9._/-]*";

fn revision(text: &str) -> Option<String> {
    unless(
        made_of(text, "-_./") && !text.starts_with(['-', '.', '/']),
        "use letters, digits, `-`, `_`, `.` and `/`",
    )
}

const URL_PATH: &str = r"/[A-Za-z0-9._~/-]*";

fn url_path(text: &str) -> Option<String> {
    unless(
        text.starts_with('/') && made_of(text, "/-_.~"),
        "begin with `/`, use letters, digits, `-`, `_`, `.` and `~`",
    )
}

const KERNEL_PARAMETER: &str = r"[A-Za-z0-9_.,:/+@][A-Za-z0-9_.,:/+@=-]*";

/// What needs no quotes on the kernel's command line, in GRUB or in a shell.
fn kernel_parameter(text: &str) -> Option<String> {
    let fine = made_of(text, "-_.=,:/+@") && !text.starts_with(['=', '-']);
    unless(fine, "write `name` or `name=value`, with letters, digits and `-_.,:/+@`")
}

/// The oldest minor release and patch of Kubernetes 1 whose k3s reads the kubelet's drop-in files and the template of
/// containerd 2. <https://docs.k3s.io/advanced#configuring-containerd>
const OLDEST_K3S: (u32, u32) = (32, 2);

const K3S_RELEASE: &str = r"v1\.[0-9]+\.[0-9]+\+k3s[0-9]+";

fn k3s_release(text: &str) -> Option<String> {
    let number = |text: &str| -> Option<u32> {
        if text.bytes().all(|b| b.is_ascii_digit()) { text.parse().ok() } else { None }
    };
    let release = || {
        let (kubernetes, build) = text.strip_prefix("v1.")?.split_once("+k3s")?;
        let (minor, patch) = kubernetes.split_once('.')?;
        number(build)?;
        Some((number(minor)?, number(patch)?))
    };
    match release() {
        None => Some("write it as k3s tags it, `v1.33.5+k3s1`".to_owned()),
        Some(release) => unless(
            release >= OLDEST_K3S,
            "before v1.32.2 k3s reads neither drop-in files of the kubelet nor the template of containerd 2",
        ),
    }
}

const WORD: &str = r"[A-Za-z0-9_][A-Za-z0-9_-]*";

fn word(text: &str) -> Option<String> {
    unless(made_of(text, "-_") && !text.starts_with('-'), "use letters, digits, `-` and `_`")
}

const SHA256: &str = "[0-9a-f]{64}";

fn sha256(text: &str) -> Option<String> {
    let digits = text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    unless(digits && text.len() == 64, "write its 64 hexadecimal digits in lower case, as `sha256sum` does")
}

const GPU_UUID: &str = r"GPU-[0-9A-Fa-f-]{36}";

fn gpu_uuid(text: &str) -> Option<String> {
    let hex =
        text.strip_prefix("GPU-").is_some_and(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-'));
    unless(
        hex && text.len() == 40,
        "write it as `nvidia-smi -L` does: `GPU-` and 36 hexadecimal digits and dashes",
    )
}

const PCI_ADDRESS: &str = r"[0-9A-Fa-f]{4}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\.[0-9A-Fa-f]";

fn pci_address(text: &str) -> Option<String> {
    let mut chars = text.char_indices();
    let fine = chars.all(|(at, c)| match at {
        4 | 7 => c == ':',
        10 => c == '.',
        _ => c.is_ascii_hexdigit(),
    });
    unless(fine && text.len() == 12, "write domain, bus, device and function, as `0000:01:00.0`")
}

impl KernelParameter {
    /// Its name: `iommu` of `iommu=pt`.
    pub fn name(&self) -> &str {
        self.0.split('=').next().unwrap_or_default()
    }

    /// Its value: `pt` of `iommu=pt`.
    pub fn value(&self) -> Option<&str> {
        self.0.split_once('=').map(|(_, value)| value)
    }
}

impl K3sRelease {
    /// The minor release of Kubernetes in it: `v1.33`.
    pub fn kubernetes(&self) -> &str {
        self.0.rsplit_once('.').map_or(self.as_str(), |(minor, _)| minor)
    }
}

impl AbsPath {
    /// As a path.
    pub fn as_path(&self) -> &Path {
        Path::new(&self.0)
    }

    /// This path, then a name.
    #[must_use]
    pub fn join(&self, name: &(impl AsRef<str> + ?Sized)) -> Self {
        Self(format!("{}/{}", self.0.trim_end_matches('/'), name.as_ref()))
    }

    /// Whether it stands below `folder` (or is it).
    pub fn is_below(&self, folder: &Self) -> bool {
        self.as_path().starts_with(folder.as_path())
    }
}

const USER: &str = "[0-9]+:[0-9]+";

/// A user and a group by number, as containers have them: `472:472`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(with = "String", transform = text_schema::<Self>(USER))]
pub struct User {
    /// The user's number.
    pub uid: u32,
    /// The group's number.
    pub gid: u32,
}

impl fmt::Display for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.uid, self.gid)
    }
}

impl FromStr for User {
    type Err = ScalarError;

    fn from_str(text: &str) -> Result<Self, ScalarError> {
        let number = |text: &str| {
            let digits = text.bytes().all(|b| b.is_ascii_digit());
            // The kernel's (uid_t) -1 means "no change".
            if digits { text.parse().ok().filter(|number| *number != u32::MAX) } else { None }
        };
        let both =
            text.split_once(':').and_then(|(uid, gid)| Some(Self { uid: number(uid)?, gid: number(gid)? }));
        both.ok_or_else(|| {
            ScalarError::new(format!("`{text}` is no user: write user and group as `472:472`"))
        })
    }
}

/// Who owns a directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(with = "String", transform = text_schema::<Self>(&format!("operator|root|{USER}")))]
pub enum Owner {
    /// Who runs the scripts, through sudo.
    Operator,
    /// root
    Root,
    /// A container's user.
    User(User),
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Operator => f.write_str("operator"),
            Self::Root => f.write_str("root"),
            Self::User(user) => user.fmt(f),
        }
    }
}

impl FromStr for Owner {
    type Err = ScalarError;

    fn from_str(text: &str) -> Result<Self, ScalarError> {
        match text {
            "operator" => Ok(Self::Operator),
            "root" => Ok(Self::Root),
            _ => text.parse().map(Self::User).map_err(|_| {
                ScalarError::new(format!(
                    "`{text}` is no owner: write `operator`, `root` or a user as `472:472`"
                ))
            }),
        }
    }
}

const IMAGE: &str = concat!(
    r"([A-Za-z0-9][A-Za-z0-9.:-]*/)?",
    r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?(/[a-z0-9]([a-z0-9._-]*[a-z0-9])?)*",
    r"(:[A-Za-z0-9_][A-Za-z0-9._-]{0,127})?(@sha256:[0-9a-f]{64})?"
);

/// A container image: `[registry/]name[:tag][@sha256:digest]`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(with = "String", transform = text_schema::<Self>(IMAGE))]
pub struct ImageRef {
    text: String,
    name_end: usize,
}

impl ImageRef {
    /// The whole reference.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The name without tag and digest, with its registry.
    pub fn name(&self) -> &str {
        self.text.get(..self.name_end).unwrap_or_default()
    }

    /// The tag, if there is one.
    pub fn tag(&self) -> Option<&str> {
        let rest = self.text.get(self.name_end..)?;
        rest.strip_prefix(':')?.split('@').next()
    }

    /// The reference as containerd knows it: with Docker's own registry and the tag `latest` where they are not said.
    /// <https://github.com/distribution/reference>
    pub fn canonical(&self) -> String {
        let (name, rest) = self.text.split_at(self.name_end);
        let first = name.split_once('/').map(|(first, _)| first);
        let registry = match first {
            Some(first) if is_registry(first) => "",
            Some(_) => "docker.io/",
            None => "docker.io/library/",
        };
        let tag = if rest.is_empty() { ":latest" } else { "" };
        format!("{registry}{name}{rest}{tag}")
    }

    /// The digest, if there is one: `sha256:…`.
    pub fn digest(&self) -> Option<&str> {
        self.text.split_once('@').map(|(_, digest)| digest)
    }
}

/// Whether the first part of a name is a registry, and no folder of Docker's.
fn is_registry(first: &str) -> bool {
    first.contains(['.', ':']) || first == "localhost"
}

impl fmt::Display for ImageRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl FromStr for ImageRef {
    type Err = ScalarError;

    /// <https://github.com/distribution/reference>
    fn from_str(text: &str) -> Result<Self, ScalarError> {
        let error =
            |problem: &str| ScalarError::new(format!("`{}` is no image: {problem}", text.escape_debug()));
        let (tagged, digest) = match text.split_once('@') {
            Some((tagged, digest)) => (tagged, Some(digest)),
            None => (text, None),
        };
        let path_start = tagged.rfind('/').map_or(0, |at| at + 1);
        let (name_end, tag) = match tagged.get(path_start..).and_then(|last| last.split_once(':')) {
            Some((last, tag)) => (path_start + last.len(), Some(tag)),
            None => (tagged.len(), None),
        };
        let name = tagged.get(..name_end).unwrap_or_default();
        let (registry, path) = match name.split_once('/') {
            Some((first, rest)) if is_registry(first) => (Some(first), rest),
            _ => (None, name),
        };
        let step = |step: &str| {
            step.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_.".contains(&b))
                && step.starts_with(|c: char| c.is_ascii_alphanumeric())
                && step.ends_with(|c: char| c.is_ascii_alphanumeric())
        };
        if !path.split('/').all(step) {
            return Err(error("write `[registry/]name[:tag][@sha256:digest]`, the name in lower case"));
        }
        if registry.is_some_and(|registry| !made_of(registry, "-.:") || registry.starts_with(['-', '.', ':']))
        {
            return Err(error("its registry is no host"));
        }
        let tag_fine = |tag: &str| made_of(tag, "-_.") && !tag.starts_with(['-', '.']) && tag.len() <= 128;
        if tag.is_some_and(|tag| !tag_fine(tag)) {
            return Err(error("a tag is made of letters, digits, `_`, `-` and `.`"));
        }
        let hex = |digest: &str| {
            digest.strip_prefix("sha256:").is_some_and(|hex| {
                hex.len() == 64 && hex.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
            })
        };
        if digest.is_some_and(|digest| !hex(digest)) {
            return Err(error("a digest is `sha256:` and 64 hexadecimal digits"));
        }
        Ok(Self { text: text.to_owned(), name_end })
    }
}

pub(crate) const CIDR: &str = r"[0-9]{1,3}(\.[0-9]{1,3}){3}/[0-9]{1,2}";

/// A network of IPv4 addresses: `192.168.3.0/24`. No bit stands beyond its prefix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(with = "String", transform = text_schema::<Self>(CIDR))]
pub struct Cidr(ipnet::Ipv4Net);

impl Cidr {
    /// The network that is this one address.
    pub fn of(address: Ipv4Addr) -> Self {
        Self(address.into())
    }

    /// The whole internet.
    pub fn everywhere() -> Self {
        Self(ipnet::Ipv4Net::default())
    }

    /// As the library has it.
    pub fn net(self) -> ipnet::Ipv4Net {
        self.0
    }

    /// Whether the address is in it.
    pub fn contains(self, address: Ipv4Addr) -> bool {
        self.0.contains(&address)
    }

    /// Whether the two have an address in common.
    pub fn overlaps(self, other: Self) -> bool {
        self.0.contains(&other.0) || other.0.contains(&self.0)
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Cidr {
    type Err = ScalarError;

    fn from_str(text: &str) -> Result<Self, ScalarError> {
        let net: ipnet::Ipv4Net = text.parse().map_err(|_| {
            ScalarError::new(format!(
                "`{text}` is no network: write address and prefix as \"192.168.3.0/24\""
            ))
        })?;
        if net.trunc() != net {
            return Err(ScalarError::new(format!(
                "`{text}` has bits beyond its prefix; did you mean `{}`?",
                net.trunc()
            )));
        }
        Ok(Self(net))
    }
}

scalar!(User, Owner, ImageRef, Cidr);

#[cfg(test)]
mod tests {
    use super::*;

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
    fn containerd_knows_an_image_by_its_whole_name() {
        for (text, canonical) in [
            ("omni/agent:v15", "docker.io/omni/agent:v15"),
            ("busybox", "docker.io/library/busybox:latest"),
            ("busybox:1", "docker.io/library/busybox:1"),
            ("localhost/agent:1", "localhost/agent:1"),
            ("ghcr.io/owner/agent", "ghcr.io/owner/agent:latest"),
            ("box:5000/agent:1", "box:5000/agent:1"),
        ] {
            assert_eq!(text.parse::<ImageRef>().unwrap().canonical(), canonical);
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
            assert!(error(text).contains("write it as k3s tags it"), "{text}");
        }
        assert!(error("v1.31.6+k3s1").contains("before v1.32.2"));
    }
}
