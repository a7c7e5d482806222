//! Clerk's handshake: how a browser whose session cookie is stale, or is none yet, gets a fresh one.
//!
//! A session token lives for a minute, and Clerk's script in the page renews its cookie. A page that is loaded with a
//! stale cookie has no script yet: the browser is sent to Clerk's Frontend API (307), which knows who is signed in,
//! and from there back, with a result that the server trades for fresh cookies. It is turned on by
//! [`VerifierBuilder::handshake`](super::VerifierBuilder::handshake).
use std::{fmt, sync::Arc};

use super::{claims::Rules, publishable_key::PublishableKey};
use crate::{Config, Error};

mod away;
mod browser;
mod decide;
mod directives;
mod origin;
mod patterns;
mod query;
mod redirects;
mod renew;
mod rows;
mod set_headers;

pub(super) use self::{decide::Browser, set_headers::store_nowhere};
use self::{
    origin::{Origin, PublicUrl},
    patterns::Patterns,
};
pub use self::{
    redirects::Redirects,
    set_headers::{NoHandshake, SetHeaders},
};

/// Turns on the handshake, and says where browsers may be sent.
///
/// ```
/// use clerk_core::auth::Handshake;
///
/// # fn example<T: clerk_core::Transport>(clerk: &clerk_core::Client<T>) -> Result<(), clerk_core::Error> {
/// let verifier = clerk
///     .verifier()
///     .publishable_key("pk_test_Y2xlcmsuZXhhbXBsZS5jb20k")
///     .authorized_party("https://app.example.com")
///     .handshake(Handshake::new()) // for pages that this server renders at https://app.example.com
///     .build()?;
/// # Ok(())
/// # }
/// ```
///
/// The [guide](crate::guides::browser_sessions) has every case.
///
/// # What it costs
///
/// Whoever sends a nonce, or an expired session together with a refresh cookie, causes one request to Clerk; of these,
/// [`max_waiting`](super::VerifierBuilder::max_waiting) says how many there may be at once.
///
/// # What nobody can steer
///
/// Browsers come back to one of the configured [origins](Self::origin): a request to any other host starts no
/// handshake. They are sent to the Frontend API that the publishable key, [`domain`](Self::domain) or
/// [`proxy_url`](Self::proxy_url) names, and nothing in a request changes that. `X-Forwarded-Host` and
/// `X-Forwarded-Proto` only choose among the origins, and count only where
/// [`AuthenticateOptions::trust_forwarded`](super::AuthenticateOptions::trust_forwarded) was said.
#[derive(Clone, Debug, Default)]
#[must_use]
#[doc(alias = "authenticateRequest")]
pub struct Handshake {
    origins: Vec<String>,
    proxy_url: Option<String>,
    domain: Option<String>,
    is_satellite: bool,
    sign_in_url: Option<String>,
    sign_up_url: Option<String>,
    auto_sync: bool,
    redirect_origins: Vec<String>,
    organization_patterns: Vec<String>,
    personal_account_patterns: Vec<String>,
}

impl Handshake {
    /// The handshake of an application at its [authorized parties](super::VerifierBuilder::authorized_party).
    pub fn new() -> Self {
        Self::default()
    }

    /// An origin at which browsers know this application, such as `https://app.example.com`; the authorized parties
    /// unless set. Can be called for several.
    pub fn origin(mut self, origin: impl Into<String>) -> Self {
        self.origins.push(origin.into());
        self
    }

    /// Where browsers reach the Frontend API through a proxy: a URL, or a path such as `/__clerk` on the origin of the
    /// request. In place of the host that the publishable key names.
    #[doc(alias = "proxyUrl")]
    pub fn proxy_url(mut self, url: impl Into<String>) -> Self {
        self.proxy_url = Some(url.into());
        self
    }

    /// Makes this application a satellite: it has a domain of its own, and users sign in at the primary application.
    /// It needs a [`domain`](Self::domain) or a [`proxy_url`](Self::proxy_url), and in development a
    /// [`sign_in_url`](Self::sign_in_url).
    #[doc(alias = "isSatellite")]
    pub fn satellite(mut self) -> Self {
        self.is_satellite = true;
        self
    }

    /// The domain of a satellite, such as `shop.example`: in production its Frontend API is at `clerk.shop.example`.
    pub fn domain(mut self, domain: impl Into<String>) -> Self {
        self.domain = Some(domain.into());
        self
    }

    /// The page on which users sign in: a URL, of the primary application on satellites; Clerk's account portal unless
    /// set.
    #[doc(alias = "signInUrl")]
    pub fn sign_in_url(mut self, url: impl Into<String>) -> Self {
        self.sign_in_url = Some(url.into());
        self
    }

