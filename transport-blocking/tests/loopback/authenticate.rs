//! Who sent a request, when keys and answers come over a real socket.
use std::{
    cell::RefCell,
    io::{self, Write as _},
    sync::{
        Barrier, Mutex,
        atomic::{AtomicBool, Ordering::SeqCst},
        mpsc::{Receiver, Sender, channel},
    },
    thread,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use clerk_blocking::{
    Clerk, Event, Failure, Flow, Moment, Outgoing, RetryPolicy, Step,
    auth::{
        Auth, AuthenticateOptions, Reason, RequestState, Ring, Rs256, Rs256Key, RsaPublicKey,
        TokenType, Verifier, VerifierBuilder,
    },
    bytes::Bytes,
    http::{Request, Response, request::Parts},
};
use clerk_core::testing::TestKey;
use serde_json::{Value, json};

use crate::server::{Seen, Server, answer, ok};

mod browsers;
mod served;

const ISSUER: &str = "https://clerk.example.com";
/// What takes longer will never happen.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server that says when it is asked, and answers when the test does.
fn gated() -> (Server, Receiver<()>, Sender<String>) {
    let ((asked, seen), (answers, next)) = (channel(), channel::<String>());
    let next = Mutex::new(next);
    let server = Server::writing(move |_, stream| {
        asked.send(()).map_err(io::Error::other)?;
        let answer = next.lock().unwrap().recv_timeout(PATIENCE).map_err(io::Error::other)?;
        stream.write_all(answer.as_bytes())
    });
    (server, seen, answers)
}

fn key_set(key: &TestKey) -> String {
    json!({ "keys": [key.jwk()] }).to_string()
}

fn unix_time() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap()
}

/// A request with a good session token, signed with this key.
fn request(key: &TestKey) -> Parts {
    let now = i64::try_from(unix_time().as_secs()).unwrap();
    bearer(&key.session("user_1").issuer(ISSUER).lifetime(3600).mint(now))
}

fn bearer(token: &str) -> Parts {
    let request = Request::get("/").header("authorization", format!("Bearer {token}"));
    request.body(()).unwrap().into_parts().0
}

fn adjusted(clerk: &Clerk) -> VerifierBuilder {
    clerk.verifier().issuer(ISSUER)
}

fn sessions() -> AuthenticateOptions {
    AuthenticateOptions::new()
}

fn any() -> AuthenticateOptions {
    AuthenticateOptions::new().accept_any()
}

fn assert_signed_in(state: &RequestState) {
    let auth = state.auth().unwrap_or_else(|| panic!("{state:?}"));
    assert_eq!(auth.user_id().unwrap().as_str(), "user_1");
}

/// Nobody can say who it is: 503, with the seconds until it is worth another try.
fn assert_unavailable(state: &RequestState, reason: Reason) -> u64 {
    assert!(matches!(state, RequestState::Unavailable(_)), "{state:?}");
    assert_eq!(state.reason(), Some(reason));
    let refusal = state.refusal().unwrap();
    assert_eq!(refusal.status(), 503);
    assert!(!refusal.headers().contains_key("www-authenticate"), "it is no 401");
    refusal.headers()["retry-after"].to_str().unwrap().parse().unwrap()
}

/// As many requests as that from eight threads; all of them are signed in.
fn crowd(clerk: &Clerk, verifier: &Verifier, count: usize) {
    let parts = request(&TestKey::first());
    let some = || {
        for _ in 0..count / 8 {
            assert_signed_in(&clerk.authenticate(verifier, &parts, &sessions()));
        }
    };
    thread::scope(|scope| (0..8).for_each(|_| drop(scope.spawn(some))));
}

#[test]
fn a_crowd_without_keys_asks_once() {
    let (server, seen, answers) = gated();
    let clerk = server.client();
    let verifier = adjusted(&clerk).build().unwrap();
    let (parts, begin) = (request(&TestKey::first()), Barrier::new(65));
    thread::scope(|scope| {
        for _ in 0..64 {
            scope.spawn(|| {
                begin.wait();
                assert_signed_in(&clerk.authenticate(&verifier, &parts, &sessions()));
            });
        }
        begin.wait();
        seen.recv_timeout(PATIENCE).unwrap();
        answers.send(ok(&key_set(&TestKey::first()))).unwrap();
    });
    let seen = server.seen();
    assert_eq!(seen.iter().map(Seen::line).collect::<Vec<_>>(), ["GET /v1/jwks"]);
    assert_eq!(seen[0].header("authorization"), Some("Bearer sk_test_abc"));
}

/// Checks signatures with ring, and tells when a thread ends that has made keys ready.
#[derive(Debug)]
struct Noting(Sender<String>);

/// Tells the name of its thread when that ends.
struct AtEnd(String, Sender<String>);

