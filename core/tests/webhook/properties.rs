//! What holds for every delivery, and deliveries that nobody thought of.
use base64::{Engine as _, prelude::BASE64_STANDARD};
use clerk_core::{
    Timestamp,
    webhook::{Event, Reason, Webhook},
};
use http::{HeaderMap, HeaderValue};
use proptest::prelude::{
    Just, ProptestConfig, Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest,
};
use serde_json::json;

use super::{DELETED, NOW, SECRET, recipe::hmac};

fn bytes(size: std::ops::Range<usize>) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), size)
}

/// What may come as a signature: often one of the right form.
fn signatures() -> impl Strategy<Value = Vec<u8>> {
    let formed = bytes(31..34).prop_map(|bytes| format!("v1,{}", BASE64_STANDARD.encode(bytes)));
    let formed = prop::collection::vec(formed, 0..4).prop_map(|all| all.join(" ").into_bytes());
    prop_oneof![formed, bytes(0..60), "[v12a, =\t+/-]{0,60}".prop_map(String::into_bytes)]
}

fn secret(key: &[u8]) -> String {
    format!("whsec_{}", BASE64_STANDARD.encode(key))
}

/// Headers with these values; nothing if they cannot have them.
fn headers(values: [&[u8]; 3]) -> Option<HeaderMap> {
    let names = ["svix-id", "svix-timestamp", "svix-signature"];
    let pairs = names.into_iter().zip(values);
    pairs
        .map(|(name, value)| Some((name.parse().ok()?, HeaderValue::from_bytes(value).ok()?)))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever comes without the secret is refused.
    #[test]
    fn nothing_passes_without_the_secret(
        id in prop_oneof![Just(b"msg_1".to_vec()), bytes(0..40)],
        timestamp in prop_oneof![Just(NOW.to_string().into_bytes()), "[-+ 0-9.]{0,22}".prop_map(String::into_bytes), bytes(0..20)],
        signatures in signatures(),
        body in prop_oneof![Just(DELETED.as_bytes().to_vec()), bytes(0..200)],
        now in prop_oneof![Just(NOW * 1000), any::<i64>()],
    ) {
        if let Some(headers) = headers([&id, &timestamp, &signatures]) {
            let verdict = Webhook::new(SECRET).unwrap().verify(&headers, &body, Timestamp::from_millis(now));
            prop_assert!(verdict.is_err());
        }
    }

    /// What is signed is the HMAC as we compute it by hand, passes for ten minutes, and comes back.
    #[test]
    fn what_is_signed_passes(
        key in bytes(24..150), id in "[!-~]([ -~]{0,30}[!-~])?", secs in 1_i64..=999_999_999_999,
        (event_type, data) in any::<(String, String)>(), (off, millis) in (-300_i64..=300, 0_i64..1000),
    ) {
        let webhook = Webhook::new(secret(&key)).unwrap();
        let body = json!({ "type": event_type, "data": data, "more": [null] }).to_string();
        let headers = webhook.sign(&id, Timestamp::from_millis(secs * 1000 + millis), body.as_bytes()).unwrap();
        let by_hand = hmac(&key, format!("{id}.{secs}.{body}").as_bytes());
        prop_assert_eq!(headers.len(), 3);
        prop_assert_eq!(headers["svix-id"].to_str().unwrap(), &id);
        prop_assert_eq!(headers["svix-timestamp"].to_str().unwrap(), secs.to_string());
        prop_assert_eq!(headers["svix-signature"].to_str().unwrap(), format!("v1,{}", BASE64_STANDARD.encode(by_hand)));

        let now = Timestamp::from_millis((secs + off) * 1000 + millis);
        let delivery = webhook.verify(&headers, body.as_bytes(), now).unwrap();
        prop_assert_eq!(delivery.id, id);
        prop_assert_eq!(delivery.sent_at, Timestamp::from_secs(secs));
        prop_assert_eq!(delivery.event.event_type.as_str(), event_type);
        prop_assert_eq!(delivery.event.as_json(), &body);
        for (off, reason) in [(301, Reason::TimestampTooOld), (-301, Reason::TimestampTooNew)] {
            let now = Timestamp::from_millis((secs + off) * 1000 + millis);
            prop_assert_eq!(webhook.verify(&headers, body.as_bytes(), now).unwrap_err().reason, reason);
        }
    }

    /// Several secrets accept what one of them accepts, and nothing else.
    #[test]
    fn several_secrets_are_any_of_them(known in prop::collection::vec(0_u8..6, 1..5), signers in prop::collection::vec(0_u8..6, 1..4)) {
        let secret = |number: u8| secret(&[number; 24]);
        let now = Timestamp::from_secs(NOW);
        let mut headers = HeaderMap::new();
        let mut signatures = Vec::new();
        for signer in &signers {
            headers = Webhook::new(secret(*signer)).unwrap().sign("msg_1", now, DELETED.as_bytes()).unwrap();
            signatures.push(headers["svix-signature"].to_str().unwrap().to_owned());
        }
        headers.insert("svix-signature", signatures.join(" ").parse().unwrap());
        let together = Webhook::with_secrets(known.iter().map(|number| secret(*number))).unwrap();
        let passes = |webhook: &Webhook| webhook.verify(&headers, DELETED.as_bytes(), now).is_ok();
        let any = known.iter().any(|number| passes(&Webhook::new(secret(*number)).unwrap()));
        prop_assert_eq!(passes(&together), any);
        prop_assert_eq!(any, known.iter().any(|number| signers.contains(number)));
        // The first one signs.
        let signed = together.sign("msg_1", now, b"x").unwrap();
        let by_hand = hmac(&[known[0]; 24], format!("msg_1.{NOW}.x").as_bytes());
        prop_assert_eq!(signed["svix-signature"].to_str().unwrap(), format!("v1,{}", BASE64_STANDARD.encode(by_hand)));
    }

    /// No text makes reading an event panic, and what is read comes back as it was.
    #[test]
    fn events_never_panic(
        text in prop_oneof![any::<String>(), r#"\{"type":"(user\.(created|deleted))?","data":[\[\]{}0-9a-z":, ]{0,20}[}]{0,2}"#],
    ) {
        if let Ok(event) = Event::from_json(&text) {
            prop_assert_eq!(event.as_json(), text.trim_matches([' ', '\t', '\n', '\r']));
            prop_assert!(text.contains(event.data_as_json()));
            let _ = (event.data(), format!("{event:?}"));
        }
    }
}

#[test]
fn no_other_bit_passes() {
    let (key, now) = (BASE64_STANDARD.decode(&SECRET[6..]).unwrap(), Timestamp::from_secs(NOW));
    let body = br#"{"type":"a","data":1}"#;
    let webhook = Webhook::new(SECRET).unwrap();
    let (id, timestamp) = (b"msg_1".to_vec(), NOW.to_string().into_bytes());
    let signature = hmac(&key, &[&*id, b".", &*timestamp, b".", body].concat());
    let formed =
        |signature: &[u8]| format!("v1,{}", BASE64_STANDARD.encode(signature)).into_bytes();
    let judge = |webhook: &Webhook, parts: [&[u8]; 4]| {
        let headers = headers([parts[0], parts[1], parts[2]])?;
        Some(webhook.verify(&headers, parts[3], now).map_err(|rejection| rejection.reason))
    };
    let good = judge(&webhook, [&id, &timestamp, &formed(&signature), body]).unwrap();
    assert_eq!(good.unwrap().id, "msg_1");

    let flips = |bytes: &[u8]| -> Vec<Vec<u8>> {
        let flip = |bit: usize| {
            let mut bytes = bytes.to_vec();
            bytes[bit / 8] ^= 1 << (bit % 8);
            bytes
        };
        (0..bytes.len() * 8).map(flip).collect()
    };
    let (mut judged, mut elsewhere) = (0, 0);
    let mut refused =
        |verdict: Option<Result<_, Reason>>, is_time: bool| match verdict {
            // No header can have it.
            None => elsewhere += 1,
            Some(Err(Reason::SignatureInvalid)) => judged += 1,
            Some(Err(
                Reason::TimestampInvalid | Reason::TimestampTooOld | Reason::TimestampTooNew,
            )) if is_time => elsewhere += 1,
            Some(other) => panic!("{other:?}"),
        };
    let formed_well = formed(&signature);
    for id in flips(&id) {
        refused(judge(&webhook, [&id, &timestamp, &formed_well, body]), false);
    }
    for timestamp in flips(&timestamp) {
        refused(judge(&webhook, [&id, &timestamp, &formed_well, body]), true);
    }
    for body in flips(body) {
        refused(judge(&webhook, [&id, &timestamp, &formed_well, &body]), false);
    }
    for signature in flips(&signature) {
        refused(judge(&webhook, [&id, &timestamp, &formed(&signature), body]), false);
    }
    for signature in flips(&formed_well) {
        refused(judge(&webhook, [&id, &timestamp, &signature, body]), false);
    }
    for key in flips(&key) {
        let other = Webhook::new(secret(&key)).unwrap();
        refused(judge(&other, [&id, &timestamp, &formed_well, body]), false);
    }
    assert_eq!(judged + elsewhere, 8 * (5 + 10 + 21 + 32 + 47 + 24));
    assert!(judged > 950, "{judged} were judged by their signature, {elsewhere} were not");
}