    /// The page on which users sign up: a URL. Unless set, what belongs to the [`sign_in_url`](Self::sign_in_url), or
    /// else Clerk's account portal.
    #[doc(alias = "signUpUrl")]
    pub fn sign_up_url(mut self, url: impl Into<String>) -> Self {
        self.sign_up_url = Some(url.into());
        self
    }

    /// Has a satellite ask the primary application on the first visit, and not only after somebody signed in there:
    /// every visitor is sent there and back once.
    #[doc(alias = "satelliteAutoSync")]
    pub fn satellite_auto_sync(mut self) -> Self {
        self.auto_sync = true;
        self
    }

    /// An origin of a satellite. In development the primary application sends browsers back to satellites with the
    /// token of their browser: to these and to no others. Can be called for several.
    #[doc(alias = "allowedRedirectOrigins")]
    pub fn allowed_redirect_origin(mut self, origin: impl Into<String>) -> Self {
        self.redirect_origins.push(origin.into());
        self
    }

    /// A pattern of paths that are about one organization, which is made the active one: `/orgs/:slug`,
    /// `/orgs/:id/(.*)`. Can be called for several. If it cannot be made active, the session stays as it is: compare
    /// before something is shown.
    #[doc(alias = "organizationPatterns")]
    #[doc(alias = "organizationSyncOptions")]
    pub fn organization_pattern(mut self, pattern: impl Into<String>) -> Self {
        self.organization_patterns.push(pattern.into());
        self
    }

    /// A pattern of paths that are about the user's own account, where no organization is to be active. Can be called
    /// for several.
    #[doc(alias = "personalAccountPatterns")]
    pub fn personal_account_pattern(mut self, pattern: impl Into<String>) -> Self {
        self.personal_account_patterns.push(pattern.into());
        self
    }

    /// Checks everything.
    pub(super) fn ready(
        self,
        key: Option<&PublishableKey>,
        config: Option<&Config>,
        rules: &mut Rules,
    ) -> Result<Arc<Settings>, Error> {
        let problem = "the handshake needs it: it says where the Frontend API is";
        let key = key.ok_or_else(|| Error::config("publishable_key", problem))?;
        let problem = "the handshake needs that of the instance: begin with `verifier()` of a client that has it, or give `config`";
        let config = config
            .filter(|config| config.has_secret_key())
            .ok_or_else(|| Error::config("secret_key", problem))?;
        let is_live = key.is_live();
        let given =
            if self.origins.is_empty() { rules.parties.as_ref() } else { Some(&self.origins) };
        let given = given.filter(|origins| !origins.is_empty()).ok_or_else(|| {
            let problem = "the handshake needs to know where browsers may come back to: give `authorized_party`, or `origin` of the handshake";
            Error::config("origin", problem)
        })?;
        let origins = given
            .iter()
            .map(|text| origin("origin", text, is_live))
            .collect::<Result<Vec<_>, _>>()?;
        // Tokens name their party to the letter: one that is written in another way fits no token.
        if self.origins.is_empty()
            && given.iter().zip(&origins).any(|(text, origin)| *text != origin.to_string())
        {
            let problem = "write it as browsers do: https://app.example.com, in lower case, without a slash or the usual port";
            return Err(Error::config("authorized_party", problem));
        }
        let redirect_origins = self
            .redirect_origins
            .iter()
            .map(|text| origin("allowed_redirect_origin", text, is_live))
            .collect::<Result<Vec<_>, _>>()?;

        let mut frontend_api = FrontendApi::Url(key.issuer());
        if let Some(domain) = self.domain.as_deref().map(str::trim_ascii) {
            if !self.is_satellite {
                return Err(Error::config(
                    "domain",
                    "it is for satellites: say `satellite` as well",
                ));
            }
            let host = format!("https://clerk.{domain}");
            let is_domain = !domain.contains(':') && domain.contains('.');
            let Some(host) = Origin::parse(&host).filter(|_| is_domain) else {
                return Err(Error::config("domain", "it is no domain, such as shop.example"));
            };
            if is_live {
                rules.also_of_instance(host.to_string());
                frontend_api = FrontendApi::Url(host.to_string());
            }
        }
        if let Some(proxy) = self.proxy_url.as_deref().map(str::trim_ascii) {
            frontend_api = match proxy.strip_prefix('/') {
                Some(path) => {
                    let path = proxy_path(path)?;
                    for origin in &origins {
                        rules.also_of_instance(format!("{origin}{path}"));
                    }
                    FrontendApi::Path(path)
                }
                None => {
                    let url = page("proxy_url", proxy, is_live)?;
                    let url = url.trim_end_matches('/');
                    rules.also_of_instance(url.to_owned());
                    FrontendApi::Url(url.to_owned())
                }
            };
        } else if self.is_satellite && self.domain.is_none() {
            let problem = "a satellite needs one, or a `proxy_url`";
            return Err(Error::config("domain", problem));
        }

        let sign_in_url =
            self.sign_in_url.as_deref().map(|url| page("sign_in_url", url, is_live)).transpose()?;
        let sign_up_url =
            self.sign_up_url.as_deref().map(|url| page("sign_up_url", url, is_live)).transpose()?;
        if self.is_satellite && !is_live {
            let Some(url) = &sign_in_url else {
                let problem =
                    "a satellite in development needs it: the page of the primary application";
                return Err(Error::config("sign_in_url", problem));
            };
            if Origin::of(url).is_some_and(|at| origins.contains(&at)) {
                let problem =
                    "it is on the satellite itself; it has to be on the primary application";
                return Err(Error::config("sign_in_url", problem));
            }
        }
        let patterns =
            Patterns::parse(&self.organization_patterns, &self.personal_account_patterns)?;
        Ok(Arc::new(Settings {
            key: key.clone(),
            config: config.clone(),
            is_live,
            origins,
            frontend_api,
            is_satellite: self.is_satellite,
            sign_in_url,
            sign_up_url,
            auto_sync: self.auto_sync,
            redirect_origins,
            patterns,
        }))
    }
}

