//! What becomes of an answer, before its body is read into a type.
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header::CONTENT_ENCODING};

use crate::{
    Error, Failure, FailureKind, Reach,
    error::{ApiError, DecodeError, Unreadable, trace_id},
    text::Length,
};

/// A value together with what came with it.
///
/// `Debug` shows the value as its own `Debug` does, and of the body its length only.
#[doc(alias = "HttpMeta")]
#[derive(Clone)]
#[non_exhaustive]
pub struct ApiResponse<T> {
    /// The value.
    pub value: T,
    /// The status, from 200 to 299.
    pub status: StatusCode,
    /// The headers of the answer.
    pub headers: HeaderMap,
    /// The body as received. It may hold secrets.
    pub body: Bytes,
    /// How often the request was sent.
    pub attempts: u32,
}

impl<T> ApiResponse<T> {
    pub(crate) fn new(value: T, head: http::response::Parts, body: Bytes, attempts: u32) -> Self {
        Self { value, status: head.status, headers: head.headers, body, attempts }
    }

    /// The id of the exchange, to quote to Clerk's support: the header `clerk-trace-id`, else
    /// `cf-ray`.
    pub fn trace_id(&self) -> Option<&str> {
        trace_id(&self.headers)
    }
}

impl<T: std::fmt::Debug> std::fmt::Debug for ApiResponse<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApiResponse")
            .field("value", &self.value)
            .field("status", &self.status)
            .field("trace_id", &self.trace_id())
            .field("body", &Length(self.body.len()))
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}

/// The answer, if it says yes; else the error that it is.
pub(crate) fn accept(
    response: Response<Bytes>,
    retry_after: Option<Duration>,
) -> Result<Response<Bytes>, Error> {
    let status = response.status();
    let unasked = |encoding: &HeaderValue| !encoding.as_bytes().eq_ignore_ascii_case(b"identity");
    if status.is_success() && !response.headers().get(CONTENT_ENCODING).is_some_and(unasked) {
        return Ok(response);
    }
    let (head, body) = response.into_parts();
    let error = if status.is_success() {
        protocol(status, "it has a content encoding that was not asked for")
    } else if status.is_redirection() {
        Error::redirect(status, &head.headers)
    } else if status.is_informational() {
        protocol(status, "it switches to another protocol or is no final answer")
    } else {
        ApiError::read(status, &head.headers, body, retry_after).into()
    };
    Err(error.answered(&head.headers))
}

fn protocol(status: StatusCode, problem: &'static str) -> Error {
    Failure::new(FailureKind::Protocol, Reach::MaybeSent, problem)
        .with_status(status)
        .with_detail(problem)
        .into()
}

pub(crate) fn unreadable(head: &http::response::Parts, body: Bytes, problem: Unreadable) -> Error {
    Error::from(DecodeError::new(head.status, &head.headers, body, problem)).answered(&head.headers)
}
