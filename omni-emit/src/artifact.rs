//! Artifacts: the files that families make, in memory.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Bound::{Included, Unbounded};

use askama::Template;
use serde::{Deserialize, Serialize};

/// Fills a template, whose extension says how its values are quoted. Blanks and line breaks at the end are taken away.
///
/// # Panics
///
/// If a value cannot be written (a NUL in a shell word, which no checked deployment holds).
pub(crate) fn render(template: &impl Template) -> String {
    #[expect(clippy::expect_used, reason = "documented above: a mistake in Omni itself")]
    let text = template.render().expect("a template that can be filled");
    text.trim_end().to_owned()
}

/// A file that a family makes. Its path is checked when it is added to an [`ArtifactTree`].
///
/// ```
/// # use omni_emit::artifact::{Artifact, ArtifactTree};
/// let mut tree = ArtifactTree::default();
/// tree.insert(Artifact::new("hosts/omni/storage.sh", "#!/usr/bin/env bash\n").executable().under("common"))?;
/// assert_eq!(tree.iter().next().unwrap().0.as_str(), "common/hosts/omni/storage.sh");
/// # Ok::<(), omni_emit::artifact::TreeError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    /// The path, relative to the folder that is emitted.
    pub path: String,
    /// The contents and the mode.
    pub file: File,
}

/// The file at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// The text. Unless it is empty, it ends with a line feed.
    pub contents: String,
    /// The permissions.
    pub mode: Mode,
}

/// The permissions of an emitted file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// 0644
    #[default]
    Regular,
    /// 0755
    Executable,
}

impl Mode {
    /// The permission bits.
    pub fn bits(self) -> u32 {
        match self {
            Self::Regular => 0o644,
            Self::Executable => 0o755,
        }
    }
}

impl Artifact {
    /// A regular file. A line feed is added at the end of the text if it is missing.
    pub fn new(path: impl Into<String>, contents: impl Into<String>) -> Self {
        let mut contents = contents.into();
        if !contents.is_empty() && !contents.ends_with('\n') {
            contents.push('\n');
        }
        Self { path: path.into(), file: File { contents, mode: Mode::default() } }
    }

    /// A regular file from a template.
    ///
    /// # Panics
    ///
    /// As [`render`].
    pub(crate) fn from_template(path: impl Into<String>, template: &impl Template) -> Self {
        Self::new(path, render(template))
    }

    /// A program from a template.
    ///
    /// # Panics
    ///
    /// As [`render`].
    pub(crate) fn program(path: impl Into<String>, template: &impl Template) -> Self {
        Self::from_template(path, template).executable()
    }

    /// As a program.
    pub fn executable(mut self) -> Self {
        self.file.mode = Mode::Executable;
        self
    }

    /// The same file in a folder.
    pub fn under(mut self, folder: &str) -> Self {
        self.path = format!("{folder}/{}", self.path);
        self
    }
}

/// A relative path with `/` between its segments. It cannot lead out of its base folder.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct RelPath(String);

impl RelPath {
    /// Reads a path.
    ///
    /// # Errors
    ///
    /// If a segment is empty (so also if the path is empty or absolute), `.`, `..` or holds a control character.
    pub fn new(path: impl Into<String>) -> Result<Self, PathError> {
        let path = path.into();
        let problem = path.split('/').find_map(|segment| match segment {
            "" => Some("has an empty segment"),
            "." | ".." => Some("has a segment `.` or `..`"),
            _ if segment.contains(char::is_control) => Some("holds a control character"),
            _ => None,
        });
        match problem {
            Some(problem) => Err(PathError { path, problem }),
            None => Ok(Self(path)),
        }
    }

    /// This path, then another.
    ///
    /// # Errors
    ///
    /// As for [`RelPath::new`].
    pub fn join(&self, path: &str) -> Result<Self, PathError> {
        Self::new(format!("{}/{path}", self.0))
    }

    /// The path as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The folders that contain it, innermost first.
    pub fn folders(&self) -> impl Iterator<Item = &str> {
        self.0.rmatch_indices('/').filter_map(|(at, _)| self.0.get(..at))
    }
}

impl TryFrom<String> for RelPath {
    type Error = PathError;

    fn try_from(path: String) -> Result<Self, PathError> {
        Self::new(path)
    }
}

