//! Webhooks: what is verified is what a second reading of the rules says, and no byte more.
use std::sync::LazyLock;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use clerk_core::{
    Timestamp,
    webhook::{Delivery, Reason, Webhook},
};
use hmac::{Hmac, KeyInit as _, Mac as _};
use http::{HeaderMap, HeaderValue};
use serde_json::Value;
use sha2::Sha256;

use super::kit::{assert_error, assert_shown, expanded, headers};

const NOW: i64 = 1_700_000_000;
const MAX_BODY: usize = 4096;
const SECRETS: [&str; 2] = ["C2FVsBQIhrscChlQIMV+b5sSYspob7oD", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"];
const NAMES: [[&str; 2]; 3] = [
    ["svix-id", "webhook-id"],
    ["svix-timestamp", "webhook-timestamp"],
    ["svix-signature", "webhook-signature"],
];

static WEBHOOK: LazyLock<Webhook> =
    LazyLock::new(|| Webhook::with_secrets(SECRETS).unwrap().max_body(MAX_BODY));

/// Headers, an empty line, and the body. In the headers `$1` and `$2` stand for the signatures of the two secrets
/// (base64), `$3` for that of another one.
pub fn webhook(data: &[u8]) {
    let (unsigned, body) = headers(data, <[u8]>::to_vec);
    let of = |[one, other]: [&str; 2]| {
        unsigned.get(one).or_else(|| unsigned.get(other)).map_or(&b""[..], HeaderValue::as_bytes)
    };
    let message = [of(NAMES[0]), b".", of(NAMES[1]), b".", body].concat();
    let other = BASE64_STANDARD.encode([7; 24]);
    let signatures = [SECRETS[0], SECRETS[1], &other].map(|secret| signature(secret, &message));
    let (headers, body) = headers(data, |value| {
        expanded(value, |digit| Some(&**signatures.get(usize::from(digit.checked_sub(b'1')?))?))
    });

    let result = WEBHOOK.verify(&headers, body, Timestamp::from_secs(NOW));
    let again = WEBHOOK.verify(&headers, body, Timestamp::from_secs(NOW));
    assert_eq!(format!("{result:?}"), format!("{again:?}"));
    match (result, expected(&headers, body)) {
        (Ok(delivery), Ok(())) => verified(&delivery, &headers, body),
        // That it is signed is not all.
        (Err(rejection), Ok(())) => assert_eq!(rejection.reason, Reason::PayloadInvalid),
        (Err(rejection), Err(reason)) => {
            assert_eq!(rejection.reason, reason);
            assert_error(&rejection, 200);
            assert_eq!(rejection.response().status(), 400);
        }
        (Ok(delivery), Err(reason)) => panic!("{reason:?}, and yet {delivery:?}"),
    }
}

fn signature(secret: &str, message: &[u8]) -> String {
    let key = BASE64_STANDARD.decode(secret).unwrap();
    let mac = Hmac::<Sha256>::new_from_slice(&key).unwrap().chain_update(message);
    BASE64_STANDARD.encode(mac.finalize().into_bytes())
}

/// Why it has to be refused, if it has to be, before the body is looked at.
fn expected(headers: &HeaderMap, body: &[u8]) -> Result<(), Reason> {
    if body.len() > MAX_BODY {
        return Err(Reason::BodyTooLarge);
    }
    let mut found: Vec<&[u8]> = Vec::new();
    for names in NAMES {
        let values = names.map(|name| {
            headers.get_all(name).iter().map(HeaderValue::as_bytes).collect::<Vec<_>>()
        });
        found.push(match [&*values[0], &*values[1]] {
            [[], []] => b"",
            [[one], []] | [[], [one]] => one,
            [[one], [other]] if one == other => one,
            _ => return Err(Reason::HeaderAmbiguous),
        });
    }
    if let Some(at) = found.iter().position(|value| value.trim_ascii().is_empty()) {
        return Err(Reason::HeaderMissing(NAMES[at][0]));
    }
    let digits = str::from_utf8(found[1]).ok().filter(|text| {
        text.len() <= 12 && !text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit())
    });
    let sent: i64 = digits.ok_or(Reason::TimestampInvalid)?.parse().unwrap();
    match sent - NOW {
        ..-300 => return Err(Reason::TimestampTooOld),
        301.. => return Err(Reason::TimestampTooNew),
        _ => {}
    }
    let message = [found[0], b".", found[1], b".", body].concat();
    let good = SECRETS.map(|secret| format!("v1,{}", signature(secret, &message)));
    let candidates: Vec<_> =
        found[2].split(|byte| *byte == b' ').filter(|one| !one.is_empty()).collect();
    let is_signed = found[2].len() <= 8192
        && candidates.len() <= 64
        && candidates.iter().any(|one| good.iter().any(|good| good.as_bytes() == *one));
    if is_signed { Ok(()) } else { Err(Reason::SignatureInvalid) }
}

fn verified(delivery: &Delivery, headers: &HeaderMap, body: &[u8]) {
    let id = NAMES[0].iter().find_map(|name| headers.get(*name)).unwrap();
    let id: String = id.as_bytes().iter().map(|byte| char::from(*byte)).collect();
    assert_eq!(delivery.id, id);
    // What nobody has asked for yet may be odd: nested deeply, or half of a surrogate pair.
    if let Ok(json) = serde_json::from_slice::<Value>(body) {
        assert_eq!(json["type"], *delivery.event.event_type.as_str());
        assert!(json.get("data").is_some());
    }
    // A queue gives back what was put into it.
    let queued = serde_json::to_string(delivery).unwrap();
    assert_eq!(serde_json::from_str::<Delivery>(&queued).unwrap(), *delivery);
    match delivery.event.data() {
        Ok(data) => assert_shown(&format!("{data:?}"), 40 * body.len() + 4096),
        Err(error) => assert_error(&error, 1500),
    }
}
