use super::all;

#[test]
fn ids_and_names_are_unique() {
    let mut ids: Vec<_> = all().flat_map(|rule| [rule.id, rule.name]).collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
}
