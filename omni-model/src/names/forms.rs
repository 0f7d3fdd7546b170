//! The form of each kind of text: its regular expression for the JSON Schema, and the function that checks it.
//!
//! A function returns what is wrong with a text, as the advice that follows "is not a valid …: ", or `None`.

fn unless(fine: bool, problem: &str) -> Option<String> {
    (!fine).then(|| problem.to_owned())
}

pub(super) fn made_of(text: &str, extra: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || extra.as_bytes().contains(&b))
}

pub(crate) const LABEL: &str = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";

/// RFC 1123, as Kubernetes has it.
pub(super) fn label(text: &str) -> Option<String> {
    let lower = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    let fine = lower && (1..=63).contains(&text.len()) && !text.starts_with('-') && !text.ends_with('-');
    unless(fine, "use at most 63 lower-case letters and digits, with `-` only in between")
}

pub(super) const CONTAINER_NAME: &str = r"[a-zA-Z0-9][a-zA-Z0-9_.-]+";

/// <https://github.com/moby/moby/blob/master/daemon/names/names.go>
pub(super) fn container_name(text: &str) -> Option<String> {
    let fine =
        made_of(text, "-_.") && text.len() > 1 && text.starts_with(|c: char| c.is_ascii_alphanumeric());
    unless(fine, "use at least two letters, digits, `_`, `.` or `-`, and begin with a letter or a digit")
}

pub(crate) const PORT_NAME: &str = r"([0-9]+-)*[0-9]*[a-z][a-z0-9]*(-[a-z0-9]+)*";

/// IANA service names, as Kubernetes has them for ports.
pub(super) fn port_name(text: &str) -> Option<String> {
    let letter = text.bytes().any(|b| b.is_ascii_lowercase());
    let fine = label(text).is_none() && letter && text.len() <= 15 && !text.contains("--");
    unless(
        fine,
        "use at most 15 lower-case letters and digits, at least one of them a letter, with single `-` in between",
    )
}

pub(super) const OPTION_NAME: &str = LABEL;

pub(super) fn option_name(text: &str) -> Option<String> {
    label(text).or_else(|| unless(text != "common", "the folder `common` holds what all options share"))
}

pub(crate) const FILE_NAME: &str = r"[A-Za-z0-9_][A-Za-z0-9._-]{0,254}";

pub(super) fn file_name(text: &str) -> Option<String> {
    let fine = made_of(text, "-_.") && !text.starts_with(['.', '-']) && text.len() <= 255;
    unless(fine, "use at most 255 letters, digits, `-`, `_` and `.`, and do not begin with `.` or `-`")
}

pub(super) const INTERFACE: &str = r"[A-Za-z0-9][A-Za-z0-9._-]{0,14}";

pub(super) fn interface(text: &str) -> Option<String> {
    let fine =
        made_of(text, "-_.") && text.len() <= 15 && text.starts_with(|c: char| c.is_ascii_alphanumeric());
    unless(fine, "use at most 15 letters, digits, `-`, `_` and `.`, and begin with a letter or a digit")
}

pub(super) const MACHINE: &str = r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?";

pub(super) fn machine(text: &str) -> Option<String> {
    let ends = |c: char| c.is_ascii_alphanumeric();
    let fine = made_of(text, "-.") && text.starts_with(ends) && text.ends_with(ends) && text.len() <= 253;
    unless(fine, "use letters, digits, `-` and `.`, for example `mail.example.org`")
}

pub(super) const MAIL_ADDRESS: &str = r"[A-Za-z0-9._%+-]+@[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?";

pub(super) fn mail_address(text: &str) -> Option<String> {
    let fine = |(user, at): (&str, &str)| made_of(user, "._%+-") && machine(at).is_none();
    unless(
        text.split_once('@').is_some_and(fine) && text.len() <= 254,
        "write it as `user@host`, for example `ops@example.org`",
    )
}

pub(super) const CHAT_ID: &str = r"-?[1-9][0-9]{0,17}";

pub(super) fn chat_id(text: &str) -> Option<String> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let fine = digits.bytes().all(|b| b.is_ascii_digit()) && (1..=18).contains(&digits.len());
    unless(
        fine && !digits.starts_with('0'),
        "use the number that Telegram gives the chat, for example `-1001234567890`",
    )
}

pub(super) const COMPONENT: &str = r"[a-z][a-z0-9_-]*";

pub(super) fn component(text: &str) -> Option<String> {
    let fine = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-');
    unless(
        fine && text.starts_with(|c: char| c.is_ascii_lowercase()),
        "use lower-case letters, digits, `_` and `-`, and begin with a letter",
    )
}

