//! What is refused, and what the error says of it.
use std::time::Duration;

use clerk_hyper::{
    CallOptions, Error, ErrorKind, FailureKind, Phase, RawOperation, Reach, RetryPolicy,
};
use http::Method;
use tokio::net::TcpListener;

use crate::server::{Answer, Server, json};

/// One call that is answered so, with room for bodies of 1000 bytes.
async fn answered(answer: Answer) -> Result<String, Error> {
    let server = Server::start(move |_| answer.clone()).await;
    let clerk = server.builder().max_response_body(1000).build().unwrap();
    let options =
        CallOptions::new().retry(RetryPolicy::none()).attempt_timeout(Duration::from_secs(5));
    clerk.call_with(RawOperation::new(Method::GET, "/x").returns(), options).await
}

fn failure(error: &Error) -> (FailureKind, Reach, Option<u16>) {
    let failure = error.failure().unwrap();
    (failure.kind, failure.reach, failure.status.map(|status| status.as_u16()))
}

fn text(length: usize) -> String {
    format!("{:?}", "x".repeat(length - 2))
}

#[tokio::test]
async fn bodies_up_to_the_limit() {
    assert_eq!(answered(json(200, &text(1000))).await.unwrap().len(), 998);
    // In pieces, with their length announced and without.
    let body = text(1000);
    let mut pieces = vec![b"HTTP/1.1 200 X\r\ncontent-length: 1000\r\n\r\n".to_vec()];
    pieces.extend(body.as_bytes().chunks(70).map(<[u8]>::to_vec));
    assert_eq!(answered(pieces).await.unwrap().len(), 998);
    let mut chunks = vec![b"HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\n".to_vec()];
    chunks.extend(
        body.as_bytes()
            .chunks(70)
            .map(|chunk| [format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat()),
    );
    chunks.push(b"0\r\n\r\n".to_vec());
    assert_eq!(answered(chunks).await.unwrap().len(), 998);
}

#[tokio::test]
async fn bodies_beyond_the_limit() {
    let announced = b"HTTP/1.1 200 X\r\ncontent-length: 1001\r\n\r\n".to_vec();
    let enormous = b"HTTP/1.1 200 X\r\ncontent-length: 18446744073709551613\r\n\r\n".to_vec();
    let chunked = b"HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    let chunk = [&b"1f4\r\n"[..], &[b'x'; 500], b"\r\n"].concat();
    for answer in
        [vec![announced], vec![enormous], vec![chunked, chunk.clone(), chunk.clone(), chunk]]
    {
        let error = answered(answer).await.unwrap_err();
        assert_eq!(failure(&error), (FailureKind::TooLarge, Reach::MaybeSent, Some(200)));
        assert_eq!(error.kind(), ErrorKind::TooLarge);
        assert!(error.to_string().contains("its body has more than 1000 bytes"), "{error}");
    }
}

#[tokio::test]
async fn heads() {
    let field = |length| {
        format!("HTTP/1.1 200 X\r\ncontent-length: 2\r\na: {}\r\n\r\n\"\"", "b".repeat(length))
    };
    assert_eq!(answered(vec![field(65_000).into_bytes()]).await.unwrap(), "");
    let many = format!("HTTP/1.1 200 X\r\n{}\r\n", "a: b\r\n".repeat(101));
    for head in [many, field(66_000), field(200_000), field(500_000)] {
        let error = answered(vec![head.into_bytes()]).await.unwrap_err();
        let (kind, reach, _) = failure(&error);
        assert_eq!((kind, reach), (FailureKind::TooLarge, Reach::MaybeSent), "{error:?}");
    }
}

#[tokio::test]
async fn interim_answers_without_end() {
    let interim = b"HTTP/1.1 102 X\r\n\r\n".repeat(1000);
    let error = answered(vec![interim; 100]).await.unwrap_err();
    assert_eq!(failure(&error), (FailureKind::Protocol, Reach::MaybeSent, None), "{error:?}");
}

#[tokio::test]
async fn nobody_listens() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let clerk = clerk_hyper::Clerk::builder("sk_test_x")
        .base_url(url)
        .retry(RetryPolicy::none())
        .build()
        .unwrap();
    let error = clerk.call(RawOperation::new(Method::POST, "/x")).await.unwrap_err();
    assert_eq!(failure(&error), (FailureKind::Connect, Reach::NotSent, None));
    assert!(!error.may_have_been_sent());
}

#[tokio::test]
async fn time_is_up() {
    let server = Server::start(|seen| match seen.target() {
        "/v1/body" => vec![b"HTTP/1.1 200 X\r\ncontent-length: 10\r\n\r\n".to_vec()],
        _ => Vec::new(),
    })
    .await;
    let clerk = server
        .builder()
        .retry(RetryPolicy::none())
        .attempt_timeout(Duration::from_millis(50))
        .build()
        .unwrap();
    let late =
        async |path| failure(&clerk.call(RawOperation::new(Method::GET, path)).await.unwrap_err());
    assert_eq!(late("/head").await, (FailureKind::Timeout(Phase::Headers), Reach::MaybeSent, None));
    assert_eq!(
        late("/body").await,
        (FailureKind::Timeout(Phase::Body), Reach::MaybeSent, Some(200))
    );
}
