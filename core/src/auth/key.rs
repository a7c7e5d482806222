//! Public keys: out of PEM, out of a key set, and what of them counts.
use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{
    backend::{Rs256, Rs256Key},
    jws::{base64url, is_kid},
    members::{Json, Members},
};
use crate::Error;

/// How large a modulus may be, in bits.
const MODULUS_BITS: std::ops::RangeInclusive<usize> = 2048..=4096;
/// How many keys a set may have, those that are skipped included.
const MAX_KEYS: usize = 64;
/// How large a set may be, in bytes.
const MAX_SET: usize = 256 << 10;

/// An RSA public key that tokens can be verified with: a modulus of 2048 to 4096 bits, and an odd
/// exponent of at most 32 bits.
///
/// ```
/// use clerk_core::auth::RsaPublicKey;
///
/// let error = RsaPublicKey::from_pem("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----").unwrap_err();
/// assert_eq!(error.to_string(), "invalid `pem`: this is a private key, which must never be here; give the public key");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct RsaPublicKey {
    n: Box<[u8]>,
    e: Box<[u8]>,
}

impl RsaPublicKey {
    /// A key of this modulus and this exponent, both big-endian; zeros in front do not count.
    ///
    /// # Errors
    ///
    /// If it is too small, too large, or even.
    pub fn new(modulus: &[u8], exponent: &[u8]) -> Result<Self, Error> {
        let (n, e) = (without_zeros(modulus), without_zeros(exponent));
        let is_odd = |number: &[u8]| number.last().is_some_and(|last| last & 1 == 1);
        if !MODULUS_BITS.contains(&bits(n)) {
            return Err(Error::config(
                "key",
                format!("its modulus has {} bits, not 2048 to 4096", bits(n)),
            ));
        }
        if !is_odd(n) {
            return Err(Error::config("key", "its modulus is even"));
        }
        if !is_odd(e) || e == [1] || bits(e) > 32 {
            return Err(Error::config(
                "key",
                "its exponent is not an odd number from 3 to 32 bits",
            ));
        }
        Ok(Self { n: n.into(), e: e.into() })
    }

    /// The key in a PEM text: `PUBLIC KEY` (what Clerk's dashboard shows as the JWKS public key) or
    /// `RSA PUBLIC KEY`.
    ///
    /// Line breaks may be missing, or be the two characters `\n`, as in files of environment
    /// variables.
    ///
    /// # Errors
    ///
    /// If it is not just one such key. The message names what it is instead, and never shows it.
    pub fn from_pem(pem: &str) -> Result<Self, Error> {
        Self::read_pem(pem).map_err(|problem| Error::config("pem", problem))
    }

    fn read_pem(pem: &str) -> Result<Self, String> {
        const BEGIN: &str = "-----BEGIN ";
        let pem = pem.replace("\\r", "\r").replace("\\n", "\n");
        let rest = pem.trim().strip_prefix(BEGIN).ok_or("it does not start with -----BEGIN")?;
        let (label, rest) = rest.split_once("-----").ok_or("its first line has no end")?;
        match label {
            "PUBLIC KEY" | "RSA PUBLIC KEY" => {}
            _ if label.contains("PRIVATE") => {
                return Err("this is a private key, which must never be here; give the public key"
                    .to_owned());
            }
            "CERTIFICATE" => return Err("this is a certificate; give the public key".to_owned()),
            _ => return Err("it is not a PUBLIC KEY".to_owned()),
        }
        let (text, behind) = rest.split_once("-----END ").ok_or("it has no -----END")?;
        if behind.contains(BEGIN) {
            return Err("it holds more than one key".to_owned());
        }
        if behind.strip_suffix("-----") != Some(label) {
            return Err("it does not end as it begins".to_owned());
        }
        let text: String = text.split_ascii_whitespace().collect();
        let der = STANDARD.decode(text).map_err(|_| "it is not base64")?;
        let numbers = if label == "PUBLIC KEY" { subject_public_key(&der)? } else { &der };
        let (n, e) = rsa_public_key(numbers).ok_or("it is not an RSA public key")?;
        Self::new(n, e).map_err(|error| {
            error
                .to_string()
                .split_once(": ")
                .map_or_else(String::new, |(_, problem)| problem.to_owned())
        })
    }

