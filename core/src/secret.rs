//! Keys for configuration, and a wrapper for secrets in requests and answers.
//!
//! The promise is redaction: none of these show their content in `Debug`, and keys have no
//! `Display`, no serde and no `==`. Wiping memory on drop is best effort: what a key was copied
//! from, and what an HTTP library copies it to, is out of reach.
use std::fmt;

use http::HeaderValue;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{Arg, Error, Nullable};

/// The secret key of a Clerk instance: `sk_test_…` or `sk_live_…`.
///
/// ```
/// use clerk_core::SecretKey;
///
/// let key = SecretKey::new("sk_test_abc\n")?; // white space around it is no part of a key
/// assert_eq!(format!("{key:?}"), "SecretKey(…)");
///
/// let error = SecretKey::new("pk_test_abc").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "invalid `secret_key`: this is a publishable key (pk_…); the Backend API takes a secret key (sk_…)"
/// );
/// # Ok::<(), clerk_core::Error>(())
/// ```
#[derive(Clone)]
pub struct SecretKey(Zeroizing<String>);

impl SecretKey {
    /// Checks a key; white space around it is dropped.
    ///
    /// # Errors
    ///
    /// If it cannot be a secret key. The message names the mistake and never the key.
    pub fn new(key: &str) -> Result<Self, Error> {
        let key = trimmed("secret_key", key)?;
        if !key.starts_with("sk_") {
            return Err(Error::config(
                "secret_key",
                mistake(key).unwrap_or("it does not begin with sk_"),
            ));
        }
        if matches!(key, "sk_" | "sk_test" | "sk_live" | "sk_test_" | "sk_live_") {
            return Err(Error::config("secret_key", "nothing comes after its prefix"));
        }
        Ok(Self(Zeroizing::new(key.to_owned())))
    }

    /// Whether this is the key of a production instance.
    pub fn is_live(&self) -> bool {
        self.0.starts_with("sk_live_")
    }

    pub(crate) fn header(&self) -> Result<HeaderValue, Error> {
        bearer("secret_key", &self.0)
    }

    /// Without `Bearer`, for a header of its own.
    pub(crate) fn bare_header(&self) -> Result<HeaderValue, Error> {
        sensitive("secret_key", self.0.as_str().to_owned())
    }
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

/// The secret key of a machine, which creates M2M tokens: `ak_…`.
///
/// ```
/// use clerk_core::MachineSecretKey;
///
/// assert!(MachineSecretKey::new("ak_0123456789").is_ok());
/// assert!(MachineSecretKey::new("sk_test_abc").is_err());
/// ```
#[derive(Clone)]
pub struct MachineSecretKey(Zeroizing<String>);

impl MachineSecretKey {
    /// Checks a key; white space around it is dropped.
    ///
    /// # Errors
    ///
    /// If it cannot be a machine secret key. The message names the mistake and never the key.
    pub fn new(key: &str) -> Result<Self, Error> {
        let key = trimmed("machine_secret_key", key)?;
        if key.starts_with("sk_") {
            let mistake = "this is the secret key of an instance (sk_…), not of a machine";
            return Err(Error::config("machine_secret_key", mistake));
        }
        match mistake(key) {
            Some(mistake) if !key.starts_with("ak_") => {
                Err(Error::config("machine_secret_key", mistake))
            }
            _ => Ok(Self(Zeroizing::new(key.to_owned()))),
        }
    }

    pub(crate) fn header(&self) -> Result<HeaderValue, Error> {
        bearer("machine_secret_key", &self.0)
    }
}

impl fmt::Debug for MachineSecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MachineSecretKey(…)")
    }
}

/// The key without white space around it, if it can stand in a header at all.
fn trimmed<'k>(field: &'static str, key: &'k str) -> Result<&'k str, Error> {
    let key = key.trim_ascii();
    if key.is_empty() {
        return Err(Error::config(field, "it is empty"));
    }
    let scheme = key.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("bearer "));
    if scheme {
        return Err(Error::config(field, "leave out `Bearer `: give the key alone"));
    }
    if key.contains(['\n', '\r']) {
        return Err(Error::config(
            field,
            "it contains a line break; is it more than one line of a file?",
        ));
    }
    if !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(Error::config(
            field,
            "it contains a character that no key has (a blank, a control or non-ASCII character)",
        ));
    }
    Ok(key)
}

/// What somebody most likely took for a secret key.
fn mistake(key: &str) -> Option<&'static str> {
    let starts = |prefix| key.starts_with(prefix);
    Some(if starts("pk_") {
        "this is a publishable key (pk_…); the Backend API takes a secret key (sk_…)"
    } else if starts("ak_") {
        "this is an API key or a machine secret key (ak_…), not the secret key of an instance (sk_…)"
    } else if starts("whsec_") {
        "this is a webhook signing secret (whsec_…)"
    } else if starts("mt_") || starts("oat_") {
        "this is a machine token, not a key"
    } else if starts("eyJ") {
        "this is a token (a JWT), not a key"
    } else {
        return None;
    })
}

