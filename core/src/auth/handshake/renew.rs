//! Asking Clerk what a nonce stands for, and for a fresh session.
use std::sync::Arc;

use bytes::Bytes;
use http::{Method, StatusCode};
use serde::Deserialize;

use super::{browser::Visit, directives::Directives, origin::PublicUrl};
use crate::{
    Call, CallOptions, Config, Error, ErrorKind, Flow, RawOperation, RetryPolicy, Sensitive,
    api::sessions::{ExpiredToken, RefreshFormat, RefreshSession, RefreshToken, RequestOrigin},
    auth::{
        jws::Jws,
        members::Members,
        opaque::{ASK, Raw},
        publishable_key::PublishableKey,
        reason::{Reason, Unavailable},
    },
};

pub(super) type Answer<R> = Box<dyn Flow<Output = Result<R, Error>>>;

/// What a nonce stands for.
#[derive(Deserialize)]
pub(super) struct Payload {
    pub(super) directives: Vec<String>,
}

/// One attempt: nobody says what a nonce or a refresh token is worth when it comes twice.
fn once(config: &Config) -> CallOptions {
    let inner = config.inner();
    CallOptions::new()
        .retry(RetryPolicy::none())
        .deadline(inner.deadline.min(ASK))
        .attempt_timeout(inner.attempt_timeout.min(ASK))
}

pub(super) fn payload(nonce: &str, config: &Config, seed: u64) -> Answer<Payload> {
    let operation = RawOperation::new(Method::GET, "/clients/handshake_payload")
        .query("nonce", &nonce.to_owned())
        .returns::<Payload>();
    Box::new(Call::with_options(operation, config, seed, once(config)))
}

/// Whether Clerk says that there is no such nonce; otherwise nobody can say.
pub(super) fn is_no_nonce(error: Error) -> Result<(), Unavailable> {
    let reason = match error.api().map(|answer| answer.status) {
        Some(
            StatusCode::BAD_REQUEST
            | StatusCode::NOT_FOUND
            | StatusCode::GONE
            | StatusCode::UNPROCESSABLE_ENTITY,
        ) => return Ok(()),
        Some(StatusCode::UNAUTHORIZED) => Reason::SecretKeyInvalid,
        _ => Reason::UnexpectedError,
    };
    Err(Unavailable::new(reason, Some(Arc::new(error))))
}

/// Asks for a fresh session in place of one that has expired, or says why that cannot be asked.
pub(super) fn refresh(
    token: &str,
    visit: &mut Visit,
    url: &PublicUrl,
    uses_suffix: bool,
    config: &Config,
    seed: u64,
) -> Result<Answer<Bytes>, &'static str> {
    let refresh_token = visit
        .refresh_token
        .take()
        .and_then(|token| String::from_utf8(token).ok())
        .ok_or("missing-refresh-token")?;
    let session_id = session_id(token).ok_or("expired-session-token-missing-sid-claim")?;
    let operation = RefreshSession::new(
        session_id,
        ExpiredToken::new(token),
        RefreshToken::new(refresh_token),
        RequestOrigin::new(url.origin.to_string()),
    )
    .request_headers(Sensitive::new(std::mem::take(&mut visit.told)))
    .format(RefreshFormat::Cookie);
    let mut options = once(config);
    if uses_suffix {
        options = options.query("suffixed_cookies", "true");
    }
    Ok(Box::new(Call::with_options(Raw(operation), config, seed, options)))
}

/// The session that a token, which was verified, is of.
pub(super) fn session_id(token: &str) -> Option<String> {
    let jws = Jws::parse(token).ok()?;
    jws.peek()?.some_text("sid").map(String::from)
}

/// The cookies of a fresh session.
pub(super) fn renewed(body: &Bytes, key: &PublishableKey) -> Option<Directives> {
    let answer = Members::read(std::str::from_utf8(body).ok()?)?;
    let directives = Directives::of_list(answer.get("cookies"), key)?;
    Some(directives).filter(|directives| !directives.cookies.is_empty())
}

/// Clerk's code for why there is no fresh session.
pub(super) fn why_not(error: &Error) -> String {
    let code = error.api().and_then(|answer| answer.errors().first()).map(|error| &*error.code);
    match (code, error.kind()) {
        (Some("unexpected_error"), _) | (None, ErrorKind::Transport) => "fetch-error".to_owned(),
        (Some(code), _) if is_code(code) => code.to_owned(),
        (_, ErrorKind::InvalidRequest) => "unexpected-sdk-error".to_owned(),
        _ => "unexpected-bapi-error".to_owned(),
    }
}

fn is_code(code: &str) -> bool {
    (1..=64).contains(&code.len())
        && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}
