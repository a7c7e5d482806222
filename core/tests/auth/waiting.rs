//! Who may wait, and what is answered: one verifier and many callers, step by step in virtual time.
use std::time::Duration;

use bytes::Bytes;
use clerk_core::{
    Config, Event, Failure, FailureKind, Flow, Moment, Reach, Step,
    auth::{Auth, AuthenticateOptions, Reason, RequestState, SessionAuth, Verifier, VerifyError},
    testing::TestKey,
};
use http::{Request, Response};
use serde_json::json;

const START: i64 = 1_700_000_000;
/// What an API key is worth, if it is good.
const GOOD_KEY: &str = r#"{"object":"api_key","id":"ak_1","type":"api_key","subject":"org_1","name":"robot","claims":null,"scopes":[],"revoked":false,"expired":false,"expiration":null,"created_at":1,"updated_at":1}"#;

fn at(millis: u64) -> Moment {
    Moment::at(Duration::from_millis(START.unsigned_abs() * 1000 + millis))
}

fn verifier(places: usize) -> Verifier {
    let config = Config::new("sk_test_abc").unwrap();
    let builder = Verifier::builder().config(&config).any_issuer();
    builder.max_waiting(places).build().unwrap()
}

fn token(key: &TestKey) -> String {
    key.session("user_1").lifetime(86_400).mint(START)
}

fn answer(status: u16, body: &str) -> Event {
    let body = Bytes::copy_from_slice(body.as_bytes());
    Event::Reply(Ok(Response::builder().status(status).body(body).unwrap()))
}

fn keys<const N: usize>(keys: [&TestKey; N]) -> Event {
    let keys = keys.map(TestKey::jwk).to_vec();
    answer(200, &json!({ "keys": keys }).to_string())
}

fn lost() -> Event {
    Event::Reply(Err(Failure::new(FailureKind::Connect, Reach::MaybeSent, "reset")))
}

/// A caller.
type Caller = Box<dyn Flow<Output = RequestState>>;

/// One with this token.
fn caller(verifier: &Verifier, token: &str) -> Caller {
    let request = Request::get("/").header("authorization", format!("Bearer {token}"));
    let parts = request.body(()).unwrap().into_parts().0;
    Box::new(verifier.authenticate(&parts, &AuthenticateOptions::new().accept_any()))
}

/// Where a caller is after an event.
fn said(caller: &mut Caller, event: Event, now: Moment) -> String {
    match caller.advance(event, now) {
        Step::Send(outgoing) => format!("asks {}", outgoing.request.uri().path()),
        Step::Wait(_) => "waits".to_owned(),
        Step::Done(RequestState::SignedIn { auth, .. }) => auth.to_string(),
        Step::Done(RequestState::SignedOut { rejection, .. }) => {
            format!("out: {}", rejection.reason.code())
        }
        Step::Done(RequestState::Unavailable(unavailable)) => {
            format!("503: {}", unavailable.reason.code())
        }
        step => panic!("{step:?}"),
    }
}

const FETCHES: &str = "asks /v1/jwks";
const ASKS: &str = "asks /v1/api_keys/verify";
const USER: &str = "session_token of user_1";
const FULL: &str = "503: too-many-waiting";

/// A new caller, and where it is after its start.
fn starts(verifier: &Verifier, token: &str, now: Moment, expected: &str) -> Caller {
    let mut caller = caller(verifier, token);
    assert_eq!(said(&mut caller, Event::Start, now), expected);
    caller
}

/// Whether exactly so many more may wait for keys: the fetch is under way.
fn assert_places(verifier: &Verifier, token: &str, now: Moment, places: usize) {
    let waiting: Vec<_> = (0..places).map(|_| starts(verifier, token, now, "waits")).collect();
    starts(verifier, token, now, FULL);
    drop(waiting);
}

