//! TLS against local servers, with an authority that exists only here.
#![allow(clippy::unwrap_used, clippy::panic)] // A test says what is wrong by failing.
use std::time::{Duration, Instant};

use clerk_fault_server::{
    Certificates, GRACE, Leaf, Log, Person, Plan, SECRET_KEY, Server,
    Step::{self, Again, Drain, Fin, ReadRequest, Reset, Stall},
    What, answer, person,
};
use clerk_hyper::{
    Clerk, ClerkBuilder, Error, ErrorKind, FailureKind, Phase, RawOperation, Reach, RetryPolicy,
};
use http::Method;

#[tokio::test]
async fn a_private_authority_is_trusted_when_it_is_given() {
    let certificates = Certificates::new().unwrap();
    for host in ["localhost", "127.0.0.1"] {
        let server = Server::start_tls(good(), certificates.server(Leaf::Good).unwrap()).unwrap();
        let clerk = client(&server.base_url_as(host))
            .tls_config(certificates.client().unwrap())
            .build()
            .unwrap();
        for _ in 0..3 {
            assert_eq!(get(&clerk).await.unwrap().id, "user_1");
        }
        drop(clerk);
        let log = server.finish();
        assert_eq!((log.connections(), log.requests().count()), (1, 3));
        assert_eq!(
            log.requests().next().unwrap().header("authorization"),
            Some(format!("Bearer {SECRET_KEY}").as_str())
        );
    }
}

#[tokio::test]
async fn sessions_are_resumed() {
    let certificates = Certificates::new().unwrap();
    let plan = Plan::always(vec![ReadRequest, user(), Fin]);
    let server = Server::start_tls(plan, certificates.server(Leaf::Good).unwrap()).unwrap();
    let clerk = client(&server.base_url_as("localhost"))
        .tls_config(certificates.client().unwrap())
        .build()
        .unwrap();
    for number in 1..=3 {
        assert_eq!(get(&clerk).await.unwrap().id, "user_1");
        assert!(server.wait(|log| log.ended() == number));
    }
    assert_eq!(server.finish().handshakes().collect::<Vec<_>>(), [false, true, true]);
}

#[tokio::test]
async fn certificates_that_prove_nothing_are_refused() {
    let certificates = Certificates::new().unwrap();
    let strangers = Certificates::new().unwrap();
    for (leaf, trusted) in
        [(Leaf::Good, &strangers), (Leaf::OtherHost, &certificates), (Leaf::Expired, &certificates)]
    {
        let server = Server::start_tls(good(), certificates.server(leaf).unwrap()).unwrap();
        let clerk = client(&server.base_url_as("localhost"))
            .tls_config(trusted.client().unwrap())
            .build()
            .unwrap();
        let error = get(&clerk).await.unwrap_err();
        is_refusal(&error, &server.finish());
    }
}

#[tokio::test]
async fn the_machines_roots_do_not_trust_a_private_authority() {
    let certificates = Certificates::new().unwrap();
    let server = Server::start_tls(good(), certificates.server(Leaf::Good).unwrap()).unwrap();
    match client(&server.base_url_as("localhost")).build() {
        Ok(clerk) => is_refusal(&get(&clerk).await.unwrap_err(), &server.finish()),
        // A machine without any roots says so at once.
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::InvalidRequest);
            assert!(error.to_string().contains("certificate"), "{error}");
        }
    }
}

#[cfg(feature = "webpki-roots")]
#[tokio::test]
async fn mozillas_roots_do_not_trust_a_private_authority() {
    let certificates = Certificates::new().unwrap();
    let server = Server::start_tls(good(), certificates.server(Leaf::Good).unwrap()).unwrap();
    let clerk = client(&server.base_url_as("localhost")).webpki_roots().build().unwrap();
    is_refusal(&get(&clerk).await.unwrap_err(), &server.finish());
}

