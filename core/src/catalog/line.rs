//! Questions and answers as lines of JSON.
use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, header::CONTENT_TYPE,
};
use serde::{
    Serialize, Serializer,
    ser::{Error as _, SerializeMap as _},
};
use serde_json::{Map, Value, json, value::RawValue};

use super::{Entry, OPERATIONS, auth_line, find};
use crate::{Config, Error, ErrorKind};

/// The key of the client that would send a request, where the question names none.
const SECRET_KEY: &str = "sk_test_protocol";

/// Answers a question: one line of JSON in, one line of JSON out, without the line break.
///
/// - `{"do":"list"}` lists the operations.
/// - `{"do":"request","operation_id":…,"args":…,"secret_key":…}` gives the request that a client
///   would send; see [`Entry::request`] for `args`.
/// - `{"do":"response","operation_id":…,"status":…,"headers":…,"body":…}` gives what a client would
///   make of that answer: `ok` or `error`. A body that is no text is given as `body_base64`.
/// - `{"do":"verify_token","token":…,"now":…,"keys":…,"options":…}` gives what a
///   [`Verifier`](crate::auth::Verifier) makes of a token: `ok`, or the reason in `error`. `now` is
///   in Unix milliseconds; `keys` is `{"pem":…}`, `{"jwks":…}` or `{"jwks_text":…}`.
/// - `{"do":"authenticate","headers":[["authorization","Bearer …"]],"now":…,"keys":…}` gives who sent
///   a request; `replies` is what the flow is answered, and `requests` what it sent.
/// - `{"do":"has","claims":…,"params":…}` gives what [`has`](crate::auth::SessionAuth::has) says of
///   verified claims.
/// - `{"do":"keyring","secret_key":…,"options":…,"steps":…}` plays verifications and a server with keys
///   in virtual time.
/// - `{"do":"rs256","key":…,"message_base64":…,"signature_base64":…}` checks one signature.
/// - `{"do":"webhook","secrets":["whsec_…"],"now":…,"headers":[["svix-id","msg_1"]],"body":…}` gives what a
///   [`Webhook`](crate::webhook::Webhook) makes of a delivery: `ok`, or the reason in `error`.
///
/// Whatever checks signatures can name a `backend`: `ring`, `aws-lc-rs` or `rust-crypto`. What cannot be built of a
/// question, such as a verifier without keys, is an error of the kind `config`.
///
/// `id`, where there is one, comes back with the answer. Whatever is asked, there is an answer.
///
/// ```
/// use clerk_core::catalog::answer_line;
///
/// let question = r#"{"id":3,"do":"response","operation_id":"GetUsersCount","status":200,
///     "headers":{},"body":"{\"object\":\"total_count\",\"total_count\":7}"}"#;
/// assert_eq!(answer_line(question.as_bytes()), r#"{"id":3,"ok":{"object":"total_count","total_count":7}}"#);
/// ```
pub fn answer_line(question: &[u8]) -> String {
    let (id, answer) = match serde_json::from_slice(question) {
        Ok(Value::Object(mut question)) => (question.remove("id"), answer(question)),
        Ok(_) => (None, Err(Problem::new("the question is not a JSON object"))),
        Err(_) => (None, Err(Problem::new("the question is not JSON"))),
    };
    let mut answer = answer.unwrap_or_else(|Problem(message)| {
        let members = members(json!({ "error": { "kind": "protocol", "message": message } }));
        Answer { members, text: None }
    });
    if let Some(id) = id {
        answer.members.insert("id".to_owned(), id);
    }
    // All of it is text or values, which can be written.
    serde_json::to_string(&answer).unwrap_or_default()
}

/// An answer. It may have a member, itself or in `ok`, that is JSON as text.
struct Answer {
    members: Map<String, Value>,
    /// The name of that member.
    text: Option<&'static str>,
}

impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.members.len()))?;
        for (name, value) in &self.members {
            match (name.as_str(), value) {
                (name, Value::String(json)) if self.text == Some(name) => {
                    let json: &RawValue = serde_json::from_str(json).map_err(S::Error::custom)?;
                    map.serialize_entry(name, json)?;
                }
                ("ok", Value::Object(members)) if self.text.is_some() => {
                    let ok = Self { members: members.clone(), text: self.text };
                    map.serialize_entry(name, &ok)?;
                }
                (_, value) => map.serialize_entry(name, value)?,
            }
        }
        map.end()
    }
}

/// Why a question cannot be understood.
pub(super) struct Problem(String);

