//! What TLS has to refuse.
use clerk_core::{
    FailureKind::{Closed, Connect, Timeout, Tls},
    Phase,
    Reach::NotSent,
};

use super::{USER, either, failure, good};
use crate::{
    Leaf, Place, Plan, Row,
    Step::{self, Drain, Fin, Reset, Stall},
    answer,
};

/// Of an older version: a server's hello, and nothing after it.
const TLS_1_1: &[u8] = b"\x16\x03\x02\x00\x2a\x02\x00\x00\x26\x03\x02\
    0123456789abcdef0123456789abcdef\x00\x00\x2f\x00";
/// The alert that says that there is no common version.
const NO_VERSION: &[u8] = b"\x15\x03\x01\x00\x02\x02\x46";

pub(super) fn rows() -> Vec<Row> {
    let shows =
        |name, leaf, expected| Row::new(44, name, Place::Tls(Plan::always(good()), leaf), expected);
    let refused = || failure(Tls, NotSent);
    let begins = |name, first: Step, expected| {
        let plan = Plan::always(vec![Step::Bare, first, Drain]);
        Row::new(44, name, Place::Tls(plan, Leaf::Good), expected)
    };
    let breaks_off = |name, step| {
        let plan = Plan::always(vec![Step::Bare, step]);
        Row::new(44, name, Place::Tls(plan, Leaf::Good), either(&[Connect, Tls]))
            .requests(0)
            .varies("an end within the handshake is no connection to one library, and no TLS to the other")
    };
    vec![
        shows("shows a good certificate", Leaf::Good, USER),
        shows("shows an expired certificate", Leaf::Expired, refused()).requests(0).attempts(3),
        shows("shows a certificate for another host", Leaf::OtherHost, refused())
            .requests(0)
            .attempts(3),
        shows("shows a certificate that it signed itself", Leaf::SelfSigned, refused())
            .requests(0)
            .attempts(3),
        shows("shows a certificate of an unknown authority", Leaf::Stranger, refused())
            .requests(0)
            .attempts(3),
        // The client has done its part of the handshake when it hears of it.
        shows("wants a certificate", Leaf::Mutual, either(&[Tls, Closed]))
            .requests(0)
            .varies("the client may hear of it before it writes, after, or not at all"),
        begins("knows TLS 1.1 only", Step::Write(TLS_1_1.to_vec()), refused())
            .attempts(3)
            .connections(1),
        begins("has no version of TLS in common", Step::Write(NO_VERSION.to_vec()), refused())
            .attempts(3)
            .connections(1),
        begins("answers in plain HTTP", Step::Write(answer(400, "{}")), refused())
            .attempts(3)
            .connections(1),
        breaks_off("closes within the handshake", Fin),
        breaks_off("resets within the handshake", Reset),
        begins("stalls within the handshake", Stall, failure(Timeout(Phase::Connect), NotSent)),
    ]
}
