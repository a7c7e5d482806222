//! A browser, applications, and Clerk, on virtual time: whoever sends the browser away, it goes.
use std::collections::BTreeMap;

use bytes::Bytes;
use clerk_core::{
    Event, Moment,
    auth::{AuthenticateOptions, Handshake, PublishableKey, RequestState, Verifier},
    testing::{TestKey, TokenBuilder},
};
use http::{HeaderMap, Request};
use serde_json::json;
use url::Url;

use crate::{
    app::{NOW, authenticate, reply, session, verifier},
    jar::Jar,
};

/// What browsers allow, and a bit more.
const MAX_REQUESTS: u32 = 40;
const APP: &str = "https://app.example.com";
const PRIMARY: &str = "https://primary.example";

/// What kind of application is at `app.example.com`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Site {
    Development,
    Production,
    /// A satellite in development, whose primary application knows it.
    Satellite,
    /// One whose primary application does not.
    UnknownSatellite,
    ProductionSatellite,
    /// Pages of organizations.
    Organizations,
    ProductionOrganizations,
}

/// How Clerk answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clerk {
    /// With a fresh session.
    Good,
    /// By sending the browser back as it came.
    Nothing,
    /// With a nonce that stands for nothing.
    Empty,
    /// That nobody is signed in.
    SignedOut,
    /// With a session that was signed with another key of the same name.
    OtherKey,
    /// With a session of another instance.
    OtherIssuer,
    /// With a session that is made so many seconds from now.
    Skewed(i64),
    /// With garbage for a session.
    Garbage,
    /// With a nonce about which its API answers this.
    Nonce(u16),
    LongNonce,
    /// With directives that are no headers.
    OddDirectives,
    /// With 65 directives.
    ManyDirectives,
    /// With cookies on a path where the page does not see them.
    OtherPath,
    /// With a token instead of a nonce, signed with a key of another name.
    ForeignToken,
    /// With a good token instead of a nonce.
    Token,
    /// With this about the session that is to be renewed, and nothing else.
    Renewal(u16),
    /// With a fresh session that is no good, when it is to be renewed.
    BadRenewal,
}

pub(crate) struct World {
    site: Site,
    clerk: Clerk,
    key: PublishableKey,
    apps: Vec<(&'static str, Verifier)>,
    frontend_api: String,
    pub(crate) jar: Jar,
    /// In milliseconds.
    now: i64,
    /// How long a request takes.
    pub(crate) latency: i64,
    /// The page with the link that led here: redirects do not change it.
    pub(crate) referer: Option<&'static str>,
    nonces: BTreeMap<String, Vec<String>>,
    /// Of each application.
    handshakes: [u32; 2],
    requests: u32,
}

impl World {
    pub(crate) fn new(site: Site, clerk: Clerk) -> Self {
        let is_live = matches!(
            site,
            Site::Production | Site::ProductionSatellite | Site::ProductionOrganizations
        );
        let key = match site {
            Site::ProductionSatellite => PublishableKey::live("clerk.primary.example"),
            _ if is_live => PublishableKey::live("clerk.example.com"),
            _ => PublishableKey::test("happy-cat-1.clerk.accounts.dev"),
        }
        .unwrap();
        let handshake = match site {
            Site::Development | Site::Production => Handshake::new(),
            Site::Satellite | Site::UnknownSatellite | Site::ProductionSatellite => {
                Handshake::new()
                    .satellite()
                    .domain("example.com")
                    .sign_in_url("https://primary.example/sign-in")
                    .satellite_auto_sync()
            }
            Site::Organizations | Site::ProductionOrganizations => {
                Handshake::new().organization_pattern("/orgs/:slug").personal_account_pattern("/me")
            }
        };
        let frontend_api = match site {
            Site::ProductionSatellite => "https://clerk.example.com".to_owned(),
            _ => key.issuer(),
        };
        let mut apps = vec![(APP, verifier(&key, &[APP], handshake, true))];
        if matches!(site, Site::Satellite | Site::UnknownSatellite) {
            let primary = match site {
                Site::Satellite => Handshake::new().allowed_redirect_origin(APP),
                _ => Handshake::new().allowed_redirect_origin("https://another.example"),
            };
            apps.push((PRIMARY, verifier(&key, &[PRIMARY], primary, true)));
        }
        Self {
            site,
            clerk,
            key,
            apps,
            frontend_api,
            jar: Jar::default(),
            now: NOW * 1000,
            latency: 100,
            referer: None,
            nonces: BTreeMap::new(),
            handshakes: [0; 2],
            requests: 0,
        }
    }

