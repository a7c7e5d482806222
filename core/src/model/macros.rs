//! What is declared in tables: ids, open enums, unions told apart by a tag.
use std::{borrow::Cow, fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer,
    de::{self, IntoDeserializer, MapAccess, Visitor, value::MapAccessDeserializer},
};
use serde_json::{Map, Value};

/// Declares string newtypes, one for each kind of thing that has an id.
///
/// Clerk owns the ids: any text is accepted, and only what cannot stand in a URL is refused, when
/// a request is built.
macro_rules! ids {
    ($($(#[$meta:meta])* $Name:ident;)*) => {$(
        $(#[$meta])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $Name(String);

        impl $Name {
            /// The id as the API spells it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Debug for $Name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($Name), "({:?})"), self.0)
            }
        }

        impl std::fmt::Display for $Name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl AsRef<str> for $Name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $Name {
            fn from(id: &str) -> Self {
                Self(id.to_owned())
            }
        }

        impl From<String> for $Name {
            fn from(id: String) -> Self {
                Self(id)
            }
        }

        impl From<$Name> for String {
            fn from(id: $Name) -> Self {
                id.0
            }
        }

        // By hand: a line each, in place of two derives for each of a hundred types.
        impl serde::Serialize for $Name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> serde::Deserialize<'de> for $Name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer).map(Self)
            }
        }

        impl PartialEq<str> for $Name {
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }

        impl PartialEq<&str> for $Name {
            fn eq(&self, other: &&str) -> bool {
                self.0 == *other
            }
        }

        impl $crate::arg::TextType for $Name {
            fn from_text(text: &str) -> Self {
                Self(text.to_owned())
            }

            fn from_string(text: String) -> Self {
                Self(text)
            }
        }
    )*};
}
pub(crate) use ids;

