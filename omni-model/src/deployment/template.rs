//! Texts with references to other parts of the deployment, so that no number is written twice.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;

use super::PortOf;
use crate::{
    names::{ModelName, PortName, TEXT, Text},
    scalar::{ScalarError, scalar, text_schema},
};

/// A part of a command line or the value of an environment variable, for example `http://{ollama.http}/v1`.
///
/// `{service.port}` is replaced by the `address:port` at which the service finds that port, `{port}` by the number of the
/// service's own port in the container, and `{model:name}` by the directory of a model in the container. Write literal braces
/// twice: `{{` and `}}`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(with = "String", transform = text_schema::<Self>("template", TEXT))]
pub struct Template(Vec<Part>);

/// A part of a [`Template`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Literal text.
    Text(String),
    /// The address and port of another service.
    Endpoint(PortOf),
    /// The number of the service's own port.
    OwnPort(PortName),
    /// The directory of a model.
    Model(ModelName),
}

impl Template {
    /// The parts of the text.
    pub fn parts(&self) -> &[Part] {
        &self.0
    }

    /// The words of the literal text.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        let texts =
            self.0.iter().filter_map(|part| if let Part::Text(text) = part { Some(text) } else { None });
        texts.flat_map(|text| text.split_whitespace())
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|part| match part {
            Part::Text(text) => f.write_str(&text.replace('{', "{{").replace('}', "}}")),
            Part::Endpoint(port) => write!(f, "{{{port}}}"),
            Part::OwnPort(port) => write!(f, "{{{port}}}"),
            Part::Model(model) => write!(f, "{{model:{model}}}"),
        })
    }
}

impl FromStr for Template {
    type Err = ScalarError;

    fn from_str(text: &str) -> Result<Self, ScalarError> {
        text.parse::<Text>()?;
        let error = |problem: &str| {
            ScalarError::new(format!("`{text}` {problem}; write a literal brace twice, as `{{{{` or `}}}}`"))
        };
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find(['{', '}']) {
            let (before, braces) = rest.split_at(at);
            plain.push_str(before);
            if let Some(after) = braces.strip_prefix("{{").or_else(|| braces.strip_prefix("}}")) {
                plain.extend(braces.chars().next());
                rest = after;
                continue;
            }
            let inside =
                braces.strip_prefix('{').ok_or_else(|| error("closes a brace that was not opened"))?;
            let (name, after) = inside.split_once('}').ok_or_else(|| error("does not close a brace"))?;
            if !plain.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut plain)));
            }
            parts.push(match name.strip_prefix("model:") {
                Some(model) => Part::Model(model.parse()?),
                None if name.contains('.') => Part::Endpoint(name.parse()?),
                None => Part::OwnPort(name.parse()?),
            });
            rest = after;
        }
        plain.push_str(rest);
        if !plain.is_empty() || parts.is_empty() {
            parts.push(Part::Text(plain));
        }
        Ok(Self(parts))
    }
}

scalar!(Template);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_read_back() {
        for text in [
            "",
            "plain $(x)",
            "http://{deepseek.http}/v1",
            "{http}",
            "a{{b}}c",
            "--model={model:glm-4.7}",
            "{{{http}}}",
        ] {
            assert_eq!(text.parse::<Template>().unwrap().to_string(), text);
        }
        let template: Template = "http://{deepseek.http}/v1".parse().unwrap();
        assert_eq!(template.parts().len(), 3);
        for text in ["{", "}", "{a", "{A}", "{a.b.c}", "{}", "a\nb"] {
            assert!(text.parse::<Template>().is_err(), "{text}");
        }
    }
}
