//! Who sent a request, as a question, and what is outside of a flow that is asked.
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, Uri};
use serde_json::{Map, Value, json};

use super::{
    auth_line::{self, Asked, Refusal, needed},
    line::{Problem, members, received, sent},
};
use crate::{
    Config, Error, Event, Failure, FailureKind, Flow, Moment, Reach, Step, Timestamp,
    auth::{AuthenticateOptions, Handshake, NoHandshake, Reason, RequestState, TokenType},
};

/// More steps than any flow here takes.
const MAX_STEPS: usize = 64;

pub(super) fn authenticate(question: Asked<'_>) -> Result<Value, Refusal> {
    let nothing = Map::new();
    let options = question.object("options")?.unwrap_or(Asked(&nothing));
    let (now, parts) = (question.now()?, request(question)?);
    let (accepted, accepts) = accepts(options)?;
    let mut world = World::read(question)?;

    let mut builder = auth_line::builder(question, options)?;
    let (key, issuer) = (options.text("publishable_key")?, options.text("issuer")?);
    if key.is_none() && issuer.is_none() {
        builder = builder.any_issuer();
    }
    if let Some(key) = key {
        builder = builder.publishable_key(key);
    }
    if let Some(issuer) = issuer {
        builder = builder.issuer(issuer);
    }
    if let Some(handshake) = options.object("handshake")? {
        builder = builder.handshake(self::handshake(handshake)?);
    }
    let config = config(question)?;
    if let Some(config) = &config {
        builder = builder.config(config);
    }
    let verifier = builder.build()?;
    let has_keys = question.0.contains_key("keys") || question.0.contains_key("secret_key");
    if !has_keys
        && !accepted.iter().all(|kind| *kind != TokenType::Session && verifier.can_verify(*kind))
    {
        let problem = "there are none, and no secret key to fetch them with";
        return Err(Error::config("keys", problem).into());
    }

    let state = world.run(verifier.authenticate(&parts, &accepts), now)?;
    let (mut answer, set) = match state {
        RequestState::SignedIn { auth, headers } => {
            let mut answer = members(auth_line::shown(&auth));
            answer.insert("state".to_owned(), "signed_in".into());
            answer.insert("token_type".to_owned(), auth.token_type().as_str().into());
            let mut set = HeaderMap::new();
            headers.apply(&mut set);
            (answer, set)
        }
        RequestState::SignedOut { rejection, headers } => {
            let mut answer = members(json!({
                "state": "signed_out",
                "reason": rejection.reason.code(),
                "token_type": rejection.token_type.map(TokenType::as_str),
            }));
            if let Some(why) = rejection.no_handshake {
                answer.insert("no_handshake".to_owned(), no_handshake(why).into());
            }
            let mut set = HeaderMap::new();
            headers.apply(&mut set);
            (answer, set)
        }
        RequestState::Unavailable(unavailable) => {
            let reason = unavailable.reason.code();
            (members(json!({ "state": "unavailable", "reason": reason })), HeaderMap::new())
        }
        RequestState::Handshake(response) => {
            let reason = response.extensions().get::<Reason>().map(|reason| reason.code());
            let status = response.status().as_u16();
            let answer = json!({ "state": "handshake", "reason": reason, "status": status });
            (members(answer), response.into_parts().0.headers)
        }
    };
    if !set.is_empty() {
        answer.insert("headers".to_owned(), pairs(&set));
    }
    answer.insert("requests".to_owned(), world.requests.into());
    Ok(answer.into())
}

/// Headers as pairs, as [`headers`] reads them; each byte of a value is one character.
fn pairs(headers: &HeaderMap) -> Value {
    let text = |value: &HeaderValue| value.as_bytes().iter().copied().map(char::from).collect();
    let pair = |(name, value): (&HeaderName, &HeaderValue)| {
        let value: String = text(value);
        json!([name.as_str(), value])
    };
    headers.iter().map(pair).collect()
}

fn no_handshake(why: NoHandshake) -> &'static str {
    match why {
        NoHandshake::NotADocument => "not-a-document",
        NoHandshake::UnknownHost => "unknown-host",
        NoHandshake::Loop => "loop",
    }
}

