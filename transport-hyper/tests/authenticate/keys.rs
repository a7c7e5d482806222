//! Keys that are fetched: once for a crowd, beside requests, in outages, and when callers go away.
use std::{
    io::ErrorKind,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use clerk_core::testing::TestKey;
use clerk_fault_server::{
    ClosedPort, Plan, Server,
    Step::{self as Act, Again, ReadRequest, Reset},
    answer, answer_with,
};
use clerk_hyper::{
    Clerk, Event, Failure, Flow, Moment, Outgoing, Step,
    auth::{Reason, RequestState, Verifier},
};
use http::Response;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    runtime::Handle,
    task::{JoinSet, yield_now},
};

use crate::{
    PATIENCE, assert_signed_in, assert_unavailable, bearer, clerk, in_time, key_set, request,
    session, session_by, sessions, unix_time, verifier,
};

/// How many requests come at once when there are no keys yet.
const CROWD: usize = 10_000;

/// A server for keys that is played by the test: nothing is answered before the test does.
struct KeyServer {
    listener: TcpListener,
    url: String,
}

/// A request that waits for its answer.
struct Asked {
    head: String,
    stream: TcpStream,
}

impl KeyServer {
    async fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        Self { listener, url }
    }

    /// The next request, on a new connection.
    async fn asked(&self) -> Asked {
        let (mut stream, _) = self.listener.accept().await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            assert_ne!(stream.read_buf(&mut head).await.unwrap(), 0, "it went away");
        }
        Asked { head: String::from_utf8(head).unwrap(), stream }
    }

    /// Says that nobody else has connected.
    fn nobody_else(self) {
        let listener = self.listener.into_std().unwrap();
        assert_eq!(listener.accept().map(|_| ()).unwrap_err().kind(), ErrorKind::WouldBlock);
    }
}

impl Asked {
    /// Answers with a key set.
    async fn answer(&mut self) {
        assert!(self.head.starts_with("GET /v1/jwks HTTP/1.1\r\n"), "{}", self.head);
        assert!(self.head.contains("authorization: Bearer sk_test_secret\r\n"), "{}", self.head);
        self.stream.write_all(&answer(200, &key_set())).await.unwrap();
    }

    /// Waits until the other side goes away, and says that it sent nothing more.
    async fn nothing_else(mut self) {
        let mut rest = Vec::new();
        // A reset is as good an end as any.
        drop(self.stream.read_to_end(&mut rest).await);
        assert_eq!(String::from_utf8_lossy(&rest), "");
    }
}

/// Gives a verifier its keys as if they had been fetched at this moment.
fn fetched_at(verifier: &Verifier, then: Moment) {
    let mut refresh = verifier.refresh();
    assert!(matches!(refresh.advance(Event::Start, then), Step::Send(_)));
    let answer = Response::new(Bytes::from(key_set()));
    assert!(matches!(refresh.advance(Event::Reply(Ok(answer)), then), Step::Done(Ok(()))));
}

fn six_minutes_ago() -> Moment {
    Moment::at(unix_time() - Duration::from_secs(360))
}

/// Lets others go on until this many tasks are left.
async fn tasks_left(count: usize) {
    while Handle::current().metrics().num_alive_tasks() > count {
        yield_now().await;
    }
}

/// Starts that many requests, and returns when each of them was polled.
async fn crowd(clerk: &Clerk, verifier: &Verifier, count: usize) -> JoinSet<RequestState> {
    let (parts, begun) = (request(), Arc::new(AtomicUsize::new(0)));
    let mut tasks = JoinSet::new();
    for _ in 0..count {
        let state = clerk.authenticate(verifier, &parts, &sessions());
        let begun = Arc::clone(&begun);
        tasks.spawn(async move {
            begun.fetch_add(1, SeqCst);
            state.await
        });
    }
    while begun.load(SeqCst) < count {
        yield_now().await;
    }
    tasks
}

async fn all_signed_in(tasks: JoinSet<RequestState>) {
    tasks.join_all().await.iter().for_each(assert_signed_in);
}

async fn a_crowd_without_keys() {
    let server = KeyServer::start().await;
    let clerk = clerk(&server.url);
    let verifier = verifier(&clerk);
    let tasks = crowd(&clerk, &verifier, CROWD).await;
    let mut asked = server.asked().await;
    asked.answer().await;
    all_signed_in(tasks).await;
    drop(clerk);
    server.nobody_else();
    asked.nothing_else().await;
}

