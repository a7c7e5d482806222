//! P07: how large the head of an answer may be.
use clerk_fault_server::{
    Plan, Server,
    Step::{ReadRequest, Stall, Write},
};
use clerk_hyper::{CallOptions, Error, FailureKind, RawOperation};
use clerk_promises::{Driver, Figure, Settings, Transport};
use http::Method;

use crate::{alone, descriptors};

/// What a head is made larger by.
#[derive(Clone, Copy, Debug)]
enum By {
    /// One field, so that the head has so many bytes.
    Bytes,
    /// So many fields.
    Fields,
    /// The reason, so that the head has so many bytes.
    Reason,
    /// Blanks in front of a value, so that the head has so many bytes.
    Blanks,
}

const REST: &str = "content-length: 4\r\n\r\n";

fn head(by: By, size: usize) -> String {
    let around = |before: &str, fill: &str, after: &str| {
        let rest = before.len() + after.len() + REST.len();
        format!("{before}{}{after}{REST}", fill.repeat(size.saturating_sub(rest)))
    };
    match by {
        By::Bytes => around("HTTP/1.1 200 OK\r\nx-long: ", "x", "\r\n"),
        By::Reason => around("HTTP/1.1 200 ", "x", "\r\n"),
        By::Blanks => around("HTTP/1.1 200 OK\r\nx-blank:", " ", "x\r\n"),
        By::Fields => format!("HTTP/1.1 200 OK\r\n{}{REST}", "a: b\r\n".repeat(size - 1)),
    }
}

fn answered(transport: &Settings, driver: Driver, head: &str) -> Result<Option<()>, Error> {
    let answer = [head.as_bytes(), b"null"].concat();
    let server = Server::start(Plan::always(vec![ReadRequest, Write(answer), Stall])).unwrap();
    let settings = Settings { base_url: server.base_url(), ..transport.clone() };
    let operation = RawOperation::new(Method::GET, "/x").returns();
    let result = Transport::new(driver, &settings).unwrap().call(operation, CallOptions::new());
    assert_eq!(server.finish().connections(), 1);
    result
}

/// The largest size that is taken, up to `max`.
fn edge(settings: &Settings, driver: Driver, by: By, max: usize) -> usize {
    let (mut taken, mut refused) = (100, max + 1);
    if matches!(by, By::Fields) {
        taken = 10;
    }
    while refused - taken > 1 {
        let size = taken + (refused - taken) / 2;
        match answered(settings, driver, &head(by, size)) {
            Ok(_) => taken = size,
            Err(_) => refused = size,
        }
    }
    taken
}

#[test]
fn a_head_has_64_kib_and_100_fields_at_the_most() {
    const MAX: usize = 64 << 10;
    let _alone = alone();
    let before = descriptors();
    let settings = Settings::new("sk_test_limits", String::new());
    let mut figure = Figure::of(7);
    let mut edges = Vec::new();
    for driver in Driver::CRATES {
        for (by, wanted, max) in [
            (By::Bytes, MAX, 1 << 20),
            (By::Fields, 100, 1000),
            (By::Reason, MAX, 1 << 20),
            (By::Blanks, MAX, 1 << 20),
        ] {
            let edge = edge(&settings, driver, by, max);
            edges.push(format!("{driver} {by:?} {edge}"));
            // hyper takes blanks away before anybody can count them; its buffer bounds them.
            let most = match (driver, by) {
                (Driver::OneThread, By::Blanks) => 512 << 10,
                _ => wanted,
            };
            figure.require((wanted..=most).contains(&edge), || {
                format!("{driver}: {by:?} up to {edge}, not {wanted}")
            });
            for size in [edge + 1, 2 * most, 10 * most] {
                let result = answered(&settings, driver, &head(by, size));
                let kind_of = result.as_ref().err().and_then(Error::failure).map(|it| it.kind);
                figure.require(kind_of == Some(FailureKind::TooLarge), || {
                    format!("{driver}: {by:?} of {size}: {result:?}")
                });
            }
        }
    }
    let left_open = descriptors().zip(before).map(|(after, before)| after.saturating_sub(before));
    figure.require(left_open.unwrap_or(0) == 0, || format!("{left_open:?} descriptors left open"));
    figure.print(&format!(
        "the largest heads that are taken, in bytes or fields: {}",
        edges.join(", ")
    ));
}