#[test]
fn a_place_comes_back_however_the_wait_ends() {
    let (first, second) = (TestKey::first(), TestKey::second());
    let (known, unknown) = (token(&first), token(&second));
    let verifier = verifier(2);
    // All callers are kept to the end: what is over holds no place.
    let mut over = Vec::new();

    // By going away.
    let mut fetches = starts(&verifier, &known, at(0), FETCHES);
    let mut stays = starts(&verifier, &known, at(0), "waits");
    for _ in 0..100 {
        assert_places(&verifier, &known, at(1), 1);
    }
    assert_eq!(said(&mut stays, Event::Elapsed, at(1)), "waits");
    assert_places(&verifier, &known, at(1), 1); // Waiting on takes no second place.

    // By failing: the fetch, and with it the one who waits.
    let failed = "503: jwk-remote-failed-to-load";
    assert_eq!(said(&mut fetches, answer(503, "{}"), at(2)), "waits", "it is repeated");
    assert_eq!(said(&mut fetches, Event::Elapsed, at(500)), FETCHES);
    assert_eq!(said(&mut fetches, answer(503, "{}"), at(501)), failed);
    assert_eq!(said(&mut stays, Event::Elapsed, at(502)), failed);
    over.extend([fetches, stays]);

    // By success.
    let mut fetches = starts(&verifier, &known, at(10_000), FETCHES);
    assert_places(&verifier, &known, at(10_000), 2);
    let mut waits = [(); 2].map(|()| starts(&verifier, &known, at(10_000), "waits"));
    over.push(starts(&verifier, &known, at(10_000), FULL));
    assert_eq!(said(&mut fetches, keys([&first]), at(10_001)), USER);
    for waits in &mut waits {
        assert_eq!(said(waits, Event::Elapsed, at(10_002)), USER);
    }
    over.push(fetches);
    over.extend(waits);

    // By a refusal: there is no such key.
    let mut fetches = starts(&verifier, &unknown, at(20_000), FETCHES);
    assert_places(&verifier, &unknown, at(20_000), 2);
    let mut waits = starts(&verifier, &unknown, at(20_000), "waits");
    assert_eq!(said(&mut fetches, keys([&first]), at(20_001)), "out: jwk-kid-mismatch");
    assert_eq!(said(&mut waits, Event::Elapsed, at(20_002)), "out: jwk-kid-mismatch");
    over.extend([fetches, waits]);

    // By a mistake of the driver.
    let mut fetches = starts(&verifier, &unknown, at(60_000), FETCHES);
    let mut waits = starts(&verifier, &unknown, at(60_000), "waits");
    assert_eq!(said(&mut waits, Event::Start, at(60_001)), "503: unexpected-error");
    assert_places(&verifier, &unknown, at(60_001), 2);
    assert_eq!(said(&mut fetches, lost(), at(60_002)), failed);
    over.extend([fetches, waits]);

    // All of them are still there, and none has a place.
    let fetches = starts(&verifier, &unknown, at(120_000), FETCHES);
    assert_places(&verifier, &unknown, at(120_000), 2);
    drop((over, fetches));
}

#[test]
fn who_fetches_needs_no_place() {
    let (first, second) = (TestKey::first(), TestKey::second());
    let verifier = verifier(0);
    let mut fetches = starts(&verifier, &token(&first), at(0), FETCHES);
    for _ in 0..100 {
        starts(&verifier, &token(&first), at(0), FULL);
    }
    // Who goes away leaves the fetch to the next one.
    drop(fetches);
    fetches = starts(&verifier, &token(&first), at(10), FETCHES);
    assert_eq!(said(&mut fetches, keys([&first]), at(11)), USER);
    // With keys nobody waits: neither who is known, nor who asks for another key.
    starts(&verifier, &token(&first), at(12), USER);
    let mut fetches = starts(&verifier, &token(&second), at(12), FETCHES);
    starts(&verifier, &token(&second), at(12), FULL);
    starts(&verifier, &token(&first), at(12), USER);
    starts(&verifier, "garbage", at(12), "out: token-invalid");
    assert_eq!(said(&mut fetches, keys([&first, &second]), at(13)), USER);

    // A refresh needs none either.
    let later = at(6 * 60_000);
    starts(&verifier, &token(&first), later, USER);
    let mut refresh = verifier.due_refresh().unwrap();
    assert!(matches!(refresh.advance(Event::Start, later), Step::Send(_)));
    starts(&verifier, &token(&first), later, USER);
    assert!(matches!(refresh.advance(keys([&first]), later), Step::Done(Ok(()))));
}

#[test]
fn who_waits_may_fetch_when_the_first_one_goes_away() {
    let key = TestKey::first();
    let verifier = verifier(1);
    let fetches = starts(&verifier, &token(&key), at(0), FETCHES);
    let mut waits = starts(&verifier, &token(&key), at(0), "waits");
    drop(fetches);
    assert_eq!(said(&mut waits, Event::Elapsed, at(1)), FETCHES);
    assert_eq!(said(&mut waits, keys([&key]), at(2)), USER);
}