impl Problem {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

fn answer(mut question: Map<String, Value>) -> Result<Answer, Problem> {
    let operation = |question: &Map<String, Value>| {
        let id = question.get("operation_id").and_then(Value::as_str);
        let id = id.ok_or_else(|| Problem::new("`operation_id` is missing"))?;
        find(id).ok_or_else(|| Problem::new("there is no operation of this `operation_id`"))
    };
    let mut text = None;
    let answer = match question.get("do").and_then(Value::as_str) {
        Some("list") => json!({ "operations": OPERATIONS.iter().map(listed).collect::<Vec<_>>() }),
        Some("request") => {
            let entry = operation(&question)?;
            let arguments = question.remove("args").unwrap_or_else(|| json!({}));
            let key = match question.get("secret_key") {
                None => SECRET_KEY,
                Some(Value::String(key)) => key,
                Some(_) => return Err(Problem::new("`secret_key` is not a string")),
            };
            match Config::new(key).and_then(|config| entry.request(arguments, &config)) {
                Ok(request) => sent(&request),
                Err(error) => json!({ "error": described(&error) }),
            }
        }
        Some("response") => {
            let entry = operation(&question)?;
            match entry.response(received(&mut question)?) {
                Ok(output) => json!({ "ok": output }),
                Err(error) => json!({ "error": described(&error) }),
            }
        }
        Some(
            verb @ ("verify_token" | "has" | "authenticate" | "keyring" | "rs256" | "webhook"),
        ) => {
            text = match verb {
                "verify_token" | "authenticate" => Some("claims"),
                "webhook" => Some("event"),
                _ => None,
            };
            auth_line::answer(verb, &question)?
        }
        _ => return Err(Problem::new("`do` is nothing that can be done")),
    };
    Ok(Answer { members: members(answer), text })
}

pub(super) fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        other => Map::from_iter([("answer".to_owned(), other)]),
    }
}

fn listed(entry: &Entry) -> Value {
    let meta = entry.meta;
    json!({
        "operation_id": meta.operation_id,
        "method": meta.method.as_str(),
        "path": meta.path,
        "tag": meta.tag,
        "deprecated": meta.deprecated,
        "success": meta.success,
        "errors": meta.errors,
    })
}

pub(super) fn sent(request: &Request<Bytes>) -> Value {
    let headers: Map<_, _> = request
        .headers()
        .iter()
        .map(|(name, value)| {
            (
                name.as_str().to_owned(),
                String::from_utf8_lossy(value.as_bytes()).into_owned().into(),
            )
        })
        .collect();
    let mut answer = Map::from_iter([
        ("method".to_owned(), request.method().as_str().into()),
        ("uri".to_owned(), request.uri().to_string().into()),
        ("headers".to_owned(), headers.into()),
    ]);
    let is_json =
        request.headers().get(CONTENT_TYPE).is_some_and(|value| value == "application/json");
    match serde_json::from_slice(request.body()) {
        Ok(body) if is_json => answer.insert("body".to_owned(), body),
        _ if request.body().is_empty() => None,
        _ => answer.insert("body_base64".to_owned(), BASE64_STANDARD.encode(request.body()).into()),
    };
    answer.into()
}

pub(super) fn received(question: &mut Map<String, Value>) -> Result<Response<Bytes>, Problem> {
    let status = question.get("status").and_then(Value::as_u64);
    let status = status.and_then(|status| StatusCode::from_u16(status.try_into().ok()?).ok());
    let mut response =
        Response::new(match (question.remove("body_base64"), question.remove("body")) {
            (Some(Value::String(text)), _) => BASE64_STANDARD
                .decode(text)
                .map_err(|_| Problem::new("`body_base64` is not base64"))?
                .into(),
            (None, Some(Value::String(text))) => Bytes::from(text),
            (None, None) => Bytes::new(),
            _ => return Err(Problem::new("the body is not a string")),
        });
    *response.status_mut() = status.ok_or_else(|| Problem::new("`status` is no status"))?;
    *response.headers_mut() = match question.remove("headers") {
        None => HeaderMap::new(),
        Some(Value::Object(headers)) => headers
            .into_iter()
            .map(|(name, value)| {
                Some((
                    HeaderName::try_from(name).ok()?,
                    HeaderValue::try_from(value.as_str()?).ok()?,
                ))
            })
            .collect::<Option<_>>()
            .ok_or_else(|| Problem::new("one of `headers` is no header"))?,
        Some(_) => return Err(Problem::new("`headers` is not an object")),
    };
    Ok(response)
}

