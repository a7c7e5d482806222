//! What worlds have found, each by itself.
use std::time::Duration;

use bytes::Bytes;
use clerk_core::{
    Call, CallOptions, CancelFlag, Config, Error, Event, Failure, FailureKind, Flow, Moment, Pages,
    RawOperation, Reach, Step,
};
use http::{Method, Response};
use serde_json::{Value, json};

use crate::lists::own::ListThings;

const T0: Moment = Moment::at(Duration::from_secs(1_800_000_000));

fn call(method: Method, options: CallOptions) -> Call<RawOperation> {
    let config = Config::new("sk_test_x").unwrap();
    Call::with_options(RawOperation::new(method, "/x"), &config, 7, options)
}

fn status(status: u16) -> Event {
    let answer = Response::builder().status(status).header("retry-after", "2");
    Event::Reply(Ok(answer.body(Bytes::from_static(b"{}")).unwrap()))
}

/// A driver that wakes up ten milliseconds late is late once, however many pieces a wait comes in.
#[test]
fn a_late_driver_is_late_once() {
    let mut call = call(Method::GET, CallOptions::new().cancel_with(&CancelFlag::new()));
    assert!(matches!(call.advance(Event::Start, T0), Step::Send(_)));
    let (mut step, mut now) = (call.advance(status(429), T0), Duration::ZERO);
    while let Step::Wait(time) = step {
        now += time + Duration::from_millis(10);
        step = call.advance(Event::Elapsed, T0.after(now));
    }
    assert!(matches!(step, Step::Send(_)));
    // Two seconds, and up to a quarter more.
    assert!((Duration::from_secs(2)..=Duration::from_millis(2510)).contains(&now), "{now:?}");
}

fn failed(step: Step<Result<Value, Error>>) -> Error {
    match step {
        Step::Done(Err(error)) => error,
        step => panic!("{step:?}"),
    }
}

/// A server that turned a call away has received it; it has not worked on it.
#[test]
fn what_was_turned_away_has_arrived() {
    // Cancelled while it waits for another attempt.
    let flag = CancelFlag::new();
    let mut post = call(Method::POST, CallOptions::new().cancel_with(&flag));
    assert!(matches!(post.advance(Event::Start, T0), Step::Send(_)));
    assert!(matches!(post.advance(status(429), T0), Step::Wait(_)));
    flag.cancel();
    let error = failed(post.advance(Event::Elapsed, T0));
    assert!(error.may_have_been_sent() && !error.is_after_retry(), "{error}");

    // Not sent a second time.
    let mut post = call(Method::POST, CallOptions::new());
    assert!(matches!(post.advance(Event::Start, T0), Step::Send(_)));
    let later = T0.after(Duration::from_secs(3));
    assert!(matches!(post.advance(status(429), T0), Step::Wait(_)));
    assert!(matches!(post.advance(Event::Elapsed, later), Step::Send(_)));
    let failure = Failure::new(FailureKind::Tls, Reach::NotSent, "as the test says");
    let error = failed(post.advance(Event::Reply(Err(failure)), later));
    assert!(error.may_have_been_sent() && !error.is_after_retry(), "{error}");
}

/// Behind a cursor a total does not say how much is left: of what was seen, some may be gone.
#[test]
fn a_list_by_cursor_does_not_end_by_its_total() {
    let config = Config::new("sk_test_x").unwrap();
    let mut pages = Pages::new(ListThings { after: None, limit: 2 }, &config, 7);
    let mut given = Vec::new();
    // Six things; the first two are deleted once they are seen, and so are the next.
    for (ids, total) in [(&["1", "2"][..], 6), (&["3", "4"], 4), (&["5", "6"], 2), (&[], 0)] {
        let Step::Send(_) = pages.advance(Event::Start, T0) else { panic!("after {given:?}") };
        let things: Vec<_> = ids.iter().map(|id| json!({ "id": id })).collect();
        let body = json!({ "data": things, "total_count": total }).to_string();
        match pages.advance(Event::Reply(Ok(Response::new(Bytes::from(body)))), T0) {
            Step::Done(Some(Ok(page))) => given.extend(page.items.into_iter().map(|it| it.id)),
            Step::Done(None) => break,
            _ => panic!("a page is there"),
        }
    }
    assert_eq!(given, ["1", "2", "3", "4", "5", "6"]);
    // One page that is all there is needs no second request.
    let mut pages = Pages::new(ListThings { after: None, limit: 2 }, &config, 7);
    assert!(matches!(pages.advance(Event::Start, T0), Step::Send(_)));
    let body = json!({ "data": [{ "id": "1" }], "total_count": 1 }).to_string();
    let page = pages.advance(Event::Reply(Ok(Response::new(Bytes::from(body)))), T0);
    assert!(matches!(page, Step::Done(Some(Ok(_)))));
    assert!(matches!(pages.advance(Event::Start, T0), Step::Done(None)));
}
