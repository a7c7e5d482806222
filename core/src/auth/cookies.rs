//! The cookies in which browsers keep sessions.
use http::{HeaderMap, header::COOKIE};

use super::{
    claims::Rules, jws::Jws, members::Json, publishable_key::PublishableKey, reason::Reason,
};
use crate::Timestamp;

const SESSION: &str = "__session";
const CLIENT_UAT: &str = "__client_uat";
const DEV_BROWSER: &str = "__clerk_db_jwt";

/// Clerk's cookies of a request: with the suffix of the instance, which tells apart two applications
/// on one host, and without, as older front ends have them.
#[derive(Default)]
pub(super) struct Cookies {
    plain: Pair,
    suffixed: Pair,
}

/// The session token, when the browser last signed in (0 if it is signed out), and what tells browsers of a development
/// instance apart.
#[derive(Default)]
pub(super) struct Pair {
    pub(super) session: Option<Vec<u8>>,
    client_uat: Option<Vec<u8>>,
    pub(super) dev_browser: Option<Vec<u8>>,
}

impl Pair {
    /// When the browser last signed in, in Unix seconds; `None` if it did not.
    pub(super) fn client_uat(&self) -> Option<i64> {
        self.client_uat.as_deref().and_then(positive)
    }
}

/// A session that a browser keeps.
pub(super) struct SessionCookie {
    pub(super) token: String,
    /// When the browser last signed in, in Unix seconds.
    pub(super) client_uat: i64,
}

impl Cookies {
    pub(super) fn read(headers: &HeaderMap, key: Option<&PublishableKey>) -> Result<Self, Reason> {
        let mut cookies = Self {
            plain: Pair {
                session: plain(headers, SESSION)?,
                client_uat: plain(headers, CLIENT_UAT)?,
                dev_browser: None,
            },
            suffixed: Pair::default(),
        };
        if let Some(key) = key {
            cookies.suffixed.session = suffixed(headers, SESSION, key)?;
            cookies.suffixed.client_uat = suffixed(headers, CLIENT_UAT, key)?;
        }
        Ok(cookies)
    }

    /// Reads those of a development browser as well.
    pub(super) fn read_dev_browser(
        &mut self,
        headers: &HeaderMap,
        key: &PublishableKey,
    ) -> Result<(), Reason> {
        self.plain.dev_browser = plain(headers, DEV_BROWSER)?;
        self.suffixed.dev_browser = suffixed(headers, DEV_BROWSER, key)?;
        Ok(())
    }

    /// The pair that counts, and whether it is the one with the suffix.
    pub(super) fn choose(
        self,
        key: &PublishableKey,
        rules: &Rules,
        now: Timestamp,
    ) -> (Pair, bool) {
        let use_suffixed = self.use_suffixed(key, rules, now);
        (if use_suffixed { self.suffixed } else { self.plain }, use_suffixed)
    }

    /// The session, or why there is none.
    pub(super) fn session(
        self,
        key: Option<&PublishableKey>,
        rules: &Rules,
        now: Timestamp,
    ) -> Result<SessionCookie, Reason> {
        let pair = match key {
            Some(key) => self.choose(key, rules, now).0,
            None => self.plain,
        };
        let client_uat = pair.client_uat();
        match (pair.session, client_uat) {
            (None, None) => Err(Reason::SessionTokenAndUatMissing),
            (Some(_), None) => Err(Reason::SessionTokenButNoClientUat),
            (None, Some(_)) => Err(Reason::ClientUatButNoSessionToken),
            (Some(token), Some(client_uat)) => {
                let token = String::from_utf8(token).map_err(|_| Reason::TokenInvalid)?;
                Ok(SessionCookie { token, client_uat })
            }
        }
    }

