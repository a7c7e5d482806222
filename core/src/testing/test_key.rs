//! Keys for tests: what everybody may know of them. What they sign is in `tokens.rs`.
use std::fmt;

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde_json::{Value, json};

use crate::auth::{KeySet, RsaPublicKey};

/// A key that signs tokens in tests. It is in this crate for everybody to read, and worth nothing.
///
/// Signing takes one of the features `ring`, `aws-lc-rs` and `rust-crypto`; the public half is there
/// without.
///
/// ```
/// # #[cfg(any(feature = "ring", feature = "aws-lc-rs", feature = "rust-crypto"))] {
/// use std::time::{Duration, UNIX_EPOCH};
/// use clerk_core::{auth::{Reason, Verifier}, testing::TestKey};
///
/// let key = TestKey::first();
/// let verifier = Verifier::builder().key_set(key.key_set()).issuer("https://clerk.test").build()?;
///
/// let token = key.session("user_1").issuer("https://clerk.test").mint(1_800_000_000);
/// let now = UNIX_EPOCH + Duration::from_secs(1_800_000_000);
/// assert!(verifier.verify_local(&token, now).is_ok());
/// let later = now + Duration::from_secs(65); // it is good for a minute, and clocks may differ by 5 s
/// assert_eq!(verifier.verify_local(&token, later).unwrap_err().reason(), Reason::TokenExpired);
/// # }
/// # Ok::<(), clerk_core::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct TestKey {
    pub(super) pair: Pair,
    pub(super) kid: String,
}

/// The pairs of keys that there are.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Pair {
    First,
    Second,
    Third,
}

impl Pair {
    /// The public half, as a `SubjectPublicKeyInfo`.
    fn public(self) -> &'static [u8] {
        match self {
            Self::First => include_bytes!("keys/1.public.der"),
            Self::Second => include_bytes!("keys/2.public.der"),
            Self::Third => include_bytes!("keys/3.public.der"),
        }
    }
}

impl TestKey {
    /// A key, which is that of a [`StandIn`](super::StandIn) unless that is
    /// [told otherwise](super::StandIn::set_keys).
    pub fn first() -> Self {
        Self { pair: Pair::First, kid: "ins_test_1".to_owned() }
    }

    /// Another one.
    pub fn second() -> Self {
        Self { pair: Pair::Second, kid: "ins_test_2".to_owned() }
    }

    /// And another one.
    pub fn third() -> Self {
        Self { pair: Pair::Third, kid: "ins_test_3".to_owned() }
    }

    /// The same key by another id.
    ///
    /// ```
    /// use clerk_core::testing::TestKey;
    ///
    /// // Two instances whose keys have one name: neither takes the other's tokens.
    /// let (one, other) = (TestKey::first().with_kid("ins_1"), TestKey::second().with_kid("ins_1"));
    /// assert_eq!(one.kid(), other.kid());
    /// assert_ne!(one.pem(), other.pem());
    /// ```
    #[must_use]
    pub fn with_kid(mut self, kid: impl Into<String>) -> Self {
        self.kid = kid.into();
        self
    }

    /// Its id, which tokens name.
    pub fn kid(&self) -> &str {
        &self.kid
    }

    /// The public key as a PEM text.
    ///
    /// ```
    /// use clerk_core::{auth::RsaPublicKey, testing::TestKey};
    ///
    /// let key = RsaPublicKey::from_pem(&TestKey::first().pem())?;
    /// assert_eq!(key.modulus().len(), 256); // 2048 bits
    /// # Ok::<(), clerk_core::Error>(())
    /// ```
    pub fn pem(&self) -> String {
        let text = STANDARD.encode(self.pair.public());
        let lines: Vec<_> = text.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
        format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n"))
    }

    /// The public key as the member of a key set.
    ///
    /// ```
    /// use clerk_core::testing::TestKey;
    ///
    /// let jwk = TestKey::first().jwk();
    /// assert_eq!((&jwk["kty"], &jwk["alg"], &jwk["kid"]), (&"RSA".into(), &"RS256".into(), &"ins_test_1".into()));
    /// assert!(jwk.get("d").is_none()); // the public half only
    /// ```
    pub fn jwk(&self) -> Value {
        let key = RsaPublicKey::from_pem(&self.pem());
        let number = |of: fn(&RsaPublicKey) -> &[u8]| {
            key.as_ref().map(|key| URL_SAFE_NO_PAD.encode(of(key))).unwrap_or_default()
        };
        json!({
            "use": "sig", "kty": "RSA", "alg": "RS256", "kid": self.kid,
            "n": number(RsaPublicKey::modulus), "e": number(RsaPublicKey::exponent),
        })
    }

    /// A key set with this key in it.
    ///
    /// ```
    /// use clerk_core::testing::TestKey;
    ///
    /// assert!(TestKey::second().key_set().ids().eq(["ins_test_2"]));
    /// ```
    pub fn key_set(&self) -> KeySet {
        KeySet::from_json(&json!({ "keys": [self.jwk()] }).to_string()).unwrap_or_default()
    }
}

impl fmt::Debug for TestKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestKey").field("kid", &self.kid).finish_non_exhaustive()
    }
}
