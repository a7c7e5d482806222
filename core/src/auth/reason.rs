//! Why somebody is not signed in.
use std::{error::Error as StdError, fmt, sync::Arc, time::Duration};

use super::handshake::NoHandshake;
use crate::{Error, text::is_invisible};

macro_rules! reasons {
    ($($(#[$doc:meta])* $Variant:ident = $code:literal, $advice:literal;)+) => {
        /// Why a token, or a request, was not accepted, or could not be judged.
        ///
        /// It is for whoever runs the program: it has no `Display`, so that it does not reach the other
        /// side by accident. Where Clerk has a code for a reason, it is that one.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[non_exhaustive]
        pub enum Reason {
            $($(#[$doc])* $Variant,)+
        }

        impl Reason {
            /// Its code, such as `token-expired`.
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$Variant => $code,)+
                }
            }

            /// One sentence on what to look at, for whoever runs the program.
            pub const fn advice(self) -> &'static str {
                match self {
                    $(Self::$Variant => $advice,)+
                }
            }
        }
    };
}

reasons! {
    /// Neither a session cookie nor the cookie that tells of a session.
    SessionTokenAndUatMissing = "session-token-and-uat-missing",
        "nobody is signed in: the request has no token";
    /// A session cookie without `__client_uat`. With a [handshake](super::Handshake) a page is sent there.
    SessionTokenButNoClientUat = "session-token-but-no-client-uat",
        "the cookie __client_uat is missing or 0: the browser signed out, or cookies were lost on the way";
    /// `__client_uat` without a session cookie. With a [handshake](super::Handshake) a page is sent there.
    ClientUatButNoSessionToken = "client-uat-but-no-session-token",
        "somebody is signed in, but the session cookie is gone: it may have expired";
    /// The session token is older than the last sign-in. With a [handshake](super::Handshake) a page is sent there.
    SessionTokenIatBeforeClientUat = "session-token-iat-before-client-uat",
        "the session token was made before the last change of sign-in: it is stale";
    /// A handshake that ended without a session.
    SessionTokenMissing = "session-token-missing",
        "the browser came back from the handshake, and nobody is signed in there";
    /// A satellite has to ask the primary application.
    SatelliteNeedsSyncing = "satellite-needs-syncing",
        "this is a satellite, which asks the primary application who is signed in";
    /// The primary application answers a satellite in development.
    PrimaryRespondsToSyncing = "primary-responds-to-syncing",
        "a satellite asked who is signed in, and the browser is sent back to it";
    /// A development browser has to take over a token.
    DevBrowserSync = "dev-browser-sync", "the browser brought a token of a development browser, which is taken over";
    /// A development browser has no token yet.
    DevBrowserMissing = "dev-browser-missing",
        "the browser is new to this development instance: the cookie __clerk_db_jwt is missing";
    /// A link on another origin led to the primary application.
    PrimaryDomainCrossOriginSync = "primary-domain-cross-origin-sync",
        "a page on another origin led here, which may be a satellite where the session changed";
    /// Another organization is active than the page is about.
    ActiveOrganizationMismatch = "active-organization-mismatch",
        "the page is about another organization than the one that is active";
    /// No token, where only tokens in a header count.
    TokenMissing = "token-missing",
        "the request has no bearer token in its Authorization header";
    /// One cookie twice, with different values.
    CookieAmbiguous = "cookie-ambiguous",
        "one of Clerk's cookies came twice with different values: another path or domain sets it, too";
    /// More than 16 KiB.
    TokenTooLong = "token-too-long", "a token has at most 16,384 bytes";
    /// It is no token.
    TokenInvalid = "token-invalid", "it is no well-formed token: was it cut, or is it something else?";
    /// It is signed with another algorithm than RS256.
    TokenInvalidAlgorithm = "token-invalid-algorithm",
        "tokens of Clerk are signed with RS256; a JWT template with a key of its own has to be verified by hand";
    /// It is a token of a kind that is not accepted here.
    TokenTypeMismatch = "token-type-mismatch",
        "it is a token of another kind than the ones accepted here";
    /// It was signed with a key that the instance does not have.
    JwkKidMismatch = "jwk-kid-mismatch",
        "the instance has no such key: does the token come from another instance?";
    /// The key set is none, or has no key that can be used.
    JwkRemoteInvalid = "jwk-remote-invalid", "the key set has no key that can be used";
    /// The key set could not be fetched.
    JwkRemoteFailedToLoad = "jwk-remote-failed-to-load",
        "the keys could not be fetched: see the source of the error";
    /// Clerk does not take the secret key.
    SecretKeyInvalid = "secret-key-invalid", "Clerk refuses the secret key: is it of this instance, and current?";
    /// There is no key to ask Clerk with.
    SecretKeyMissing = "secret-key-missing",
        "there is no key to ask Clerk with: fetching keys, and asking about OAuth tokens and API keys, takes the secret key of the instance";
    /// It was not signed with the key that it names.
    TokenInvalidSignature = "token-invalid-signature",
        "the signature is not of this instance's key: another instance's token or PEM key, or a forgery";
    /// A claim that is needed is missing or of the wrong type.
    TokenVerificationFailed = "token-verification-failed",
        "a claim that is needed (sub, exp) is missing, or one of sub, exp, nbf, iat has the wrong type";
    /// `aud` is not the configured audience.
    TokenInvalidAudience = "token-invalid-audience", "the claim aud does not have the configured audience";
    /// `azp` is not one of the authorized parties.
    TokenInvalidAuthorizedParties = "token-invalid-authorized-parties",
        "the claim azp is not one of the authorized parties: compare the origins to the letter";
    /// `iss` is not the configured issuer.
    TokenInvalidIssuer = "token-invalid-issuer",
        "the claim iss is not that of the configured instance: behind a proxy or on a satellite, name the issuer";
    /// Its time is over.
    TokenExpired = "token-expired", "its time is over; session tokens live for a minute, and the browser renews them";
    /// Its time has not come.
    TokenNotActiveYet = "token-not-active-yet", "it is not valid yet: is this machine's clock slow?";
    /// It was made in the future.
    TokenIatInTheFuture = "token-iat-in-the-future", "it was made in the future: is this machine's clock slow?";
    /// It was revoked.
    TokenRevoked = "token-revoked", "it was revoked";
    /// Clerk says that it is not active.
    TokenInactive = "token-inactive", "Clerk says that it is not active";
    /// The session has tasks to finish before it counts.
    SessionPending = "session-pending",
        "the session is pending: its user has something left to do, such as choosing an organization";
    /// More callers wait for keys, or for what Clerk says of opaque tokens, than are allowed to.
    TooManyWaiting = "too-many-waiting",
        "keys, or Clerk's answers about opaque tokens, are slow to come, and as many callers as may wait for them do: see `max_waiting`";
    /// Clerk could not be asked, or its answer is not understood.
    UnexpectedError = "unexpected-error", "Clerk could not be asked about the token: see the source of the error";
}

