//! A `serde::Deserializer` over a node of a document. Its errors carry their path and span.

use std::{
    iter::{Enumerate, Skip},
    num::IntErrorKind,
    slice,
    str::FromStr,
};

use serde::de::{
    self, DeserializeSeed, Deserializer, EnumAccess, IntoDeserializer, MapAccess, SeqAccess, VariantAccess,
    Visitor,
};

use super::{
    Entry, Node, Span,
    error::{Content, Error, Pruned, View},
};
use crate::{message::message, path::Segment, words::list};

#[derive(Clone, Copy)]
pub(super) struct NodeDeserializer<'a> {
    pub(super) view: View<'a>,
    pub(super) pruned: &'a Pruned,
    /// Where the previous pass stopped. Items of maps and lists that end before it are known to be right and are not read again;
    /// otherwise, many errors in a long document would cost as many full passes.
    pub(super) reached: Span,
}

/// How many of a list's items, which begin at these places, ended before `reached`.
fn ended<T>(items: &[T], reached: Span, start: impl Fn(&T) -> Span) -> usize {
    items.partition_point(|item| start(item) <= reached).saturating_sub(1)
}

impl<'a> NodeDeserializer<'a> {
    fn wants(&self, what: &str) -> Error {
        Error::new(format!("expected {what}, found {}", self.view.content), None)
    }

    fn text(&self) -> Result<&'a str, Error> {
        match self.view.content {
            Content::Text(text) => Ok(text),
            _ => Err(self.wants("a single value")),
        }
    }

    fn float<T: FromStr>(&self) -> Result<T, Error> {
        self.text()?.parse().map_err(|_| self.wants("a number"))
    }

    fn of(self, node: &'a Node) -> Self {
        Self { view: node.into(), ..self }
    }

    fn seq<V: Visitor<'a>>(self, items: &'a [Node], from: usize, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_seq(Items { items: items.iter().enumerate().skip(from), of: self })
    }

    fn map<V: Visitor<'a>>(self, entries: &'a [Entry], from: usize, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_map(Entries { entries: entries.iter().skip(from), value: None, of: self })
    }
}

/// Reads a whole number.
fn whole_number<T: FromStr<Err = std::num::ParseIntError>>(
    text: &str,
    limits: [String; 2],
) -> Result<T, Error> {
    let [min, max] = limits;
    text.parse().map_err(|error: std::num::ParseIntError| {
        let digits = text.strip_prefix('-').filter(|digits| !digits.is_empty());
        let is_negative = digits.is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_digit()));
        Error::new(
            match error.kind() {
                IntErrorKind::PosOverflow => {
                    message!("`{value}` is too large: the maximum is {max}", value = text, max)
                }
                _ if is_negative => {
                    message!("`{value}` is too small: the minimum is {min}", value = text, min)
                }
                _ => message!("expected a whole number, found `{value}`", value = text),
            },
            None,
        )
    })
}

macro_rules! whole_numbers {
    ($($method:ident $visit:ident $type:ty,)*) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            visitor.$visit(whole_number(self.text()?, [<$type>::MIN.to_string(), <$type>::MAX.to_string()])?)
        }
    )*};
}

