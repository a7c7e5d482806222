//! Calls, as the server sees them.
use std::{thread, time::Duration};

use clerk_blocking::{
    CallOptions, CancelFlag, RawOperation, RetryPolicy, api::actor_tokens::Actor, error::ErrorKind,
};
use serde_json::{Value, json};

use crate::server::{Server, answer, ok, token};

const PRODUCT: &str = concat!("clerk-rust-unofficial/", env!("CARGO_PKG_VERSION"));

#[test]
fn an_actor_token_is_created_and_revoked() {
    let server = Server::answering(|request| {
        ok(&token(if request.number == 0 { "pending" } else { "revoked" }))
    });
    let clerk = server.client();

    let created = clerk
        .actor_tokens()
        .create("user_1", Actor::new("user_2"))
        .expires_in_seconds(600)
        .send()
        .unwrap();
    assert_eq!(created.status.as_str(), "pending");
    let revoked = clerk.actor_tokens().revoke(created.id).send().unwrap();
    assert_eq!(revoked.status.as_str(), "revoked");

    let seen = server.seen();
    let body = r#"{"user_id":"user_1","actor":{"sub":"user_2"},"expires_in_seconds":600}"#;
    assert_eq!(
        seen[0].head,
        format!(
            "POST /v1/actor_tokens HTTP/1.1\r\n\
             content-length: {}\r\n\
             host: 127.0.0.1:{}\r\n\
             authorization: Bearer sk_test_abc\r\n\
             clerk-api-version: 2026-05-12\r\n\
             accept: application/json\r\n\
             user-agent: {PRODUCT}\r\n\
             content-type: application/json\r\n\r\n",
            body.len(),
            server.port
        )
    );
    assert_eq!(seen[0].body, body.as_bytes());
    // A body that is not there has a length, too: there are no chunks.
    assert_eq!(
        seen[1].head,
        format!(
            "POST /v1/actor_tokens/act_1/revoke HTTP/1.1\r\n\
             content-length: 0\r\n\
             host: 127.0.0.1:{}\r\n\
             authorization: Bearer sk_test_abc\r\n\
             clerk-api-version: 2026-05-12\r\n\
             accept: application/json\r\n\
             user-agent: {PRODUCT}\r\n\r\n",
            server.port
        )
    );
    assert_eq!(seen.len(), 2);
}

#[test]
fn only_methods_that_have_a_body_say_how_long_it_is() {
    let server = Server::answering(|_| ok("{}"));
    let clerk = server.client();
    for (method, length) in [
        ("GET", None),
        ("DELETE", None),
        ("POST", Some("0")),
        ("PUT", Some("0")),
        ("PATCH", Some("0")),
    ] {
        clerk.call(RawOperation::new(method.parse().unwrap(), "/things")).unwrap();
        let seen = server.seen().pop().unwrap();
        assert_eq!(seen.line(), format!("{method} /v1/things"));
        assert_eq!(
            (seen.header("content-length"), seen.header("transfer-encoding")),
            (length, None),
            "{method}"
        );
    }
    // A method that has none by habit may have one.
    clerk
        .call(RawOperation::new(http::Method::DELETE, "/things").body(&json!({ "a": 1 })))
        .unwrap();
    let seen = server.seen().pop().unwrap();
    assert_eq!((seen.header("content-length"), &*seen.body), (Some("7"), &br#"{"a":1}"#[..]));
}

#[test]
fn a_call_has_options_of_its_own() {
    let (server, other) = (Server::answering(|_| ok("{}")), Server::answering(|_| ok("{}")));
    let options = CallOptions::new()
        .base_url(&format!("{}/beta", other.url()))
        .header("x-source", "sync")
        .query("dry run", "a&b");
    let value = server
        .client()
        .call_with(RawOperation::new(http::Method::GET, "/things"), options)
        .unwrap();
    assert_eq!(value, json!({}));
    assert!(server.seen().is_empty());
    let seen = &other.seen()[0];
    assert_eq!(seen.line(), "GET /beta/things?dry%20run=a%26b");
    assert_eq!(seen.header("x-source"), Some("sync"));
    assert_eq!(seen.header("host"), Some(format!("127.0.0.1:{}", other.port).as_str()));
}

#[test]
fn a_value_comes_with_what_came_with_it() {
    let server = Server::answering(|_| ok(r#"{"a":1}"#));
    let response = server
        .client()
        .call_with_response(RawOperation::new(http::Method::GET, "/things"), CallOptions::new())
        .unwrap();
    assert_eq!(
        (response.status.as_u16(), response.attempts, &*response.body),
        (200, 1, &br#"{"a":1}"#[..])
    );
    assert_eq!(response.headers["content-type"], "application/json");
}

#[test]
fn an_error_answer_is_read() {
    let body =
        r#"{"errors":[{"code":"resource_not_found","message":"not found"}],"clerk_trace_id":"t1"}"#;
    let server = Server::answering(move |_| answer("404 Not Found", body));
    let error = server.client().actor_tokens().revoke("act_1").send().unwrap_err();
    assert!(error.is_not_found() && error.has_code("resource_not_found"));
    assert_eq!(error.trace_id(), Some("t1"));
}

#[test]
fn passing_trouble_is_waited_for() {
    let server = Server::answering(|request| {
        if request.number < 2 { answer("503 Service Unavailable", "") } else { ok("{}") }
    });
    let clerk = server
        .builder()
        .retry(RetryPolicy::default().initial_delay(Duration::from_millis(1)))
        .build()
        .unwrap();
    assert_eq!(clerk.call(RawOperation::new(http::Method::GET, "/things")).unwrap(), json!({}));
    assert_eq!(server.seen().len(), 3);
}

#[test]
fn another_thread_ends_a_wait() {
    let flag = CancelFlag::new();
    let raise = flag.clone();
    // Raised while the answer is written, so while the call is under way for sure.
    let server = Server::answering(move |_| {
        raise.cancel();
        answer("429 Too Many Requests", "").replace("\r\n\r\n", "\r\nretry-after: 15\r\n\r\n")
    });
    let clerk = server.client();
    let options = CallOptions::new().cancel_with(&flag);
    let call = thread::spawn(move || {
        clerk.call_with(RawOperation::new(http::Method::GET, "/things"), options)
    });
    let error = call.join().unwrap().unwrap_err();
    // It is over before the next attempt; whichever it notices first.
    assert!(error.kind() == ErrorKind::Cancelled || error.is_rate_limited(), "{error}");
    assert_eq!(server.seen().len(), 1);

    let before: Result<Value, _> = server.client().call_with(
        RawOperation::new(http::Method::GET, "/things"),
        CallOptions::new().cancel_with(&flag),
    );
    assert_eq!(before.unwrap_err().kind(), ErrorKind::Cancelled);
    assert_eq!(server.seen().len(), 1);
}
