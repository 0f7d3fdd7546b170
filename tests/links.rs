//! Checks that relative links in the documents for people lead to an existing file, and to an existing heading in it.

use std::{collections::BTreeMap, fs, path::Path};

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use crate::examples::repository;

/// The links of a document, and the anchors of its headings as GitHub generates them.
#[derive(Default)]
struct Page {
    links: Vec<String>,
    anchors: Vec<String>,
}

fn page(text: &str) -> Page {
    let mut page = Page::default();
    let mut heading: Option<String> = None;
    for event in Parser::new_ext(text, pulldown_cmark::Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                page.links.push(dest_url.to_string());
            }
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => {
                let anchor = anchor(&heading.take().unwrap_or_default());
                let earlier = page.anchors.iter().filter(|it| **it == anchor).count();
                page.anchors.push(if earlier == 0 { anchor } else { format!("{anchor}-{earlier}") });
            }
            Event::Text(text) | Event::Code(text) => {
                if let Some(heading) = &mut heading {
                    *heading += &text;
                }
            }
            _ => {}
        }
    }
    page
}

/// Returns the anchor of a heading: lower case, without punctuation, with `-` for a space.
/// <https://docs.github.com/en/get-started/writing-on-github/getting-started-with-writing-and-formatting-on-github/basic-writing-and-formatting-syntax#section-links>
fn anchor(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

/// Returns the errors in the links of the documents, by path from the root.
fn broken(pages: &BTreeMap<String, Page>, root: &Path) -> Vec<String> {
    let mut broken = Vec::new();
    for (file, page) in pages {
        let folder = Path::new(file).parent().unwrap();
        for link in page.links.iter().filter(|link| !link.contains("://") && !link.starts_with("mailto:")) {
            let (path, anchor) =
                link.split_once('#').map_or((link.as_str(), None), |(path, to)| (path, Some(to)));
            let target = if path.is_empty() { Path::new(file).to_path_buf() } else { folder.join(path) };
            if !root.join(&target).exists() {
                broken.push(format!("{file}: {link} leads to no file"));
            } else if let Some(anchor) = anchor {
                let text = fs::read_to_string(root.join(&target)).unwrap_or_default();
                if !self::page(&text).anchors.iter().any(|it| it == anchor) {
                    broken.push(format!("{file}: {link} leads to no heading"));
                }
            }
        }
    }
    broken
}

#[test]
fn every_relative_link_leads_somewhere() {
    let root = repository();
    let mut files: Vec<String> =
        ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md", "tests/README.md"]
            .map(str::to_owned)
            .into();
    let docs =
        fs::read_dir(root.join("docs")).unwrap().map(|file| file.unwrap().file_name().into_string().unwrap());
    files.extend(docs.filter(|name| name.ends_with(".md")).map(|name| format!("docs/{name}")));
    let pages: BTreeMap<_, _> = files
        .into_iter()
        .map(|file| {
            let text = fs::read_to_string(root.join(&file)).unwrap();
            (file, page(&text))
        })
        .collect();
    assert!(pages["docs/reference.md"].links.len() > 300 && !pages["README.md"].links.is_empty());
    assert_eq!(broken(&pages, &root), [""; 0]);
}

#[test]
fn a_broken_link_is_found() {
    let text = "# A b\n\n## `c.d_e`\n\n[x](#a-b) [x](#cd_e) [x](#c) [x](nowhere.md) [x](README.md#a-b) [x](https://a.b/)\n";
    let folder = tempfile::TempDir::new().unwrap();
    fs::write(folder.path().join("README.md"), text).unwrap();
    let pages = [("README.md".to_owned(), page(text))].into();
    assert_eq!(
        broken(&pages, folder.path()),
        ["README.md: #c leads to no heading", "README.md: nowhere.md leads to no file"]
    );
}
