//! A tree of emitted files.

use std::fs;
use std::path::{Path, PathBuf};

/// One file of a tree.
#[derive(Debug)]
pub(crate) struct File {
    /// Where the tree stands.
    pub(crate) root: PathBuf,
    /// The path below the root.
    pub(crate) path: String,
    /// What the file holds; everything that Omni emits is text.
    pub(crate) text: String,
}

impl File {
    pub(crate) fn read(root: &Path, path: &str) -> Result<Self, String> {
        let text = fs::read_to_string(root.join(path)).map_err(|error| format!("{path}: {error}"))?;
        Ok(Self { root: root.to_owned(), path: path.to_owned(), text })
    }

    /// The last part of the path.
    pub(crate) fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }

    pub(crate) fn on_disk(&self) -> PathBuf {
        self.root.join(&self.path)
    }

    /// The folder in which the file stands.
    pub(crate) fn folder(&self) -> PathBuf {
        self.on_disk().parent().unwrap_or(&self.root).to_owned()
    }

    pub(crate) fn is_yaml(&self) -> bool {
        has_extension(&self.path, &["yaml", "yml"])
    }

    pub(crate) fn has_extension(&self, extension: &str) -> bool {
        has_extension(&self.path, &[extension])
    }

    /// Whether a line at the outermost level gives this key.
    pub(crate) fn has_key(&self, key: &str) -> bool {
        self.value_of(key).is_some()
    }

    /// The scalar that a line at the outermost level gives to this key.
    pub(crate) fn value_of(&self, key: &str) -> Option<&str> {
        self.text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':')).map(str::trim)
    }
}

fn has_extension(path: &str, extensions: &[&str]) -> bool {
    path.rsplit_once('.').is_some_and(|(_, extension)| extensions.contains(&extension))
}

/// Every file below a folder, in the order of their paths.
pub(crate) fn files(root: &Path) -> Result<Vec<File>, String> {
    paths(root, "")?.iter().map(|path| File::read(root, path)).collect()
}

/// The path of every file below a folder of a tree, in order.
pub(crate) fn paths(root: &Path, folder: &str) -> Result<Vec<String>, String> {
    let mut paths = Vec::new();
    for entry in entries(&root.join(folder))? {
        let name = entry.file_name().and_then(|name| name.to_str()).ok_or("a file name is not UTF-8")?;
        let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
        if entry.is_dir() {
            paths.extend(self::paths(root, &path)?);
        } else {
            paths.push(path);
        }
    }
    Ok(paths)
}

/// What a folder holds, in order; nothing when there is no such folder.
pub(crate) fn entries(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let problem = |error| format!("cannot list {}: {error}", folder.display());
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let entries = fs::read_dir(folder).map_err(problem)?;
    let mut paths =
        entries.map(|entry| Ok(entry.map_err(problem)?.path())).collect::<Result<Vec<_>, String>>()?;
    paths.sort();
    Ok(paths)
}
