//! What whole answers say, and what becomes of the connection after them.
use clerk_core::{
    ErrorKind,
    FailureKind::{Closed, Protocol},
    Reach::MaybeSent,
};

use super::{USER, answered, api, broken_off, failure, good, head_and, reused, served, write};
use crate::{
    Expected, Row,
    Step::{self, Again, Fin, ReadRequest, Reset},
    answer, answer_with, person,
};

/// `{"id":"user_1"}`, as gzip writes it.
const GZIP: &[u8] = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\x03\xabV\xcaLQ\xb2R*-N-\x8a7T\xaa\x05\x005i\xbfQ\x0f\x00\x00\x00";
/// What neither the text of an error nor a log may show.
const PAGE: &str = "<!doctype html><title>CANARY</title><p>Sign in to the CANARY network</p>";

pub(super) fn rows(elsewhere: &str) -> Vec<Row> {
    [answers(), redirects(elsewhere), reuse()].concat()
}

fn answers() -> Vec<Row> {
    let user = person("user_1");
    let html =
        |status| Step::Write(answer_with(status, "content-type: text/html\r\n", PAGE.as_bytes()));
    let says =
        |body: &[u8]| Step::Write(answer_with(200, "content-type: application/json\r\n", body));
    let encoded = |encoding: &str, body: &[u8]| {
        Step::Write(answer_with(200, &format!("content-encoding: {encoding}\r\n"), body))
    };
    let unreadable = || answered(ErrorKind::Decode, 200);
    let refused = || broken_off(Protocol);
    let surplus = write("HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\nhello");
    let deep =
        format!(r#"{{"id":"user_1","deep":{}{}}}"#, "[".repeat(100_000), "]".repeat(100_000));
    let mut rows: Vec<_> = [502, 503, 504]
        .into_iter()
        .map(|status| {
            served(28, "sends a proxy's page", [ReadRequest, html(status), Again], api(status))
        })
        .collect();
    rows.extend([
        served(
            29,
            "sends no body where there should be one",
            [ReadRequest, says(b""), Again],
            unreadable(),
        )
        .attempts(3)
        .requests(1),
        reused(
            30,
            "sends a body where there can be none",
            [ReadRequest, surplus, ReadRequest, Fin],
            Expected::Nothing,
        )
        .wanting_nothing()
        .then(USER)
        .connections(2),
        served(
            31,
            "sends JSON as text",
            [
                ReadRequest,
                Step::Write(answer_with(200, "content-type: text/plain\r\n", user.as_bytes())),
                Again,
            ],
            USER,
        ),
        served(
            31,
            "sends JSON as nothing in particular",
            [ReadRequest, Step::Write(answer_with(200, "", user.as_bytes())), Again],
            USER,
        ),
        served(
            32,
            "sends a captive portal's page as a success",
            [ReadRequest, html(200), Again],
            unreadable(),
        )
        .attempts(3)
        .requests(1),
        served(
            33,
            "sends a byte order mark first",
            [ReadRequest, says(format!("\u{feff}{user}").as_bytes()), Again],
            USER,
        ),
        served(
            34,
            "sends bad UTF-8",
            [ReadRequest, says(b"{\"id\":\"user_\xff\"}"), Again],
            unreadable(),
        ),
        served(
            34,
            "sends half a surrogate pair",
            [ReadRequest, says(br#"{"id":"user_\ud800"}"#), Again],
            unreadable(),
        ),
        served(
            34,
            "sends bad UTF-8 where nobody looks",
            [ReadRequest, says(b"{\"id\":\"user_1\",\"note\":\"\xff\"}"), Again],
            USER,
        ),
        served(
            35,
            "nests deeply where nobody looks",
            [ReadRequest, says(deep.as_bytes()), Again],
            USER,
        ),
        served(
            35,
            "nests deeply where it is read",
            [ReadRequest, says(deep.as_bytes()), Again],
            unreadable(),
        )
        .wanting_json(),
        served(
            36,
            "sends a key twice",
            [ReadRequest, says(br#"{"id":"user_1","id":"user_2"}"#), Again],
            unreadable(),
        ),
        served(37, "sends gzip", [ReadRequest, encoded("gzip", GZIP), Again], refused()),
        served(37, "sends br", [ReadRequest, encoded("br", user.as_bytes()), Again], refused()),
        served(
            37,
            "sends gzip in gzip",
            [ReadRequest, encoded("gzip, gzip", GZIP), Again],
            refused(),
        ),
        served(
            37,
            "says identity",
            [ReadRequest, encoded("identity", user.as_bytes()), Again],
            USER,
        ),
    ]);
    for status in [408, 425, 500, 503] {
        let plan = [ReadRequest, Step::Write(answer(status, r#"{"errors":[]}"#)), Again];
        rows.push(
            served(41, "sends an error that may pass", plan, api(status)).attempts(3).requests(3),
        );
    }
    rows
}

fn redirects(elsewhere: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    let to = |name, status: u16, location: &str| {
        let answer = answer_with(status, &format!("location: {location}\r\n"), b"");
        served(
            42,
            name,
            [ReadRequest, Step::Write(answer), Again],
            answered(ErrorKind::Redirect, status),
        )
        .attempts(3)
        .requests(1)
        .connections(1)
    };
    for status in [301, 302, 303, 307, 308] {
        rows.push(to(
            "redirects to another port",
            status,
            &format!("http://{elsewhere}/v1/users/user_1?CANARY"),
        ));
    }
    rows.extend([
        to("redirects without a scheme", 302, &format!("//{elsewhere}/CANARY")),
        to("redirects with a password", 302, &format!("http://CANARY:CANARY@{elsewhere}/")),
        to(
            "redirects to another name",
            302,
            &format!("https://{}/CANARY", elsewhere.replace("127.0.0.1", "localhost")),
        ),
        to("redirects to a file", 302, "file:///etc/passwd?CANARY"),
        to("redirects to itself", 302, "/v1/users/user_1"),
        to("redirects to nowhere", 302, ""),
        served(
            42,
            "redirects and does not say where",
            [ReadRequest, Step::Write(answer_with(302, "", b"")), Again],
            answered(ErrorKind::Redirect, 302),
        )
        .requests(1),
        served(
            42,
            "says that nothing changed",
            [ReadRequest, write("HTTP/1.1 304 Not Modified\r\n\r\n"), Again],
            answered(ErrorKind::Redirect, 304),
        )
        .requests(1),
    ]);
    rows
}

fn reuse() -> Vec<Row> {
    let user = || Step::Write(answer(200, &person("user_1")));
    let gone = || failure(Closed, MaybeSent);
    let body = person("user_1");
    let last = head_and(&format!("connection: close\r\ncontent-length: {}\r\n", body.len()), &body);
    vec![
        reused(43, "keeps the connection", good(), USER)
            .then(USER)
            .then(USER)
            .reusing()
            .connections(1)
            .requests(3),
        reused(43, "says that it will close", [ReadRequest, last, ReadRequest, user()], USER)
            .then(USER)
            .connections(2)
            .requests(2),
        reused(43, "closes when nobody asks", [ReadRequest, user(), Fin], USER)
            .then_after_end(USER)
            .attempts(2)
            .connections(2)
            .requests(2),
        reused(43, "resets when nobody asks", [ReadRequest, user(), Reset], USER)
            .then_after_end(USER)
            .attempts(2)
            .connections(2)
            .requests(2),
        reused(43, "closes before a POST", [ReadRequest, user(), Fin], USER)
            .then_after_end(USER)
            .posting(20)
            .attempts(2)
            .connections(2)
            .requests(2),
        reused(43, "resets before a POST", [ReadRequest, user(), Reset], USER)
            .then_after_end(USER)
            .posting(20)
            .attempts(2)
            .connections(2)
            .requests(2),
        reused(43, "reads again and closes", [ReadRequest, user(), ReadRequest, Fin], USER)
            .then(gone())
            .reusing()
            .connections(1)
            .requests(2),
        reused(43, "reads a POST and resets", [ReadRequest, user(), ReadRequest, Reset], USER)
            .then(gone())
            .posting(20)
            .attempts(3)
            .reusing()
            .connections(1)
            .requests(2),
    ]
}
