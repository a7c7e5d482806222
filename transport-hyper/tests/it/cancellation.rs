//! Futures that are dropped at any point.
use std::{future::poll_fn, pin::pin, task::Poll};

use clerk_hyper::{Clerk, RawOperation};
use http::Method;
use tokio::task::JoinSet;

use crate::server::{Seen, Server};

/// Answers with the last segment of the path, in many pieces.
fn piecewise(seen: &Seen) -> Vec<Vec<u8>> {
    let id = seen.target().rsplit('/').next().unwrap();
    let mut pieces = vec![
        b"HTTP/1.1 200 X\r\ncontent-".to_vec(),
        format!("length: {}\r\n\r\n", id.len() + 2).into_bytes(),
    ];
    pieces.extend(format!("\"{id}\"").into_bytes().chunks(2).map(<[u8]>::to_vec));
    pieces
}

fn call(
    clerk: &Clerk,
    id: &str,
) -> impl Future<Output = Result<String, clerk_hyper::Error>> + use<> {
    clerk.call(RawOperation::new(Method::GET, "/echo/{id}").path(id).returns())
}

/// The output, or `None` if there is none after so many polls.
async fn within<F: Future>(polls: u32, future: F) -> Option<F::Output> {
    let (mut future, mut polled) = (pin!(future), 0);
    poll_fn(|cx| {
        if polled == polls {
            return Poll::Ready(None);
        }
        polled += 1;
        let output = future.as_mut().poll(cx);
        // The last poll does not wait for what it was for.
        if output.is_pending() && polled == polls { Poll::Ready(None) } else { output.map(Some) }
    })
    .await
}

/// Drops `n` calls after a random number of polls, and makes a good one after each.
async fn drop_and_go_on(clerk: Clerk, task: u32, n: u32) -> (u32, u32) {
    let (mut random, mut dropped, mut polls_at_drop) = (u64::from(task) + 1, 0, 0);
    for i in 0..n {
        random =
            random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let polls = (random >> 33) as u32 % 8;
        let id = format!("dropped-{task}-{i}");
        match within(polls, call(&clerk, &id)).await {
            None => {
                dropped += 1;
                polls_at_drop |= 1 << polls;
            }
            Some(answer) => assert_eq!(answer.unwrap(), id),
        }
        let id = format!("kept-{task}-{i}");
        assert_eq!(call(&clerk, &id).await.unwrap(), id);
    }
    (dropped, polls_at_drop)
}

#[tokio::test]
async fn a_thousand_drops_on_one_thread() {
    let server = Server::start(piecewise).await;
    let (dropped, polls_at_drop) = drop_and_go_on(server.clerk(), 0, 1000).await;
    assert!(dropped >= 250, "only {dropped} were dropped");
    assert!(polls_at_drop.count_ones() >= 3, "dropped at too few points: {polls_at_drop:b}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thousand_drops_among_other_calls() {
    let server = Server::start(piecewise).await;
    let clerk = server.clerk();
    let mut tasks = JoinSet::new();
    for task in 0..8 {
        tasks.spawn(drop_and_go_on(clerk.clone(), task, 125));
    }
    let dropped: u32 = tasks.join_all().await.into_iter().map(|(dropped, _)| dropped).sum();
    assert!(dropped >= 250, "only {dropped} were dropped");
}

#[tokio::test]
async fn nothing_happens_before_the_first_poll() {
    let server = Server::start(piecewise).await;
    let clerk = server.clerk();
    drop(call(&clerk, "never"));
    call(&clerk, "once").await.unwrap();
    assert_eq!(server.seen().len(), 1);
}
