//! The JSON Schema of a document, from the types that read it: for editors that complete and check YAML.

use schemars::{Schema, generate::SchemaSettings, transform::RecursiveTransform};
use serde_json::{Value, json};

use crate::{deployment::Deployment, scalar::BARE};

/// The JSON Schema (draft 2020-12) of a deployment.
///
/// It takes every document that can be read, so that an editor never marks what is right. What it cannot say (that a name is
/// that of something else in the document, that a size is no more than a `u64` holds) the reading and the rules say.
pub fn schema() -> Value {
    let settings = SchemaSettings::draft2020_12().with_transform(RecursiveTransform(finish));
    settings.into_generator().into_root_schema_for::<Deployment>().into()
}

fn finish(schema: &mut Schema) {
    if let Some(Value::Array(bare)) = schema.remove(BARE) {
        let kinds = std::iter::once(json!("string")).chain(bare);
        schema.insert("type".into(), kinds.collect());
    }
    // What the format means, in the words of the standard.
    if schema.get("format").is_some_and(|format| format == "uint32") {
        schema.remove("format");
        schema.insert("maximum".into(), u32::MAX.into());
    }
}

#[cfg(test)]
mod tests;
