//! Who sent a request.
use std::{fmt, time::Duration};

use http::{
    HeaderValue, Response, StatusCode,
    header::{AUTHORIZATION, CACHE_CONTROL, LOCATION, RETRY_AFTER, SET_COOKIE, WWW_AUTHENTICATE},
    request::Parts,
};

use super::{
    Auth,
    claims::Demanded,
    cookies::{Cookies, SessionCookie},
    handshake::{Browser, NoHandshake, SetHeaders, store_nowhere},
    jws::{Jws, Kind, MAX_TOKEN},
    opaque::{self, Ask},
    reason::{Reason, Rejection, TokenType, Unavailable, VerifyError},
    verifier::{Inner, Judge, Verified, Verifier, misuse},
};
use crate::{Error, Event, Flow, Moment, Step};

/// What is accepted of a request.
///
/// ```
/// use clerk_core::auth::{AuthenticateOptions, TokenType};
///
/// let browsers = AuthenticateOptions::new(); // session tokens, in a header or a cookie
/// let machines = AuthenticateOptions::new().accept_only([TokenType::M2m, TokenType::ApiKey]);
/// let everybody = AuthenticateOptions::new().accept_any();
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
#[doc(alias = "AuthenticateRequestOptions")]
pub struct AuthenticateOptions {
    /// For each of [`TokenType::ALL`].
    accepts: [bool; 4],
    bare_token: bool,
    pending: bool,
    forwarded: bool,
}

impl Default for AuthenticateOptions {
    fn default() -> Self {
        Self::new()
    }
}

impl AuthenticateOptions {
    /// Session tokens are accepted, and nothing else.
    pub const fn new() -> Self {
        Self {
            accepts: [true, false, false, false],
            bare_token: false,
            pending: false,
            forwarded: false,
        }
    }

    /// Accepts tokens of these types, and no others. Where opaque tokens are among them (API keys always
    /// are), anybody who sends something that looks like one causes a request to Clerk.
    #[doc(alias = "acceptsToken")]
    pub fn accept_only(mut self, types: impl IntoIterator<Item = TokenType>) -> Self {
        self.accepts = [false; 4];
        for token_type in types {
            if let Some(accepts) = self.accepts.get_mut(token_type as usize) {
                *accepts = true;
            }
        }
        self
    }

    /// Accepts tokens of every type.
    pub fn accept_any(mut self) -> Self {
        self.accepts = [true; 4];
        self
    }

    /// Accepts a token that is the whole of the `Authorization` header, without `Bearer`.
    pub fn allow_bare_token(mut self) -> Self {
        self.bare_token = true;
        self
    }

    /// Accepts sessions that are pending: their users have something left to do.
    #[doc(alias = "treatPendingAsSignedOut")]
    pub fn allow_pending(mut self) -> Self {
        self.pending = true;
        self
    }

    /// Believes `X-Forwarded-Host` and `X-Forwarded-Proto`, the first value of each, when a
    /// [handshake](super::Handshake) has to know by which of its origins a browser knows a page, and tells Clerk of
    /// `X-Forwarded-For` when a session is renewed. Say it where every request comes through a proxy of yours that
    /// sets them, or for the requests that do.
    pub fn trust_forwarded(mut self) -> Self {
        self.forwarded = true;
        self
    }

    pub(super) fn allows_pending(&self) -> bool {
        self.pending
    }

    pub(super) fn trusts_forwarded(&self) -> bool {
        self.forwarded
    }

    /// Whether tokens of a type are accepted.
    pub fn accepts(&self, token_type: TokenType) -> bool {
        self.accepts.get(token_type as usize).copied().unwrap_or(false)
    }
}