pub(super) const ENVIRONMENT: &str = r"[A-Za-z_][A-Za-z0-9_]*";

pub(super) fn environment(text: &str) -> Option<String> {
    let fine = made_of(text, "_") && !text.starts_with(|c: char| c.is_ascii_digit());
    unless(fine, "use letters, digits and `_`, and do not begin with a digit")
}

pub(super) const ALERT: &str = r"[A-Z][A-Za-z0-9]*";

pub(super) fn alert(text: &str) -> Option<String> {
    let fine = made_of(text, "") && text.starts_with(|c: char| c.is_ascii_uppercase());
    unless(fine, "use letters and digits, and begin with a capital letter, for example `SwapMissing`")
}

pub(super) const SAMPLE_VALUES: &str = r"[0-9A-Za-z_+.-]+( [0-9A-Za-z_+.-]+)*";

pub(super) fn sample_values(text: &str) -> Option<String> {
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
        "separate the values by single spaces, for example `0x20 1+2x10 _x5 stale`",
    )
}

pub(super) const METRIC: &str = r"[A-Za-z_:][A-Za-z0-9_:]*";

pub(super) fn metric(text: &str) -> Option<String> {
    let fine = made_of(text, "_:") && !text.starts_with(|c: char| c.is_ascii_digit());
    unless(fine, "use letters, digits, `_` and `:`, and do not begin with a digit")
}

pub(super) const RULE: &str = r"[A-Z][0-9]{3}|[a-z0-9]+(-[a-z0-9]+)*";

pub(super) fn rule(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let letter = bytes.next().is_some_and(|b| b.is_ascii_uppercase());
    let is_id = letter && text.len() == 4 && bytes.all(|b| b.is_ascii_digit());
    let is_word =
        |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    unless(
        is_id || text.split('-').all(is_word),
        "use its ID or its name, for example `B002` or `vram-over-budget`",
    )
}

pub(super) const LABEL_TEXT: &str = r"[A-Za-z0-9]([A-Za-z0-9._/-]{0,61}[A-Za-z0-9])?";

pub(super) fn label_text(text: &str) -> Option<String> {
    let ends = |c: char| c.is_ascii_alphanumeric();
    let fine = made_of(text, "-_./") && text.starts_with(ends) && text.ends_with(ends) && text.len() <= 63;
    unless(
        fine,
        "use at most 63 letters, digits, `-`, `_`, `.` and `/`, and begin and end with a letter or a digit",
    )
}

pub(super) const CAPABILITY: &str = r"[A-Z_]+";

pub(super) fn capability(text: &str) -> Option<String> {
    let fine = text.bytes().all(|b| b.is_ascii_uppercase() || b == b'_') && !text.is_empty();
    unless(
        fine && !text.starts_with("CAP_"),
        "use capital letters and `_`, without the prefix `CAP_`, for example `SYS_NICE`",
    )
}

pub(crate) const TEXT: &str = r"[^\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]*";

pub(super) fn text(text: &str) -> Option<String> {
    // U+2028 and U+2029 end a line too, and bidirectional controls make it read otherwise than it runs.
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    unless(!text.contains(hidden), "write it on one line, without control characters")
}

pub(super) const ABS_PATH: &str = r"/|(/(\.{0,2}[A-Za-z0-9_@+-]|\.{3})[A-Za-z0-9._@+-]*)+";

pub(super) fn abs_path(text: &str) -> Option<String> {
    let steps =
        text.get(1..).is_some_and(|rest| !rest.split('/').any(|step| matches!(step, "" | "." | "..")));
    let fine = text == "/" || text.starts_with('/') && made_of(text, "/-_.@+") && steps;
    unless(
        fine,
        "begin with `/`, use letters, digits, `-`, `_`, `.`, `@` and `+`, and no `.` or `..` as a component",
    )
}

pub(super) const GLOB: &str = r"[A-Za-z0-9._*?\[\]][A-Za-z0-9._/*?\[\]-]*";

pub(super) fn glob(text: &str) -> Option<String> {
    let steps = !text.split('/').any(|step| step == "..");
    unless(
        made_of(text, "-_./*?[]") && steps && !text.starts_with(['/', '-']),
        "use letters, digits and `-_./*?[]`, no `..`, and do not begin with `/` or `-`",
    )
}

pub(super) const FILE_PATH: &str = r"[A-Za-z0-9_][A-Za-z0-9._+-]*(/[A-Za-z0-9_][A-Za-z0-9._+-]*)*";

