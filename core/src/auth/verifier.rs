//! Verifies tokens: with a key at hand, or with keys that it asks for.
use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed},
    },
};

use super::{
    Auth,
    claims::{Claims, Demanded, Rules},
    handshake,
    jws::{Jws, Kind},
    key::{ReadyKeys, VerifyingKey},
    keyring::Keyring,
    machine::{M2mAuth, OauthAuth},
    members::Members,
    opaque::Cache,
    publishable_key::PublishableKey,
    reason::{Reason, Rejection, TokenType, Unavailable, VerifyError},
    session::{Checked, SessionAuth, TemplateAuth},
};
use crate::{Config, Moment};

mod builder;
mod judge;

pub(super) use self::judge::{Judge, misuse};
pub use self::{
    builder::VerifierBuilder,
    judge::{Refresh, Verify},
};

/// Verifies tokens of one instance.
///
/// One pointer: clones are cheap and share keys. There is no other state: two verifiers in one process
/// never mix their keys, whatever these are called.
///
/// With a PEM key it works without any network:
///
/// ```
/// # #[cfg(all(feature = "testing", any(feature = "ring", feature = "aws-lc-rs", feature = "rust-crypto")))] {
/// use std::time::SystemTime;
/// use clerk_core::auth::{Reason, Verifier};
/// # use clerk_core::testing::TestKey;
/// # let pem = TestKey::first().pem();
/// # let token = TestKey::first().session("user_1").issuer("https://clerk.example.com").authorized_party("https://example.com").mint(1_800_000_000);
///
/// let verifier = Verifier::builder()
///     .pem(pem) // from Clerk's dashboard
///     .publishable_key("pk_test_Y2xlcmsuZXhhbXBsZS5jb20k") // whose issuer is https://clerk.example.com
///     .authorized_party("https://example.com") // the origins of your front ends
///     .build()?;
///
/// # let now = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_800_000_000);
/// let session = verifier.verify_local(&token, now)?; // now: SystemTime::now()
/// assert_eq!(session.user_id.as_str(), "user_1");
///
/// let error = verifier.verify_local("not.a.token", now).unwrap_err();
/// assert_eq!(error.reason(), Reason::TokenInvalid);
/// assert_eq!(error.to_string(), "not authenticated"); // says the same to everybody
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// With a client it fetches the keys of the instance when they are first needed, refreshes them after
/// five minutes, and uses them for up to an hour while they cannot be refreshed. Then verifying is a
/// [`Flow`](crate::Flow), which any transport runs:
///
/// ```
/// # fn example<T: clerk_core::Transport>(clerk: &clerk_core::Client<T>, token: &str) -> Result<(), clerk_core::Error> {
/// let verifier = clerk
///     .verifier()
///     .publishable_key("pk_test_Y2xlcmsuZXhhbXBsZS5jb20k")
///     .authorized_party("https://example.com")
///     .build()?; // once, at the start
///
/// let session = clerk.run(verifier.verify(token)); // `.await` it with clerk-hyper
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Verifier(Arc<Inner>);

pub(super) struct Inner {
    keys: Keys,
    pub(super) rules: Rules,
    /// Where browsers are sent, if they are.
    pub(super) handshake: Option<Arc<handshake::Settings>>,
    pub(super) publishable_key: Option<PublishableKey>,
    pub(super) config: Option<Config>,
    pub(super) cache: Option<Cache>,
    seed: AtomicU64,
    /// How many callers wait, and how many may.
    pub(super) for_keys: Arc<Places>,
    pub(super) for_answers: Arc<Places>,
}

/// Those who may wait for one thing.
pub(super) struct Places {
    taken: AtomicUsize,
    most: usize,
}

impl Places {
    fn new(most: usize) -> Arc<Self> {
        Arc::new(Self { taken: AtomicUsize::new(0), most })
    }

    pub(super) fn take(self: &Arc<Self>) -> Result<Place, Unavailable> {
        let place = Place(Arc::clone(self));
        if self.taken.fetch_add(1, Relaxed) < self.most {
            Ok(place)
        } else {
            Err(Unavailable::new(Reason::TooManyWaiting, None))
        }
    }
}

/// A place among them; given back when it is dropped.
pub(super) struct Place(Arc<Places>);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.taken.fetch_sub(1, Relaxed);
    }
}

/// Where keys come from.
enum Keys {
    /// There are none, and nowhere to ask.
    None,
    /// One, whatever the token calls it.
    Pem(Arc<VerifyingKey>),
    /// These and no others.
    Set(ReadyKeys),
    Fetched(Arc<Keyring>),
}

impl Verifier {
    /// A verifier to be adjusted. It needs a key ([`pem`](VerifierBuilder::pem),
    /// [`key_set`](VerifierBuilder::key_set)) or somewhere to ask for keys
    /// ([`config`](VerifierBuilder::config)), and to know the issuer.
    pub fn builder() -> VerifierBuilder {
        VerifierBuilder::default()
    }

    /// A [`Flow`](crate::Flow) that verifies a session token, and asks for keys if they are needed.
    pub fn verify(&self, token: impl Into<String>) -> Verify<SessionAuth> {
        self.verify_as(token)
    }

