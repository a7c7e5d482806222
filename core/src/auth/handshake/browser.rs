//! What a browser's request says that matters for the handshake.
use std::borrow::Cow;

use http::{
    HeaderMap, HeaderValue, Method,
    header::{ACCEPT, COOKIE, REFERER},
    request::Parts,
};

use super::{
    Settings,
    origin::{Origin, PublicUrl, only},
    query,
};
use crate::{
    JsonObject,
    auth::{
        cookies::{self, Cookies},
        reason::{Reason, VerifyError},
        verifier::misuse,
    },
};

const HANDSHAKE: &str = "__clerk_handshake";
const NONCE: &str = "__clerk_handshake_nonce";
const REDIRECT_COUNT: &str = "__clerk_redirect_count";
pub(super) const DEV_BROWSER: &str = "__clerk_db_jwt";
pub(super) const OLD_DEV_BROWSER: &str = "__dev_session";
pub(super) const SYNCED: &str = "__clerk_synced";
pub(super) const REDIRECT_URL: &str = "__clerk_redirect_url";
/// What the URL of a page holds of a handshake that is over.
pub(super) const BROUGHT: [&str; 4] = [HANDSHAKE, NONCE, "__clerk_help", DEV_BROWSER];

/// How long a nonce may be, in bytes.
const MAX_NONCE: usize = 1024;
/// What Clerk is told of a request when a session is renewed: what tells one browser from another, and no secret.
const TOLD: [&str; 8] = [
    "accept",
    "accept-language",
    "referer",
    "sec-ch-ua",
    "sec-ch-ua-mobile",
    "sec-ch-ua-platform",
    "user-agent",
    "x-forwarded-for",
];

/// A request, as far as it matters.
pub(in crate::auth) struct Visit {
    pub(super) is_get: bool,
    /// Whether it says that it is for a document on top of a window.
    pub(super) is_document: bool,
    /// Whether it is for something that a browser shows as a page, as far as one can tell.
    pub(super) is_page: bool,
    /// The URL by which the browser knows it; `None` if its host is unknown.
    pub(super) url: Option<PublicUrl>,
    /// Whether the browser sends any cookies at all.
    pub(super) has_cookies: bool,
    pub(super) cookies: Cookies,
    pub(super) refresh_token: Option<Vec<u8>>,
    /// How often the browser was sent away within the last seconds.
    pub(super) redirects: u32,
    pub(super) brought: Option<Brought>,
    /// Whether that came in a cookie, and so may be of an application on a neighbouring host, or on another port.
    pub(super) is_in_cookie: bool,
    /// The token of a development browser in the query.
    pub(super) dev_browser: Option<String>,
    pub(super) synced: Option<Synced>,
    /// Where a satellite in development wants its browser back.
    pub(super) redirect_url: Option<String>,
    pub(super) is_from_elsewhere: bool,
    /// What Clerk is told when the session is renewed.
    pub(super) told: JsonObject,
}

/// What a browser brings from the handshake.
pub(super) enum Brought {
    Nonce(String),
    Token(String),
}

/// How far a satellite is with asking the primary application.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Synced {
    Wanted,
    Done,
}

impl Visit {
    pub(in crate::auth) fn read(
        parts: &Parts,
        settings: &Settings,
        trusts_forwarded: bool,
    ) -> Result<Self, Reason> {
        let key = &settings.key;
        let headers = &parts.headers;
        let query = parts.uri.query().unwrap_or_default();
        let parameter = |name: &str| query::get(query, name).filter(|value| !value.is_empty());
        let is_get = parts.method == Method::GET;
        let destination = headers.get("sec-fetch-dest").map(|value| value.as_bytes());
        let is_page = is_get
            && match destination {
                Some(destination) => matches!(destination, b"document" | b"iframe"),
                None => headers
                    .get(ACCEPT)
                    .is_some_and(|accept| accept.as_bytes().starts_with(b"text/html")),
            };
        let url = PublicUrl::of(parts, &settings.origins, trusts_forwarded);
        // Somebody else's second one is not to sign anybody out.
        let refresh_token = cookies::suffixed(headers, "__refresh", key).unwrap_or_default();
        let (brought, is_in_cookie) = Brought::read(headers, settings, parameter);
        let mut cookies = Cookies::read(headers, Some(key))?;
        if !settings.is_live {
            cookies.read_dev_browser(headers, key)?;
        }
        let told = if is_get && refresh_token.is_some() {
            told(headers, trusts_forwarded)
        } else {
            JsonObject::default()
        };
        Ok(Self {
            is_get,
            is_document: destination == Some(b"document"),
            is_page,
            is_from_elsewhere: url
                .as_ref()
                .is_some_and(|url| is_from_elsewhere(headers, url, settings)),
            url,
            has_cookies: headers.contains_key(COOKIE),
            cookies,
            refresh_token,
            redirects: redirects(headers),
            brought,
            is_in_cookie,
            dev_browser: parameter(DEV_BROWSER).map(Into::into),
            synced: match parameter(SYNCED).as_deref() {
                Some("true") => Some(Synced::Done),
                Some("false") => Some(Synced::Wanted),
                _ => None,
            },
            redirect_url: parameter(REDIRECT_URL).map(Into::into),
            told,
        })
    }
}

