//! Why a call did not produce its output.
use std::{borrow::Cow, error::Error as StdError, fmt, time::Duration};

use http::{HeaderMap, StatusCode};

mod answer;
mod wire;

pub(crate) use self::answer::trace_id;
pub use self::answer::{ApiError, ClerkError, DecodeError};
pub use crate::decode::Unreadable;
use crate::{
    flow::{Failure, FailureKind, Phase, Reach},
    text::Shown,
};

/// Why a call did not produce its output: one type for every operation and every transport.
///
/// `Display` is one line that says which operation, which status and which code; it never shows a
/// secret and never repeats [`source()`](StdError::source).
///
/// ```
/// # fn show(error: clerk_core::Error) {
/// if error.is_not_found() {
///     // the user is gone
/// } else if error.is_rate_limited() {
///     println!("busy, try again in {:?}", error.retry_after());
/// } else if error.may_have_been_sent() {
///     println!("it may have happened, look before you repeat: {error}");
/// }
/// # }
/// ```
#[doc(alias = "SDKError")]
#[doc(alias = "APIError")]
#[doc(alias = "ClerkErrors")]
pub struct Error(Box<Inner>);

struct Inner {
    operation: Option<Cow<'static, str>>,
    attempts: u32,
    before: Before,
    /// From the headers of the answer.
    trace_id: Option<String>,
    cause: Cause,
}

/// How far the attempts before the last one got, at the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Before {
    /// There was none, or none reached the server.
    NotSent,
    /// The server refused to do anything (429).
    Refused,
    /// The server may have done it.
    MaybeSent,
}

enum Cause {
    Invalid {
        field: Cow<'static, str>,
        problem: Cow<'static, str>,
    },
    /// A flow was driven in a way that it cannot follow.
    Misuse(&'static str),
    Transport(Failure),
    Deadline {
        last: Option<Error>,
    },
    Cancelled,
    Api(ApiError),
    Redirect {
        status: StatusCode,
        target: Option<String>,
    },
    Decode(DecodeError),
}

/// What kind of [`Error`] it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// An argument or the configuration is wrong. Nothing was sent.
    InvalidRequest,
    /// A flow was driven in a way that it cannot follow: a mistake in a transport.
    Misuse,
    /// The exchange with the server failed, or took too long: see [`Error::failure`],
    /// [`Error::timeout`] and [`Error::may_have_been_sent`].
    Transport,
    /// The caller cancelled the call.
    Cancelled,
    /// The server answered with an error status: see [`Error::api`].
    Api,
    /// The server answered with a redirect, which is never followed.
    Redirect,
    /// The server said yes, but not in the documented shape: see [`Error::decode`].
    Decode,
    /// The answer is larger than the limit.
    TooLarge,
}

impl Error {
    fn new(cause: Cause) -> Self {
        Self(Box::new(Inner {
            operation: None,
            attempts: 0,
            before: Before::NotSent,
            trace_id: None,
            cause,
        }))
    }

    /// An argument that cannot be sent.
    pub(crate) fn argument(
        field: impl Into<Cow<'static, str>>,
        problem: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::new(Cause::Invalid { field: field.into(), problem: problem.into() })
    }

    /// A setting that cannot be used.
    pub(crate) fn config(field: &'static str, problem: impl Into<Cow<'static, str>>) -> Self {
        Self::argument(field, problem)
    }

    /// For transports: a setting of theirs that cannot be used. `problem` is shown as it is, and
    /// must not hold a secret.
    pub fn invalid_configuration(
        field: &'static str,
        problem: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self::config(field, problem)
    }

    pub(crate) fn misuse(problem: &'static str) -> Self {
        Self::new(Cause::Misuse(problem))
    }

    pub(crate) fn deadline(last: Option<Self>) -> Self {
        Self::new(Cause::Deadline { last })
    }

    pub(crate) fn cancelled() -> Self {
        Self::new(Cause::Cancelled)
    }

    pub(crate) fn redirect(status: StatusCode, headers: &HeaderMap) -> Self {
        let target =
            headers.get(http::header::LOCATION).and_then(|to| to.to_str().ok()).and_then(origin);
        Self::new(Cause::Redirect { status, target })
    }

    /// With what the headers of the answer say of the exchange.
    pub(crate) fn answered(mut self, headers: &HeaderMap) -> Self {
        self.0.trace_id = trace_id(headers).map(str::to_owned);
        self
    }

