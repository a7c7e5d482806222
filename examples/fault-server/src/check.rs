//! Compares what a client said with what must come of a row, and with the server's log.
use std::{error::Error as StdError, fmt::Write as _, time::Duration};

use clerk_core::{Error, ErrorKind, FailureKind, Phase, Reach};

use crate::{CANARY, Call, Expected, GRACE, Log, Person, Place, Row, SECRET_KEY, Status};

/// What came of a call.
#[derive(Debug)]
pub struct Outcome {
    /// The value, `None` where nothing was wanted, or the error; nothing at all where the caller
    /// dropped the call.
    pub result: Option<Result<Option<Person>, Error>>,
    /// How long the call took.
    pub elapsed: Duration,
}

impl Outcome {
    /// The error, if it is one.
    pub fn error(&self) -> Option<&Error> {
        self.result.as_ref()?.as_ref().err()
    }
}

impl Row {
    /// What is wrong with the outcomes of the row's calls, and with what the server saw of them;
    /// empty if all is well.
    pub fn problems(&self, outcomes: &[Outcome], log: &Log) -> Vec<String> {
        let mut problems = Vec::new();
        if outcomes.len() != self.calls.len() {
            problems.push(format!("{} calls ended, not {}", outcomes.len(), self.calls.len()));
        }
        for (number, (call, outcome)) in self.calls.iter().zip(outcomes).enumerate() {
            let id = self.id(number);
            self.check(call, outcome, log.seen(&id), log, &mut |problem| {
                problems.push(format!("call {number}: {problem}"))
            });
        }
        for (what, expected, seen) in [
            ("connections", self.connections, log.connections()),
            ("requests", self.requests, log.requests().count()),
        ] {
            if expected.is_some_and(|expected| expected != seen) {
                problems.push(format!(
                    "the server saw {seen} {what}, not {}",
                    expected.unwrap_or_default()
                ));
            }
        }
        for request in log.requests() {
            if request.header("authorization") != Some(&format!("Bearer {SECRET_KEY}")) {
                problems.push("a request came without the key".to_owned());
            }
            if request.header("accept-encoding").is_some_and(|value| value != "identity") {
                problems.push("a request asked for an encoding".to_owned());
            }
        }
        problems
            .into_iter()
            .map(|problem| format!("row {} ({}): {problem}", self.number, self.name))
            .collect()
    }

    fn check(
        &self,
        call: &Call,
        outcome: &Outcome,
        seen: usize,
        log: &Log,
        problem: &mut dyn FnMut(String),
    ) {
        let attempts = usize::try_from(self.attempts).unwrap_or(usize::MAX);
        let limit = self.deadline.min(self.attempt_timeout.saturating_mul(self.attempts)) + GRACE;
        if outcome.elapsed > limit || outcome.elapsed < call.at_least {
            problem(format!("it took {:?}", outcome.elapsed));
        }
        if seen > attempts {
            problem(format!("the server saw it {seen} times"));
        }
        match (&call.expected, &outcome.result) {
            (Expected::Nothing, Some(Ok(None))) | (Expected::GivenUp { .. }, None) => {}
            (Expected::Person(id), Some(Ok(Some(person)))) if person.id == *id => {}
            (expected, Some(Err(error))) => expected.check(error, problem),
            (expected, other) => problem(format!("{other:?}, not {expected:?}")),
        }
        let Some(error) = outcome.error() else { return };
        let text = everything(error);
        if text.contains(CANARY) {
            problem(format!("a secret or the body in the text: {text}"));
        }
        if error.to_string().contains('\n') {
            problem(format!("more than one line: {error}"));
        }
        if !error.may_have_been_sent() && seen > 0 {
            problem(format!("said not to be sent, and the server saw it: {error:?}"));
        }
        // The log says of bytes only that they came, so only a row of one call can be held to it; and
        // those of a handshake are no request.
        let of_requests = self.calls.len() == 1 && matches!(self.place, Place::Server(_));
        if !error.may_have_been_sent() && of_requests && log.bytes_read() > 0 {
            problem(format!(
                "said not to be sent, and the server read {} bytes: {error:?}",
                log.bytes_read()
            ));
        }
    }
}

impl Expected {
    fn check(&self, error: &Error, problem: &mut dyn FnMut(String)) {
        let status = error.status().map(|status| status.as_u16());
        match self {
            Self::Person(_) | Self::Nothing => problem(format!("an error: {error:?}")),
            Self::Answered { kind, status: expected, retry_after } => {
                if error.kind() != *kind
                    || status != Some(*expected)
                    || !error.may_have_been_sent()
                    || error.retry_after() != *retry_after
                {
                    problem(format!(
                        "{:?} with status {status:?}, not {self:?}: {error:?}",
                        error.kind()
                    ));
                }
            }
            Self::OutOfTime { status: expected, reach } => {
                if error.kind() != ErrorKind::Transport
                    || error.timeout() != Some(Phase::RetryWait)
                    || error.may_have_been_sent() != (*reach == Reach::MaybeSent)
                    || status != *expected
                    || error.source().is_none()
                {
                    problem(format!("not {self:?}: {error:?}"));
                }
            }
            Self::GivenUp { flagged: Some(expected) } => expected.check(error, problem),
            Self::GivenUp { flagged: None } => {
                if error.kind() != ErrorKind::Cancelled || !error.may_have_been_sent() {
                    problem(format!("not given up: {error:?}"));
                }
            }
            Self::Failure { kinds, reach, status: expected } => {
                let Some(failure) = error.failure() else {
                    return problem(format!("no failure, but {error:?}"));
                };
                if !kinds.contains(&failure.kind)
                    || reach.is_some_and(|reach| reach != failure.reach)
                {
                    problem(format!(
                        "{:?} and {:?}, not {self:?}: {error:?}",
                        failure.kind, failure.reach
                    ));
                }
                let kind = if failure.kind == FailureKind::TooLarge {
                    ErrorKind::TooLarge
                } else {
                    ErrorKind::Transport
                };
                let timeout =
                    if let FailureKind::Timeout(phase) = failure.kind { Some(phase) } else { None };
                if error.kind() != kind
                    || error.timeout() != timeout
                    // Earlier attempts may have got further.
                    || error.attempts() < 2
                        && error.may_have_been_sent() != (failure.reach == Reach::MaybeSent)
                {
                    problem(format!("the error does not say what its failure says: {error:?}"));
                }
                if match expected {
                    Status::Is(expected) => status != Some(*expected),
                    Status::None => status.is_some(),
                    Status::Any => false,
                } {
                    problem(format!("status {status:?}, not {expected:?}: {error:?}"));
                }
            }
        }
    }
}

/// All that a program could print of an error.
fn everything(error: &Error) -> String {
    let mut text = format!("{error} {error:?}");
    let mut source = error.source();
    while let Some(error) = source {
        // Writing to a string does not fail.
        let _ = write!(text, " {error} {error:?}");
        source = error.source();
    }
    text
}
