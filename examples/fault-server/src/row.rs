//! One row of the table: a fault, what is called, and what must come of it.
use std::time::Duration;

use clerk_core::{CallOptions, Error, ErrorKind, FailureKind, RawOperation, Reach, RetryPolicy};
use http::Method;

use crate::{AMPLE, ATTEMPT_TIMEOUT, Log, Outcome, Place};

/// A fault, what is called, and what must come of it.
#[derive(Clone, Debug)]
pub struct Row {
    /// The number of the fault; variants share it.
    pub number: u8,
    /// What the server does.
    pub name: &'static str,
    /// Where the client connects to.
    pub place: Place,
    /// What is called, one after the other, with one client.
    pub calls: Vec<Call>,
    /// The limit of an attempt.
    pub attempt_timeout: Duration,
    /// The limit of a call; less than that of an attempt only where time is what the row is about.
    pub deadline: Duration,
    /// How many attempts the client has; 1 unless retries are what the row is about.
    pub attempts: u32,
    /// How long the client waits before it asks again, at the most, if the server does not say.
    pub delay: Duration,
    /// How many connections the server must have seen.
    pub connections: Option<usize>,
    /// How many requests the server must have seen.
    pub requests: Option<usize>,
    /// Whether the row is about a connection that is used again: see [`missed`](Self::missed).
    pub reuses: bool,
    /// Why there is more than one right result: another run, or another HTTP library, may have
    /// another one.
    pub varies: Option<&'static str>,
}

/// One call.
#[derive(Clone, Debug)]
pub struct Call {
    /// The method.
    pub method: Method,
    /// How large the request's body is, in bytes; 0 for none.
    pub body: usize,
    /// What the answer is read as.
    pub wants: Wants,
    /// Whether all connections so far must have ended before this call.
    pub after_end: bool,
    /// When the caller gives up, if that is what the row is about.
    pub cancelled: Option<Stage>,
    /// How long the call takes at least.
    pub at_least: Duration,
    /// What must come of it.
    pub expected: Expected,
}

/// How far a call has got when its caller gives up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The client is connecting: it has begun the TLS handshake.
    Connecting,
    /// The server has read the request.
    Asked,
    /// The server has begun to answer.
    Answering,
    /// The server has answered, and the client waits to ask again.
    Waiting,
}

/// What an answer is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wants {
    /// A [`Person`].
    Person,
    /// Nothing: `()`.
    Nothing,
    /// Any JSON.
    Json,
}

/// The value of most answers of the table.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
pub struct Person {
    /// By which a test knows whose answer it got.
    pub id: String,
}

/// What must come of a call.
#[derive(Clone, Debug)]
pub enum Expected {
    /// A person with this id.
    Person(&'static str),
    /// `()`.
    Nothing,
    /// No whole answer.
    Failure {
        /// What happened; more than one where HTTP libraries may see it in more than one way.
        kinds: Vec<FailureKind>,
        /// How far the request must be said to have got, if only one answer is right.
        reach: Option<Reach>,
        /// The status of the answer that was not whole.
        status: Status,
    },
    /// A whole answer that is an error, or becomes one.
    Answered {
        /// The kind of the error.
        kind: ErrorKind,
        /// The status of the answer.
        status: u16,
        /// When the server says to come back.
        retry_after: Option<Duration>,
    },
    /// The next attempt would have begun too late.
    OutOfTime {
        /// The status of the last answer.
        status: Option<u16>,
        /// Whether an attempt may have reached the server.
        reach: Reach,
    },
    /// The caller gave up: a dropped future has no result. Where a flag is raised instead, an attempt
    /// under way goes on to its end.
    GivenUp {
        /// What a raised flag makes of it; `None` for an error that says so.
        flagged: Option<Box<Self>>,
    },
}

/// The status that an error must give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// This one.
    Is(u16),
    /// None: there was no head, or no valid one.
    None,
    /// Whether the head counts as valid is up to the HTTP library.
    Any,
}

impl Row {
    pub(crate) fn new(number: u8, name: &'static str, place: Place, expected: Expected) -> Self {
        let calls = vec![Call::new(expected)];
        Self {
            number,
            name,
            place,
            calls,
            attempt_timeout: AMPLE,
            deadline: AMPLE,
            attempts: 1,
            delay: Duration::from_millis(1),
            connections: None,
            requests: None,
            reuses: false,
            varies: None,
        }
    }

    pub(crate) fn then(mut self, expected: Expected) -> Self {
        self.calls.push(Call::new(expected));
        self
    }

    pub(crate) fn then_after_end(self, expected: Expected) -> Self {
        let mut row = self.then(expected);
        row.last(|call| call.after_end = true);
        row
    }

    pub(crate) fn posting(mut self, body: usize) -> Self {
        self.last(|call| (call.method, call.body) = (Method::POST, body));
        self
    }

    pub(crate) fn wanting_nothing(mut self) -> Self {
        self.last(|call| call.wants = Wants::Nothing);
        self
    }

