use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, de::Error as _};

use super::ObjectType;
use crate::{Arg, Listing, arg::query_values};

/// A page of a list, and how long the list is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
#[non_exhaustive]
pub struct List<T> {
    /// The items of this page.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub data: Vec<T>,
    /// How many there are in all.
    pub total_count: i64,
}

impl<T> From<List<T>> for Listing<T> {
    fn from(list: List<T>) -> Self {
        Self { items: list.data, total: u64::try_from(list.total_count).ok() }
    }
}

impl<T> IntoIterator for List<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.data.into_iter()
    }
}

impl<'l, T> IntoIterator for &'l List<T> {
    type Item = &'l T;
    type IntoIter = std::slice::Iter<'l, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.data.iter()
    }
}

/// How many there are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TotalCount {
    /// Always `total_count`.
    pub object: ObjectType,
    /// The number.
    pub total_count: i64,
}

/// What was deleted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DeletedObject {
    /// What kind of thing it was.
    pub object: ObjectType,
    /// Its id, where it had one.
    pub id: Option<String>,
    /// Its slug, where it had one.
    pub slug: Option<String>,
    /// Always `true`.
    pub deleted: bool,
    /// The id that it had in your system, where it had one.
    pub external_id: Option<String>,
}

/// A yes or no that the API wants as text: pass a `bool`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_structs)] // It says yes or no.
pub struct TextBool(pub bool);

impl fmt::Display for TextBool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for TextBool {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(if self.0 { "true" } else { "false" })
    }
}

impl<'de> Deserialize<'de> for TextBool {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match String::deserialize(deserializer)?.as_str() {
            "true" => Ok(Self(true)),
            "false" => Ok(Self(false)),
            _ => Err(D::Error::custom("another text, expected `true` or `false`")),
        }
    }
}

impl Arg<TextBool> for bool {
    fn into_arg(self) -> TextBool {
        TextBool(self)
    }
}

query_values!(TextBool);
