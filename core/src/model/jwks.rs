use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::macros::open_enum;
use crate::Sensitive;

/// The keys of an instance: a JWK Set (RFC 7517).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[doc(alias = "JWKS")]
pub struct JwkSet {
    /// The keys, which the API may leave out. See [`keys()`](Self::keys).
    pub keys: Option<Vec<Jwk>>,
}

impl JwkSet {
    /// The keys.
    pub fn keys(&self) -> &[Jwk] {
        self.keys.as_deref().unwrap_or_default()
    }

    /// The key with this id (`kid`).
    pub fn find(&self, kid: &str) -> Option<&Jwk> {
        self.keys().iter().find(|key| key.kid.as_deref() == Some(kid))
    }
}

/// A key as JSON (RFC 7517 and 7518). Which members it has depends on its [type](Self::kty).
///
/// What is binary is text in base64url.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Jwk {
    /// What type of key it is.
    pub kty: KeyType,
    /// Its id, which tokens name.
    pub kid: Option<String>,
    /// The algorithm that it is for, such as `RS256`.
    pub alg: Option<String>,
    /// What it is for: `sig`.
    pub r#use: Option<String>,
    /// The modulus of an RSA key.
    pub n: Option<String>,
    /// The public exponent of an RSA key.
    pub e: Option<String>,
    /// The curve.
    #[serde(default, deserialize_with = "text_or_nothing")]
    pub crv: Option<String>,
    /// The first coordinate of a point, or a public key on an Edwards curve.
    pub x: Option<String>,
    /// The second coordinate of a point.
    pub y: Option<String>,
    /// What makes a key private.
    pub d: Option<Sensitive<String>>,
    /// The first prime factor of a private RSA key.
    pub p: Option<Sensitive<String>>,
    /// The second prime factor of a private RSA key.
    pub q: Option<Sensitive<String>>,
    /// The first exponent of a private RSA key.
    pub dp: Option<Sensitive<String>>,
    /// The second exponent of a private RSA key.
    pub dq: Option<Sensitive<String>>,
    /// The coefficient of a private RSA key.
    pub qi: Option<Sensitive<String>>,
    /// A symmetric key.
    pub k: Option<Sensitive<String>>,
    /// The chain of certificates.
    pub x5c: Option<Vec<String>>,
    /// The SHA-1 of the certificate.
    pub x5t: Option<String>,
    /// The SHA-256 of the certificate.
    #[serde(rename = "x5t#S256")]
    pub x5t_s256: Option<String>,
    /// Where the certificate is.
    pub x5u: Option<String>,
}

/// The specification wants a curve of private RSA keys, which have none, and does not say what it
/// is then: anything but text is passed over.
fn text_or_nothing<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => Some(text),
        _ => None,
    })
}

impl Jwk {
    /// Whether it is private or symmetric, and so not to be shown to anybody.
    pub fn is_secret(&self) -> bool {
        self.d.is_some() || self.k.is_some()
    }
}

open_enum! {
    /// What type of key a [`Jwk`] is.
    pub enum KeyType {
        /// RSA.
        Rsa = "RSA",
        /// An elliptic curve.
        Ec = "EC",
        /// An Edwards curve.
        Okp = "OKP",
        /// A symmetric key.
        Oct = "oct",
    }
}