fn described(error: &Error) -> Value {
    // What is no error answer of the server and has a status is an answer that cannot be used.
    let unusable = || match error.status() {
        Some(status) if status.is_success() => "decode",
        _ => "unexpected_status",
    };
    let kind = match error.kind() {
        ErrorKind::InvalidRequest => "invalid_args",
        ErrorKind::Api => "api",
        ErrorKind::Decode => "decode",
        _ => unusable(),
    };
    let mut members = Map::from_iter([
        ("kind".to_owned(), kind.into()),
        ("message".to_owned(), error.to_string().into()),
    ]);
    let mut add = |name: &str, value: Value| members.insert(name.to_owned(), value);
    if let Some(status) = error.status() {
        add("status", status.as_u16().into());
    }
    if let Some(api) = error.api() {
        add("errors", json!(api.errors));
        if let Some(meta) = &api.meta {
            add("meta", json!(meta));
        }
        if let Some(trace_id) = &api.clerk_trace_id {
            add("clerk_trace_id", trace_id.as_str().into());
        }
    }
    members.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(question: &str) -> Value {
        serde_json::from_str(&answer_line(question.as_bytes())).unwrap()
    }

    #[test]
    fn whatever_is_asked_there_is_an_answer() {
        for question in [
            "",
            "{",
            "[]",
            "null",
            "{}",
            r#"{"do":1}"#,
            r#"{"do":"dance"}"#,
            r#"{"do":"request"}"#,
            r#"{"do":"request","operation_id":"GetNothing"}"#,
            r#"{"do":"request","operation_id":"GetJWKS","secret_key":1}"#,
            r#"{"do":"response","operation_id":"GetJWKS"}"#,
            r#"{"do":"response","operation_id":"GetJWKS","status":20000000}"#,
            r#"{"do":"response","operation_id":"GetJWKS","status":200,"headers":{"a b":""}}"#,
            r#"{"do":"response","operation_id":"GetJWKS","status":200,"headers":[]}"#,
            r#"{"do":"response","operation_id":"GetJWKS","status":200,"body":{}}"#,
            r#"{"do":"response","operation_id":"GetJWKS","status":200,"body_base64":"?"}"#,
        ] {
            assert_eq!(answer(question)["error"]["kind"], "protocol", "{question}");
        }
        assert_eq!(
            answer_line(b"\xff"),
            r#"{"error":{"kind":"protocol","message":"the question is not JSON"}}"#
        );
        let answer = answer(r#"{"id":[null,{"a":1}],"do":"dance"}"#);
        assert_eq!(
            (&answer["id"], &answer["error"]["kind"]),
            (&json!([null, { "a": 1 }]), &json!("protocol"))
        );
    }

    #[test]
    fn answers_that_cannot_be_used_say_why() {
        for (status, headers, kind) in [
            (302, json!({ "location": "https://example.com/x" }), "unexpected_status"),
            (101, json!({}), "unexpected_status"),
            (200, json!({ "content-encoding": "gzip" }), "decode"),
            (200, json!({}), "decode"),
            (503, json!({}), "api"),
        ] {
            let question = json!({ "do": "response", "operation_id": "GetUser", "status": status, "headers": headers, "body": "<html>" });
            let error = answer(&question.to_string())["error"].clone();
            assert_eq!(
                (&error["kind"], &error["status"]),
                (&json!(kind), &json!(status)),
                "{error}"
            );
        }
    }

    #[test]
    fn a_key_that_cannot_be_used_is_not_shown() {
        let answer = answer_line(
            br#"{"do":"request","operation_id":"GetJWKS","secret_key":"pk_live_c2VjcmV0"}"#,
        );
        assert!(answer.contains("invalid_args") && !answer.contains("c2VjcmV0"), "{answer}");
    }

    #[test]
    fn forms_are_base64() {
        let file = json!({ "filename": "a.png", "content_type": "image/png", "base64": "AAEC" });
        let args = json!({ "path": { "user_id": "user_1" }, "body": { "file": file } });
        let question =
            json!({ "do": "request", "operation_id": "SetUserProfileImage", "args": args });
        let body = answer(&question.to_string())["body_base64"]
            .as_str()
            .map(|text| BASE64_STANDARD.decode(text).unwrap());
        assert!(body.unwrap().windows(3).any(|bytes| bytes == [0, 1, 2]));
    }
}
