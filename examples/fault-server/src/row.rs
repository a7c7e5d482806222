//! One row of the table: a fault, what is called, and what must come of it.
use std::{io, time::Duration};

use clerk_core::{Error, ErrorKind, FailureKind, RawOperation, Reach, RetryPolicy};
use http::Method;

use crate::{ATTEMPT_TIMEOUT, BlackHole, ClosedPort, DEADLINE, Log, Outcome, Plan, Server};

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
    /// How many attempts the client has; 1 unless retries are what the row is about.
    pub attempts: u32,
    /// How many connections the server must have seen.
    pub connections: Option<usize>,
    /// How many requests the server must have seen.
    pub requests: Option<usize>,
    /// Whether the row is about a connection that is used again: see [`missed`](Self::missed).
    pub reuses: bool,
}

/// Where the client connects to.
#[derive(Clone, Debug)]
pub enum Place {
    /// A server with this plan.
    Server(Plan),
    /// A port that refuses.
    ClosedPort,
    /// A port that neither accepts nor refuses.
    BlackHole,
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
    /// What must come of it.
    pub expected: Expected,
}

/// What an answer is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wants {
    /// A [`Person`].
    Person,
    /// Nothing: `()`.
    Nothing,
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
            attempt_timeout: ATTEMPT_TIMEOUT,
            attempts: 1,
            connections: None,
            requests: None,
            reuses: false,
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

    pub(crate) fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    pub(crate) fn attempt_timeout(mut self, time: Duration) -> Self {
        self.attempt_timeout = time;
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

    /// The retry policy of the row's client, with short waits.
    pub fn retry(&self) -> RetryPolicy {
        let delay = Duration::from_millis(1);
        RetryPolicy::default()
            .max_attempts(self.attempts)
            .initial_delay(delay)
            .throttled_delay(delay)
            .max_delay(delay)
    }

    /// The `x-request-id` of a call.
    pub fn id(&self, call: usize) -> String {
        format!("row-{}-call-{call}", self.number)
    }

    /// Whether this run says nothing, so that the row must be run again: what it is about is up to
    /// the timing of the client's pool.
    ///
    /// A pool gets a connection back a moment after the answer, and a call that is faster makes
    /// another one. And a pool hears of the end of a connection a moment after that, and a call
    /// that is faster writes to it, of which the server sees nothing.
    pub fn missed(&self, outcomes: &[Outcome], log: &Log) -> bool {
        let into_the_void =
            self.calls.iter().zip(outcomes).enumerate().any(|(number, (call, outcome))| {
                let failure = outcome.result.as_ref().err().and_then(Error::failure);
                let closed = failure.is_some_and(|failure| {
                    failure.kind == FailureKind::Closed && failure.reach == Reach::MaybeSent
                });
                call.after_end && closed && log.seen(&self.id(number)) == 0
            });
        into_the_void || self.reuses && log.connections() > self.connections.unwrap_or(1)
    }

    /// The limit of a call: [`DEADLINE`], or the limit of an attempt if that is longer.
    pub fn deadline(&self) -> Duration {
        DEADLINE.max(self.attempt_timeout)
    }

    /// Opens the place.
    ///
    /// # Errors
    ///
    /// If this machine has no such place to offer.
    pub fn open(&self) -> io::Result<Site> {
        Ok(match &self.place {
            Place::Server(plan) => Site::Server(Server::start(plan.clone())?),
            Place::ClosedPort => Site::ClosedPort(ClosedPort::open()?),
            Place::BlackHole => Site::BlackHole(BlackHole::open()?),
        })
    }
}

impl Call {
    fn new(expected: Expected) -> Self {
        Self { method: Method::GET, body: 0, wants: Wants::Person, after_end: false, expected }
    }

    /// The operation to be called when a [`Person`] is wanted.
    pub fn person(&self) -> RawOperation<Person> {
        self.operation().returns()
    }

    /// The operation to be called when nothing is wanted.
    pub fn nothing(&self) -> RawOperation<()> {
        self.operation().returns()
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

/// A [`Place`] that is open.
#[derive(Debug)]
pub enum Site {
    /// A server.
    Server(Server),
    /// A port that refuses.
    ClosedPort(ClosedPort),
    /// A port that neither accepts nor refuses.
    BlackHole(BlackHole),
}

impl Site {
    /// The base URL for the client.
    pub fn base_url(&self) -> String {
        match self {
            Self::Server(server) => server.base_url(),
            Self::ClosedPort(port) => format!("http://{}", port.address()),
            Self::BlackHole(port) => format!("http://{}", port.address()),
        }
    }

    /// Waits until the server is ready for a call; `false` if it does not get ready.
    pub fn ready(&self, call: &Call) -> bool {
        match self {
            Self::Server(server) if call.after_end => {
                server.wait(|log| log.ended() == log.connections())
            }
            _ => true,
        }
    }

    /// Closes it, and gives its log, empty where there is no server.
    pub fn finish(self) -> Log {
        match self {
            Self::Server(server) => server.finish(),
            Self::ClosedPort(_) | Self::BlackHole(_) => Log::default(),
        }
    }
}
