//! Requests of browsers and machines: nobody is signed in by what nobody signed, and nobody is sent elsewhere.
use std::{collections::BTreeSet, sync::LazyLock};

use clerk_core::{
    Event, Moment, Timestamp,
    auth::{
        Auth, AuthenticateOptions, Handshake, PublishableKey, RequestState, TokenType, Verifier,
    },
    testing::{TestKey, TokenBuilder},
};
use http::{HeaderMap, Method, Request, request::Parts};
use percent_encoding::percent_decode;
use serde_json::{Value, json};

use super::kit::{CANARY, config, drive, expanded, headers, line, reply, text};

const NOW: i64 = 1_700_000_000;
const OWN: [&str; 2] = ["https://app.example.com", "http://localhost:3000"];
const SHOP: &str = "https://shop.example";

struct App {
    verifier: Verifier,
    /// Where it may send browsers.
    places: Vec<&'static str>,
}

static APPS: LazyLock<[App; 4]> = LazyLock::new(|| {
    let app = |key: &str, handshake: Option<Handshake>, places: &[&'static str]| {
        let builder = Verifier::builder()
            .config(&config())
            .pem(TestKey::first().pem())
            .publishable_key(key)
            .issuer(&*key_of(key).issuer())
            .authorized_party(OWN[0]);
        let handshake = handshake.map(|handshake| handshake.origin(OWN[0]).origin(OWN[1]));
        let builder = match handshake {
            Some(handshake) => builder.handshake(handshake),
            None => builder,
        };
        App { verifier: builder.build().unwrap(), places: places.to_vec() }
    };
    let orgs =
        || Handshake::new().organization_pattern("/orgs/:slug").personal_account_pattern("/me");
    let api = "https://happy-cat-1.clerk.accounts.dev";
    [
        app(TEST, None, &[]),
        app(TEST, Some(orgs().allowed_redirect_origin(SHOP)), &[api, SHOP, OWN[0], OWN[1]]),
        app(LIVE, Some(orgs()), &["https://clerk.example.com"]),
        app(
            TEST,
            Some(
                Handshake::new()
                    .satellite()
                    .domain("example.com")
                    .satellite_auto_sync()
                    .sign_in_url("https://primary.example/in"),
            ),
            &[api, "https://primary.example", OWN[0], OWN[1]],
        ),
    ]
});
const TEST: &str = "pk_test_aGFwcHktY2F0LTEuY2xlcmsuYWNjb3VudHMuZGV2JA";
const LIVE: &str = "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k";

fn key_of(key: &str) -> PublishableKey {
    PublishableKey::new(key).unwrap()
}

/// What inputs may name, by letters. The tokens in front are good ones.
static NAMED: LazyLock<Vec<(u8, String)>> = LazyLock::new(|| {
    let key = TestKey::first();
    let (test, live) = (key_of(TEST), key_of(LIVE));
    let own = |builder: TokenBuilder, at: &PublishableKey| {
        builder.issuer(&at.issuer()).authorized_party(OWN[0])
    };
    let session = own(key.session("user_1"), &test);
    let impostor = TestKey::second().with_kid(key.kid());
    let handshake = |token: String| {
        let header = json!({ "alg": "RS256", "typ": "JWT", "kid": key.kid() }).to_string();
        let payload = json!({ "handshake": [format!("__session={token}; Path=/"), "__client_uat=1699999000; Path=/"] });
        key.token(&header, &payload.to_string())
    };
    vec![
        (b's', session.mint(NOW)),
        (b'u', session.clone().organization("org_1", "org:member").mint(NOW)),
        (b'l', own(key.session("user_2"), &live).mint(NOW)),
        (b'm', own(key.m2m("mch_1"), &test).mint(NOW)),
        (b'o', own(key.oauth("user_3"), &test).mint(NOW)),
        (b'e', session.mint(NOW - 600)),
        (b'i', session.mint(NOW + 600)),
        (b'p', session.clone().claim("sts", "pending").mint(NOW)),
        (b'f', own(impostor.session("user_1"), &test).mint(NOW)),
        (b'h', handshake(session.mint(NOW))),
        (b'k', handshake("a.b.c".to_owned())),
        (b'x', test.cookie_suffix().to_owned()),
        (b'y', live.cookie_suffix().to_owned()),
    ]
});
/// How many of them are good, those of pending sessions included.
const GOOD: [u8; 6] = [b's', b'u', b'l', b'm', b'o', b'p'];

