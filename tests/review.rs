//! Checks that the review of the plan names only rules that exist.

use std::fs;

use omni::model::rules;

use crate::examples::repository;

/// Returns the rule ids in a text: a letter and three digits each.
fn ids(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric());
    words.filter(|word| {
        let mut letters = word.chars();
        letters.next().is_some_and(|c| c.is_ascii_uppercase())
            && word.len() == 4
            && letters.all(|c| c.is_ascii_digit())
    })
}

#[test]
fn each_line_of_the_review_names_a_rule_or_says_why_there_is_none() {
    let page = fs::read_to_string(repository().join("docs/plan-review.md")).unwrap();
    let rows: Vec<Vec<&str>> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.strip_suffix(" |"))
        .map(|line| line.split(" | ").collect())
        .collect();
    let (numbered, seen): (Vec<_>, Vec<_>) =
        rows.iter().filter(|row| row.last() != Some(&"what catches it")).partition(|row| row.len() == 3);
    let numbers: Vec<_> = numbered.iter().map(|row| row[0].parse::<usize>().unwrap()).collect();
    assert_eq!(numbers, (1..=54).collect::<Vec<_>>());
    assert_eq!(seen.len(), 12);
    for row in numbered.iter().chain(&seen) {
        let catches = row.last().unwrap();
        for id in ids(catches) {
            assert!(rules::find(id).is_some(), "there is no rule {id}: {row:?}");
        }
        let why = ["generated", "unsayable", "nothing"].iter().any(|why| catches.contains(why));
        assert!(why || ids(catches).next().is_some(), "neither a rule nor a reason: {row:?}");
    }
}
