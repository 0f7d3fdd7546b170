//! The manifest: what Omni wrote into a folder.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::error::{WriteError, io};
use super::{MANIFEST, look};
use crate::artifact::{File, RelPath};
use crate::header::Header;

const FORMAT: u32 = 1;

/// The manifest. The default is for a folder without one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    format: u32,
    generator: String,
    pub(super) deployment: String,
    version: String,
    pub(super) files: BTreeMap<RelPath, Entry>,
}

/// A file as it was written or found. Compare entries with [`Entry::is_as`]: `==` would report a mode that git has not kept as an edit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    /// The permission bits, as `chmod` takes them.
    pub(super) mode: String,
    pub(super) sha256: String,
}

impl Entry {
    pub(super) fn new(contents: &[u8], mode: u32) -> Self {
        let hash = hmac_sha256::Hash::hash(contents);
        Self { mode: format!("{mode:04o}"), sha256: hash.iter().map(|byte| format!("{byte:02x}")).collect() }
    }

    /// Whether both have the same contents and the same executable bit.
    pub(super) fn is_as(&self, other: &Self) -> bool {
        self.sha256 == other.sha256 && self.is_executable() == other.is_executable()
    }

    /// Whether its owner may execute it.
    pub(super) fn is_executable(&self) -> bool {
        u32::from_str_radix(&self.mode, 8).is_ok_and(|mode| mode & 0o100 != 0)
    }

    pub(super) fn of(file: &File) -> Self {
        Self::new(file.contents.as_bytes(), file.mode.bits())
    }
}

impl Manifest {
    pub(super) fn new(header: Header<'_>, files: BTreeMap<RelPath, Entry>) -> Self {
        Self {
            format: FORMAT,
            generator: format!("omni {}", env!("CARGO_PKG_VERSION")),
            deployment: header.deployment.to_owned(),
            version: header.version.to_owned(),
            files,
        }
    }

    /// The manifest in a folder, or the default if there is none.
    pub(super) fn read(folder: &Path) -> Result<Self, WriteError> {
        let path = folder.join(MANIFEST);
        let contents = match look::read(&path) {
            Ok((contents, _)) => contents,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(io("read", &path)(error)),
        };
        Self::parse(&contents).map_err(|problem| WriteError::Manifest { path, problem })
    }

    fn parse(contents: &[u8]) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Format {
            format: u32,
        }
        let Format { format } = serde_json::from_slice(contents).map_err(|error| error.to_string())?;
        if format != FORMAT {
            return Err(format!("its format is {format}, and this omni knows {FORMAT}"));
        }
        let manifest: Self = serde_json::from_slice(contents).map_err(|error| error.to_string())?;
        if manifest.to_text().as_bytes() != contents {
            return Err("it was edited".to_owned());
        }
        Ok(manifest)
    }

    /// The file's contents.
    pub(super) fn to_text(&self) -> String {
        format!("{:#}\n", serde_json::json!(self))
    }

    /// The folders that contain its files, outer ones first.
    pub(super) fn folders(&self) -> BTreeSet<&str> {
        self.files.keys().flat_map(RelPath::folders).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        let header = Header { deployment: "minimal", version: "1" };
        Manifest::new(header, [(RelPath::new("a/b").unwrap(), Entry::new(b"abc", 0o644))].into())
    }

    #[test]
    fn it_is_read_as_it_was_written() {
        let text = manifest().to_text();
        let omni = env!("CARGO_PKG_VERSION");
        assert_eq!(
            text,
            format!(
                r#"{{
  "format": 1,
  "generator": "omni {omni}",
  "deployment": "minimal",
  "version": "1",
  "files": {{
    "a/b": {{
      "mode": "0644",
      "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    }}
  }}
}}
"#
            )
        );
        assert_eq!(Manifest::parse(text.as_bytes()), Ok(manifest()));
    }

    #[test]
    fn another_writers_is_refused() {
        let text = manifest().to_text();
        let problem = |text: String| Manifest::parse(text.as_bytes()).unwrap_err();
        assert_eq!(problem(text.replace("  ", " ")), "it was edited");
        assert_eq!(
            problem(text.replace("\"format\": 1", "\"format\": 2, \"new\": 0")),
            "its format is 2, and this omni knows 1"
        );
        assert_eq!(problem(String::new()), "EOF while parsing a value at line 1 column 0");
        assert!(problem(text.replace("a/b", "../b")).contains("has a segment `.` or `..`"));
        assert!(problem(text.replace("\"version\"", "\"verse\"")).contains("unknown field `verse`"));
    }
}
