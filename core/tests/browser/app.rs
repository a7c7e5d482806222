//! Applications of every kind, what a browser may bring them, and what Clerk answers.
use std::{sync::LazyLock, time::Duration};

use bytes::Bytes;
use clerk_core::{
    Config, Event, Flow as _, Moment, Step,
    auth::{AuthenticateOptions, Handshake, PublishableKey, RequestState, Verifier},
    testing::{TestKey, TokenBuilder},
};
use http::{Request, Response, request::Parts};
use serde_json::{Value, json};

pub(crate) const NOW: i64 = 1_700_000_000;
pub(crate) const SECRET_KEY: &str = "sk_test_hush4711";
/// In the cookies of a browser, in development.
pub(crate) const DEV_BROWSER: &str = "dvb_kept";
pub(crate) const OWN: [&str; 3] =
    ["https://app.example.com", "https://app.example.com:8443", "http://localhost:3000"];
/// The satellite that the development primary knows.
pub(crate) const SHOP: &str = "https://shop.example";

/// An application, and where it may send browsers.
pub(crate) struct App {
    pub(crate) name: &'static str,
    pub(crate) verifier: Verifier,
    pub(crate) key: PublishableKey,
    pub(crate) is_live: bool,
    pub(crate) is_satellite: bool,
    /// The address of the handshake, to the letter.
    pub(crate) handshake: &'static str,
    /// The page for signing in, to the letter.
    pub(crate) sign_in: &'static str,
    /// Origins of satellites.
    pub(crate) satellites: &'static [&'static str],
}

pub(crate) fn moment(seconds: i64) -> Moment {
    Moment::at(Duration::from_secs(seconds.unsigned_abs()))
}

pub(crate) fn verifier(
    key: &PublishableKey,
    origins: &[&str],
    handshake: Handshake,
    has_keys: bool,
) -> Verifier {
    let config = Config::builder(SECRET_KEY).build().unwrap();
    let handshake = origins.iter().fold(handshake, |all, origin| all.origin(*origin));
    let builder = Verifier::builder()
        .config(&config)
        .publishable_key(key.as_str())
        .authorized_party("https://app.example.com")
        .handshake(handshake);
    let builder = if has_keys { builder.pem(TestKey::first().pem()) } else { builder };
    builder.build().unwrap()
}

fn app(
    name: &'static str,
    key: PublishableKey,
    handshake: Handshake,
    places: (&'static str, &'static str),
    is_satellite: bool,
) -> App {
    App {
        name,
        verifier: verifier(&key, &OWN, handshake, true),
        is_live: key.is_live(),
        key,
        is_satellite,
        handshake: places.0,
        sign_in: places.1,
        satellites: if name == "development primary" {
            &[SHOP, "http://localhost:4000"]
        } else {
            &[]
        },
    }
}

/// One of each kind, all of them at the same origins.
pub(crate) fn apps() -> [App; 6] {
    let test = || PublishableKey::test("happy-cat-1.clerk.accounts.dev").unwrap();
    let live = || PublishableKey::live("clerk.example.com").unwrap();
    let elsewhere = PublishableKey::live("clerk.primary.example").unwrap();
    [
        app(
            "development primary",
            test(),
            Handshake::new()
                .allowed_redirect_origin(SHOP)
                .allowed_redirect_origin("http://localhost:4000"),
            (
                "https://happy-cat-1.clerk.accounts.dev/v1/client/handshake",
                "https://happy-cat-1.accounts.dev/sign-in",
            ),
            false,
        ),
        app(
            "development satellite",
            test(),
            Handshake::new()
                .satellite()
                .domain("example.com")
                .satellite_auto_sync()
                .sign_in_url("https://primary.example/sign-in"),
            (
                "https://happy-cat-1.clerk.accounts.dev/v1/client/handshake",
                "https://primary.example/sign-in",
            ),
            true,
        ),
        app(
            "production primary",
            live(),
            Handshake::new(),
            (
                "https://clerk.example.com/v1/client/handshake",
                "https://accounts.example.com/sign-in",
            ),
            false,
        ),
        app(
            "production satellite",
            elsewhere,
            Handshake::new()
                .satellite()
                .domain("example.com")
                .satellite_auto_sync()
                .sign_in_url("https://primary.example/sign-in"),
            ("https://clerk.example.com/v1/client/handshake", "https://primary.example/sign-in"),
            true,
        ),
        app(
            "production, relative proxy",
            live(),
            Handshake::new().proxy_url("/__clerk"),
            ("/__clerk/v1/client/handshake", "https://accounts.example.com/sign-in"),
            false,
        ),
        app(
            "production, absolute proxy",
            live(),
            Handshake::new().proxy_url("https://proxy.example.net/clerk/"),
            (
                "https://proxy.example.net/clerk/v1/client/handshake",
                "https://accounts.example.com/sign-in",
            ),
            false,
        ),
    ]
}

