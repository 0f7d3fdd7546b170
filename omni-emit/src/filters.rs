//! Filters for templates, and how to write a template.
//!
//! A template stands beside the code that fills it. In a `.sh` template, `{{ value }}` is a word of the shell, quoted
//! by itself ([`Sh`](crate::sh::Sh)); so it stands where a word may stand, or next to others that are part of the same word
//! (`{{ dir }}/models`, `--name={{ name }}`), but not inside quotes: where a message needs one, assign it first
//! (`name={{ name }}`, then `"no room for $name"`). In a `.md` template, `{{ value }}` is plain text on one line
//! ([`Text`](crate::md::Text)), in a table as well. The filters of this module are for the other places; bring them in with
//! `use crate::filters;` beside the template's struct. `|safe` is for text that Omni itself has put together: a header, a
//! command. A `{% block %}` that has a line to itself begins with `{%-`, which takes that line away.
//!
//! ```text
//! #!/usr/bin/env bash
//! {{ header.hash()|safe }}
//! set -euo pipefail
//! {%- for folder in folders %}
//! # {{ folder.purpose|comment }}
//! install -d -o {{ folder.owner }} {{ folder.path }}
//! {%- endfor %}
//! ```

#![expect(unreachable_pub, reason = "`filter_fn` puts public items into what it makes of a function")]

use std::fmt::Display;

use askama::filters::Safe;
use askama::{Result, Values};

use crate::header::one_line;
use crate::{md, sh};

/// Text in a comment, which stays on its line.
#[askama::filter_fn]
pub(crate) fn comment(text: impl Display, _: &dyn Values) -> Result<Safe<String>> {
    Ok(Safe(one_line(&text.to_string())))
}

/// In a shell's file whose other readers expect double quotes: [`sh::DoubleQuoted`].
#[askama::filter_fn]
pub(crate) fn double_quoted(value: impl Display, _: &dyn Values) -> Result<Safe<String>> {
    Ok(Safe(sh::DoubleQuoted(&value.to_string()).to_string()))
}

/// In Markdown, as inline code: [`md::Code`].
#[askama::filter_fn]
pub(crate) fn code(value: impl Display, _: &dyn Values) -> Result<Safe<String>> {
    Ok(Safe(md::Code(&value.to_string()).to_string()))
}

/// In Markdown, as prose with names in backticks: [`md::Prose`].
#[askama::filter_fn]
pub(crate) fn prose(value: impl Display, _: &dyn Values) -> Result<Safe<String>> {
    Ok(Safe(md::Prose(&value.to_string()).to_string()))
}

/// In Markdown, as a fenced block: [`md::Block`].
#[askama::filter_fn]
pub(crate) fn block(lines: impl Display, _: &dyn Values, language: &'static str) -> Result<Safe<String>> {
    Ok(Safe(md::Block(language, &lines.to_string()).to_string()))
}

/// In a Mermaid diagram, as a label with its quotes: [`md::Mermaid`].
#[askama::filter_fn]
pub(crate) fn mermaid(label: impl Display, _: &dyn Values) -> Result<Safe<String>> {
    Ok(Safe(md::Mermaid(&label.to_string()).to_string()))
}

#[cfg(test)]
mod tests {
    use askama::Template;

    use crate::filters;

    #[derive(Template)]
    #[template(
        ext = "md",
        source = "| {{ name }} | {{ name|code }} |\n<!-- {{ name|comment }} -->\na[{{ name|mermaid }}]\n{{ script|block(\"sh\") }}"
    )]
    struct Page<'a> {
        name: &'a str,
        script: &'a str,
    }

    #[test]
    fn each_place_has_its_own_quoting() {
        let page = Page { name: "kv_cache\n*", script: "echo '```'\n" }.render().unwrap();
        assert_eq!(
            page,
            "| kv\\_cache \\* | `kv_cache *` |\n<!-- kv_cache * -->\na[\"kv_cache #42;\"]\n````sh\necho '```'\n````"
        );
    }

    #[derive(Template)]
    #[template(
        ext = "sh",
        source = "# {{ note|comment }}\nCMDLINE={{ cmdline|double_quoted }}\n{%- for folder in folders %}\nmkdir -p {{ folder }}\n{%- endfor %}"
    )]
    struct Script<'a> {
        note: &'a str,
        cmdline: &'a str,
        folders: &'a [&'a str],
    }

    #[test]
    fn a_script_reads_as_written() {
        let script =
            Script { note: "all\nreboot", cmdline: "quiet splash", folders: &["/nvme", "/my models"] }
                .render()
                .unwrap();
        assert_eq!(script, "# all reboot\nCMDLINE=\"quiet splash\"\nmkdir -p /nvme\nmkdir -p '/my models'");
    }
}