thread_local! {
    static AT_END: RefCell<Option<AtEnd>> = const { RefCell::new(None) };
}

impl Rs256 for Noting {
    fn key(&self, key: &RsaPublicKey) -> Option<Box<dyn Rs256Key>> {
        let name = thread::current().name().unwrap_or_default().to_owned();
        AT_END.set(Some(AtEnd(name, self.0.clone())));
        Ring.key(key)
    }
}

impl Drop for AtEnd {
    fn drop(&mut self) {
        drop(self.1.send(std::mem::take(&mut self.0))); // The test may be over.
    }
}

#[test]
fn a_refresh_has_a_thread_of_its_own() {
    let (server, seen, answers) = gated();
    let clerk = server.client();
    let (noting, ended) = channel();
    let verifier = adjusted(&clerk).backend(Noting(noting)).build().unwrap();
    // The keys are six minutes old.
    let then = Moment::at(unix_time() - Duration::from_secs(360));
    let mut refresh = verifier.refresh();
    assert!(matches!(refresh.advance(Event::Start, then), Step::Send(_)));
    let keys = Response::new(Bytes::from(key_set(&TestKey::first())));
    assert!(matches!(refresh.advance(Event::Reply(Ok(keys)), then), Step::Done(Ok(()))));

    crowd(&clerk, &verifier, 1000);
    seen.recv_timeout(PATIENCE).unwrap();
    // It hangs, and that is nobody's business.
    crowd(&clerk, &verifier, 1000);
    assert!(verifier.due_refresh().is_none(), "somebody is at it");
    assert_eq!(server.seen().iter().map(Seen::line).collect::<Vec<_>>(), ["GET /v1/jwks"]);
    assert!(ended.try_recv().is_err(), "the thread waits for its answer");

    answers.send(ok(&key_set(&TestKey::second()))).unwrap();
    assert_eq!(ended.recv_timeout(PATIENCE).unwrap(), "clerk-refresh");
    let state = clerk.authenticate(&verifier, &request(&TestKey::second()), &sessions());
    assert_signed_in(&state);
    assert_eq!(server.seen().len(), 1);
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
fn run_at<F: Flow>(clerk: &Clerk, mut flow: F, mut now: Moment) -> F::Output {
    let mut event = Event::Start;
    loop {
        event = match flow.advance(event, now) {
            Step::Send(outgoing) => Event::Reply(clerk.run(Exchange(Some(outgoing)))),
            Step::Wait(time) => {
                now = now.after(time);
                Event::Elapsed
            }
            Step::Done(output) => return output,
        };
    }
}

#[test]
fn an_outage_is_unavailable_and_ends() {
    static UP: AtomicBool = AtomicBool::new(false);
    let server = Server::writing(|_, stream| {
        if !UP.load(SeqCst) {
            return Err(io::ErrorKind::Other.into());
        }
        stream.write_all(ok(&key_set(&TestKey::first())).as_bytes())
    });
    let policy = RetryPolicy::default().initial_delay(Duration::from_millis(1));
    let clerk = server.builder().retry(policy).build().unwrap();
    let verifier = adjusted(&clerk).build().unwrap();
    let parts = request(&TestKey::first());

    let begun = Moment::at(unix_time());
    let state = clerk.authenticate(&verifier, &parts, &sessions());
    assert_eq!(assert_unavailable(&state, Reason::JwkRemoteFailedToLoad), 1);
    assert_eq!(server.seen().len(), 2, "one attempt and one more");

    // It is back, and nobody asks yet.
    UP.store(true, SeqCst);
    let soon = begun.after(Duration::from_millis(900));
    let state = run_at(&clerk, verifier.authenticate(&parts, &sessions()), soon);
    assert!(assert_unavailable(&state, Reason::JwkRemoteFailedToLoad) >= 1);
    assert_eq!(server.seen().len(), 2);

    let state = run_at(&clerk, verifier.authenticate(&parts, &sessions()), begun.after(PATIENCE));
    assert_signed_in(&state);
    assert_signed_in(&clerk.authenticate(&verifier, &parts, &sessions()));
    assert_eq!(server.seen().len(), 3);
}

/// What Clerk says of opaque tokens, by the field of the request that has them.
fn verdict(seen: &Seen, revoked: bool) -> String {
    let mut verdict = match seen.line() {
        "POST /v1/m2m_tokens/verify" => json!({
            "object": "machine_to_machine_token", "id": "mt_1", "subject": "mch_1", "scopes": [],
        }),
        "POST /v1/oauth_applications/access_tokens/verify" => json!({
            "object": "clerk_idp_oauth_access_token", "id": "oat_1", "client_id": "client_1", "subject": "user_1",
            "scopes": ["profile"],
        }),
        _ => json!({
            "object": "api_key", "id": "ak_1", "type": "api_key", "subject": "org_1", "name": "robot",
            "scopes": ["read"],
        }),
    };
    verdict["revoked"] = revoked.into();
    verdict["expired"] = false.into();
    verdict["created_at"] = 1.into();
    verdict["updated_at"] = 1.into();
    ok(&verdict.to_string())
}

/// The requests: what was asked for, with which key, and what it said.
fn asked(server: &Server) -> Vec<(String, String, Value)> {
    let asked = |seen: &Seen| {
        let key = seen.header("authorization").unwrap().to_owned();
        (seen.line().to_owned(), key, serde_json::from_slice(&seen.body).unwrap())
    };
    server.seen().iter().map(asked).collect()
}

#[test]
fn opaque_tokens_are_asked_about() {
    for (token_type, token, path, field) in [
        (TokenType::ApiKey, "ak_0123", "/v1/api_keys/verify", "secret"),
        (TokenType::M2m, "mt_0123", "/v1/m2m_tokens/verify", "token"),
        (
            TokenType::Oauth,
            "oat_0123",
            "/v1/oauth_applications/access_tokens/verify",
            "access_token",
        ),
    ] {
        let server = Server::answering(|seen| match seen.number {
            0 => verdict(seen, false),
            1 => verdict(seen, true),
            2 => answer("404 Not Found", "{}"),
            _ => answer("500 Oh\r\nretry-after: 30", "{}"),
        });
        let clerk = server.client();
        let verifier = adjusted(&clerk).build().unwrap();
        let parts = bearer(token);
        let states = [(); 4].map(|()| clerk.authenticate(&verifier, &parts, &any()));

        let auth = states[0].auth().unwrap_or_else(|| panic!("{:?}", states[0]));
        assert_eq!(auth.token_type(), token_type);
        match auth {
            Auth::ApiKey(key) => assert_eq!(key.org_id().unwrap().as_str(), "org_1"),
            Auth::M2m(token) => assert_eq!(token.machine_id.as_str(), "mch_1"),
            auth => assert_eq!(auth.user_id().unwrap().as_str(), "user_1"),
        }
        for (state, reason) in states[1..3].iter().zip([Reason::TokenRevoked, Reason::TokenInvalid])
        {
            let RequestState::SignedOut { rejection, .. } = state else { panic!("{state:?}") };
            assert_eq!((rejection.reason, rejection.token_type), (reason, Some(token_type)));
            assert_eq!(state.refusal().unwrap().status(), 401);
        }
        assert_eq!(assert_unavailable(&states[3], Reason::UnexpectedError), 30);
        let request =
            (format!("POST {path}"), "Bearer sk_test_abc".to_owned(), json!({ field: token }));
        assert_eq!(asked(&server), vec![request; 4]);
    }
}

#[test]
fn machines_ask_with_their_own_key() {
    let server = Server::answering(|seen| verdict(seen, false));
    let machine = || Clerk::for_machine("ak_machine").base_url(server.url());
    for builder in [server.builder().machine_secret_key("ak_machine"), machine()] {
        let clerk = builder.build().unwrap();
        let verifier = adjusted(&clerk).build().unwrap();
        let state = clerk.authenticate(&verifier, &bearer("mt_0123"), &any());
        assert_eq!(state.auth().unwrap().token_type(), TokenType::M2m);
    }
    // For what needs the key of the instance, nobody is asked.
    let clerk = machine().build().unwrap();
    let verifier = adjusted(&clerk).build().unwrap();
    for parts in [bearer("ak_0123"), bearer("oat_0123"), request(&TestKey::first())] {
        assert_unavailable(
            &clerk.authenticate(&verifier, &parts, &any()),
            Reason::SecretKeyMissing,
        );
    }
    let line = "POST /v1/m2m_tokens/verify".to_owned();
    let request = (line, "Bearer ak_machine".to_owned(), json!({ "token": "mt_0123" }));
    assert_eq!(asked(&server), vec![request; 2]);
}

#[test]
fn a_good_opaque_token_can_be_remembered() {
    let server = Server::answering(|seen| verdict(seen, seen.number > 0));
    let clerk = server.client();
    let verifier = adjusted(&clerk).cache_opaque_tokens(Duration::from_secs(60)).build().unwrap();
    for _ in 0..100 {
        let state = clerk.authenticate(&verifier, &bearer("ak_good"), &any());
        assert!(state.auth().is_some(), "{state:?}");
    }
    for _ in 0..2 {
        let state = clerk.authenticate(&verifier, &bearer("ak_revoked"), &any());
        assert_eq!(state.reason(), Some(Reason::TokenRevoked));
    }
    let tokens: Vec<_> =
        asked(&server).into_iter().map(|(_, _, body)| body["secret"].clone()).collect();
    assert_eq!(tokens, ["ak_good", "ak_revoked", "ak_revoked"]);
}