    /// The same for a token of another kind: a [`TemplateAuth`], [`M2mAuth`] or [`OauthAuth`], or an
    /// [`Auth`] for whichever of session, M2M and OAuth the token says that it is.
    ///
    /// Only JWTs are verified this way. For opaque tokens, and for all that a request may bring, there
    /// is [`authenticate`](Self::authenticate).
    pub fn verify_as<K: TokenKind>(&self, token: impl Into<String>) -> Verify<K> {
        Verify::new(Judge::new(self, token.into(), Demanded::default(), K::kind))
    }

    /// Verifies a session token with the keys at hand. `now` is a `SystemTime`, a
    /// [`Timestamp`](crate::Timestamp) or a [`Moment`].
    ///
    /// # Errors
    ///
    /// If it is not to be accepted; [`VerifyError::Unavailable`] if keys would have to be fetched.
    pub fn verify_local(
        &self,
        token: &str,
        now: impl Into<Moment>,
    ) -> Result<SessionAuth, VerifyError> {
        self.verify_local_as(token, now)
    }

    /// The same for a token of another kind; see [`verify_as`](Self::verify_as).
    ///
    /// # Errors
    ///
    /// If it is not to be accepted; [`VerifyError::Unavailable`] if keys would have to be fetched.
    pub fn verify_local_as<K: TokenKind>(
        &self,
        token: &str,
        now: impl Into<Moment>,
    ) -> Result<K, VerifyError> {
        let (inner, now) = (&*self.0, now.into());
        let jws = Jws::parse(token)?;
        let kind = K::kind(&jws);
        let refuse = |reason| Rejection { token_type: kind.token_type(), ..Rejection::new(reason) };
        jws.check(kind).map_err(refuse)?;
        let key = match inner.find(&jws, now).map_err(|reason| refused(reason, kind, &jws))? {
            Some(key) => key,
            None => return Err(Unavailable::new(inner.why_no_keys(), None).into()),
        };
        let verified =
            inner.judge(token, jws, kind, Demanded::default(), &key, now).map_err(refuse)?;
        K::pick(verified).ok_or_else(|| Reason::TokenTypeMismatch.into())
    }

    /// A refresh of the keys, if a verification since the last call found them to be older than five
    /// minutes: run it beside what you do, on a task or a thread of its own. There is no second one before
    /// the first has begun or was dropped. `authenticate` of `clerk_hyper::Clerk` and
    /// `clerk_blocking::Clerk` does that by itself.
    ///
    /// If nobody runs it, keys are fetched again when they are an hour old, and a request waits for
    /// them; and a key that Clerk has withdrawn is accepted until then.
    pub fn due_refresh(&self) -> Option<Refresh> {
        let Keys::Fetched(keyring) = &self.0.keys else { return None };
        Some(Refresh::new(self, Some(keyring.take_due()?)))
    }

    /// A [`Flow`](crate::Flow) that fetches the keys if they are older than five minutes, or if there are none;
    /// otherwise, or if somebody else is fetching them, it ends at once. Its output is an error if there
    /// are no keys to verify with then. Run it when the program starts, and no request has to wait; a wrong
    /// secret key shows then, too.
    pub fn refresh(&self) -> Refresh {
        Refresh::new(self, None)
    }

    /// Whether this verifier can judge tokens of a type: it has keys, or somebody to ask.
    pub fn can_verify(&self, token_type: TokenType) -> bool {
        let has_keys = !matches!(self.0.keys, Keys::None);
        let asks = self.0.config.as_ref();
        match token_type {
            TokenType::Session => has_keys,
            TokenType::M2m => has_keys || asks.is_some(),
            TokenType::Oauth => has_keys || asks.is_some_and(Config::has_secret_key),
            TokenType::ApiKey => asks.is_some_and(Config::has_secret_key),
        }
    }

    pub(super) fn inner(&self) -> &Arc<Inner> {
        &self.0
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Verifier");
        match &self.0.keys {
            Keys::None => out.field("keys", &"none"),
            Keys::Pem(_) => out.field("keys", &"one"),
            Keys::Set(_) => out.field("keys", &"a set"),
            Keys::Fetched(keyring) => out.field("keys", keyring),
        };
        out.field("rules", &self.0.rules).finish_non_exhaustive()
    }
}

/// A rejection for want of a key names the key.
fn refused(reason: Reason, kind: Kind, jws: &Jws) -> Rejection {
    let kid = if reason == Reason::JwkKidMismatch { jws.kid().map(Box::from) } else { None };
    Rejection { token_type: kind.token_type(), kid, ..Rejection::new(reason) }
}

impl Inner {
    /// A seed for one more call.
    pub(super) fn next_seed(&self) -> u64 {
        self.seed.fetch_add(0x9E37_79B9_7F4A_7C15, Relaxed)
    }

