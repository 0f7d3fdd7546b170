//! The JSON Schema of a document and the reference of its keys, both from the types that read it.
//!
//! The doc comments of the types are the only text: [`schema()`] has them for editors that complete and check YAML, and
//! [`Keys`] for `docs/reference.md` and `omni explain`.

mod example;
mod keys;
mod page;
mod shape;
#[cfg(test)]
mod tests;

use schemars::{Schema, generate::SchemaSettings, transform::RecursiveTransform};
use serde_json::{Value, json};

use crate::{deployment::Deployment, scalar::BARE};

pub use keys::{Key, Keys, Need};
pub use page::page;

/// The JSON Schema (draft 2020-12) of a deployment. The description of a key is its entry in the [`Keys`].
///
/// The schema accepts every document that can be read, so an editor never marks a correct one. It accepts more: whether a name
/// refers to something in the document, or whether a size fits into a `u64`, is decided by the reader and the rules.
///
/// # Examples
///
/// ```
/// let schema = omni_model::schema::schema();
/// assert_eq!(schema["$defs"]["Gpu"]["required"][0], "model");
/// ```
pub fn schema() -> Value {
    let mut schema = raw();
    for key in Keys::new().all() {
        if let Some(Value::Object(node)) = schema.pointer_mut(key.pointer()) {
            node.insert("description".to_owned(), key.text().into());
        }
    }
    schema
}

/// The schema with the doc comments of the types as descriptions.
fn raw() -> Value {
    let settings = SchemaSettings::draft2020_12().with_transform(RecursiveTransform(finish));
    settings.into_generator().into_root_schema_for::<Deployment>().into()
}

fn finish(schema: &mut Schema) {
    if let Some(Value::Array(bare)) = schema.remove(BARE) {
        let kinds = std::iter::once(json!("string")).chain(bare);
        schema.insert("type".into(), kinds.collect());
    }
    // The standard has no such format.
    if schema.get("format").is_some_and(|format| format == "uint32") {
        schema.remove("format");
        schema.insert("maximum".into(), u32::MAX.into());
    }
    // A doc comment is broken into lines where the source code is.
    if let Some(Value::String(text)) = schema.get("description") {
        let paragraphs: Vec<_> = text.split("\n\n").map(|lines| lines.replace('\n', " ")).collect();
        let text = paragraphs.join("\n\n");
        schema.insert("description".into(), text.into());
    }
}
