//! A delivery, as a question.
use std::{borrow::Cow, collections::BTreeMap};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json, value::RawValue};

use super::{
    auth_line::{Asked, Refusal, needed},
    line::Problem,
    request_line::headers,
};
use crate::webhook::{Event, EventType, Webhook};

pub(super) fn webhook(question: Asked<'_>) -> Result<Value, Refusal> {
    let (secrets, now) = (needed("secrets", question.texts("secrets")?)?, question.now()?);
    let (headers, body) =
        (headers(needed("headers", question.list("headers")?)?)?, body(question)?);
    Ok(match Webhook::with_secrets(secrets)?.verify(&headers, &body, now) {
        Ok(delivery) => json!({ "ok": {
            "id": delivery.id,
            "timestamp": delivery.sent_at.as_secs(),
            "type": delivery.event.event_type,
            "known": is_known(&delivery.event),
            "event": shown(&delivery.event),
        } }),
        Err(rejection) => json!({ "error": { "reason": rejection.reason.code() } }),
    })
}

fn body(question: Asked<'_>) -> Result<Cow<'_, [u8]>, Problem> {
    if let Some(bytes) = question.text("body_base64")? {
        let bytes = BASE64_STANDARD.decode(bytes);
        return Ok(bytes.map_err(|_| Problem::new("`body_base64` is not base64"))?.into());
    }
    Ok(needed("body", question.text("body")?)?.as_bytes().into())
}

fn is_known(event: &Event) -> bool {
    !matches!(event.event_type, EventType::Unknown(_))
}

/// The whole event as text, which [`line`](super::line) puts in as it stands: its members as they came, but its
/// data as it was read, if it was. Of a type that nobody knows it stays as it came, as what reads that keeps
/// no large numbers.
fn shown(event: &Event) -> String {
    let data = event.data().ok().filter(|_| is_known(event));
    let data = data.and_then(|data| serde_json::value::to_raw_value(&data).ok());
    let members: Result<BTreeMap<Cow<'_, str>, &RawValue>, _> =
        serde_json::from_str(event.as_json());
    let written = members.ok().zip(data).and_then(|(mut members, data)| {
        members.insert("data".into(), &data);
        serde_json::to_string(&members).ok()
    });
    // A line break in JSON is but a blank.
    written.unwrap_or_else(|| event.as_json().to_owned()).replace(['\n', '\r'], " ")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::catalog::answer_line;

    fn ask(question: &Value) -> Value {
        let answer = answer_line(question.to_string().as_bytes());
        assert!(!answer.contains('\n'), "{answer}");
        serde_json::from_str(&answer).unwrap()
    }

    fn good() -> Value {
        json!({
            "id": 3, "do": "webhook", "secrets": ["whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"],
            "now": 1_649_367_553_000_i64,
            "headers": [
                ["svix-id", "msg_27UH4WbU6Z5A5EzD8u03UvzRbpk"], ["svix-timestamp", "1649367553"],
                ["svix-signature", "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw="],
            ],
            "body": r#"{"email":"test@example.com","username":"test_user"}"#,
        })
    }

    #[test]
    fn what_is_no_question_is_told() {
        let reason = json!({ "id": 3, "error": { "reason": "payload-invalid" } });
        assert_eq!(ask(&good()), reason);
        for name in ["secrets", "now", "headers", "body"] {
            let mut question = good();
            question.as_object_mut().unwrap().remove(name);
            let error = json!({ "kind": "protocol", "message": format!("`{name}` is missing") });
            assert_eq!(ask(&question)["error"], error);
        }
        let pair = "one of `headers` is no pair of name and value";
        for (name, value, message) in [
            ("secrets", json!("whsec_"), "`secrets` is not a list of strings"),
            ("secrets", json!([1]), "`secrets` is not a list of strings"),
            ("secrets", json!(null), "`secrets` is not a list of strings"),
            ("now", json!("1"), "`now` is not a whole number of milliseconds"),
            ("now", json!(1.5), "`now` is not a whole number of milliseconds"),
            ("headers", json!({ "svix-id": "msg_1" }), "`headers` is not a list"),
            ("headers", json!([["svix-id"]]), pair),
            ("headers", json!([["svix-id", 1]]), pair),
            ("headers", json!([["svix id", "msg_1"]]), pair),
            ("headers", json!([["svix-id", "\n"]]), pair),
            ("headers", json!([["svix-id", "\u{100}"]]), pair),
            ("body", json!({}), "`body` is not a string"),
            ("body_base64", json!("?"), "`body_base64` is not base64"),
            ("body_base64", json!(null), "`body_base64` is not a string"),
        ] {
            let mut question = good();
            question[name] = value.clone();
            let error = json!({ "kind": "protocol", "message": message });
            assert_eq!(ask(&question)["error"], error, "{name} {value}");
        }
        let mut question = good();
        let many = (0..40_000).map(|number| json!([format!("x-{number}"), ""]));
        question["headers"] = many.collect();
        assert_eq!(ask(&question)["error"]["message"], "there are too many `headers`");
    }

    #[test]
    fn secrets_that_are_none_are_not_shown() {
        let mut question = good();
        question["secrets"] = json!(["whsec_AAAA", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"]);
        let message = "invalid `signing_secret`: it is too short: it stands for less than 24 bytes; was it cut?";
        assert_eq!(ask(&question)["error"], json!({ "kind": "config", "message": message }));
    }
}
