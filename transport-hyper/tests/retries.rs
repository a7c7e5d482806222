//! Retries over real sockets, as the server counts them.
#![allow(clippy::unwrap_used, clippy::panic)] // A test says what is wrong by failing.
use std::time::Duration;

use clerk_fault_server::{
    ClosedPort, Log, Person, Plan, SECRET_KEY, Server,
    Step::{self, Again, ReadRequest, Reset},
    answer, answer_with, person,
};
use clerk_hyper::{CallOptions, Clerk, Error, FailureKind, RawOperation, Reach, RetryPolicy};
use http::Method;
use tokio::task::JoinSet;

const TASKS: usize = 8;
const CALLS: usize = 200;
/// How many retries the budget of a client pays for in an outage: 500 / 14.
const TRANSIENT: usize = 35;
/// How many after answers that say to slow down: 500 / 5.
const THROTTLED: usize = 100;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_outage_is_not_multiplied() {
    let log =
        storm(Plan::answering(answer(503, "{}")), |error| assert_eq!(error.status().unwrap(), 503))
            .await;
    assert_eq!(log.requests().count(), CALLS + TRANSIENT);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn resets_are_not_multiplied() {
    let log = storm(Plan::always(vec![ReadRequest, Reset]), |error| {
        assert_eq!(error.failure().unwrap().kind, FailureKind::Closed)
    })
    .await;
    assert_eq!(log.requests().count(), CALLS + TRANSIENT);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_says_slow_down_is_not_flooded() {
    let log =
        storm(Plan::answering(answer(429, "{}")), |error| assert!(error.is_rate_limited())).await;
    assert_eq!(log.requests().count(), CALLS + THROTTLED);
}

/// Many safe calls that all fail, from tasks that share a client.
async fn storm(plan: Plan, check: fn(&Error)) -> Log {
    let server = Server::start(plan).unwrap();
    let clerk = client(&server.base_url());
    let mut tasks = JoinSet::new();
    for _ in 0..TASKS {
        let clerk = clerk.clone();
        tasks.spawn(async move {
            for _ in 0..CALLS / TASKS {
                check(&call(&clerk, Method::GET).await.unwrap_err());
            }
        });
    }
    // A check that failed is told here.
    tasks.join_all().await;
    drop(clerk);
    server.finish()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_post_that_may_have_worked_is_sent_once() {
    for plan in [Plan::answering(answer(503, "{}")), Plan::always(vec![ReadRequest, Reset])] {
        let server = Server::start(plan).unwrap();
        let error = call(&client(&server.base_url()), Method::POST).await.unwrap_err();
        assert!(error.may_have_been_sent(), "{error:?}");
        assert_eq!(error.attempts(), 1);
        assert_eq!(server.finish().seen("storm"), 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_post_that_was_refused_for_now_is_sent_again() {
    // On a connection each, so that the scripts do not depend on which one a pool takes.
    let slow_down = Step::Write(answer_with(429, "connection: close\r\n", b"{}"));
    let refused = vec![ReadRequest, slow_down];
    let plan = Plan::always(refused.clone()).then(refused).then(vec![ReadRequest, user()]);
    let server = Server::start(plan).unwrap();
    assert_eq!(call(&client(&server.base_url()), Method::POST).await.unwrap().id, "user_1");
    let log = server.finish();
    assert_eq!((log.seen("storm"), log.connections()), (3, 3));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_post_that_found_nobody_is_tried_again() {
    let port = ClosedPort::open().unwrap();
    let error =
        call(&client(&format!("http://{}", port.address())), Method::POST).await.unwrap_err();
    let failure = error.failure().unwrap();
    assert_eq!(
        (failure.kind, failure.reach, error.attempts()),
        (FailureKind::Connect, Reach::NotSent, 3),
        "{error:?}"
    );
    assert!(!error.may_have_been_sent());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_safe_call_survives_a_reset() {
    let server = Server::start(Plan::always(vec![ReadRequest, Reset]).then(vec![
        ReadRequest,
        user(),
        Again,
    ]))
    .unwrap();
    assert_eq!(call(&client(&server.base_url()), Method::GET).await.unwrap().id, "user_1");
    let log = server.finish();
    assert_eq!((log.seen("storm"), log.connections()), (2, 2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_404_after_a_lost_answer_says_so() {
    let gone = Step::Write(answer(
        404,
        r#"{"errors":[{"code":"resource_not_found","message":"not found"}]}"#,
    ));
    let server =
        Server::start(Plan::always(vec![ReadRequest, Reset]).then(vec![ReadRequest, gone]))
            .unwrap();
    let error = call(&client(&server.base_url()), Method::DELETE).await.unwrap_err();
    assert!(error.is_not_found() && error.is_after_retry(), "{error:?}");
    assert_eq!(error.attempts(), 2);
}

fn client(base_url: &str) -> Clerk {
    let delay = Duration::from_millis(1);
    let policy =
        RetryPolicy::default().initial_delay(delay).throttled_delay(delay).max_delay(delay);
    Clerk::builder(SECRET_KEY).base_url(base_url).retry(policy).build().unwrap()
}

async fn call(clerk: &Clerk, method: Method) -> Result<Person, Error> {
    let operation = RawOperation::new(method, "/users/user_1").returns();
    clerk.call_with(operation, CallOptions::new().header("x-request-id", "storm")).await
}

fn user() -> Step {
    Step::Write(answer(200, &person("user_1")))
}