    pub(crate) fn wanting_json(mut self) -> Self {
        self.last(|call| call.wants = Wants::Json);
        self
    }

    pub(crate) fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    pub(crate) fn attempt_timeout(mut self, time: Duration) -> Self {
        self.attempt_timeout = time;
        self
    }

    pub(crate) fn deadline(mut self, time: Duration) -> Self {
        (self.deadline, self.attempt_timeout) = (time, time);
        self
    }

    pub(crate) fn delay(mut self, time: Duration) -> Self {
        self.delay = time;
        self
    }

    pub(crate) fn varies(mut self, why: &'static str) -> Self {
        self.varies = Some(why);
        self
    }

    pub(crate) fn cancelled(mut self, stage: Stage) -> Self {
        self.last(|call| call.cancelled = Some(stage));
        self
    }

    pub(crate) fn taking_at_least(mut self, time: Duration) -> Self {
        self.last(|call| call.at_least = time);
        self
    }

    pub(crate) fn connections(mut self, connections: usize) -> Self {
        self.connections = Some(connections);
        self
    }

    pub(crate) fn requests(mut self, requests: usize) -> Self {
        self.requests = Some(requests);
        self
    }

    pub(crate) fn reusing(mut self) -> Self {
        self.reuses = true;
        self
    }

    fn last(&mut self, change: impl FnOnce(&mut Call)) {
        if let Some(call) = self.calls.last_mut() {
            change(call);
        }
    }

    /// The same fault for one call with this method and three attempts, to see whether it is
    /// repeated; `None` where the row is about something else.
    #[must_use]
    pub fn repeated(&self, method: &Method) -> Option<Self> {
        let [call] = self.calls.as_slice() else { return None };
        let failed = matches!(call.expected, Expected::Failure { .. } | Expected::Answered { .. });
        // What had a body needs one, and three attempts need time.
        if !failed || self.deadline < ATTEMPT_TIMEOUT || call.body > 0 && *method != Method::POST {
            return None;
        }
        let body = if *method == Method::POST { call.body.max(20) } else { 0 };
        let mut row = Self { attempts: 3, connections: None, requests: None, ..self.clone() };
        row.last(|call| (call.method, call.body) = (method.clone(), body));
        Some(row)
    }

    /// The retry policy of the row's client.
    pub fn retry(&self) -> RetryPolicy {
        RetryPolicy::default()
            .max_attempts(self.attempts)
            .initial_delay(self.delay)
            .throttled_delay(self.delay)
            .max_delay(self.delay)
    }

    /// What the row's client is told for a call.
    pub fn options(&self, call: usize) -> CallOptions {
        CallOptions::new()
            .header("x-request-id", &self.id(call))
            .attempt_timeout(self.attempt_timeout)
            .deadline(self.deadline)
            .retry(self.retry())
    }

    /// The `x-request-id` of a call.
    pub fn id(&self, call: usize) -> String {
        format!("row-{}-call-{call}", self.number)
    }

    /// Whether this run says nothing, so that the row must be run again: what it is about is up to
    /// the timing of the client.
    ///
    /// A pool gets a connection back a moment after the answer, and a call that is faster makes
    /// another one. A pool hears of the end of a connection a moment after that, and a call that is
    /// faster writes to it, of which the server sees nothing. And a client begins to wait a moment
    /// after the answer, and a flag that is faster finds it not waiting.
    pub fn missed(&self, outcomes: &[Outcome], log: &Log) -> bool {
        let early = self.calls.iter().zip(outcomes).enumerate().any(|(number, (call, outcome))| {
            let error = outcome.error();
            let failure = error.and_then(Error::failure);
            let closed = failure.is_some_and(|failure| {
                failure.kind == FailureKind::Closed && failure.reach == Reach::MaybeSent
            });
            let into_the_void = call.after_end && closed && log.seen(&self.id(number)) == 0;
            let not_waiting = call.cancelled == Some(Stage::Waiting)
                && error.is_some_and(|error| error.kind() == ErrorKind::Api);
            into_the_void || not_waiting
        });
        early || self.reuses && log.connections() > self.connections.unwrap_or(1)
    }
}

impl Call {
    fn new(expected: Expected) -> Self {
        Self {
            method: Method::GET,
            body: 0,
            wants: Wants::Person,
            after_end: false,
            cancelled: None,
            at_least: Duration::ZERO,
            expected,
        }
    }

    /// The operation to be called when a [`Person`] is wanted.
    pub fn person(&self) -> RawOperation<Person> {
        self.operation().returns()
    }

    /// The operation to be called when nothing is wanted.
    pub fn nothing(&self) -> RawOperation<()> {
        self.operation().returns()
    }

    /// The operation to be called when any JSON is wanted.
    pub fn json(&self) -> RawOperation {
        self.operation()
    }

    fn operation(&self) -> RawOperation {
        let operation = RawOperation::new(self.method.clone(), "/users/user_1");
        if self.body == 0 {
            operation
        } else {
            operation.body(&"x".repeat(self.body.saturating_sub(2)))
        }
    }
}
