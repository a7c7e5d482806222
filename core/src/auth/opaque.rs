//! Opaque tokens: what Clerk says that they are worth.
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use http::StatusCode;
use sha2::{Digest as _, Sha256};

use super::{
    Auth,
    claims::has_audience,
    jws::is_machine,
    machine::{ApiKeyAuth, M2mAuth, OauthAuth},
    members::Members,
    reason::{Reason, Rejection, TokenType, Unavailable, VerifyError},
    verifier::{Inner, Place},
};
use crate::{
    Call, CallOptions, Config, Draft, Error, Event, Flow, Meta, Moment, Operation, Step,
    api::{
        api_keys::VerifyApiKey,
        m2m::VerifyM2mToken,
        oauth_access_tokens::{OauthAccessTokenVerification, VerifyOauthAccessToken},
    },
    error::Unreadable,
};

/// How long an opaque token may be behind its prefix.
const MAX_LENGTH: usize = 1021;
/// How long asking about a token may take at the most, with all attempts: somebody waits for it.
pub(super) const ASK: Duration = Duration::from_secs(10);
/// How many tokens are remembered at the most.
const MAX_REMEMBERED: usize = 10_000;

/// The type of an opaque token, by its prefix.
pub(super) fn token_type(token: &str) -> Option<TokenType> {
    [("mt_", TokenType::M2m), ("oat_", TokenType::Oauth), ("ak_", TokenType::ApiKey)]
        .into_iter()
        .find(|(prefix, _)| token.starts_with(prefix))
        .map(|(_, token_type)| token_type)
}

