//! When to come back: `Retry-After`, as servers write it.
use std::time::Duration;

use clerk_core::ErrorKind;

use super::{USER, api, served};
use crate::{
    Expected, Row,
    Step::{self, Again, ReadRequest},
    answer, answer_with, person,
};

/// When these dates were, or will be, is not up to the clock of the test's machine.
const PAST: [&str; 3] =
    ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"];
const NOON: [&str; 3] = [
    "Sat, 01 Mar 2025 12:02:00 GMT",
    "Saturday, 01-Mar-25 12:02:00 GMT",
    "Sat Mar  1 12:02:00 2025",
];
/// Two minutes before [`NOON`], by the server's clock.
const DATE: &str = "date: Sat, 01 Mar 2025 12:00:00 GMT\r\n";
const TWO_MINUTES: Duration = Duration::from_secs(120);

pub(super) fn rows() -> Vec<Row> {
    let says = |headers: &str| Step::Write(answer_with(429, headers, b"{}"));
    // The answer is the error, at once: the hint is longer than anybody waits.
    let at_once = |number, name, headers: &str, retry_after| {
        let error = Expected::Answered { kind: ErrorKind::Api, status: 429, retry_after };
        served(number, name, [ReadRequest, says(headers), Again], error).attempts(3).requests(1)
    };
    // As if there were none: asked again after a wait of the client's own.
    let absent = |number, name, headers: &str| {
        served(number, name, [ReadRequest, says(headers), Again], api(429)).attempts(3).requests(3)
    };
    let after: fn(&str) -> String = |value| format!("retry-after: {value}\r\n");
    let mut rows = vec![
        at_once(38, "says 429, come back in 120 s", &after("120"), Some(TWO_MINUTES)),
        served(38, "says 429, come back now", [ReadRequest, says(&after("0")), Again], api(429))
            .attempts(3)
            .requests(3),
        served(
            38,
            "says 429, come back in 1 s",
            [
                ReadRequest,
                says(&after("1")),
                ReadRequest,
                Step::Write(answer(200, &person("user_1"))),
                Again,
            ],
            USER,
        )
        .attempts(3)
        .requests(2)
        .taking_at_least(Duration::from_secs(1)),
        at_once(
            40,
            "says 429, come back in 99999999999999999999 s",
            &after("99999999999999999999"),
            Some(Duration::MAX),
        ),
        absent(40, "says 429, come back twice", &(after("120") + &after("1"))),
    ];
    for date in PAST {
        rows.push(
            served(
                39,
                "says 429, come back at a time that is past",
                [ReadRequest, says(&after(date)), Again],
                api(429),
            )
            .attempts(3)
            .requests(3),
        );
    }
    for date in NOON {
        rows.push(at_once(
            39,
            "says 429, come back in 2 min by the server's clock",
            &(after(date) + DATE),
            Some(TWO_MINUTES),
        ));
    }
    for value in ["-5", "+3", "abc", "1.5", "1e3", "12, 13", "0x10", ""] {
        rows.push(absent(40, "says 429, come back who knows when", &after(value)));
    }
    rows
}