pub(super) fn file_path(text: &str) -> Option<String> {
    let part = |part: &str| made_of(part, "_-.+") && !part.starts_with(['.', '-', '+']);
    unless(
        text.split('/').all(part),
        "use letters, digits and `-_.+`, with `/` between folders; no component may begin with `-`, `.` or `+`",
    )
}

pub(super) const REPOSITORY: &str = r"[A-Za-z0-9_][A-Za-z0-9._-]{0,254}/[A-Za-z0-9_][A-Za-z0-9._-]{0,254}";

pub(super) fn repository(text: &str) -> Option<String> {
    let mut parts = text.split('/');
    let part = |part: Option<&str>| part.is_some_and(|part| file_name(part).is_none());
    unless(
        part(parts.next()) && part(parts.next()) && parts.next().is_none(),
        "write it as `owner/name`, for example `unsloth/DeepSeek-R1-GGUF`",
    )
}

pub(super) const REVISION: &str = r"[A-Za-z0-9_][A-Za-z0-9._/-]*";

pub(super) fn revision(text: &str) -> Option<String> {
    unless(
        made_of(text, "-_./") && !text.starts_with(['-', '.', '/']),
        "use letters, digits, `-`, `_`, `.` and `/`, and do not begin with `-`, `.` or `/`",
    )
}

pub(super) const URL_PATH: &str = r"/[A-Za-z0-9._~/-]*";

pub(super) fn url_path(text: &str) -> Option<String> {
    unless(
        text.starts_with('/') && made_of(text, "/-_.~"),
        "begin with `/`, and use letters, digits, `-`, `_`, `.`, `~` and `/`",
    )
}

pub(super) const KERNEL_PARAMETER: &str = r"[A-Za-z0-9_.,:/+@][A-Za-z0-9_.,:/+@=-]*";

/// What needs no quotes on the kernel's command line, in GRUB or in a shell.
pub(super) fn kernel_parameter(text: &str) -> Option<String> {
    let fine = made_of(text, "-_.=,:/+@") && !text.starts_with(['=', '-']);
    unless(
        fine,
        "write `name` or `name=value`, with letters, digits and `-_.,:/+@`, and begin with neither `-` nor `=`",
    )
}

/// The oldest minor release and patch of Kubernetes 1 whose k3s reads the kubelet's drop-in files and the template of
/// containerd 2. <https://docs.k3s.io/advanced#configuring-containerd>
const OLDEST_K3S: (u32, u32) = (32, 2);

pub(super) const K3S_RELEASE: &str = r"v1\.[0-9]+\.[0-9]+\+k3s[0-9]+";

pub(super) fn k3s_release(text: &str) -> Option<String> {
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
        None => Some("write the tag of the release, for example `v1.33.5+k3s1`".to_owned()),
        Some(release) => unless(
            release >= OLDEST_K3S,
            "k3s before v1.32.2 reads neither the kubelet's drop-in files nor the template of containerd 2",
        ),
    }
}

pub(super) const WORD: &str = r"[A-Za-z0-9_][A-Za-z0-9_-]*";

pub(super) fn word(text: &str) -> Option<String> {
    unless(
        made_of(text, "-_") && !text.starts_with('-'),
        "use letters, digits, `-` and `_`, and do not begin with `-`",
    )
}

pub(super) const SHA256: &str = "[0-9a-f]{64}";

pub(super) fn sha256(text: &str) -> Option<String> {
    let digits = text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
    unless(
        digits && text.len() == 64,
        "write the 64 hexadecimal digits in lower case, as `sha256sum` prints them",
    )
}

pub(super) const GPU_UUID: &str = r"GPU-[0-9A-Fa-f-]{36}";

pub(super) fn gpu_uuid(text: &str) -> Option<String> {
    let hex =
        text.strip_prefix("GPU-").is_some_and(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-'));
    unless(
        hex && text.len() == 40,
        "write it as `nvidia-smi -L` prints it: `GPU-`, then 36 hexadecimal digits and dashes",
    )
}

pub(super) const PCI_ADDRESS: &str = r"[0-9A-Fa-f]{4}:[0-9A-Fa-f]{2}:[0-9A-Fa-f]{2}\.[0-9A-Fa-f]";

pub(super) fn pci_address(text: &str) -> Option<String> {
    let mut chars = text.char_indices();
    let fine = chars.all(|(at, c)| match at {
        4 | 7 => c == ':',
        10 => c == '.',
        _ => c.is_ascii_hexdigit(),
    });
    unless(fine && text.len() == 12, "write domain, bus, device and function, for example `0000:01:00.0`")
}
