//! Tokens that a key for tests has signed.
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};

use super::test_key::{Pair, TestKey};
use crate::Moment;

impl Pair {
    /// The private half, in PKCS#8.
    fn private(self) -> &'static [u8] {
        match self {
            Self::First => include_bytes!("keys/1.private.der"),
            Self::Second => include_bytes!("keys/2.private.der"),
            Self::Third => include_bytes!("keys/3.private.der"),
        }
    }
}

/// These take one of the features `ring`, `aws-lc-rs` and `rust-crypto`.
impl TestKey {
    /// A token with this header and this payload, whatever they are: as text, signed as it stands.
    ///
    /// ```
    /// use std::time::UNIX_EPOCH;
    /// use clerk_core::{auth::{Reason, Verifier}, testing::TestKey};
    ///
    /// let key = TestKey::first();
    /// let verifier = Verifier::builder().pem(key.pem()).any_issuer().build()?;
    /// let token = key.token(r#"{"alg":"none"}"#, r#"{"sub":"user_1"}"#);
    /// let error = verifier.verify_local(&token, UNIX_EPOCH).unwrap_err();
    /// assert_eq!(error.reason(), Reason::TokenInvalidAlgorithm);
    /// # Ok::<(), clerk_core::Error>(())
    /// ```
    pub fn token(&self, header: &str, payload: &str) -> String {
        let (header, payload) = (URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
        let mut token = format!("{header}.{payload}");
        let signature = sign(self.pair.private(), token.as_bytes());
        token.push('.');
        token.push_str(&URL_SAFE_NO_PAD.encode(signature));
        token
    }

    /// A session token of this user, good for a minute: of an active session `sess_test`, whose user
    /// has just shown a first factor and has no second.
    ///
    /// ```
    /// use std::time::{Duration, UNIX_EPOCH};
    /// use clerk_core::{auth::{Require, Verifier}, testing::TestKey};
    ///
    /// let key = TestKey::first();
    /// let verifier = Verifier::builder().pem(key.pem()).issuer("https://clerk.test").build()?;
    ///
    /// let token = key
    ///     .session("user_1")
    ///     .issuer("https://clerk.test")
    ///     .organization("org_1", "org:editor")
    ///     .permissions(&[("posts", "publish"), ("posts", "read"), ("teams", "read")])
    ///     .actor("user_support")
    ///     .mint(1_800_000_000);
    ///
    /// let session = verifier.verify_local(&token, UNIX_EPOCH + Duration::from_secs(1_800_000_000)).unwrap();
    /// assert!(session.has(&Require::new().role("org:editor").permission("org:posts:publish")));
    /// assert!(!session.has(&Require::new().permission("org:teams:publish")));
    /// assert_eq!(session.actor.unwrap().sub(), Some("user_support"));
    /// # Ok::<(), clerk_core::Error>(())
    /// ```
    pub fn session(&self, user_id: &str) -> TokenBuilder {
        self.builder("JWT", Some("cl_B7d4PD111AAA"), user_id, 60)
            .claim("v", 2)
            .claim("sid", "sess_test")
            .claim("sts", "active")
            .claim("fva", json!([0, -1]))
    }

    /// A token of this user from a JWT template, good for a minute.
    ///
    /// ```
    /// use std::time::{Duration, UNIX_EPOCH};
    /// use clerk_core::{auth::{Reason, TemplateAuth, Verifier}, testing::TestKey};
    ///
    /// let key = TestKey::first();
    /// let verifier = Verifier::builder().pem(key.pem()).any_issuer().build()?;
    /// let token = key.template("user_1").claim("plan", "pro").mint(1_800_000_000);
    ///
    /// let now = UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    /// let template: TemplateAuth = verifier.verify_local_as(&token, now).unwrap();
    /// assert_eq!(template.claims().read::<clerk_core::JsonObject>()?["plan"], "pro");
    /// // It is no session.
    /// assert_eq!(verifier.verify_local(&token, now).unwrap_err().reason(), Reason::TokenTypeMismatch);
    /// # Ok::<(), clerk_core::Error>(())
    /// ```
    pub fn template(&self, user_id: &str) -> TokenBuilder {
        self.builder("JWT", Some("cl_B7d4PD222AAA"), user_id, 60)
    }

    /// An M2M token of this machine (`mch_…`), good for an hour.
    ///
    /// ```
    /// use std::time::{Duration, UNIX_EPOCH};
    /// use clerk_core::{auth::{M2mAuth, Verifier}, testing::TestKey};
    ///
    /// let key = TestKey::first();
    /// let verifier = Verifier::builder().pem(key.pem()).any_issuer().build()?;
    /// let token = key.m2m("mch_1").scopes(["mch_2", "mch_3"]).mint(1_800_000_000);
    ///
    /// let now = UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    /// let machine: M2mAuth = verifier.verify_local_as(&token, now).unwrap();
    /// assert_eq!(machine.machine_id.as_str(), "mch_1");
    /// assert_eq!(machine.scopes, ["mch_2", "mch_3"]);
    /// # Ok::<(), clerk_core::Error>(())
    /// ```
    pub fn m2m(&self, machine_id: &str) -> TokenBuilder {
        self.builder("JWT", Some("cl_B7d4PD333AAA"), machine_id, 3600).claim("jti", "mt_test")
    }

    /// An OAuth access token for this user, good for an hour, of the application `client_test`.
    ///
    /// ```
    /// use std::time::{Duration, UNIX_EPOCH};
    /// use clerk_core::{auth::{OauthAuth, Verifier}, testing::TestKey};
    ///
    /// let key = TestKey::first();
    /// let verifier = Verifier::builder().pem(key.pem()).any_issuer().build()?;
    /// let token = key.oauth("user_1").scopes(["profile", "email"]).mint(1_800_000_000);
    ///
    /// let now = UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    /// let application: OauthAuth = verifier.verify_local_as(&token, now).unwrap();
    /// assert_eq!(application.user_id.as_str(), "user_1");
    /// assert_eq!(application.scopes, ["profile", "email"]);
    /// # Ok::<(), clerk_core::Error>(())
    /// ```
    pub fn oauth(&self, user_id: &str) -> TokenBuilder {
        self.builder(ACCESS_TOKEN, None, user_id, 3600)
            .claim("jti", "oat_test")
            .claim("client_id", "client_test")
    }

    fn builder(&self, typ: &str, category: Option<&str>, sub: &str, lifetime: i64) -> TokenBuilder {
        let mut header = Map::from_iter([
            ("alg".to_owned(), "RS256".into()),
            ("typ".to_owned(), typ.into()),
            ("kid".to_owned(), self.kid.clone().into()),
        ]);
        if let Some(category) = category {
            header.insert("cat".to_owned(), category.into());
        }
        let claims = Map::from_iter([("sub".to_owned(), sub.into())]);
        TokenBuilder { key: self.clone(), header, claims, omitted: Vec::new(), lifetime }
    }
}

/// The `typ` of an OAuth access token.
const ACCESS_TOKEN: &str = "at+jwt";

/// A token in the making: see [`TestKey::session`] and its kin.
///
/// Whatever is odd can be made, to see that it is refused:
///
/// ```
/// use std::time::{Duration, UNIX_EPOCH};
/// use clerk_core::{auth::{Reason, Verifier}, testing::TestKey};
///
/// let key = TestKey::first();
/// let verifier = Verifier::builder().pem(key.pem()).any_issuer().build()?;
/// let session = key.session("user_1");
/// for (odd, reason) in [
///     (session.clone().header("crit", vec!["b64"]), Reason::TokenInvalid),
///     (session.clone().without("exp"), Reason::TokenVerificationFailed),
///     (session.clone().claim("iat", "yesterday"), Reason::TokenVerificationFailed),
///     (session.clone().lifetime(-10), Reason::TokenExpired),
/// ] {
///     let now = UNIX_EPOCH + Duration::from_secs(1_800_000_000);
///     assert_eq!(verifier.verify_local(&odd.mint(1_800_000_000), now).unwrap_err().reason(), reason);
/// }
/// # Ok::<(), clerk_core::Error>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct TokenBuilder {
    key: TestKey,
    header: Map<String, Value>,
    claims: Map<String, Value>,
    omitted: Vec<String>,
    lifetime: i64,
}

