//! A proxy for the Frontend API: browsers reach Clerk through the application's own host.
//!
//! Where content blockers or firewalls keep browsers from Clerk, everything below one path of the application, such
//! as `https://app.example.com/__clerk`, is passed on to Clerk's Frontend API, with the secret key and the URL of the
//! proxy in headers. A [`FrontendApiProxy`] makes the head of the request that is passed on, and the head of the
//! answer that goes back. Bodies and connections are the caller's; `clerk_hyper::frontend_api::FrontendApiService` has them.
//!
//! ```
//! use clerk_core::frontend_api::{FrontendApiProxy, ProxyRefusal};
//! use http::Request;
//!
//! // Once, at the start.
//! let proxy = FrontendApiProxy::builder("https://app.example.com/__clerk", "sk_test_abc").build()?;
//!
//! // For each request whose path is the proxy's: the head goes in, another head comes out.
//! let (parts, _body) = Request::get("/__clerk/v1/client?_is_native=1").body(())?.into_parts();
//! assert!(proxy.matches(&parts.uri));
//! let passed_on = proxy.request(&parts, Some("203.0.113.7".parse()?))?;
//! assert_eq!(passed_on.uri, "https://frontend-api.clerk.dev/v1/client?_is_native=1");
//! assert_eq!(passed_on.headers["clerk-proxy-url"], "https://app.example.com/__clerk");
//! assert_eq!(passed_on.headers["x-forwarded-for"], "203.0.113.7");
//! assert_eq!(format!("{:?}", passed_on.headers["clerk-secret-key"]), "Sensitive");
//!
//! // The answer goes back through the proxy, and so does where it points to.
//! let answer = http::Response::builder().status(307).header("location", "https://frontend-api.clerk.dev/v1/x");
//! let (mut parts, _body) = answer.body(())?.into_parts();
//! proxy.response(&mut parts)?;
//! assert_eq!(parts.headers["location"], "https://app.example.com/__clerk/v1/x");
//!
//! // Nobody moves the target.
//! let (parts, _body) = Request::get("/__clerk/%2e%2e//evil.example/").body(())?.into_parts();
//! assert_eq!(proxy.request(&parts, None).unwrap_err(), ProxyRefusal::PathMalformed);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Where the key goes
//!
//! To the configured scheme, host and port, and nowhere else. The target is put together from the configuration and
//! the rest of the path; what comes out is compared with the configuration before the key is added. No URL is ever
//! resolved against another one. The public URL is configured as well: `Host` and `X-Forwarded-…` of a request say
//! nothing here.
//!
//! | refused | answer |
//! |---|---|
//! | a path that is not the proxy's | 404 |
//! | a path with segments of dots, backslashes, control characters or broken escapes, plain or escaped any number of times; two slashes at its beginning | 400 |
//! | a method other than GET, HEAD, POST, PUT, PATCH, DELETE and OPTIONS: one that makes a server repeat what it got would show the key | 405 |
//! | an answer that changes the protocol | 502 |
//!
//! # Headers
//!
//! Of a request everything is passed on, the browser's `Authorization` and cookies included, but for what belongs to
//! one connection, and for what strangers must not say: the key, the URL of the proxy, and every header that tells of
//! a client's address or another host or path (`Forwarded`, `X-Forwarded-…`, `X-Real-IP`, `CF-Connecting-IP` and the
//! like). The client's address is what the caller says it is, or nothing.
//!
//! Of an answer everything goes back but for what belongs to one connection.
use std::{fmt, net::IpAddr, sync::Arc};

use http::{
    Extensions, HeaderName, HeaderValue, Method, Request, Uri, Version, header::HOST, request,
    response,
};

use crate::{
    Error, SecretKey,
    base_url::{Base, Hosts, is_loopback},
};

mod headers;
mod location;
mod refusal;
mod target;

pub use self::refusal::ProxyRefusal;

/// Where Clerk's Frontend API is.
const FRONTEND_API: &str = "https://frontend-api.clerk.dev";
const PROXY_URL: HeaderName = HeaderName::from_static("clerk-proxy-url");
const SECRET_KEY: HeaderName = HeaderName::from_static("clerk-secret-key");
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// A proxy for the Frontend API, as far as heads go: see the [module](self).
///
/// Clones are cheap, and share the key.
#[derive(Clone)]
#[must_use]
#[doc(alias = "clerkFrontendApiProxy")]
pub struct FrontendApiProxy(Arc<Inner>);

