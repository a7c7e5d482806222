//! The publishable key, which says where an instance is.
use std::fmt;

use base64::{
    Engine as _, alphabet,
    engine::{
        DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig,
        general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
    },
};
use sha1::{Digest as _, Sha1};

use crate::Error;

/// Publishable keys come with and without padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The publishable key of an instance, `pk_live_…` or `pk_test_…`: its Frontend API, in base64. It is
/// no secret.
///
/// ```
/// use clerk_core::auth::PublishableKey;
///
/// let key = PublishableKey::new("pk_live_Y2xlcmsuY2xlcmsuZGV2JA")?;
/// assert_eq!(key.frontend_api(), "clerk.clerk.dev");
/// assert_eq!(key.issuer(), "https://clerk.clerk.dev");
/// assert_eq!(key.cookie_suffix(), "1Z8AzTQD"); // of the cookies `__session_1Z8AzTQD` and the like
/// assert!(PublishableKey::new("sk_test_abc").is_err());
/// # Ok::<(), clerk_core::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct PublishableKey {
    key: Box<str>,
    frontend_api: Box<str>,
    suffix: Box<str>,
}

impl PublishableKey {
    /// Reads a key; white space around it is dropped.
    ///
    /// # Errors
    ///
    /// If it is none. The message names the mistake and never shows what was given, as it may be
    /// another key.
    pub fn new(key: &str) -> Result<Self, Error> {
        let key = key.trim_ascii();
        let refuse = |problem: &'static str| Err(Error::config("publishable_key", problem));
        if key.starts_with("sk_") {
            return refuse("this is a secret key (sk_…), which is not to be shown to browsers");
        }
        let Some(text) = key.strip_prefix("pk_live_").or_else(|| key.strip_prefix("pk_test_"))
        else {
            return refuse("it does not begin with pk_live_ or pk_test_");
        };
        let host = BASE64.decode(text).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        let Some(host) =
            host.as_deref().and_then(|host| host.strip_suffix('$')).filter(|host| is_host(host))
        else {
            return refuse("there is no host of a Frontend API in it; is it cut?");
        };
        let digest = Sha1::digest(key);
        let suffix: String = URL_SAFE_NO_PAD.encode(digest).chars().take(8).collect();
        Ok(Self { key: key.into(), frontend_api: host.into(), suffix: suffix.into() })
    }

    /// The key of a production instance whose Frontend API has this host, such as `clerk.example.com`.
    ///
    /// ```
    /// use clerk_core::auth::PublishableKey;
    ///
    /// let key = PublishableKey::live("clerk.example.com")?;
    /// assert_eq!(key.as_str(), "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k");
    /// # Ok::<(), clerk_core::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// If it is no host.
    #[doc(alias = "buildPublishableKey")]
    pub fn live(frontend_api: &str) -> Result<Self, Error> {
        Self::build("pk_live_", frontend_api)
    }

    /// The key of a development instance whose Frontend API has this host, such as
    /// `happy-cat-1.clerk.accounts.dev`.
    ///
    /// # Errors
    ///
    /// If it is no host.
    pub fn test(frontend_api: &str) -> Result<Self, Error> {
        Self::build("pk_test_", frontend_api)
    }

    fn build(prefix: &str, frontend_api: &str) -> Result<Self, Error> {
        if !is_host(frontend_api) {
            return Err(Error::config("frontend_api", "it is no host"));
        }
        // As Clerk writes them: without padding.
        let text = STANDARD_NO_PAD.encode(format!("{frontend_api}$"));
        Self::new(&format!("{prefix}{text}"))
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.key
    }

    /// The host of the Frontend API.
    pub fn frontend_api(&self) -> &str {
        &self.frontend_api
    }

    /// Where Clerk's own pages for signing in are: `https://accounts.example.com`.
    #[doc(alias = "buildAccountsBaseUrl")]
    pub fn account_portal(&self) -> String {
        let host = &*self.frontend_api;
        let replaced =
            [("clerk.accountsstage.", "accountsstage."), ("clerk.accounts.", "accounts.")]
                .into_iter()
                .find(|(old, _)| host.contains(old))
                .map(|(old, new)| host.replacen(old, new, 1));
        let replaced =
            replaced.or_else(|| Some(format!("accounts.{}", host.strip_prefix("clerk.")?)));
        format!("https://{}", replaced.as_deref().unwrap_or(host))
    }