    /// Which of the two pairs counts: Clerk's rule. The tokens are looked at without being
    /// verified, which decides only which of them is verified.
    fn use_suffixed(&self, key: &PublishableKey, rules: &Rules, now: Timestamp) -> bool {
        let (plain, suffixed) = (&self.plain, &self.suffixed);
        if let Some(token) = &plain.session {
            match Peek::read(token).issuer {
                None => return false,
                Some(issuer) if !is_own(&issuer, key, rules) => return true,
                Some(_) => {}
            }
        }
        if suffixed.client_uat.is_none() && suffixed.session.is_none() {
            return false;
        }
        let peek = |pair: &Pair| pair.session.as_deref().map(Peek::read).unwrap_or_default();
        let is_out = |pair: &Pair| pair.client_uat.as_deref() == Some(b"0");
        let (peeked, peeked_suffixed) = (peek(plain), peek(suffixed));
        let is_newer = peeked.issued_at.unwrap_or(0) > peeked_suffixed.issued_at.unwrap_or(0);
        if !is_out(suffixed) && !is_out(plain) && is_newer {
            return false;
        }
        if is_out(suffixed) && !is_out(plain) {
            return false;
        }
        let is_over =
            peeked_suffixed.expires_at.is_some_and(|expires_at| expires_at <= now.as_secs());
        if !key.is_live() && !is_out(suffixed) && is_out(plain) && is_over {
            return false;
        }
        suffixed.client_uat.is_some() || suffixed.session.is_none()
    }
}

/// What a token says before it is verified.
#[derive(Default)]
struct Peek {
    issuer: Option<String>,
    issued_at: Option<i64>,
    expires_at: Option<i64>,
}

impl Peek {
    fn read(token: &[u8]) -> Self {
        let Some(jws) = std::str::from_utf8(token).ok().and_then(|token| Jws::parse(token).ok())
        else {
            return Self::default();
        };
        let Some(claims) = jws.peek() else { return Self::default() };
        Self {
            issuer: claims.some_text("iss").map(Into::into),
            issued_at: claims.get("iat").and_then(Json::seconds),
            expires_at: claims.get("exp").and_then(Json::seconds),
        }
    }
}

fn without_scheme(issuer: &str) -> &str {
    issuer.strip_prefix("https://").or_else(|| issuer.strip_prefix("http://")).unwrap_or(issuer)
}

/// Whether a token is of the instance, also behind a proxy or on a satellite.
fn is_own(issuer: &str, key: &PublishableKey, rules: &Rules) -> bool {
    without_scheme(issuer) == key.frontend_api() || rules.is_also_of_instance(issuer)
}

fn positive(text: &[u8]) -> Option<i64> {
    let is_number = text.iter().all(u8::is_ascii_digit);
    let digits = std::str::from_utf8(text).ok().filter(|_| is_number)?;
    // What is later than any time is as good as the latest.
    let number = digits.parse().unwrap_or(i64::MAX);
    (number > 0).then_some(number)
}

/// The value of a cookie.
pub(super) fn plain(headers: &HeaderMap, name: &str) -> Result<Option<Vec<u8>>, Reason> {
    one(values(headers, |found| found == name.as_bytes()))
}

/// The value of the cookie with the suffix of the instance.
pub(super) fn suffixed(
    headers: &HeaderMap,
    name: &str,
    key: &PublishableKey,
) -> Result<Option<Vec<u8>>, Reason> {
    one(values(headers, |found| {
        let suffix = found.strip_prefix(name.as_bytes()).and_then(|rest| rest.strip_prefix(b"_"));
        suffix == Some(key.cookie_suffix().as_bytes())
    }))
}

/// All values of a cookie.
pub(super) fn all<'h>(headers: &'h HeaderMap, name: &str) -> impl Iterator<Item = &'h [u8]> {
    values(headers, move |found| found == name.as_bytes())
}

fn one<'h>(values: impl Iterator<Item = &'h [u8]>) -> Result<Option<Vec<u8>>, Reason> {
    let mut found = None;
    for value in values {
        if *found.get_or_insert(value) != value {
            return Err(Reason::CookieAmbiguous);
        }
    }
    Ok(found.map(<[u8]>::to_vec))
}

/// Values of cookies that are not empty. They are bytes: what other cookies hold must do no harm.
fn values(headers: &HeaderMap, is_it: impl Fn(&[u8]) -> bool) -> impl Iterator<Item = &[u8]> {
    let pairs = headers
        .get_all(COOKIE)
        .iter()
        .flat_map(|field| field.as_bytes().split(|byte| *byte == b';'));
    pairs.filter_map(move |pair| {
        let (name, value) = pair.split_at_checked(memchr::memchr(b'=', pair)?)?;
        let value = value.get(1..).unwrap_or_default().trim_ascii();
        (!value.is_empty() && is_it(name.trim_ascii())).then_some(value)
    })
}
