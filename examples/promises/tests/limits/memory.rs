//! P06: the peak of the heap during a call.
use std::time::Duration;

use clerk_fault_server::{
    Plan, Script, Server,
    Step::{Again, Drain, Fin, ReadRequest, Stall, Write, WriteForever},
};
use clerk_hyper::{CallOptions, Error, FailureKind, RawOperation};
use clerk_promises::{Driver, Figure, Settings, Transport, is_full};
use http::Method;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::{HEAP, alone, descriptors, head};

const KEY: &str = "sk_test_limits";
const KIB: usize = 1 << 10;
const MIB: usize = 1 << 20;
/// How much of an error's body may be kept, in bytes.
const KEPT: usize = 64 * KIB;
/// How much of an error may be shown, in characters.
const SHOWN: usize = 512;

/// What the answer is read as.
#[derive(Clone, Copy, Debug)]
enum Wants {
    Text,
    Anything,
    Person,
}

#[derive(Clone, Copy, Debug)]
enum Expected {
    /// A value.
    Value,
    Failed(&'static [FailureKind]),
    Decode,
    /// An error answer.
    Api,
}

struct Case {
    name: &'static str,
    script: Script,
    wants: Wants,
    expected: Expected,
}

use Expected::{Api, Decode, Failed, Value as Good};
use FailureKind::{Protocol, TooLarge};

fn case(
    name: &'static str,
    after_request: impl IntoIterator<Item = clerk_fault_server::Step>,
    wants: Wants,
    expected: Expected,
) -> Case {
    let script = [ReadRequest].into_iter().chain(after_request).collect();
    Case { name, script, wants, expected }
}

/// An answer with its length.
fn whole(status: u16, headers: &str, body: &[u8]) -> clerk_fault_server::Step {
    let mut bytes =
        head(status, &format!("{headers}content-length: {}\r\n\r\n", body.len())).into_bytes();
    bytes.extend_from_slice(body);
    Write(bytes)
}

fn chunks(body: &[u8], size: usize) -> clerk_fault_server::Step {
    let mut bytes = head(200, "transfer-encoding: chunked\r\n\r\n").into_bytes();
    for chunk in body.chunks(size) {
        bytes.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        bytes.extend_from_slice(chunk);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(b"0\r\n\r\n");
    Write(bytes)
}

fn start(headers: &str) -> clerk_fault_server::Step {
    Write(head(200, headers).into_bytes())
}

fn endless(bytes: impl Into<Vec<u8>>) -> clerk_fault_server::Step {
    WriteForever(bytes.into())
}

/// JSON text of exactly so many bytes.
fn text(size: usize) -> Vec<u8> {
    filled("\"", "x", "\"", size)
}

/// Exactly so many bytes: `piece` again and again between the two others, and blanks where it does not fit.
fn filled(before: &str, piece: &str, after: &str, size: usize) -> Vec<u8> {
    let room = size - before.len() - after.len();
    let blanks = " ".repeat(room % piece.len());
    [before, &piece.repeat(room / piece.len()), after, &blanks].concat().into_bytes()
}

/// So many bytes of gzip, that are about 160 times as many when they are inflated.
fn bomb(size: usize) -> Vec<u8> {
    let mut bytes = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let (mut word, mut count) = (0_u32, 0);
    let mut put = |bits: u32, length: u32| {
        for bit in (0..length).rev() {
            word |= (bits >> bit & 1) << count;
            count += 1;
            if count == 8 {
                bytes.push(word as u8);
                (word, count) = (0, 0);
            }
        }
        bytes.len()
    };
    // A block of fixed codes that is not the last one, of one zero, and then: 258 bytes like the last one.
    put(0b010, 3);
    put(0b0011_0000, 8);
    while put(0b1100_0101, 8) < size && put(0, 5) < size {}
    bytes.truncate(size);
    bytes
}

fn cases(max: usize) -> Vec<Case> {
    let chunked = "transfer-encoding: chunked\r\n\r\n";
    let announcing = |length: &str| start(&format!("content-length: {length}\r\n\r\n"));
    let zipped = |name, encoding: &str| {
        let headers = format!("content-encoding: {encoding}\r\n");
        case(name, [whole(200, &headers, &bomb(max)), Stall], Wants::Text, Failed(&[Protocol]))
    };
    let error = |name, before: &str, piece: &str, after: &str| {
        let body = filled(before, piece, after, max);
        case(name, [whole(422, "", &body), Stall], Wants::Text, Api)
    };
    let too_large = Failed(&[TooLarge]);
    vec![
        case("a body without end", [start("\r\n"), endless(" ")], Wants::Text, too_large),
        case(
            "a length of one too many",
            [announcing(&(max + 1).to_string()), Stall],
            Wants::Text,
            too_large,
        ),
        case(
            "a length of 2^63 - 1",
            [announcing("9223372036854775807"), Stall],
            Wants::Text,
            too_large,
        ),
        case(
            "a length of 2^64 - 1",
            [announcing("18446744073709551615"), Stall],
            Wants::Text,
            Failed(&[TooLarge, Protocol]),
        ),
        case(
            "a length of one too many, and all of it",
            [whole(200, "", &text(max + 1)), Stall],
            Wants::Text,
            too_large,
        ),
        case(
            "chunks without end",
            [start(chunked), endless(format!("40\r\n{}\r\n", "x".repeat(64)))],
            Wants::Text,
            Failed(&[TooLarge, Protocol]),
        ),
        case(
            "large chunks without end",
            [start(chunked), endless(format!("8000\r\n{}\r\n", "x".repeat(32 * KIB)))],
            Wants::Text,
            too_large,
        ),
        case(
            "a chunk of 2^64 - 1 bytes",
            [start(chunked), Write(b"ffffffffffffffff\r\n".to_vec()), endless(" ")],
            Wants::Text,
            too_large,
        ),
        zipped("gzip", "gzip"),
        zipped("br", "br"),
        zipped("deflate", "deflate"),
        case("gzip that does not say so", [whole(200, "", &bomb(max)), Stall], Wants::Text, Decode),
        case("a body of the limit", [whole(200, "", &text(max)), Stall], Wants::Text, Good),
        case(
            "a body of the limit, in chunks",
            [chunks(&text(max), 15_000), Stall],
            Wants::Text,
            Good,
        ),
        case(
            "a body of the limit, in one chunk",
            [chunks(&text(max), max), Stall],
            Wants::Text,
            Good,
        ),
        case(
            "a body of the limit, until the end",
            [start("\r\n"), Write(text(max)), Drain],
            Wants::Text,
            Good,
        ),
        case(
            "an array of the limit",
            [whole(200, "", &filled("[0", ",0", "]", max)), Stall],
            Wants::Anything,
            Good,
        ),
        case(
            "an object with much that nobody reads",
            [chunks(&filled(r#"{"id":"a","more":[[]"#, ",[]", "]}", max), 15_000), Stall],
            Wants::Person,
            Good,
        ),
        case(
            "an error without end",
            [Write(head(500, "\r\n").into_bytes()), endless("x")],
            Wants::Text,
            too_large,
        ),
        error("a page as error", "<p>", "x", "</p>"),
        error(
            "an error with a long message",
            r#"{"errors":[{"code":"long","message":""#,
            "x",
            r#""}]}"#,
        ),
        case(
            "an error to be shown",
            [whole(422, "", escapes(max.min(KEPT)).as_bytes()), Stall],
            Wants::Text,
            Api,
        ),
        error("an error with objects", r#"{"errors":[{"meta":{"a":[{"":0}"#, r#",{"":0}"#, "]}}]}"),
        error("many errors", r#"{"errors":[{}"#, ",{}", "]}"),
        error("an error with much beside it", r#"{"errors":[],"meta":{"a":[[]"#, ",[]", "]}}"),
        error("an error with many members", r#"{"errors":[],"x":1"#, r#","":1"#, "}"),
        case(
            "trailers without end",
            [start(chunked), Write(b"0\r\n".to_vec()), endless("x-trailer: 1\r\n")],
            Wants::Text,
            Failed(&[Protocol]),
        ),
        case(
            "one trailer without end",
            [start(chunked), Write(b"0\r\nx-trailer: ".to_vec()), endless("x")],
            Wants::Text,
            Failed(&[Protocol]),
        ),
        case(
            "a chunk's extension without end",
            [start(chunked), Write(b"1;".to_vec()), endless("x")],
            Wants::Text,
            Failed(&[Protocol]),
        ),
        case(
            "an extension for each chunk",
            [start(chunked), endless(format!("1;{}\r\nx\r\n", "x".repeat(1000)))],
            Wants::Text,
            Failed(&[Protocol, TooLarge]),
        ),
        case(
            "deep arrays",
            [whole(200, "", &filled(r#"{"id":"a","deep":"#, "[", "", max)), Stall],
            Wants::Person,
            Decode,
        ),
        case(
            "deep objects",
            [whole(200, "", &filled(r#"{"id":"a","deep":"#, r#"{"a":"#, "", max)), Stall],
            Wants::Person,
            Decode,
        ),
        case(
            "deep arrays that end",
            [whole(200, "", &deep(max)), Stall],
            Wants::Person,
            if max > 2 * MIB { Decode } else { Good },
        ),
        case(
            "a name without end",
            [whole(200, "", &filled(r#"{"id":"a",""#, "x", r#"":tru"#, max)), Stall],
            Wants::Person,
            Decode,
        ),
        case(
            "the wrong type at last",
            [whole(200, "", &filled(r#"{"more":["#, "0,", r#"0],"id":7}"#, max)), Stall],
            Wants::Person,
            Decode,
        ),
        case(
            "bytes that are no text",
            [whole(200, "", &vec![0xff; max]), Stall],
            Wants::Text,
            Decode,
        ),
        case(
            "chunks of one byte",
            [chunks(&text(max.min(100 * KIB)), 1), Stall],
            Wants::Text,
            Good,
        ),
        case(
            "chunks of one byte without end",
            [start(chunked), endless("1\r\nx\r\n")],
            Wants::Text,
            Failed(&[Protocol, TooLarge]),
        ),
        case(
            "a text of escapes",
            [whole(200, "", &filled("\"", r"\n", "\"", max)), Stall],
            Wants::Text,
            Good,
        ),
    ]
}

/// An error of so many bytes, of characters that are shown as more of them.
fn escapes(size: usize) -> String {
    let third = r"\u202e".repeat(size / 24);
    format!(
        r#"{{"errors":[{{"code":"{third}","message":"{third}"}},{{}}],"clerk_trace_id":"{third}"}}"#
    )
}

fn deep(size: usize) -> Vec<u8> {
    let (before, after) = (r#"{"id":"a","deep":"#, "}");
    let depth = (size - before.len() - after.len()) / 2;
    [before, &"[".repeat(depth), &"]".repeat(depth), after].concat().into_bytes()
}

/// What came of a case.
struct Measured {
    peak: usize,
    held: usize,
    connections: usize,
    left_open: usize,
}

impl Case {
    fn measure(&self, driver: Driver, max: usize, against: &mut Figure) -> Measured {
        let at = || format!("{driver}, {} KiB, {}", max / KIB, self.name);
        let before = descriptors();
        let closing = last_null();
        let warm = vec![ReadRequest, Write(closing), Fin];
        let server = Server::start(Plan::always(warm).then(self.script.clone())).unwrap();
        let settings = Settings::new(KEY, server.base_url()).max_body(max);
        let transport =
            Transport::new(driver, &settings.deadline(Duration::from_secs(120))).unwrap();
        // What is made once and kept is no part of a call.
        transport.call(operation::<Option<String>>(), CallOptions::new()).unwrap();

        HEAP.reset_peak_usage();
        let baseline = HEAP.current_usage();
        let result = match self.wants {
            Wants::Text => transport.call(operation::<String>(), CallOptions::new()).map(drop),
            Wants::Anything => {
                transport.call(operation::<IgnoredAny>(), CallOptions::new()).map(drop)
            }
            Wants::Person => transport
                .call(operation::<clerk_fault_server::Person>(), CallOptions::new())
                .map(drop),
        };
        let peak = HEAP.peak_usage().saturating_sub(baseline);

        self.check(&result, against, &at);
        drop(transport);
        let log = server.finish();
        // The log is part of it.
        let held = HEAP.current_usage();
        drop(result);
        let held = held.saturating_sub(HEAP.current_usage());
        // The body, the texts that were read from it, and what the HTTP library says.
        against.require(held <= 2 * KEPT + 24 * KIB, || {
            format!("{}: {held} bytes held by the error", at())
        });
        let left_open = match (before, descriptors()) {
            (Some(before), Some(after)) => after.saturating_sub(before),
            _ => 0,
        };
        against.require(left_open == 0, || format!("{}: {left_open} descriptors left open", at()));
        let connections = log.connections() - 1;
        against.require(connections == 1, || format!("{}: {connections} connections", at()));
        Measured { peak, held, connections, left_open }
    }

    fn check(&self, result: &Result<(), Error>, against: &mut Figure, at: &dyn Fn() -> String) {
        let error = match (self.expected, result) {
            (Good, Ok(())) => return,
            (_, Ok(())) => return against.require(false, || format!("{}: it is taken", at())),
            (_, Err(error)) => error,
        };
        let right = match self.expected {
            Good => false,
            Failed(kinds) => error.failure().is_some_and(|failure| kinds.contains(&failure.kind)),
            Decode => error.decode().is_some(),
            Api => error.api().is_some(),
        };
        against.require(right, || format!("{}: {error:?}", at()));
        let kept = error.api().map_or(0, |api| {
            let texts = api.errors.iter().map(|error| {
                error.code.len()
                    + error.message.as_ref().map_or(0, String::len)
                    + error.meta.as_ref().map_or(0, |meta| meta.len())
            });
            api.body.len().max(texts.sum()).max(api.errors.len())
        });
        let kept =
            kept.max(error.decode().map_or(0, |decode| decode.body.len().max(decode.path.len())));
        against.require(kept <= KEPT, || format!("{}: {kept} bytes kept", at()));
        let shown = error.to_string().chars().count();
        against.require(shown <= SHOWN, || format!("{}: {shown} characters shown", at()));
    }
}

/// An answer after which the connection is not used again: what is measured begins with a new one.
fn last_null() -> Vec<u8> {
    head(200, "connection: close\r\ncontent-length: 4\r\n\r\nnull").into_bytes()
}

fn operation<T: serde::de::DeserializeOwned + Send + 'static>() -> RawOperation<T> {
    RawOperation::new(Method::GET, "/x").returns()
}

fn bound(max: usize) -> usize {
    2 * max + 2 * MIB
}

#[test]
fn no_answer_takes_more_than_twice_the_limit_and_2_mib() {
    let _alone = alone();
    let mut figure = Figure::of(6);
    let (mut measured, mut worst) = (0, Vec::new());
    let (mut connections, mut left_open) = (0, 0);
    for max in [64 * KIB, MIB, 16 * MIB] {
        let kinds = if is_full() { &Driver::ALL[..] } else { &Driver::CRATES[..] };
        let mut most = (0, String::new());
        for case in cases(max) {
            // Megabytes take a debug build long, where they are looked at one by one.
            let large = [
                "a body without end",
                "a body of the limit, in chunks",
                "many errors",
                "deep arrays",
            ];
            let skipped = max >= MIB && !large.contains(&case.name);
            if skipped && !is_full() {
                continue;
            }
            for &driver in kinds {
                let start = std::time::Instant::now();
                let of = case.measure(driver, max, &mut figure);
                let times = of.peak as f64 / max as f64;
                println!(
                    "  {:>9} bytes, {times:7.3} x {:>5} KiB: {driver}: {} (held after: {}, {:.1?})",
                    of.peak,
                    max / KIB,
                    case.name,
                    of.held,
                    start.elapsed()
                );
                figure.require(of.peak <= bound(max), || {
                    format!(
                        "{driver}, {} KiB, {}: {} bytes are more than {}",
                        max / KIB,
                        case.name,
                        of.peak,
                        bound(max)
                    )
                });
                most = most.max((
                    of.peak,
                    format!("{}: {times:.2} x ({driver}: {})", size(max), case.name),
                ));
                measured += 1;
                connections += of.connections;
                left_open += of.left_open;
            }
        }
        worst.push(most.1);
    }
    figure.print(&format!(
        "{measured} calls over {connections} connections, {left_open} descriptors left open; highest peaks with a limit of {}",
        worst.join(", ")
    ));
}

fn size(bytes: usize) -> String {
    if bytes < MIB { format!("{} KiB", bytes / KIB) } else { format!("{} MiB", bytes / MIB) }
}

#[test]
fn calls_at_the_same_time_take_so_many_times_as_much() {
    const CALLS: usize = 32;
    let _alone = alone();
    let mut figure = Figure::of(6);
    let mut peaks = Vec::new();
    let max = MIB;
    for driver in Driver::ALL {
        for (name, script, good) in [
            ("whole", vec![ReadRequest, chunks(&text(max), 15_000), Again], CALLS),
            ("endless", vec![ReadRequest, start("\r\n"), endless(" ")], 0),
            (
                "errors",
                vec![
                    ReadRequest,
                    whole(422, "", &filled(r#"{"errors":[{}"#, ",{}", "]}", max)),
                    Again,
                ],
                0,
            ),
        ] {
            let warm = vec![ReadRequest, Write(last_null()), Fin];
            let server = Server::start(Plan::always(warm).then(script)).unwrap();
            let settings = Settings::new(KEY, server.base_url()).max_body(max);
            let transport =
                Transport::new(driver, &settings.deadline(Duration::from_secs(120))).unwrap();
            transport.call(operation::<Option<String>>(), CallOptions::new()).unwrap();
            assert!(server.wait(|log| log.ended() == 1));
            HEAP.reset_peak_usage();
            let baseline = HEAP.current_usage();
            let results = transport.calls(CALLS, operation::<String>);
            let peak = HEAP.peak_usage().saturating_sub(baseline);
            assert_eq!(results.len(), CALLS);
            let taken = results.iter().filter(|result| result.is_ok()).count();
            figure.require(taken == good, || {
                let error = results.iter().find_map(|result| result.as_ref().err());
                format!("{driver}, {name}: {taken} taken, not {good}: {error:?}")
            });
            figure.require(peak <= CALLS * bound(max), || {
                format!("{driver}, {name}: {peak} bytes are more than {}", CALLS * bound(max))
            });
            peaks.push(format!("{:.1} MiB ({driver}, {name})", peak as f64 / MIB as f64));
        }
    }
    figure.print(&format!("{CALLS} calls at a time, limit 1 MiB: peaks {}", peaks.join(", ")));
}

/// No part of the promise: what a type makes of JSON is the type's own size.
#[test]
fn what_json_becomes_is_up_to_the_type() {
    let _alone = alone();
    let max = MIB;
    let body = filled("[[]", ",[]", "]", max);
    let server = Server::start(Plan::answering(
        [&head(200, &format!("content-length: {max}\r\n\r\n")).into_bytes()[..], &body].concat(),
    ))
    .unwrap();
    let settings = Settings::new(KEY, server.base_url()).max_body(max);
    for driver in Driver::CRATES {
        let transport = Transport::new(driver, &settings).unwrap();
        HEAP.reset_peak_usage();
        let baseline = HEAP.current_usage();
        let value = transport.call(operation::<Value>(), CallOptions::new()).unwrap();
        let peak = HEAP.peak_usage().saturating_sub(baseline);
        assert!(value.as_array().unwrap().len() > max / 4);
        println!(
            "not promised: {driver}: {} MiB of `[],` as serde_json::Value: {:.1} x",
            max / MIB,
            peak as f64 / max as f64
        );
    }
}