/// What a handshake goes by, checked.
pub(super) struct Settings {
    key: PublishableKey,
    config: Config,
    is_live: bool,
    origins: Vec<Origin>,
    frontend_api: FrontendApi,
    is_satellite: bool,
    sign_in_url: Option<String>,
    sign_up_url: Option<String>,
    auto_sync: bool,
    redirect_origins: Vec<Origin>,
    patterns: Patterns,
}

/// Where browsers reach the Frontend API.
enum FrontendApi {
    /// Without a slash at the end.
    Url(String),
    /// A path on the origin of the request, without a slash at the end.
    Path(String),
}

impl Settings {
    fn frontend_api(&self, url: &PublicUrl) -> String {
        match &self.frontend_api {
            FrontendApi::Url(base) => base.clone(),
            FrontendApi::Path(path) => format!("{}{path}", url.origin),
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings").field("origins", &self.origins).finish_non_exhaustive()
    }
}

fn origin(field: &'static str, text: &str, is_live: bool) -> Result<Origin, Error> {
    let origin = Origin::parse(text).ok_or_else(|| {
        Error::config(
            field,
            "it is no origin: scheme, host and port, such as https://app.example.com",
        )
    })?;
    if is_live && !origin.is_private() {
        return Err(Error::config(field, NOT_PRIVATE));
    }
    Ok(origin)
}

const NO_PAGE: &str = "it is no whole URL, such as https://app.example.com/sign-in";
const NO_PROXY: &str = "it is neither a URL nor a plain path such as /__clerk";
const NOT_PRIVATE: &str = "a production instance goes with https, but for this machine itself";

/// A URL of a page, or of a proxy: absolute, with nothing in it that browsers and we could read differently.
fn page(field: &'static str, url: &str, is_live: bool) -> Result<String, Error> {
    let url = url.trim_ascii();
    let origin = Origin::of(url).ok_or_else(|| {
        Error::config(field, if field == "proxy_url" { NO_PROXY } else { NO_PAGE })
    })?;
    let is_plain = url.bytes().all(|byte| byte.is_ascii_graphic())
        && !url.contains(['\\', '#', '"', '<', '>'])
        && url.parse::<http::Uri>().is_ok();
    if !is_plain {
        return Err(Error::config(field, "it has a fragment, or a character that no URL has"));
    }
    if is_live && !origin.is_private() {
        return Err(Error::config(field, NOT_PRIVATE));
    }
    if field == "proxy_url" && url.contains('?') {
        return Err(Error::config(field, "a query is no part of it"));
    }
    Ok(url.to_owned())
}

fn proxy_path(path: &str) -> Result<String, Error> {
    let path = path.trim_end_matches('/');
    let is_plain = !path.is_empty()
        && path.split('/').all(|segment| !matches!(segment, "" | "." | ".."))
        && path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte));
    if is_plain { Ok(format!("/{path}")) } else { Err(Error::config("proxy_url", NO_PROXY)) }
}