    pub(crate) fn during(mut self, operation: impl Into<Cow<'static, str>>, attempts: u32) -> Self {
        self.0.operation = Some(operation.into());
        self.0.attempts = attempts;
        self
    }

    /// With what came of the attempts before the last one.
    pub(crate) fn after(mut self, before: Before) -> Self {
        self.0.before = before;
        self
    }

    /// What kind of error it is.
    pub fn kind(&self) -> ErrorKind {
        match &self.0.cause {
            Cause::Invalid { .. } => ErrorKind::InvalidRequest,
            Cause::Misuse(_) => ErrorKind::Misuse,
            Cause::Transport(failure) if failure.kind == FailureKind::TooLarge => {
                ErrorKind::TooLarge
            }
            Cause::Transport(_) | Cause::Deadline { .. } => ErrorKind::Transport,
            Cause::Cancelled => ErrorKind::Cancelled,
            Cause::Api(_) => ErrorKind::Api,
            Cause::Redirect { .. } => ErrorKind::Redirect,
            Cause::Decode(_) => ErrorKind::Decode,
        }
    }

    /// The operation that failed, under Clerk's name for it (`CreateActorToken`).
    pub fn operation(&self) -> Option<&str> {
        self.0.operation.as_deref()
    }

    /// How often the request was sent, or tried to be; 0 if it could not be built.
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// The server's error answer, if it is one; after a deadline, that of the last attempt.
    pub fn api(&self) -> Option<&ApiError> {
        match &self.0.cause {
            Cause::Api(error) => Some(error),
            Cause::Deadline { last: Some(last) } => last.api(),
            _ => None,
        }
    }

    /// How the exchange failed, if it did; after a deadline, that of the last attempt.
    pub fn failure(&self) -> Option<&Failure> {
        match &self.0.cause {
            Cause::Transport(failure) => Some(failure),
            Cause::Deadline { last: Some(last) } => last.failure(),
            _ => None,
        }
    }

    /// The answer that could not be read, if that is what went wrong.
    pub fn decode(&self) -> Option<&DecodeError> {
        match &self.0.cause {
            Cause::Decode(error) => Some(error),
            _ => None,
        }
    }

    /// The status of the answer, where there was one.
    pub fn status(&self) -> Option<StatusCode> {
        match &self.0.cause {
            Cause::Api(error) => Some(error.status),
            Cause::Redirect { status, .. } => Some(*status),
            Cause::Decode(error) => Some(error.status),
            Cause::Transport(failure) => failure.status,
            Cause::Deadline { last: Some(last) } => last.status(),
            _ => None,
        }
    }

    /// The id of the exchange, to quote to Clerk's support: out of the body, else out of the
    /// headers (`clerk-trace-id`, `cf-ray`).
    pub fn trace_id(&self) -> Option<&str> {
        match &self.0.cause {
            Cause::Api(ApiError { clerk_trace_id: Some(id), .. }) => Some(id),
            Cause::Deadline { last: Some(last) } => last.trace_id(),
            _ => self.0.trace_id.as_deref(),
        }
    }

    /// How long the server asked to wait before the next attempt, from now on.
    ///
    /// [`Duration::MAX`] stands for a number too large to be a time: add it to nothing without a
    /// check.
    pub fn retry_after(&self) -> Option<Duration> {
        self.api()?.retry_after
    }

    /// Whether the server may have received the request: only `false` is certain.
    ///
    /// Before a POST whose answer was lost is repeated, look whether it took effect. Any answer
    /// counts as yes; what it says of the effect is in its status: a 429 is given before any work, a
    /// 503 proves nothing.
    pub fn may_have_been_sent(&self) -> bool {
        self.0.before != Before::NotSent
            || match &self.0.cause {
                Cause::Invalid { .. } | Cause::Misuse(_) | Cause::Cancelled => false,
                Cause::Transport(failure) => failure.reach == Reach::MaybeSent,
                Cause::Deadline { last } => last.as_ref().is_some_and(Self::may_have_been_sent),
                Cause::Api(_) | Cause::Redirect { .. } | Cause::Decode(_) => true,
            }
    }

    /// Whether an earlier attempt may have taken effect: then a 404 for a delete, for example, may
    /// mean that the delete worked. An attempt that was answered with a 429 had none.
    pub fn is_after_retry(&self) -> bool {
        self.0.before == Before::MaybeSent
    }

