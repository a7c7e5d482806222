//! What the stand-in remembers: browsers, their sessions, and what nonces and tickets stand for.
use std::{
    collections::BTreeMap,
    sync::atomic::Ordering,
    time::{SystemTime, UNIX_EPOCH},
};

use clerk_core::testing::TestKey;

use super::{FrontendApi, asked::Asked};

/// The only user.
const USER: &str = "user_ann";

/// The browsers by what tells them apart: the cookie `__client`, or the token of a development browser.
#[derive(Debug, Default)]
pub(super) struct Clients {
    pub(super) all: BTreeMap<String, Client>,
    /// What a handshake has for an application. Each can be had once.
    pub(super) nonces: BTreeMap<String, Vec<String>>,
    /// Which browser a satellite is to know. Each can be had once.
    pub(super) tickets: BTreeMap<String, String>,
    made: u64,
}

/// A browser.
#[derive(Clone, Debug, Default)]
pub(super) struct Client {
    pub(super) session: Option<Session>,
    /// When it signed in; 0 if it is signed out.
    pub(super) signed_in_at: i64,
}

#[derive(Clone, Debug)]
pub(super) struct Session {
    pub(super) id: String,
    pub(super) refresh_token: String,
}

/// Tokens that are handed out on request, to see what comes of them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Expired,
    /// Of another instance.
    Strange,
}

impl Clients {
    /// A name for something new. Names of an earlier run, which browsers may still keep, are others.
    pub(super) fn name(&mut self, kind: &str) -> String {
        self.made += 1;
        format!("{kind}_{:x}_{}", now_in_nanos(), self.made)
    }

    /// The browser that asks, or a new one.
    pub(super) fn client(&mut self, asked: &Asked, is_production: bool) -> String {
        let dev_browser = asked.parameter("__clerk_db_jwt").filter(|_| !is_production);
        let cookie = asked.cookie("__client").map(str::to_owned);
        let known = [dev_browser, cookie].into_iter().flatten();
        if let Some(id) = known.into_iter().find(|id| self.all.contains_key(id)) {
            return id;
        }
        let id = self.name(if is_production { "client" } else { "dvb" });
        self.all.insert(id.clone(), Client::default());
        id
    }

    pub(super) fn sign_in(&mut self, id: &str) {
        self.made += 1;
        let session =
            Session { id: format!("sess_{}", self.made), refresh_token: self.name("refresh") };
        let client = Client { session: Some(session), signed_in_at: now() };
        self.all.insert(id.to_owned(), client);
    }

    pub(super) fn sign_out(&mut self, id: &str) {
        self.all.insert(id.to_owned(), Client::default());
    }
}

impl FrontendApi {
    /// Cookies for an application at this origin: what a browser has to know of itself there.
    pub(super) fn directives(&self, client: &Client, id: &str, origin: &str) -> Vec<String> {
        let mut cookies = Vec::new();
        match &client.session {
            Some(session) => {
                let token = self.token(session, origin);
                cookies.extend(self.both("__session", &token, ""));
                cookies.push(self.refresh_cookie(&session.refresh_token));
            }
            None => {
                cookies.extend(self.both("__session", "", "; Max-Age=0"));
                cookies.push(format!("{}; Max-Age=0", self.refresh_cookie("")));
            }
        }
        cookies.extend(self.uat_cookies(client, origin));
        if !self.places.is_production() {
            cookies.extend(self.both("__clerk_db_jwt", id, ""));
        }
        cookies
    }

    /// When the browser signed in: in production for the whole domain, as the Frontend API sets it, too.
    pub(super) fn uat_cookies(&self, client: &Client, origin: &str) -> [String; 2] {
        let domain = if self.places.is_production() {
            format!("; Domain={}", domain(origin))
        } else {
            String::new()
        };
        self.both("__client_uat", &client.signed_in_at.to_string(), &domain)
    }

    /// A cookie by both of its names: with and without the suffix of the instance.
    fn both(&self, name: &str, value: &str, more: &str) -> [String; 2] {
        let cookie =
            |name: &str| format!("{name}={value}; Path=/; SameSite=Lax{}{more}", self.secure());
        [cookie(name), cookie(&format!("{name}_{}", self.key.cookie_suffix()))]
    }

    fn refresh_cookie(&self, value: &str) -> String {
        let (suffix, secure) = (self.key.cookie_suffix(), self.secure());
        format!("__refresh_{suffix}={value}; Path=/; HttpOnly; SameSite=Lax{secure}")
    }

    pub(super) fn secure(&self) -> &'static str {
        if self.places.is_production() { "; Secure" } else { "" }
    }

    pub(super) fn token(&self, session: &Session, origin: &str) -> String {
        TestKey::first()
            .session(USER)
            .claim("sid", session.id.as_str())
            .issuer(&self.key.issuer())
            .authorized_party(origin)
            .lifetime(self.lifetime.load(Ordering::Relaxed))
            .mint(now())
    }

    /// A token of the session that began last.
    pub(super) fn session(&self, kind: Kind, origin: &str) -> Option<String> {
        let clients = self.clients();
        let latest = clients.all.values().filter(|client| client.session.is_some());
        let client = latest.max_by_key(|client| client.signed_in_at)?;
        let session = client.session.as_ref()?;
        let token = match kind {
            Kind::Expired => TestKey::first()
                .session(USER)
                .issuer(&self.key.issuer())
                .claim("exp", now().saturating_sub(10)),
            Kind::Strange => {
                TestKey::second().session(USER).issuer("https://clerk.other.localhost")
            }
        };
        // It began when the user signed in, or it would be known to be older than that before it is verified.
        let token = token.authorized_party(origin).claim("sid", session.id.as_str());
        Some(token.mint(client.signed_in_at))
    }
}

/// The domain of an application: `primary.localhost` of `http://app.primary.localhost:3000`.
pub(super) fn domain(origin: &str) -> &str {
    let host = origin.trim_start_matches("http://").split(':').next().unwrap_or_default();
    host.split_once('.').map_or(host, |(_, domain)| domain)
}

pub(super) fn now() -> i64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    i64::try_from(now).unwrap_or(i64::MAX)
}

fn now_in_nanos() -> u128 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos()
}
