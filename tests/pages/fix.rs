//! The changes that findings propose.

use omni_model::{Segment, diagnostic::Fix};
use serde_norway::{Mapping, Value};

/// Applies the change that a finding proposes.
pub(crate) fn apply(document: &mut Value, Fix { path, value }: &Fix) {
    let (last, way) = path.segments().split_last().expect("a fix is not about the whole");
    let mut here = document;
    for segment in way {
        here = match segment {
            Segment::Key(key) => {
                let map =
                    here.as_mapping_mut().unwrap_or_else(|| panic!("{path}: `{key}` has no map around it"));
                map.entry(key.as_str().into()).or_insert(Value::Mapping(Mapping::new()))
            }
            Segment::Index(index) => here.get_mut(index).unwrap_or_else(|| panic!("{path}: no item {index}")),
        };
    }
    let value: Value = serde_norway::to_value(value).expect("JSON is YAML");
    match (here, last) {
        (Value::Mapping(map), Segment::Key(key)) if value.is_null() => {
            map.shift_remove(key.as_str()).unwrap_or_else(|| panic!("{path}: there is nothing to remove"));
        }
        (Value::Mapping(map), Segment::Key(key)) => {
            map.insert(key.as_str().into(), value);
        }
        (Value::Sequence(items), Segment::Index(index)) if value.is_null() => {
            items.remove(*index);
        }
        (Value::Sequence(items), Segment::Index(index)) if *index == items.len() => items.push(value),
        (Value::Sequence(items), Segment::Index(index)) => items[*index] = value,
        (here, _) => panic!("{path} is in {here:?}"),
    }
}
