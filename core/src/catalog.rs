//! Every operation by its name, with JSON in and out (feature `catalog`).
//!
//! For tools that choose an operation at run time: scripts, a command line, tests. It is the same
//! code that clients use, so what it says is what they do.
//!
//! ```
//! use clerk_core::{Config, catalog};
//! use serde_json::json;
//!
//! let entry = catalog::find("GetUser").expect("it is an operation of Clerk's");
//! let request = entry.request(json!({ "path": { "user_id": "user_1" } }), &Config::new("sk_test_abc")?)?;
//! assert_eq!(request.uri(), "https://api.clerk.com/v1/users/user_1");
//! # Ok::<(), clerk_core::Error>(())
//! ```
//!
//! [`answer_line`] is a whole program in one function: a question as a line of JSON in, the answer
//! as a line of JSON out.
use std::{borrow::Cow, fmt::Debug};

use bytes::Bytes;
use http::{Request, Response};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value};

use crate::{
    Config, Error, Meta, Operation,
    decode::harmless,
    operation::{Content, Place, macros::unraw},
};

mod auth_line;
mod keyring_line;
mod line;
mod operations;
mod request_line;
mod webhook_line;

pub use self::{line::answer_line, operations::OPERATIONS};

/// The operation that Clerk calls so, such as `GetUserList`.
pub fn find(operation_id: &str) -> Option<&'static Entry> {
    OPERATIONS.iter().find(|entry| entry.meta.operation_id == operation_id)
}

/// One operation.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Entry {
    /// What Clerk's specification says about it.
    pub meta: &'static Meta,
    request: fn(Arguments, &Config) -> Result<Request<Bytes>, Error>,
    response: fn(Response<Bytes>) -> Result<Value, Error>,
    shown_request: fn(Arguments) -> Result<String, Error>,
    shown_response: fn(Response<Bytes>) -> Result<String, Error>,
}

impl Entry {
    const fn of<O: FromArguments>() -> Self
    where
        O::Output: Serialize + Debug,
    {
        Self {
            meta: O::META,
            request: |arguments, config| O::from_arguments(arguments)?.to_request(config),
            response: |response| {
                let output = O::read(response)?;
                if O::META.content != Content::Json {
                    return Ok(Value::Null);
                }
                serde_json::to_value(output)
                    .map_err(|_| Error::misuse("the result cannot be written as JSON"))
            },
            shown_request: |arguments| Ok(format!("{:?}", O::from_arguments(arguments)?)),
            shown_response: |response| Ok(format!("{:?}", O::read(response)?)),
        }
    }

    /// The request that a client with this configuration sends for these arguments.
    ///
    /// `arguments` has up to three members, `path`, `query` and `body`, with Clerk's names for the
    /// parameters and values of the types in the specification. A file in a form is
    /// `{"filename": …, "content_type": …, "base64": …}`.
    ///
    /// # Errors
    ///
    /// If an argument is missing, of a wrong type or unknown, or cannot be sent.
    pub fn request(&self, arguments: Value, config: &Config) -> Result<Request<Bytes>, Error> {
        Arguments::read(arguments)
            .and_then(|arguments| (self.request)(arguments, config))
            .map_err(|error| error.during(self.meta.operation_id, 0))
    }

    /// What a client makes of this answer: the result with Clerk's names for the members. `null`
    /// for operations that do not answer with JSON.
    ///
    /// # Errors
    ///
    /// If the answer does not say yes, or not in the documented shape.
    pub fn response(&self, response: Response<Bytes>) -> Result<Value, Error> {
        (self.response)(response)
    }

    /// What `Debug` shows of the operation: for the tests that look for secrets there.
    #[doc(hidden)]
    pub fn shown_request(&self, arguments: Value) -> Result<String, Error> {
        Arguments::read(arguments).and_then(self.shown_request)
    }

    /// What `Debug` shows of the result.
    #[doc(hidden)]
    pub fn shown_response(&self, response: Response<Bytes>) -> Result<String, Error> {
        (self.shown_response)(response)
    }
}

