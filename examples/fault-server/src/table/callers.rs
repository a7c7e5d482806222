//! What callers do: give up, and have no time left.
use std::time::Duration;

use clerk_core::{
    FailureKind::{Connect, Timeout},
    Phase,
    Reach::{self, MaybeSent, NotSent},
};

use super::{USER, broken_off, failed, failure, good, head_and, served};
use crate::{
    ATTEMPT_TIMEOUT, Expected, Leaf, Place, Plan, Row, Script, Stage, Status,
    Step::{self, Again, ReadRequest, Stall},
    answer, answer_with, person,
};

/// Longer than anybody waits: a part of it, at random, is too.
const AGES: Duration = Duration::from_secs(1 << 30);

pub(super) fn rows() -> Vec<Row> {
    [given_up(), out_of_time()].concat()
}

fn given_up() -> Vec<Row> {
    let at = |name, stage, place, flagged: Option<Expected>| {
        Row::new(45, name, place, Expected::GivenUp { flagged: flagged.map(Box::new) })
            .cancelled(stage)
            .attempts(3)
            .attempt_timeout(ATTEMPT_TIMEOUT)
            .then(USER)
    };
    let served = |first: Script| Place::Server(Plan::always(first).then(good()));
    let no_handshake = Plan::always(vec![Step::Bare, Stall]).then(good());
    let busy = Step::Write(answer_with(429, "retry-after: 5\r\n", b"{}"));
    let user = Step::Write(answer(200, &person("user_1")));
    vec![
        at(
            "has not finished the handshake when the caller gives up",
            Stage::Connecting,
            Place::Tls(no_handshake, Leaf::Good),
            Some(failure(Timeout(Phase::Connect), NotSent)),
        )
        .requests(1),
        at(
            "has not answered when the caller gives up",
            Stage::Asked,
            served(vec![ReadRequest, Stall]),
            Some(failure(Timeout(Phase::Headers), MaybeSent)),
        )
        .requests(2),
        at(
            "is within the body when the caller gives up",
            Stage::Answering,
            served(vec![ReadRequest, head_and("content-length: 100\r\n", "{\"id\":"), Stall]),
            Some(broken_off(Timeout(Phase::Body))),
        )
        .requests(2),
        at(
            "is to be asked again when the caller gives up",
            Stage::Waiting,
            served(vec![ReadRequest, busy, ReadRequest, user, Again]),
            None,
        )
        .attempt_timeout(Duration::from_secs(10))
        .requests(2),
    ]
}

fn out_of_time() -> Vec<Row> {
    let out_of_time = |status, reach: Reach| Expected::OutOfTime { status, reach };
    vec![
        served(
            46,
            "fails, and the next attempt would be too late",
            [ReadRequest, Step::Write(answer(503, r#"{"errors":[]}"#)), Again],
            out_of_time(Some(503), MaybeSent),
        )
        .attempts(3)
        .delay(AGES)
        .requests(1),
        Row::new(
            46,
            "refuses to connect, and the next attempt would be too late",
            Place::ClosedPort,
            out_of_time(None, NotSent),
        )
        .attempts(3)
        .delay(AGES),
        served(
            46,
            "is not even asked, as the deadline is past",
            good(),
            failed(&[Timeout(Phase::Connect), Connect], Some(NotSent), Status::None),
        )
        .deadline(Duration::from_nanos(1))
        .requests(0),
    ]
}
