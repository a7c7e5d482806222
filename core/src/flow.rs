//! Everything that takes more than one step, without IO: an event goes in, one step comes out.
//!
//! A call with its retries, the pages of a list, the authentication of a request: each is a
//! [`Flow`]. Whoever has a socket, a clock and a way to wait drives it:
//!
//! ```
//! use std::time::{Duration, Instant, SystemTime};
//! use clerk_core::{Event, Failure, Flow, Moment, Outgoing, Step};
//!
//! /// The whole of a driver.
//! fn drive<F: Flow>(
//!     mut flow: F,
//!     mut exchange: impl FnMut(Outgoing) -> Result<http::Response<bytes::Bytes>, Failure>,
//! ) -> F::Output {
//!     let (wall_at_start, start) = (SystemTime::now(), Instant::now());
//!     let mut event = Event::Start;
//!     loop {
//!         let now = Moment::new(wall_at_start, start.elapsed(), SystemTime::now());
//!         event = match flow.advance(event, now) {
//!             Step::Send(outgoing) => Event::Reply(exchange(outgoing)),
//!             Step::Wait(time) => { std::thread::sleep(time); Event::Elapsed }
//!             Step::Done(output) => return output,
//!         };
//!     }
//! }
//! ```
use std::{error::Error as StdError, fmt, time::Duration};

use bytes::Bytes;
use http::{Request, Response, StatusCode};

use crate::{
    Moment,
    text::{Length, Shown},
};

pub(crate) mod call;
pub(crate) mod pages;
pub(crate) mod retry;

/// A conversation with the server that does no IO.
///
/// ```text
/// Start ──► Send ──► Reply ──┬──► Done
///             ▲              ▼
///             └── Elapsed ◄─ Wait
/// ```
///
/// No input makes a flow of this crate panic: an event that does not fit, or one after
/// [`Step::Done`], gives `Done` with an error, or with `None`.
pub trait Flow: Send {
    /// What the conversation is for.
    type Output: Send + 'static;

    /// Takes what just happened and says what to do about it.
    fn advance(&mut self, event: Event, now: Moment) -> Step<Self::Output>;
}

/// What just happened. `Debug` shows no bodies: they may hold secrets.
#[non_exhaustive]
pub enum Event {
    /// Nothing yet: the driver is ready.
    Start,
    /// The request was answered, or was not.
    Reply(Result<Response<Bytes>, Failure>),
    /// The requested wait is over.
    Elapsed,
}

/// What to do next. `Debug` shows no output and no bodies: they may hold secrets.
#[must_use]
#[allow(clippy::exhaustive_enums)] // A driver must handle every step.
#[allow(clippy::large_enum_variant)] // A box would be an allocation for every request.
pub enum Step<R> {
    /// Send this and report an [`Event::Reply`].
    Send(Outgoing),
    /// Wait this long and report an [`Event::Elapsed`].
    Wait(Duration),
    /// The conversation is over.
    Done(R),
}

impl<R> Step<R> {
    /// The same step, with another output.
    pub(crate) fn map<S>(self, output: impl FnOnce(R) -> S) -> Step<S> {
        match self {
            Self::Send(outgoing) => Step::Send(outgoing),
            Self::Wait(time) => Step::Wait(time),
            Self::Done(result) => Step::Done(output(result)),
        }
    }
}

/// A request, and how long it may take. `Debug` does not show its body: it may hold a secret.
#[non_exhaustive]
pub struct Outgoing {
    /// The request: absolute URI, all headers but `host` and `content-length`.
    pub request: Request<Bytes>,
    /// The time for this attempt, from connecting to the last byte of the answer. Never zero.
    pub time_left: Duration,
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start => f.write_str("Start"),
            Self::Reply(Ok(response)) => {
                let (status, length) = (response.status(), response.body().len());
                f.debug_struct("Reply")
                    .field("status", &status)
                    .field("body", &Length(length))
                    .finish()
            }
            Self::Reply(Err(failure)) => f.debug_tuple("Reply").field(failure).finish(),
            Self::Elapsed => f.write_str("Elapsed"),
        }
    }
}

impl<R> fmt::Debug for Step<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Send(outgoing) => f.debug_tuple("Send").field(outgoing).finish(),
            Self::Wait(time) => f.debug_tuple("Wait").field(time).finish(),
            Self::Done(_) => f.write_str("Done(…)"),
        }
    }
}

impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outgoing")
            .field("method", self.request.method())
            .field("path", &self.request.uri().path())
            .field("body", &Length(self.request.body().len()))
            .field("time_left", &self.time_left)
            .finish()
    }
}

/// Why no whole answer arrived.
///
/// `Display` says what happened and how far the request got; what the HTTP library said is the
/// [`source`](StdError::source).
#[derive(Debug)]
#[non_exhaustive]
pub struct Failure {
    /// What happened.
    pub kind: FailureKind,
    /// How far the request got, which decides whether it may be repeated.
    pub reach: Reach,
    /// The status of the answer, if its head had arrived.
    pub status: Option<StatusCode>,
    /// One line more on what happened. Must hold no secret.
    pub detail: Option<String>,
    source: Box<dyn StdError + Send + Sync>,
}

impl Failure {
    /// A failure. A transport that cannot prove [`Reach::NotSent`] says [`Reach::MaybeSent`].
    pub fn new(
        kind: FailureKind,
        reach: Reach,
        source: impl Into<Box<dyn StdError + Send + Sync>>,
    ) -> Self {
        Self { kind, reach, status: None, detail: None, source: source.into() }
    }

    /// With the status of the answer whose rest did not arrive.
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.status = Some(status);
        self
    }

    /// With one line more for people. Must hold no secret.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            FailureKind::Connect => "could not connect",
            FailureKind::Tls => "no TLS session",
            FailureKind::Timeout(Phase::Connect) => "timed out while connecting",
            FailureKind::Timeout(Phase::Headers) => "timed out while waiting for an answer",
            FailureKind::Timeout(Phase::Body) => "timed out while reading the answer",
            FailureKind::Timeout(Phase::RetryWait) => "timed out between attempts",
            FailureKind::Closed => "the connection ended before the answer was complete",
            FailureKind::Protocol => "the answer is not as HTTP wants it",
            FailureKind::TooLarge => "the answer is larger than the limit",
        })?;
        if let Some(detail) = &self.detail {
            write!(f, ": {}", Shown(detail))?;
        }
        if let Some(status) = self.status {
            write!(f, ", after status {}", status.as_u16())?;
        }
        f.write_str(match self.reach {
            Reach::NotSent => " (nothing was sent)",
            Reach::MaybeSent => " (the request may have been processed)",
        })
    }
}

impl StdError for Failure {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        Some(&*self.source)
    }
}

/// What went wrong between two ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FailureKind {
    /// No connection.
    Connect,
    /// A connection, but no TLS session: an untrusted certificate, for example.
    Tls,
    /// Too late.
    Timeout(Phase),
    /// The connection ended early.
    Closed,
    /// Not HTTP as it should be.
    Protocol,
    /// More than the limit.
    TooLarge,
}

/// Where time ran out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Phase {
    /// Looking up the host, connecting, TLS.
    Connect,
    /// From the first byte of the request to the head of the answer.
    Headers,
    /// Reading the body of the answer.
    Body,
    /// Between two attempts: the next one would have come after the deadline.
    RetryWait,
}

/// How far a failed request got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(clippy::exhaustive_enums)] // Proven or not, there is nothing between.
pub enum Reach {
    /// Proven: not one byte of the request left. Repeating it is always safe.
    NotSent,
    /// The server may have received and processed it.
    MaybeSent,
}