impl TokenBuilder {
    /// Sets who issued it (`iss`).
    pub fn issuer(self, issuer: &str) -> Self {
        self.claim("iss", issuer)
    }

    /// Sets the origin that it is for (`azp`).
    pub fn authorized_party(self, origin: &str) -> Self {
        self.claim("azp", origin)
    }

    /// Sets the audience (`aud`).
    pub fn audience(self, audience: &str) -> Self {
        self.claim("aud", audience)
    }

    /// Sets who acts in place of the user (`act`).
    pub fn actor(self, user_id: &str) -> Self {
        self.claim("act", json!({ "sub": user_id }))
    }

    /// Sets what it is for: of an M2M token the machines (`scopes` and `aud`), of an OAuth access token
    /// what it allows (`scp`).
    pub fn scopes<S: Into<String>>(self, scopes: impl IntoIterator<Item = S>) -> Self {
        let scopes: Vec<String> = scopes.into_iter().map(Into::into).collect();
        if self.header.get("typ").and_then(Value::as_str) == Some(ACCESS_TOKEN) {
            self.claim("scp", scopes)
        } else {
            self.claim("scopes", scopes.join(" ")).claim("aud", scopes)
        }
    }

    /// Sets the organization that is active in the session, and the user's role in it.
    pub fn organization(self, id: &str, role: &str) -> Self {
        let role = role.strip_prefix("org:").unwrap_or(role);
        self.in_organization([("id", id.to_owned()), ("rol", role.to_owned())])
    }

