//! What an outsider learns: nothing but whether they are authenticated. And what logs show: no token.
use std::{error::Error, fmt::Debug, time::Duration};

use bytes::Bytes;
use clerk_core::{
    Config, Event, Failure, FailureKind, Flow, Moment, Reach, Step,
    auth::{
        Auth, AuthenticateOptions, KeySet, M2mAuth, Reason, RequestState, SessionAuth, Verifier,
        VerifierBuilder, VerifyError,
    },
    testing::{TestKey, TokenBuilder},
};
use http::{Request, Response, request::Parts};
use serde_json::{Value, json};

const NOW: i64 = 1_700_000_000;
const CANARY: &str = "canary-7f3a";

fn now() -> Moment {
    Moment::at(Duration::from_secs(NOW.unsigned_abs()))
}

/// A session token that all of the verifiers below accept.
fn good() -> TokenBuilder {
    TestKey::first()
        .session("user_1")
        .issuer("https://clerk.test")
        .authorized_party("https://app.test")
        .audience("api")
}

fn strict() -> VerifierBuilder {
    let config = Config::builder("sk_test_abc").build().unwrap();
    Verifier::builder()
        .config(&config)
        .issuer("https://clerk.test")
        .authorized_party("https://app.test")
        .audience("api")
}

fn request(headers: &[(&str, &str)]) -> Parts {
    let mut request = Request::get("https://app.test/");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.body(()).unwrap().into_parts().0
}

fn answer(status: u16, body: &Value) -> Event {
    Event::Reply(Ok(Response::builder()
        .status(status)
        .body(Bytes::from(body.to_string()))
        .unwrap()))
}

fn nobody_there() -> Event {
    Event::Reply(Err(Failure::new(FailureKind::Connect, Reach::NotSent, "nobody there")))
}

/// Runs a flow; each of its requests has the same answer.
fn run<F: Flow>(mut flow: F, reply: &dyn Fn() -> Event) -> F::Output {
    let (mut event, mut now) = (Event::Start, now());
    for _ in 0..64 {
        event = match flow.advance(event, now) {
            Step::Done(output) => return output,
            Step::Send(_) => reply(),
            Step::Wait(time) => {
                now.steady = now.steady.saturating_add(time);
                Event::Elapsed
            }
        };
    }
    panic!("the flow does not end")
}

/// One request for each reason, with the state that it leads to.
fn states() -> Vec<RequestState> {
    let mut states = Vec::new();
    let mut ask = |verifier: &Verifier,
                   headers: &[(&str, &str)],
                   options: &AuthenticateOptions,
                   reply: &dyn Fn() -> Event| {
        states.push(run(verifier.authenticate(&request(headers), options), reply));
    };
    let (sessions, anybody) = (AuthenticateOptions::new(), AuthenticateOptions::new().accept_any());
    let machines = AuthenticateOptions::new().accept_only([clerk_core::auth::TokenType::ApiKey]);
    let verifier = strict().pem(TestKey::first().pem()).build().unwrap();
    let with_set = strict().key_set(TestKey::first().key_set()).build().unwrap();
    let without_keys = strict().key_set(KeySet::default()).build().unwrap();
    let bearer = |token: &TokenBuilder| format!("Bearer {}", token.mint(NOW));
    let cookies = |token: &str, uat: i64| format!("__session={token}; __client_uat={uat}");

    // Cookies.
    for cookie in [
        String::new(),
        format!("__session={}", good().mint(NOW)),
        "__client_uat=1600000000".to_owned(),
        cookies(&good().mint(NOW), NOW + 1),
        "__session=a; __session=b".to_owned(),
    ] {
        ask(&verifier, &[("cookie", &cookie)], &sessions, &nobody_there);
    }
    ask(&verifier, &[], &machines, &nobody_there);
    // Tokens.
    let other_key = TestKey::second().with_kid(TestKey::first().kid()).session("user_1");
    for token in [
        good().claim("long", "x".repeat(16 << 10)),
        good().header("crit", json!([])),
        good().header("alg", "none"),
        good().header("typ", "at+jwt"),
        other_key,
        good().without("sub"),
        good().audience("other"),
        good().authorized_party("https://other.test"),
        good().issuer("https://other.test"),
        good().lifetime(-60),
        good().claim("nbf", NOW + 60),
        good().claim("iat", NOW + 60),
        good().claim("sts", "pending"),
    ] {
        ask(&verifier, &[("authorization", &bearer(&token))], &sessions, &nobody_there);
    }
    ask(&verifier, &[("authorization", "Bearer x")], &sessions, &nobody_there);
    // Keys.
    ask(
        &with_set,
        &[("authorization", &bearer(&good().header("kid", "other")))],
        &sessions,
        &nobody_there,
    );
    ask(&without_keys, &[("authorization", &bearer(&good()))], &sessions, &nobody_there);
    // Opaque tokens.
    for body in [json!({ "revoked": true }), json!({ "expired": true }), json!({ "active": false })]
    {
        ask(&verifier, &[("authorization", "Bearer ak_1")], &anybody, &|| answer(200, &body));
    }
    ask(&verifier, &[("authorization", "Bearer ak_1")], &anybody, &|| answer(404, &json!({})));

    // Nobody can say.
    let fetching = || strict().build().unwrap();
    ask(&fetching(), &[("authorization", &bearer(&good()))], &sessions, &nobody_there);
    ask(&fetching(), &[("authorization", &bearer(&good()))], &sessions, &|| {
        answer(401, &json!({}))
    });
    ask(&fetching(), &[("authorization", &bearer(&good()))], &sessions, &|| {
        answer(200, &json!({ "keys": [] }))
    });
    ask(&verifier, &[("authorization", "Bearer ak_1")], &anybody, &nobody_there);
    let alone = Verifier::builder().pem(TestKey::first().pem()).any_issuer().build().unwrap();
    ask(&alone, &[("authorization", "Bearer ak_1")], &anybody, &nobody_there);
    states
}

