//! Pieces of sentences.

/// A number with what it counts: `1 rule`, `2 rules`, `2 directories`.
pub(crate) fn counted(count: usize, what: &str) -> String {
    match what.strip_suffix('y') {
        _ if count == 1 => format!("1 {what}"),
        Some(stem) => format!("{count} {stem}ies"),
        None => format!("{count} {what}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_not_many() {
        assert_eq!([0, 1, 2].map(|count| counted(count, "rule")), ["0 rules", "1 rule", "2 rules"]);
        assert_eq!([1, 2].map(|count| counted(count, "directory")), ["1 directory", "2 directories"]);
    }
}