fn bearer(field: &'static str, key: &str) -> Result<HeaderValue, Error> {
    sensitive(field, format!("Bearer {key}"))
}

fn sensitive(field: &'static str, text: String) -> Result<HeaderValue, Error> {
    // `from_maybe_shared` keeps this very buffer: one copy of the key in memory, not two.
    let mut value = HeaderValue::from_maybe_shared(bytes::Bytes::from(text))
        .map_err(|_| Error::config(field, "it cannot stand in a header"))?;
    value.set_sensitive(true);
    Ok(value)
}

/// A secret inside a request or an answer: a password, a token, a signing secret.
///
/// `Debug` shows nothing, serde is transparent, [`expose`](Self::expose) gives the content.
///
/// ```
/// use clerk_core::Sensitive;
///
/// let password = Sensitive::new("correct horse".to_owned());
/// assert_eq!(format!("{password:?}"), "Sensitive(…)");
/// assert_eq!(password.expose(), "correct horse");
/// ```
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sensitive<T>(T);

impl<T> Sensitive<T> {
    /// Wraps a secret.
    pub const fn new(secret: T) -> Self {
        Self(secret)
    }

    /// The secret. Take care where it goes from here.
    pub const fn expose(&self) -> &T {
        &self.0
    }

    /// The secret, by value.
    pub fn into_exposed(self) -> T {
        self.0
    }
}

impl<T> fmt::Debug for Sensitive<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sensitive(…)")
    }
}

impl<T> From<T> for Sensitive<T> {
    fn from(secret: T) -> Self {
        Self(secret)
    }
}

impl Arg<Sensitive<Self>> for String {
    fn into_arg(self) -> Sensitive<Self> {
        Sensitive(self)
    }
}

impl Arg<Sensitive<String>> for &str {
    fn into_arg(self) -> Sensitive<String> {
        Sensitive(self.to_owned())
    }
}

impl Arg<Nullable<Sensitive<Self>>> for String {
    fn into_arg(self) -> Nullable<Sensitive<Self>> {
        Nullable::Value(Sensitive(self))
    }
}

impl Arg<Nullable<Sensitive<String>>> for &str {
    fn into_arg(self) -> Nullable<Sensitive<String>> {
        Nullable::Value(Sensitive(self.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_named_and_keys_are_not() {
        for (key, said) in [
            ("", "it is empty"),
            (" \n", "it is empty"),
            ("pk_live_c2VjcmV0", "this is a publishable key (pk_…)"),
            ("Bearer sk_test_c2VjcmV0", "leave out `Bearer `"),
            ("bearer sk_test_c2VjcmV0", "leave out `Bearer `"),
            ("ak_c2VjcmV0", "this is an API key or a machine secret key (ak_…)"),
            ("eyJc2VjcmV0.e30.x", "this is a token (a JWT)"),
            ("whsec_c2VjcmV0", "this is a webhook signing secret"),
            ("sk_test_c2Vj\ncmV0", "it contains a line break"),
            ("sk_test_c2Vj\tcmV0", "it contains a character that no key has"),
            ("sk_test_c2Vjcm\u{e9}V0", "it contains a character that no key has"),
            ("sk_test_c2Vjcm\0V0", "it contains a character that no key has"),
            ("c2VjcmV0", "it does not begin with sk_"),
            ("sk_test_\n", "nothing comes after its prefix"),
        ] {
            let error = SecretKey::new(key).unwrap_err();
            assert!(
                error.to_string().starts_with(&format!("invalid `secret_key`: {said}")),
                "{key:?}: {error}"
            );
            assert!(!format!("{error} {error:?}").contains("c2V"), "{error:?}");
        }
    }

    #[test]
    fn white_space_around_a_key_is_dropped() {
        let key = SecretKey::new("  sk_live_abc\r\n").unwrap();
        assert!(key.is_live());
        let header = key.header().unwrap();
        assert_eq!(header, "Bearer sk_live_abc");
        assert_eq!(format!("{header:?}"), "Sensitive");
    }

    #[test]
    fn a_machine_key_is_no_instance_key() {
        assert!(MachineSecretKey::new(" ak_abc ").is_ok());
        for (key, said) in [
            ("sk_live_x", "an instance (sk_…)"),
            ("pk_live_x", "a publishable key"),
            ("", "it is empty"),
        ] {
            let error = MachineSecretKey::new(key).unwrap_err().to_string();
            assert!(error.contains(said) && error.contains("`machine_secret_key`"), "{error}");
        }
    }
}