    /// The phase in which time ran out, if it did.
    pub fn timeout(&self) -> Option<Phase> {
        match &self.0.cause {
            Cause::Deadline { .. } => Some(Phase::RetryWait),
            Cause::Transport(Failure { kind: FailureKind::Timeout(phase), .. }) => Some(*phase),
            _ => None,
        }
    }

    /// Whether time ran out.
    pub fn is_timeout(&self) -> bool {
        self.timeout().is_some()
    }

    /// Whether the server answered 404: there is no such thing.
    pub fn is_not_found(&self) -> bool {
        self.has_status(StatusCode::NOT_FOUND)
    }

    /// Whether the server answered 401: the key is missing, wrong or revoked.
    pub fn is_unauthorized(&self) -> bool {
        self.has_status(StatusCode::UNAUTHORIZED)
    }

    /// Whether the server answered 402: the plan of the instance does not include this.
    pub fn is_payment_required(&self) -> bool {
        self.has_status(StatusCode::PAYMENT_REQUIRED)
    }

    /// Whether the server answered 403: the key may not do this.
    pub fn is_forbidden(&self) -> bool {
        self.has_status(StatusCode::FORBIDDEN)
    }

    /// Whether the server answered 409: it contradicts what is there.
    pub fn is_conflict(&self) -> bool {
        self.has_status(StatusCode::CONFLICT)
    }

    /// Whether the server answered 422: an argument is not what it should be.
    pub fn is_unprocessable(&self) -> bool {
        self.has_status(StatusCode::UNPROCESSABLE_ENTITY)
    }

    /// Whether the server answered 429: too many requests.
    pub fn is_rate_limited(&self) -> bool {
        self.has_status(StatusCode::TOO_MANY_REQUESTS)
    }

    /// Whether the server answered with a status from 500 on.
    pub fn is_server_error(&self) -> bool {
        self.api().is_some_and(|error| error.status.is_server_error())
    }

    fn has_status(&self, status: StatusCode) -> bool {
        self.api().is_some_and(|error| error.status == status)
    }

    /// Whether the server's answer holds this code, such as `resource_not_found`.
    pub fn has_code(&self, code: &str) -> bool {
        self.api().is_some_and(|error| error.errors.iter().any(|error| error.code == code))
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        Self::new(Cause::Transport(failure))
    }
}

impl From<ApiError> for Error {
    fn from(error: ApiError) -> Self {
        Self::new(Cause::Api(error))
    }
}

impl From<DecodeError> for Error {
    fn from(error: DecodeError) -> Self {
        Self::new(Cause::Decode(error))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(operation) = &self.0.operation {
            // A raw operation is called by its path, and its parameters by their names there: by anything.
            write!(f, "{}: ", Shown(operation))?;
        }
        match &self.0.cause {
            Cause::Misuse(problem) => f.write_str(problem)?,
            Cause::Invalid { field, problem } => {
                write!(f, "invalid `{}`: {problem}", Shown(field))?;
            }
            Cause::Transport(failure) => failure.fmt(f)?,
            Cause::Deadline { last: Some(_) } => {
                f.write_str("the deadline would pass while waiting for the next attempt")?
            }
            Cause::Deadline { last: None } => {
                f.write_str("the deadline had passed before the request was sent")?
            }
            Cause::Cancelled => f.write_str("cancelled")?,
            Cause::Api(error) => error.fmt(f)?,
            Cause::Redirect { status, target } => {
                write!(f, "{} redirect", status.as_u16())?;
                if let Some(target) = target {
                    write!(f, " to {}", Shown(target))?;
                }
                f.write_str(", which is not followed; is the base URL right?")?;
            }
            Cause::Decode(error) => error.fmt(f)?,
        }
        if self.0.attempts > 1 { write!(f, " (attempt {})", self.0.attempts) } else { Ok(()) }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Error");
        out.field("kind", &self.kind()).field("message", &self.to_string());
        match &self.0.cause {
            Cause::Api(error) => out.field("api", error),
            Cause::Transport(failure) => out.field("failure", failure),
            Cause::Deadline { last: Some(last) } => out.field("last", last),
            _ => &mut out,
        };
        out.finish_non_exhaustive()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.0.cause {
            Cause::Transport(failure) => failure.source(),
            Cause::Deadline { last: Some(last) } => Some(last),
            _ => None,
        }
    }
}

/// Scheme and host of a redirect's target: the rest may hold a secret.
fn origin(location: &str) -> Option<String> {
    let uri: http::Uri = location.parse().ok()?;
    Some(format!("{}://{}", uri.scheme_str()?, uri.host()?))
}
