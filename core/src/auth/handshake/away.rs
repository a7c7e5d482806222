//! How a browser is sent away.
use http::{
    HeaderValue, Response, StatusCode,
    header::{CACHE_CONTROL, LOCATION, SET_COOKIE},
};

use super::{
    NoHandshake, Settings,
    browser::{self, DEV_BROWSER, OLD_DEV_BROWSER},
    decide::{Browser, Next},
    origin::PublicUrl,
    patterns::Target,
    query,
};
use crate::{
    API_VERSION,
    auth::{
        reason::{Reason, Rejection, VerifyError},
        request::RequestState,
        verifier::misuse,
    },
};

/// How often a browser is sent away within the two seconds that the count lives.
const MAX_REDIRECTS: u32 = 3;

impl Browser {
    /// Why it cannot be.
    pub(super) fn blocked(&self) -> Option<NoHandshake> {
        if !self.visit.is_page {
            Some(NoHandshake::NotADocument)
        } else if self.visit.url.is_none() {
            Some(NoHandshake::UnknownHost)
        } else if self.visit.redirects >= MAX_REDIRECTS {
            Some(NoHandshake::Loop)
        } else {
            None
        }
    }

    pub(super) fn handshake(&self, reason: Reason) -> Result<Next, VerifyError> {
        self.handshake_as(reason, reason.code())
    }

    /// Sends the browser to the Frontend API. `code` is what Clerk is told of the reason.
    pub(super) fn handshake_as(
        &self,
        rejection: impl Into<Rejection>,
        code: &str,
    ) -> Result<Next, VerifyError> {
        self.send(rejection, |settings, url| self.location(settings, url, code))
    }

    /// Sends the browser to a location, if it can be sent anywhere; otherwise it is signed out.
    pub(super) fn send(
        &self,
        rejection: impl Into<Rejection>,
        location: impl FnOnce(&Settings, &PublicUrl) -> String,
    ) -> Result<Next, VerifyError> {
        let (rejection, no_handshake) = (rejection.into(), self.blocked());
        let (None, Some(url)) = (no_handshake, &self.visit.url) else {
            return Err(Rejection { no_handshake, ..rejection }.into());
        };
        let mut response = redirect(&location(&self.settings, url), Some(rejection.reason))?;
        let count = browser::count(self.visit.redirects.saturating_add(1), url)?;
        response.headers_mut().append(SET_COOKIE, count);
        Ok(Next::Done(RequestState::Handshake(response)))
    }

    /// Whether something can be a session token of the instance: nothing else is told Clerk, as it may be a secret of
    /// somebody else's.
    fn is_own(&self, token: &str) -> bool {
        let (rules, key) = (&self.verifier.inner().rules, &self.settings.key);
        let Ok(jws) = self.parse(token) else { return false };
        let issuer = jws.peek().and_then(|claims| claims.some_text("iss").map(String::from));
        issuer.is_some_and(|issuer| {
            issuer == key.issuer()
                || rules.is_also_of_instance(&issuer)
                || rules.issuers.contains(&issuer)
        })
    }

    fn location(&self, settings: &Settings, url: &PublicUrl, code: &str) -> String {
        let session = &self.session;
        let back = url.without(&[DEV_BROWSER, OLD_DEV_BROWSER]);
        let mut location = format!("{}/v1/client/handshake", settings.frontend_api(url));
        query::push(&mut location, "redirect_url", &back);
        query::push(&mut location, "__clerk_api_version", API_VERSION);
        let suffixed = if session.uses_suffix { "true" } else { "false" };
        query::push(&mut location, "suffixed_cookies", suffixed);
        query::push(&mut location, "__clerk_hs_reason", code);
        query::push(&mut location, "format", "nonce");
        if let Some(token) = self.token().filter(|token| self.is_own(token)) {
            query::push(&mut location, "__session", token);
        }
        if let Some(token) = &session.dev_browser {
            query::push(&mut location, DEV_BROWSER, token);
        }
        match settings.patterns.target(url.path()) {
            None => {}
            Some(Target::PersonalAccount) => query::push(&mut location, "organization_id", ""),
            Some(Target::Id(name) | Target::Slug(name)) => {
                query::push(&mut location, "organization_id", name);
            }
        }
        location
    }
}

/// 307 to a location, which nobody is to remember. For logs it carries the reason.
pub(super) fn redirect(
    location: &str,
    reason: Option<Reason>,
) -> Result<Response<()>, VerifyError> {
    let mut response = Response::new(());
    *response.status_mut() = StatusCode::TEMPORARY_REDIRECT;
    // It is ASCII without blanks, however odd the request was.
    let mut location = HeaderValue::try_from(location).map_err(|_| misuse())?;
    location.set_sensitive(true);
    response.headers_mut().insert(LOCATION, location);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(reason) = reason {
        response.extensions_mut().insert(reason);
    }
    Ok(response)
}