#[tokio::test]
async fn a_crowd_asks_once_for_keys_on_one_thread() {
    in_time(a_crowd_without_keys()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_asks_once_for_keys_on_many_threads() {
    in_time(a_crowd_without_keys()).await;
}

async fn a_refresh_that_hangs() {
    let server = KeyServer::start().await;
    let clerk = clerk(&server.url);
    let verifier = verifier(&clerk);
    fetched_at(&verifier, six_minutes_ago());

    all_signed_in(crowd(&clerk, &verifier, 1000).await).await;
    let asked = server.asked().await;
    assert!(asked.head.starts_with("GET /v1/jwks "), "{}", asked.head);
    // It hangs, and that is nobody's business.
    all_signed_in(crowd(&clerk, &verifier, 1000).await).await;
    assert!(verifier.due_refresh().is_none(), "somebody is at it");
    tasks_left(2).await; // The refresh, and its connection.
    server.nobody_else();
    drop(clerk);
    // The server goes away: so does the refresh.
    drop(asked);
    tasks_left(0).await;
    assert_eq!(
        verifier.verify_local(&session(), SystemTime::now()).unwrap().user_id.as_str(),
        "user_1"
    );
}

#[tokio::test]
async fn requests_do_not_wait_for_a_refresh_on_one_thread() {
    in_time(a_refresh_that_hangs()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_do_not_wait_for_a_refresh_on_many_threads() {
    in_time(a_refresh_that_hangs()).await;
}

#[tokio::test]
async fn a_refresh_brings_new_keys() {
    in_time(async {
        let server = KeyServer::start().await;
        let clerk = clerk(&server.url);
        let verifier = verifier(&clerk);
        fetched_at(&verifier, six_minutes_ago());
        assert_signed_in(&clerk.authenticate(&verifier, &request(), &sessions()).await);
        let mut asked = server.asked().await;
        let keys = json!({ "keys": [TestKey::second().jwk()] }).to_string();
        asked
            .stream
            .write_all(&answer_with(200, "connection: close\r\n", keys.as_bytes()))
            .await
            .unwrap();
        tasks_left(0).await;
        let new = bearer(&session_by(&TestKey::second()));
        assert_signed_in(&clerk.authenticate(&verifier, &new, &sessions()).await);
        asked.nothing_else().await;
        server.nobody_else();
    })
    .await;
}

#[tokio::test]
async fn one_is_told_at_a_time_that_a_refresh_is_due() {
    let clerk = clerk("http://127.0.0.1:9"); // Nobody connects.
    let verifier = verifier(&clerk);
    assert!(verifier.due_refresh().is_none(), "no token was verified");
    fetched_at(&verifier, six_minutes_ago());
    let verify = || assert!(verifier.verify_local(&session(), SystemTime::now()).is_ok());
    verify();
    let mut refresh = verifier.due_refresh().expect("the keys are old");
    verify();
    assert!(verifier.due_refresh().is_none(), "somebody was told");
    // A refresh that never begins is no reason to do without.
    drop(refresh);
    verify();
    refresh = verifier.due_refresh().expect("the keys are old");
    let now = Moment::at(unix_time());
    assert!(matches!(refresh.advance(Event::Start, now), Step::Send(_)));
    verify();
    assert!(verifier.due_refresh().is_none(), "somebody is at it");
    drop(refresh); // It has begun, and nobody heard the answer.
    verify();
    assert!(verifier.due_refresh().is_some());
}

/// Sends one request over the transport, for a test that reads the clock itself.
struct Exchange(Option<Outgoing>);

impl Flow for Exchange {
    type Output = Result<Response<Bytes>, Failure>;

    fn advance(&mut self, event: Event, _: Moment) -> Step<Self::Output> {
        match (self.0.take(), event) {
            (Some(outgoing), _) => Step::Send(outgoing),
            (None, Event::Reply(reply)) => Step::Done(reply),
            (None, event) => panic!("{event:?}"),
        }
    }
}

/// Runs a flow at this moment, over the transport.
async fn run_at<F: Flow>(clerk: &Clerk, mut flow: F, mut now: Moment) -> F::Output {
    let mut event = Event::Start;
    loop {
        event = match flow.advance(event, now) {
            Step::Send(outgoing) => Event::Reply(clerk.run(Exchange(Some(outgoing))).await),
            Step::Wait(time) => {
                now = now.after(time);
                Event::Elapsed
            }
            Step::Done(output) => return output,
        };
    }
}

#[tokio::test]
async fn an_outage_is_unavailable_and_ends() {
    in_time(async {
        let good = vec![ReadRequest, Act::Write(answer(200, &key_set())), Again];
        let plan = Plan::always(vec![Reset]).then(vec![Reset]).then(good);
        let server = Server::start(plan).unwrap();
        let clerk = clerk(&server.base_url());
        let verifier = verifier(&clerk);

        let begun = Moment::at(unix_time());
        let state = clerk.authenticate(&verifier, &request(), &sessions()).await;
        assert_eq!(assert_unavailable(&state, Reason::JwkRemoteFailedToLoad), 1);
        assert_eq!(server.log().connections(), 2, "one attempt and one more");

        // Not yet: nobody is asked.
        let soon = begun.after(Duration::from_millis(900));
        let state = run_at(&clerk, verifier.authenticate(&request(), &sessions()), soon).await;
        assert!(assert_unavailable(&state, Reason::JwkRemoteFailedToLoad) >= 1);
        assert_eq!(server.log().connections(), 2);

        let later = begun.after(PATIENCE);
        let state = run_at(&clerk, verifier.authenticate(&request(), &sessions()), later).await;
        assert_signed_in(&state);
        assert_signed_in(&clerk.authenticate(&verifier, &request(), &sessions()).await);
        assert_eq!(server.finish().requests().count(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_server_that_is_not_there_is_unavailable() {
    in_time(async {
        let port = ClosedPort::open().unwrap();
        let clerk = clerk(&format!("http://{}", port.address()));
        let state = clerk.authenticate(&verifier(&clerk), &request(), &sessions()).await;
        assert_eq!(assert_unavailable(&state, Reason::JwkRemoteFailedToLoad), 1);
        let RequestState::Unavailable(unavailable) = &state else { panic!("{state:?}") };
        assert!(unavailable.error().unwrap().failure().is_some());
    })
    .await;
}

#[tokio::test]
async fn what_the_key_server_says_is_told_apart() {
    in_time(async {
        let headers = "retry-after: 40\r\n";
        for (answer, reason, seconds) in [
            (answer_with(503, headers, b"{}"), Reason::JwkRemoteFailedToLoad, 40),
            (answer_with(429, "retry-after: 4000\r\n", b"{}"), Reason::JwkRemoteFailedToLoad, 60),
            (answer(401, "{}"), Reason::SecretKeyInvalid, 1),
            (answer(200, "{}"), Reason::JwkRemoteInvalid, 1),
            (answer(200, r#"{"keys":[]}"#), Reason::JwkRemoteInvalid, 1),
            (answer_with(200, "content-type: text/html\r\n", b"<p>"), Reason::JwkRemoteInvalid, 1),
        ] {
            let server = Server::start(Plan::answering(answer)).unwrap();
            let clerk = clerk(&server.base_url());
            let verifier = verifier(&clerk);
            let begun = Moment::at(unix_time());
            let state = clerk.authenticate(&verifier, &request(), &sessions()).await;
            assert_eq!(assert_unavailable(&state, reason), seconds);
            // Whoever comes in the meantime is told the same, and nobody is asked.
            let state = run_at(&clerk, verifier.authenticate(&request(), &sessions()), begun).await;
            assert!(assert_unavailable(&state, reason) >= seconds);
            assert_eq!(server.finish().requests().count(), 1);
        }
    })
    .await;
}

#[tokio::test]
async fn whoever_waits_goes_on_when_the_one_who_fetched_is_dropped() {
    in_time(async {
        let server = KeyServer::start().await;
        let clerk = clerk(&server.url);
        let verifier = verifier(&clerk);
        let mut fetches = crowd(&clerk, &verifier, 1).await;
        let first = server.asked().await;
        let mut waits = crowd(&clerk, &verifier, 10).await;
        fetches.abort_all();
        assert!(fetches.join_next().await.unwrap().unwrap_err().is_cancelled());
        // One of the others asks, and is dropped as well, with all that wait.
        let second = server.asked().await;
        waits.shutdown().await;
        first.nothing_else().await;
        second.nothing_else().await;

        let waits = crowd(&clerk, &verifier, 10).await;
        let mut third = server.asked().await;
        third.answer().await;
        all_signed_in(waits).await;
        drop(clerk);
        tasks_left(0).await;
        server.nobody_else();
        third.nothing_else().await;
    })
    .await;
}
