//! What an answer has to carry besides what the application says.
use std::fmt;

use http::{
    HeaderMap, HeaderName, HeaderValue,
    header::{CACHE_CONTROL, SET_COOKIE},
};

/// Headers that belong on the answer to a request, whatever else it says: fresh cookies of a session. There are some
/// only where there is a [`Handshake`](super::Handshake), and seldom then.
///
/// `Debug` does not show them: they hold session tokens.
#[derive(Clone, Default, PartialEq, Eq)]
#[must_use = "the browser stays without its fresh cookies, and is sent to the handshake again"]
pub struct SetHeaders(Vec<HeaderValue>);

impl SetHeaders {
    pub(crate) fn new(cookies: Vec<HeaderValue>) -> Self {
        Self(
            cookies
                .into_iter()
                .map(|mut cookie| {
                    cookie.set_sensitive(true);
                    cookie
                })
                .collect(),
        )
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The values of `Set-Cookie`.
    pub fn cookies(&self) -> impl Iterator<Item = &HeaderValue> {
        self.0.iter()
    }

    /// Puts them on an answer: its own cookies stay, and it is not to be stored by anybody (`Cache-Control:
    /// no-store`), as it gives one browser its session.
    pub fn apply(&self, headers: &mut HeaderMap) {
        // A map that is full has more headers than any browser reads: then there are no cookies either.
        if !self.is_empty() && store_nowhere(headers) {
            for cookie in &self.0 {
                _ = headers.try_append(SET_COOKIE, cookie.clone());
            }
        }
    }
}

/// Has nobody store an answer, those neither that look at a header of their own before this one (RFC 9213).
pub(in crate::auth) fn store_nowhere(headers: &mut HeaderMap) -> bool {
    let is_targeted = |name: &&HeaderName| {
        name.as_str().ends_with("-cache-control") || name.as_str() == "surrogate-control"
    };
    let targeted: Vec<_> = headers.keys().filter(is_targeted).cloned().collect();
    for name in targeted {
        headers.remove(name);
    }
    headers.try_insert(CACHE_CONTROL, HeaderValue::from_static("no-store")).is_ok()
}

impl fmt::Debug for SetHeaders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SetHeaders({} cookies)", self.0.len())
    }
}

/// Why a browser was not sent to the handshake although that would have helped: for logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NoHandshake {
    /// The request is not for a document that a browser shows: it is a fetch, a POST, an image.
    NotADocument,
    /// The host of the request is not at one of the [origins](super::Handshake::origin).
    UnknownHost,
    /// The browser was sent there three times within seconds. Usually the keys are of different instances, or the
    /// cookies of the session do not come back. (A browser that keeps no cookies at all is not counted, and is not sent
    /// there a second time for one page.)
    Loop,
}

impl NoHandshake {
    /// One sentence on what to look at, for whoever runs the program.
    pub const fn advice(self) -> &'static str {
        match self {
            Self::NotADocument => {
                "only pages are sent to the handshake: the page that made this request has to be loaded again"
            }
            Self::UnknownHost => {
                "the host of the request is at none of the configured origins: see `authorized_party`, `origin`, and, behind a proxy that changes the host, `trust_forwarded`"
            }
            Self::Loop => {
                "three handshakes in a row did not help: are the publishable key and the secret key of one instance, and do the cookies of the session come back?"
            }
        }
    }
}