impl fmt::Display for RelPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::borrow::Borrow<str> for RelPath {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// A path that an artifact cannot have.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("path `{}` {problem}", path.escape_debug())]
pub struct PathError {
    path: String,
    problem: &'static str,
}

/// Why an artifact cannot be added to a tree.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// The path leads out of the tree or cannot be written.
    #[error(transparent)]
    Path(#[from] PathError),
    /// Two files at one path.
    #[error("two artifacts at `{0}`")]
    Duplicate(RelPath),
    /// A path at which one artifact is a file and another needs a folder.
    #[error("`{file}` is an artifact, so `{below}` cannot stand below it")]
    FileAsFolder {
        /// The artifact.
        file: RelPath,
        /// The artifact that needs it to be a folder.
        below: RelPath,
    },
}

/// Everything that is emitted: files by their paths, sorted, without conflicts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ArtifactTree(BTreeMap<RelPath, File>);

impl ArtifactTree {
    /// Adds an artifact.
    ///
    /// # Errors
    ///
    /// If its path cannot be written, or is taken, or is another's folder, or has another as a folder. The tree stays
    /// as it was.
    pub fn insert(&mut self, Artifact { path, file }: Artifact) -> Result<(), TreeError> {
        let path = RelPath::new(path)?;
        if self.0.contains_key(&path) {
            return Err(TreeError::Duplicate(path));
        }
        let above = path.folders().find_map(|folder| self.0.get_key_value(folder));
        if let Some((file, _)) = above {
            return Err(TreeError::FileAsFolder { file: file.clone(), below: path });
        }
        let inside = format!("{path}/");
        if let Some((below, _)) = self.0.range::<str, _>((Included(inside.as_str()), Unbounded)).next()
            && below.as_str().starts_with(&inside)
        {
            return Err(TreeError::FileAsFolder { file: path, below: below.clone() });
        }
        self.0.insert(path, file);
        Ok(())
    }

    /// The file at a path.
    pub fn get(&self, path: &str) -> Option<&File> {
        self.0.get(path)
    }

    /// The files, sorted by path.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&RelPath, &File)> {
        self.0.iter()
    }

    /// The number of files.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no file.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl IntoIterator for ArtifactTree {
    type Item = (RelPath, File);
    type IntoIter = std::collections::btree_map::IntoIter<RelPath, File>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(paths: &[&str]) -> Result<ArtifactTree, TreeError> {
        let mut tree = ArtifactTree::default();
        for &path in paths {
            tree.insert(Artifact::new(path, path))?;
        }
        Ok(tree)
    }

    fn error(paths: &[&str]) -> String {
        tree(paths).unwrap_err().to_string()
    }

    #[test]
    fn a_path_cannot_leave_the_tree() {
        for path in ["", "/", "/etc/passwd", "a//b", "a/", "..", "../a", "a/../b", "a/..", ".", "./a", "a/."]
        {
            assert!(RelPath::new(path).is_err(), "{path:?}");
        }
        for path in ["a\0", "a\nb", "a/\u{1b}[31m", "\u{85}"] {
            assert!(RelPath::new(path).is_err(), "{path:?}");
        }
        for path in ["a", "a/b", ".env.example", "a/...", "a b/$(c)", "größe"] {
            assert_eq!(RelPath::new(path).unwrap().as_str(), path);
        }
        assert_eq!(
            RelPath::new("a\n/../b").unwrap_err().to_string(),
            r"path `a\n/../b` holds a control character"
        );
    }

    #[test]
    fn a_joined_path_is_judged_too() {
        let folder = RelPath::new("common").unwrap();
        assert_eq!(folder.join("a/b").unwrap().as_str(), "common/a/b");
        assert!(folder.join("../b").is_err());
        assert!(folder.join("/b").is_err());
    }

    #[test]
    fn folders_stand_innermost_first() {
        let path = RelPath::new("a/b/c").unwrap();
        assert_eq!(path.folders().collect::<Vec<_>>(), ["a/b", "a"]);
    }

    #[test]
    fn files_are_sorted() {
        let tree = tree(&["b", "a/c", "a/b", "a.b"]).unwrap();
        let paths: Vec<_> = tree.iter().map(|(path, _)| path.as_str()).collect();
        assert_eq!(paths, ["a.b", "a/b", "a/c", "b"]);
        assert_eq!(tree.len(), 4);
        assert_eq!(tree.get("a/b").unwrap().contents, "a/b\n");
    }

    #[test]
    fn conflicts_name_both() {
        assert_eq!(error(&["a/b", "a/b"]), "two artifacts at `a/b`");
        assert_eq!(error(&["a", "a/b/c"]), "`a` is an artifact, so `a/b/c` cannot stand below it");
        assert_eq!(error(&["a/b/c", "a"]), "`a` is an artifact, so `a/b/c` cannot stand below it");
        assert!(tree(&["a/b", "a.b", "ab", "a/bc"]).is_ok());
    }

    #[test]
    fn the_last_line_ends() {
        assert_eq!(Artifact::new("a", "x").file.contents, "x\n");
        assert_eq!(Artifact::new("a", "x\n").file.contents, "x\n");
    }

    #[test]
    fn a_mode_is_stated() {
        assert_eq!(Artifact::new("a", "").file.mode.bits(), 0o644);
        assert_eq!(Artifact::new("a", "").executable().file.mode.bits(), 0o755);
        assert_eq!(Artifact::new("a", "").executable().under("b").file.mode.bits(), 0o755);
    }
}
