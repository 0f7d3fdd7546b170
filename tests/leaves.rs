//! A deployment as a JSON tree, whose leaves a test changes one by one.

use omni::model::{ModelPath, Segment};
use omni::{Checked, Deployment, Report};
use serde_json::Value;

/// Returns a deployment as a tree.
pub(crate) fn tree(checked: &Checked) -> Value {
    serde_json::to_value(Deployment::clone(checked)).unwrap()
}

/// Returns the paths of the values that contain no other values.
pub(crate) fn leaves(tree: &Value) -> Vec<ModelPath> {
    let mut found = Vec::new();
    walk(tree, &ModelPath::root(), &mut found);
    found
}

fn walk(value: &Value, path: &ModelPath, found: &mut Vec<ModelPath>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| walk(value, &path.key(key), found)),
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(i, item)| walk(item, &path.index(i), found));
        }
        _ => found.push(path.clone()),
    }
}

/// Returns the value at a path.
pub(crate) fn at<'a>(tree: &'a mut Value, path: &ModelPath) -> &'a mut Value {
    path.segments().iter().fold(tree, |value, segment| match segment {
        Segment::Key(key) => &mut value[key],
        Segment::Index(index) => &mut value[*index],
    })
}

/// Returns the tree with another value at a path.
pub(crate) fn with(tree: &Value, path: &ModelPath, value: Value) -> Value {
    let mut changed = tree.clone();
    *at(&mut changed, path) = value;
    changed
}

/// Returns the tree without the value at a path.
pub(crate) fn without(tree: &Value, path: &ModelPath) -> Value {
    let mut changed = tree.clone();
    let around = at(&mut changed, &path.parent().unwrap());
    match path.segments().last().unwrap() {
        Segment::Key(key) => drop(around.as_object_mut().unwrap().shift_remove(key)),
        Segment::Index(index) => drop(around.as_array_mut().unwrap().remove(*index)),
    }
    changed
}

/// The result of judging a tree.
pub(crate) enum Outcome {
    /// It is not a deployment.
    Refused,
    /// The rules find errors.
    Invalid(Report),
    /// It can be emitted.
    Valid(Box<Checked>),
}

/// Reads a tree as a deployment and judges it.
pub(crate) fn judge(tree: Value) -> Outcome {
    let Ok(deployment) = serde_json::from_value(tree) else { return Outcome::Refused };
    match omni::check(deployment, &Default::default()) {
        Ok(checked) => Outcome::Valid(Box::new(checked)),
        Err(report) => Outcome::Invalid(report),
    }
}
