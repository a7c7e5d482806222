use std::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{
        MapAccess, SeqAccess, Visitor,
        value::{MapAccessDeserializer, SeqAccessDeserializer},
    },
};

use super::{ObjectType, macros::open_enum};
use crate::{Arg, Listing};

/// A page of a list, and how long the list is.
///
/// The count `C` is a whole number, but for the lists that Clerk documents with any number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>, C: Deserialize<'de>"))]
#[non_exhaustive]
pub struct List<T, C = i64> {
    /// The items of this page.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub data: Vec<T>,
    /// How many there are in all.
    pub total_count: C,
}

impl<T> From<List<T>> for Listing<T> {
    fn from(list: List<T>) -> Self {
        Self { items: list.data, total: u64::try_from(list.total_count).ok() }
    }
}

impl<T> From<List<T, f64>> for Listing<T> {
    fn from(list: List<T, f64>) -> Self {
        Self { items: list.data, total: whole(list.total_count) }
    }
}

/// A count that came as any number; what is not one says nothing.
pub(crate) fn whole(count: f64) -> Option<u64> {
    // Above this, not every whole number is an `f64`.
    const MAX: f64 = 9_007_199_254_740_992.0;
    (count.fract() == 0.0 && (0.0..=MAX).contains(&count)).then_some(count as u64)
}

impl<T, C> IntoIterator for List<T, C> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.data.into_iter()
    }
}

impl<'l, T, C> IntoIterator for &'l List<T, C> {
    type Item = &'l T;
    type IntoIter = std::slice::Iter<'l, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.data.iter()
    }
}

/// A page of a list that the API answers with as a bare array, or with its length if it was asked
/// for that (`paginated(true)`).
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PlainList<T> {
    /// The items of this page.
    pub data: Vec<T>,
    /// How many there are in all, if that was asked for.
    pub total_count: Option<i64>,
}

impl<T> From<PlainList<T>> for Listing<T> {
    fn from(list: PlainList<T>) -> Self {
        Self {
            items: list.data,
            total: list.total_count.and_then(|count| u64::try_from(count).ok()),
        }
    }
}

impl<T> IntoIterator for PlainList<T> {
    type Item = T;
    type IntoIter = std::vec::IntoIter<T>;

    fn into_iter(self) -> Self::IntoIter {
        self.data.into_iter()
    }
}

impl<'l, T> IntoIterator for &'l PlainList<T> {
    type Item = &'l T;
    type IntoIter = std::slice::Iter<'l, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.data.iter()
    }
}

/// An array, or an object with the total: as it was received.
impl<T: Serialize> Serialize for PlainList<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Counted<'l, T> {
            data: &'l [T],
            total_count: i64,
        }
        match self.total_count {
            None => self.data.serialize(serializer),
            Some(total_count) => Counted { data: &self.data, total_count }.serialize(serializer),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for PlainList<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ArrayOrObject<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for ArrayOrObject<T> {
            type Value = PlainList<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array, or an object with `data`")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<PlainList<T>, A::Error> {
                let data = Vec::deserialize(SeqAccessDeserializer::new(items))?;
                Ok(PlainList { data, total_count: None })
            }

            fn visit_map<A: MapAccess<'de>>(self, members: A) -> Result<PlainList<T>, A::Error> {
                #[derive(Deserialize)]
                #[serde(bound(deserialize = "T: Deserialize<'de>"))]
                struct Counted<T> {
                    #[serde(deserialize_with = "crate::json::null_as_default")]
                    data: Vec<T>,
                    total_count: Option<i64>,
                }

                let Counted { data, total_count } =
                    Counted::deserialize(MapAccessDeserializer::new(members))?;
                Ok(PlainList { data, total_count })
            }
        }

        deserializer.deserialize_any(ArrayOrObject(PhantomData))
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

open_enum! {
    /// A yes or no that the API wants as text: pass a `bool`.
    pub enum TextBool {
        /// Yes.
        True = "true",
        /// No.
        False = "false",
    }
}

impl Arg<TextBool> for bool {
    fn into_arg(self) -> TextBool {
        if self { TextBool::True } else { TextBool::False }
    }
}
