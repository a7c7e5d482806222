//! What a verifier holds tokens against.
use std::{
    fmt,
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

use super::{Inner, Keys, Places, Verifier};
use crate::{
    Config, Error,
    auth::{
        backend::{self, Rs256},
        claims::Rules,
        handshake::Handshake,
        key::{KeySet, ReadyKeys, RsaPublicKey, VerifyingKey},
        keyring::Keyring,
        opaque::Cache,
        publishable_key::PublishableKey,
    },
};

/// The clock skew that is allowed unless set.
const SKEW: Duration = Duration::from_secs(5);
/// The most that can be allowed.
const MAX_SKEW: Duration = Duration::from_secs(300);
/// How long an opaque token may be remembered at the most.
const MAX_CACHE: Duration = Duration::from_secs(60);
/// How many callers may wait unless set.
const MAX_WAITING: usize = 10_000;

/// Collects the settings of a [`Verifier`].
#[derive(Default)]
#[must_use]
pub struct VerifierBuilder {
    pem: Option<String>,
    key_set: Option<KeySet>,
    config: Option<Config>,
    seed: u64,
    backend: Option<Arc<dyn Rs256>>,
    publishable_key: Option<String>,
    issuers: Option<Vec<String>>,
    any_issuer: bool,
    parties: Option<Vec<String>>,
    audience: Option<Vec<String>>,
    audience_if_present: bool,
    skew: Option<Duration>,
    cache: Option<Duration>,
    max_waiting: Option<usize>,
    handshake: Option<Handshake>,
}

impl fmt::Debug for VerifierBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifierBuilder").finish_non_exhaustive()
    }
}

impl VerifierBuilder {
    /// Verifies with this PEM key, and with no other: no network is needed for JWTs. Which key a token
    /// names is not looked at. When the instance changes its key, this setting has to follow.
    #[doc(alias = "jwtKey")]
    pub fn pem(mut self, pem: impl Into<String>) -> Self {
        self.pem = Some(pem.into());
        self
    }

    /// Verifies with these keys, and with no others. Nothing is fetched; with an empty set nothing can be
    /// judged.
    pub fn key_set(mut self, keys: KeySet) -> Self {
        self.key_set = Some(keys);
        self
    }

    /// Asks the API, with this configuration, for what is not at hand: keys, unless there is a PEM key or
    /// a set, and what opaque tokens are worth. [`Client::verifier`](crate::Client::verifier) sets it.
    pub fn config(mut self, config: &Config) -> Self {
        self.config = Some(config.clone());
        self
    }

    /// Feeds the jitter of retries: anything that differs from process to process; 0 unless set.
    /// [`Client::verifier`](crate::Client::verifier) sets it.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Checks signatures with this backend; with the first that is compiled in unless set.
    pub fn backend(mut self, backend: impl Rs256) -> Self {
        self.backend = Some(Arc::new(backend));
        self
    }

    /// The publishable key of the instance: it says who issues session tokens and tokens of JWT templates,
    /// and which cookies are the instance's. Without it, only cookies without a suffix are read. For M2M and
    /// OAuth tokens it says nothing: name their [`issuer`](Self::issuer).
    pub fn publishable_key(mut self, key: impl Into<String>) -> Self {
        self.publishable_key = Some(key.into());
        self
    }

