//! Requests and answers of Clerk's that nobody thought of.
use std::{cell::RefCell, sync::LazyLock};

use bytes::Bytes;
use clerk_core::{
    Event, Failure, FailureKind, Reach,
    auth::{AuthenticateOptions, Handshake, PublishableKey, RequestState},
    testing::TestKey,
};
use http::{HeaderMap, HeaderValue, Method, Request, Response, request::Parts};
use proptest::{
    option,
    prelude::{Just, ProptestConfig, Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof},
    sample::{Index, select},
    test_runner::{TestCaseError, TestRunner},
};
use serde_json::json;

use crate::{
    app::{NOW, OWN, SECRET_KEY, SHOP, authenticate, moment, reply, session, verifier},
    places::origin,
};

/// An application that fetches its keys, and where it may send browsers.
struct Site {
    handshake: Handshake,
    key: PublishableKey,
    places: Vec<&'static str>,
}

static SITES: LazyLock<[Site; 4]> = LazyLock::new(|| {
    let test = || PublishableKey::test("happy-cat-1.clerk.accounts.dev").unwrap();
    let live = || PublishableKey::live("clerk.example.com").unwrap();
    let site = |key: PublishableKey, handshake: Handshake, places: &[&'static str]| Site {
        handshake,
        places: places.to_vec(),
        key,
    };
    let orgs =
        || Handshake::new().organization_pattern("/orgs/:slug").personal_account_pattern("/me");
    let satellite = || {
        Handshake::new().satellite().domain("example.com").sign_in_url("https://primary.example/in")
    };
    let api = "https://happy-cat-1.clerk.accounts.dev";
    [
        site(test(), orgs().allowed_redirect_origin(SHOP), &[api, SHOP, OWN[0], OWN[1], OWN[2]]),
        site(
            test(),
            satellite().satellite_auto_sync(),
            &[api, "https://primary.example", OWN[0], OWN[1], OWN[2]],
        ),
        site(live(), orgs(), &["https://clerk.example.com"]),
        site(live(), satellite(), &["https://clerk.example.com"]),
    ]
});

/// Tokens for each of the two instances.
static TOKENS: LazyLock<[Vec<String>; 2]> = LazyLock::new(|| {
    [0, 2].map(|at| {
        let (key, site) = (TestKey::first(), &SITES[at]);
        let session = session(&site.key);
        let impostor =
            TestKey::second().with_kid(key.kid()).session("user_1").issuer(&site.key.issuer());
        let header = json!({ "alg": "RS256", "typ": "JWT", "kid": key.kid() }).to_string();
        let payload = json!({ "handshake": [format!("__session={}", session.mint(NOW))] });
        vec![
            session.mint(NOW),
            session.clone().organization("org_1", "org:member").mint(NOW),
            session.clone().claim("sts", "pending").mint(NOW),
            session.mint(NOW - 600),
            session.mint(NOW + 600),
            session.clone().without("sub").mint(NOW),
            session.clone().issuer("https://clerk.evil.example").mint(NOW),
            session.clone().header("kid", "other").mint(NOW),
            impostor.mint(NOW),
            key.m2m("mch_1").mint(NOW),
            key.token(&header, &payload.to_string()),
            "garbage".to_owned(),
            "a.b.c".to_owned(),
            String::new(),
        ]
    })
});

const HOSTS: [(&str, bool); 7] = [
    ("app.example.com", true),
    ("APP.example.com:443", true),
    ("localhost:3000", true),
    ("evil.example", false),
    ("app.example.com@evil.example", false),
    ("app.example.com.", false),
    ("", false),
];

const TARGETS: [&str; 8] = [
    "/",
    "/orgs/acme",
    "/me",
    "//evil.example",
    "/\\x",
    "/é",
    "/a?b=c",
    "https://app.example.com/x",
];

/// What a parameter or a cookie may hold besides tokens.
const VALUES: [&str; 14] = [
    "",
    "0",
    "1",
    "1699999000",
    "1800000000",
    "-1",
    "true",
    "false",
    "dvb_1",
    "nonce_1",
    "https://shop.example/x",
    "https://evil.example/",
    "a%0d%0ab:c",
    "%ff",
];

const COUNTS: [(&str, u32); 8] =
    [("", 0), ("0", 0), ("1", 1), ("2", 2), ("3", 3), ("99", 99), ("-1", 0), ("x", 0)];

