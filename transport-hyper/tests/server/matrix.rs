//! Every way to be signed in or out, in front of hyper alone and of axum, required and optional.
use clerk_core::testing::TestKey;

use crate::{
    ISSUER, PARTY, REACHED, UNAUTHORIZED,
    api::Api,
    clerk, in_time, modes, session, session_token, unix_time, verifier, warm,
    wire::{Seen, ask, both, get},
};

/// One request, and what comes of it.
struct Row {
    name: &'static str,
    /// The header lines.
    lines: String,
    outcome: Outcome,
    /// How many requests for keys it causes where there are none, and where there are some.
    asks: [usize; 2],
}

enum Outcome {
    SignedIn(&'static str),
    SignedOut(&'static str),
}
use Outcome::{SignedIn, SignedOut};

/// Needs no key: it is clear without.
const NEVER: [usize; 2] = [0, 0];
/// Needs the keys, and finds its own among them.
const KNOWN: [usize; 2] = [1, 0];
/// Needs a key that is not there, which is asked for once more.
const UNKNOWN: [usize; 2] = [1, 1];
const USER: Outcome = SignedIn("session_token of user_1");

/// The suffix of the cookies of the publishable key.
const SUFFIX: &str = "l2OS3d9k";

fn row(name: &'static str, lines: &str, outcome: Outcome, asks: [usize; 2]) -> Row {
    Row { name, lines: lines.to_owned(), outcome, asks }
}

/// With a token in the header.
fn token(name: &'static str, token: &str, outcome: Outcome, asks: [usize; 2]) -> Row {
    row(name, &format!("authorization: Bearer {token}\r\n"), outcome, asks)
}

fn cookies(name: &'static str, pairs: &str, outcome: Outcome, asks: [usize; 2]) -> Row {
    row(name, &format!("cookie: {pairs}\r\n"), outcome, asks)
}

fn headers() -> Vec<Row> {
    let good = session_token();
    let long = "a".repeat(16_385);
    vec![
        row("no header", "", SignedOut("session-token-and-uat-missing"), NEVER),
        row(
            "an empty header",
            "authorization: \r\n",
            SignedOut("session-token-and-uat-missing"),
            NEVER,
        ),
        row(
            "Basic",
            "authorization: Basic dTpw\r\n",
            SignedOut("session-token-and-uat-missing"),
            NEVER,
        ),
        row(
            "a token without Bearer",
            &format!("authorization: {good}\r\n"),
            SignedOut("session-token-and-uat-missing"),
            NEVER,
        ),
        row("Bearer alone", "authorization: Bearer\r\n", SignedOut("token-invalid"), NEVER),
        row(
            "the header twice",
            &format!("authorization: Bearer {good}\r\n").repeat(2),
            SignedOut("token-invalid"),
            NEVER,
        ),
        token("two tokens", &format!("{good}, {good}"), SignedOut("token-invalid"), NEVER),
        token("garbage", "garbage", SignedOut("token-invalid"), NEVER),
        token("garbage in three parts", "a.b.c", SignedOut("token-invalid"), NEVER),
        token("a long one", &long, SignedOut("token-too-long"), NEVER),
        token("an API key", "ak_0123", SignedOut("token-type-mismatch"), NEVER),
        token("an M2M token", "mt_0123", SignedOut("token-type-mismatch"), NEVER),
        token("an OAuth token", "oat_0123", SignedOut("token-type-mismatch"), NEVER),
        token("good", &good, USER, KNOWN),
        row("another case", &format!("AUTHORIZATION: bEARER {good}\r\n"), USER, KNOWN),
    ]
}

fn tokens() -> Vec<Row> {
    let (now, key) = (unix_time(), TestKey::first());
    let session = session(&key);
    let impostor = TestKey::second().with_kid(key.kid());
    let other_key = TestKey::second();
    let jwt = |builder: clerk_core::testing::TokenBuilder| builder.issuer(ISSUER).mint(now);
    vec![
        token("expired", &session.clone().mint(now - 7200), SignedOut("token-expired"), KNOWN),
        token(
            "another instance, the same kid",
            &crate::session(&impostor).mint(now),
            SignedOut("token-invalid-signature"),
            KNOWN,
        ),
        token(
            "another instance, another kid",
            &crate::session(&other_key).mint(now),
            SignedOut("jwk-kid-mismatch"),
            UNKNOWN,
        ),
        token(
            "another issuer",
            &session.clone().issuer("https://clerk.example.org").mint(now),
            SignedOut("token-invalid-issuer"),
            KNOWN,
        ),
        token(
            "another origin",
            &session.clone().authorized_party("https://evil.example.com").mint(now),
            SignedOut("token-invalid-authorized-parties"),
            KNOWN,
        ),
        token(
            "pending",
            &session.clone().claim("sts", "pending").mint(now),
            SignedOut("session-pending"),
            KNOWN,
        ),
        token(
            "a JWT of a machine",
            &jwt(key.m2m("mch_1")),
            SignedOut("token-type-mismatch"),
            NEVER,
        ),
        token(
            "a JWT of an OAuth application",
            &jwt(key.oauth("user_1")),
            SignedOut("token-type-mismatch"),
            NEVER,
        ),
        token(
            "a JWT of a template",
            &key.template("user_1").issuer(ISSUER).authorized_party(PARTY).mint(now),
            SignedOut("token-type-mismatch"),
            NEVER,
        ),
    ]
}

fn browsers() -> Vec<Row> {
    let (now, good) = (unix_time(), session_token());
    let old = session(&TestKey::first()).mint(now - 7200);
    let machine = TestKey::first().m2m("mch_1").issuer(ISSUER).mint(now);
    let (uat, long_ago) = (now - 60, now - 7300);
    vec![
        cookies("a session", &format!("__session={good}; __client_uat={uat}"), USER, KNOWN),
        cookies(
            "a session with a suffix",
            &format!("__session_{SUFFIX}={good}; __client_uat_{SUFFIX}={uat}"),
            USER,
            KNOWN,
        ),
        cookies(
            "both",
            &format!(
                "a=b; __session={good}; __client_uat={uat}; __session_{SUFFIX}={good}; __client_uat_{SUFFIX}={uat}"
            ),
            USER,
            KNOWN,
        ),
        cookies(
            "the suffix of another instance",
            &format!("__session_AAAAAAAA={good}; __client_uat_AAAAAAAA={uat}"),
            SignedOut("session-token-and-uat-missing"),
            NEVER,
        ),
        cookies(
            "no __client_uat",
            &format!("__session={good}"),
            SignedOut("session-token-but-no-client-uat"),
            NEVER,
        ),
        cookies(
            "no session",
            &format!("__client_uat={uat}"),
            SignedOut("client-uat-but-no-session-token"),
            NEVER,
        ),
        cookies(
            "signed in since",
            &format!("__session={good}; __client_uat={}", now + 600),
            SignedOut("session-token-iat-before-client-uat"),
            KNOWN,
        ),
        cookies(
            "twice",
            &format!("__session={good}; __session={old}; __client_uat={uat}"),
            SignedOut("cookie-ambiguous"),
            NEVER,
        ),
        cookies(
            "an expired one",
            &format!("__session={old}; __client_uat={long_ago}"),
            SignedOut("token-expired"),
            KNOWN,
        ),
        cookies(
            "a machine's",
            &format!("__session={machine}; __client_uat={uat}"),
            SignedOut("token-type-mismatch"),
            NEVER,
        ),
        cookies(
            "an API key",
            &format!("__session=ak_0123; __client_uat={uat}"),
            SignedOut("token-type-mismatch"),
            NEVER,
        ),
        row(
            "a bad header counts more",
            &format!(
                "authorization: Bearer garbage\r\ncookie: __session={good}; __client_uat={uat}\r\n"
            ),
            SignedOut("token-invalid"),
            NEVER,
        ),
    ]
}

/// Each row with a verifier of its own on each server, which has its keys, or does not.
async fn play(rows: Vec<Row>) {
    let api = Api::start().await;
    let clerk = clerk(&api.url);
    let seen = Seen::default();
    for Row { name, lines, outcome, asks } in rows {
        let request = get(&lines);
        for (has_keys, asks) in [false, true].into_iter().zip(asks) {
            for (mode, server) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
                let verifier = if has_keys { warm(&clerk).await } else { verifier(&clerk) };
                let before = api.count();
                let layer = &modes(&clerk, &verifier)[mode];
                let answer = ask(both(layer, &seen).await[server], &request).await;
                let (status, saw) = match (&outcome, mode) {
                    (SignedIn(saw), _) | (SignedOut(saw), 1) => (REACHED, Some(*saw)),
                    (SignedOut(_), _) => (UNAUTHORIZED, None),
                };
                let place = format!("{name}: keys {has_keys}, mode {mode}, server {server}");
                assert_eq!(answer, status, "{place}");
                assert_eq!(seen.take(), Vec::from_iter(saw), "{place}");
                assert_eq!(api.count() - before, asks, "{place}");
            }
        }
    }
}

#[tokio::test]
async fn what_headers_say() {
    in_time(play(headers())).await;
}

#[tokio::test]
async fn what_tokens_say() {
    in_time(play(tokens())).await;
}

#[tokio::test]
async fn what_cookies_say() {
    in_time(play(browsers())).await;
}
