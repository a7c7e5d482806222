//! What may be passed where a parameter wants a `T`.
use std::{collections::BTreeMap, fmt::Display};

use crate::Nullable;

/// Like `Into<T>`, with few enough implementations that a number needs no suffix.
///
/// Every parameter takes its own type, and what is commonly at hand instead: `&str` for ids, texts
/// and enums; arrays, slices and vectors for lists; [`Duration`](std::time::Duration) for seconds;
/// [`SystemTime`](std::time::SystemTime) for times; the bare value or an `Option` where `null` is
/// allowed.
///
/// ```
/// use std::time::Duration;
/// use clerk_core::{Nullable, api::{actor_tokens::{Actor, CreateActorToken}, users::{GetUserList, UpdateUser}}};
///
/// GetUserList::new().limit(10).email_address(["ann@example.com"]).banned(false);
/// CreateActorToken::new("user_1", Actor::new("user_2")).expires_in_seconds(Duration::from_secs(600));
/// UpdateUser::new("user_1").first_name("Ann").last_name(None).username(Nullable::Null);
/// ```
///
/// What does not fit does not compile:
///
/// ```compile_fail,E0277
/// clerk_core::api::users::GetUserList::new().limit("ten");
/// ```
///
/// ```compile_fail,E0277
/// let token = clerk_core::model::ActorTokenId::from("act_1");
/// clerk_core::api::users::GetUser::new(token); // the id of something else
/// ```
///
/// ```compile_fail,E0061
/// clerk_core::api::users::GetUser::new(); // whose?
/// ```
///
/// ```compile_fail,E0599
/// clerk_core::api::users::GetUser::new("user_1").send(); // by whom? `.on(&client)` says it
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be passed for a parameter of type `{T}`",
    label = "expected `{T}`"
)]
pub trait Arg<T> {
    /// Converts.
    fn into_arg(self) -> T;
}

impl<T> Arg<T> for T {
    fn into_arg(self) -> T {
        self
    }
}

/// What a text can be passed for: ids, keys, open enums.
///
/// The implementations of [`Arg`] for them are here once, and not with each of the types.
#[doc(hidden)]
pub trait TextType: Sized {
    fn from_text(text: &str) -> Self;

    fn from_string(text: String) -> Self {
        Self::from_text(&text)
    }
}

impl<T: TextType> Arg<T> for &str {
    fn into_arg(self) -> T {
        T::from_text(self)
    }
}

impl<T: TextType> Arg<T> for String {
    fn into_arg(self) -> T {
        T::from_string(self)
    }
}

impl<T: TextType> Arg<T> for &String {
    fn into_arg(self) -> T {
        T::from_text(self)
    }
}

impl<T: TextType + Clone> Arg<T> for &T {
    fn into_arg(self) -> T {
        self.clone()
    }
}

impl<T: TextType> Arg<Nullable<T>> for &str {
    fn into_arg(self) -> Nullable<T> {
        Nullable::Value(self.into_arg())
    }
}

impl<T: TextType> Arg<Nullable<T>> for String {
    fn into_arg(self) -> Nullable<T> {
        Nullable::Value(self.into_arg())
    }
}

impl<T: TextType> Arg<Nullable<T>> for &String {
    fn into_arg(self) -> Nullable<T> {
        Nullable::Value(self.into_arg())
    }
}

impl<T: TextType + Clone> Arg<Nullable<T>> for &T {
    fn into_arg(self) -> Nullable<T> {
        Nullable::Value(self.clone())
    }
}

impl Arg<String> for &str {
    fn into_arg(self) -> String {
        self.to_owned()
    }
}

impl Arg<String> for &String {
    fn into_arg(self) -> String {
        self.clone()
    }
}

impl<T, U: Arg<T>, const N: usize> Arg<Vec<T>> for [U; N] {
    fn into_arg(self) -> Vec<T> {
        self.into_iter().map(U::into_arg).collect()
    }
}

impl<T, U: Arg<T> + Clone> Arg<Vec<T>> for &[U] {
    fn into_arg(self) -> Vec<T> {
        self.iter().cloned().map(U::into_arg).collect()
    }
}

impl<T, U: Arg<T> + Clone> Arg<Vec<T>> for &Vec<U> {
    fn into_arg(self) -> Vec<T> {
        self.as_slice().into_arg()
    }
}

impl Arg<Vec<String>> for Vec<&str> {
    fn into_arg(self) -> Vec<String> {
        self.into_iter().map(str::to_owned).collect()
    }
}

impl<T, U: Arg<T>, const N: usize> Arg<Nullable<Vec<T>>> for [U; N] {
    fn into_arg(self) -> Nullable<Vec<T>> {
        Nullable::Value(self.into_arg())
    }
}

impl<K: Ord, V, A: Arg<K>, B: Arg<V>, const N: usize> Arg<BTreeMap<K, V>> for [(A, B); N] {
    fn into_arg(self) -> BTreeMap<K, V> {
        self.into_iter().map(|(key, value)| (key.into_arg(), value.into_arg())).collect()
    }
}

impl<T: TextType> Arg<Vec<T>> for Vec<String> {
    fn into_arg(self) -> Vec<T> {
        self.into_iter().map(T::from_string).collect()
    }
}

impl<T: TextType> Arg<Vec<T>> for Vec<&str> {
    fn into_arg(self) -> Vec<T> {
        self.into_iter().map(T::from_text).collect()
    }
}

impl<T> Arg<Nullable<T>> for T {
    fn into_arg(self) -> Nullable<T> {
        Nullable::Value(self)
    }
}

impl<T> Arg<Nullable<T>> for Option<T> {
    fn into_arg(self) -> Nullable<T> {
        self.into()
    }
}

impl Arg<Nullable<String>> for &str {
    fn into_arg(self) -> Nullable<String> {
        Nullable::Value(self.to_owned())
    }
}

/// What can stand in a query string: texts, ids, numbers, booleans, enums, and lists of these.
pub trait QueryValue {
    /// Hands over each value: one, or one for every element of a list.
    fn each(&self, write: &mut dyn FnMut(&dyn Display));
}

impl<T: QueryValue> QueryValue for Vec<T> {
    fn each(&self, write: &mut dyn FnMut(&dyn Display)) {
        self.iter().for_each(|item| item.each(write));
    }
}

impl<T: TextType + Display> QueryValue for T {
    fn each(&self, write: &mut dyn FnMut(&dyn Display)) {
        write(self);
    }
}

/// Lets types that are one value of a query be written as they are displayed.
macro_rules! query_values {
    ($($Type:ty),* $(,)?) => {$(
        impl $crate::arg::QueryValue for $Type {
            fn each(&self, write: &mut dyn FnMut(&dyn std::fmt::Display)) {
                write(self);
            }
        }
    )*};
}

query_values!(String, bool, u32, u64, i64, f64, crate::Seconds);

impl QueryValue for crate::Timestamp {
    fn each(&self, write: &mut dyn FnMut(&dyn Display)) {
        write(&self.as_millis());
    }
}
