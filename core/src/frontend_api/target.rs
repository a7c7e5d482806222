//! Where a request is passed on to.
use bytes::Bytes;
use http::{Uri, uri::PathAndQuery};

use crate::base_url::Base;

/// The rest of a path, and a query, put behind the configured scheme, host and path; `None` for what has no business
/// there.
pub(super) fn uri(target: &Base, rest: &str, query: Option<&str>) -> Option<Uri> {
    if !is_sound(rest)
        || query.is_some_and(|query| query.bytes().any(|byte| byte.is_ascii_control()))
    {
        return None;
    }
    let mut text =
        String::with_capacity(target.prefix.len() + rest.len() + 2 + query.map_or(0, str::len));
    text.push_str(&target.prefix);
    text.push_str(rest);
    if text.is_empty() {
        text.push('/');
    }
    if let Some(query) = query {
        text.push('?');
        text.push_str(query);
    }
    let mut parts = http::uri::Parts::default();
    parts.scheme = Some(target.scheme.clone());
    parts.authority = Some(target.authority.clone());
    // Put beside scheme and host, and never parsed together with them.
    parts.path_and_query = Some(PathAndQuery::from_maybe_shared(Bytes::from(text)).ok()?);
    Uri::from_parts(parts).ok()
}

/// Whether a URI has the scheme, host and port that are configured, and no user info.
pub(super) fn is_at(target: &Base, uri: &Uri) -> bool {
    uri.scheme() == Some(&target.scheme)
        && uri.authority().is_some_and(|authority| authority.as_str() == target.authority.as_str())
}

/// What is left of a path below another one.
pub(super) fn below<'p>(path: &'p str, prefix: &str) -> Option<&'p str> {
    path.strip_prefix(prefix).filter(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether a path, which is empty or begins with a slash, means the same to everybody who reads it, however often
/// they take away escapes.
pub(super) fn is_sound(path: &str) -> bool {
    if !path.is_ascii() || !has_whole_escapes(path.as_bytes()) {
        return false;
    }
    let Ok(bare) = String::from_utf8(bare(path.as_bytes())) else {
        // Overlong spellings of dots and slashes are among what is no UTF-8.
        return false;
    };
    let is_dots = |segment: &str| {
        // Some servers drop what comes after a semicolon, and then read what is left.
        matches!(segment.split(';').next(), Some("." | ".."))
    };
    // Some would take what comes after two slashes for a host.
    !bare.starts_with("//")
        && !bare.bytes().any(|byte| byte == b'\\' || byte.is_ascii_control())
        && !bare.split('/').any(is_dots)
}

fn has_whole_escapes(path: &[u8]) -> bool {
    path.iter().enumerate().filter(|(_, byte)| **byte == b'%').all(|(at, _)| {
        matches!(path.get(at + 1..at + 3), Some([high, low])
            if high.is_ascii_hexdigit() && low.is_ascii_hexdigit())
    })
}

/// A path without any escapes, those within escapes included: `%252e` is a dot as well. In one pass, as thousands of
/// layers fit into a path: what was just put together may be the end of another escape. No order of taking escapes
/// away leads to anything else, as no two overlap.
fn bare(path: &[u8]) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let mut bare = Vec::with_capacity(path.len());
    for byte in path {
        bare.push(*byte);
        while let [.., b'%', high, low] = *bare
            && let (Some(high), Some(low)) = (digit(high), digit(low))
        {
            bare.truncate(bare.len().saturating_sub(3));
            bare.push(high << 4 | low);
        }
    }
    bare
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_taken_away_at_any_depth() {
        for (path, expected) in [
            ("", ""),
            ("/a", "/a"),
            ("/%2e", "/."),
            ("/%252E", "/."),
            ("/%25252e", "/."),
            ("/%25%32%65", "/."),
            ("/%%32e", "/."),
            ("/%2%65", "/."),
            ("/%%32%65x", "/.x"),
            ("/100%25", "/100%"),
            ("/%25zz", "/%zz"),
            ("/%c3%a9", "/é"),
            ("/%25c3%25a9", "/é"),
        ] {
            assert_eq!(String::from_utf8(bare(path.as_bytes())).unwrap(), expected, "{path}");
        }
        // Thousands of layers, in no time.
        let deep = format!("/%{}2e", "25".repeat(30_000));
        assert_eq!(bare(deep.as_bytes()), b"/.");
    }

    #[test]
    fn only_the_configured_place_is_the_target() {
        let target = |url| Base::read(url, |_| true).unwrap();
        let api = target("https://frontend-api.clerk.dev");
        let local = target("http://127.0.0.1:4010/base");
        for uri in ["https://frontend-api.clerk.dev/", "https://frontend-api.clerk.dev/v1?x=//evil"]
        {
            assert!(is_at(&api, &Uri::from_static(uri)), "{uri}");
        }
        assert!(is_at(&local, &Uri::from_static("http://127.0.0.1:4010/base/x")));
        for uri in [
            "http://frontend-api.clerk.dev/",
            "https://frontend-api.clerk.dev:444/",
            "https://frontend-api.clerk.dev:443/",
            "https://frontend-api.clerk.dev./",
            "https://frontend-api.clerk.dev.evil/",
            "https://evil/frontend-api.clerk.dev",
            "https://user@frontend-api.clerk.dev/",
            "https://frontend-api.clerk.dev@evil/",
            "https://frontend-api.clerk.dev:443@evil/",
            "//frontend-api.clerk.dev/",
            "/",
            "*",
            "frontend-api.clerk.dev",
        ] {
            assert!(!is_at(&api, &Uri::from_static(uri)), "{uri}");
        }
        for uri in
            ["http://127.0.0.1:4011/base", "http://127.0.0.1/base", "https://127.0.0.1:4010/"]
        {
            assert!(!is_at(&local, &Uri::from_static(uri)), "{uri}");
        }
    }
}