/// A method, a target, and letters; headers; an empty line; and the body of every answer of Clerk's.
///
/// The letters: `t`rusts what is forwarded, takes `b`are tokens, `p`ending sessions, `a`ny token or those of
/// `m`achines, and a digit for the status of Clerk's answers.
pub fn request_headers(data: &[u8]) {
    let expand = |value: &[u8]| {
        expanded(value, |letter| {
            NAMED.iter().find(|(name, _)| *name == letter).map(|(_, text)| &**text)
        })
    };
    let (first, rest) = line(data);
    let first = expand(first);
    let mut words = first.splitn(3, |byte| *byte == b' ');
    let method = Method::from_bytes(words.next().unwrap_or_default()).unwrap_or(Method::GET);
    let target = text(words.next().unwrap_or_default());
    let letters = words.next().unwrap_or_default();
    let (headers, body) = headers(rest, expand);
    let body = expand(body);
    let Ok(mut request) = Request::builder().method(method).uri(&*target).body(()) else { return };
    *request.headers_mut() = headers;
    let (parts, ()) = request.into_parts();

    let mut options = AuthenticateOptions::new();
    for letter in letters {
        options = match letter {
            b't' => options.trust_forwarded(),
            b'b' => options.allow_bare_token(),
            b'p' => options.allow_pending(),
            b'a' => options.accept_any(),
            b'm' => options.accept_only([TokenType::M2m, TokenType::ApiKey]),
            _ => options,
        };
    }
    let digit = letters.iter().find(|letter| letter.is_ascii_digit());
    let statuses = [200, 201, 204, 302, 400, 401, 404, 422, 429, 503];
    let status = digit.map_or(200, |digit| statuses[usize::from(digit - b'0')]);
    for app in &*APPS {
        let (state, asked) = authenticate(&app.verifier, &parts, &options, status, &body);
        // The same again, but that attempts are paid for out of a budget that the client shares.
        let again = authenticate(&app.verifier, &parts, &options, status, &body);
        if !matches!(status, 429 | 503) {
            let (first, second) = (format!("{state:?}"), format!("{:?}", again.0));
            assert_eq!((first, asked.len()), (second, again.1.len()));
        }
        assert!(asked.len() <= 4, "{asked:?}");
        for request in &asked {
            assert_eq!(request.uri().authority().unwrap(), "api.clerk.com");
        }
        let brought = brought(&parts, if asked.is_empty() { b"" } else { &body });
        judge(app, &state, &options, &brought, !asked.is_empty());
    }
}

fn authenticate(
    verifier: &Verifier,
    parts: &Parts,
    options: &AuthenticateOptions,
    status: u16,
    body: &[u8],
) -> (RequestState, Vec<Request<bytes::Bytes>>) {
    let mut asked = Vec::new();
    let state = drive(
        verifier.authenticate(parts, options),
        Moment::from(Timestamp::from_secs(NOW)),
        |request, _| {
            asked.push(request);
            Event::Reply(Ok(reply(status, &HeaderMap::new(), body)))
        },
        |_| {},
    );
    (state, asked)
}

/// Everything that the other side wrote, read in all the ways that there are.
fn brought(parts: &Parts, body: &[u8]) -> String {
    let mut all = percent_decode(parts.uri.to_string().as_bytes()).decode_utf8_lossy().into_owned();
    for value in parts.headers.values() {
        all += "\n";
        all += &String::from_utf8_lossy(value.as_bytes());
    }
    let raw = all.clone();
    all += &percent_decode(raw.as_bytes()).decode_utf8_lossy();
    let mut values = vec![serde_json::from_slice(body).unwrap_or(Value::Null)];
    while let Some(value) = values.pop() {
        match value {
            Value::String(text) => all = all + "\n" + &text,
            Value::Array(list) => values.extend(list),
            Value::Object(members) => {
                all.extend(members.keys().map(|name| format!("\n{name}")));
                values.extend(members.into_iter().map(|(_, value)| value));
            }
            _ => {}
        }
    }
    all
}

