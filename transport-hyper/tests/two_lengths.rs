//! Answers with a length and chunks: a proxy on the way may have gone by the length, so what comes
//! next on their connection may be somebody else's.
#![allow(clippy::unwrap_used)] // A test says what is wrong by failing.
use clerk_fault_server::{
    Person, Plan, SECRET_KEY, Server,
    Step::{ReadRequest, Write},
    answer, person,
};
use clerk_hyper::{Clerk, RawOperation, RetryPolicy};
use http::Method;

const CALLERS: usize = 8;
const CALLS: usize = 50;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_get_their_own_answers_and_no_errors() {
    let body = person("user_1");
    let two_lengths = format!(
        "HTTP/1.1 200 OK\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n",
        body.len()
    );
    let next = Write(answer(200, &person("user_of_somebody_else")));
    let script = vec![ReadRequest, Write(two_lengths.into_bytes()), ReadRequest, next];
    let server = Server::start(Plan::always(script)).unwrap();
    let clerk = Clerk::builder(SECRET_KEY)
        .base_url(server.base_url())
        .retry(RetryPolicy::none())
        .build()
        .unwrap();
    let call = |clerk: Clerk| async move {
        let operation = RawOperation::new(Method::POST, "/users").returns::<Person>();
        clerk.call(operation).await.map(|person| person.id)
    };
    // From the first one on, the client knows what kind of server it is.
    assert_eq!(call(clerk.clone()).await.unwrap(), "user_1");
    let mut callers = tokio::task::JoinSet::new();
    for _ in 0..CALLERS {
        let clerk = clerk.clone();
        callers.spawn(async move {
            for _ in 0..CALLS {
                assert_eq!(call(clerk.clone()).await.unwrap(), "user_1");
            }
        });
    }
    callers.join_all().await;
    drop(clerk);
    let log = tokio::task::spawn_blocking(move || server.finish()).await.unwrap();
    assert_eq!(log.requests().count(), 1 + CALLERS * CALLS);
}