/// An operation that can be made from arguments by name.
#[doc(hidden)]
pub trait FromArguments: Operation + Debug + Sized {
    /// Makes it.
    fn from_arguments(arguments: Arguments) -> Result<Self, Error>;
}

/// Arguments by name, which operations take theirs from.
#[doc(hidden)]
#[allow(missing_debug_implementations)] // There may be secrets in it.
pub struct Arguments {
    path: Map<String, Value>,
    query: Map<String, Value>,
    body: Option<Value>,
}

impl Arguments {
    fn read(arguments: Value) -> Result<Self, Error> {
        let mut members = object("arguments", arguments)?;
        let mut part =
            |name| members.remove(name).map_or_else(|| Ok(Map::new()), |value| object(name, value));
        let (path, query) = (part("path")?, part("query")?);
        let body = members.remove("body");
        nothing_left(&members)?;
        Ok(Self { path, query, body })
    }

    /// Takes an argument that has to be there.
    pub fn required<T: DeserializeOwned>(
        &mut self,
        place: Place,
        name: &'static str,
    ) -> Result<T, Error> {
        self.optional(place, name)?.ok_or_else(|| Error::argument(unraw(name), "it is missing"))
    }

    /// Takes an argument, if it is there.
    pub fn optional<T: DeserializeOwned>(
        &mut self,
        place: Place,
        name: &'static str,
    ) -> Result<Option<T>, Error> {
        let name = unraw(name);
        let value = match place {
            Place::Path => self.path.remove(name),
            Place::Query | Place::Joined => self.query.remove(name),
            Place::WholeBody => self.body.take(),
            Place::Body | Place::Form => match &mut self.body {
                None => None,
                Some(Value::Object(members)) => members.remove(name),
                Some(_) => return Err(not_an_object("body")),
            },
        };
        value.map(|value| typed(name, value)).transpose()
    }

    /// Refuses what nobody took.
    pub fn finish(self) -> Result<(), Error> {
        nothing_left(&self.path)?;
        nothing_left(&self.query)?;
        match self.body {
            None => Ok(()),
            Some(Value::Object(members)) => nothing_left(&members),
            Some(_) => {
                Err(Error::argument("body", "the operation has none, or one that is an object"))
            }
        }
    }
}

fn object(name: &'static str, value: Value) -> Result<Map<String, Value>, Error> {
    match value {
        Value::Object(members) => Ok(members),
        _ => Err(not_an_object(name)),
    }
}

fn not_an_object(name: &'static str) -> Error {
    Error::argument(name, "it is not an object")
}

fn nothing_left(members: &Map<String, Value>) -> Result<(), Error> {
    match members.keys().next() {
        None => Ok(()),
        Some(name) => {
            Err(Error::argument(name.clone(), "the operation has no such parameter there"))
        }
    }
}