#[tokio::test]
async fn a_server_without_tls_gets_no_request() {
    let certificates = Certificates::new().unwrap();
    let refusal = Step::Write(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n".to_vec());
    let server = Server::start(Plan::always(vec![refusal, Drain])).unwrap();
    let clerk = client(&https(&server)).tls_config(certificates.client().unwrap()).build().unwrap();
    let error = get(&clerk).await.unwrap_err();
    assert_eq!(failure(&error), (FailureKind::Tls, Reach::NotSent), "{error:?}");
    assert_eq!(error.attempts(), 1);
    assert_eq!(server.finish().connections(), 1);
}

#[tokio::test]
async fn a_handshake_that_breaks_off_was_no_request() {
    let certificates = Certificates::new().unwrap();
    for end in [Fin, Reset] {
        let server = Server::start(Plan::always(vec![end])).unwrap();
        let clerk = client(&https(&server))
            .tls_config(certificates.client().unwrap())
            .retry(RetryPolicy::none())
            .build()
            .unwrap();
        let error = get(&clerk).await.unwrap_err();
        assert_eq!(
            (error.kind(), error.may_have_been_sent()),
            (ErrorKind::Transport, false),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn a_stalled_handshake_ends_with_the_connect_limit() {
    let certificates = Certificates::new().unwrap();
    let server = Server::start(Plan::always(vec![Stall])).unwrap();
    let limit = Duration::from_millis(300);
    let clerk = client(&https(&server))
        .tls_config(certificates.client().unwrap())
        .connect_timeout(limit)
        .retry(RetryPolicy::none())
        .build()
        .unwrap();
    let start = Instant::now();
    let error = get(&clerk).await.unwrap_err();
    assert!((limit..limit + GRACE).contains(&start.elapsed()), "{:?}", start.elapsed());
    assert_eq!(
        failure(&error),
        (FailureKind::Timeout(Phase::Connect), Reach::NotSent),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_body_without_length_that_ends_without_goodbye_is_not_whole() {
    let certificates = Certificates::new().unwrap();
    let head = format!("HTTP/1.1 200 OK\r\n\r\n{}", person("user_1"));
    let server = Server::start_tls(
        Plan::always(vec![ReadRequest, Step::Write(head.into_bytes()), Reset]),
        certificates.server(Leaf::Good).unwrap(),
    );
    let server = server.unwrap();
    let clerk = client(&server.base_url_as("localhost"))
        .tls_config(certificates.client().unwrap())
        .retry(RetryPolicy::none())
        .build()
        .unwrap();
    let error = get(&clerk).await.unwrap_err();
    assert_eq!(failure(&error), (FailureKind::Closed, Reach::MaybeSent), "{error:?}");
    assert_eq!(server.finish().requests().count(), 1);
}

fn client(base_url: &str) -> ClerkBuilder {
    Clerk::builder(SECRET_KEY).base_url(base_url)
}

async fn get(clerk: &Clerk) -> Result<Person, Error> {
    clerk.call(RawOperation::new(Method::GET, "/users/user_1").returns()).await
}

fn good() -> Plan {
    Plan::always(vec![ReadRequest, user(), Again])
}

fn user() -> Step {
    Step::Write(answer(200, &person("user_1")))
}

/// The address of a server without TLS, as if it had some.
fn https(server: &Server) -> String {
    server.base_url().replace("http:", "https:")
}

fn failure(error: &Error) -> (FailureKind, Reach) {
    let failure = error.failure().unwrap();
    (failure.kind, failure.reach)
}

/// Asked once, said why in the first line, and nothing was sent.
fn is_refusal(error: &Error, log: &Log) {
    assert_eq!(
        (error.kind(), failure(error)),
        (ErrorKind::Transport, (FailureKind::Tls, Reach::NotSent)),
        "{error:?}"
    );
    assert!(!error.may_have_been_sent());
    assert_eq!(error.attempts(), 1);
    assert!(error.to_string().lines().next().unwrap().contains("certificate"), "{error}");
    assert_eq!((log.connections(), log.requests().count(), log.bytes_read()), (1, 0, 0));
    assert!(
        log.events().iter().any(|event| matches!(event.what, What::HandshakeFailed(_))),
        "{log:?}"
    );
}
