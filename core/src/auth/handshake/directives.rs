//! What the handshake, or a renewal, tells a browser to keep.
use http::HeaderValue;

use crate::auth::{members::Json, publishable_key::PublishableKey};

const SESSION: &str = "__session";
/// How many cookies there may be, and how long they may be together, in bytes.
const MAX_COOKIES: usize = 64;
const MAX_BYTES: usize = 64 << 10;

/// Values of `Set-Cookie`, and the session token among them.
#[derive(Default)]
pub(super) struct Directives {
    pub(super) cookies: Vec<HeaderValue>,
    pub(super) session: Option<String>,
}

impl Directives {
    /// `None` if there are too many, or one of them cannot be a header.
    pub(super) fn read<'d>(
        texts: impl IntoIterator<Item = &'d str>,
        key: &PublishableKey,
    ) -> Option<Self> {
        let mut directives = Self::default();
        // With and without the suffix. What comes later under the same name holds, as it does in a browser.
        let mut sessions: Vec<(bool, Option<&str>)> = Vec::new();
        let mut length = 0_usize;
        for text in texts {
            length = length.saturating_add(text.len());
            if directives.cookies.len() == MAX_COOKIES || length > MAX_BYTES {
                return None;
            }
            directives.cookies.push(HeaderValue::from_str(text).ok()?);
            if let Some((is_suffixed, token)) = session(text, key) {
                sessions.retain(|(known, _)| *known != is_suffixed);
                sessions.push((is_suffixed, token));
            }
        }
        directives.session = sessions.iter().rev().find_map(|(_, token)| token.map(str::to_owned));
        Some(directives)
    }

    /// Those of a JSON list of texts; none if it is something else.
    pub(super) fn of_list(list: Option<Json<'_>>, key: &PublishableKey) -> Option<Self> {
        let texts = list.and_then(Json::texts).unwrap_or_default();
        Self::read(texts.iter().map(|text| &**text), key)
    }
}

/// Whether a directive is about a session with the suffix or without, and the token that it sets, if it does not take
/// the session away. `None` if it is about another cookie.
fn session<'d>(directive: &'d str, key: &PublishableKey) -> Option<(bool, Option<&'d str>)> {
    let pair = directive.split(';').next().unwrap_or_default();
    let (name, value) = pair.split_once('=')?;
    let suffix = name.trim_ascii().strip_prefix(SESSION)?;
    let is_suffixed = suffix.strip_prefix('_') == Some(key.cookie_suffix());
    let token = Some(value.trim_ascii()).filter(|value| !value.is_empty());
    (is_suffixed || suffix.is_empty()).then_some((is_suffixed, token))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_session_is_the_one_that_a_browser_keeps() {
        let key = PublishableKey::new("pk_test_Y2xlcmsuY2xlcmsuZGV2JA").unwrap();
        for (texts, session) in [
            (&["__session=a; Path=/", "__client_uat=1"][..], Some("a")),
            (&["__session_QvfNY2dr=b", "__session=a"], Some("a")),
            (&["__session=a; Secure", "__session_QvfNY2dr=; Max-Age=0"], Some("a")),
            (&["__session_QvfNY2dr=b; Secure", "__session=; Max-Age=0"], Some("b")),
            (&["__session=a", "__session=b"], Some("b")),
            (&["__session=a", "__session=; Max-Age=0"], None),
            (&["__session=; Max-Age=0", "__session=a"], Some("a")),
            (&["__session=; Max-Age=0"], None),
            (&["__session_another=a", "__sessionx=a", "x__session=a", "__session"], None),
            (&[], None),
        ] {
            let directives = Directives::read(texts.iter().copied(), &key).unwrap();
            assert_eq!(directives.session.as_deref(), session, "{texts:?}");
            assert_eq!(directives.cookies.len(), texts.len());
        }
        for text in ["a=b\r\nlocation: https://evil.example", "a=\0", "a=\u{7f}"] {
            assert!(Directives::read([text], &key).is_none(), "{text:?}");
        }
        assert!(Directives::read(std::iter::repeat_n("a=b", 65), &key).is_none());
        assert!(Directives::read([&*"a".repeat(MAX_BYTES + 1)], &key).is_none());
    }
}
