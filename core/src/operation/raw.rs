//! Operations that this crate does not know.
use std::{borrow::Cow, fmt, marker::PhantomData};

use bytes::Bytes;
use http::Method;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{Draft, Meta, Operation, RetrySafety, decode_json};
use crate::{Error, arg::QueryValue, error::Unreadable};

/// An operation that this crate does not know (yet), through the same keys, retries and errors.
///
/// ```
/// use clerk_core::{Config, Operation, RawOperation};
/// use http::Method;
/// use serde_json::json;
///
/// let shiny = RawOperation::new(Method::POST, "/users/{user_id}/shiny")
///     .path("user_1")
///     .query("dry_run", &true)
///     .body(&json!({ "level": 3 }));
/// let request = shiny.to_request(&Config::new("sk_test_abc")?)?;
/// assert_eq!(request.uri(), "https://api.clerk.com/v1/users/user_1/shiny?dry_run=true");
/// assert_eq!(request.body(), r#"{"level":3}"#);
/// # Ok::<(), clerk_core::Error>(())
/// ```
///
/// With a client: `client.call(shiny)`. The output is JSON, or the type that
/// [`returns`](Self::returns) names. `Debug` shows method and path only: the rest may hold a secret.
#[derive(Clone)]
pub struct RawOperation<R = Value> {
    method: Method,
    path: Cow<'static, str>,
    segments: Vec<String>,
    query: Vec<(String, String)>,
    body: Option<Result<Vec<u8>, ()>>,
    retry: RetrySafety,
    output: PhantomData<fn() -> R>,
}

impl<R> fmt::Debug for RawOperation<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawOperation")
            .field("method", &self.method)
            .field("path", &self.shown_path())
            .finish_non_exhaustive()
    }
}

impl RawOperation {
    /// An operation at this path, which is under the base URL and may have parameters in braces.
    ///
    /// GET, HEAD, PUT and DELETE are repeated after any passing trouble, other methods only if the
    /// server cannot have acted; see [`retry_safety`](RawOperation::with_retry_safety).
    pub fn new(method: Method, path: impl Into<Cow<'static, str>>) -> Self {
        let retry = if method.is_idempotent() { RetrySafety::Safe } else { RetrySafety::Unsafe };
        Self {
            method,
            path: path.into(),
            segments: Vec::new(),
            query: Vec::new(),
            body: None,
            retry,
            output: PhantomData,
        }
    }
}

impl<R> RawOperation<R> {
    /// What errors show of the path: nothing that cannot be one, and no query, which may hold a secret.
    fn shown_path(&self) -> &str {
        let path = self.path.split(['?', '#']).next().unwrap_or_default();
        let is_path = path.starts_with('/') && path.bytes().all(|byte| byte.is_ascii_graphic());
        if is_path { path } else { "…" }
    }

    /// Fills the next parameter of the path.
    #[must_use]
    pub fn path(mut self, value: impl Into<String>) -> Self {
        self.segments.push(value.into());
        self
    }

    /// Appends to the query string; lists repeat the name.
    #[must_use]
    pub fn query(mut self, name: &str, value: &dyn QueryValue) -> Self {
        value.each(&mut |value| self.query.push((name.to_owned(), value.to_string())));
        self
    }

    /// Sets the body: anything that serializes to JSON.
    #[must_use]
    pub fn body(mut self, value: &impl Serialize) -> Self {
        self.body = Some(serde_json::to_vec(value).map_err(|_| ()));
        self
    }

    /// Says whether sending it twice does no harm.
    #[must_use]
    pub fn with_retry_safety(mut self, safety: RetrySafety) -> Self {
        self.retry = safety;
        self
    }

    /// Names the type of the answer.
    #[must_use]
    pub fn returns<S: DeserializeOwned + Send + 'static>(self) -> RawOperation<S> {
        let Self { method, path, segments, query, body, retry, output: _ } = self;
        RawOperation { method, path, segments, query, body, retry, output: PhantomData }
    }
}

impl<R: DeserializeOwned + Send + 'static> Operation for RawOperation<R> {
    const META: &'static Meta = &Meta::new("RawOperation", Method::GET, "");

    type Output = R;

    fn encode(&self, draft: &mut Draft<'_>) -> Result<(), Error> {
        let problem = |problem: &'static str| Err(Error::argument("path", problem));
        let Some(path) = self.path.strip_prefix('/') else {
            return problem("it must begin with a slash");
        };
        let mut values = self.segments.iter();
        for segment in path.split('/') {
            draft.literal("/");
            if let Some(name) = segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
                let Some(value) = values.next() else {
                    return problem("it has more parameters than were filled");
                };
                draft.segment(name.to_owned().into(), value)?;
            } else {
                draft.segment("path".into(), &segment)?;
            }
        }
        if values.next().is_some() {
            return problem("it has fewer parameters than were filled");
        }
        for (name, value) in &self.query {
            draft.query(name, value)?;
        }
        match &self.body {
            None => Ok(()),
            Some(Ok(body)) => {
                draft.json_bytes(body);
                Ok(())
            }
            Some(Err(())) => Err(Error::argument("body", "it cannot be written as JSON")),
        }
    }

    fn decode(body: &Bytes) -> Result<R, Unreadable> {
        // What has no content is `null`, so that `Value`, `()` and `Option` can be read from it.
        if body.is_empty() { decode_json(&Bytes::from_static(b"null")) } else { decode_json(body) }
    }

    fn name(&self) -> Cow<'static, str> {
        format!("{} {}", self.method, self.shown_path()).into()
    }

    fn method(&self) -> Method {
        self.method.clone()
    }

    fn retry_safety(&self) -> RetrySafety {
        self.retry
    }
}