/// A session of `user_1` at an instance.
pub(crate) fn session(key: &PublishableKey) -> TokenBuilder {
    TestKey::first()
        .session("user_1")
        .issuer(&key.issuer())
        .authorized_party("https://app.example.com")
}

/// What the cookies of a browser say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Browser {
    /// Nothing.
    New,
    /// That somebody is signed in, but the session is gone.
    Gone,
    /// A session whose minute is over.
    Stale,
    /// A good session.
    In,
    /// The result of a handshake.
    Back,
}

pub(crate) const BROWSERS: [Browser; 5] =
    [Browser::New, Browser::Gone, Browser::Stale, Browser::In, Browser::Back];

/// Tokens of an instance, minted once.
pub(crate) struct Tokens {
    pub(crate) stale: String,
    pub(crate) good: String,
    pub(crate) fresh: String,
}

impl Tokens {
    pub(crate) fn of(key: &PublishableKey) -> Self {
        Self {
            stale: session(key).mint(NOW - 600),
            good: session(key).mint(NOW - 10),
            fresh: session(key).mint(NOW),
        }
    }

    pub(crate) fn cookies(&self, browser: Browser) -> String {
        let uat = NOW - 1000;
        let dev = format!("__clerk_db_jwt={DEV_BROWSER}");
        match browser {
            Browser::New => String::new(),
            Browser::Gone => format!("{dev}; __client_uat={uat}"),
            Browser::Stale => format!("{dev}; __client_uat={uat}; __session={}", self.stale),
            Browser::In => format!("{dev}; __client_uat={uat}; __session={}", self.good),
            Browser::Back => format!("{dev}; __clerk_handshake_nonce=nonce_1"),
        }
    }

    /// What the nonce of [`Browser::Back`] stands for.
    pub(crate) fn directives(&self) -> [String; 2] {
        [
            format!("__session={}; Path=/; Secure; SameSite=Lax", self.fresh),
            format!("__client_uat={}; Path=/; Secure; SameSite=Lax", NOW - 1000),
        ]
    }
}

pub(crate) fn reply(status: u16, body: &Value) -> Event {
    let body = Bytes::from(body.to_string());
    Event::Reply(Ok(Response::builder().status(status).body(body).unwrap()))
}

/// Runs it to the end; gives the requests as well.
pub(crate) fn authenticate(
    verifier: &Verifier,
    parts: &Parts,
    options: &AuthenticateOptions,
    mut now: Moment,
    mut answer: impl FnMut(&Request<Bytes>) -> Event,
) -> (RequestState, Vec<Request<Bytes>>) {
    let mut flow = verifier.authenticate(parts, options);
    let (mut event, mut asked) = (Event::Start, Vec::new());
    for _ in 0..64 {
        event = match flow.advance(event, now) {
            Step::Done(state) => return (state, asked),
            Step::Send(outgoing) => {
                let event = answer(&outgoing.request);
                asked.push(outgoing.request);
                event
            }
            Step::Wait(time) => {
                now.steady = now.steady.saturating_add(time);
                Event::Elapsed
            }
        };
    }
    panic!("it does not end: {asked:?}")
}

/// Answers every nonce with the same directives.
pub(crate) fn trade(directives: &[String]) -> impl FnMut(&Request<Bytes>) -> Event + use<> {
    let body = json!({ "directives": directives });
    move |request| {
        assert_eq!(request.uri().path(), "/v1/clients/handshake_payload");
        reply(200, &body)
    }
}

/// The six, and their tokens.
pub(crate) static APPS: LazyLock<Vec<(App, Tokens)>> = LazyLock::new(|| {
    apps()
        .into_iter()
        .map(|app| {
            let tokens = Tokens::of(&app.key);
            (app, tokens)
        })
        .collect()
});