struct Inner {
    /// What browsers see.
    public: Base,
    /// What they reach by it.
    target: Base,
    /// What every request is given, the key among it.
    own: [(HeaderName, HeaderValue); 5],
}

impl FrontendApiProxy {
    /// A proxy with this public URL, such as `https://app.example.com/__clerk`, and this secret key (`sk_…`). Both are
    /// checked by [`build`](FrontendApiProxyBuilder::build).
    ///
    /// The URL is the one that the instance knows (`proxy_url` of its domain) and browsers use.
    pub fn builder(
        proxy_url: impl Into<String>,
        secret_key: impl Into<String>,
    ) -> FrontendApiProxyBuilder {
        FrontendApiProxyBuilder {
            proxy_url: proxy_url.into(),
            secret_key: secret_key.into().into(),
            frontend_api_url: FRONTEND_API.to_owned(),
            allow_live_key_anywhere: false,
        }
    }

    /// The public URL, as it is told to Clerk: without a slash at its end.
    pub fn proxy_url(&self) -> String {
        self.0.public.to_string()
    }

    /// The path of the public URL, such as `/__clerk`: for routers.
    pub fn path(&self) -> &str {
        &self.0.public.prefix
    }

    /// Where requests are passed on to.
    pub fn frontend_api_url(&self) -> String {
        self.0.target.to_string()
    }

    /// Whether a request is for the proxy: its path is the proxy's, or below it. Paths are compared to the letter.
    #[doc(alias = "matchProxyPath")]
    pub fn matches(&self, uri: &Uri) -> bool {
        self.rest(uri).is_some()
    }

    /// What is left of a path without the proxy's.
    fn rest<'u>(&self, uri: &'u Uri) -> Option<&'u str> {
        uri.path().strip_prefix(self.path()).filter(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// The head of the request that is passed on, for HTTP/1.1. Send the body as it comes, and follow no redirects.
    ///
    /// `client` is the address of the client, if you know it: from the connection, or from a header that your own
    /// load balancer sets and strangers cannot. Nothing of it is taken from the request here.
    ///
    /// # Errors
    ///
    /// If the request is not one to be passed on: answer [`ProxyRefusal::response`].
    pub fn request(
        &self,
        parts: &request::Parts,
        client: Option<IpAddr>,
    ) -> Result<request::Parts, ProxyRefusal> {
        let Inner { target, own, .. } = &*self.0;
        let rest = self.rest(&parts.uri).ok_or(ProxyRefusal::PathNotProxied)?;
        if !ProxyRefusal::METHODS.contains(&parts.method) {
            return Err(ProxyRefusal::MethodNotAllowed);
        }
        let uri = target::uri(target, rest, parts.uri.query());
        // It is so by the way it is made. That the key goes nowhere else does not depend on that.
        let uri =
            uri.filter(|uri| target::is_at(target, uri)).ok_or(ProxyRefusal::PathMalformed)?;

        let (mut passed_on, ()) = Request::new(()).into_parts();
        passed_on.method = Method::clone(&parts.method);
        passed_on.uri = uri;
        passed_on.version = Version::HTTP_11;
        passed_on.headers = headers::passed_on(&parts.headers);
        for (name, value) in own {
            passed_on.headers.insert(name, value.clone());
        }
        let client = client
            .and_then(|address| HeaderValue::try_from(address.to_canonical().to_string()).ok());
        if let Some(address) = client {
            passed_on.headers.insert(FORWARDED_FOR, address);
        }
        Ok(passed_on)
    }

    /// Makes the head of an answer into the one that goes back. Send the body as it comes.
    ///
    /// A `Location` at the Frontend API leads through the proxy then, others stay as they are. All cookies stay.
    ///
    /// # Errors
    ///
    /// If it is no final answer (101, or anything else below 200), which only follows on what was not asked for:
    /// answer [`ProxyRefusal::response`], and close the connection that it came from.
    pub fn response(&self, parts: &mut response::Parts) -> Result<(), ProxyRefusal> {
        if parts.status.is_informational() {
            return Err(ProxyRefusal::ProtocolSwitched);
        }
        headers::go_back(&mut parts.headers);
        location::rewrite(&mut parts.headers, &self.0.target, &self.0.public);
        // What the client's library left there is about the other connection.
        parts.extensions = Extensions::new();
        parts.version = Version::HTTP_11;
        Ok(())
    }
}

