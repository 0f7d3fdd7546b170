//! Markdown.

use crate::Judged;
use crate::tree::File;

pub(crate) fn is_markdown(file: &File) -> bool {
    file.has_extension("md")
}

/// Every fence is closed, and every row of a table has as many cells as its head.
pub(crate) fn markdown(file: &File) -> Judged {
    let mut fence: Option<(usize, &str)> = None;
    let mut columns = None;
    let mut previous = "";
    for (line, number) in file.text.lines().map(str::trim).zip(1..) {
        match fence {
            Some((_, open)) if line.starts_with(open) && line.trim_start_matches(first(open)).is_empty() => {
                fence = None
            }
            Some(_) => {}
            None if line.starts_with("```") || line.starts_with("~~~") => {
                let length = line.len() - line.trim_start_matches(first(line)).len();
                fence = Some((number, line.get(..length).unwrap_or(line)));
            }
            None if line.starts_with('|') => {
                let head = if is_delimiter(line) { Some(cells(previous)) } else { columns };
                if head.is_some_and(|head| head != cells(line)) {
                    return Err(format!(
                        "line {number}: {} cells below {} columns",
                        cells(line),
                        head.unwrap_or_default()
                    ));
                }
                columns = head;
            }
            None => columns = None,
        }
        previous = line;
    }
    fence.map_or(Ok(()), |(number, _)| Err(format!("line {number}: the fence is never closed")))
}

fn first(line: &str) -> char {
    line.chars().next().unwrap_or('`')
}

fn is_delimiter(line: &str) -> bool {
    line.contains("--") && line.chars().all(|c| "|-: ".contains(c))
}

fn cells(row: &str) -> usize {
    row.replace(r"\\", "").replace(r"\|", "").matches('|').count().saturating_sub(1)
}