impl Brought {
    /// In production the result comes in a cookie. One in the query counts in development only: whoever sends a link
    /// with the result of a handshake of his own would sign others in as himself.
    fn read<'q>(
        headers: &HeaderMap,
        settings: &Settings,
        parameter: impl Fn(&str) -> Option<Cow<'q, str>>,
    ) -> (Option<Self>, bool) {
        for (name, brought) in
            [(NONCE, Self::Nonce as fn(String) -> Self), (HANDSHAKE, Self::Token)]
        {
            if let Some(value) = parameter(name).filter(|_| !settings.is_live) {
                return (Some(brought(value.into_owned())), false);
            }
            let value = cookies::plain(headers, name).unwrap_or_default();
            if let Some(value) = value.and_then(|value| String::from_utf8(value).ok()) {
                return (Some(brought(value)), true);
            }
        }
        (None, false)
    }
}

/// Whether a nonce is worth asking about.
pub(super) fn is_nonce(nonce: &str) -> bool {
    nonce.len() <= MAX_NONCE && nonce.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The largest of the counts: whoever can set cookies for a neighbouring host could send a smaller one as well.
fn redirects(headers: &HeaderMap) -> u32 {
    let number = |count| {
        let digits = std::str::from_utf8(count).ok()?;
        let is_number = digits.bytes().all(|byte| byte.is_ascii_digit());
        // What is too large to be read is large.
        is_number.then(|| digits.parse().unwrap_or(u32::MAX))
    };
    cookies::all(headers, REDIRECT_COUNT).filter_map(number).max().unwrap_or(0)
}

/// The cookie that counts how often a browser was sent away.
pub(super) fn count(redirects: u32, url: &PublicUrl) -> Result<HeaderValue, VerifyError> {
    let secure = if url.origin.is_https() { "; Secure" } else { "" };
    let attributes = "Path=/; SameSite=Lax; HttpOnly; Max-Age=2";
    HeaderValue::try_from(format!("{REDIRECT_COUNT}={redirects}; {attributes}{secure}"))
        .map_err(|_| misuse())
}

/// Whether a link on another origin led here, and not one of Clerk's own pages.
fn is_from_elsewhere(headers: &HeaderMap, url: &PublicUrl, settings: &Settings) -> bool {
    let key = &settings.key;
    let Some(referer) = only(headers, REFERER.as_str()).and_then(Origin::of) else { return false };
    if referer == url.origin || Origin::of(&settings.frontend_api(url)).as_ref() == Some(&referer) {
        return false;
    }
    let host = referer.host();
    let is_portal = referer.to_string() == key.account_portal();
    let is_development_portal = !key.is_live() && is_development_portal(host);
    let is_frontend_api = host == key.frontend_api() || referer.to_string() == key.issuer();
    !(is_frontend_api || is_portal || is_development_portal)
}

/// Whether a host is one of those on which the account portals of development instances are. Anybody can have one.
fn is_development_portal(host: &str) -> bool {
    let old = [".lcl.dev", ".lclstage.dev", ".lclclerk.com"];
    let new = [".accounts.dev", ".accountsstage.dev", ".accounts.lclclerk.com"];
    let is_new = |suffix: &&str| {
        host.strip_suffix(*suffix).is_some_and(|name| !name.is_empty() && !name.ends_with(".clerk"))
    };
    (host.starts_with("accounts.") && old.iter().any(|suffix| host.ends_with(suffix)))
        || new.iter().any(is_new)
}

fn told(headers: &HeaderMap, trusts_forwarded: bool) -> JsonObject {
    let is_told = |name: &str| name != "x-forwarded-for" || trusts_forwarded;
    let mut told = JsonObject::default();
    for name in TOLD.into_iter().filter(|name| is_told(name)) {
        let values: Vec<_> = headers
            .get_all(name)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .map(Into::into)
            .collect();
        if !values.is_empty() {
            told.insert(name.to_owned(), serde_json::Value::Array(values));
        }
    }
    told
}
