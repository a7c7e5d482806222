//! What others see of a refusal, and what nobody sees of a secret.
use std::{collections::BTreeSet, fmt::Debug};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use clerk_core::{
    ErrorKind, Timestamp,
    webhook::{Reason, SigningSecret, Webhook},
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::Value;

use super::{DELETED, NOW, SECRET, ask, table::cases};

/// Base64 that can be seen, of 24 bytes.
const CANARY: &str = "canary7f3acanary7f3acanary7f3aca";

fn now() -> Timestamp {
    Timestamp::from_secs(NOW)
}

/// The headers of a question; nothing if they are none.
fn headers(question: &Value) -> Option<HeaderMap> {
    let mut headers = HeaderMap::new();
    for pair in question["headers"].as_array()? {
        let name: HeaderName = pair[0].as_str()?.parse().ok()?;
        let value: Option<Vec<u8>> =
            pair[1].as_str()?.chars().map(|char| u8::try_from(char).ok()).collect();
        headers.append(name, HeaderValue::from_bytes(&value?).ok()?);
    }
    Some(headers)
}

#[test]
fn all_refusals_look_the_same() {
    let (mut codes, mut count) = (BTreeSet::new(), 0);
    for case in cases() {
        let question = case.question();
        let Some(expected) = ask(&question)["error"]["reason"].as_str().map(str::to_owned) else {
            continue;
        };
        let secrets = question["secrets"].as_array().unwrap();
        let webhook = Webhook::with_secrets(secrets.iter().map(|it| it.as_str().unwrap())).unwrap();
        let body = match question["body_base64"].as_str() {
            Some(bytes) => BASE64_STANDARD.decode(bytes).unwrap(),
            None => question["body"].as_str().unwrap().as_bytes().to_vec(),
        };
        let now = Timestamp::from_millis(question["now"].as_i64().unwrap());
        let rejection = webhook.verify(&headers(&question).unwrap(), &body, now).unwrap_err();

        assert_eq!(rejection.reason.code(), expected, "{}", case.name());
        assert_eq!(rejection.to_string(), "not a verified webhook", "{}", case.name());
        assert_eq!(format!("{rejection:#}"), "not a verified webhook");
        let error: &dyn std::error::Error = &rejection;
        assert!(error.source().is_none());
        let response = rejection.response();
        assert_eq!(response.status(), StatusCode::BAD_REQUEST);
        let sent: Vec<_> = response.headers().iter().collect();
        assert_eq!(
            sent,
            [(&HeaderName::from_static("cache-control"), &HeaderValue::from_static("no-store"))]
        );
        codes.insert(expected);
        count += 1;
    }
    let all = [
        "body-too-large",
        "header-ambiguous",
        "header-missing",
        "payload-invalid",
        "signature-invalid",
        "timestamp-invalid",
        "timestamp-too-new",
        "timestamp-too-old",
    ];
    assert_eq!(codes.iter().map(String::as_str).collect::<Vec<_>>(), all);
    assert!(count > 250, "only {count} refusals");
}

#[test]
fn the_reason_names_the_header_that_is_missing() {
    let webhook = Webhook::new(SECRET).unwrap();
    for name in ["svix-id", "svix-timestamp", "svix-signature"] {
        let mut headers = webhook.sign("msg_1", now(), DELETED.as_bytes()).unwrap();
        headers.remove(name).unwrap();
        let rejection = webhook.verify(&headers, DELETED.as_bytes(), now()).unwrap_err();
        assert_eq!(rejection.reason, Reason::HeaderMissing(name));
    }
    // The first of several, in the order of the signed message.
    let rejection = webhook.verify(&HeaderMap::new(), b"", now()).unwrap_err();
    assert_eq!(rejection.reason, Reason::HeaderMissing("svix-id"));
}

#[test]
fn each_reason_has_its_own_advice() {
    let reasons = [
        Reason::BodyTooLarge,
        Reason::HeaderAmbiguous,
        Reason::HeaderMissing("svix-id"),
        Reason::TimestampInvalid,
        Reason::TimestampTooOld,
        Reason::TimestampTooNew,
        Reason::SignatureInvalid,
        Reason::PayloadInvalid,
    ];
    let advice: BTreeSet<_> = reasons.iter().map(|reason| reason.advice()).collect();
    assert_eq!(advice.len(), reasons.len());
}

#[track_caller]
fn silent(shown: &dyn Debug) {
    // The secret as text, and the bytes that it stands for, as numbers.
    let bytes = format!("{:?}", BASE64_STANDARD.decode(CANARY).unwrap());
    let bytes = bytes.trim_matches(['[', ']']);
    let compact = format!("{shown:?}");
    let pretty = format!("{shown:#?}").split_whitespace().collect::<Vec<_>>().join(" ");
    for shown in [compact, pretty] {
        assert!(!shown.contains("canary") && !shown.contains(bytes), "{shown}");
        assert!(!shown.contains("7f3a") && !shown.contains(&bytes[..20]), "{shown}");
    }
}

#[test]
fn secrets_are_not_shown() {
    let secret = SigningSecret::new(&format!("whsec_{CANARY}")).unwrap();
    silent(&secret);
    assert_eq!(format!("{secret:?}"), "SigningSecret(…)");
    silent(&Webhook::from(secret));
    let webhook = Webhook::with_secrets([CANARY, SECRET]).unwrap();
    silent(&webhook);
    assert_eq!(
        format!("{webhook:?}"),
        "Webhook { secrets: [SigningSecret(…), SigningSecret(…)], max_body: 1048576 }"
    );
    let rejection = webhook.verify(&HeaderMap::new(), b"", now()).unwrap_err();
    silent(&rejection);

    // Each mistake that there is, with the canary in it.
    for secret in [
        format!("whsec_{CANARY}="),
        format!("whsec_whsec_{CANARY}"),
        format!("whsk_{CANARY}"),
        format!("whpk_{CANARY}"),
        format!("sk_test_{CANARY}"),
        format!("pk_test_{CANARY}"),
        format!("ak_{CANARY}"),
        format!("WHSEC_{CANARY}"),
        format!("{CANARY} {CANARY}"),
        format!("{CANARY}\0"),
        format!("\u{feff}whsec_{CANARY}"),
        "canary7f3acanary7f3a".to_owned(),
    ] {
        let errors = [
            SigningSecret::new(&secret).unwrap_err(),
            Webhook::new(&secret).unwrap_err(),
            Webhook::with_secrets([SECRET, &secret]).unwrap_err(),
        ];
        for error in errors {
            silent(&error);
            let text = error.to_string();
            assert!(text.starts_with("invalid `signing_secret`: "), "{text}");
            assert!(!text.contains("canary") && !text.contains("7f3a"), "{text}");
            assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        }
    }
}

#[test]
fn short_secrets_are_for_tests() {
    for secret in ["whsec_AA==", "AAEC", " whsec_AAECAwQFBgcICQoLDA0ODw==\n"] {
        let error = SigningSecret::new(secret).unwrap_err().to_string();
        assert!(error.contains("less than 24 bytes"), "{error}");
        let webhook = Webhook::from(SigningSecret::short_for_tests(secret).unwrap());
        let headers = webhook.sign("msg_1", now(), DELETED.as_bytes()).unwrap();
        let delivery = webhook.verify(&headers, DELETED.as_bytes(), now()).unwrap();
        assert_eq!(delivery.id, "msg_1");
        let other = Webhook::new(SECRET).unwrap();
        let rejection = other.verify(&headers, DELETED.as_bytes(), now()).unwrap_err();
        assert_eq!(rejection.reason, Reason::SignatureInvalid);
    }
    for (secret, problem) in [
        ("", "invalid `signing_secret`: it is empty"),
        ("whsec_", "invalid `signing_secret`: nothing comes after its prefix"),
        ("whsec_A", "invalid `signing_secret`: it is not base64 with its padding; was it cut?"),
    ] {
        assert_eq!(SigningSecret::short_for_tests(secret).unwrap_err().to_string(), problem);
    }
}

#[test]
fn the_limit_of_bodies_can_be_set() {
    let webhook = |bytes| Webhook::new(SECRET).unwrap().max_body(bytes);
    let headers = webhook(0).sign("msg_1", now(), DELETED.as_bytes()).unwrap();
    let judge = |bytes| webhook(bytes).verify(&headers, DELETED.as_bytes(), now());
    assert!(judge(DELETED.len()).is_ok());
    assert_eq!(judge(DELETED.len() - 1).unwrap_err().reason, Reason::BodyTooLarge);
    assert_eq!(judge(0).unwrap_err().reason, Reason::BodyTooLarge);
    // More than the default is possible as well, and what is known of the limit goes with a clone.
    let large = format!("{DELETED}{}", " ".repeat(2 << 20));
    let webhook = webhook(large.len()).clone();
    let headers = webhook.sign("msg_1", now(), large.as_bytes()).unwrap();
    assert!(webhook.verify(&headers, large.as_bytes(), now()).is_ok());
    assert_eq!(
        Webhook::new(SECRET).unwrap().verify(&headers, large.as_bytes(), now()).unwrap_err().reason,
        Reason::BodyTooLarge
    );
}

#[test]
fn ids_that_no_header_can_have_are_not_signed() {
    let webhook = Webhook::new(SECRET).unwrap();
    for id in ["a\nb", "a\rb", "\0", "\u{7f}", "é"] {
        let error = webhook.sign(id, now(), b"").unwrap_err();
        assert_eq!(error.to_string(), "invalid `id`: it cannot stand in a header", "{id:?}");
    }
}
