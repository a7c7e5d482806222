//! What goes wrong on the way: connections, limits, framing.
use std::time::Duration;

use clerk_core::{
    FailureKind::{Closed, Connect, Protocol, Timeout, TooLarge},
    Phase,
    Reach::{MaybeSent, NotSent},
};

use super::{
    HEAD, STRANGER, USER, api, broken_off, either, failed, failure, head_and, reused, served, write,
};
use crate::{
    ATTEMPT_TIMEOUT, Place, Row, Status,
    Step::{self, Again, Drain, Drip, Fin, ReadHead, ReadRequest, Reset, Stall, WriteForever},
    answer, person,
};

const RACE: &str = "the client may hear of it before it connects, before it writes, or after";
/// Between two bytes of what comes drop by drop.
const DRIP: Duration = Duration::from_millis(20);

pub(super) fn rows() -> Vec<Row> {
    [connections(), time_limits(), lengths(), heads(), interim(), not_quite_http()].concat()
}

fn connections() -> Vec<Row> {
    vec![
        Row::new(1, "refuses to connect", Place::ClosedPort, failure(Connect, NotSent)),
        #[cfg(target_os = "linux")]
        Row::new(
            2,
            "neither accepts nor refuses",
            Place::BlackHole,
            failure(Timeout(Phase::Connect), NotSent),
        ),
        Row::new(3, "has a name that nobody knows", Place::NoSuchName, failure(Connect, NotSent)),
        served(4, "reads and closes", [ReadRequest, Fin], failure(Closed, MaybeSent)).requests(1),
        served(4, "closes at once", [Fin], either(&[Closed, Connect])).requests(0).varies(RACE),
        served(4, "resets at once", [Reset], either(&[Closed, Connect])).requests(0).varies(RACE),
        served(5, "reads and resets", [ReadRequest, Reset], failure(Closed, MaybeSent)).requests(1),
        served(
            6,
            "resets within the head",
            [ReadRequest, write("HTTP/1.1 200 OK\r\ncontent-ty"), Reset],
            failure(Closed, MaybeSent),
        ),
        served(
            6,
            "closes within the head",
            [ReadRequest, write("HTTP/1.1 200 OK\r\ncontent-ty"), Fin],
            failure(Closed, MaybeSent),
        ),
        served(
            7,
            "resets within the body",
            [ReadRequest, head_and("content-length: 100\r\n", "{\"id\":"), Reset],
            broken_off(Closed),
        ),
        served(
            7,
            "resets within a chunk",
            [ReadRequest, chunked("64\r\n{\"id\":"), Reset],
            broken_off(Closed),
        ),
        served(
            7,
            "closes within a chunk",
            [ReadRequest, chunked("64\r\n{\"id\":"), Fin],
            broken_off(Closed),
        ),
    ]
}

fn time_limits() -> Vec<Row> {
    let no_head = || failure(Timeout(Phase::Headers), MaybeSent);
    let no_body = || broken_off(Timeout(Phase::Body));
    let rows = vec![
        served(8, "never answers", [ReadRequest, Stall], no_head()).requests(1),
        served(8, "never even reads a large request", [Stall], no_head()).posting(1_000_000),
        served(
            8,
            "stops within the head",
            [ReadRequest, write("HTTP/1.1 200 OK\r\ncontent-ty"), Stall],
            no_head(),
        ),
        served(
            9,
            "stops before the body",
            [ReadRequest, head_and("content-length: 100\r\n", ""), Stall],
            no_body(),
        ),
        served(
            9,
            "stops within the body",
            [ReadRequest, head_and("content-length: 100\r\n", "{\"id\":"), Stall],
            no_body(),
        ),
        served(9, "stops within a chunk", [ReadRequest, chunked("64\r\n{"), Stall], no_body()),
        served(
            10,
            "drips a head",
            [ReadRequest, write(HEAD), Drip(b"x-drip: drop\r\n".to_vec(), DRIP)],
            no_head(),
        ),
        served(
            10,
            "drips a body",
            [ReadRequest, head_and("content-length: 9999\r\n", ""), Drip(b" ".to_vec(), DRIP)],
            no_body(),
        ),
        served(
            10,
            "drips chunks",
            [ReadRequest, chunked(""), Drip(b"1\r\n \r\n".to_vec(), DRIP)],
            no_body(),
        ),
    ];
    rows.into_iter().map(|row| row.attempt_timeout(ATTEMPT_TIMEOUT)).collect()
}

