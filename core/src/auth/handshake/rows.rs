//! Clerk's rows, in their order: what becomes of a request by its cookies.
use std::sync::Arc;

use bytes::Bytes;
use http::HeaderValue;

use super::{
    SetHeaders, Settings,
    browser::{DEV_BROWSER, REDIRECT_URL, SYNCED, Synced},
    decide::{At, Browser, Next},
    directives::Directives,
    origin::{Origin, tame},
    patterns::Target,
    query, renew,
};
use crate::{
    Error,
    auth::{
        Auth, SessionAuth,
        claims::{Demanded, is_before},
        jws::{Jws, Kind},
        opaque,
        reason::{Reason, Rejection, TokenType, VerifyError},
        request::RequestState,
        verifier::{Judge, Verified, misuse},
    },
    model::SessionId,
};

impl Browser {
    // Rows 2 to 14: what the cookies say before anything is verified.

    pub(super) fn rows(&self) -> Result<Next, VerifyError> {
        let settings = &*self.settings;
        let (visit, session) = (&self.visit, &self.session);
        let is_development = !settings.is_live;
        let has_cookies = session.token.is_some() || session.client_uat.is_some();

        let may_sync = settings.is_satellite && visit.is_get && visit.is_document;
        if may_sync && visit.synced != Some(Synced::Done) {
            let is_wanted = visit.synced == Some(Synced::Wanted);
            if !has_cookies && !is_wanted && !settings.auto_sync {
                return Err(Reason::SessionTokenAndUatMissing.into());
            }
            if !has_cookies || is_wanted {
                let reason = Reason::SatelliteNeedsSyncing;
                return match &settings.sign_in_url {
                    Some(sign_in_url) if is_development => self.send(reason, |_, url| {
                        let mut location = sign_in_url.clone();
                        query::push(&mut location, REDIRECT_URL, &url.to_string());
                        location
                    }),
                    _ => self.handshake(reason),
                };
            }
        }
        if is_development
            && !settings.is_satellite
            && let Some(location) = self.back_to_satellite(settings)
        {
            return self.send(Reason::PrimaryRespondsToSyncing, |_, _| location);
        }
        if is_development && visit.dev_browser.is_some() {
            return self.handshake(Reason::DevBrowserSync);
        }
        if is_development && session.dev_browser.is_none() {
            return self.handshake(Reason::DevBrowserMissing);
        }
        let (token, client_uat) = match (&session.token, session.client_uat) {
            (None, None) => return Err(Reason::SessionTokenAndUatMissing.into()),
            (Some(_), None) => return self.handshake(Reason::SessionTokenButNoClientUat),
            (None, Some(_)) => return self.handshake(Reason::ClientUatButNoSessionToken),
            (Some(token), Some(client_uat)) => (token, client_uat),
        };
        let token = String::from_utf8(token.clone()).map_err(|_| Reason::TokenInvalid)?;
        let jws = self.parse(&token)?;
        if jws.peek().is_some_and(|claims| is_before(&claims, client_uat)) {
            return self.handshake(Reason::SessionTokenIatBeforeClientUat);
        }
        let judge = Judge::parsed(&self.verifier, token, jws, Demanded::default(), Kind::Session);
        Ok(Next::Go(At::Cookie(judge)))
    }

    /// Where a satellite in development wants its browser back, with the token of the browser: only if it is one of the
    /// satellites that were named, as whoever sends a link chooses this.
    fn back_to_satellite(&self, settings: &Settings) -> Option<String> {
        let wanted = self.visit.redirect_url.as_deref()?;
        let origin =
            Origin::of(wanted).filter(|origin| settings.redirect_origins.contains(origin))?;
        // Only what both browsers and this reading take for the same URL.
        let target = wanted.parse::<http::Uri>().ok()?;
        let text = target.path_and_query().map_or("/", |target| target.as_str());
        let mut location =
            format!("{origin}{}", query::without_of(&tame(text), &[DEV_BROWSER, SYNCED]));
        if let Some(token) = &self.session.dev_browser {
            query::push(&mut location, DEV_BROWSER, token);
        }
        query::push(&mut location, SYNCED, "true");
        Some(location)
    }

    /// A token that can be a session's.
    pub(super) fn parse(&self, token: &str) -> Result<Jws, Rejection> {
        let mismatch =
            |token_type| Rejection { token_type, ..Rejection::new(Reason::TokenTypeMismatch) };
        if let Some(token_type) = opaque::token_type(token) {
            return Err(mismatch(Some(token_type)));
        }
        let jws = Jws::parse(token)?;
        match jws.kind() {
            Kind::Session => {}
            kind => return Err(mismatch(kind.token_type())),
        }
        jws.check(Kind::Session).map_err(of_session)?;
        Ok(jws)
    }

    pub(super) fn judge(&self, token: String, demanded: Demanded) -> Result<Judge, Rejection> {
        let jws = self.parse(&token)?;
        Ok(Judge::parsed(&self.verifier, token, jws, demanded, Kind::Session))
    }

    // Rows 15 to 21: the session is verified, or is not.