/// What a middleware would send, and what an error would say.
fn seen(state: &RequestState) -> (u16, Vec<(String, String)>, String) {
    let refusal = state.refusal().unwrap();
    let headers = refusal
        .headers()
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()));
    let said = match state {
        RequestState::SignedOut { rejection, .. } => rejection.to_string(),
        RequestState::Unavailable(unavailable) => unavailable.to_string(),
        other => panic!("{other:?}"),
    };
    (refusal.status().as_u16(), headers.collect(), said)
}

#[test]
fn all_who_are_not_signed_in_see_the_same() {
    let states = states();
    let (out, unavailable): (Vec<_>, Vec<_>) =
        states.iter().partition(|state| matches!(state, RequestState::SignedOut { .. }));
    let of = |states: &[&RequestState]| {
        let mut reasons: Vec<_> =
            states.iter().map(|state| state.reason().unwrap().code()).collect();
        reasons.sort_unstable();
        reasons.dedup();
        reasons
    };
    assert_eq!(
        of(&out),
        [
            "client-uat-but-no-session-token",
            "cookie-ambiguous",
            "jwk-kid-mismatch",
            "session-pending",
            "session-token-and-uat-missing",
            "session-token-but-no-client-uat",
            "session-token-iat-before-client-uat",
            "token-expired",
            "token-iat-in-the-future",
            "token-inactive",
            "token-invalid",
            "token-invalid-algorithm",
            "token-invalid-audience",
            "token-invalid-authorized-parties",
            "token-invalid-issuer",
            "token-invalid-signature",
            "token-missing",
            "token-not-active-yet",
            "token-revoked",
            "token-too-long",
            "token-type-mismatch",
            "token-verification-failed",
        ]
    );
    let expected = (
        401,
        vec![
            ("cache-control".to_owned(), "no-store".to_owned()),
            ("www-authenticate".to_owned(), "Bearer".to_owned()),
        ],
        "not authenticated".to_owned(),
    );
    for state in out {
        assert_eq!(seen(state), expected, "{state:?}");
    }
    assert_eq!(
        of(&unavailable),
        [
            "jwk-remote-failed-to-load",
            "jwk-remote-invalid",
            "secret-key-invalid",
            "secret-key-missing",
            "unexpected-error"
        ]
    );
    for state in unavailable {
        let (status, headers, said) = seen(state);
        assert_eq!((status, &*said), (503, "authentication is unavailable"), "{state:?}");
        let names: Vec<_> = headers.iter().map(|(name, _)| &**name).collect();
        assert_eq!(names, ["cache-control", "retry-after"], "{state:?}");
    }
    let signed_in = strict().pem(TestKey::first().pem()).build().unwrap();
    let token = format!("Bearer {}", good().mint(NOW));
    let state = run(
        signed_in.authenticate(&request(&[("authorization", &token)]), &AuthenticateOptions::new()),
        &nobody_there,
    );
    assert!(state.refusal().is_none() && state.auth().is_some());
}