fn lengths() -> Vec<Row> {
    let user = person("user_1");
    let (user, two_lengths) = (user.as_str(), "content-length: 31\r\ncontent-length: 9\r\n");
    let announcing = |length: &str| {
        [ReadRequest, head_and(&format!("content-length: {length}\r\n"), user), Stall]
    };
    let both = "content-length: 3\r\ntransfer-encoding: chunked\r\n";
    let stranger = Step::Write(answer(200, &person(STRANGER)));
    // In one piece with the answer, so that the client cannot miss it.
    let more = String::from_utf8_lossy(&answer(200, &person(STRANGER))).into_owned();
    let surplus = Step::Write([&answer(200, user), more.as_bytes()].concat());
    vec![
        served(
            11,
            "closes before the announced length",
            [ReadRequest, head_and("content-length: 100\r\n", user), Fin],
            broken_off(Closed),
        )
        .then(broken_off(Closed))
        .connections(2),
        reused(
            12,
            "sends an answer that nobody asked for",
            [ReadRequest, surplus, ReadRequest, stranger.clone()],
            USER,
        )
        .then(USER)
        .connections(2),
        served(
            13,
            "announces two lengths",
            [ReadRequest, head_and(two_lengths, user), Stall],
            failure(Protocol, MaybeSent),
        ),
        served(
            14,
            "announces a length of 20 digits",
            announcing("99999999999999999999"),
            failure(Protocol, MaybeSent),
        ),
        served(
            14,
            "announces a length of 2^64 - 1",
            announcing("18446744073709551615"),
            either(&[Protocol, TooLarge]),
        )
        .varies("hyper refuses the number, ureq takes it and our limit refuses it"),
        served(14, "announces a negative length", announcing("-1"), failure(Protocol, MaybeSent)),
        served(
            15,
            "announces a length and chunks",
            [ReadRequest, head_and(both, &chunk(user)), ReadRequest, stranger.clone()],
            USER,
        )
        .then(USER)
        .then(USER)
        .connections(3)
        .requests(3),
        reused(
            15,
            "announces a length and chunks, and sends more",
            [ReadRequest, head_and(both, &(chunk(user) + &more)), ReadRequest, stranger],
            USER,
        )
        .then(USER)
        .connections(2),
        served(
            16,
            "sends a chunk without a size",
            [ReadRequest, chunked("zz\r\n{}\r\n0\r\n\r\n"), Stall],
            broken_off(Protocol),
        ),
        served(
            16,
            "sends a chunk size of 17 digits",
            [ReadRequest, chunked("fffffffffffffffff\r\n{}"), Stall],
            broken_off(Protocol),
        ),
        served(
            16,
            "ends a chunk with something else",
            [ReadRequest, chunked("2\r\n{}xx0\r\n\r\n"), Stall],
            broken_off(Protocol),
        ),
        served(
            17,
            "announces a body beyond the limit",
            announcing("1048577"),
            broken_off(TooLarge),
        ),
        served(
            17,
            "sends a body without end",
            [ReadRequest, head_and("", ""), endless(" ")],
            broken_off(TooLarge),
        ),
        served(
            17,
            "sends chunks without end",
            [ReadRequest, chunked(""), endless(&format!("40\r\n{}\r\n", " ".repeat(64)))],
            broken_off(TooLarge),
        ),
        served(
            17,
            "sends a chunk of 2^64 - 1 bytes",
            [ReadRequest, chunked("ffffffffffffffff\r\n"), endless(" ")],
            broken_off(TooLarge),
        ),
        served(
            17,
            "sends an error without end",
            [ReadRequest, write("HTTP/1.1 500 No\r\n\r\n"), endless(" ")],
            failed(&[TooLarge], Some(MaybeSent), Status::Is(500)),
        ),
        served(
            17,
            "sends a chunk's extension without end",
            [ReadRequest, chunked("1;"), endless("x")],
            broken_off(Protocol),
        ),
        served(
            17,
            "sends trailers without end",
            [ReadRequest, chunked("0\r\n"), endless("x-trailer: 1\r\n")],
            broken_off(Protocol),
        ),
    ]
}

