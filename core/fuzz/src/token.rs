//! Tokens: whatever the text, nothing is accepted that was not signed, or not meant for this verifier and this time.
use std::sync::LazyLock;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use clerk_core::{
    Event, Moment, Timestamp,
    auth::{Auth, M2mAuth, OauthAuth, Reason, SessionAuth, TemplateAuth, TokenKind, Verifier},
    testing::TestKey,
};
use serde_json::Value;

use super::kit::{assert_shown, drive, expanded, text};

const NOW: i64 = 1_800_000_000;
const ISSUER: &str = "https://clerk.test";

/// The signed tokens that inputs may name, by their letters.
static GOOD: LazyLock<[(u8, String); 4]> = LazyLock::new(|| {
    let key = TestKey::first();
    let session = key.session("user_1").issuer(ISSUER).organization("org_1", "org:admin");
    [
        (b's', session.mint(NOW)),
        (b't', key.template("user_1").issuer(ISSUER).mint(NOW)),
        (b'm', key.m2m("mch_1").issuer(ISSUER).mint(NOW)),
        (b'o', key.oauth("user_1").issuer(ISSUER).mint(NOW)),
    ]
});
/// The parts of the session token, one that somebody else signed in its name, and a signature that is none.
static PARTS: LazyLock<Vec<(u8, String)>> = LazyLock::new(|| {
    let mut parts: Vec<_> =
        b"hpg".iter().copied().zip(GOOD[0].1.split('.').map(str::to_owned)).collect();
    let impostor = TestKey::second().with_kid(TestKey::first().kid());
    parts.push((b'f', impostor.session("user_1").issuer(ISSUER).mint(NOW)));
    parts.push((b'z', URL_SAFE_NO_PAD.encode([0; 256])));
    parts
});
static VERIFIERS: LazyLock<[Verifier; 2]> = LazyLock::new(|| {
    let key = TestKey::first();
    [
        Verifier::builder().key_set(key.key_set()).issuer(ISSUER).build().unwrap(),
        Verifier::builder().pem(key.pem()).issuer(ISSUER).build().unwrap(),
    ]
});

/// The first byte says what the rest is:
///
/// - `!`: a header, a line break, and a payload, to be signed with the right key;
/// - `0`: a payload, below a good header, with a signature of zeros;
/// - anything else belongs to the text of the token. `$s`, `$t`, `$m` and `$o` stand for good ones, `$h`, `$p` and `$g`
///   for the parts of the first, `$f` for a forged one, `$z` for a signature of zeros, and what is between `$(` and
///   `$)` is encoded as the parts of tokens are.
pub fn token(data: &[u8]) {
    match data {
        [b'!', rest @ ..] => {
            let rest = text(rest);
            let (header, payload) = rest.split_once('\n').unwrap_or((&rest, ""));
            if rest.len() <= 8192 {
                let token = TestKey::first().token(header, payload);
                for verifier in &*VERIFIERS {
                    signed::<SessionAuth>(verifier, &token, header, payload);
                    signed::<TemplateAuth>(verifier, &token, header, payload);
                    signed::<M2mAuth>(verifier, &token, header, payload);
                    signed::<OauthAuth>(verifier, &token, header, payload);
                    signed::<Auth>(verifier, &token, header, payload);
                }
            }
        }
        // Claims are looked at when the signature is good, and not before.
        [b'0', payload @ ..] if payload.len() <= 8192 => {
            let (header, signature) = (&PARTS[0].1, &PARTS[4].1);
            let token = format!("{header}.{}.{signature}", URL_SAFE_NO_PAD.encode(payload));
            for verifier in &*VERIFIERS {
                let error = judge::<SessionAuth>(verifier, &token).err();
                assert_eq!(error, Some(Reason::TokenInvalidSignature));
                assert!(judge::<Auth>(verifier, &token).is_err());
            }
        }
        _ => {
            let token = written(data);
            let known = GOOD.iter().find(|(_, good)| *good == token).map(|(letter, _)| *letter);
            for verifier in &*VERIFIERS {
                assert_eq!(judge::<SessionAuth>(verifier, &token).is_ok(), known == Some(b's'));
                assert_eq!(judge::<M2mAuth>(verifier, &token).is_ok(), known == Some(b'm'));
                assert_eq!(judge::<OauthAuth>(verifier, &token).is_ok(), known == Some(b'o'));
                // Without a category, a template's token says of itself what a session's does.
                assert!(judge::<TemplateAuth>(verifier, &token).is_err() || known.is_some());
                assert!(judge::<Auth>(verifier, &token).is_err() || known.is_some());
            }
        }
    }
}

fn written(data: &[u8]) -> String {
    let named = GOOD.iter().chain(&*PARTS);
    let data = expanded(data, |letter| {
        named.clone().find(|(known, _)| *known == letter).map(|(_, text)| &**text)
    });
    let data = text(&data);
    let mut pieces = data.split("$(");
    let mut token = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (inside, rest) = piece.split_once("$)").unwrap_or((piece, ""));
        token += &URL_SAFE_NO_PAD.encode(inside);
        token += rest;
    }
    token
}

/// What is said of a token: the same every time, and without a word of it.
fn judge<K: TokenKind>(verifier: &Verifier, token: &str) -> Result<K, Reason> {
    let now = Timestamp::from_secs(NOW);
    let local = verifier.verify_local_as::<K>(token, now);
    let flow = drive(
        verifier.verify_as::<K>(token),
        Moment::from(now),
        |request, _| -> Event { panic!("nothing is asked: {request:?}") },
        |_| panic!("nothing is waited for"),
    );
    match (local, flow) {
        (Ok(auth), Ok(_)) => Ok(auth),
        (Err(error), Err(other)) => {
            assert_eq!(format!("{error} {error:?}"), format!("{other} {other:?}"));
            let shown = format!("{error} {error:?}");
            assert_shown(&shown, 1200);
            assert!(token.len() < 100 || !shown.contains(token), "the token is shown: {shown}");
            Err(error.reason())
        }
        (local, flow) => panic!("{:?} and {:?}", local.err(), flow.err()),
    }
}

/// What a good signature is not enough for.
fn signed<K: TokenKind>(verifier: &Verifier, token: &str, header: &str, payload: &str) {
    let Ok(_) = judge::<K>(verifier, token) else { return };
    // It was accepted, so these are what they have to be.
    let header: Value = serde_json::from_str(header).unwrap();
    let claims: Value = serde_json::from_str(payload).unwrap();
    assert_eq!(header["alg"], "RS256");
    assert!(header.get("crit").is_none() && header.get("zip").is_none(), "{header}");
    assert_eq!(claims["iss"], ISSUER);
    assert!(claims["sub"].as_str().is_some_and(|sub| !sub.is_empty()), "{claims}");
    assert!(claims["exp"].as_f64().unwrap() > NOW as f64 - 5.0, "{claims}");
    for name in ["nbf", "iat"] {
        let is_past = |time: &Value| time.as_f64().is_some_and(|time| time < NOW as f64 + 6.0);
        assert!(claims.get(name).is_none_or(is_past), "{claims}");
    }
}
