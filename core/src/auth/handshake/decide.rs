//! The decision about a browser's request, step by step.
use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use http::{HeaderValue, header::SET_COOKIE, request::Parts};

use super::{
    SetHeaders, Settings,
    away::redirect,
    browser::{self, BROUGHT, Brought, Visit},
    directives::Directives,
    renew::{self, Answer, Payload},
};
use crate::{
    Error, Event, Moment, Step,
    auth::{
        AuthenticateOptions, SessionAuth,
        claims::Demanded,
        jws::Kind,
        members::Members,
        reason::{Reason, Rejection, Unavailable, VerifyError},
        request::RequestState,
        verifier::{Judge, Place, Verified, Verifier, misuse},
    },
};

/// How many requests one decision may cost.
const MAX_REQUESTS: u8 = 4;
/// How far clocks may differ in development, about a token that comes straight from the handshake.
const DEVELOPMENT_SKEW: Duration = Duration::from_secs(24 * 60 * 60);

/// The steps of deciding about a browser's request.
pub(in crate::auth) struct Browser {
    pub(super) verifier: Verifier,
    pub(super) settings: Arc<Settings>,
    pub(super) allows_pending: bool,
    pub(super) visit: Visit,
    pub(super) session: Session,
    /// Among those who may wait for Clerk's answer, once it does.
    pub(super) place: Option<Place>,
    requests: u8,
    /// Nobody could say what a handshake ended with. That holds unless somebody is signed in all the same.
    unavailable: Option<Unavailable>,
    at: At,
}

/// What the cookies say, before anything is verified.
#[derive(Default)]
pub(super) struct Session {
    pub(super) token: Option<Vec<u8>>,
    pub(super) client_uat: Option<i64>,
    pub(super) dev_browser: Option<String>,
    pub(super) uses_suffix: bool,
}

/// What is going on.
pub(super) enum At {
    Start,
    /// The nonce of a handshake is traded for what it stands for.
    Payload(Answer<Payload>),
    /// The token of a handshake is verified.
    Brought(Judge),
    /// The session that came out of a handshake is verified; with more skew, the second time.
    Resolved {
        judge: Judge,
        directives: Directives,
        is_second: bool,
    },
    /// The session in the cookie is verified.
    Cookie(Judge),
    /// A session that expired is renewed.
    Refresh(Answer<Bytes>),
    /// The session that came out of it is verified.
    Renewed {
        judge: Judge,
        cookies: Vec<HeaderValue>,
    },
    Finished,
}

/// What follows from an event.
#[allow(clippy::large_enum_variant)] // It lives for a moment; a box would be an allocation for every request.
pub(super) enum Next {
    /// Begin with this.
    Go(At),
    Done(RequestState),
}

impl Browser {
    pub(in crate::auth) fn read(
        verifier: &Verifier,
        settings: &Arc<Settings>,
        parts: &Parts,
        options: &AuthenticateOptions,
    ) -> Result<Self, Reason> {
        Ok(Self {
            verifier: verifier.clone(),
            settings: Arc::clone(settings),
            allows_pending: options.allows_pending(),
            visit: Visit::read(parts, settings, options.trusts_forwarded())?,
            session: Session::default(),
            place: None,
            requests: 0,
            unavailable: None,
            at: At::Start,
        })
    }

    /// The session in the cookie, if it is text.
    pub(super) fn token(&self) -> Option<&str> {
        std::str::from_utf8(self.session.token.as_deref()?).ok()
    }

    pub(in crate::auth) fn advance(&mut self, mut event: Event, now: Moment) -> Step<RequestState> {
        loop {
            let at = std::mem::replace(&mut self.at, At::Finished);
            let next = match self.step(at, event, now) {
                Ok(Step::Send(outgoing)) => {
                    if self.requests == MAX_REQUESTS {
                        self.at = At::Finished;
                        let unavailable = Unavailable::new(Reason::UnexpectedError, None);
                        return Step::Done(RequestState::Unavailable(unavailable));
                    }
                    self.requests += 1;
                    return Step::Send(outgoing);
                }
                Ok(Step::Wait(time)) => return Step::Wait(time),
                Ok(Step::Done(next)) => next,
                Err(missing) => Next::Done(missing.into()),
            };
            match next {
                Next::Go(at) => {
                    self.at = at;
                    event = Event::Start;
                }
                Next::Done(state) => {
                    return Step::Done(match self.unavailable.take() {
                        Some(unavailable) if !state.is_signed_in() => unavailable.into(),
                        _ => state,
                    });
                }
            }
        }
    }