fn heads() -> Vec<Row> {
    let with = |headers: String| {
        write(&format!("{HEAD}{headers}content-length: 15\r\n\r\n{{\"id\":\"user_1\"}}"))
    };
    let long = |kib: usize| with(format!("x-long: {}\r\n", "x".repeat(kib << 10)));
    let many = |count: usize| with((0..count).map(|number| format!("x-{number}: y\r\n")).collect());
    vec![
        served(18, "sends a header of 60 KiB", [ReadRequest, long(60), Again], USER),
        served(
            18,
            "sends a header of 200 KiB",
            [ReadRequest, long(200), Stall],
            failure(TooLarge, MaybeSent),
        ),
        served(
            18,
            "sends a header of 500 KiB",
            [ReadRequest, long(500), Stall],
            failure(TooLarge, MaybeSent),
        ),
        served(
            18,
            "sends a header without end",
            [ReadRequest, write("HTTP/1.1 200 OK\r\nx-long: "), endless("x")],
            failure(TooLarge, MaybeSent),
        ),
        served(
            18,
            "sends a reason without end",
            [ReadRequest, write("HTTP/1.1 200 "), endless("x")],
            failure(TooLarge, MaybeSent),
        ),
        served(19, "sends 90 headers", [ReadRequest, many(90), Again], USER),
        served(
            19,
            "sends 150 headers",
            [ReadRequest, many(150), Stall],
            failure(TooLarge, MaybeSent),
        ),
        served(
            20,
            "sends headers without end",
            [ReadRequest, write(HEAD), endless("x-more: y\r\n")],
            failure(TooLarge, MaybeSent),
        ),
    ]
}

fn interim() -> Vec<Row> {
    let hints = "HTTP/1.1 103 Early Hints\r\nlink: </style.css>; rel=preload\r\n\r\n"
        .repeat(100)
        .into_bytes();
    let switch = "HTTP/1.1 101 Switching\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n";
    let processing = "HTTP/1.1 102 Processing\r\n\r\n";
    vec![
        served(
            21,
            "sends 100 hints before the answer",
            [ReadRequest, Step::Write(hints), Step::Write(answer(200, &person("user_1"))), Again],
            USER,
        ),
        served(
            22,
            "sends interim answers without end",
            [ReadRequest, endless(processing)],
            failure(Protocol, MaybeSent),
        ),
        served(
            23,
            "switches protocols",
            [ReadRequest, write(switch), Stall],
            failed(&[Protocol], Some(MaybeSent), Status::Is(101)),
        ),
    ]
}

fn not_quite_http() -> Vec<Row> {
    let user = person("user_1");
    let bare: Vec<u8> = answer(200, &user).into_iter().filter(|byte| *byte != b'\r').collect();
    let mut latin_1 = b"HTTP/1.1 200 OK\r\nx-name: Jos\xe9\r\n".to_vec();
    latin_1.extend_from_slice(format!("content-length: {}\r\n\r\n{user}", user.len()).as_bytes());
    let early = [
        ReadHead,
        Step::Write(answer(413, r#"{"errors":[{"code":"too_big","message":"too big"}]}"#)),
        Drain,
    ];
    vec![
        served(24, "ends lines with LF only", [ReadRequest, Step::Write(bare), Again], USER),
        served(
            25,
            "folds a header",
            [ReadRequest, head_and("x-folded: a\r\n b\r\ncontent-length: 2\r\n", "{}"), Stall],
            failure(Protocol, MaybeSent),
        ),
        served(25, "sends a header in latin-1", [ReadRequest, Step::Write(latin_1), Again], USER),
        served(
            26,
            "speaks SSH",
            [write("SSH-2.0-OpenSSH_9.6\r\n"), ReadRequest, Stall],
            either(&[Protocol, Closed]),
        )
        .varies("the client may read it before it writes, after, or not at all"),
        served(
            26,
            "speaks SSH when asked",
            [ReadRequest, write("SSH-2.0-OpenSSH_9.6\r\n"), Stall],
            failure(Protocol, MaybeSent),
        ),
        served(
            26,
            "speaks TLS",
            [ReadRequest, Step::Write(b"\x15\x03\x03\x00\x02\x02\x46".to_vec()), Fin],
            failure(Protocol, MaybeSent),
        ),
        served(
            26,
            "speaks HTTP/2",
            [ReadRequest, Step::Write(b"\x00\x00\x00\x04\x00\x00\x00\x00\x00".to_vec()), Stall],
            failure(Protocol, MaybeSent),
        ),
        served(27, "refuses while the body is on its way", early, api(413))
            .posting(1_000_000)
            .attempts(3)
            .connections(1),
    ]
}

fn endless(text: &str) -> Step {
    WriteForever(text.as_bytes().to_vec())
}

fn chunked(body: &str) -> Step {
    head_and("transfer-encoding: chunked\r\n", body)
}

fn chunk(body: &str) -> String {
    format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len())
}
