//! The cookies in which browsers keep sessions.
use http::{HeaderMap, header::COOKIE};

use super::{jws::Jws, members::Json, publishable_key::PublishableKey, reason::Reason};
use crate::Timestamp;

const SESSION: &str = "__session";
const CLIENT_UAT: &str = "__client_uat";

/// Clerk's cookies of a request: with the suffix of the instance, which tells apart two applications
/// on one host, and without, as older front ends have them.
pub(super) struct Cookies {
    plain: Pair,
    suffixed: Pair,
}

/// The session token, and when the browser last signed in (0 if it is signed out).
#[derive(Default)]
struct Pair {
    session: Option<Vec<u8>>,
    client_uat: Option<Vec<u8>>,
}

/// A session that a browser keeps.
pub(super) struct SessionCookie {
    pub(super) token: String,
    /// When the browser last signed in, in Unix seconds.
    pub(super) client_uat: i64,
}

impl Cookies {
    pub(super) fn read(headers: &HeaderMap, key: Option<&PublishableKey>) -> Result<Self, Reason> {
        let find = |name: &str| value(headers, |found| found == name.as_bytes());
        let suffixed = |name: &str| match key {
            Some(key) => value(headers, |found| {
                let suffix =
                    found.strip_prefix(name.as_bytes()).and_then(|rest| rest.strip_prefix(b"_"));
                suffix == Some(key.cookie_suffix().as_bytes())
            }),
            None => Ok(None),
        };
        Ok(Self {
            plain: Pair { session: find(SESSION)?, client_uat: find(CLIENT_UAT)? },
            suffixed: Pair { session: suffixed(SESSION)?, client_uat: suffixed(CLIENT_UAT)? },
        })
    }

    /// The session, or why there is none.
    pub(super) fn session(
        self,
        key: Option<&PublishableKey>,
        now: Timestamp,
    ) -> Result<SessionCookie, Reason> {
        let use_suffixed = key.is_some_and(|key| self.use_suffixed(key, now));
        let Pair { session, client_uat } = if use_suffixed { self.suffixed } else { self.plain };
        let client_uat = client_uat.and_then(positive);
        match (session, client_uat) {
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
    fn use_suffixed(&self, key: &PublishableKey, now: Timestamp) -> bool {
        let (plain, suffixed) = (&self.plain, &self.suffixed);
        if let Some(token) = &plain.session {
            match Peek::read(token).issuer {
                None => return false,
                Some(issuer) if without_scheme(&issuer) != key.frontend_api() => return true,
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

fn positive(text: Vec<u8>) -> Option<i64> {
    let is_number = text.iter().all(u8::is_ascii_digit);
    let digits = std::str::from_utf8(&text).ok().filter(|_| is_number)?;
    // What is later than any time is as good as the latest.
    let number = digits.parse().unwrap_or(i64::MAX);
    (number > 0).then_some(number)
}

/// The value of a cookie, unless it is empty. It is bytes: what other cookies hold must do no harm.
fn value(headers: &HeaderMap, is_it: impl Fn(&[u8]) -> bool) -> Result<Option<Vec<u8>>, Reason> {
    let pairs = headers
        .get_all(COOKIE)
        .iter()
        .flat_map(|field| field.as_bytes().split(|byte| *byte == b';'));
    let mut found = None;
    for pair in pairs {
        let Some(equals) = memchr::memchr(b'=', pair) else { continue };
        let Some((name, value)) = pair.split_at_checked(equals) else { continue };
        let value = value.get(1..).unwrap_or_default().trim_ascii();
        if value.is_empty() || !is_it(name.trim_ascii()) {
            continue;
        }
        if *found.get_or_insert(value) != value {
            return Err(Reason::CookieAmbiguous);
        }
    }
    Ok(found.map(<[u8]>::to_vec))
}