    /// The modulus, big-endian, without zeros in front.
    pub fn modulus(&self) -> &[u8] {
        &self.n
    }

    /// The exponent, big-endian, without zeros in front.
    pub fn exponent(&self) -> &[u8] {
        &self.e
    }
}

impl fmt::Debug for RsaPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RsaPublicKey").field("bits", &bits(&self.n)).finish_non_exhaustive()
    }
}

fn without_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    number.get(zeros..).unwrap_or_default()
}

/// How many bits a number without zeros in front has.
fn bits(number: &[u8]) -> usize {
    number.first().map_or(0, |first| number.len() * 8 - first.leading_zeros() as usize)
}

/// What is inside of a `SubjectPublicKeyInfo` (RFC 5280) of an RSA key.
fn subject_public_key(der: &[u8]) -> Result<&[u8], &'static str> {
    const RSA_ENCRYPTION: [u8; 9] = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
    let read = || {
        let (mut info, []) = der_value(der, 0x30)? else { return None };
        let algorithm = next(&mut info, 0x30)?;
        let (key, []) = der_value(info, 0x03)? else { return None };
        Some((algorithm, key))
    };
    let (mut algorithm, key) = read().ok_or("it is not a public key")?;
    match (next(&mut algorithm, 0x06), algorithm, key) {
        (Some(id), [] | [0x05, 0x00], [0, key @ ..]) if id == RSA_ENCRYPTION => Ok(key),
        _ => Err("it is not an RSA key"),
    }
}

/// Modulus and exponent of an `RSAPublicKey` (RFC 8017).
fn rsa_public_key(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (mut numbers, []) = der_value(der, 0x30)? else { return None };
    let n = next(&mut numbers, 0x02)?;
    let (e, []) = der_value(numbers, 0x02)? else { return None };
    let is_positive = |number: &[u8]| number.first().is_some_and(|first| *first < 0x80);
    (is_positive(n) && is_positive(e)).then_some((n, e))
}

fn next<'d>(der: &mut &'d [u8], tag: u8) -> Option<&'d [u8]> {
    let (value, rest) = der_value(der, tag)?;
    *der = rest;
    Some(value)
}

/// The content of the value in front, which must have this tag, and what is behind it.
fn der_value(der: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (length, rest) = match der {
        [found, ..] if *found != tag => return None,
        [_, 0x81, length, rest @ ..] if *length >= 0x80 => (usize::from(*length), rest),
        [_, 0x82, high, low, rest @ ..] if *high > 0 => {
            (usize::from(*high) << 8 | usize::from(*low), rest)
        }
        [_, length, rest @ ..] if *length < 0x80 => (usize::from(*length), rest),
        _ => return None,
    };
    rest.split_at_checked(length)
}

/// The public keys of an instance, as its key set has them: those of them that count.
///
/// Keys that are no RSA signing keys are skipped, and so are private and symmetric ones. If two
/// different keys have one id, neither counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeySet {
    keys: Vec<(Box<str>, RsaPublicKey)>,
    skipped: usize,
}

impl KeySet {
    /// Reads a key set: the body of an answer to `GET /v1/jwks`.
    ///
    /// # Errors
    ///
    /// If it is no key set, has more than 64 keys or more than 256 KiB, or if no key is left.
    pub fn from_json(json: &str) -> Result<Self, Error> {
        Self::read(json).map_err(|problem| Error::config("key_set", problem))
    }