/// What kind of token something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum TokenType {
    /// Of a user's session.
    Session,
    /// Of a machine.
    M2m,
    /// Of an OAuth application, for a user.
    Oauth,
    /// An API key.
    ApiKey,
}

impl TokenType {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Session, Self::M2m, Self::Oauth, Self::ApiKey];

    /// Clerk's name for it: `session_token`, `m2m_token`, `oauth_token` or `api_key`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Session => "session_token",
            Self::M2m => "m2m_token",
            Self::Oauth => "oauth_token",
            Self::ApiKey => "api_key",
        }
    }
}

impl std::str::FromStr for TokenType {
    type Err = Error;

    /// Reads Clerk's name for it.
    fn from_str(name: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|token_type| token_type.as_str() == name).ok_or_else(|| {
            let problem = "it is none of session_token, m2m_token, oauth_token, api_key";
            Error::config("token_type", problem)
        })
    }
}

impl fmt::Display for TokenType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A token, or a request, that was judged and refused.
///
/// `Display` is one text for all of them: whoever probes a server learns nothing from it. The
/// [`reason`](Self::reason) is for logs.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rejection {
    /// Why.
    pub reason: Reason,
    /// What kind of token it was, as far as that was told.
    pub token_type: Option<TokenType>,
    /// The id of the key that the token names, if no such key is known. It is whatever the other side
    /// wrote; `Debug` shows it escaped and cut.
    pub kid: Option<Box<str>>,
    /// Why the browser was not sent to the [handshake](super::Handshake), where it would have been.
    pub no_handshake: Option<NoHandshake>,
}