#[test]
fn an_error_says_the_same_whatever_the_reason() {
    let verifier = strict().pem(TestKey::first().pem()).build().unwrap();
    let errors: Vec<VerifyError> = [
        "x".to_owned(),
        good().without("sub").mint(NOW),
        good().lifetime(-60).mint(NOW),
        good().issuer("https://other.test").mint(NOW),
        TestKey::second().session("user_1").mint(NOW),
        TestKey::first().m2m("mch_1").mint(NOW),
    ]
    .iter()
    .map(|token| verifier.verify_local(token, now()).unwrap_err())
    .collect();
    let reasons: Vec<_> = errors.iter().map(VerifyError::reason).collect();
    assert_eq!(
        reasons,
        [
            Reason::TokenInvalid,
            Reason::TokenVerificationFailed,
            Reason::TokenExpired,
            Reason::TokenInvalidIssuer,
            Reason::TokenInvalidSignature,
            Reason::TokenTypeMismatch,
        ]
    );
    for error in errors {
        assert_eq!(error.to_string(), "not authenticated");
        assert!(error.source().is_none() && !error.is_unavailable());
    }
}

#[track_caller]
fn silent(shown: &dyn Debug, token: &str) {
    let shown = format!("{shown:?} {shown:#?}");
    assert!(!shown.contains(CANARY), "{shown}");
    for part in token.split('.').filter(|part| !part.is_empty()) {
        assert!(!shown.contains(part), "{shown}");
    }
}

#[test]
fn nothing_shows_a_token() {
    let key = TestKey::first();
    let verifier = strict().pem(key.pem()).build().unwrap();
    let token = good()
        .claim("secret", CANARY)
        .claim("jti", CANARY)
        .claim("fea", format!("u:{CANARY}"))
        .mint(NOW);
    silent(&strict().pem(CANARY), CANARY);
    silent(&verifier, &key.pem());
    silent(&key, &key.pem());
    silent(&verifier.verify(&*token), &token);
    silent(&verifier.verify_as::<M2mAuth>(&*token), &token);
    silent(&verifier.refresh(), &token);

    let session = verifier.verify_local(&token, now()).unwrap();
    silent(&session, &token);
    silent(session.claims(), &token);
    silent(&Auth::Session(session), &token);
    let m2m = key
        .m2m("mch_1")
        .issuer("https://clerk.test")
        .audience("api")
        .claim("secret", CANARY)
        .mint(NOW);
    silent(&verifier.verify_local_as::<M2mAuth>(&m2m, now()).unwrap(), &m2m);

    let parts = request(&[("authorization", &format!("Bearer {token}")), ("cookie", CANARY)]);
    silent(&verifier.authenticate(&parts, &AuthenticateOptions::new()), &token);
    silent(&run(verifier.authenticate(&parts, &AuthenticateOptions::new()), &nobody_there), &token);
    let stale = good().claim("secret", CANARY).lifetime(-60).mint(NOW);
    let error = verifier.verify_local(&stale, now()).unwrap_err();
    silent(&error, &stale);

    // With keys that are fetched, and opaque tokens: flows on their way, and what comes of them.
    let fetching = strict().build().unwrap();
    for (secret, reply) in [
        (format!("Bearer {token}"), nobody_there as fn() -> Event),
        (format!("Bearer ak_{CANARY}"), nobody_there),
        (format!("Bearer ak_{CANARY}"), || answer(500, &json!({ "errors": [] }))),
        (format!("Bearer ak_{CANARY}"), || {
            answer(200, &json!({ "object": "api_key", "secret": CANARY }))
        }),
    ] {
        let parts = request(&[("authorization", &secret)]);
        let options = AuthenticateOptions::new().accept_any();
        let mut flow = fetching.authenticate(&parts, &options);
        let step = flow.advance(Event::Start, now());
        silent(&flow, &token);
        silent(&step, &token);
        drop(flow);
        let state = run(fetching.authenticate(&parts, &options), &reply);
        assert!(matches!(state, RequestState::Unavailable(_)), "{state:?}");
        silent(&state, &token);
        silent(&fetching, &token);
    }
}

