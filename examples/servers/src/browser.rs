//! As much of a browser as the demonstration needs: it follows redirects, keeps cookies, and says of itself that it
//! shows pages.
use std::net::{Ipv4Addr, SocketAddr};

use crate::{
    Failure,
    client::{Received, send},
};

/// Browsers follow 20; nothing here needs half as many.
const MAX_REQUESTS: usize = 12;
/// What lives no longer, in seconds, is gone from one step to the next.
const SHORT: i64 = 2;

#[derive(Debug, Default)]
pub(crate) struct Browser {
    cookies: Vec<Cookie>,
}

#[derive(Debug)]
struct Cookie {
    name: String,
    value: String,
    /// The host that set it, or the domain that it is for.
    host: String,
    is_for_domain: bool,
    max_age: Option<i64>,
}

impl Cookie {
    fn is_for(&self, host: &str) -> bool {
        host == self.host
            || (self.is_for_domain
                && host.strip_suffix(&*self.host).is_some_and(|rest| rest.ends_with('.')))
    }
}

/// A request of a visit, and where it led.
#[derive(Debug)]
pub(crate) struct Hop {
    pub(crate) method: &'static str,
    pub(crate) url: Url,
    pub(crate) status: u16,
    pub(crate) to: Option<Url>,
}

/// A URL in parts.
#[derive(Clone, Debug)]
pub(crate) struct Url {
    /// With the port.
    pub(crate) authority: String,
    /// Path and query.
    pub(crate) target: String,
}

impl Url {
    pub(crate) fn parse(url: &str) -> Result<Self, Failure> {
        let rest = url.strip_prefix("http://").ok_or("a server sent the browser to no http")?;
        let slash = rest.find('/').unwrap_or(rest.len());
        let (authority, target) = rest.split_at(slash);
        let target = if target.is_empty() { "/" } else { target };
        Ok(Self { authority: authority.to_owned(), target: target.to_owned() })
    }

    pub(crate) fn host(&self) -> &str {
        self.authority.split(':').next().unwrap_or_default()
    }

    /// The path, and the names of Clerk's parameters without their values, which may be tokens.
    pub(crate) fn shown(&self) -> String {
        let (path, query) = self.target.split_once('?').unwrap_or((&self.target, ""));
        let names = query.split('&').filter_map(|pair| pair.split('=').next());
        let names: Vec<_> = names.filter(|name| name.starts_with("__clerk_")).collect();
        // The Frontend API gets many, always the same.
        if names.is_empty() || path.starts_with("/v1/") {
            path.to_owned()
        } else {
            format!("{path}?{}", names.join("&"))
        }
    }

    /// Where it is, whatever its name: nothing here is on another machine.
    fn address(&self) -> Result<SocketAddr, Failure> {
        let (host, port) = self.authority.split_once(':').ok_or("a URL without a port")?;
        if !host.ends_with(".localhost") {
            return Err("a server sent the browser away from this machine".into());
        }
        Ok((Ipv4Addr::LOCALHOST, port.parse()?).into())
    }
}

/// Where a visit ended.
#[derive(Debug)]
pub(crate) struct Visited {
    pub(crate) hops: Vec<Hop>,
    pub(crate) url: String,
    pub(crate) body: String,
}

impl Browser {
    /// Goes to a page, and wherever it is sent from there.
    pub(crate) fn visit(&mut self, url: &str) -> Result<Visited, Failure> {
        self.go("GET", url)
    }

    /// Presses the button of a form.
    pub(crate) fn press(&mut self, url: &str) -> Result<Visited, Failure> {
        self.go("POST", url)
    }

    /// Lets the time pass after which it forgets how often it was sent to and fro.
    pub(crate) fn wait(&mut self) {
        self.cookies.retain(|cookie| cookie.max_age.is_none_or(|age| age > SHORT));
    }

    /// Replaces the values of all cookies whose names begin so, and gives how many that were.
    pub(crate) fn replace(&mut self, prefix: &str, host: &str, value: &str) -> usize {
        let found = self.cookies.iter_mut();
        let found = found.filter(|cookie| cookie.is_for(host) && cookie.name.starts_with(prefix));
        found.map(|cookie| value.clone_into(&mut cookie.value)).count()
    }

    fn go(&mut self, method: &'static str, url: &str) -> Result<Visited, Failure> {
        let (mut method, mut url) = (method, url.to_owned());
        let mut hops = Vec::new();
        while hops.len() < MAX_REQUESTS {
            let at = Url::parse(&url)?;
            let answer = self.ask(method, &at)?;
            let to = match answer.all("location").next() {
                Some(path) if path.starts_with('/') => {
                    Some(format!("http://{}{path}", at.authority))
                }
                location => location.map(str::to_owned),
            };
            let parsed = to.as_deref().map(Url::parse).transpose()?;
            hops.push(Hop { method, url: at, status: answer.status, to: parsed });
            match to {
                Some(to) => url = to,
                None => return Ok(Visited { hops, url, body: answer.body }),
            }
            method = "GET";
        }
        Err("the browser is sent around in circles".into())
    }

    fn ask(&mut self, method: &str, url: &Url) -> Result<Received, Failure> {
        let pairs = self.cookies.iter().filter(|cookie| cookie.is_for(url.host()));
        let pairs: Vec<_> = pairs.map(|it| format!("{}={}", it.name, it.value)).collect();
        let mut headers =
            vec![("Accept", "text/html".to_owned()), ("Sec-Fetch-Dest", "document".to_owned())];
        if !pairs.is_empty() {
            headers.push(("Cookie", pairs.join("; ")));
        }
        let answer = send(url.address()?, &url.authority, method, &url.target, &headers, "")?;
        for cookie in answer.all("set-cookie") {
            self.keep(cookie, url.host());
        }
        Ok(answer)
    }

    fn keep(&mut self, directive: &str, host: &str) {
        let mut parts = directive.split(';').map(str::trim_ascii);
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else {
            return;
        };
        let (mut domain, mut max_age) = (None, None);
        for attribute in parts {
            match attribute.split_once('=') {
                Some(("Domain", value)) => domain = Some(value),
                Some(("Max-Age", value)) => max_age = value.parse().ok(),
                _ => {}
            }
        }
        let (name, value) = (name.to_owned(), value.to_owned());
        let cookie = Cookie {
            name,
            value,
            host: domain.unwrap_or(host).to_owned(),
            is_for_domain: domain.is_some(),
            max_age,
        };
        // A host sets nothing for another one.
        if !cookie.is_for(host) {
            return;
        }
        self.cookies.retain(|kept| {
            (&kept.name, &kept.host, kept.is_for_domain)
                != (&cookie.name, &cookie.host, cookie.is_for_domain)
        });
        if cookie.max_age.is_none_or(|age| age > 0) {
            self.cookies.push(cookie);
        }
    }
}
