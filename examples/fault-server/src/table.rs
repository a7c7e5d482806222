//! The table: what servers do, and what a client must make of it.
mod answers;
mod callers;
mod tls;
mod waits;
mod wire;

use clerk_core::{
    ErrorKind, FailureKind,
    Reach::{self, MaybeSent},
};

use crate::{
    Expected, Place, Plan, Row, Script, Status,
    Step::{self, Again, ReadRequest},
    answer, person,
};

const USER: Expected = Expected::Person("user_1");
/// What a client must never take for the answer to its own request.
const STRANGER: &str = "user_of_somebody_else";
/// A good beginning.
const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";

/// The table. `elsewhere` is the address of a second server, to which redirects point and which
/// must see nothing.
///
/// The rows have the numbers of the faults that they are about, 1 to 46.
pub fn rows(elsewhere: &str) -> Vec<Row> {
    let mut rows =
        [wire::rows(), answers::rows(elsewhere), waits::rows(), tls::rows(), callers::rows()]
            .concat();
    // Rows of one number stay in the order in which they are written.
    rows.sort_by_key(|row| row.number);
    rows
}

fn good() -> Script {
    vec![ReadRequest, Step::Write(answer(200, &person("user_1"))), Again]
}

fn served(number: u8, name: &'static str, script: impl Into<Script>, expected: Expected) -> Row {
    Row::new(number, name, Place::Server(Plan::always(script.into())), expected)
}

/// Another script for the first connection than for those that follow.
fn reused(number: u8, name: &'static str, first: impl Into<Script>, expected: Expected) -> Row {
    Row::new(number, name, Place::Server(Plan::always(first.into()).then(good())), expected)
}

fn write(text: &str) -> Step {
    Step::Write(text.as_bytes().to_vec())
}

fn head_and(headers: &str, body: &str) -> Step {
    write(&format!("{HEAD}{headers}\r\n{body}"))
}

fn failed(kinds: &[FailureKind], reach: Option<Reach>, status: Status) -> Expected {
    Expected::Failure { kinds: kinds.to_vec(), reach, status }
}

/// Without the head of an answer.
fn failure(kind: FailureKind, reach: Reach) -> Expected {
    failed(&[kind], Some(reach), Status::None)
}

/// After the head of an answer.
fn broken_off(kind: FailureKind) -> Expected {
    failed(&[kind], Some(MaybeSent), Status::Is(200))
}

/// Where different things may rightly be seen first: see [`Row::varies`].
fn either(kinds: &[FailureKind]) -> Expected {
    failed(kinds, None, Status::Any)
}

fn answered(kind: ErrorKind, status: u16) -> Expected {
    Expected::Answered { kind, status, retry_after: None }
}

fn api(status: u16) -> Expected {
    answered(ErrorKind::Api, status)
}