    fn is_live(&self) -> bool {
        self.key.is_live()
    }

    /// Seconds.
    fn time(&self) -> i64 {
        self.now / 1000
    }

    /// A session that is made now.
    fn session(&self) -> TokenBuilder {
        session(&self.key)
    }

    /// A text with tokens in place of their names.
    pub(crate) fn filled(&self, text: &str) -> String {
        text.replace("SUFFIX", self.key.cookie_suffix())
            .replace("GOOD", &self.session().lifetime(3600).mint(self.time()))
            .replace("STALE", &self.session().mint(self.time() - 600))
            .replace("FUTURE", &self.session().mint(self.time() + 600))
            .replace(
                "FOREIGN",
                &self.session().issuer("https://clerk.evil.example").mint(self.time()),
            )
            .replace("UAT", &(self.time() - 1000).to_string())
            .replace("LATER", &(self.time() + 100_000).to_string())
    }

    /// What Clerk has the browser keep, if the application believes it.
    fn directives(&self) -> Vec<String> {
        let now = self.time();
        let issued = if let Clerk::Skewed(seconds) = self.clerk { now + seconds } else { now };
        let token = match self.clerk {
            Clerk::OtherKey => {
                let key = TestKey::second().with_kid(TestKey::first().kid());
                let token = key.session("user_1").issuer(&self.key.issuer());
                token.authorized_party(APP).mint(now)
            }
            Clerk::OtherIssuer => self.session().issuer("https://clerk.evil.example").mint(now),
            Clerk::Skewed(_) => self.session().mint(issued),
            Clerk::Garbage => "garbage".to_owned(),
            _ => self.session().mint(now),
        };
        let path = if self.clerk == Clerk::OtherPath { "/other" } else { "/" };
        let mut directives = match self.clerk {
            Clerk::Empty => vec![],
            Clerk::SignedOut => vec![
                "__session=; Path=/; Max-Age=0".to_owned(),
                "__client_uat=0; Path=/; Secure".to_owned(),
            ],
            Clerk::OddDirectives => {
                vec!["__session=a\r\nlocation: https://evil.example".to_owned()]
            }
            Clerk::ManyDirectives => vec!["a=b".to_owned(); 65],
            _ => vec![
                format!("__session={token}; Path={path}; Secure; SameSite=Lax"),
                format!("__client_uat={}; Path={path}; Secure; SameSite=Lax", issued - 1000),
            ],
        };
        if !self.is_live()
            && !matches!(self.clerk, Clerk::Empty | Clerk::OddDirectives | Clerk::ManyDirectives)
        {
            directives.push(format!("__clerk_db_jwt=dvb_clerk; Path={path}; Secure"));
        }
        if self.is_live() {
            directives
                .push("__clerk_handshake_nonce=; Path=/; Domain=example.com; Max-Age=0".to_owned());
        }
        directives
    }

    /// The Backend API.
    fn api(&self, request: &Request<Bytes>) -> Event {
        if request.uri().path().ends_with("/refresh") {
            return match self.clerk {
                Clerk::Renewal(200) => reply(
                    200,
                    &json!({
                        "cookies": [format!("__session={}; Path=/", self.session().mint(self.time()))]
                    }),
                ),
                Clerk::BadRenewal => reply(200, &json!({ "cookies": ["__session=a.b.c; Path=/"] })),
                Clerk::Renewal(status) => {
                    reply(status, &json!({ "errors": [{ "code": "x", "message": "x" }] }))
                }
                _ => reply(400, &json!({ "errors": [] })),
            };
        }
        let query = request.uri().query().unwrap();
        let nonce = query.split_once("nonce=").unwrap().1;
        let nonce = nonce.split('&').next().unwrap();
        match (self.clerk, self.nonces.get(nonce)) {
            (Clerk::Nonce(status), _) => reply(status, &json!({ "errors": [] })),
            (_, Some(directives)) => reply(200, &json!({ "directives": directives })),
            (_, None) => reply(404, &json!({ "errors": [] })),
        }
    }