/// The settings of a handshake; the members are called as the setters are.
fn handshake(options: Asked<'_>) -> Result<Handshake, Problem> {
    let mut handshake = Handshake::new();
    for name in ["proxy_url", "domain", "sign_in_url", "sign_up_url"] {
        if let Some(text) = options.text(name)? {
            handshake = match name {
                "proxy_url" => handshake.proxy_url(text),
                "domain" => handshake.domain(text),
                "sign_in_url" => handshake.sign_in_url(text),
                _ => handshake.sign_up_url(text),
            };
        }
    }
    for name in [
        "origins",
        "allowed_redirect_origins",
        "organization_patterns",
        "personal_account_patterns",
    ] {
        for text in options.texts(name)?.into_iter().flatten() {
            handshake = match name {
                "origins" => handshake.origin(text),
                "allowed_redirect_origins" => handshake.allowed_redirect_origin(text),
                "organization_patterns" => handshake.organization_pattern(text),
                _ => handshake.personal_account_pattern(text),
            };
        }
    }
    if options.flag("satellite")? {
        handshake = handshake.satellite();
    }
    if options.flag("satellite_auto_sync")? {
        handshake = handshake.satellite_auto_sync();
    }
    Ok(handshake)
}

/// The request that is to be authenticated.
fn request(question: Asked<'_>) -> Result<http::request::Parts, Problem> {
    let mut request = Request::new(());
    if let Some(method) = question.text("method")? {
        *request.method_mut() =
            Method::try_from(method).map_err(|_| Problem::new("`method` is no method"))?;
    }
    if let Some(url) = question.text("url")? {
        *request.uri_mut() = Uri::try_from(url).map_err(|_| Problem::new("`url` is no URL"))?;
    }
    if let Some(given) = question.list("headers")? {
        *request.headers_mut() = headers(given)?;
    }
    Ok(request.into_parts().0)
}

/// Headers, as pairs of name and value. Each character of a value is one byte.
pub(super) fn headers(pairs: &[Value]) -> Result<HeaderMap, Problem> {
    let mut headers = HeaderMap::new();
    for pair in pairs {
        let read = || {
            let [Value::String(name), Value::String(value)] = &pair.as_array()?[..] else {
                return None;
            };
            let value: Option<Vec<_>> = value.chars().map(|char| u8::try_from(char).ok()).collect();
            let name = HeaderName::try_from(name).ok()?;
            Some((name, HeaderValue::from_bytes(&value?).ok()?))
        };
        let (name, value) =
            read().ok_or_else(|| Problem::new("one of `headers` is no pair of name and value"))?;
        headers
            .try_append(name, value)
            .map_err(|_| Problem::new("there are too many `headers`"))?;
    }
    Ok(headers)
}

fn accepts(options: Asked<'_>) -> Result<(Vec<TokenType>, AuthenticateOptions), Problem> {
    let mut accepts = AuthenticateOptions::new();
    if let Some("any") = options.0.get("accepts").and_then(Value::as_str) {
        accepts = accepts.accept_any();
    } else if let Some(names) = options.texts("accepts")? {
        let known = |name| TokenType::ALL.into_iter().find(|known| known.as_str() == name);
        let types: Option<Vec<_>> = names.into_iter().map(known).collect();
        let types = types.ok_or_else(|| Problem::new("one of `accepts` is no type of token"))?;
        accepts = accepts.accept_only(types);
    }
    if options.flag("allow_bare_token")? {
        accepts = accepts.allow_bare_token();
    }
    if options.flag("allow_pending")? {
        accepts = accepts.allow_pending();
    }
    if options.flag("trust_forwarded")? {
        accepts = accepts.trust_forwarded();
    }
    let accepted = TokenType::ALL.into_iter().filter(|known| accepts.accepts(*known)).collect();
    Ok((accepted, accepts))
}

/// What is asked with, if there is a key.
fn config(question: Asked<'_>) -> Result<Option<Config>, Refusal> {
    let (key, machine) = (question.text("secret_key")?, question.text("machine_secret_key")?);
    let builder = match (key, machine) {
        (None, None) => return Ok(None),
        (None, Some(machine)) => Config::for_machine(machine),
        (Some(key), None) => Config::builder(key),
        (Some(key), Some(machine)) => Config::builder(key).machine_secret_key(machine),
    };
    Ok(Some(builder.build()?))
}

/// What becomes of a request.
#[derive(Clone)]
pub(super) enum Reply {
    Answer(Response<Bytes>),
    /// Whether it is proven that nothing was sent.
    Failure(Reach),
}

impl Reply {
    pub(super) fn read(reply: Asked<'_>) -> Result<Self, Problem> {
        match reply.text("failure")? {
            None => Ok(Self::Answer(received(&mut reply.0.clone())?)),
            Some("not_sent") => Ok(Self::Failure(Reach::NotSent)),
            Some("maybe_sent") => Ok(Self::Failure(Reach::MaybeSent)),
            Some(_) => Err(Problem::new("`failure` is neither `not_sent` nor `maybe_sent`")),
        }
    }

