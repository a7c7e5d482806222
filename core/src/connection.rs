//! What the builders of transports have in common: limits on connections and answers, proxies.
//!
//! Settings only; connections are the transports' own. Whoever writes another transport can give
//! its builder the same settings with the same checks.
use std::time::Duration;

use http::{HeaderMap, StatusCode, Uri, uri::Scheme};

use crate::{Error, Failure, FailureKind, Reach};

/// Collects the settings of a transport's connections.
#[derive(Clone, Debug, Default)]
pub struct ConnectionSettings {
    connect_timeout: Option<Duration>,
    max_response_body: Option<usize>,
    max_idle_connections: Option<usize>,
    idle_timeout: Option<Duration>,
    proxy: Option<Proxy>,
}

/// The settings of a transport's connections, checked.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Connections {
    /// The time for a connection, from looking up the host to the end of the TLS handshake; 3 s
    /// unless set.
    pub connect_timeout: Duration,
    /// The size of an answer's body, in bytes; 16 MiB unless set.
    pub max_response_body: usize,
    /// How many connections are kept while nothing is sent; 32 unless set.
    pub max_idle_connections: usize,
    /// For how long; 15 s unless set.
    pub idle_timeout: Duration,
    /// The proxy, if one is asked for.
    pub proxy: Option<Proxy>,
}

impl ConnectionSettings {
    /// Sets [`Connections::connect_timeout`].
    #[must_use]
    pub fn connect_timeout(mut self, time: Duration) -> Self {
        self.connect_timeout = Some(time);
        self
    }

    /// Sets [`Connections::max_response_body`].
    #[must_use]
    pub fn max_response_body(mut self, bytes: usize) -> Self {
        self.max_response_body = Some(bytes);
        self
    }

    /// Sets [`Connections::max_idle_connections`].
    #[must_use]
    pub fn max_idle_connections(mut self, connections: usize) -> Self {
        self.max_idle_connections = Some(connections);
        self
    }

    /// Sets [`Connections::idle_timeout`].
    #[must_use]
    pub fn idle_timeout(mut self, time: Duration) -> Self {
        self.idle_timeout = Some(time);
        self
    }

    /// Sets [`Connections::proxy`].
    #[must_use]
    pub fn proxy(mut self, url: &str) -> Self {
        self.proxy = Some(Proxy::new(url, ""));
        self
    }

    /// Sets [`Connections::proxy`] from the environment, which `variable` reads, if that names one.
    #[must_use]
    pub fn proxy_from_variables(mut self, variable: impl Fn(&str) -> Option<String>) -> Self {
        self.proxy = Proxy::from_variables(variable);
        self
    }

    /// The first setting that is about how connections are made, for transports whose connections
    /// somebody else makes.
    pub fn about_connecting(&self) -> Option<&'static str> {
        let set = [
            (self.connect_timeout.is_some(), "connect_timeout"),
            (self.max_idle_connections.is_some(), "max_idle_connections"),
            (self.idle_timeout.is_some(), "idle_timeout"),
            (self.proxy.is_some(), "proxy"),
        ];
        set.into_iter().find_map(|(is_set, field)| is_set.then_some(field))
    }

    /// Checks everything.
    ///
    /// # Errors
    ///
    /// If a limit is zero, or the proxy cannot be one. The text names the setting.
    pub fn check(self) -> Result<Connections, Error> {
        for (field, time) in
            [("connect_timeout", self.connect_timeout), ("idle_timeout", self.idle_timeout)]
        {
            if time == Some(Duration::ZERO) {
                return Err(Error::config(field, "no time at all: give more than zero"));
            }
        }
        for (field, limit) in [
            ("max_response_body", self.max_response_body),
            ("max_idle_connections", self.max_idle_connections),
        ] {
            if limit == Some(0) {
                return Err(Error::config(field, "nothing at all: give more than zero"));
            }
        }
        if let Some(proxy) = &self.proxy {
            proxy.check().map_err(|problem| Error::config("proxy", problem))?;
        }
        Ok(Connections {
            connect_timeout: self.connect_timeout.unwrap_or(Duration::from_secs(3)),
            max_response_body: self.max_response_body.unwrap_or(16 << 20),
            max_idle_connections: self.max_idle_connections.unwrap_or(32),
            idle_timeout: self.idle_timeout.unwrap_or(Duration::from_secs(15)),
            proxy: self.proxy,
        })
    }
}

/// A proxy that knows CONNECT, and what does not go through it.
#[derive(Clone)]
pub struct Proxy {
    url: String,
    /// Nothing goes through it.
    never: bool,
    /// In lower case, without a leading dot or asterisk: each stands for itself and all below it.
    direct: Vec<String>,
}

impl std::fmt::Debug for Proxy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The URL may hold a password.
        f.debug_struct("Proxy").field("direct", &self.direct).finish_non_exhaustive()
    }
}