const NAMES: [&str; 11] = [
    "__session",
    "__session_SUFFIX",
    "__client_uat",
    "__client_uat_SUFFIX",
    "__refresh_SUFFIX",
    "__clerk_db_jwt",
    "__clerk_db_jwt_SUFFIX",
    "__clerk_handshake",
    "__clerk_handshake_nonce",
    "__client_uat",
    "__session",
];

const PARAMETERS: [&str; 6] = [
    "__clerk_db_jwt",
    "__clerk_handshake",
    "__clerk_handshake_nonce",
    "__clerk_synced",
    "__clerk_redirect_url",
    "__session",
];

#[derive(Clone, Debug)]
enum Value {
    Token(Index),
    Text(&'static str),
}

fn values() -> impl Strategy<Value = Value> {
    prop_oneof![any::<Index>().prop_map(Value::Token), select(&VALUES).prop_map(Value::Text)]
}

/// What comes back, whatever was asked.
#[derive(Clone, Debug)]
enum Answer {
    Keys(bool),
    Directives(Vec<Value>),
    Cookies(Vec<Value>),
    Error(u16),
    Text(u16, &'static str),
    Nothing(bool),
}

fn answers() -> impl Strategy<Value = Answer> {
    let some = || prop::collection::vec(values(), 0..4);
    prop_oneof![
        4 => Just(Answer::Keys(true)),
        1 => Just(Answer::Keys(false)),
        3 => some().prop_map(Answer::Directives),
        3 => some().prop_map(Answer::Cookies),
        2 => select(&[400, 401, 403, 404, 410, 422, 429, 500, 503]).prop_map(Answer::Error),
        1 => (select(&[200, 204, 302]), select(&["", "[]", "null", "{\"directives\":1}", "{\"keys\":{}}"]))
            .prop_map(|(status, text)| Answer::Text(status, text)),
        1 => any::<bool>().prop_map(Answer::Nothing),
    ]
}

impl Answer {
    /// A right kind of answer, for the most part.
    fn to(&self, request: &Request<Bytes>, tokens: &[String]) -> Event {
        let set = |values: &[Value]| -> Vec<String> {
            let names = ["__session", "__client_uat", "x"];
            let pairs =
                values.iter().enumerate().map(|(at, value)| (names[at % 3], text(value, tokens)));
            pairs.map(|(name, value)| format!("{name}={value}; Path=/")).collect()
        };
        let keys = json!({ "keys": [TestKey::first().jwk()] });
        match self {
            Self::Nothing(sent) => {
                let reach = if *sent { Reach::MaybeSent } else { Reach::NotSent };
                Event::Reply(Err(Failure::new(FailureKind::Connect, reach, "nobody there")))
            }
            Self::Text(status, text) => Event::Reply(Ok(Response::builder()
                .status(*status)
                .body(Bytes::from_static(text.as_bytes()))
                .unwrap())),
            Self::Error(status) => {
                reply(*status, &json!({ "errors": [{ "code": "x-1", "message": "m" }] }))
            }
            _ if request.uri().path() == "/v1/jwks" && !matches!(self, Self::Keys(false)) => {
                reply(200, &keys)
            }
            Self::Keys(true) => reply(200, &keys),
            Self::Keys(false) => reply(200, &json!({ "keys": [TestKey::third().jwk()] })),
            Self::Directives(values) | Self::Cookies(values) => {
                reply(200, &json!({ "directives": set(values), "cookies": set(values) }))
            }
        }
    }
}

fn text(value: &Value, tokens: &[String]) -> String {
    match value {
        Value::Token(at) => at.get(tokens).clone(),
        Value::Text(text) => (*text).to_owned(),
    }
}

#[derive(Clone, Debug)]
struct Input {
    method: Method,
    target: &'static str,
    parameters: Vec<(&'static str, Value)>,
    hosts: Vec<(&'static str, bool)>,
    forwarded: Option<(&'static str, bool)>,
    destination: Option<&'static str>,
    accept: Option<&'static str>,
    referer: Option<&'static str>,
    cookies: Vec<(&'static str, Value)>,
    counts: Vec<(&'static str, u32)>,
    trusts: bool,
}

fn inputs() -> impl Strategy<Value = Input> {
    let method = prop_oneof![
        6 => Just(Method::GET), 1 => Just(Method::POST), 1 => Just(Method::HEAD), 1 => Just(Method::OPTIONS)
    ];
    let hosts = prop_oneof![
        4 => Just(vec![HOSTS[0]]),
        2 => select(&HOSTS).prop_map(|host| vec![host]),
        1 => prop::collection::vec(select(&HOSTS), 0..3),
    ];
    let destination = prop_oneof![
        4 => Just(Some("document")), 1 => Just(None),
        1 => select(&["iframe", "empty", "image", "", "Document", "document "]).prop_map(Some),
    ];
    let accept =
        option::of(select(&["text/html", "text/html,*/*", "*/*", "application/json", "TEXT/HTML"]));
    let referer = option::of(select(&["https://evil.example/", "https://app.example.com/", "x"]));
    let parameters = prop_oneof![
        1 => Just(vec![]),
        1 => prop::collection::vec((select(&PARAMETERS), values()), 1..4),
    ];
    // What a browser has when nobody meddles, and what others add.
    let bases: [&'static [(&'static str, &'static str)]; 6] = [
        &[],
        &[("__client_uat", "1699999000"), ("__session", "")],
        &[("__client_uat_SUFFIX", "1699999000"), ("__session_SUFFIX", "")],
        &[("__client_uat", "1699999000"), ("__session", ""), ("__refresh_SUFFIX", "r")],
        &[("__clerk_handshake_nonce", "nonce_1"), ("__client_uat", "1699999000")],
        &[("__clerk_handshake", "")],
    ];
    let base = (select(bases.to_vec()), any::<Index>(), any::<bool>());
    let cookies = (base, prop::collection::vec((select(&NAMES), values()), 0..3)).prop_map(
        |((base, token, has_browser), mut cookies)| {
            let value = |value: &'static str| {
                if value.is_empty() { Value::Token(token) } else { Value::Text(value) }
            };
            cookies.extend(base.iter().map(|(name, text)| (*name, value(text))));
            cookies.extend(has_browser.then_some(("__clerk_db_jwt", Value::Text("dvb_1"))));
            cookies
        },
    );
    let counts = prop_oneof![
        2 => Just(vec![]),
        1 => prop::collection::vec(select(&COUNTS), 1..3),
    ];
    (
        (method, select(&TARGETS), parameters, hosts, option::weighted(0.2, select(&HOSTS))),
        (destination, accept, referer, cookies, counts, any::<bool>()),
    )
        .prop_map(|((method, target, parameters, hosts, forwarded), rest)| {
            let (destination, accept, referer, cookies, counts, trusts) = rest;
            Input {
                method,
                target,
                parameters,
                hosts,
                forwarded,
                destination,
                accept,
                referer,
                cookies,
                counts,
                trusts,
            }
        })
}

impl Input {
    fn parts(&self, suffix: &str, tokens: &[String]) -> Parts {
        let mut target = self.target.to_owned();
        for (name, value) in &self.parameters {
            target.push(if target.contains('?') { '&' } else { '?' });
            target += &format!("{name}={}", text(value, tokens));
        }
        let mut request = Request::builder().method(self.method.clone()).uri(target);
        for (host, _) in &self.hosts {
            request = request.header("host", *host);
        }
        for (name, value) in [
            ("x-forwarded-host", self.forwarded.map(|(host, _)| host)),
            ("sec-fetch-dest", self.destination),
            ("accept", self.accept),
            ("referer", self.referer),
        ] {
            if let Some(value) = value {
                request = request.header(name, value);
            }
        }
        for (name, value) in &self.cookies {
            let name = name.replace("SUFFIX", suffix);
            request = request.header("cookie", format!("{name}={}", text(value, tokens)));
        }
        for (count, _) in &self.counts {
            request = request.header("cookie", format!("__clerk_redirect_count={count}"));
        }
        request.body(()).unwrap().into_parts().0
    }

    /// Whether it asks for a page, by what it is made of.
    fn is_page(&self) -> bool {
        let is_shown = match self.destination {
            Some(destination) => destination == "document" || destination == "iframe",
            None => self.accept.is_some_and(|accept| accept.starts_with("text/html")),
        };
        self.method == Method::GET && is_shown
    }

    fn is_known(&self) -> bool {
        match (&self.forwarded, self.target.starts_with("https://"), &*self.hosts) {
            (Some((_, is_known)), ..) if self.trusts => *is_known,
            (_, true, _) => true,
            (_, false, [(_, is_known)]) => *is_known,
            _ => false,
        }
    }

    fn count(&self) -> u32 {
        self.counts.iter().map(|(_, count)| *count).max().unwrap_or(0)
    }
}

/// All headers that the answer has from us.
fn headers(state: &RequestState) -> HeaderMap {
    match state {
        RequestState::SignedIn { headers, .. } => {
            let mut map = HeaderMap::new();
            headers.apply(&mut map);
            map
        }
        state => state.refusal().unwrap().headers().clone(),
    }
}

/// How often it came to what.
#[derive(Debug, Default)]
struct Seen {
    handshakes: usize,
    settled: usize,
    signed_in: usize,
    with_cookies: usize,
    signed_out: usize,
    unavailable: usize,
    /// Decisions by how many requests they took.
    asked: [usize; 5],
}

fn judge(
    site: usize,
    input: &Input,
    answers: &[Answer],
    seen: &mut Seen,
) -> Result<(), TestCaseError> {
    let (site, tokens) = (&SITES[site], &TOKENS[site / 2]);
    let parts = input.parts(site.key.cookie_suffix(), tokens);
    let options = AuthenticateOptions::new();
    let options = if input.trusts { options.trust_forwarded() } else { options };
    let without_keys = verifier(&site.key, &OWN, site.handshake.clone(), false);
    let mut number = 0;
    let (state, asked) = authenticate(&without_keys, &parts, &options, moment(NOW), |request| {
        number += 1;
        answers[(number - 1) % answers.len()].to(request, tokens)
    });
    prop_assert!(asked.len() <= 4, "{:?}", asked);
    seen.asked[asked.len()] += 1;
    let headers = headers(&state);
    let cookies: Vec<_> = headers.get_all("set-cookie").iter().collect();
    if headers.contains_key("location") || !cookies.is_empty() {
        prop_assert_eq!(&headers["cache-control"], "no-store");
    }
    let shown = format!("{state:?}");
    for token in tokens.iter().filter(|token| token.len() > 100) {
        prop_assert!(!shown.contains(&**token), "{}", shown);
    }
    let response = match &state {
        RequestState::Handshake(response) => response,
        state => {
            prop_assert!(!headers.contains_key("location"));
            seen.with_cookies += usize::from(!cookies.is_empty());
            *match state {
                RequestState::SignedIn { .. } => &mut seen.signed_in,
                RequestState::SignedOut { .. } => &mut seen.signed_out,
                _ => &mut seen.unavailable,
            } += 1;
            return Ok(());
        }
    };
    prop_assert!(input.is_page() && input.is_known());
    prop_assert_eq!(response.status(), 307);
    let is_count = |set: &&&HeaderValue| set.as_bytes().starts_with(b"__clerk_redirect_count=");
    let counted = cookies.iter().filter(is_count).count();
    let location = headers["location"].to_str().unwrap();
    let at = origin(location);
    prop_assert!(site.places.contains(&&*at), "{}", location);
    prop_assert!(!location.contains(SECRET_KEY));
    // With the result of a handshake, it may be sent to the page that it asked for once more.
    if OWN.contains(&&*at) {
        prop_assert!(!site.key.is_live() && counted == 1);
        seen.settled += 1;
    } else {
        prop_assert!(input.count() < 3 && counted == 1 && cookies.len() == 1);
        seen.handshakes += 1;
    }
    Ok(())
}

#[test]
fn whatever_comes_a_browser_is_sent_to_known_places_only() {
    let config =
        ProptestConfig { failure_persistence: None, cases: 4096, ..ProptestConfig::default() };
    let seen = RefCell::new(Seen::default());
    let cases = (0_usize..4, inputs(), prop::collection::vec(answers(), 1..5));
    TestRunner::new(config)
        .run(&cases, |(site, input, answers)| judge(site, &input, &answers, &mut seen.borrow_mut()))
        .unwrap();
    let seen = seen.into_inner();
    println!("{seen:?}");
    let Seen { handshakes, settled, signed_in, with_cookies, signed_out, unavailable, asked } =
        &seen;
    let each = [handshakes, settled, signed_in, with_cookies, signed_out, unavailable];
    assert!(
        each.iter().chain(&[&asked[0], &asked[1], &asked[2]]).all(|count| **count >= 20),
        "{seen:?}"
    );
}
