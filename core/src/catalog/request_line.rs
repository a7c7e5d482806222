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
    auth::{AuthenticateOptions, RequestState, TokenType},
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
    let mut answer = members(match state {
        RequestState::SignedIn(auth) => {
            let mut answer = members(auth_line::shown(&auth));
            answer.insert("state".to_owned(), "signed_in".into());
            answer.insert("token_type".to_owned(), auth.token_type().as_str().into());
            answer.into()
        }
        RequestState::SignedOut(rejection) => json!({
            "state": "signed_out",
            "reason": rejection.reason.code(),
            "token_type": rejection.token_type.map(TokenType::as_str),
        }),
        RequestState::Unavailable(unavailable) => {
            json!({ "state": "unavailable", "reason": unavailable.reason.code() })
        }
        RequestState::Handshake(_) => json!({ "state": "handshake" }),
    });
    answer.insert("requests".to_owned(), world.requests.into());
    Ok(answer.into())
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
    /// What is left of the answers, the next one last: those with keys, and those about tokens.
    keys: Vec<Reply>,
    tokens: Vec<Reply>,
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
                _ => return Err(Problem::new("`match` is neither `jwks` nor `machine_verify`")),
            }
        }
        world.keys.reverse();
        world.tokens.reverse();
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
        let replies = if path.ends_with("/jwks") { &mut self.keys } else { &mut self.tokens };
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
