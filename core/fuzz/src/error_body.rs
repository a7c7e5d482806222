//! Error answers: what programs go by is what is in them, and what people see is one short line.
use clerk_core::{Call, Error, Event, Moment, Operation as _, RetryPolicy, api::users::GetUser};
use http::{HeaderMap, HeaderValue};
use serde_json::{Value, value::RawValue};

use super::kit::{CANARY, assert_error, assert_shown, config, drive, headers, line, number, reply};

/// A status, headers, an empty line, and a body.
pub fn error_body(data: &[u8]) {
    let (status, rest) = line(data);
    let status = number(status, 400..1000);
    let (headers, body) = headers(rest, <[u8]>::to_vec);
    let error = GetUser::read(reply(status, &headers, body)).unwrap_err();
    let api = error.api().unwrap();
    assert_eq!(error.operation(), Some("GetUser"));
    assert_eq!((error.status(), api.status), (Some(api.status), status.try_into().unwrap()));
    assert_eq!(
        [error.is_not_found(), error.is_unauthorized(), error.is_rate_limited()],
        [status == 404, status == 401, status == 429]
    );
    assert_eq!(error.is_server_error(), (500..600).contains(&status));
    assert!(error.may_have_been_sent() && !error.is_timeout());

    // The texts of the server are shown, each of them cut.
    assert_shown(&error.to_string(), 3 * 200 * 10 + 200);
    let debug = format!("{error:?}");
    assert!(!debug.contains('\n') && debug.len() <= 20 * body.len() + 20_000, "{debug}");
    // Some UTF-8, or a byte, for each escape; at most as much as is said to be kept.
    assert!(api.body.len() <= 64 << 10 && body.starts_with(&api.body));
    assert!(body.len() > 64 << 10 || api.body.len() == body.len());

    let json = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    match serde_json::from_slice(json) {
        Ok(json) => assert_read(&error, &json, &headers),
        // What is odd in one member (half a surrogate pair, a number beyond all types) costs no other.
        Err(_) if serde_json::from_slice::<&RawValue>(json).is_ok() => {}
        Err(_) => assert_read(&error, &Value::Null, &headers),
    }

    // A client says the same of it; it adds nothing but how often it was sent, and no secret of its own.
    let config = config();
    let call = Call::with_options(
        GetUser::new("user_1"),
        &config,
        0,
        clerk_core::CallOptions::new().retry(RetryPolicy::none()),
    );
    let answer = |_, _| Event::Reply(Ok(reply(status, &headers, body)));
    let again = drive(call, Moment::at(std::time::Duration::from_secs(1)), answer, |_| {});
    let again = again.unwrap_err();
    assert_eq!(again.to_string(), error.to_string());
    if !holds(&headers, body) {
        assert_error(&again, 3 * 200 * 10 + 200);
    }
}

/// What is in an answer, read by other means.
fn assert_read(error: &Error, json: &Value, headers: &HeaderMap) {
    let api = error.api().unwrap();
    let entries = json["errors"].as_array().map_or(&[][..], |entries| entries);
    let entries: Vec<_> = entries.iter().filter(|entry| entry.is_object()).take(100).collect();
    assert_eq!(api.errors().len(), entries.len());
    for (read, entry) in api.errors().iter().zip(entries) {
        assert_eq!(read.code, entry["code"].as_str().unwrap_or_default());
        assert_eq!(read.message.as_deref(), entry["message"].as_str());
        assert_eq!(read.long_message.as_deref(), entry["long_message"].as_str());
        assert!(error.has_code(&read.code));
        let written = serde_json::to_value(read).unwrap();
        assert_eq!(written["code"], *read.code);
    }
    let in_headers = ["clerk-trace-id", "cf-ray"]
        .into_iter()
        .find_map(|name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok()));
    let trace_id = json["clerk_trace_id"].as_str().or(in_headers);
    assert_eq!((error.trace_id(), api.trace_id()), (trace_id, trace_id));
}

fn holds(headers: &HeaderMap, body: &[u8]) -> bool {
    let has = |bytes: &[u8]| bytes.windows(CANARY.len()).any(|part| part == CANARY.as_bytes());
    // An escape may hide it.
    has(body) || body.contains(&b'\\') || headers.values().any(|value| has(value.as_bytes()))
}
