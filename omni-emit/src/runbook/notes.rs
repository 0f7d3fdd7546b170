//! Sections of the author's own.

use omni_model::{deployment::Note, names::Text};

/// A section of the author's own, with a table that is as wide as its widest row.
pub(super) struct Section<'a> {
    pub(super) heading: &'a Text,
    pub(super) text: &'a [Text],
    pub(super) columns: Vec<&'a str>,
    pub(super) rows: Vec<Vec<&'a str>>,
}

impl<'a> Section<'a> {
    pub(super) fn of(note: &'a Note) -> Self {
        let width = note.rows.iter().map(Vec::len).chain([note.columns.len()]).max().unwrap_or_default();
        let cells = |texts: &'a [Text]| {
            let texts = texts.iter().map(Text::as_str);
            texts.chain(std::iter::repeat("")).take(width).collect()
        };
        Self {
            heading: &note.heading,
            text: &note.text,
            columns: cells(&note.columns),
            rows: note.rows.iter().map(|row| cells(row)).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use omni_model::deployment::Note;
    use serde_json::json;

    use super::Section;

    #[test]
    fn a_table_is_as_wide_as_its_widest_row() {
        let note =
            json!({"heading": "Decisions", "columns": ["What", "Why"], "rows": [["a"], ["b", "c", "d"]]});
        let note: Note = serde_json::from_value(note).unwrap();
        let section = Section::of(&note);
        assert_eq!(section.columns, ["What", "Why", ""]);
        assert_eq!(section.rows, [["a", "", ""], ["b", "c", "d"]]);
    }
}