    /// One event for whatever is going on, which goes on unless it is done.
    fn step(&mut self, at: At, event: Event, now: Moment) -> Result<Step<Next>, VerifyError> {
        macro_rules! drive {
            ($flow:expr, $at:expr, |$output:pat_param| $then:expr) => {{
                match $flow.advance(event, now) {
                    Step::Send(outgoing) => {
                        self.at = $at;
                        Step::Send(outgoing)
                    }
                    Step::Wait(time) => {
                        self.at = $at;
                        Step::Wait(time)
                    }
                    Step::Done($output) => Step::Done($then),
                }
            }};
        }
        Ok(match at {
            At::Start => match event {
                Event::Start => Step::Done(self.start(now)?),
                _ => return Err(misuse()),
            },
            At::Payload(mut answer) => drive!(answer, At::Payload(answer), |payload| {
                self.place = None;
                self.payload(payload)?
            }),
            At::Brought(mut judge) => {
                drive!(judge, At::Brought(judge), |verdict| self.brought(verdict)?)
            }
            At::Resolved { mut judge, directives, is_second } => {
                drive!(judge, At::Resolved { judge, directives, is_second }, |verdict| self
                    .resolved(verdict, directives, is_second)?)
            }
            At::Cookie(mut judge) => {
                drive!(judge, At::Cookie(judge), |verdict| self.cookie(verdict)?)
            }
            At::Refresh(mut answer) => drive!(answer, At::Refresh(answer), |answer| {
                self.place = None;
                self.refreshed(answer)?
            }),
            At::Renewed { mut judge, cookies } => {
                drive!(judge, At::Renewed { judge, cookies }, |verdict| self
                    .renewed(verdict, cookies)?)
            }
            At::Finished => return Err(misuse()),
        })
    }

    fn start(&mut self, now: Moment) -> Result<Next, VerifyError> {
        let (settings, inner) = (Arc::clone(&self.settings), Arc::clone(self.verifier.inner()));
        let cookies = std::mem::take(&mut self.visit.cookies);
        let (pair, uses_suffix) = cookies.choose(&settings.key, &inner.rules, now.wall);
        let client_uat = pair.client_uat();
        let kept = pair.dev_browser.and_then(|token| String::from_utf8(token).ok());
        let dev_browser = self.visit.dev_browser.clone().or(kept).filter(|_| !settings.is_live);
        self.session = Session { token: pair.session, client_uat, dev_browser, uses_suffix };
        match self.visit.brought.take() {
            Some(Brought::Nonce(nonce)) if browser::is_nonce(&nonce) => {
                self.place = Some(inner.for_answers.take()?);
                let answer = renew::payload(&nonce, &settings.config, inner.next_seed());
                Ok(Next::Go(At::Payload(answer)))
            }
            Some(Brought::Nonce(_)) => self.nothing(),
            Some(Brought::Token(token)) => {
                let judge =
                    Judge::new(&self.verifier, token, Demanded::default(), |_| Kind::Handshake);
                Ok(Next::Go(At::Brought(judge)))
            }
            None => self.rows(),
        }
    }

    // Row 1: the browser comes from the handshake.

    fn payload(&mut self, answer: Result<Payload, Error>) -> Result<Next, VerifyError> {
        match answer {
            Ok(payload) => {
                match Directives::read(
                    payload.directives.iter().map(|text| &**text),
                    &self.settings.key,
                ) {
                    Some(directives) => self.resolve(directives),
                    None => self.rows(),
                }
            }
            Err(error) => match renew::is_no_nonce(error) {
                // Somebody else's cookie is not to make those wait whose session is good.
                Err(unavailable) if self.visit.is_in_cookie => {
                    self.unavailable = Some(unavailable);
                    self.rows()
                }
                Err(unavailable) => Err(unavailable.into()),
                Ok(()) => self.nothing(),
            },
        }
    }