impl Rejection {
    pub(super) const fn new(reason: Reason) -> Self {
        Self { reason, token_type: None, kid: None, no_handshake: None }
    }
}

impl From<Reason> for Rejection {
    fn from(reason: Reason) -> Self {
        Self::new(reason)
    }
}

impl fmt::Debug for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Rejection");
        out.field("reason", &self.reason);
        if let Some(token_type) = self.token_type {
            out.field("token_type", &token_type);
        }
        if let Some(kid) = &self.kid {
            out.field("kid", &Kid(kid));
        }
        if let Some(no_handshake) = self.no_handshake {
            out.field("no_handshake", &no_handshake);
        }
        out.finish()
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not authenticated")
    }
}

impl StdError for Rejection {}

/// The id of a key as somebody else wrote it: escaped, and cut after 64 characters.
struct Kid<'a>(&'a str);

impl fmt::Debug for Kid<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use fmt::Write as _;
        f.write_char('"')?;
        for (shown, char) in self.0.chars().enumerate() {
            if shown == 64 {
                f.write_char('…')?;
                break;
            }
            if is_invisible(char) {
                write!(f, "{}", char.escape_unicode())?;
            } else {
                write!(f, "{}", char.escape_debug())?;
            }
        }
        f.write_char('"')
    }
}

/// Whoever is told to come back later than this is told this.
const LONGEST_HINT: Duration = Duration::from_secs(60 * 60);

/// Nobody can say whether a token is good: keys could not be fetched, or Clerk could not be asked.
///
/// It is no reason to treat anybody as signed out; it is one to answer 503. `Display` is one text for
/// all causes; the [`reason`](Self::reason) and the [`source`](StdError::source) are for logs.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Unavailable {
    /// Why.
    pub reason: Reason,
    /// When it is worth another try, if that is known; at most an hour.
    pub retry_after: Option<Duration>,
    source: Option<Arc<Error>>,
}

impl Unavailable {
    pub(super) fn new(reason: Reason, source: Option<Arc<Error>>) -> Self {
        let retry_after = source.as_ref().and_then(|source| source.retry_after());
        let retry_after = retry_after.map(|time| time.min(LONGEST_HINT));
        Self { reason, retry_after, source }
    }

    /// What the call to Clerk ended with, if there was one.
    pub fn error(&self) -> Option<&Error> {
        self.source.as_deref()
    }
}

impl fmt::Display for Unavailable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("authentication is unavailable")
    }
}

impl StdError for Unavailable {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.error().map(|error| error as _)
    }
}

/// Why a token was not accepted.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum VerifyError {
    /// It was judged and refused.
    Rejected(Rejection),
    /// It could not be judged.
    Unavailable(Unavailable),
}

impl VerifyError {
    /// Why.
    pub fn reason(&self) -> Reason {
        match self {
            Self::Rejected(rejection) => rejection.reason,
            Self::Unavailable(unavailable) => unavailable.reason,
        }
    }

    /// Whether the token could not be judged, so that it may be a good one.
    pub fn is_unavailable(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rejected(rejection) => rejection.fmt(f),
            Self::Unavailable(unavailable) => unavailable.fmt(f),
        }
    }
}

impl StdError for VerifyError {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match self {
            Self::Rejected(_) => None,
            Self::Unavailable(unavailable) => unavailable.source(),
        }
    }
}

impl From<Rejection> for VerifyError {
    fn from(rejection: Rejection) -> Self {
        Self::Rejected(rejection)
    }
}

impl From<Reason> for VerifyError {
    fn from(reason: Reason) -> Self {
        Self::Rejected(reason.into())
    }
}

impl From<Unavailable> for VerifyError {
    fn from(unavailable: Unavailable) -> Self {
        Self::Unavailable(unavailable)
    }
}