impl<'de> Deserializer<'de> for NodeDeserializer<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.view.content {
            Content::Null => visitor.visit_unit(),
            Content::Text(text) => visitor.visit_borrowed_str(text),
            Content::Seq(_) => self.deserialize_seq(visitor),
            Content::Map(_) => self.deserialize_map(visitor),
        }
    }

    whole_numbers! {
        deserialize_i8 visit_i8 i8,
        deserialize_i16 visit_i16 i16,
        deserialize_i32 visit_i32 i32,
        deserialize_i64 visit_i64 i64,
        deserialize_i128 visit_i128 i128,
        deserialize_u8 visit_u8 u8,
        deserialize_u16 visit_u16 u16,
        deserialize_u32 visit_u32 u32,
        deserialize_u64 visit_u64 u64,
        deserialize_u128 visit_u128 u128,
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.view.content {
            Content::Text("true") => visitor.visit_bool(true),
            Content::Text("false") => visitor.visit_bool(false),
            _ => Err(self.wants("`true` or `false`")),
        }
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_f32(self.float()?)
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_f64(self.float()?)
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_borrowed_str(self.text()?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_byte_buf<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.view.content {
            Content::Null => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.view.content {
            Content::Null => visitor.visit_unit(),
            _ => Err(self.wants("nothing")),
        }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.view.content {
            Content::Seq(items) => self.seq(items, ended(items, self.reached, |item| item.span), visitor),
            _ => Err(self.wants("a list")),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        match self.view.content {
            Content::Seq(items) => self.seq(items, 0, visitor),
            _ => Err(self.wants("a list")),
        }
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        len: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_tuple(len, visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.view.content {
            Content::Map(entries) => {
                self.map(entries, ended(entries, self.reached, |entry| entry.key_span), visitor)
            }
            _ => Err(self.wants("a map")),
        }
    }

    /// A struct is always read from its first key on, or the keys that are skipped would count as missing.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.view.content {
            Content::Map(entries) => self.map(entries, 0, visitor),
            _ => Err(self.wants("a map")),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        let variant = match self.view.content {
            Content::Text(name) => Variant { name, entry: None, of: self },
            Content::Map([entry]) => Variant { name: &entry.key, entry: Some(entry), of: self },
            _ => {
                let message = format!("expected a name or a map with one key, found {}", self.view.content);
                return Err(Error::new(
                    message,
                    Some(format!("use one of {}", list(variants.iter().copied()))),
                ));
            }
        };
        visitor.visit_enum(variant)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }
}

struct Items<'a> {
    items: Skip<Enumerate<slice::Iter<'a, Node>>>,
    of: NodeDeserializer<'a>,
}

impl<'de> SeqAccess<'de> for Items<'de> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Error> {
        let pruned = self.of.pruned;
        let Some((index, item)) = self.items.find(|(_, item)| !pruned.contains(&item.span)) else {
            return Ok(None);
        };
        seed.deserialize(self.of.of(item))
            .map(Some)
            .map_err(|error| error.found_at(item.span, item.into(), pruned).inside(Segment::Index(index)))
    }
}

struct Entries<'a> {
    entries: Skip<slice::Iter<'a, Entry>>,
    value: Option<&'a Entry>,
    of: NodeDeserializer<'a>,
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Error> {
        let pruned = self.of.pruned;
        self.value = self.entries.find(|entry| !pruned.contains(&entry.node.span));
        let Some(entry) = self.value else { return Ok(None) };
        seed.deserialize(self.of.key(entry)).map(Some).map_err(|error| error.of_key(entry, entry.node.span))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        let entry = self.value.take().ok_or_else(|| Error::new("a value was read before its key", None))?;
        seed.deserialize(self.of.of(&entry.node)).map_err(|error| error.of_value(entry, self.of.pruned))
    }
}

impl<'a> NodeDeserializer<'a> {
    fn key(self, entry: &'a Entry) -> Self {
        Self { view: View { content: Content::Text(&entry.key), span: entry.key_span }, ..self }
    }
}

/// The value of an enum: a bare name, or a map with the name as its only key.
struct Variant<'a> {
    name: &'a str,
    entry: Option<&'a Entry>,
    of: NodeDeserializer<'a>,
}

impl<'a> Variant<'a> {
    /// Reads the value of the variant.
    fn content<T>(self, read: impl FnOnce(NodeDeserializer<'a>) -> Result<T, Error>) -> Result<T, Error> {
        let Some(entry) = self.entry.filter(|entry| !self.of.pruned.contains(&entry.node.span)) else {
            let help = Some(format!("write `{{ {}: … }}`", self.name));
            return Err(Error::new(message!("`{variant}` needs a value", variant = self.name), help));
        };
        read(self.of.of(&entry.node)).map_err(|error| error.of_value(entry, self.of.pruned))
    }
}

impl<'de> EnumAccess<'de> for Variant<'de> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Error> {
        let name: de::value::StrDeserializer<'_, Error> = self.name.into_deserializer();
        match (seed.deserialize(name), self.entry) {
            (Ok(variant), _) => Ok((variant, self)),
            (Err(error), Some(entry)) => Err(error.of_key(entry, self.of.view.span)),
            (Err(error), None) => Err(error),
        }
    }
}

impl<'de> VariantAccess<'de> for Variant<'de> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        match self.entry {
            Some(entry) => {
                let error = Error::new(message!("`{variant}` takes no value", variant = self.name), None);
                Err(error.of_key(entry, self.of.view.span))
            }
            None => Ok(()),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        self.content(|content| seed.deserialize(content))
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, Error> {
        self.content(|content| content.deserialize_tuple(len, visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        keys: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.content(|content| content.deserialize_struct("", keys, visitor))
    }
}
