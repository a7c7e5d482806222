//! The difference between leaving a field alone and clearing it.
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A value to write, or an explicit `null`.
///
/// In the body of an update `Option<Nullable<T>>` has three states: leave alone, clear, replace.
///
/// ```
/// use clerk_core::{Nullable, api::users::UpdateUser};
///
/// let update = UpdateUser::new("user_1").first_name("Ann").username(Nullable::Null);
/// assert_eq!(update.first_name, Some(Nullable::Value("Ann".to_owned()))); // replaced
/// assert_eq!(update.username, Some(Nullable::Null)); // cleared
/// assert_eq!(update.last_name, None); // left alone
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_enums)] // There is no third state.
pub enum Nullable<T> {
    /// Clear the field: sent as `null`.
    Null,
    /// Replace the field with this.
    Value(T),
}

impl<T> Nullable<T> {
    /// The value, or `None` for `null`.
    pub fn into_option(self) -> Option<T> {
        match self {
            Self::Null => None,
            Self::Value(value) => Some(value),
        }
    }

    /// The value by reference, or `None` for `null`.
    pub fn as_option(&self) -> Option<&T> {
        match self {
            Self::Null => None,
            Self::Value(value) => Some(value),
        }
    }
}

impl<T> From<Option<T>> for Nullable<T> {
    /// `None` becomes `null`.
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Self::Value)
    }
}

impl<T: Serialize> Serialize for Nullable<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_none(),
            Self::Value(value) => value.serialize(serializer),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Nullable<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(Self::from)
    }
}