impl fmt::Debug for FrontendApiProxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FrontendApiProxy")
            .field("proxy_url", &self.proxy_url())
            .field("frontend_api_url", &self.frontend_api_url())
            .finish_non_exhaustive()
    }
}

/// Collects the settings of a [`FrontendApiProxy`].
#[derive(Clone)]
#[must_use]
pub struct FrontendApiProxyBuilder {
    proxy_url: String,
    secret_key: zeroize::Zeroizing<String>,
    frontend_api_url: String,
    allow_live_key_anywhere: bool,
}

impl fmt::Debug for FrontendApiProxyBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The URLs may still hold user info here.
        f.debug_struct("FrontendApiProxyBuilder").finish_non_exhaustive()
    }
}

impl FrontendApiProxyBuilder {
    /// Sets where requests are passed on to; `https://frontend-api.clerk.dev` unless set.
    ///
    /// User info, query and fragment are refused, and so is plain http to anything but loopback.
    pub fn frontend_api_url(mut self, url: impl Into<String>) -> Self {
        self.frontend_api_url = url.into();
        self
    }

    /// Lets a live key (`sk_live_…`) go to hosts that are not Clerk's. Refused unless set.
    pub fn allow_live_key_anywhere(mut self) -> Self {
        self.allow_live_key_anywhere = true;
        self
    }

    /// Checks everything.
    ///
    /// # Errors
    ///
    /// If the key cannot be a secret key, or a URL cannot be used. The public URL is https (http only for loopback
    /// and `*.localhost`), and has a path, of characters that browsers leave as they are. The message names the
    /// setting and never shows a key.
    pub fn build(self) -> Result<FrontendApiProxy, Error> {
        let key = SecretKey::new(&self.secret_key)?;
        let public = public(&self.proxy_url)?;
        let target = Base::read(&self.frontend_api_url, is_loopback)
            .map_err(|problem| Error::config("frontend_api_url", problem))?
            .without_default_port();
        let hosts =
            if key.is_live() && !self.allow_live_key_anywhere { Hosts::Clerks } else { Hosts::Any };
        target.check_key_of("frontend_api_url", hosts)?;
        let is_itself = target.authority == public.authority
            && target::below(&target.prefix, &public.prefix).is_some();
        if is_itself {
            return Err(Error::config("frontend_api_url", "it is the proxy itself"));
        }
        let value = |field, text: &str| {
            HeaderValue::try_from(text)
                .map_err(|_| Error::config(field, "it cannot stand in a header"))
        };
        let own = [
            (HOST, value("frontend_api_url", target.authority.as_str())?),
            (PROXY_URL, value("proxy_url", &public.to_string())?),
            (SECRET_KEY, key.bare_header()?),
            (FORWARDED_HOST, value("proxy_url", public.authority.as_str())?),
            (FORWARDED_PROTO, value("proxy_url", public.scheme.as_str())?),
        ];
        Ok(FrontendApiProxy(Arc::new(Inner { public, target, own })))
    }
}

/// The public URL of a proxy.
fn public(url: &str) -> Result<Base, Error> {
    let refuse = |problem| Err(Error::config("proxy_url", problem));
    let local = |host: &str| is_loopback(host) || host.ends_with(".localhost");
    let base = Base::read(url, local).map_err(|problem| Error::config("proxy_url", problem))?;
    if base.prefix.is_empty() {
        return refuse("it has no path: give one, such as https://app.example.com/__clerk");
    }
    let rest = url.split_once("://").map_or("", |(_, rest)| rest);
    if rest.contains("//") {
        return refuse("its path has two slashes in a row");
    }
    // Paths are compared to the letter, and browsers escape what is not among these.
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~!$&'()*+,;=:@".contains(&byte);
    if !base.prefix.bytes().all(is_plain) {
        return refuse("its path has a character that browsers escape, or an escape");
    }
    Ok(base.without_default_port())
}
