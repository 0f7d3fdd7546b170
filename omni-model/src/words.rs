//! Lists and counts in sentences.

/// Returns the names in backticks, separated by commas: `` `a`, `b`, `c` ``.
pub fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// Returns a choice of names: `` `a` ``, `` one of `a`, `b` ``.
pub fn one_of<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let names: Vec<_> = names.into_iter().collect();
    let several = if names.len() > 1 { "one of " } else { "" };
    format!("{several}{}", list(names))
}

/// Returns a count with its noun: `1 connection`, `2 connections`.
pub fn count(count: usize, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}