/// Who sent a request.
#[derive(Debug)]
#[non_exhaustive]
#[allow(clippy::large_enum_variant)] // A box would be an allocation for every request.
pub enum RequestState {
    /// Somebody, and it is known who.
    #[non_exhaustive]
    SignedIn {
        /// Who.
        auth: Auth,
        /// What the answer has to carry besides: nothing without a [`Handshake`](super::Handshake).
        headers: SetHeaders,
    },
    /// Nobody who is known.
    #[non_exhaustive]
    SignedOut {
        /// Why.
        rejection: Rejection,
        /// What the answer has to carry besides: nothing without a [`Handshake`](super::Handshake).
        headers: SetHeaders,
    },
    /// Nobody can say: keys could not be fetched, or Clerk could not be asked. Answer 503.
    Unavailable(Unavailable),
    /// The browser is to be sent to this answer's location, from where it comes back: answer with it as it is. Only
    /// with a [`Handshake`](super::Handshake), and only for pages. Its location and its cookies may hold tokens:
    /// keep them out of logs. Why is [`reason`](Self::reason); there is none where a browser that came back is sent to
    /// its page.
    Handshake(Response<()>),
}

impl RequestState {
    /// Whether it is known who it is.
    pub fn is_signed_in(&self) -> bool {
        self.auth().is_some()
    }

    /// Who it is, if that is known.
    pub fn auth(&self) -> Option<&Auth> {
        match self {
            Self::SignedIn { auth, .. } => Some(auth),
            _ => None,
        }
    }

    /// Who it is, if that is known, by value. The headers are lost: with a [`Handshake`](super::Handshake) take them
    /// first, or use [`optional`](Self::optional).
    pub fn into_auth(self) -> Option<Auth> {
        match self {
            Self::SignedIn { auth, .. } => Some(auth),
            _ => None,
        }
    }

    /// Why it is not known who it is.
    pub fn reason(&self) -> Option<Reason> {
        match self {
            Self::SignedOut { rejection, .. } => Some(rejection.reason),
            Self::Unavailable(unavailable) => Some(unavailable.reason),
            Self::Handshake(response) => response.extensions().get().copied(),
            Self::SignedIn { .. } => None,
        }
    }

    /// Why the browser was not sent to the [handshake](super::Handshake) although that would have helped: for logs.
    pub fn no_handshake(&self) -> Option<NoHandshake> {
        match self {
            Self::SignedOut { rejection, .. } => rejection.no_handshake,
            _ => None,
        }
    }

    /// What the call to Clerk ended with, where nobody can say who it is because of one: for logs.
    pub fn error(&self) -> Option<&Error> {
        match self {
            Self::Unavailable(unavailable) => unavailable.error(),
            _ => None,
        }
    }

    /// Lets in only those who are signed in, with what has to be put on the answer to them; the others get the answer
    /// in `Err`, which is that of [`refusal`](Self::refusal).
    ///
    /// ```
    /// use clerk_core::auth::RequestState;
    ///
    /// # fn example(state: RequestState) -> Result<http::Response<String>, http::Response<()>> {
    /// if let Some(reason) = state.reason() {
    ///     eprintln!("{}: {}", reason.code(), reason.advice()); // for your log
    /// }
    /// let (auth, headers) = state.require()?;
    /// let mut response = http::Response::new(format!("hello, {auth}"));
    /// headers.apply(response.headers_mut()); // fresh cookies, if there are any
    /// # Ok(response)
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// If nobody is signed in, if a browser is to be sent to the handshake first, or if nobody can say.
    pub fn require(self) -> Result<(Auth, SetHeaders), Response<()>> {
        match self {
            Self::SignedIn { auth, headers } => Ok((auth, headers)),
            Self::SignedOut { headers, .. } => Err(unauthorized(&headers)),
            Self::Unavailable(unavailable) => Err(service_unavailable(&unavailable)),
            Self::Handshake(handshake) => Err(handshake),
        }
    }

    /// Lets in those who are signed in, and those who are not. Where nobody can say who it is, or where a
    /// browser is to be sent elsewhere first, there is the answer in `Err`: "could not be checked" is not
    /// "signed out".
    ///
    /// # Errors
    ///
    /// If a browser is to be sent to the handshake first, or if nobody can say.
    pub fn optional(self) -> Result<(Option<Auth>, SetHeaders), Response<()>> {
        match self {
            Self::SignedOut { headers, .. } => Ok((None, headers)),
            other => other.require().map(|(auth, headers)| (Some(auth), headers)),
        }
    }

