//! TOML, and k3s' template of containerd's configuration.

use crate::Judged;
use crate::tool::{command, silent_feed};
use crate::tree::File;

/// What a template begins with; without it, it would replace the whole of k3s' own configuration.
const BASE: &str = r#"{{ template "base" . }}"#;

pub(crate) fn is_toml(file: &File) -> bool {
    file.has_extension("toml")
}

pub(crate) fn toml(file: &File) -> Judged {
    parse(&file.text)
}

pub(crate) fn is_template(file: &File) -> bool {
    file.has_extension("tmpl")
}

pub(crate) fn template(file: &File) -> Judged {
    if !file.text.lines().any(|line| line == BASE) {
        return Err(format!("no line is `{BASE}`"));
    }
    parse(&file.text.replacen(BASE, "", 1))
}

fn parse(text: &str) -> Judged {
    silent_feed(command("python3").args(["-c", "import sys, tomllib; tomllib.load(sys.stdin.buffer)"]), text)
}