fn judge(
    app: &App,
    state: &RequestState,
    options: &AuthenticateOptions,
    brought: &str,
    asked: bool,
) {
    let shown = format!("{state:?}");
    for (_, secret) in NAMED.iter().filter(|(_, text)| text.len() > 100) {
        assert!(!shown.contains(&**secret), "a token: {shown}");
    }
    assert!(!shown.contains(CANARY), "the key: {shown}");
    let mut answer = HeaderMap::new();
    match state {
        RequestState::SignedIn { auth, headers, .. } => {
            headers.apply(&mut answer);
            signed_in(auth, options, brought, asked);
            assert!(state.refusal().is_none());
        }
        state => {
            let refusal = state.refusal().unwrap();
            let status = refusal.status().as_u16();
            match state {
                RequestState::SignedOut { .. } => assert_eq!(status, 401),
                RequestState::Unavailable(_) => assert_eq!(status, 503),
                _ => assert_eq!(status, 307),
            }
            answer = refusal.headers().clone();
            assert_eq!(answer.contains_key("location"), status == 307);
            assert_eq!(answer["cache-control"], "no-store");
        }
    }
    for location in answer.get_all("location") {
        let location = location.to_str().unwrap();
        assert!(location.bytes().all(|byte| byte.is_ascii_graphic()), "{location}");
        let url = url::Url::parse(location).unwrap();
        assert!(url.username().is_empty() && url.password().is_none(), "{location}");
        assert!(app.places.contains(&&*url.origin().ascii_serialization()), "{location}");
    }
    for cookie in answer.get_all("set-cookie") {
        let cookie = cookie.to_str().unwrap();
        assert!(cookie.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' '), "{cookie}");
        let is_count = cookie.starts_with("__clerk_redirect_count=");
        // What else is set was said by Clerk: signed, or in an answer to a question of ours.
        let is_signed =
            NAMED.iter().any(|(name, text)| b"hk".contains(name) && brought.contains(&**text));
        assert!(is_count || is_signed || asked, "{cookie}");
    }
    assert!(!format!("{answer:?}").contains(CANARY));
}

fn signed_in(auth: &Auth, options: &AuthenticateOptions, brought: &str, asked: bool) {
    assert!(options.accepts(auth.token_type()));
    let claims = match auth {
        Auth::Session(session) => session.claims().as_json(),
        Auth::M2m(token) if !token.claims().as_json().contains("\"iss\"") => return assert!(asked),
        Auth::Oauth(token) if !token.claims().as_json().contains("\"iss\"") => {
            return assert!(asked);
        }
        Auth::M2m(token) => token.claims().as_json(),
        Auth::Oauth(token) => token.claims().as_json(),
        // Clerk's word.
        _ => return assert!(asked),
    };
    let tokens: BTreeSet<_> = NAMED
        .iter()
        .filter(|(name, text)| {
            GOOD.contains(name) && (brought.contains(&**text) || is_inside(text, brought))
        })
        .map(|(_, text)| payload(text))
        .collect();
    assert!(tokens.contains(claims), "nobody signed this: {claims}");
}

/// Whether a token came within the result of a handshake.
fn is_inside(token: &str, brought: &str) -> bool {
    NAMED.iter().any(|(name, text)| {
        b"hk".contains(name) && brought.contains(&**text) && payload(text).contains(token)
    })
}

fn payload(token: &str) -> String {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

    let payload = token.split('.').nth(1).unwrap_or_default();
    String::from_utf8(URL_SAFE_NO_PAD.decode(payload).unwrap_or_default()).unwrap_or_default()
}