    /// Check 8, as far as it goes without asking anybody: `None` if somebody has to be asked.
    fn find(&self, jws: &Jws, now: Moment) -> Result<Option<Arc<VerifyingKey>>, Reason> {
        let kid = || jws.kid().ok_or(Reason::JwkKidMismatch);
        match &self.keys {
            Keys::None => Ok(None),
            Keys::Pem(key) => Ok(Some(Arc::clone(key))),
            Keys::Set(keys) => match keys.find(kid()?) {
                None if keys.is_empty() => Ok(None),
                None => Err(Reason::JwkKidMismatch),
                found => Ok(found.cloned()),
            },
            Keys::Fetched(keyring) => Ok(keyring.find(kid()?, now)),
        }
    }

    fn why_no_keys(&self) -> Reason {
        match self.keys {
            Keys::Fetched(_) => Reason::JwkRemoteFailedToLoad,
            Keys::Set(_) => Reason::JwkRemoteInvalid,
            Keys::None | Keys::Pem(_) => Reason::SecretKeyMissing,
        }
    }

    pub(super) fn audience(&self) -> Option<&[String]> {
        self.rules.audience.as_deref()
    }

    /// Checks 9 to 21.
    fn judge(
        &self,
        token: &str,
        jws: Jws,
        kind: Kind,
        demanded: Demanded,
        key: &VerifyingKey,
        now: Moment,
    ) -> Result<Verified, Reason> {
        if !key.verify(jws.message(token), jws.signature()) {
            return Err(Reason::TokenInvalidSignature);
        }
        let payload = jws.into_payload().ok_or(Reason::TokenInvalid)?;
        if kind == Kind::Handshake {
            return Ok(Verified::Handshake(payload));
        }
        let claims = Members::read_claims(&payload).ok_or(Reason::TokenInvalid)?;
        let times = self.rules.check(&claims, kind, demanded, now.wall)?;
        let issuer = self.rules.checks_issuer(kind);
        let checked = Checked { azp: self.rules.checks_party(kind), issuer };
        let mut verified = match kind {
            Kind::Session => {
                Verified::Session(SessionAuth::read(&payload, &claims, times, checked))
            }
            Kind::Template => Verified::Template(TemplateAuth::read(&claims, times, checked)),
            Kind::M2m => Verified::M2m(M2mAuth::read(&claims, times, issuer)),
            Kind::Oauth => Verified::Oauth(OauthAuth::read(&claims, times, issuer)),
            // It has none of these claims, and went back above.
            Kind::Handshake => return Err(Reason::TokenTypeMismatch),
        };
        drop(claims);
        let place = match &mut verified {
            Verified::Session(session) => &mut session.claims,
            Verified::Template(template) => &mut template.claims,
            Verified::M2m(token) => &mut token.claims,
            Verified::Oauth(token) => &mut token.claims,
            Verified::Handshake(_) => return Ok(verified),
        };
        *place = Claims::new(payload);
        Ok(verified)
    }
}

/// A verified JWT of some kind.
#[allow(unnameable_types)] // Only for the sealed half of `TokenKind`.
#[allow(clippy::large_enum_variant)] // It lives for a moment; a box would cost every verification.
#[derive(Debug)]
pub enum Verified {
    Session(SessionAuth),
    Template(TemplateAuth),
    M2m(M2mAuth),
    Oauth(OauthAuth),
    /// The payload of what a browser brings from the handshake.
    Handshake(String),
}

/// The kinds of JWT that can be verified: [`SessionAuth`], [`TemplateAuth`], [`M2mAuth`], [`OauthAuth`],
/// and [`Auth`] for whichever of session, M2M and OAuth a token says that it is.
pub trait TokenKind: sealed::TokenKind + Send + 'static {}

mod sealed {
    use super::{Jws, Kind, Verified};

    #[allow(private_interfaces)] // Nobody outside can name this trait.
    #[allow(unnameable_types)] // The same.
    pub trait TokenKind: Sized {
        #[doc(hidden)]
        fn kind(jws: &Jws) -> Kind;
        #[doc(hidden)]
        fn pick(verified: Verified) -> Option<Self>;
    }
}

macro_rules! token_kinds {
    ($($Auth:ident: $Kind:ident;)+) => {$(
        impl TokenKind for $Auth {}

        #[allow(private_interfaces)] // Nobody outside can name this trait.
        impl sealed::TokenKind for $Auth {
            fn kind(_: &Jws) -> Kind {
                Kind::$Kind
            }

            fn pick(verified: Verified) -> Option<Self> {
                match verified {
                    Verified::$Kind(auth) => Some(auth),
                    _ => None,
                }
            }
        }
    )+};
}
token_kinds! {
    SessionAuth: Session;
    TemplateAuth: Template;
    M2mAuth: M2m;
    OauthAuth: Oauth;
}

impl TokenKind for Auth {}

#[allow(private_interfaces)] // Nobody outside can name this trait.
impl sealed::TokenKind for Auth {
    fn kind(jws: &Jws) -> Kind {
        jws.kind()
    }

    fn pick(verified: Verified) -> Option<Self> {
        match verified {
            Verified::Session(session) => Some(Self::Session(session)),
            Verified::M2m(token) => Some(Self::M2m(token)),
            Verified::Oauth(token) => Some(Self::Oauth(token)),
            Verified::Template(_) | Verified::Handshake(_) => None,
        }
    }
}
