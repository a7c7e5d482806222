//! Base URLs: what is refused, and one normal form for the rest.
use std::{borrow::Cow, fmt, net::IpAddr};

use bytes::Bytes;
use http::{
    Uri,
    uri::{Authority, Scheme},
};

use crate::Error;

/// A checked base URL.
#[derive(Clone, Debug)]
pub(crate) struct Base {
    pub(crate) scheme: Scheme,
    pub(crate) authority: Authority,
    /// Begins with a slash and ends without one, or is empty.
    pub(crate) prefix: Box<str>,
}

impl Base {
    /// The base URL of the API, or why it is none: see [`read`](Self::read). Without a path, `/v1`
    /// is meant.
    pub(crate) fn parse(url: &str) -> Result<Self, Cow<'static, str>> {
        let mut base = Self::read(url, is_loopback)?;
        if base.prefix.is_empty() {
            base.prefix = "/v1".into();
        }
        Ok(base)
    }

    /// The scheme, host, port and path of a URL in one normal form, or why it is none. The text
    /// says nothing of the URL: it may hold a password. Plain http is for hosts that are `local`.
    pub(crate) fn read(url: &str, local: fn(&str) -> bool) -> Result<Self, Cow<'static, str>> {
        let url = url.trim_ascii();
        let Some((scheme, rest)) = url.split_once("://") else {
            return Err("it must begin with https://".into());
        };
        let scheme = match scheme.to_ascii_lowercase().as_str() {
            "https" => Scheme::HTTPS,
            "http" => Scheme::HTTP,
            _ => return Err("it must begin with https://".into()),
        };
        if rest.contains(['?', '#']) {
            return Err("a query or fragment is no part of a base URL".into());
        }
        if rest.contains('\\') || !rest.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err("it contains a character that no URL has (a blank, a backslash, a non-ASCII character)".into());
        }
        let (authority, path) = rest.find('/').map_or((rest, ""), |slash| rest.split_at(slash));
        if authority.contains('@') {
            return Err("user info (name or password) is no part of a base URL".into());
        }
        let (host, port) = host_and_port(authority)?;
        if scheme == Scheme::HTTP && !local(&host) {
            return Err(
                "plain http is only for loopback (127.0.0.0/8, ::1, localhost): use https".into()
            );
        }
        let mut prefix = String::new();
        for segment in path.split('/').filter(|segment| !segment.is_empty()) {
            // As dots, or as dots in disguise.
            if matches!(segment.to_ascii_lowercase().replace("%2e", ".").as_str(), "." | "..") {
                return Err("its path has a segment of dots".into());
            }
            prefix.push('/');
            prefix.push_str(segment);
        }
        let authority = port.map_or_else(|| host.clone(), |port| format!("{host}:{port}"));
        let authority = Authority::from_maybe_shared(Bytes::from(authority))
            .map_err(|_| "its host cannot be one")?;
        // The first clone of such text makes it shared: here, and not in the first call.
        drop(authority.clone());
        let whole = format!("{scheme}://{authority}{prefix}").parse::<Uri>();
        if whole.is_err() {
            return Err("its path cannot be one".into());
        }
        Ok(Self { scheme, authority, prefix: prefix.into() })
    }

    /// Refuses to send a live key where it does not belong.
    pub(crate) fn check_key(&self, hosts: Hosts) -> Result<(), Error> {
        self.check_key_of("base_url", hosts)
    }

    /// The same for a URL that is set as `field`.
    pub(crate) fn check_key_of(&self, field: &'static str, hosts: Hosts) -> Result<(), Error> {
        let host = self.authority.host();
        let clerks = ["clerk.com", "clerk.dev"].iter().any(|domain| {
            host.strip_suffix(domain).is_some_and(|sub| sub.is_empty() || sub.ends_with('.'))
        });
        let problem = match hosts {
            Hosts::Clerks if !clerks => "a live key (sk_live_…) goes to Clerk's hosts only",
            Hosts::ClerksAndLoopback if !clerks && !is_loopback(host) => {
                "the key of a machine, which may be a live one, goes to Clerk's hosts and to loopback only"
            }
            _ => return Ok(()),
        };
        let way_out = "unless allow_live_key_anywhere() is set";
        Err(Error::config(field, format!("{problem}, {way_out}")))
    }

    /// The same URL without the port that its scheme has anyway.
    pub(crate) fn without_default_port(self) -> Self {
        let default = if self.scheme == Scheme::HTTPS { ":443" } else { ":80" };
        let host = self.authority.as_str().strip_suffix(default).map(str::to_owned);
        match host.and_then(|host| Authority::from_maybe_shared(Bytes::from(host)).ok()) {
            Some(authority) => Self { authority, ..self },
            None => self,
        }
    }
}

/// Where a key may go.
#[derive(Clone, Copy)]
pub(crate) enum Hosts {
    Any,
    ClerksAndLoopback,
    Clerks,
}

impl fmt::Display for Base {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}{}", self.scheme, self.authority, self.prefix)
    }
}

/// The host in lower case, and the port.
pub(crate) fn host_and_port(authority: &str) -> Result<(String, Option<u16>), Cow<'static, str>> {
    let (host, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let Some((address, after)) = rest.split_once(']') else {
                return Err("its host cannot be one".into());
            };
            if address.parse::<std::net::Ipv6Addr>().is_err() {
                return Err("its host is not an IPv6 address".into());
            }
            (format!("[{address}]"), after)
        }
        None => {
            let (host, port) =
                authority.find(':').map_or((authority, ""), |colon| authority.split_at(colon));
            (host.to_owned(), port)
        }
    };
    let host = host.to_ascii_lowercase();
    let named = !host.starts_with('[');
    if host.is_empty()
        || named
            && !host
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_'))
    {
        return Err("its host cannot be one".into());
    }
    // `127.1`, `2130706433`, `0x7f.1`: some libraries read them as addresses, others look them up.
    let last = host.trim_end_matches('.').rsplit('.').next().unwrap_or_default();
    let numeric = last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x");
    if named && numeric && host.parse::<std::net::Ipv4Addr>().is_err() {
        return Err("its host is an odd spelling of an address".into());
    }
    let port = match port.strip_prefix(':') {
        None if port.is_empty() => None,
        Some(port) if port.bytes().all(|byte| byte.is_ascii_digit()) => match port.parse() {
            Ok(port) if port > 0 => Some(port),
            _ => return Err("its port is not between 1 and 65535".into()),
        },
        _ => return Err("its port is not a number".into()),
    };
    Ok((host, port))
}

pub(crate) fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}
