//! JSON that stays JSON, and reading that forgives what servers do as they evolve.
use std::{
    collections::BTreeMap,
    ops::{Deref, DerefMut},
};

use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use crate::{Arg, Error, Nullable, decode::harmless};

/// An object with members of the caller's choice: metadata, claims.
///
/// ```
/// use clerk_core::JsonObject;
/// use serde_json::json;
///
/// #[derive(serde::Serialize, serde::Deserialize)]
/// struct Plan { plan: String }
///
/// let metadata = JsonObject::new(Plan { plan: "pro".to_owned() })?; // or json!({ "plan": "pro" })
/// assert_eq!(metadata["plan"], "pro");
/// assert_eq!(metadata.read::<Plan>()?.plan, "pro");
/// assert_eq!(JsonObject::from([("plan", json!("pro"))]), metadata);
/// assert!(JsonObject::new("pro").is_err());
/// # Ok::<(), clerk_core::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct JsonObject(Map<String, Value>);

impl JsonObject {
    /// The object that `value` serializes to.
    ///
    /// # Errors
    ///
    /// If it serializes to something else, or not at all.
    pub fn new(value: impl Serialize) -> Result<Self, Error> {
        match serde_json::to_value(value) {
            Ok(Value::Object(map)) => Ok(Self(map)),
            Ok(_) => Err(Error::argument("object", "it serializes to JSON that is not an object")),
            Err(_) => Err(Error::argument("object", "it cannot be serialized to JSON")),
        }
    }

    /// Reads the object into a type of the caller's own.
    ///
    /// # Errors
    ///
    /// If it does not have that type's shape.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_path_to_error::deserialize(Value::Object(self.0.clone())).map_err(|error| {
            let path = error.path().to_string();
            Error::argument(path, harmless(&error.into_inner()))
        })
    }

    /// The members.
    pub fn into_map(self) -> Map<String, Value> {
        self.0
    }
}

impl Deref for JsonObject {
    type Target = Map<String, Value>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for JsonObject {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

impl From<Map<String, Value>> for JsonObject {
    fn from(map: Map<String, Value>) -> Self {
        Self(map)
    }
}

impl<K: Into<String>, V: Into<Value>, const N: usize> From<[(K, V); N]> for JsonObject {
    fn from(members: [(K, V); N]) -> Self {
        members.into_iter().collect()
    }
}

impl<K: Into<String>, V: Into<Value>> FromIterator<(K, V)> for JsonObject {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(members: I) -> Self {
        Self(members.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }
}

macro_rules! object_args {
    ($([$($generics:tt)*] $From:ty;)*) => {$(
        impl<$($generics)*> Arg<JsonObject> for $From {
            fn into_arg(self) -> JsonObject {
                self.into_iter().collect()
            }
        }

        impl<$($generics)*> Arg<Nullable<JsonObject>> for $From {
            fn into_arg(self) -> Nullable<JsonObject> {
                Nullable::Value(self.into_iter().collect())
            }
        }
    )*};
}
object_args! {
    [] Map<String, Value>;
    [K: Into<String>, V: Into<Value>] BTreeMap<K, V>;
    [K: Into<String>, V: Into<Value>, const N: usize] [(K, V); N];
}

/// For lists, maps and the like that the API always sends: `null` and absence (with
/// `serde(default)`) count as empty.
pub(crate) fn null_as_default<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(
    deserializer: D,
) -> Result<T, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

/// For members in which an explicit `null` is a value of its own.
#[cfg(feature = "catalog")] // Only the catalog reads what requests carry.
pub(crate) fn keep_null<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