    /// The Frontend API, which sends the browser back.
    fn handshake(&mut self, url: &Url) -> Url {
        assert_eq!(url.path(), "/v1/client/handshake");
        let found = url.query_pairs().find(|(name, _)| name == "redirect_url").unwrap().1;
        let mut back = Url::parse(&found).unwrap();
        let origin = back.origin().ascii_serialization();
        assert!(self.apps.iter().any(|(app, _)| *app == origin), "{url}");
        let (name, value) = match self.clerk {
            Clerk::Nothing | Clerk::Renewal(_) | Clerk::BadRenewal => return back,
            Clerk::LongNonce => ("__clerk_handshake_nonce", "n".repeat(1025)),
            Clerk::ForeignToken | Clerk::Token => {
                let key =
                    if self.clerk == Clerk::Token { TestKey::first() } else { TestKey::second() };
                let header = json!({ "alg": "RS256", "typ": "JWT", "kid": key.kid() }).to_string();
                let payload = json!({ "handshake": self.directives() }).to_string();
                ("__clerk_handshake", key.token(&header, &payload))
            }
            _ => {
                let nonce = format!("nonce_{}", self.requests);
                self.nonces.insert(nonce.clone(), self.directives());
                ("__clerk_handshake_nonce", nonce)
            }
        };
        if self.is_live() {
            let text = format!("{name}={value}; Path=/; Domain=example.com; Secure; Max-Age=60");
            self.jar.set("clerk.example.com", "/", &text, self.now);
        } else {
            back.query_pairs_mut().append_pair(name, &value);
        }
        back
    }

    fn keep(&mut self, url: &Url, headers: &HeaderMap) {
        for value in headers.get_all("set-cookie") {
            let text = value.to_str().unwrap();
            self.jar.set(url.host_str().unwrap(), url.path(), text, self.now);
        }
    }

    pub(crate) fn wait(&mut self, millis: i64) {
        self.now += millis;
    }

    /// Has the browser open a page: how often each application sent it away for a handshake, how many requests it made,
    /// and how it ended.
    pub(crate) fn open(&mut self, page: &str) -> ([u32; 2], u32, String) {
        let mut url = Url::parse(page).unwrap();
        (self.handshakes, self.requests) = ([0; 2], 0);
        loop {
            self.requests += 1;
            assert!(
                self.requests < MAX_REQUESTS,
                "{:?} {:?} goes on at {url}",
                self.site,
                self.clerk
            );
            self.now += self.latency;
            let origin = url.origin().ascii_serialization();
            if origin == self.frontend_api {
                url = self.handshake(&url);
                continue;
            }
            let Some(at) = self.apps.iter().position(|(app, _)| *app == origin) else {
                panic!("sent to {url}")
            };
            let cookies = self.jar.field(url.host_str().unwrap(), url.path(), self.now);
            let target = url[url::Position::BeforePath..url::Position::AfterQuery].to_owned();
            let referer = self.referer.unwrap_or_default();
            let request = Request::get(target)
                .header("referer", referer)
                .header("host", url.host_str().unwrap())
                .header("sec-fetch-dest", "document")
                .header("cookie", cookies);
            let parts = request.body(()).unwrap().into_parts().0;
            let millis = std::time::Duration::from_millis(self.now.unsigned_abs());
            let (state, asked) = authenticate(
                &self.apps[at].1,
                &parts,
                &AuthenticateOptions::new(),
                Moment::at(millis),
                |request| self.api(request),
            );
            assert!(asked.len() <= 4);
            let end = match state {
                RequestState::Handshake(response) => {
                    self.keep(&url, response.headers());
                    let location = response.headers()["location"].to_str().unwrap();
                    let to = url.join(location).unwrap();
                    // The page itself, once more, is no handshake.
                    self.handshakes[at] += u32::from(to.origin() != url.origin());
                    url = to;
                    continue;
                }
                RequestState::SignedIn { headers, .. } => {
                    self.kept(&url, &headers);
                    "in".to_owned()
                }
                RequestState::SignedOut { rejection, headers, .. } => {
                    self.kept(&url, &headers);
                    let why =
                        rejection.no_handshake.map_or(String::new(), |why| format!(" {why:?}"));
                    format!("{}{why}", rejection.reason.code())
                }
                RequestState::Unavailable(unavailable) => {
                    format!("503 {}", unavailable.reason.code())
                }
                state => panic!("{state:?}"),
            };
            let at = if origin == APP { "" } else { " at the primary" };
            return (self.handshakes, self.requests, format!("{end}{at}"));
        }
    }

    fn kept(&mut self, url: &Url, headers: &clerk_core::auth::SetHeaders) {
        let mut map = HeaderMap::new();
        headers.apply(&mut map);
        self.keep(url, &map);
    }
}
