//! Calls that go well, and who shares what.
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::Duration,
};

use clerk_hyper::{API_VERSION, ErrorKind, RawOperation, RetryPolicy, api::actor_tokens::Actor};
use http::Method;
use tokio::task::JoinSet;

use crate::server::{Seen, Server, json};

fn actor_token(seen: &Seen) -> Vec<Vec<u8>> {
    let status = if seen.target().ends_with("/revoke") { "revoked" } else { "pending" };
    json(
        200,
        &format!(
            r#"{{"object":"actor_token","id":"act_1","status":"{status}","user_id":"user_1","actor":{{"sub":"user_2"}},"token":"secret","url":null,"created_at":1700690400000,"updated_at":1700690400000}}"#
        ),
    )
}

/// Answers with the last segment of the path.
pub(crate) fn echo(seen: &Seen) -> Vec<Vec<u8>> {
    json(200, &format!("{:?}", seen.target().rsplit('/').next().unwrap()))
}

/// Gives the number of connections.
async fn create_and_revoke() -> usize {
    let server = Server::start(actor_token).await;
    let clerk = server.clerk();
    let token = clerk
        .actor_tokens()
        .create("user_1", Actor::new("user_2"))
        .expires_in_seconds(600)
        .send()
        .await
        .unwrap();
    assert_eq!((token.id.as_str(), token.sub()), ("act_1", Some("user_2")));
    let revoked = clerk.actor_tokens().revoke(token.id).send().await.unwrap();
    assert_eq!(revoked.status.to_string(), "revoked");

    let host = server.url.strip_prefix("http://").unwrap();
    let shared = format!(
        "authorization: Bearer sk_test_secret\r\nclerk-api-version: {API_VERSION}\r\naccept: application/json\r\n\
         user-agent: clerk-rust-unofficial/{}\r\n",
        env!("CARGO_PKG_VERSION")
    );
    let seen = server.seen();
    assert_eq!(
        seen[0].text,
        format!(
            "POST /v1/actor_tokens HTTP/1.1\r\n{shared}content-type: application/json\r\nhost: {host}\r\ncontent-length: 70\r\n\r\n\
             {{\"user_id\":\"user_1\",\"actor\":{{\"sub\":\"user_2\"}},\"expires_in_seconds\":600}}"
        )
    );
    assert_eq!(
        seen[1].text,
        format!(
            "POST /v1/actor_tokens/act_1/revoke HTTP/1.1\r\n{shared}content-length: 0\r\nhost: {host}\r\n\r\n"
        )
    );
    assert_eq!(seen.len(), 2);
    server.connections()
}

#[tokio::test]
async fn on_one_thread() {
    assert_eq!(create_and_revoke().await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_two_threads() {
    // The pool may hear on the other thread, and too late, that the first connection is free.
    assert!(create_and_revoke().await <= 2);
}

#[tokio::test]
async fn what_came_with_the_value() {
    let server = Server::start(|_| {
        vec![b"HTTP/1.1 201 X\r\nclerk-trace-id: t1\r\ncontent-length: 4\r\n\r\n1234".to_vec()]
    })
    .await;
    let operation = RawOperation::new(Method::GET, "/number").returns::<u64>();
    let response = server.clerk().call_with_response(operation, Default::default()).await.unwrap();
    assert_eq!((response.value, response.status.as_u16(), response.attempts), (1234, 201, 1));
    assert_eq!((response.trace_id(), &response.body[..]), (Some("t1"), &b"1234"[..]));
}

#[tokio::test]
async fn clones_share_connections() {
    let server = Server::start(echo).await;
    let clerk = server.clerk();
    for n in 0..10 {
        let clone = clerk.clone();
        let answer =
            clone.call(RawOperation::new(Method::GET, format!("/echo/{n}"))).await.unwrap();
        assert_eq!(answer, n.to_string());
    }
    assert_eq!((server.seen().len(), server.connections()), (10, 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_move_to_other_tasks() {
    let server = Server::start(|seen| {
        if seen.text.contains("/actor_tokens") { actor_token(seen) } else { echo(seen) }
    })
    .await;
    let clerk = server.clerk();
    let spawned = tokio::spawn(clerk.actor_tokens().revoke("act_1").send());
    assert_eq!(spawned.await.unwrap().unwrap().id, "act_1");

    let mut calls = JoinSet::new();
    for n in 0..64 {
        calls.spawn(
            clerk.call(RawOperation::new(Method::GET, format!("/echo/{n}")).returns::<String>()),
        );
    }
    drop(clerk);
    let mut answers = Vec::new();
    while let Some(answer) = calls.join_next().await {
        answers.push(answer.unwrap().unwrap().parse::<u32>().unwrap());
    }
    answers.sort_unstable();
    assert_eq!(answers, (0..64).collect::<Vec<_>>());
    assert!(server.connections() <= 65);
}

#[tokio::test]
async fn clones_share_the_retry_budget() {
    let requests = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&requests);
    let server = Server::start(move |_| {
        count.fetch_add(1, SeqCst);
        json(500, "{}")
    })
    .await;
    let quickly = RetryPolicy::default().max_delay(Duration::from_nanos(1));
    let clerk = server.builder().retry(quickly).build().unwrap();
    let calls = 40;
    for _ in 0..calls {
        let error = clerk.clone().call(RawOperation::new(Method::GET, "/down")).await.unwrap_err();
        assert_eq!((error.kind(), error.status().unwrap().as_u16()), (ErrorKind::Api, 500));
    }
    // 500 units, 14 for each repetition.
    assert_eq!(requests.load(SeqCst), calls + 35);
}

#[tokio::test]
async fn a_connection_that_was_idle_too_long_is_not_used() {
    let server = Server::start(echo).await;
    let clerk = server.builder().idle_timeout(Duration::from_nanos(1)).build().unwrap();
    for n in 0..3 {
        clerk.call(RawOperation::new(Method::GET, format!("/echo/{n}"))).await.unwrap();
    }
    assert_eq!((server.seen().len(), server.connections()), (3, 3));
}
