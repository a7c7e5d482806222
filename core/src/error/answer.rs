//! What was wrong with an answer: the server says no, or what it says cannot be read.
use std::{error::Error as StdError, fmt, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};

use crate::{
    JsonObject,
    decode::without_bom,
    error::{Unreadable, wire::Wire},
    text::{Length, Shown, ShownBriefly},
};

/// How much of an error's body is kept.
const MAX_ERROR_BODY: usize = 64 << 10;

/// An error answer of the server.
#[derive(Clone)]
#[non_exhaustive]
pub struct ApiError {
    /// The status, from 400 on.
    pub status: StatusCode,
    /// What went wrong, most often one entry, at most 100; empty if the body is not of Clerk's shape (a proxy's
    /// page, nothing at all) or has more than 64 KiB.
    pub errors: Vec<ClerkError>,
    /// Whatever the server attached to the whole; nothing if that and what is attached to the entries have more
    /// than 16 KiB.
    pub meta: Option<JsonObject>,
    /// The server's id of the exchange, from the body.
    pub clerk_trace_id: Option<String>,
    /// How long the server asked to wait, from now on. [`Duration::MAX`] stands for a number too
    /// large to be one.
    pub retry_after: Option<Duration>,
    /// The body as received, at most 64 KiB of it.
    pub body: Bytes,
    header_trace_id: Option<String>,
}

impl ApiError {
    pub(crate) fn read(
        status: StatusCode,
        headers: &HeaderMap,
        body: Bytes,
        retry_after: Option<Duration>,
    ) -> Self {
        // Longer ones are none of Clerk's. They are not read, or an error could take a hundred times the memory of the
        // answer.
        let wire = match body.len() {
            0..=MAX_ERROR_BODY => Wire::read(without_bom(&body)),
            _ => Wire::default(),
        };
        let Wire { errors, meta, clerk_trace_id } = wire;
        Self {
            status,
            errors,
            meta,
            clerk_trace_id,
            retry_after,
            body: kept(&body),
            header_trace_id: trace_id(headers).map(str::to_owned),
        }
    }

    /// What went wrong, most often one entry; empty if the body is not of Clerk's shape.
    pub fn errors(&self) -> &[ClerkError] {
        &self.errors
    }

    /// The id of the exchange: out of the body, else out of the headers (`clerk-trace-id`,
    /// `cf-ray`).
    pub fn trace_id(&self) -> Option<&str> {
        self.clerk_trace_id.as_deref().or(self.header_trace_id.as_deref())
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.status)?;
        if let Some(first) = self.errors.first() {
            write!(f, ", {}", ShownBriefly(&first.code))?;
            if let Some(message) = first.message.as_deref().filter(|message| !message.is_empty()) {
                write!(f, ": {}", Shown(message))?;
            }
            if self.errors.len() > 1 {
                write!(f, " (and {} more)", self.errors.len() - 1)?;
            }
        } else {
            f.write_str(", without a body of Clerk's error shape")?;
        }
        if let Some(trace_id) = self.trace_id() {
            write!(f, " [trace {}]", ShownBriefly(trace_id))?;
        }
        Ok(())
    }
}

impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ApiError")
            .field("status", &self.status)
            .field("errors", &self.errors)
            .field("trace_id", &self.trace_id())
            .field("retry_after", &self.retry_after)
            .field("body", &Length(self.body.len()))
            .finish_non_exhaustive()
    }
}

impl StdError for ApiError {}

/// One entry of an error answer, or the reason why a verification failed.
///
/// `Debug` cuts long texts, and shows of `meta` the names of its members only.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ClerkError {
    /// A stable code for programs, such as `form_identifier_exists`.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub code: String,
    /// One sentence for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// The same, longer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub long_message: Option<String>,
    /// Whatever the server attached, such as the `param_name`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meta: Option<JsonObject>,
}

impl fmt::Debug for ClerkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let quoted = |text: &str| format!("\"{}\"", Shown(text));
        let text = |text: &Option<String>| text.as_deref().map(quoted);
        let mut out = f.debug_struct("ClerkError");
        out.field("code", &format_args!("{}", quoted(&self.code)));
        for (name, text) in
            [("message", text(&self.message)), ("long_message", text(&self.long_message))]
        {
            if let Some(text) = text {
                out.field(name, &format_args!("{text}"));
            }
        }
        if let Some(meta) = &self.meta {
            out.field("meta", &meta.keys().collect::<Vec<_>>());
        }
        out.finish()
    }
}

/// An answer that says yes and cannot be read.
///
/// `Display` names the place and what was expected there, and quotes no values.
#[derive(Clone)]
#[non_exhaustive]
pub struct DecodeError {
    /// The status, from 200 to 299.
    pub status: StatusCode,
    /// Where in the JSON it is wrong, such as `[3].email_addresses[0].id`; empty for the whole.
    pub path: String,
    /// What is wrong there, in words that quote nothing of the answer.
    pub problem: String,
    /// The line in the body, from 1; 0 if unknown.
    pub line: usize,
    /// The column in the line, from 1; 0 if unknown.
    pub column: usize,
    /// The body as received, at most 64 KiB of it. It may hold secrets; `Debug` does not show it.
    pub body: Bytes,
}

impl DecodeError {
    pub(crate) fn new(
        status: StatusCode,
        headers: &HeaderMap,
        body: Bytes,
        problem: Unreadable,
    ) -> Self {
        let Unreadable { path, mut problem, line, column } = problem;
        let content_type =
            headers.get(http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if let Some(content_type) =
            content_type.filter(|value| !value.trim_start().starts_with("application/json"))
        {
            problem.push_str(&format!("; its content type is {}", Shown(content_type)));
        }
        Self { status, path, problem, line, column, body: kept(&body) }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the {} answer cannot be read", self.status.as_u16())?;
        if !self.path.is_empty() {
            write!(f, " at `{}`", Shown(&self.path))?;
        }
        write!(f, ": {}", self.problem)?;
        if self.line > 0 {
            write!(f, " (line {}, column {})", self.line, self.column)
        } else {
            Ok(())
        }
    }
}

impl fmt::Debug for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DecodeError")
            .field("message", &self.to_string())
            .field("body", &Length(self.body.len()))
            .finish_non_exhaustive()
    }
}

impl StdError for DecodeError {}

/// As much of a body as is kept in an error: a copy, as the body may be a small part of a large buffer.
fn kept(body: &[u8]) -> Bytes {
    Bytes::copy_from_slice(body.get(..MAX_ERROR_BODY).unwrap_or(body))
}

/// The server's id of the exchange, else that of the network in front of it.
pub(crate) fn trace_id(headers: &HeaderMap) -> Option<&str> {
    let header = |name| headers.get(name).and_then(|value: &http::HeaderValue| value.to_str().ok());
    header("clerk-trace-id").or_else(|| header("cf-ray"))
}
