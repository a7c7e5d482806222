//! Keys: what counts as one is public, RSA, odd, and neither too small nor too large, however it is written.
use std::sync::{Arc, Mutex};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use clerk_core::{
    auth::{KeySet, Rs256, Rs256Key, RsaPublicKey, Verifier},
    testing::TestKey,
};
use serde_json::{Value, value::RawValue};

use super::kit::{assert_error, expanded, text};

/// A key set, or a PEM text. In it `$1`, `$2` and `$3` stand for good keys: for the number `n` of one in JSON, in a PEM
/// text for the base64 of one.
pub fn key_set(data: &[u8]) {
    let keys = [TestKey::first(), TestKey::second(), TestKey::third()];
    let is_pem = data.first() == Some(&b'-');
    let values = keys.map(|key| {
        let pem = key.pem();
        let lines: Vec<_> = pem.lines().filter(|line| !line.starts_with('-')).collect();
        if is_pem { lines.join("\n") } else { key.jwk()["n"].as_str().unwrap().to_owned() }
    });
    let data = expanded(data, |digit| Some(&**values.get(usize::from(digit.checked_sub(b'1')?))?));
    let text = text(&data);
    pem(&text);
    set(&text);
    if let Ok(key) = RsaPublicKey::new(&data[..data.len() / 2], &data[data.len() / 2..]) {
        assert_key(&key);
    }
}

fn assert_key(key: &RsaPublicKey) {
    let (n, e) = (key.modulus(), key.exponent());
    let bits = n.len() * 8 - n[0].leading_zeros() as usize;
    assert!((2048..=4096).contains(&bits), "{bits}");
    assert!(n[n.len() - 1] % 2 == 1 && e[e.len() - 1] % 2 == 1);
    assert!(e != [1] && e.len() <= 4 && e[0] != 0 && n[0] != 0);
    // What it is made of makes it again.
    assert_eq!(RsaPublicKey::new(n, e).as_ref().ok(), Some(key));
}

fn pem(text: &str) {
    match RsaPublicKey::from_pem(text) {
        Ok(key) => {
            assert_key(&key);
            assert!(!text.contains("PRIVATE") && !text.contains("CERTIFICATE"));
            assert_eq!(text.matches("-----BEGIN").count(), 1);
            let verifier = Verifier::builder().pem(text).any_issuer().build();
            assert!(verifier.is_ok() || key.exponent() != [1, 0, 1], "{:?}", verifier.err());
        }
        Err(error) => assert_error(&error, 200),
    }
}

/// A backend that remembers the keys it was given.
#[derive(Clone, Debug, Default)]
struct Recorder(Arc<Mutex<Vec<RsaPublicKey>>>);

struct Recorded;

impl Rs256 for Recorder {
    fn key(&self, key: &RsaPublicKey) -> Option<Box<dyn Rs256Key>> {
        self.0.lock().unwrap().push(key.clone());
        Some(Box::new(Recorded))
    }
}

impl Rs256Key for Recorded {
    fn verify(&self, _: &[u8], _: &[u8]) -> bool {
        false
    }
}

fn set(text: &str) {
    let set = match KeySet::from_json(text) {
        Ok(set) => set,
        Err(error) => return assert_error(&error, 200),
    };
    assert_eq!(KeySet::from_json(text).unwrap(), set);
    let recorder = Recorder::default();
    Verifier::builder()
        .key_set(set.clone())
        .backend(recorder.clone())
        .any_issuer()
        .build()
        .unwrap();
    let taken = recorder.0.lock().unwrap().clone();
    assert_eq!(taken.len(), set.ids().count());

    // A number that is too large for any type, where nobody asks for one, is no reason to refuse keys.
    let Ok(json) = serde_json::from_str::<Value>(text) else {
        return assert!(serde_json::from_str::<&RawValue>(text).is_ok());
    };
    let entries = json["keys"].as_array().unwrap();
    assert!(entries.len() <= 64 && set.skipped() + taken.len() == entries.len());
    for (kid, key) in set.ids().zip(&taken) {
        assert_key(key);
        assert!(!kid.is_empty() && kid.len() <= 256 && !kid.contains(char::is_control), "{kid:?}");
        assert_eq!(set.ids().filter(|other| *other == kid).count(), 1, "{kid}");
        let is_it = |entry: &&Value| {
            let number = |name| {
                let number = URL_SAFE_NO_PAD.decode(entry[name].as_str()?).ok()?;
                let zeros = number.iter().take_while(|byte| **byte == 0).count();
                Some(number[zeros..].to_vec())
            };
            entry["kid"] == *kid
                && entry["kty"] == "RSA"
                && ["RS256", ""].contains(&entry["alg"].as_str().unwrap_or_default())
                && ["sig", ""].contains(&entry["use"].as_str().unwrap_or_default())
                && ["d", "p", "q", "dp", "dq", "qi", "oth", "k"]
                    .iter()
                    .all(|name| entry[name].is_null())
                && number("n").as_deref() == Some(key.modulus())
                && number("e").as_deref() == Some(key.exponent())
        };
        assert!(entries.iter().any(|entry| is_it(&entry)), "{kid}");
    }
}