/// Arguments may be secrets, so the error quotes none.
fn typed<T: DeserializeOwned>(name: &'static str, value: Value) -> Result<T, Error> {
    serde_path_to_error::deserialize(value).map_err(|error| {
        let inside = error.path().iter().next().is_some().then(|| error.path().to_string());
        let field = match inside {
            None => Cow::Borrowed(name),
            Some(path) if path.starts_with('[') => Cow::Owned(format!("{name}{path}")),
            Some(path) => Cow::Owned(format!("{name}.{path}")),
        };
        Error::argument(field, harmless(&error.into_inner()))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn refused(operation_id: &str, arguments: Value) -> String {
        let config = Config::new("sk_test_abc").unwrap();
        find(operation_id).unwrap().request(arguments, &config).unwrap_err().to_string()
    }

    #[test]
    fn no_parameter_takes_the_name_of_an_option_of_calls() {
        let taken = [
            "retry",
            "deadline",
            "attempt_timeout",
            "header",
            "query",
            "base_url",
            "cancel_with",
            "machine_secret_key",
            "send",
            "send_with_response",
            "on",
            "pages",
            "items",
            "new",
        ];
        for entry in OPERATIONS {
            for param in entry.meta.params {
                assert!(
                    !taken.contains(&param.field),
                    "{}: {}",
                    entry.meta.operation_id,
                    param.field
                );
            }
        }
    }

    #[test]
    fn operations_have_names_of_their_own_and_statuses_in_order() {
        let mut ids: Vec<_> = OPERATIONS.iter().map(|entry| entry.meta.operation_id).collect();
        let mut names: Vec<_> =
            OPERATIONS.iter().map(|entry| (entry.meta.group, entry.meta.name)).collect();
        ids.sort_unstable();
        ids.dedup();
        names.sort_unstable();
        names.dedup();
        assert_eq!((ids.len(), names.len()), (OPERATIONS.len(), OPERATIONS.len()));
        for Entry { meta, .. } in OPERATIONS {
            assert!(
                meta.success.is_sorted()
                    && meta.success.iter().all(|status| (200..400).contains(status)),
                "{meta:?}"
            );
            assert!(
                meta.errors.is_sorted() && meta.errors.iter().all(|status| *status >= 400),
                "{meta:?}"
            );
            let mut params: Vec<_> = meta.params.iter().map(|param| param.name).collect();
            params.sort_unstable();
            params.dedup();
            assert_eq!(params.len(), meta.params.len(), "{meta:?}");
        }
    }

    #[test]
    fn arguments_that_are_no_call_are_refused() {
        let user = json!({ "user_id": "user_1" });
        for (operation, arguments, said) in [
            ("GetUser", json!({}), "GetUser: invalid `user_id`: it is missing"),
            ("GetUser", json!([]), "GetUser: invalid `arguments`: it is not an object"),
            ("GetUser", json!({ "path": 1 }), "GetUser: invalid `path`: it is not an object"),
            (
                "GetUser",
                json!({ "path": { "user_id": 7 } }),
                "GetUser: invalid `user_id`: expected a string",
            ),
            (
                "GetUser",
                json!({ "path": { "user_id": ".." } }),
                "GetUser: invalid `user_id`: `.` and `..` would address something else",
            ),
            (
                "GetUser",
                json!({ "path": user, "query": { "a": 1 } }),
                "GetUser: invalid `a`: the operation has no such parameter there",
            ),
            (
                "GetUser",
                json!({ "path": user, "form": {} }),
                "GetUser: invalid `form`: the operation has no such parameter there",
            ),
            (
                "GetUser",
                json!({ "path": user, "body": 1 }),
                "GetUser: invalid `body`: the operation has none, or one that is an object",
            ),
            (
                "UpdateUser",
                json!({ "path": user, "body": "x" }),
                "UpdateUser: invalid `body`: it is not an object",
            ),
            (
                "UpdateUser",
                json!({ "path": user, "body": { "locked": true } }),
                "UpdateUser: invalid `locked`: the operation has no such parameter there",
            ),
            (
                "UsersBan",
                json!({ "body": { "user_ids": ["user_1", 2] } }),
                "UsersBan: invalid `user_ids[1]`: expected a string",
            ),
            (
                "CreateBulkInvitations",
                json!({}),
                "CreateBulkInvitations: invalid `invitations`: it is missing",
            ),
            (
                "CreateBulkInvitations",
                json!({ "body": [{ "email_address": 1 }] }),
                "CreateBulkInvitations: invalid `invitations[0].email_address`: expected a string",
            ),
        ] {
            assert_eq!(refused(operation, arguments), said);
        }
    }

    #[test]
    fn refusals_do_not_show_values() {
        let body = json!({ "password": ["hunter2"], "totp_secret": { "hunter2": "hunter2" } });
        let error = refused("CreateUser", json!({ "body": body }));
        assert!(error.contains("`password`") && !error.contains("hunter2"), "{error}");
    }
}