#[test]
fn the_id_of_a_key_is_shown_escaped_and_cut() {
    let verifier = strict().key_set(TestKey::first().key_set()).build().unwrap();
    for (kid, shown) in [
        ("other".to_owned(), "\"other\"".to_owned()),
        ("a\"b\\c".to_owned(), r#""a\"b\\c""#.to_owned()),
        ("a\u{202e}b\u{feff}".to_owned(), r#""a\u{202e}b\u{feff}""#.to_owned()),
        ("k".repeat(64), format!("\"{}\"", "k".repeat(64))),
        ("k".repeat(65), format!("\"{}…\"", "k".repeat(64))),
        ("é".repeat(128), format!("\"{}…\"", "é".repeat(64))),
    ] {
        let token = good().header("kid", &*kid).mint(NOW);
        let Err(VerifyError::Rejected(rejection)) = verifier.verify_local(&token, now()) else {
            panic!("{kid}")
        };
        assert_eq!(
            (rejection.reason, rejection.kid.as_deref()),
            (Reason::JwkKidMismatch, Some(&*kid))
        );
        assert_eq!(
            format!("{rejection:?}"),
            format!("Rejection {{ reason: JwkKidMismatch, token_type: Session, kid: {shown} }}")
        );
        assert_eq!(rejection.to_string(), "not authenticated");
    }
}

#[test]
fn claims_may_be_as_deep_as_values_can_be() {
    let verifier = Verifier::builder().pem(TestKey::first().pem()).any_issuer().build().unwrap();
    let judge = |depth: usize| {
        let (open, close) = ("[".repeat(depth - 1), "]".repeat(depth - 1));
        let claims = format!(r#"{{"sub":"user_1","exp":{},"deep":{open}{close}}}"#, NOW + 60);
        verifier.verify_local(&TestKey::first().token(r#"{"alg":"RS256"}"#, &claims), now())
    };
    let session: SessionAuth = judge(127).unwrap();
    assert_eq!(session.claims().read::<clerk_core::JsonObject>().unwrap().len(), 3);
    assert_eq!(judge(128).unwrap_err().reason(), Reason::TokenInvalid);
}

#[test]
fn a_token_has_one_spelling() {
    const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let verifier = strict().pem(TestKey::first().pem()).build().unwrap();
    let token = good().mint(NOW);
    assert!(verifier.verify_local(&token, now()).is_ok());
    for (at, char) in token.char_indices() {
        let (before, behind) = (&token[..at], &token[at + 1..]);
        let next = ALPHABET
            .find(char)
            .map_or('A', |place| char::from(ALPHABET.as_bytes()[(place + 1) % 64]));
        for changed in [
            before.to_owned(),
            format!("{before}{behind}"),
            format!("{before}{next}{behind}"),
            format!("{before}{char}={behind}"),
        ] {
            assert!(verifier.verify_local(&changed, now()).is_err(), "{changed}");
        }
    }
}

/// What no reader of JSON values here can hold is handed on as it came (4.1/30).
#[test]
fn claims_are_answered_to_the_letter() {
    let digits = "7".repeat(400);
    for claim in
        ["1e999", "-1E+400", "123456789012345678901234567890", "18446744073709551616", &*digits]
    {
        let payload = format!("{{\"sub\":\"user_1\",\n\"x\":[{claim}],\"exp\":{}}}", NOW + 60);
        let token = TestKey::first().token(r#"{"alg":"RS256"}"#, &payload);
        let question = json!({
            "do": "verify_token", "token": token, "now": NOW * 1000,
            "keys": { "pem": TestKey::first().pem() }, "options": { "kind": "session" },
        });
        let answer = clerk_core::catalog::answer_line(question.to_string().as_bytes());
        assert!(answer.contains(&format!("\"claims\":{}", payload.replace('\n', " "))), "{answer}");
        let verifier =
            Verifier::builder().pem(TestKey::first().pem()).any_issuer().build().unwrap();
        let session = verifier.verify_local(&token, now()).unwrap();
        assert_eq!(session.claims().as_json(), payload);
    }
}