    /// Sets what the user may do with features of the organization: pairs of a feature and a permission,
    /// such as `("posts", "publish")` for `org:posts:publish`.
    pub fn permissions(self, permissions: &[(&str, &str)]) -> Self {
        let (mut features, mut names) = (Vec::new(), Vec::new());
        for (feature, name) in permissions {
            if !features.contains(feature) {
                features.push(*feature);
            }
            if !names.contains(name) {
                names.push(*name);
            }
        }
        let mask = |feature: &&str| {
            decimal(names.iter().map(|name| permissions.contains(&(*feature, *name))))
        };
        let masks: Vec<_> = features.iter().map(mask).collect();
        let scoped: Vec<_> = features.iter().map(|feature| format!("o:{feature}")).collect();
        self.in_organization([("per", names.join(",")), ("fpm", masks.join(","))])
            .claim("fea", scoped.join(","))
    }

    /// Sets members of the claim `o`.
    fn in_organization(mut self, members: [(&str, String); 2]) -> Self {
        let organization = self.claims.entry("o").or_insert(Value::Null);
        if !organization.is_object() {
            *organization = json!({});
        }
        if let Value::Object(organization) = organization {
            organization.extend(members.map(|(name, text)| (name.to_owned(), text.into())));
        }
        self
    }

    /// Sets any claim; [`Value::Null`] is a claim, too.
    pub fn claim(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.claims.insert(name.to_owned(), value.into());
        self
    }

    /// Leaves out a claim.
    pub fn without(mut self, name: &str) -> Self {
        self.omitted.push(name.to_owned());
        self
    }

    /// Sets any member of the header.
    pub fn header(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.header.insert(name.to_owned(), value.into());
        self
    }

    /// Sets how long it is good, in seconds.
    pub fn lifetime(mut self, seconds: i64) -> Self {
        self.lifetime = seconds;
        self
    }

    /// The token, made at this time: a `SystemTime`, a [`Timestamp`](crate::Timestamp) or a [`Moment`]. The
    /// transports go by the clock of the system: `mint_at(SystemTime::now())`.
    pub fn mint_at(&self, now: impl Into<Moment>) -> String {
        self.mint(now.into().wall.as_secs())
    }

    /// The token, made at this time, in Unix seconds. `iat`, `nbf` and `exp` follow from it unless they
    /// were set.
    pub fn mint(&self, now: i64) -> String {
        let mut claims = self.claims.clone();
        for (name, time) in [("iat", now), ("nbf", now), ("exp", now.saturating_add(self.lifetime))]
        {
            claims.entry(name).or_insert(time.into());
        }
        claims.retain(|name, _| !self.omitted.contains(name));
        self.key.token(
            &Value::Object(self.header.clone()).to_string(),
            &Value::Object(claims).to_string(),
        )
    }
}

/// A number of these bits, the lowest first, in decimal: of any size, as Clerk's masks are.
fn decimal(bits: impl DoubleEndedIterator<Item = bool>) -> String {
    let mut digits = vec![0_u8]; // the lowest first
    for bit in bits.rev() {
        let mut carry = u8::from(bit);
        for digit in &mut digits {
            let doubled = *digit * 2 + carry;
            (*digit, carry) = (doubled % 10, doubled / 10);
        }
        if carry > 0 {
            digits.push(carry);
        }
    }
    digits.iter().rev().map(|digit| char::from(b'0' + digit)).collect()
}

/// The RS256 signature, made by the first backend that is compiled in; nothing if the key cannot be
/// read, which cannot be, as it is in this crate.
#[allow(unreachable_code)] // What is reached depends on the features.
#[allow(clippy::needless_return)] // The same.
fn sign(private: &[u8], message: &[u8]) -> Vec<u8> {
    #[cfg(feature = "ring")]
    {
        use ring::{rand::SystemRandom, rsa::KeyPair, signature::RSA_PKCS1_SHA256};
        let Ok(key) = KeyPair::from_pkcs8(private) else { return Vec::new() };
        let mut signature = vec![0; key.public().modulus_len()];
        // This padding has nothing random in it.
        _ = key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature);
        return signature;
    }
    #[cfg(feature = "aws-lc-rs")]
    {
        use aws_lc_rs::{rand::SystemRandom, rsa::KeyPair, signature::RSA_PKCS1_SHA256};
        let Ok(key) = KeyPair::from_pkcs8(private) else { return Vec::new() };
        let mut signature = vec![0; key.public_modulus_len()];
        // This padding has nothing random in it.
        _ = key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message, &mut signature);
        return signature;
    }
    #[cfg(feature = "rust-crypto")]
    {
        use rsa::{
            Pkcs1v15Sign, RsaPrivateKey,
            pkcs8::DecodePrivateKey as _,
            sha2::{Digest as _, Sha256},
        };
        let Ok(key) = RsaPrivateKey::from_pkcs8_der(private) else { return Vec::new() };
        return key
            .sign(Pkcs1v15Sign::new::<Sha256>(), &Sha256::digest(message))
            .unwrap_or_default();
    }
}