    /// Who issues the session tokens of the instance: `https://` and the Frontend API.
    pub fn issuer(&self) -> String {
        format!("https://{}", self.frontend_api)
    }

    /// What the names of the instance's cookies end with, after `_`.
    pub fn cookie_suffix(&self) -> &str {
        &self.suffix
    }

    /// Whether it is the key of a production instance.
    pub fn is_live(&self) -> bool {
        self.key.starts_with("pk_live_")
    }
}

impl std::str::FromStr for PublishableKey {
    type Err = Error;

    fn from_str(key: &str) -> Result<Self, Error> {
        Self::new(key)
    }
}

impl fmt::Display for PublishableKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.key)
    }
}

impl fmt::Debug for PublishableKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PublishableKey").field(&self.key).finish()
    }
}

/// A name with dots, or an address, and possibly a port.
fn is_host(host: &str) -> bool {
    let (name, port) = host.split_once(':').unwrap_or((host, "443"));
    let is_label = |label: &str| {
        !label.is_empty()
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let is_number = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit());
    (name.contains('.') || name == "localhost")
        && name.len() <= 253
        && name.split('.').all(is_label)
        && is_number(port)
        && port.parse::<u16>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn suffixes_are_clerks() {
        for (key, suffix) in [
            ("pk_live_Y2xlcmsuY2xlcmsuZGV2JA", "1Z8AzTQD"),
            ("pk_test_Y2xlcmsuY2xlcmsuZGV2JA", "QvfNY2dr"),
        ] {
            assert_eq!(PublishableKey::new(key).unwrap().cookie_suffix(), suffix);
        }
    }

    #[test]
    fn keys_are_built_as_clerk_writes_them() {
        for (key, text, portal) in [
            (
                PublishableKey::live("clerk.clerk.dev"),
                "pk_live_Y2xlcmsuY2xlcmsuZGV2JA",
                "https://accounts.clerk.dev",
            ),
            (
                PublishableKey::test("happy-cat-1.clerk.accounts.dev"),
                "pk_test_aGFwcHktY2F0LTEuY2xlcmsuYWNjb3VudHMuZGV2JA",
                "https://happy-cat-1.accounts.dev",
            ),
            (
                PublishableKey::test("a.clerk.accountsstage.dev"),
                "pk_test_YS5jbGVyay5hY2NvdW50c3N0YWdlLmRldiQ",
                "https://a.accountsstage.dev",
            ),
            (
                PublishableKey::test("clerk.example.localhost:4010"),
                "pk_test_Y2xlcmsuZXhhbXBsZS5sb2NhbGhvc3Q6NDAxMCQ",
                "https://accounts.example.localhost:4010",
            ),
        ] {
            let key = key.unwrap();
            assert_eq!(key.as_str(), text);
            assert_eq!(key.account_portal(), portal);
            assert_eq!(PublishableKey::new(text).unwrap(), key);
        }
        for host in ["", "clerk", "https://clerk.example.com", "a.b$", "a.b/", "a.b@c.d"] {
            let error = PublishableKey::live(host).unwrap_err().to_string();
            assert_eq!(error, "invalid `frontend_api`: it is no host");
        }
    }

    #[test]
    fn what_is_no_key_is_refused_and_not_shown() {
        for key in [
            "",
            "pk_live_",
            "pk_test_$",
            "pk_test_!!!!",
            "pk_prod_Y2xlcmsuY2xlcmsuZGV2JA",
            "sk_test_Y2xlcmsuY2xlcmsuZGV2JA",
            "Y2xlcmsuY2xlcmsuZGV2JA",
            "pk_test_Y2xlcmsuY2xlcmsuZGV2", // without the dollar sign
            "pk_test_Y2xlcmsuY2xlcmsuZGV2JCQ=", // with two
            "pk_test_Y2xlcmsk",             // `clerk$`
            "pk_test_YS5iL2Mk",             // `a.b/c$`
            "pk_test_LmEuYiQ=",             // `.a.b$`
        ] {
            let error = PublishableKey::new(key).unwrap_err().to_string();
            assert!(error.starts_with("invalid `publishable_key`: "), "{error}");
            assert!(!error.contains("Y2x"), "{error}");
        }
        let padded = PublishableKey::new(" pk_test_Y2xlcmsuY2xlcmsuZGV2JA== \n").unwrap();
        assert_eq!(padded.frontend_api(), "clerk.clerk.dev");
    }
}