    pub(super) fn read(json: &str) -> Result<Self, &'static str> {
        if json.len() > MAX_SET {
            return Err("it is larger than 256 KiB");
        }
        let entries = Members::read(json).and_then(|set| set.get("keys")).and_then(Json::list);
        let entries = entries.ok_or("it is not {\"keys\":[…]}")?;
        if entries.len() > MAX_KEYS {
            return Err("it has more than 64 keys");
        }
        let mut set = Self::default();
        for entry in &entries {
            let Some((kid, key)) = entry.object().and_then(|jwk| signing_key(&jwk)) else {
                continue;
            };
            if !set.keys.iter().any(|(known, same)| **known == kid && *same == key) {
                set.keys.push((kid.into(), key));
            }
        }
        let ids: Vec<_> = set.keys.iter().map(|(kid, _)| kid.clone()).collect();
        set.keys.retain(|(kid, _)| ids.iter().filter(|other| *other == kid).count() == 1);
        set.skipped = entries.len() - set.keys.len();
        if set.keys.is_empty() { Err("it has no key that can be used") } else { Ok(set) }
    }

    /// The ids of the keys.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.keys.iter().map(|(kid, _)| &**kid)
    }

    /// How many keys of the set do not count.
    pub fn skipped(&self) -> usize {
        self.skipped
    }
}

/// The id and the numbers of a key, if it is one to verify RS256 signatures with.
fn signing_key(jwk: &Members<'_>) -> Option<(String, RsaPublicKey)> {
    const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
    // A member that is null says nothing: our own model of a key set writes those that are absent so.
    let given = |name| jwk.get(name).filter(|value| !value.is_null());
    let is = |name, wanted| {
        given(name).is_none_or(|value| value.text().is_some_and(|text| text == wanted))
    };
    let is_verify = |op: Json<'_>| op.text().is_some_and(|op| op == "verify");
    let may_verify = given("key_ops")
        .is_none_or(|ops| ops.list().is_some_and(|ops| ops.into_iter().any(is_verify)));
    let is_public = PRIVATE.iter().all(|name| given(name).is_none());
    let fits = jwk.text("kty")? == "RSA" && is("alg", "RS256") && is("use", "sig");
    let kid = jwk.text("kid").filter(|kid| is_kid(kid))?;
    if !(fits && may_verify && is_public) {
        return None;
    }
    let number = |name| jwk.text(name).and_then(|number| base64url(&number));
    Some((kid.into_owned(), RsaPublicKey::new(&number("n")?, &number("e")?).ok()?))
}

/// A key made ready for one backend.
pub struct VerifyingKey {
    key: Box<dyn Rs256Key>,
    /// How long a signature is, in bytes.
    length: usize,
}

impl VerifyingKey {
    /// Makes a key ready; `None` if the backend does not take it.
    pub fn new(key: &RsaPublicKey, backend: &dyn Rs256) -> Option<Self> {
        Some(Self { key: backend.key(key)?, length: key.n.len() })
    }

    /// Whether this is the RSA PKCS#1 v1.5 signature of the SHA-256 of the message, by the owner of
    /// the key. It must be just as long as the modulus.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        signature.len() == self.length && self.key.verify(message, signature)
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyingKey").field("bytes", &self.length).finish_non_exhaustive()
    }
}

/// The keys of an instance, made ready.
pub(super) struct ReadyKeys(Vec<(Box<str>, std::sync::Arc<VerifyingKey>)>);

impl ReadyKeys {
    /// Makes the keys ready that the backend takes.
    pub(super) fn new(set: KeySet, backend: &dyn Rs256) -> Self {
        let ready = |(kid, key)| Some((kid, VerifyingKey::new(&key, backend)?.into()));
        Self(set.keys.into_iter().filter_map(ready).collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn find(&self, kid: &str) -> Option<&std::sync::Arc<VerifyingKey>> {
        self.0.iter().find(|(known, _)| **known == *kid).map(|(_, key)| key)
    }
}
