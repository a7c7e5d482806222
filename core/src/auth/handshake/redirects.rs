//! Sending people to where they sign in.
use std::fmt;

use http::{Method, Response, StatusCode, request::Parts};

use super::{
    Settings,
    away::redirect,
    browser::{DEV_BROWSER, OLD_DEV_BROWSER, SYNCED},
    origin::{Origin, PublicUrl},
    query,
};
use crate::{
    Error,
    auth::{AuthenticateOptions, cookies, verifier::Verifier},
};

/// Answers that send people to where they sign in, sign up, or finish what they have left to do: 307, or 303 to what is no
/// `GET`, so that no form is sent along; not to be stored.
///
/// Send somebody there who has no session ([`SessionTokenAndUatMissing`](crate::auth::Reason::SessionTokenAndUatMissing)).
/// With cookies that cannot be read, signing in changes nothing, and Clerk's page sends back at once whoever is signed in
/// there: that goes on for ever.
///
/// They lead to the configured [`sign_in_url`](super::Handshake::sign_in_url), or to Clerk's account portal, and from
/// there back to the page that was asked for.
///
/// ```
/// use clerk_core::auth::{AuthenticateOptions, Verifier};
///
/// # fn example(verifier: &Verifier, request: http::Request<()>) -> Result<http::Response<()>, clerk_core::Error> {
/// let (parts, ()) = request.into_parts();
/// let redirects = verifier.redirects(&parts, &AuthenticateOptions::new())?;
/// let response = redirects.redirect_to_sign_in(); // and back to this page
/// let response = redirects.return_back_to("/dashboard")?.redirect_to_sign_up();
/// # Ok(response)
/// # }
/// ```
#[derive(Clone)]
#[must_use]
#[doc(alias = "createRedirect")]
pub struct Redirects<'v> {
    settings: &'v Settings,
    is_get: bool,
    url: Option<PublicUrl>,
    back: Option<String>,
    dev_browser: Option<String>,
}

impl fmt::Debug for Redirects<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redirects").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Verifier {
    /// Answers to a request that send people to where they sign in. They bring back only to a page whose host is one of
    /// the [origins](super::Handshake::origin): without one, nobody is brought back.
    ///
    /// # Errors
    ///
    /// If the verifier has no [`Handshake`](super::Handshake).
    pub fn redirects(
        &self,
        parts: &Parts,
        options: &AuthenticateOptions,
    ) -> Result<Redirects<'_>, Error> {
        let Some(settings) = &self.inner().handshake else {
            let problem = "redirects take one: it knows where browsers may be sent";
            return Err(Error::config("handshake", problem));
        };
        let url = PublicUrl::of(parts, &settings.origins, options.trusts_forwarded());
        let back = url.as_ref().map(|url| url.without(&[DEV_BROWSER, OLD_DEV_BROWSER]));
        let dev_browser = if settings.is_live {
            None
        } else {
            let find = |value: Result<Option<Vec<u8>>, _>| {
                value.ok().flatten().and_then(|token| String::from_utf8(token).ok())
            };
            find(cookies::suffixed(&parts.headers, DEV_BROWSER, &settings.key))
                .or_else(|| find(cookies::plain(&parts.headers, DEV_BROWSER)))
        };
        let is_get = matches!(parts.method, Method::GET | Method::HEAD);
        Ok(Redirects { settings, is_get, url, back, dev_browser })
    }
}

impl Redirects<'_> {
    /// Where people come back to in place of the page that was asked for: a path on the same origin, such as
    /// `/dashboard`, or a URL on one of the configured origins or on one of the satellites that were named.
    ///
    /// # Errors
    ///
    /// If it is anything else: an address out of a request must not lead people to a stranger's page.
    #[doc(alias = "returnBackUrl")]
    pub fn return_back_to(mut self, target: &str) -> Result<Self, Error> {
        let refuse = || {
            let problem = "it is neither a path on this origin nor a URL on a configured one";
            Err(Error::argument("return_back_to", problem))
        };
        let is_plain = target.bytes().all(|byte| byte.is_ascii_graphic())
            && !target.contains(['\\', '"', '<', '>']);
        if !is_plain || target.parse::<http::Uri>().is_err() {
            return refuse();
        }
        self.back = if target.starts_with('/') {
            if target.starts_with("//") {
                return refuse();
            }
            // Without an origin there is nothing to come back to.
            self.url.as_ref().map(|url| format!("{}{target}", url.origin))
        } else {
            let Settings { origins, redirect_origins, .. } = self.settings;
            match Origin::of(target) {
                Some(at) if origins.contains(&at) || redirect_origins.contains(&at) => {
                    Some(target.to_owned())
                }
                _ => return refuse(),
            }
        };
        Ok(self)
    }

    /// To the page for signing in.
    #[doc(alias = "redirectToSignIn")]
    pub fn redirect_to_sign_in(&self) -> Response<()> {
        self.to(self.sign_in())
    }

    /// To the page for signing up.
    #[doc(alias = "redirectToSignUp")]
    pub fn redirect_to_sign_up(&self) -> Response<()> {
        let Settings { sign_up_url, sign_in_url, .. } = self.settings;
        self.to(match (sign_up_url, sign_in_url) {
            (Some(url), _) => url.clone(),
            (None, Some(url)) => below(url, "create"),
            (None, None) => format!("{}/sign-up", self.settings.key.account_portal()),
        })
    }

    /// To what a user has left to do, for sessions that are [pending](crate::auth::Reason::SessionPending).
    #[doc(alias = "redirectToTasks")]
    pub fn redirect_to_tasks(&self) -> Response<()> {
        self.to(below(&self.sign_in(), "tasks"))
    }

    fn sign_in(&self) -> String {
        let url = self.settings.sign_in_url.clone();
        url.unwrap_or_else(|| format!("{}/sign-in", self.settings.key.account_portal()))
    }

    fn to(&self, mut location: String) -> Response<()> {
        let is_elsewhere = Origin::of(&location) != self.url.as_ref().map(|url| url.origin.clone());
        if let Some(back) = &self.back {
            let mut back = back.clone();
            if is_elsewhere && self.settings.is_satellite {
                back = with_synced(&back);
            }
            query::push(&mut location, "redirect_url", &back);
        }
        if is_elsewhere && let Some(token) = &self.dev_browser {
            query::push(&mut location, DEV_BROWSER, token);
        }
        let mut response = redirect(&location, None).unwrap_or_else(|_| {
            // Every piece of the location was checked or encoded. If not, nobody is sent anywhere.
            let mut response = Response::new(());
            *response.status_mut() = StatusCode::UNAUTHORIZED;
            response
        });
        if !self.is_get && response.status().is_redirection() {
            *response.status_mut() = StatusCode::SEE_OTHER;
        }
        response
    }
}

/// Has a satellite ask the primary application when somebody comes back.
fn with_synced(url: &str) -> String {
    let (url, fragment) = url.find('#').map_or((url, ""), |at| url.split_at(at));
    let mut url = query::without_of(url, &[SYNCED]);
    query::push(&mut url, SYNCED, "false");
    url + fragment
}

/// A page below another.
fn below(url: &str, segment: &str) -> String {
    let (path, parameters) = match url.split_once('?') {
        Some((path, parameters)) => (path, format!("?{parameters}")),
        None => (url, String::new()),
    };
    format!("{}/{segment}{parameters}", path.trim_end_matches('/'))
}