    /// It stands for nothing: it was used, or is a neighbour's. In a cookie it would sign out somebody whose session is
    /// good, for as long as it stays.
    fn nothing(&self) -> Result<Next, VerifyError> {
        if self.visit.is_in_cookie { self.rows() } else { self.resolve(Directives::default()) }
    }

    fn brought(&self, verdict: Result<Verified, VerifyError>) -> Result<Next, VerifyError> {
        match verdict {
            Ok(Verified::Handshake(payload)) => {
                let list = Members::read(&payload).and_then(|claims| claims.get("handshake"));
                match Directives::of_list(list, &self.settings.key) {
                    Some(directives) if directives.cookies.is_empty() => self.nothing(),
                    Some(directives) => self.resolve(directives),
                    None => self.rows(),
                }
            }
            // In a cookie it may be a neighbour's. In the URL it was meant for this page: then keys were switched, and
            // another handshake would end as this one did.
            Err(VerifyError::Rejected(_)) if self.visit.is_in_cookie => self.rows(),
            Err(error) => Err(error),
            Ok(_) => Err(misuse()),
        }
    }

    /// Holds the session that came out of a handshake against the rules.
    fn resolve(&self, directives: Directives) -> Result<Next, VerifyError> {
        match &directives.session {
            None => self.settled(Err(Reason::SessionTokenMissing.into()), directives.cookies),
            Some(token) => match self.judge(token.clone(), Demanded::default()) {
                Ok(judge) => Ok(Next::Go(At::Resolved { judge, directives, is_second: false })),
                Err(_) => self.rows(),
            },
        }
    }

    fn resolved(
        &self,
        verdict: Result<Verified, VerifyError>,
        directives: Directives,
        is_second: bool,
    ) -> Result<Next, VerifyError> {
        let rejection = match verdict {
            Ok(Verified::Session(session)) => {
                return self.settled(Ok(session), directives.cookies);
            }
            Ok(_) => return Err(misuse()),
            Err(VerifyError::Rejected(rejection)) => rejection,
            Err(unavailable) => return Err(unavailable),
        };
        let is_about_time = matches!(
            rejection.reason,
            Reason::TokenExpired | Reason::TokenNotActiveYet | Reason::TokenIatInTheFuture
        );
        match &directives.session {
            // The clock of a developer's machine may be wrong: the token was made a moment ago.
            Some(token) if is_about_time && !self.settings.is_live && !is_second => {
                let demanded = Demanded { skew: Some(DEVELOPMENT_SKEW), ..Demanded::default() };
                let judge = self.judge(token.clone(), demanded)?;
                Ok(Next::Go(At::Resolved { judge, directives, is_second: true }))
            }
            _ if is_second => Err(rejection.into()),
            _ => self.rows(),
        }
    }

    /// A handshake is over. In development the browser is sent to the same page without what the URL holds of it: not
    /// if it holds nothing, as that would be the same request again, and not to a browser that keeps no cookies, which
    /// would only be sent to the handshake again.
    fn settled(
        &self,
        session: Result<SessionAuth, Rejection>,
        cookies: Vec<HeaderValue>,
    ) -> Result<Next, VerifyError> {
        let headers = SetHeaders::new(cookies);
        if let Some(url) = &self.visit.url
            && self.visit.is_page
            && self.visit.has_cookies
            && !self.settings.is_live
            && url.holds(&BROUGHT)
        {
            let reason = session.err().map(|rejection| rejection.reason);
            let mut response = redirect(&url.without(&BROUGHT), reason)?;
            headers.apply(response.headers_mut());
            // It was sent away, however long ago: what is only done to browsers that were not is not to be done again.
            let count = browser::count(self.visit.redirects.max(1), url)?;
            response.headers_mut().append(SET_COOKIE, count);
            return Ok(Next::Done(RequestState::Handshake(response)));
        }
        Ok(Next::Done(match session {
            Ok(session) => self.signed_in(session, headers),
            Err(rejection) => RequestState::SignedOut { rejection, headers },
        }))
    }
}