    /// What to answer to somebody who is not signed in where that is required: 401, the same for
    /// every reason; 503 with `Retry-After` if nobody can say; 307 to the handshake. `None` for those who are signed
    /// in.
    pub fn refusal(&self) -> Option<Response<()>> {
        match self {
            Self::SignedIn { .. } => None,
            Self::SignedOut { headers, .. } => Some(unauthorized(headers)),
            Self::Unavailable(unavailable) => Some(service_unavailable(unavailable)),
            Self::Handshake(handshake) => Some(handshake.clone()),
        }
    }

    /// Puts on an answer what the browser has to get whatever else is answered: its fresh cookies, and where it is to
    /// go. For answers that are made by somebody who only knows that there is to be one; what
    /// [`refusal`](Self::refusal) gives has all of it already, and those who are let in get it by
    /// [`SetHeaders::apply`].
    pub fn complete<B>(&self, response: &mut Response<B>) {
        match self {
            Self::Handshake(handshake) => {
                let (theirs, ours) = (response.headers_mut(), handshake.headers());
                if let Some(location) = ours.get(LOCATION) {
                    _ = theirs.try_insert(LOCATION, location.clone());
                }
                if store_nowhere(theirs) {
                    for cookie in ours.get_all(SET_COOKIE) {
                        _ = theirs.try_append(SET_COOKIE, cookie.clone());
                    }
                }
                *response.status_mut() = handshake.status();
            }
            Self::SignedIn { headers, .. } | Self::SignedOut { headers, .. } => {
                headers.apply(response.headers_mut());
            }
            Self::Unavailable(_) => {}
        }
    }

    fn signed_in(auth: Auth) -> Self {
        Self::SignedIn { auth, headers: SetHeaders::default() }
    }

    fn signed_out(rejection: impl Into<Rejection>) -> Self {
        Self::SignedOut { rejection: rejection.into(), headers: SetHeaders::default() }
    }
}

fn unauthorized(headers: &SetHeaders) -> Response<()> {
    let mut response = uncached(StatusCode::UNAUTHORIZED);
    headers.apply(response.headers_mut());
    response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    response
}

fn service_unavailable(unavailable: &Unavailable) -> Response<()> {
    let mut response = uncached(StatusCode::SERVICE_UNAVAILABLE);
    let time = unavailable.retry_after.unwrap_or_default().max(Duration::from_secs(1));
    let seconds = time.as_secs().saturating_add(u64::from(time.subsec_nanos() > 0));
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    response
}

