//! Answers to every operation: what can be read can be written and read again, and what cannot is not quoted.
use clerk_core::catalog::{Entry, OPERATIONS, find};
use http::HeaderMap;

use super::kit::{CANARY, assert_error, assert_shown, headers, line, number, reply, text};

/// The id of an operation and a status, headers, an empty line, and a body. Whatever is no id stands for one.
pub fn responses(data: &[u8]) {
    let (first, rest) = line(data);
    let end = first.iter().position(|byte| *byte == b' ').unwrap_or(first.len());
    let (id, status) = first.split_at(end);
    let entry = operation(id);
    let status = number(status.trim_ascii(), 100..1000);
    let (headers, body) = headers(rest, <[u8]>::to_vec);

    let shown = entry.shown_response(reply(status, &headers, body));
    match entry.response(reply(status, &headers, body)) {
        Ok(value) => {
            assert!((200..300).contains(&status));
            assert!(!shown.unwrap().contains('\n'));
            let written = serde_json::to_vec(&value).unwrap();
            let again = reply(200, &HeaderMap::new(), &written);
            if !value.is_null() {
                assert_eq!(entry.response(again).unwrap(), value, "{}", entry.meta.operation_id);
            }
        }
        Err(error) => {
            assert_eq!(error.to_string(), shown.unwrap_err().to_string());
            assert_shown(&error.to_string(), 3 * 200 * 10 + 400);
            assert_eq!(error.operation(), Some(entry.meta.operation_id));
            if let Some(decode) = error.decode() {
                assert!((200..300).contains(&status), "{error}");
                let in_names = decode.path.contains(CANARY);
                let in_type = headers.values().any(|value| value.as_bytes().starts_with(b"hush"));
                if !in_names && !in_type {
                    assert_error(&error, 3 * 200 * 10 + 400);
                }
                assert!(body.starts_with(&decode.body) && decode.body.len() <= 64 << 10);
            }
        }
    }
}

pub(super) fn operation(id: &[u8]) -> &'static Entry {
    find(&text(id)).unwrap_or_else(|| {
        let number = id.iter().fold(0_usize, |all, byte| all * 31 % 65_521 + usize::from(*byte));
        &OPERATIONS[number % OPERATIONS.len()]
    })
}