/// Whether an opaque token looks like one, so that it is worth asking about.
fn is_well_formed(token: &str) -> bool {
    let rest = token.split_once('_').map_or("", |(_, rest)| rest);
    (1..=MAX_LENGTH).contains(&rest.len())
        && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

/// The steps of finding out what one opaque token is worth.
pub(super) struct Ask {
    inner: Arc<Inner>,
    token_type: TokenType,
    /// What the token is remembered by.
    digest: Option<[u8; 32]>,
    /// Among those who may wait, once it asks.
    place: Option<Place>,
    call: Result<Box<dyn Flow<Output = Result<Bytes, Error>>>, VerifyError>,
}

impl Ask {
    pub(super) fn new(inner: &Arc<Inner>, token_type: TokenType, token: String) -> Self {
        // A configuration for one machine can ask about M2M tokens, and about nothing else.
        let config = inner
            .config
            .as_ref()
            .filter(|config| token_type == TokenType::M2m || config.has_secret_key());
        let digest = inner.cache.as_ref().map(|_| Sha256::digest(&token).into());
        let call = if !is_well_formed(&token) {
            Err(Reason::TokenInvalid.into())
        } else if let Some(config) = config {
            let seed = inner.next_seed();
            Ok(match token_type {
                TokenType::Oauth => {
                    raw(VerifyOauthAccessToken::new().access_token(token), config, seed)
                }
                TokenType::ApiKey => raw(VerifyApiKey::new(token), config, seed),
                TokenType::M2m | TokenType::Session => {
                    raw(VerifyM2mToken::new(token), config, seed)
                }
            })
        } else {
            Err(Unavailable::new(Reason::SecretKeyMissing, None).into())
        };
        Self { inner: Arc::clone(inner), token_type, digest, place: None, call }
    }

    pub(super) fn advance(&mut self, event: Event, now: Moment) -> Step<Result<Auth, VerifyError>> {
        let call = match &mut self.call {
            Ok(call) => call,
            Err(error) => return Step::Done(Err(error.clone())),
        };
        let remembered = self.inner.cache.as_ref().zip(self.digest);
        if let (Event::Start, Some((cache, digest))) = (&event, remembered)
            && let Some(auth) = cache.get(&digest, now.steady)
        {
            return Step::Done(Ok(auth));
        }
        if self.place.is_none() {
            match self.inner.for_answers.take() {
                Ok(place) => self.place = Some(place),
                Err(unavailable) => return Step::Done(Err(unavailable.into())),
            }
        }
        match call.advance(event, now) {
            Step::Send(outgoing) => Step::Send(outgoing),
            Step::Wait(time) => Step::Wait(time),
            Step::Done(answer) => {
                let verdict = answer
                    .map_err(refused)
                    .and_then(|body| read(self.token_type, &body, self.inner.audience()))
                    .map_err(|error| match error {
                        VerifyError::Rejected(rejection) => {
                            Rejection { token_type: Some(self.token_type), ..rejection }.into()
                        }
                        unavailable => unavailable,
                    });
                if let (Ok(auth), Some((cache, digest))) = (&verdict, remembered) {
                    cache.insert(digest, auth.clone(), now.steady);
                }
                Step::Done(verdict)
            }
        }
    }
}

/// What became of the question.
fn refused(error: Error) -> VerifyError {
    // Only a whole answer says something: a broken one may have a status, too.
    match error.api().map(|answer| answer.status) {
        Some(
            StatusCode::BAD_REQUEST | StatusCode::NOT_FOUND | StatusCode::UNPROCESSABLE_ENTITY,
        ) => Reason::TokenInvalid.into(),
        Some(StatusCode::UNAUTHORIZED) => unavailable(Reason::SecretKeyInvalid, error),
        _ => unavailable(Reason::UnexpectedError, error),
    }
}

fn unavailable(reason: Reason, error: Error) -> VerifyError {
    Unavailable::new(reason, Some(Arc::new(error))).into()
}

/// Reads an answer that says yes, which does not mean that the token is good.
fn read(
    token_type: TokenType,
    body: &Bytes,
    audience: Option<&[String]>,
) -> Result<Auth, VerifyError> {
    let odd = || VerifyError::from(Unavailable::new(Reason::UnexpectedError, None));
    let answer = std::str::from_utf8(body).ok().and_then(Members::read).ok_or_else(odd)?;
    let says = |name, value| answer.get(name).is_some_and(|said| said.0 == value);
    for (name, value, reason) in [
        ("revoked", "true", Reason::TokenRevoked),
        ("expired", "true", Reason::TokenExpired),
        ("active", "false", Reason::TokenInactive),
    ] {
        if says(name, value) {
            return Err(reason.into());
        }
    }
    // What it is about must fit, and nothing may say that it is not active.
    let subject = answer.some_text("subject").ok_or_else(odd)?;
    let is_machines = token_type == TokenType::M2m;
    let is_active = answer.get("active").is_none_or(|active| active.0 == "true");
    let fits = is_machine(&subject) == is_machines || token_type == TokenType::ApiKey;
    if !fits || !is_active {
        return Err(odd());
    }
    let is_a = |object: &str| answer.text("object").is_some_and(|said| said == object);
    let auth = match token_type {
        TokenType::M2m if is_a("machine_to_machine_token") => {
            let token = VerifyM2mToken::decode(body).ok().filter(|token| token.is_usable());
            token.map(|token| Auth::M2m(M2mAuth::answered(token)))
        }
        TokenType::ApiKey if is_a("api_key") => {
            let key = VerifyApiKey::decode(body).ok().filter(|key| key.is_usable());
            key.map(|key| Auth::ApiKey(ApiKeyAuth::answered(key)))
        }
        TokenType::Oauth => match VerifyOauthAccessToken::decode(body) {
            Ok(OauthAccessTokenVerification::Token(token)) if token.is_usable() => {
                Some(Auth::Oauth(OauthAuth::answered(*token)))
            }
            _ => None,
        },
        _ => None,
    };
    let auth = auth.ok_or_else(odd)?;
    if let (TokenType::Oauth, Some(audience), Some(aud)) = (token_type, audience, answer.get("aud"))
        && !has_audience(aud, audience)
    {
        return Err(Reason::TokenInvalidAudience.into());
    }
    Ok(auth)
}

/// An operation whose answer is wanted as it came.
#[derive(Debug)]
pub(super) struct Raw<O>(pub(super) O);

fn raw<O: Operation>(
    operation: O,
    config: &Config,
    seed: u64,
) -> Box<dyn Flow<Output = Result<Bytes, Error>>> {
    let inner = config.inner();
    let options = CallOptions::new()
        .deadline(inner.deadline.min(ASK))
        .attempt_timeout(inner.attempt_timeout.min(ASK));
    Box::new(Call::with_options(Raw(operation), config, seed, options))
}

impl<O: Operation> Operation for Raw<O> {
    const META: &'static Meta = O::META;
    type Output = Bytes;

    fn encode(&self, draft: &mut Draft<'_>) -> Result<(), Error> {
        self.0.encode(draft)
    }

    fn decode(body: &Bytes) -> Result<Bytes, Unreadable> {
        Ok(body.clone())
    }
}

/// What Clerk said of tokens a moment ago, by the SHA-256 of the token: the token itself is not kept.
pub(super) struct Cache {
    time: Duration,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    /// With the time until when it counts.
    tokens: BTreeMap<[u8; 32], (Duration, Auth)>,
    /// When those were last dropped that do not count any more.
    swept: Duration,
}

impl Cache {
    pub(super) fn new(time: Duration) -> Self {
        Self { time, known: Mutex::default() }
    }

    fn get(&self, digest: &[u8; 32], now: Duration) -> Option<Auth> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.tokens.get(digest).filter(|(until, _)| now < *until).map(|(_, auth)| auth.clone())
    }

    fn insert(&self, digest: [u8; 32], auth: Auth, now: Duration) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if now.saturating_sub(known.swept) >= self.time {
            known.swept = now;
            known.tokens.retain(|_, (until, _)| now < *until);
        }
        if known.tokens.len() < MAX_REMEMBERED {
            known.tokens.insert(digest, (now.saturating_add(self.time), auth));
        }
    }
}
