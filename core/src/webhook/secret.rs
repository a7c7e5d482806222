//! What deliveries are signed with.
use std::fmt;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::Error;

/// The fewest bytes that a secret may have; Clerk's have as many.
const MIN_LENGTH: usize = 24;

/// The signing secret of a webhook endpoint: `whsec_…`.
///
/// Like all keys here it has no `Display`, no serde and no `==`, and `Debug` does not show it.
///
/// ```
/// use clerk_core::webhook::SigningSecret;
///
/// let secret = SigningSecret::new("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD\n")?; // white space is no part of it
/// assert_eq!(format!("{secret:?}"), "SigningSecret(…)");
///
/// let error = SigningSecret::new("sk_test_abc").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "invalid `signing_secret`: this is the secret key of an instance (sk_…), not of a webhook endpoint (whsec_…)"
/// );
/// # Ok::<(), clerk_core::Error>(())
/// ```
#[derive(Clone)]
pub struct SigningSecret(Hmac<Sha256>);

impl SigningSecret {
    /// Checks a secret. White space around it is dropped, and the prefix `whsec_` may be missing.
    ///
    /// # Errors
    ///
    /// If it is not standard base64 of at least 24 bytes. The message names the mistake and never the secret.
    pub fn new(secret: &str) -> Result<Self, Error> {
        let key = read(secret)?;
        if key.len() < MIN_LENGTH {
            let problem = "it is too short: it stands for less than 24 bytes; was it cut?";
            return Err(Error::config("signing_secret", problem));
        }
        Self::from_key(&key)
    }

    /// A secret that may be short, though not empty, for tests of what others have signed with one.
    ///
    /// # Errors
    ///
    /// If it is empty, or not standard base64.
    #[cfg(feature = "testing")]
    pub fn short_for_tests(secret: &str) -> Result<Self, Error> {
        Self::from_key(&read(secret)?)
    }

    fn from_key(key: &[u8]) -> Result<Self, Error> {
        // It takes keys of any length.
        Hmac::new_from_slice(key)
            .map(Self)
            .map_err(|_| Error::config("signing_secret", "it cannot be a key"))
    }

    /// The HMAC of a message, given in pieces.
    pub(super) fn sign(&self, message: &[&[u8]]) -> [u8; 32] {
        let mut hmac = self.0.clone();
        for piece in message {
            hmac.update(piece);
        }
        hmac.finalize().into_bytes().into()
    }
}

/// The bytes that a secret stands for: one at the least.
fn read(secret: &str) -> Result<Zeroizing<Vec<u8>>, Error> {
    let refuse = |problem: &'static str| Err(Error::config("signing_secret", problem));
    let secret = secret.trim();
    let text = secret.strip_prefix("whsec_").unwrap_or(secret);
    if text.is_empty() {
        return refuse(if secret.is_empty() {
            "it is empty"
        } else {
            "nothing comes after its prefix"
        });
    }
    match BASE64_STANDARD.decode(text) {
        Ok(key) => Ok(Zeroizing::new(key)),
        Err(_) => refuse(mistake(text)),
    }
}

/// Why something is no base64.
fn mistake(text: &str) -> &'static str {
    let starts = |prefix| text.starts_with(prefix);
    if starts("whsec_") {
        "its prefix whsec_ is there twice"
    } else if starts("whsk_") || starts("whpk_") {
        "this is a key for signatures of another kind (whsk_…, whpk_…), which Clerk does not use"
    } else if starts("sk_") {
        "this is the secret key of an instance (sk_…), not of a webhook endpoint (whsec_…)"
    } else if starts("pk_") {
        "this is a publishable key (pk_…), not the secret of a webhook endpoint (whsec_…)"
    } else if starts("ak_") {
        "this is an API key or a machine secret key (ak_…), not the secret of a webhook endpoint (whsec_…)"
    } else if text.starts_with(['"', '\'']) {
        "there are quotes around it"
    } else if text.contains(['-', '_']) {
        "it is base64 of the URL-safe kind: it has to be the standard kind, as Clerk's dashboard shows it"
    } else if text.contains(char::is_whitespace) {
        "there is white space in it; is it more than one line of a file?"
    } else {
        "it is not base64 with its padding; was it cut?"
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningSecret(…)")
    }
}
