//! Answers that are too much, or none, and how far the request got.
use std::{
    io::Write as _,
    net::TcpListener,
    time::{Duration, Instant},
};

use clerk_blocking::{Clerk, ErrorKind, FailureKind, Phase, RawOperation, Reach, RetryPolicy};
use serde_json::{Value, json};

use crate::server::{Server, ok};

/// What became of one attempt.
fn outcome(clerk: &Clerk) -> Result<Value, (FailureKind, Reach, Option<u16>)> {
    let error = match clerk.call(RawOperation::new(http::Method::GET, "/things")) {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    let failure = error.failure().unwrap_or_else(|| panic!("{error:?}"));
    Err((failure.kind, failure.reach, failure.status.map(|status| status.as_u16())))
}

fn once(server: &Server) -> Clerk {
    server.builder().retry(RetryPolicy::none()).max_response_body(1 << 20).build().unwrap()
}

fn headers(count: usize, length: usize) -> String {
    let lines: String = (0..count).map(|i| format!("x-{i}: {}\r\n", "v".repeat(length))).collect();
    ok("{}").replace("\r\n\r\n", &format!("\r\n{lines}\r\n"))
}

#[test]
fn heads_are_limited() {
    for (head, expected) in [
        (headers(90, 1), Ok(json!({}))),
        (headers(150, 1), Err((FailureKind::TooLarge, Reach::MaybeSent, None))),
        (headers(6, 10_000), Ok(json!({}))),
        (headers(7, 10_000), Err((FailureKind::TooLarge, Reach::MaybeSent, None))),
        (headers(1, 500_000), Err((FailureKind::TooLarge, Reach::MaybeSent, None))),
    ] {
        let server = Server::answering(move |_| head.clone());
        assert_eq!(outcome(&once(&server)), expected);
    }
}

#[test]
fn bodies_are_limited() {
    let large = Err((FailureKind::TooLarge, Reach::MaybeSent, Some(200)));
    let exact = format!("\"{}\"", "a".repeat((1 << 20) - 2));
    let one_more = format!("\"{}\"", "a".repeat((1 << 20) - 1));
    let unbounded = |body: &str| format!("HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{body}");
    let chunked = |body: &str| {
        format!(
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n",
            body.len()
        )
    };
    for (answer, expected) in [
        (ok(&exact), None),
        (chunked(&exact), None),
        (ok(&one_more), Some(&large)),
        (chunked(&one_more), Some(&large)),
        (unbounded(&one_more), Some(&large)),
        (format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", u64::MAX), Some(&large)),
    ] {
        let server = Server::answering(move |_| answer.clone());
        let outcome = outcome(&once(&server));
        match expected {
            None => assert!(outcome.is_ok(), "{outcome:?}"),
            Some(expected) => assert_eq!(&outcome, expected),
        }
    }
}

#[test]
fn interim_answers_are_passed_over_but_not_without_end() {
    // The answer after them is larger than a head may be.
    let body = format!("\"{}\"", "a".repeat(200_000));
    let some = "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n".repeat(100) + &ok(&body);
    let server = Server::answering(move |_| some.clone());
    assert!(outcome(&once(&server)).is_ok());

    let server = Server::writing(|_, stream| {
        let many = "HTTP/1.1 102 Processing\r\n\r\n".repeat(1000);
        loop {
            stream.write_all(many.as_bytes())?;
        }
    });
    assert_eq!(outcome(&once(&server)), Err((FailureKind::Protocol, Reach::MaybeSent, None)));
}

#[test]
fn what_is_not_http_is_told_from_what_ended() {
    let closed = |status| Err((FailureKind::Closed, Reach::MaybeSent, status));
    let protocol = |status| Err((FailureKind::Protocol, Reach::MaybeSent, status));
    for (answer, expected) in [
        ("", closed(None)),
        ("HTTP/1.1 200 OK\r\ncontent-le", closed(None)),
        ("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}", closed(Some(200))),
        ("HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}", protocol(None)),
        ("SSH-2.0-OpenSSH_9.9\r\n\r\n", protocol(None)),
        ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n{}\r\n", protocol(Some(200))),
    ] {
        let server = Server::writing(|_, stream| {
            stream.write_all(answer.as_bytes())?;
            stream.shutdown(std::net::Shutdown::Both)
        });
        assert_eq!(outcome(&once(&server)), expected, "{answer:?}");
    }
}

#[test]
fn time_runs_out_where_it_runs_out() {
    let stalling = |answer: &'static str| {
        // The connection is kept, and nothing more is written.
        let server = Server::writing(move |_, stream| stream.write_all(answer.as_bytes()));
        let clerk = server
            .builder()
            .retry(RetryPolicy::none())
            .attempt_timeout(Duration::from_millis(50))
            .build()
            .unwrap();
        outcome(&clerk)
    };
    let late = |phase, status| Err((FailureKind::Timeout(phase), Reach::MaybeSent, status));
    assert_eq!(stalling("HTTP/1.1 200"), late(Phase::Headers, None));
    assert_eq!(
        stalling("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"),
        late(Phase::Body, Some(200))
    );
}

#[test]
fn a_refused_connection_sends_nothing() {
    // The port was free a moment ago.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let clerk = Clerk::builder("sk_test_abc")
        .base_url(format!("http://127.0.0.1:{port}"))
        .retry(RetryPolicy::none())
        .build()
        .unwrap();
    assert_eq!(outcome(&clerk), Err((FailureKind::Connect, Reach::NotSent, None)));
}

#[test]
fn a_handshake_shares_the_limit_of_connecting() {
    // Takes connections, by its backlog, and says nothing.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let clerk = Clerk::builder("sk_test_abc")
        .base_url(format!("https://127.0.0.1:{}", listener.local_addr().unwrap().port()))
        .tls_config(crate::proxy::trusting_nobody())
        .connect_timeout(Duration::from_millis(50))
        .retry(RetryPolicy::none())
        .build()
        .unwrap();
    let error = clerk.call(RawOperation::new(http::Method::GET, "/things")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert_eq!(error.timeout(), Some(Phase::Connect));
    assert!(!error.may_have_been_sent());
}

#[test]
fn what_is_no_tls_sends_nothing() {
    let server = Server::answering(|_| ok("{}"));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            stream.unwrap().write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
        }
    });
    let clerk = server
        .builder()
        .base_url(format!("https://127.0.0.1:{port}"))
        .tls_config(crate::proxy::trusting_nobody())
        .build()
        .unwrap();
    assert_eq!(outcome(&clerk), Err((FailureKind::Tls, Reach::NotSent, None)));
}

/// The socket is told of whole steps of time, and the attempt still gets all of it, and no more.
#[test]
fn an_attempt_ends_when_it_should() {
    // Nobody accepts: the system completes the connection, and nothing is ever answered.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let limit = Duration::from_millis(1300);
    let clerk = Clerk::builder("sk_test_abc")
        .base_url(format!("http://{}", silent.local_addr().unwrap()))
        .retry(RetryPolicy::none())
        .attempt_timeout(limit);
    let begun = Instant::now();
    let outcome = outcome(&clerk.build().unwrap());
    assert_eq!(outcome, Err((FailureKind::Timeout(Phase::Headers), Reach::MaybeSent, None)));
    let taken = begun.elapsed();
    assert!(limit <= taken && taken < limit + Duration::from_secs(1), "{taken:?}");
}