#[test]
fn one_token_is_as_good_as_a_request() {
    let key = TestKey::first();
    let verifier = verifier(1);
    let mut fetches = verifier.verify(token(&key));
    assert!(matches!(fetches.advance(Event::Start, at(0)), Step::Send(_)));
    let mut waits = verifier.verify(token(&key));
    assert!(matches!(waits.advance(Event::Start, at(0)), Step::Wait(_)));
    let mut refused = verifier.verify_as::<Auth>(token(&key));
    let Step::Done(Err(error)) = refused.advance(Event::Start, at(0)) else { panic!() };
    assert_eq!(error.reason(), Reason::TooManyWaiting);
    assert!(matches!(error, VerifyError::Unavailable(_)));
    starts(&verifier, &token(&key), at(0), FULL);
    drop(waits);
    starts(&verifier, &token(&key), at(0), "waits");
    let Step::Done(Ok(SessionAuth { user_id, .. })) = fetches.advance(keys([&key]), at(1)) else {
        panic!()
    };
    assert_eq!(user_id.as_str(), "user_1");
}

#[test]
fn who_asks_takes_a_place() {
    let verifier = verifier(2);
    let mut over = Vec::new();
    let stays = starts(&verifier, "ak_stays", at(0), ASKS);
    for (answers, outcome) in [
        (vec![answer(200, GOOD_KEY)], "api_key of org_1"),
        (vec![answer(404, "{}")], "out: token-invalid"),
        (vec![answer(200, "{}")], "503: unexpected-error"),
        (vec![answer(401, "{}")], "503: secret-key-invalid"),
        // While it waits for another attempt it still has its place.
        (vec![lost(), answer(200, GOOD_KEY)], "api_key of org_1"),
        (vec![Event::Start], "503: unexpected-error"),
    ] {
        let mut asks = starts(&verifier, "ak_0123", at(0), ASKS);
        for event in answers {
            starts(&verifier, "ak_0456", at(0), FULL);
            let mut state = said(&mut asks, event, at(1));
            if state == "waits" {
                starts(&verifier, "ak_0456", at(1), FULL);
                state = said(&mut asks, Event::Elapsed, at(5000));
            }
            assert!([ASKS, outcome].contains(&&*state), "{state}");
            over.push(state);
        }
        assert_eq!(over.last().map(String::as_str), Some(outcome));
        let asks = [asks, starts(&verifier, "ak_0456", at(2), ASKS)];
        starts(&verifier, "ak_0789", at(2), FULL);
        drop(asks);
    }
    // No place is needed where nobody is asked.
    let full = starts(&verifier, "ak_0123", at(3), ASKS);
    starts(&verifier, "ak_odd!", at(3), "out: token-invalid");
    starts(&verifier, "garbage", at(3), "out: token-invalid");
    // And it comes back.
    drop(full);
    drop(stays);
    starts(&verifier, "ak_0123", at(3), ASKS);
}

#[test]
fn without_places_nobody_asks() {
    let verifier = verifier(0);
    for token in ["ak_0123", "mt_0123", "oat_0123"] {
        starts(&verifier, token, at(0), FULL);
    }
}

#[test]
fn what_is_remembered_takes_no_place() {
    let config = Config::new("sk_test_abc").unwrap();
    let builder = Verifier::builder().config(&config).any_issuer().max_waiting(1);
    let verifier = builder.cache_opaque_tokens(Duration::from_secs(60)).build().unwrap();
    let mut asks = starts(&verifier, "ak_known", at(0), ASKS);
    assert_eq!(said(&mut asks, answer(200, GOOD_KEY), at(0)), "api_key of org_1");
    let other = starts(&verifier, "ak_other", at(1), ASKS);
    for _ in 0..100 {
        starts(&verifier, "ak_known", at(59_999), "api_key of org_1");
    }
    starts(&verifier, "ak_known", at(60_000), FULL);
    drop(other);
    starts(&verifier, "ak_known", at(60_000), ASKS);
}

#[test]
fn verifiers_have_places_of_their_own() {
    let key = token(&TestKey::first());
    let (one, other) = (verifier(1), verifier(1));
    let callers = [&one, &other].map(|verifier| {
        (starts(verifier, &key, at(0), FETCHES), starts(verifier, &key, at(0), "waits"))
    });
    // A clone is the same verifier.
    starts(&one.clone(), &key, at(0), FULL);
    drop(callers);
}