/// Declares an enum that keeps the text of a value it does not know.
macro_rules! open_enum {
    (
        $(#[$meta:meta])*
        pub enum $Name:ident {
            $( $(#[$vmeta:meta])* $Variant:ident = $text:literal, )+
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $Name {
            $( $(#[$vmeta])* $Variant, )+
            /// A value that this version of the crate does not know, as the API spells it.
            Unknown(Box<str>),
        }

        impl $Name {
            /// The value as the API spells it.
            pub fn as_str(&self) -> &str {
                match self {
                    $( Self::$Variant => $text, )+
                    Self::Unknown(text) => text,
                }
            }
        }

        impl From<&str> for $Name {
            fn from(text: &str) -> Self {
                match text {
                    $( $text => Self::$Variant, )+
                    other => Self::Unknown(other.into()),
                }
            }
        }

        impl AsRef<str> for $Name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl std::fmt::Display for $Name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $Name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $Name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str($crate::model::macros::OpenEnum::new())
            }
        }

        impl $crate::arg::TextType for $Name {
            fn from_text(text: &str) -> Self {
                text.into()
            }
        }
    };
}
pub(crate) use open_enum;

/// Reads an [`open_enum!`].
pub(crate) struct OpenEnum<T>(PhantomData<T>);

impl<T> OpenEnum<T> {
    pub(crate) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T: for<'a> From<&'a str>> Visitor<'_> for OpenEnum<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a string")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        Ok(text.into())
    }
}

/// Declares an object that requests carry: a struct, its `new` of what is required, its setters.
///
/// Only the catalog reads such objects. A member that is not one of theirs would be lost without
/// notice, so it is refused: this is what somebody asks for, and not what a server answers.
macro_rules! input {
    (
        $(#[$meta:meta])*
        pub struct $Name:ident {
            $( $(#[$rmeta:meta])* $req:ident: $Req:ty, )*
        }
        $(struct Optional {
            $( $(#[doc = $odoc:literal])+ $(#[deprecated(note = $onote:literal)])? $opt:ident: $Opt:ty, )+
        })?
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize)]
        #[cfg_attr(feature = "catalog", derive(serde::Deserialize), serde(deny_unknown_fields))]
        #[non_exhaustive]
        pub struct $Name {
            $( $(#[$rmeta])* pub $req: $Req, )*
            $($(
                $(#[doc = $odoc])+
                $(#[deprecated(note = $onote)])?
                #[serde(skip_serializing_if = "Option::is_none")]
                #[cfg_attr(feature = "catalog", serde(default, deserialize_with = "crate::json::keep_null"))]
                pub $opt: Option<$Opt>,
            )+)?
        }

        #[allow(deprecated)]
        impl $Name {
            /// With what is required, and nothing else.
            #[allow(clippy::new_without_default)] // A default of some objects only would surprise.
            pub fn new($( $req: impl $crate::Arg<$Req> ),*) -> Self {
                Self {
                    $( $req: $crate::Arg::into_arg($req), )*
                    $($( $opt: None, )+)?
                }
            }

            $($(
                $(#[doc = $odoc])+
                $(#[deprecated(note = $onote)])?
                #[must_use]
                pub fn $opt(mut self, $opt: impl $crate::Arg<$Opt>) -> Self {
                    self.$opt = Some($crate::Arg::into_arg($opt));
                    self
                }
            )+)?
        }
    };
}
pub(crate) use input;

/// Declares types for arguments that are easily mistaken for each other, and so are given with their
/// name.
macro_rules! named {
    ($($(#[$meta:meta])* $Name:ident($Inner:ty);)*) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $Name($Inner);

        impl $Name {
            /// Names a value.
            pub fn new(value: impl $crate::Arg<$Inner>) -> Self {
                Self(value.into_arg())
            }
        }
    )*};
}
pub(crate) use named;

/// Declares a union whose variants are told apart by the text of one member.
///
/// Clerk writes the tag first: then the variant reads the input itself, and nothing is kept back.
macro_rules! union {
    (
        $(#[$meta:meta])*
        pub enum $Name:ident by $tag:literal {
            $( $(#[$vmeta:meta])* $text:literal => $Variant:ident($Type:ty), )+
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq)]
        #[non_exhaustive]
        pub enum $Name {
            $( $(#[$vmeta])* $Variant($Type), )+
            /// A kind that this version of the crate does not know. It may hold a secret: `Debug`
            /// shows the names of the members only.
            Unknown($crate::JsonObject),
        }

        impl std::fmt::Debug for $Name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self {
                    $( Self::$Variant(value) => f.debug_tuple(stringify!($Variant)).field(value).finish(), )+
                    Self::Unknown(object) => $crate::model::macros::unknown(object, f),
                }
            }
        }

        impl $crate::model::macros::Union for $Name {
            const TAG: &'static str = $tag;

            fn read<'de, D: serde::Deserializer<'de>>(tag: &str, rest: D) -> Result<Result<Self, D>, D::Error> {
                Ok(Ok(match tag {
                    $( $text => Self::$Variant(serde::Deserialize::deserialize(rest)?), )+
                    _ => return Ok(Err(rest)),
                }))
            }

            fn unknown(object: $crate::JsonObject) -> Self {
                Self::Unknown(object)
            }
        }

        impl serde::Serialize for $Name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                match self {
                    $( Self::$Variant(value) => $crate::model::macros::WithTag { tag: ($tag, $text), value }.serialize(serializer), )+
                    Self::Unknown(object) => object.serialize(serializer),
                }
            }
        }

        impl<'de> serde::Deserialize<'de> for $Name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_map($crate::model::macros::Tagged::new())
            }
        }
    };
}
pub(crate) use union;

/// What `Debug` shows of an object of an unknown kind: what is in it may be a secret.
pub(crate) fn unknown(object: &crate::JsonObject, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.debug_tuple("Unknown").field(&object.keys().collect::<Vec<_>>()).finish()
}

/// What [`union!`] tells [`Tagged`].
pub(crate) trait Union: Sized {
    const TAG: &'static str;

    /// Reads the rest of the object as the variant of this tag; gives it back if there is none.
    fn read<'de, D: Deserializer<'de>>(tag: &str, rest: D) -> Result<Result<Self, D>, D::Error>;

    fn unknown(object: crate::JsonObject) -> Self;
}

/// A variant, written with its tag: variants do not have the tag as a field, as it was consumed.
#[derive(serde::Serialize)]
pub(crate) struct WithTag<'a, T> {
    #[serde(flatten, serialize_with = "tag_first")]
    pub(crate) tag: (&'static str, &'static str),
    #[serde(flatten)]
    pub(crate) value: &'a T,
}

fn tag_first<S: serde::Serializer>(
    tag: &(&'static str, &'static str),
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map([(tag.0, tag.1)])
}

/// Reads a [`union!`].
pub(crate) struct Tagged<U>(PhantomData<U>);

impl<U> Tagged<U> {
    pub(crate) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<'de, U: Union> Visitor<'de> for Tagged<U> {
    type Value = U;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "an object with `{}`", U::TAG)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<U, A::Error> {
        let mut object = Map::new();
        if let Some(Text(first)) = map.next_key()? {
            if first != U::TAG {
                object.insert(first.into_owned(), map.next_value()?);
            } else {
                let tag: Tag<'de> = map.next_value()?;
                if let Tag::Text(text) = &tag {
                    match U::read(text, MapAccessDeserializer::new(map))? {
                        Ok(union) => return Ok(union),
                        Err(rest) => object = Map::deserialize(rest)?,
                    }
                } else {
                    while let Some((name, value)) = map.next_entry()? {
                        object.insert(name, value);
                    }
                }
                object.insert(U::TAG.to_owned(), tag.into_value());
                return Ok(U::unknown(object.into()));
            }
        }
        while let Some((name, value)) = map.next_entry()? {
            object.insert(name, value);
        }
        let Some(Value::String(tag)) = object.get(U::TAG).cloned() else {
            return Ok(U::unknown(object.into()));
        };
        match U::read(&tag, object.into_deserializer()).map_err(de::Error::custom)? {
            Ok(union) => Ok(union),
            Err(rest) => Map::deserialize(rest)
                .map(|object| U::unknown(object.into()))
                .map_err(de::Error::custom),
        }
    }
}

/// Text without a copy where the input has it in one piece.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// The value of a tag: text, or something odd that is kept.
#[derive(Deserialize)]
#[serde(untagged)]
enum Tag<'a> {
    Text(#[serde(borrow)] Cow<'a, str>),
    Other(Value),
}

impl Tag<'_> {
    fn into_value(self) -> Value {
        match self {
            Self::Text(text) => Value::String(text.into_owned()),
            Self::Other(value) => value,
        }
    }
}