    pub(super) fn event(self) -> Event {
        Event::Reply(match self {
            Self::Answer(response) => Ok(response),
            Self::Failure(reach) => {
                let kind = match reach {
                    Reach::NotSent => FailureKind::Connect,
                    Reach::MaybeSent => FailureKind::Closed,
                };
                Err(Failure::new(kind, reach, "the question says so"))
            }
        })
    }
}

/// What is outside of one flow: what it is answered, and what it has sent.
#[derive(Default)]
pub(super) struct World {
    /// What is left of the answers, the next one last: those with keys, those about tokens, and, for the handshake,
    /// what a nonce stands for and fresh sessions.
    keys: Vec<Reply>,
    tokens: Vec<Reply>,
    payloads: Vec<Reply>,
    refreshes: Vec<Reply>,
    requests: Vec<Value>,
}

impl World {
    fn read(question: Asked<'_>) -> Result<Self, Problem> {
        let mut world = Self::default();
        for reply in question.list("replies")?.into_iter().flatten() {
            let reply = reply.as_object().map(Asked);
            let reply = reply.ok_or_else(|| Problem::new("one of `replies` is not an object"))?;
            match needed("match", reply.text("match")?)? {
                "jwks" => world.keys.push(Reply::read(reply)?),
                "machine_verify" => world.tokens.push(Reply::read(reply)?),
                "handshake_payload" => world.payloads.push(Reply::read(reply)?),
                "refresh" => world.refreshes.push(Reply::read(reply)?),
                _ => {
                    let problem = "`match` is none of `jwks`, `machine_verify`, `handshake_payload` and `refresh`";
                    return Err(Problem::new(problem));
                }
            }
        }
        let Self { keys, tokens, payloads, refreshes, .. } = &mut world;
        for replies in [keys, tokens, payloads, refreshes] {
            replies.reverse();
        }
        Ok(world)
    }

    /// Runs a flow to its end. Its waits pass at once, and tokens are judged at `now`.
    pub(super) fn run<F: Flow>(
        &mut self,
        mut flow: F,
        now: Timestamp,
    ) -> Result<F::Output, Problem> {
        let (mut event, mut moment) = (Event::Start, Moment::from(now));
        for _ in 0..MAX_STEPS {
            event = match flow.advance(event, moment) {
                Step::Done(output) => return Ok(output),
                Step::Wait(time) => {
                    moment.steady = moment.steady.saturating_add(time);
                    Event::Elapsed
                }
                Step::Send(outgoing) => {
                    self.requests.push(sent(&outgoing.request));
                    self.reply(outgoing.request.uri().path()).event()
                }
            };
        }
        Err(Problem::new("the flow does not end"))
    }

    /// The next answer of the right kind; the last one is given again and again.
    fn reply(&mut self, path: &str) -> Reply {
        let replies = match path.rsplit('/').next() {
            Some("jwks") => &mut self.keys,
            Some("handshake_payload") => &mut self.payloads,
            Some("refresh") => &mut self.refreshes,
            _ => &mut self.tokens,
        };
        let next = if replies.len() > 1 { replies.pop() } else { replies.last().cloned() };
        next.unwrap_or(Reply::Failure(Reach::NotSent))
    }
}

#[cfg(test)]
#[cfg(any(feature = "ring", feature = "aws-lc-rs", feature = "rust-crypto"))]
mod tests {
    use super::*;
    use crate::catalog::answer_line;

    #[test]
    fn replies_are_given_in_order_and_the_last_again() {
        let reply = |status: u16| json!({ "match": "machine_verify", "status": status });
        let states = |replies: &[Value]| {
            let question = json!({
                "do": "authenticate", "now": 1_700_000_000_000_i64, "secret_key": "sk_test_abc",
                "headers": [["authorization", "Bearer mt_abc"]],
                "options": { "accepts": ["m2m_token"] }, "replies": replies,
            });
            let answer = answer_line(question.to_string().as_bytes());
            let answer: Value = serde_json::from_str(&answer).unwrap();
            (answer["reason"].clone(), answer["requests"].as_array().unwrap().len())
        };
        assert_eq!(states(&[reply(404)]), ("token-invalid".into(), 1));
        assert_eq!(states(&[reply(503), reply(404), reply(500)]), ("token-invalid".into(), 2));
        let (reason, requests) = states(&[reply(503)]);
        assert_eq!(reason, "unexpected-error");
        assert!((2..=4).contains(&requests), "{requests}");
        // What is about keys answers nothing else.
        let keys = json!({ "match": "jwks", "status": 404 });
        assert_eq!(states(&[keys]).0, "unexpected-error");
    }
}