    /// Accepts JWTs of this issuer, of every kind and in place of that of the publishable key: behind a
    /// proxy or on a satellite domain it is another one. Can be called for several. Where browsers sign in,
    /// give the [`publishable_key`](Self::publishable_key) as well, for the cookies.
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.issuers.get_or_insert_default().push(issuer.into());
        self
    }

    /// Accepts tokens whoever issued them, as long as the signature is good. What is verified says that
    /// its issuer was not checked.
    pub fn any_issuer(mut self) -> Self {
        self.any_issuer = true;
        self
    }

    /// Accepts session tokens, and those from templates, that were made for this origin, such as
    /// `https://example.com`, and none without an origin. Can be called for several. **Set it**: without any,
    /// every origin is accepted, and a page on another subdomain that can get at the cookie is as good as
    /// yours; what is verified then says that its origin was not checked.
    pub fn authorized_party(mut self, origin: impl Into<String>) -> Self {
        self.parties.get_or_insert_default().push(origin.into());
        self
    }

    /// The same for several. An empty list is refused: it would not mean what it looks like.
    #[doc(alias = "authorizedParties")]
    pub fn authorized_parties(
        mut self,
        origins: impl IntoIterator<Item = impl Into<String>>,
    ) -> Self {
        self.parties.get_or_insert_default().extend(origins.into_iter().map(Into::into));
        self
    }

    /// Accepts JWTs for this audience (`aud`), of every kind, and none without one. Can be called for
    /// several: one of them must be there. Unless set, the audience is not looked at. Opaque tokens have
    /// none, but for what Clerk says of OAuth tokens: look at their scopes.
    pub fn audience(mut self, audience: impl Into<String>) -> Self {
        self.audience.get_or_insert_default().push(audience.into());
        self
    }

    /// The same for several. An empty list is refused.
    pub fn audiences(mut self, audiences: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.audience.get_or_insert_default().extend(audiences.into_iter().map(Into::into));
        self
    }

    /// Accepts tokens that have no audience at all although one is set.
    pub fn audience_if_present(mut self) -> Self {
        self.audience_if_present = true;
        self
    }

    /// How far clocks may differ; 5 s unless set. More than five minutes counts as five minutes.
    #[doc(alias = "clockSkewInMs")]
    pub fn skew(mut self, skew: Duration) -> Self {
        self.skew = Some(skew);
        self
    }

    /// Remembers for so long what Clerk said of an opaque token that is good, at most a minute; not at
    /// all unless set, or if it is zero. For
    /// as long, a token that was revoked or has expired is still accepted.
    pub fn cache_opaque_tokens(mut self, time: Duration) -> Self {
        self.cache = Some(time);
        self
    }

    /// How many callers may wait at once for keys that somebody else fetches, and how many may ask what opaque tokens
    /// are worth; 10,000 each unless set, for about ten seconds at the most. Where a thread waits for each, it has to be
    /// well below the number of threads. Beyond that the outcome is at once that nobody can say
    /// ([`too-many-waiting`](crate::auth::Reason::TooManyWaiting), 503), so that a slow answer of Clerk does not pile up
    /// requests. Callers with a token whose key is at hand never wait, and are not counted.
    pub fn max_waiting(mut self, callers: usize) -> Self {
        self.max_waiting = Some(callers);
        self
    }

    /// Sends browsers to Clerk's handshake where a page needs it: see [`Handshake`]. It takes the
    /// [`publishable_key`](Self::publishable_key), and the secret key of the instance.
    pub fn handshake(mut self, handshake: Handshake) -> Self {
        self.handshake = Some(handshake);
        self
    }

    /// Checks everything.
    ///
    /// # Errors
    ///
    /// If there is no key and nobody to ask, no backend, if the issuer is unknown and
    /// [`any_issuer`](Self::any_issuer) was not said, or if a setting cannot be used.
    pub fn build(self) -> Result<Verifier, Error> {
        let backend = self.backend.or_else(backend::first).ok_or_else(|| {
            let problem = "there is none: turn on one of the features `ring`, `aws-lc-rs` and `rust-crypto`, or give one";
            Error::config("backend", problem)
        })?;
        let publishable_key =
            self.publishable_key.map(|key| PublishableKey::new(&key)).transpose()?;
        let issuers = some_texts("issuer", self.issuers)?;
        if self.any_issuer && issuers.is_some() {
            return Err(Error::config("issuer", "there is one, and `any_issuer` was said as well"));
        }
        if issuers.is_none() && publishable_key.is_none() && !self.any_issuer {
            let problem = "it is unknown: give `publishable_key` or `issuer`, or say `any_issuer`";
            return Err(Error::config("issuer", problem));
        }
        if self.cache.is_some_and(|time| time > MAX_CACHE) {
            return Err(Error::config("cache_opaque_tokens", "it is more than a minute"));
        }
        let instance =
            publishable_key.as_ref().filter(|_| !self.any_issuer).map(PublishableKey::issuer);
        let mut rules = Rules {
            issuers: issuers.unwrap_or_default(),
            instance,
            instance_also: Vec::new(),
            parties: some_texts("authorized_parties", self.parties)?,
            audience: some_texts("audience", self.audience)?,
            audience_if_present: self.audience_if_present,
            skew: self.skew.unwrap_or(SKEW).min(MAX_SKEW),
        };
        let handshake = self
            .handshake
            .map(|handshake| {
                handshake.ready(publishable_key.as_ref(), self.config.as_ref(), &mut rules)
            })
            .transpose()?;
        let keys = match (self.pem, self.key_set, &self.config) {
            (Some(_), Some(_), _) => {
                return Err(Error::config(
                    "key_set",
                    "there is a PEM key as well: give one of them",
                ));
            }
            (Some(pem), None, _) => {
                let key = VerifyingKey::new(&RsaPublicKey::from_pem(&pem)?, &*backend);
                let problem = "the backend does not take this key";
                Keys::Pem(key.ok_or_else(|| Error::config("pem", problem))?.into())
            }
            (None, Some(set), _) => Keys::Set(ReadyKeys::new(set, &*backend)),
            (None, None, Some(config)) if config.has_secret_key() => {
                Keys::Fetched(Arc::new(Keyring::new(config.clone(), backend, self.seed)))
            }
            (None, None, Some(_)) => Keys::None,
            (None, None, None) => {
                let problem =
                    "there is none: give `pem` or `key_set`, or `config` to fetch them with";
                return Err(Error::config("keys", problem));
            }
        };
        let max_waiting = self.max_waiting.unwrap_or(MAX_WAITING);
        Ok(Verifier(Arc::new(Inner {
            keys,
            rules,
            handshake,
            publishable_key,
            config: self.config,
            cache: self.cache.filter(|time| !time.is_zero()).map(Cache::new),
            seed: AtomicU64::new(self.seed),
            for_keys: Places::new(max_waiting),
            for_answers: Places::new(max_waiting),
        })))
    }
}

/// A list that, if it was given, has elements that say something.
fn some_texts(
    field: &'static str,
    texts: Option<Vec<String>>,
) -> Result<Option<Vec<String>>, Error> {
    match texts {
        Some(texts) if texts.is_empty() => Err(Error::config(field, "the list is empty")),
        Some(texts) if texts.iter().any(|text| text.trim().is_empty()) => {
            Err(Error::config(field, "one of them is empty"))
        }
        texts => Ok(texts),
    }
}
