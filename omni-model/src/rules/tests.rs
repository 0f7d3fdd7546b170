use super::{FAMILIES, REMOVED, all, find};

#[test]
fn ids_and_names_are_unique() {
    let mut ids: Vec<_> = all().flat_map(|rule| [rule.id, rule.name]).collect();
    ids.extend(REMOVED.iter().flat_map(|old| [Some(old.id), old.name]).flatten());
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
}

/// `B001` is in `budget/`. Ids count up within a family, and each number is a rule's or a removed one's.
#[test]
fn ids_belong_to_their_family_and_leave_no_gap() {
    for family in FAMILIES {
        let ids: Vec<_> = family.rules.iter().map(|rule| rule.id).collect();
        assert!(ids.is_sorted(), "{ids:?}");
        let letter = family.name[..1].to_uppercase();
        assert!(ids.iter().all(|id| id.starts_with(&letter)), "{}: {ids:?}", family.name);
        let last: usize = ids.last().unwrap()[1..].parse().unwrap();
        for number in 1..=last {
            let id = format!("{letter}{number:03}");
            let is_removed = REMOVED.iter().any(|old| old.id == id);
            assert!(ids.contains(&id.as_str()) != is_removed, "{id}: neither a rule nor removed, or both");
        }
    }
}

#[test]
fn a_rule_answers_to_its_id_and_to_its_name() {
    for text in ["B002", "b002", "vram-over-budget", "VRAM-over-budget"] {
        assert_eq!(find(text).map(|rule| rule.id), Some("B002"), "{text}");
    }
    assert!(find("vram_over_budget").is_none());
}