/// The status and the headers, in their order.
fn shown(response: Response<()>) -> String {
    let headers = response.headers().iter();
    let headers = headers.map(|(name, value)| format!(", {name}: {}", value.to_str().unwrap()));
    format!("{}{}", response.status().as_u16(), headers.collect::<String>())
}

#[test]
fn each_state_has_one_answer() {
    let key = TestKey::first();
    let verifier = Verifier::builder().key_set(key.key_set()).any_issuer().build().unwrap();
    let state = |token: &str| match caller(&verifier, token).advance(Event::Start, at(0)) {
        Step::Done(state) => state,
        step => panic!("{step:?}"),
    };
    let good = || state(&token(&key));
    assert!(good().refusal().is_none());
    assert_eq!(good().require().unwrap().0.to_string(), USER);
    assert_eq!(good().optional().unwrap().0.unwrap().to_string(), USER);

    let unauthorized = "401, cache-control: no-store, www-authenticate: Bearer";
    let expired = key.session("user_1").mint(START - 3600);
    for bad in ["garbage", "", &expired, &token(&TestKey::second())] {
        assert_eq!(shown(state(bad).refusal().unwrap()), unauthorized);
        assert_eq!(shown(state(bad).require().unwrap_err()), unauthorized);
        assert!(state(bad).optional().unwrap().0.is_none());
    }

    for (retry_after, seconds) in [
        (None, 1_u64),
        (Some(Duration::ZERO), 1),
        (Some(Duration::from_millis(1)), 1),
        (Some(Duration::from_secs(1)), 1),
        (Some(Duration::from_millis(1001)), 2),
        (Some(Duration::from_nanos(2_999_999_999)), 3),
        (Some(Duration::from_secs(3600)), 3600),
        (Some(Duration::MAX), u64::MAX),
    ] {
        let unavailable = || match state("ak_0123") {
            RequestState::Unavailable(mut unavailable) => {
                unavailable.retry_after = retry_after;
                RequestState::Unavailable(unavailable)
            }
            state => panic!("{state:?}"),
        };
        let expected = format!("503, cache-control: no-store, retry-after: {seconds}");
        assert_eq!(shown(unavailable().refusal().unwrap()), expected);
        assert_eq!(shown(unavailable().require().unwrap_err()), expected);
        assert_eq!(shown(unavailable().optional().unwrap_err()), expected);
    }

    // A browser that is to go elsewhere first goes there, signed in or not.
    let elsewhere = || {
        let response = Response::builder().status(307).header("location", "https://clerk.test/");
        RequestState::Handshake(response.body(()).unwrap())
    };
    let expected = "307, location: https://clerk.test/";
    assert_eq!(shown(elsewhere().refusal().unwrap()), expected);
    assert_eq!(shown(elsewhere().require().unwrap_err()), expected);
    assert_eq!(shown(elsewhere().optional().unwrap_err()), expected);
}

#[test]
fn asking_about_a_token_ends_after_ten_seconds() {
    let verifier = verifier(1);
    let mut asks = starts(&verifier, "ak_1", at(0), ASKS);
    // Clerk has said no and nothing by turns; a first answer after nine seconds is too late for another attempt.
    assert_eq!(said(&mut asks, answer(503, "{}"), at(100)), "waits");
    assert_eq!(said(&mut asks, Event::Elapsed, at(9_000)), ASKS);
    assert_eq!(said(&mut asks, answer(503, "{}"), at(9_999)), "503: unexpected-error");
    starts(&verifier, "ak_1", at(10_000), ASKS);
}

#[test]
fn who_waited_and_then_fetches_is_not_counted() {
    let verifier = verifier(1);
    let token = token(&TestKey::first());
    let fetches = starts(&verifier, &token, at(0), FETCHES);
    let mut waits = starts(&verifier, &token, at(0), "waits");
    drop(fetches);
    assert_eq!(said(&mut waits, Event::Elapsed, at(1)), FETCHES);
    assert_places(&verifier, &token, at(1), 1);
}

#[test]
fn who_asks_about_tokens_takes_no_place_of_those_who_wait_for_keys() {
    let verifier = verifier(1);
    let token = token(&TestKey::first());
    let _asks = starts(&verifier, "ak_1", at(0), ASKS);
    starts(&verifier, "ak_2", at(0), FULL);
    let _fetches = starts(&verifier, &token, at(0), FETCHES);
    assert_places(&verifier, &token, at(0), 1);
    let _waits = starts(&verifier, &token, at(0), "waits");
    starts(&verifier, "ak_2", at(0), FULL);
}