impl Proxy {
    fn new(url: &str, direct: &str) -> Self {
        let entries = || direct.split(',').map(str::trim).filter(|entry| !entry.is_empty());
        let domain = |entry: &str| {
            entry.trim_start_matches("*.").trim_start_matches('.').to_ascii_lowercase()
        };
        Self {
            url: url.trim().to_owned(),
            never: entries().any(|entry| entry == "*"),
            direct: entries().map(domain).collect(),
        }
    }

    /// `HTTPS_PROXY` or else `ALL_PROXY`, and `NO_PROXY`, in capitals or not. `HTTP_PROXY` is about
    /// http, of which nothing leaves the machine.
    fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Option<Self> {
        let first = |names: &[&str]| {
            names.iter().copied().filter_map(&variable).find(|value| !value.trim().is_empty())
        };
        let url = first(&["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])?;
        let url = if url.contains("://") { url } else { format!("http://{}", url.trim()) };
        Some(Self::new(&url, &first(&["NO_PROXY", "no_proxy"]).unwrap_or_default()))
    }

    /// The URL, with name and password if there are any: show it to nobody.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Whether a request goes through it: https, but for the hosts that do not.
    pub fn covers(&self, uri: &Uri) -> bool {
        let host = uri.host().unwrap_or_default().trim_matches(['[', ']']).to_ascii_lowercase();
        let is_below = |domain: &String| {
            host.strip_suffix(domain.as_str())
                .is_some_and(|sub| sub.is_empty() || sub.ends_with('.'))
        };
        uri.scheme() == Some(&Scheme::HTTPS) && !self.never && !self.direct.iter().any(is_below)
    }

    /// Why it cannot be used, in words that say nothing of the URL.
    fn check(&self) -> Result<(), &'static str> {
        const NONE: &str = "it is not the URL of a proxy, such as http://proxy.internal:3128";
        let uri: Uri = self.url.parse().map_err(|_| NONE)?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(NONE);
        };
        let address =
            authority.as_str().rsplit_once('@').map_or(authority.as_str(), |(_, address)| address);
        if authority.host().is_empty() || uri.path() != "/" {
            return Err(NONE);
        }
        // `Uri` takes anything for a port, and then says that there is none.
        if address != authority.host() && authority.port_u16().is_none_or(|port| port == 0) {
            return Err("its port is not between 1 and 65535");
        }
        if scheme == "http" {
            Ok(())
        } else {
            Err("only proxies at http:// that know CONNECT can be used")
        }
    }
}

/// How long the head of an answer may be, in bytes: its first line, its fields, and the empty line.
const MAX_HEAD: usize = 64 << 10;
/// How many fields the head of an answer may have.
const MAX_FIELDS: usize = 100;

/// For transports: whether the head of an answer is within the limits, 64 KiB and 100 fields, as far as it can be told
/// from what a library made of it. `reason` is what the first line said, if that is not the usual text.
///
/// # Errors
///
/// If it is larger. The failure has no status, which is a part of what is refused.
pub fn check_head(
    status: StatusCode,
    reason: Option<&[u8]>,
    headers: &HeaderMap,
) -> Result<(), Failure> {
    let usual = status.canonical_reason().unwrap_or_default().as_bytes();
    let line = "HTTP/1.1 200 \r\n\r\n".len().saturating_add(reason.unwrap_or(usual).len());
    let length = headers.iter().fold(line, |length, (name, value)| {
        length.saturating_add(name.as_str().len() + value.len() + ": \r\n".len())
    });
    if length <= MAX_HEAD && headers.len() <= MAX_FIELDS {
        return Ok(());
    }
    let detail = format!("its head has more than {MAX_HEAD} bytes or {MAX_FIELDS} fields");
    let failure = Failure::new(FailureKind::TooLarge, Reach::MaybeSent, detail.clone());
    Err(failure.with_detail(detail))
}