    pub(super) fn cookie(
        &mut self,
        verdict: Result<Verified, VerifyError>,
    ) -> Result<Next, VerifyError> {
        let session = match verdict {
            Ok(Verified::Session(session)) => session,
            Ok(_) => return Err(misuse()),
            Err(VerifyError::Rejected(rejection)) => return self.refused(rejection),
            Err(unavailable) => return Err(unavailable),
        };
        let settings = &*self.settings;
        let visit = &self.visit;
        let reason = if !settings.is_satellite
            && visit.is_get
            && visit.is_document
            && visit.is_from_elsewhere
            && visit.redirects == 0
        {
            Some(Reason::PrimaryDomainCrossOriginSync)
        } else if self.is_known(&session) && self.is_other_organization(settings, &session) {
            Some(Reason::ActiveOrganizationMismatch)
        } else {
            None
        };
        // Somebody is signed in: if the browser cannot be sent away, that stays so.
        match reason {
            Some(reason) if self.blocked().is_none() => self.handshake(reason),
            _ => Ok(Next::Done(self.signed_in(session, SetHeaders::default()))),
        }
    }

    fn is_other_organization(&self, settings: &Settings, session: &SessionAuth) -> bool {
        let Some(url) = &self.visit.url else { return false };
        let active = session.organization.as_ref();
        match settings.patterns.target(url.path()) {
            None => false,
            Some(Target::PersonalAccount) => active.is_some(),
            Some(Target::Id(id)) => active.is_none_or(|active| active.id.as_str() != id),
            Some(Target::Slug(slug)) => {
                active.is_none_or(|active| active.slug.as_deref() != Some(slug))
            }
        }
    }

    fn refused(&mut self, rejection: Rejection) -> Result<Next, VerifyError> {
        match rejection.reason {
            Reason::TokenExpired if !self.visit.is_get => self.expired("non-eligible-non-get"),
            Reason::TokenExpired if self.visit.refresh_token.is_none() => {
                self.expired("non-eligible-no-refresh-cookie")
            }
            Reason::TokenExpired => self.refresh(),
            Reason::TokenNotActiveYet => self.handshake_as(rejection, "session-token-nbf"),
            Reason::TokenIatInTheFuture => {
                self.handshake_as(rejection, "session-token-iat-in-the-future")
            }
            _ => Err(rejection.into()),
        }
    }

    fn expired(&self, why: &str) -> Result<Next, VerifyError> {
        let code = format!("session-token-expired-refresh-{why}");
        self.handshake_as(of_session(Reason::TokenExpired), &code)
    }

    fn refresh(&mut self) -> Result<Next, VerifyError> {
        let (settings, inner) = (Arc::clone(&self.settings), Arc::clone(self.verifier.inner()));
        let Some(url) = self.visit.url.clone() else { return self.expired("unknown-origin") };
        let token = self.token().unwrap_or_default().to_owned();
        let uses_suffix = self.session.uses_suffix;
        let asked = renew::refresh(
            &token,
            &mut self.visit,
            &url,
            uses_suffix,
            &settings.config,
            inner.next_seed(),
        );
        let answer = match asked {
            Ok(answer) => answer,
            Err(why) => return self.expired(why),
        };
        match inner.for_answers.take() {
            Ok(place) => self.place = Some(place),
            // The browser can ask by itself.
            Err(_) => return self.expired("fetch-error"),
        }
        Ok(Next::Go(At::Refresh(answer)))
    }

    pub(super) fn refreshed(&mut self, answer: Result<Bytes, Error>) -> Result<Next, VerifyError> {
        let body = match answer {
            Ok(body) => body,
            Err(error) => return self.expired(&renew::why_not(&error)),
        };
        let Some(Directives { cookies, session }) = renew::renewed(&body, &self.settings.key)
        else {
            return self.expired("unexpected-sdk-error");
        };
        match session.map(|token| self.judge(token, Demanded::default())) {
            Some(Ok(judge)) => Ok(Next::Go(At::Renewed { judge, cookies })),
            _ => self.expired("invalid-session-token"),
        }
    }

    pub(super) fn renewed(
        &self,
        verdict: Result<Verified, VerifyError>,
        cookies: Vec<HeaderValue>,
    ) -> Result<Next, VerifyError> {
        match verdict {
            // The same session as before, and nobody else's.
            Ok(Verified::Session(session))
                if session.session_id.as_ref().map(SessionId::as_str)
                    == self.token().and_then(renew::session_id).as_deref() =>
            {
                Ok(Next::Done(self.signed_in(session, SetHeaders::new(cookies))))
            }
            Ok(Verified::Session(_)) | Err(VerifyError::Rejected(_)) => {
                self.expired("invalid-session-token")
            }
            Ok(_) => Err(misuse()),
            Err(unavailable) => Err(unavailable),
        }
    }

    fn is_known(&self, session: &SessionAuth) -> bool {
        self.allows_pending || !session.is_pending()
    }

    pub(super) fn signed_in(&self, session: SessionAuth, headers: SetHeaders) -> RequestState {
        if self.is_known(&session) {
            return RequestState::SignedIn { auth: Auth::Session(session), headers };
        }
        RequestState::SignedOut { rejection: of_session(Reason::SessionPending), headers }
    }
}

fn of_session(reason: Reason) -> Rejection {
    Rejection { token_type: Some(TokenType::Session), ..Rejection::new(reason) }
}
