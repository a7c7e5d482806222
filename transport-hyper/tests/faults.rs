//! Every row of the table of faults, over real sockets: the typed result, and what the server saw.
#![allow(clippy::unwrap_used, clippy::panic)] // A test says what is wrong by failing.
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    task::Poll,
    time::{Duration, Instant},
};

use clerk_fault_server::{
    CONNECT_TIMEOUT, MAX_RESPONSE_BODY, Outcome, Person, Plan, Row, SECRET_KEY, Server, Site,
    Step::{Again, Echo, ReadRequest},
    Wants, answer, rows,
};
use clerk_hyper::{CallOptions, Clerk, RawOperation};
use http::Method;

#[tokio::test(flavor = "current_thread")]
async fn every_fault_gives_the_result_of_its_row() {
    every_row().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_fault_gives_the_result_of_its_row_on_several_threads() {
    every_row().await;
}

async fn every_row() {
    let elsewhere = Server::start(Plan::answering(answer(200, "{}"))).unwrap();
    let (mut problems, mut missed) = (Vec::new(), 0);
    for row in rows(&elsewhere.address().to_string()) {
        let (outcomes, log) = loop {
            let site = Arc::new(row.open().unwrap());
            let outcomes = run(&row, &site).await;
            let log = Arc::into_inner(site).unwrap().finish();
            if !row.missed(&outcomes, &log) {
                break (outcomes, log);
            }
            missed += 1;
            assert!(missed < 100, "row {} ({}) is never to the point", row.number, row.name);
        };
        problems.extend(row.problems(&outcomes, &log));
    }
    assert!(problems.is_empty(), "{} problems\n{}", problems.len(), problems.join("\n"));
    assert_eq!(elsewhere.finish().connections(), 0, "a redirect was followed");
}

/// Row 22 keeps the connection's task busy for as long as it lasts: other tasks must go on meanwhile.
#[tokio::test(flavor = "current_thread")]
async fn interim_answers_without_end_leave_time_for_other_tasks() {
    let elsewhere = Server::start(Plan::answering(answer(200, "{}"))).unwrap();
    let mut rows = rows(&elsewhere.address().to_string()).into_iter();
    let row = rows.find(|row| row.number == 22).unwrap();
    let heartbeat = tokio::spawn(async {
        let (mut last, mut longest) = (Instant::now(), Duration::ZERO);
        let mut ticks = tokio::time::interval(Duration::from_millis(5));
        while !DONE.load(Relaxed) {
            ticks.tick().await;
            longest = longest.max(last.elapsed());
            last = Instant::now();
        }
        longest
    });
    let site = Arc::new(row.open().unwrap());
    let outcomes = run(&row, &site).await;
    DONE.store(true, Relaxed);
    let longest = heartbeat.await.unwrap();
    let limit = if cfg!(debug_assertions) { 5000 } else { 250 };
    assert!(longest < Duration::from_millis(limit), "nothing else ran for {longest:?}");
    assert_eq!(row.problems(&outcomes, &Arc::into_inner(site).unwrap().finish()), [""; 0]);
}

static DONE: AtomicBool = AtomicBool::new(false);

/// A call that is dropped anywhere between its first step and its answer leaves a client that works,
/// and no answer for somebody else.
#[tokio::test(flavor = "current_thread")]
async fn dropped_calls_leave_a_client_that_works() {
    let server = Server::start(Plan::always(vec![ReadRequest, Echo, Again])).unwrap();
    let clerk = Clerk::builder(SECRET_KEY).base_url(server.base_url()).build().unwrap();
    let call = |id: String| {
        let operation = RawOperation::new(Method::GET, "/users/user_1").returns::<Person>();
        clerk.call_with(operation, CallOptions::new().header("x-request-id", &id))
    };
    for polls in 0..300 {
        let mut dropped = call(format!("dropped_{polls}"));
        for _ in 0..polls % 30 {
            let answered =
                std::future::poll_fn(|cx| Poll::Ready(dropped.as_mut().poll(cx).is_ready())).await;
            if answered {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(dropped);
        let id = format!("kept_{polls}");
        assert_eq!(call(id.clone()).await.unwrap().id, id);
    }
    drop(clerk);
    // The connections go with the client, those of dropped calls included.
    let all_ended = tokio::task::spawn_blocking(move || {
        assert!(server.wait(|log| log.ended() == log.connections()));
        server.finish()
    });
    let log = all_ended.await.unwrap();
    assert!((0..300).all(|polls| log.seen(&format!("kept_{polls}")) == 1));
}

async fn run(row: &Row, site: &Arc<Site>) -> Vec<Outcome> {
    let clerk = Clerk::builder(SECRET_KEY)
        .base_url(site.base_url())
        .connect_timeout(CONNECT_TIMEOUT)
        .attempt_timeout(row.attempt_timeout)
        .deadline(row.deadline())
        .max_response_body(MAX_RESPONSE_BODY)
        .retry(row.retry())
        .build()
        .unwrap();
    let mut outcomes = Vec::new();
    for (number, call) in row.calls.iter().enumerate() {
        let (site, next) = (Arc::clone(site), call.clone());
        // Elsewhere, so that the runtime hears meanwhile of the connections that end.
        let ready = tokio::task::spawn_blocking(move || site.ready(&next)).await.unwrap();
        assert!(ready, "row {}: the server does not get ready", row.number);
        let options = CallOptions::new().header("x-request-id", &row.id(number));
        let start = Instant::now();
        let result = match call.wants {
            Wants::Person => clerk.call_with(call.person(), options).await.map(Some),
            Wants::Nothing => clerk.call_with(call.nothing(), options).await.map(|()| None),
        };
        outcomes.push(Outcome { result, elapsed: start.elapsed() });
    }
    outcomes
}