fn uncached(status: StatusCode) -> Response<()> {
    let mut response = Response::new(());
    *response.status_mut() = status;
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

impl From<Unavailable> for RequestState {
    fn from(unavailable: Unavailable) -> Self {
        Self::Unavailable(unavailable)
    }
}

impl From<VerifyError> for RequestState {
    fn from(error: VerifyError) -> Self {
        match error {
            VerifyError::Rejected(rejection) => Self::signed_out(rejection),
            VerifyError::Unavailable(unavailable) => Self::Unavailable(unavailable),
        }
    }
}

impl Verifier {
    /// A [`Flow`] that tells who sent a request: it looks at the `Authorization` header, then at
    /// Clerk's cookies, and asks for what it does not have.
    ///
    /// ```
    /// use clerk_core::auth::{AuthenticateOptions, RequestState, Verifier};
    ///
    /// # fn example<T: clerk_core::Transport>(clerk: &clerk_core::Client<T>, verifier: &Verifier, request: http::Request<()>) {
    /// let (parts, body) = request.into_parts();
    /// let state = clerk.run(verifier.authenticate(&parts, &AuthenticateOptions::new())); // `.await` it with clerk-hyper
    /// # }
    /// # fn next(state: RequestState) {
    /// match state {
    ///     RequestState::SignedIn { auth, .. } => println!("{auth:?}"),
    ///     RequestState::SignedOut { rejection, .. } => println!("401, for the log: {}", rejection.reason.code()),
    ///     RequestState::Unavailable(unavailable) => println!("503, for the log: {:?}", unavailable.error()),
    ///     _ => {}
    /// }
    /// # }
    /// ```
    #[doc(alias = "authenticateRequest")]
    pub fn authenticate(&self, parts: &Parts, options: &AuthenticateOptions) -> Authenticate {
        let found = Found::read(self, parts, options);
        Authenticate { verifier: self.clone(), options: *options, state: State::Found(found) }
    }
}

/// A [`Flow`] that tells who sent a request: see [`Verifier::authenticate`].
#[must_use]
pub struct Authenticate {
    verifier: Verifier,
    options: AuthenticateOptions,
    state: State,
}

enum State {
    Found(Found),
    Judge(Judge),
    Ask(Ask),
    Browser(Box<Browser>),
    Finished,
}

/// What a request brings.
enum Found {
    Token(String),
    Cookies(Cookies),
    Browser(Box<Browser>),
    Nothing(Reason),
}

impl Found {
    fn read(verifier: &Verifier, parts: &Parts, options: &AuthenticateOptions) -> Self {
        let mut fields = parts.headers.get_all(AUTHORIZATION).iter();
        let token = match (fields.next(), fields.next()) {
            (None, _) => Ok(None),
            (Some(field), None) => bearer(field.as_bytes(), options.bare_token),
            (Some(_), Some(_)) => Err(Reason::TokenInvalid),
        };
        match token {
            Ok(Some(token)) => Self::Token(token.to_owned()),
            Err(reason) => Self::Nothing(reason),
            Ok(None) if options.accepts(TokenType::Session) => {
                let Inner { handshake, publishable_key: key, .. } = &**verifier.inner();
                let found = match handshake {
                    Some(settings) => Browser::read(verifier, settings, parts, options)
                        .map(|browser| Self::Browser(Box::new(browser))),
                    None => Cookies::read(&parts.headers, key.as_ref()).map(Self::Cookies),
                };
                found.unwrap_or_else(Self::Nothing)
            }
            Ok(None) => Self::Nothing(Reason::TokenMissing),
        }
    }
}

/// The token of an `Authorization` field; `None` if it has none.
fn bearer(field: &[u8], bare: bool) -> Result<Option<&str>, Reason> {
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t');
    let end = field.iter().position(is_blank).unwrap_or(field.len());
    let (scheme, rest) = field.split_at_checked(end).unwrap_or((field, &[]));
    if !scheme.eq_ignore_ascii_case(b"bearer") {
        let is_bare = bare && rest.is_empty() && !field.is_empty();
        return if is_bare {
            std::str::from_utf8(field).map(Some).map_err(|_| Reason::TokenInvalid)
        } else {
            Ok(None)
        };
    }
    let blanks = rest.iter().take_while(|byte| **byte == b' ').count();
    let token = rest.get(blanks..).unwrap_or_default();
    let is_one = token.is_ascii() && memchr::memchr3(b' ', b'\t', b',', token).is_none();
    match std::str::from_utf8(token) {
        Ok(token) if blanks > 0 && is_one && !token.is_empty() => Ok(Some(token)),
        _ => Err(Reason::TokenInvalid),
    }
}

fn mismatch(token_type: Option<TokenType>) -> Rejection {
    Rejection { token_type, ..Rejection::new(Reason::TokenTypeMismatch) }
}

impl Authenticate {
    /// Chooses what to do about what the request brings.
    fn begin(&self, found: Found, now: Moment) -> Result<State, Rejection> {
        match found {
            Found::Nothing(reason) => Err(reason.into()),
            Found::Token(token) => self.token(token),
            Found::Cookies(cookies) => {
                let Inner { publishable_key: key, rules, .. } = &**self.verifier.inner();
                let SessionCookie { token, client_uat } =
                    cookies.session(key.as_ref(), rules, now.wall)?;
                self.cookie(token, client_uat)
            }
            Found::Browser(browser) => Ok(State::Browser(browser)),
        }
    }

    fn token(&self, token: String) -> Result<State, Rejection> {
        if let Some(token_type) = opaque::token_type(&token) {
            return if self.options.accepts(token_type) {
                Ok(State::Ask(Ask::new(self.verifier.inner(), token_type, token)))
            } else {
                Err(mismatch(Some(token_type)))
            };
        }
        let jws = match Jws::parse(&token) {
            Ok(jws) => jws,
            Err(reason) if token.len() > MAX_TOKEN || self.options.accepts(TokenType::Session) => {
                return Err(reason.into());
            }
            Err(_) => return Err(mismatch(None)),
        };
        let kind = jws.kind();
        match kind.token_type() {
            Some(token_type) if self.options.accepts(token_type) => Ok(State::Judge(
                Judge::parsed(&self.verifier, token, jws, Demanded::default(), kind),
            )),
            token_type => Err(mismatch(token_type)),
        }
    }

    /// A cookie is always a session token.
    fn cookie(&self, token: String, client_uat: i64) -> Result<State, Rejection> {
        if let Some(token_type) = opaque::token_type(&token) {
            return Err(mismatch(Some(token_type)));
        }
        let jws = Jws::parse(&token)?;
        match jws.kind() {
            Kind::Session => Ok(State::Judge(Judge::parsed(
                &self.verifier,
                token,
                jws,
                Demanded { client_uat: Some(client_uat), skew: None },
                Kind::Session,
            ))),
            kind => Err(mismatch(kind.token_type())),
        }
    }

    fn signed_in(&self, verified: Verified) -> RequestState {
        let auth = match verified {
            Verified::Session(session) if session.is_pending() && !self.options.pending => {
                let token_type = Some(TokenType::Session);
                let rejection = Rejection { token_type, ..Rejection::new(Reason::SessionPending) };
                return RequestState::signed_out(rejection);
            }
            Verified::Session(session) => Auth::Session(session),
            Verified::M2m(token) => Auth::M2m(token),
            Verified::Oauth(token) => Auth::Oauth(token),
            Verified::Template(_) | Verified::Handshake(_) => {
                return RequestState::signed_out(Reason::TokenTypeMismatch);
            }
        };
        RequestState::signed_in(auth)
    }
}

impl Flow for Authenticate {
    type Output = RequestState;

    fn advance(&mut self, event: Event, now: Moment) -> Step<RequestState> {
        if let State::Found(_) = &self.state {
            let State::Found(found) = std::mem::replace(&mut self.state, State::Finished) else {
                return Step::Done(misuse().into());
            };
            if !matches!(event, Event::Start) {
                return Step::Done(misuse().into());
            }
            match self.begin(found, now) {
                Ok(state) => self.state = state,
                Err(rejection) => return Step::Done(RequestState::signed_out(rejection)),
            }
        }
        let step = match &mut self.state {
            State::Judge(judge) => judge.advance(event, now).map(Ok),
            State::Ask(ask) => ask.advance(event, now).map(Err),
            State::Browser(browser) => return browser.advance(event, now),
            State::Found(_) | State::Finished => return Step::Done(misuse().into()),
        };
        let verdict = match step {
            Step::Send(outgoing) => return Step::Send(outgoing),
            Step::Wait(time) => return Step::Wait(time),
            Step::Done(verdict) => verdict,
        };
        self.state = State::Finished;
        Step::Done(match verdict {
            Ok(Ok(verified)) => self.signed_in(verified),
            Err(Ok(auth)) => RequestState::signed_in(auth),
            Ok(Err(error)) | Err(Err(error)) => error.into(),
        })
    }
}

impl fmt::Debug for Authenticate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authenticate").field("options", &self.options).finish_non_exhaustive()
    }
}