/// For the builders of transport crates: the setters of [`ConnectionSettings`], on a type with a
/// field `connections: ConnectionSettings`.
#[doc(hidden)]
#[macro_export]
macro_rules! connection_setters {
    () => {
        $crate::connection_setters! {
            /// Limits connecting, from looking up the host to the end of the TLS handshake; 3 s
            /// unless set.
            connect_timeout(time: std::time::Duration);
            /// Limits the body of an answer, in bytes; 16 MiB unless set.
            max_response_body(bytes: usize);
            /// Limits how many connections are kept open while nothing is sent; 32 unless set. There
            /// is no limit on how many are open at a time: as many as calls are under way, and for a
            /// moment more, where a call was given one before its own was made.
            max_idle_connections(connections: usize);
            /// Sets how long an idle connection is kept open; 15 s unless set.
            idle_timeout(time: std::time::Duration);
            /// Goes through this proxy, such as `http://proxy.internal:3128`; name and password may
            /// stand in the URL. It must know CONNECT: TLS goes through it to the API, so that it
            /// sees neither keys nor data. Plain http to loopback goes direct.
            ///
            /// Unless this or `proxy_from_env` is called there is no proxy.
            proxy(url: &str);
        }

        /// Goes through the proxy that the environment names, if it does: `HTTPS_PROXY`, else
        /// `ALL_PROXY`, but not to the hosts in `NO_PROXY` and those below them. The names may be in
        /// small letters as well.
        #[must_use]
        pub fn proxy_from_env(mut self) -> Self {
            self.connections = self.connections.proxy_from_variables($crate::connection::readable(|name| std::env::var_os(name)));
            self
        }
    };
    ($($(#[$doc:meta])* $name:ident($($arg:ident: $Arg:ty),*);)+) => {$(
        $(#[$doc])*
        #[must_use]
        pub fn $name(mut self, $($arg: $Arg),*) -> Self {
            self.connections = self.connections.$name($($arg),*);
            self
        }
    )+};
}

/// For transports: a reader of variables as [`ConfigBuilder::from_variables`](crate::ConfigBuilder::from_variables)
/// wants it. What is not Unicode is neither ignored nor guessed: it becomes a text that every check
/// refuses.
pub fn readable(
    variable: impl Fn(&str) -> Option<std::ffi::OsString>,
) -> impl Fn(&str) -> Option<String> {
    move |name| {
        Some(
            variable(name)?
                .into_string()
                .unwrap_or_else(|_| char::REPLACEMENT_CHARACTER.to_string()),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(variables: &[(&str, &str)]) -> Option<Proxy> {
        Proxy::from_variables(|name| {
            variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_environment_is_read_as_other_programs_read_it() {
        for (variables, url) in [
            (&[][..], None),
            (&[("HTTPS_PROXY", " ")], None),
            (&[("HTTP_PROXY", "http://plain:1")], None),
            (&[("ALL_PROXY", "http://all:1")], Some("http://all:1")),
            (&[("all_proxy", "all:1")], Some("http://all:1")),
            (
                &[("ALL_PROXY", "http://all:1"), ("HTTPS_PROXY", "http://https:1")],
                Some("http://https:1"),
            ),
        ] {
            assert_eq!(from(variables).as_ref().map(Proxy::url), url);
        }
    }

    #[test]
    fn some_hosts_are_reached_without_it() {
        let proxy = from(&[
            ("HTTPS_PROXY", "http://p:1"),
            ("NO_PROXY", "example.com, .test.,*.Internal,10.0.0.1,[::1]"),
        ])
        .unwrap();
        for uri in [
            "https://example.com/v1",
            "https://api.example.com:444",
            "https://a.internal",
            "https://10.0.0.1",
            "http://127.0.0.1:4010",
        ] {
            assert!(!proxy.covers(&Uri::from_static(uri)), "{uri}");
        }
        for uri in ["https://badexample.com", "https://api.clerk.com", "https://example.com.evil"] {
            assert!(proxy.covers(&Uri::from_static(uri)), "{uri}");
        }
        assert!(
            !Proxy::new("http://p:1", "a, *").covers(&Uri::from_static("https://api.clerk.com"))
        );
    }

    #[test]
    fn what_is_no_proxy_is_refused_without_showing_it() {
        for (url, said) in [
            ("", "not the URL"),
            ("http://", "not the URL"),
            ("proxy.internal", "not the URL"),
            ("http://user:hunter2@ho st", "not the URL"),
            ("\u{FFFD}hunter2", "not the URL"),
            ("http://proxy/hunter2", "not the URL"),
            ("http://proxy:hunter2", "its port"),
            ("http://user:hunter2@proxy:0", "its port"),
            ("https://user:hunter2@proxy", "only proxies at http://"),
            ("socks5://user:hunter2@proxy:1080", "only proxies at http://"),
        ] {
            let error = ConnectionSettings::default().proxy(url).check().unwrap_err().to_string();
            assert!(
                error.starts_with("invalid `proxy`: ") && error.contains(said),
                "{url}: {error}"
            );
            assert!(!error.contains("hunter2"), "{error}");
        }
        let usable =
            ConnectionSettings::default().proxy(" http://user:hunter2@proxy.internal:3128 ");
        assert!(!format!("{usable:?}").contains("hunter2"));
        assert_eq!(
            usable.check().unwrap().proxy.unwrap().url(),
            "http://user:hunter2@proxy.internal:3128"
        );
    }

    #[test]
    fn nothing_at_all_is_no_limit() {
        let error = |settings: ConnectionSettings| settings.check().unwrap_err().to_string();
        let new = ConnectionSettings::default;
        assert_eq!(
            error(new().connect_timeout(Duration::ZERO)),
            "invalid `connect_timeout`: no time at all: give more than zero"
        );
        assert_eq!(
            error(new().idle_timeout(Duration::ZERO)),
            "invalid `idle_timeout`: no time at all: give more than zero"
        );
        assert_eq!(
            error(new().max_response_body(0)),
            "invalid `max_response_body`: nothing at all: give more than zero"
        );
        assert_eq!(
            error(new().max_idle_connections(0)),
            "invalid `max_idle_connections`: nothing at all: give more than zero"
        );
        assert_eq!(
            (new().about_connecting(), new().idle_timeout(Duration::MAX).about_connecting()),
            (None, Some("idle_timeout"))
        );
    }
}
