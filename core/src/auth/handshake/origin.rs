//! Origins of applications, and the URL by which a browser knows a page.
use std::fmt;

use http::{HeaderMap, header::HOST, request::Parts};

use crate::base_url::host_and_port;

/// An origin: scheme, host in lower case, and the port unless it is the scheme's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Origin {
    is_https: bool,
    authority: String,
}

impl Origin {
    /// Reads an origin such as `https://app.example.com`, with nothing behind it but a slash.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.trim_ascii().split_once("://")?;
        let is_https = match scheme.to_ascii_lowercase().as_str() {
            "https" => true,
            "http" => false,
            _ => return None,
        };
        let authority = authority(rest.strip_suffix('/').unwrap_or(rest), is_https)?;
        Some(Self { is_https, authority })
    }

    /// The origin of a URL, whatever follows it; `None` if the URL has user info, or is none.
    pub(super) fn of(url: &str) -> Option<Self> {
        let start = url.find("://")?.checked_add(3)?;
        let end = url.get(start..)?.find(['/', '?', '#', '\\']).map_or(url.len(), |at| start + at);
        Self::parse(url.get(..end)?)
    }

    /// Whether nobody on the way can read along: https, or no way at all.
    pub(super) fn is_private(&self) -> bool {
        self.is_https || is_loopback(self.host())
    }

    pub(super) fn is_https(&self) -> bool {
        self.is_https
    }

    pub(super) fn host(&self) -> &str {
        host_of(&self.authority)
    }

    /// Whether what a request says of its host means this origin.
    fn is_at(&self, host: &str) -> bool {
        authority(host, self.is_https).is_some_and(|authority| authority == self.authority)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "http{}://{}", if self.is_https { "s" } else { "" }, self.authority)
    }
}

/// Host and port in one normal form.
fn authority(text: &str, is_https: bool) -> Option<String> {
    let (host, port) = host_and_port(text).ok()?;
    let usual = if is_https { 443 } else { 80 };
    Some(match port {
        Some(port) if port != usual => format!("{host}:{port}"),
        _ => host,
    })
}

fn host_of(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => host,
        _ => authority,
    }
}

/// Whether browsers keep a host on this machine.
fn is_loopback(host: &str) -> bool {
    host.ends_with(".localhost") || crate::base_url::is_loopback(host)
}

/// The URL by which a browser knows a page. Its origin is one of those that were configured: what a request says
/// of itself only chooses among them.
#[derive(Clone, Debug)]
pub(super) struct PublicUrl {
    pub(super) origin: Origin,
    path: String,
    query: Option<String>,
}

impl PublicUrl {
    pub(super) fn of(parts: &Parts, origins: &[Origin], trusts_forwarded: bool) -> Option<Self> {
        let forwarded = |name| trusts_forwarded.then(|| first(&parts.headers, name)).flatten();
        let host = match (forwarded("x-forwarded-host"), parts.uri.authority()) {
            (Some(host), _) => host,
            // With a whole URL as its target, a request has no other host.
            (None, Some(authority)) => authority.as_str(),
            (None, None) => only(&parts.headers, HOST.as_str())?,
        };
        let mut here = origins.iter().filter(|origin| origin.is_at(host));
        let first = here.next()?;
        let scheme = forwarded("x-forwarded-proto").or_else(|| parts.uri.scheme_str());
        // The same host with and without TLS: then what is known of the scheme decides.
        let named = |origin: &&Origin| {
            scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("https") == origin.is_https)
        };
        let origin = std::iter::once(first).chain(here).find(named).unwrap_or(first).clone();
        let path = parts.uri.path();
        let path = if path.starts_with('/') { path } else { "/" };
        let query = parts.uri.query().map(tame);
        Some(Self { origin, path: tame(path), query })
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// Whether the URL has any of these parameters.
    pub(super) fn holds(&self, names: &[&str]) -> bool {
        let query = self.query.as_deref().unwrap_or_default();
        names.iter().any(|name| super::query::get(query, name).is_some())
    }

    /// The URL without some of its parameters.
    pub(super) fn without(&self, names: &[&str]) -> String {
        let mut url = format!("{}{}", self.origin, self.path);
        let kept = super::query::without(self.query.as_deref().unwrap_or_default(), names);
        if !kept.is_empty() || self.query.as_deref() == Some("") {
            url.push('?');
            url.push_str(&kept);
        }
        url
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.without(&[]))
    }
}

/// A target as a header can hold it: what no URL has is encoded.
pub(super) fn tame(text: &str) -> String {
    use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
    const ODD: &AsciiSet = &CONTROLS
        .add(b' ')
        .add(b'"')
        .add(b'<')
        .add(b'>')
        .add(b'\\')
        .add(b'^')
        .add(b'`')
        .add(b'{')
        .add(b'|')
        .add(b'}');
    utf8_percent_encode(text, ODD).to_string()
}

/// The only field of a name.
pub(super) fn only<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let mut fields = headers.get_all(name).iter();
    match (fields.next(), fields.next()) {
        (Some(field), None) => field.to_str().ok(),
        _ => None,
    }
}

/// The first element of the first field of a name: what is nearest to the browser.
fn first<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let field = headers.get(name)?.to_str().ok()?;
    Some(field.split(',').next().unwrap_or_default().trim_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn origins_have_one_form() {
        for (text, origin) in [
            ("https://app.example.com", Some("https://app.example.com")),
            (" HTTPS://App.Example.com:443/ ", Some("https://app.example.com")),
            ("http://localhost:3000", Some("http://localhost:3000")),
            ("http://[::1]:80", Some("http://[::1]")),
            ("https://app.example.com:8443", Some("https://app.example.com:8443")),
            ("https://app.example.com/x", None),
            ("https://app.example.com//", None),
            ("https://app.example.com?x", None),
            ("https://user@app.example.com", None),
            ("https://app.example.com\\@evil.example", None),
            ("//app.example.com", None),
            ("javascript://app.example.com", None),
            ("app.example.com", None),
            ("https://", None),
            ("null", None),
        ] {
            let parsed = Origin::parse(text).map(|origin| origin.to_string());
            assert_eq!(parsed.as_deref(), origin, "{text}");
        }
    }

    #[test]
    fn the_origin_of_a_url_is_what_a_browser_takes_for_it() {
        for (url, origin) in [
            ("https://a.example/x/y?z#w", Some("https://a.example")),
            ("https://a.example?x=https://b.example", Some("https://a.example")),
            ("https://a.example#@b.example", Some("https://a.example")),
            ("https://a.example\\@b.example/", Some("https://a.example")),
            ("https://a.example@b.example/", None),
            ("/x?y=https://b.example", None),
            ("about:blank", None),
        ] {
            assert_eq!(
                Origin::of(url).map(|origin| origin.to_string()).as_deref(),
                origin,
                "{url}"
            );
        }
    }
}
