//! Who is calling: verified tokens, keys, requests.
//!
//! A [`Verifier`] holds what an instance's tokens are held against. It verifies one token
//! ([`verify`](Verifier::verify)), or tells who sent a request
//! ([`authenticate`](Verifier::authenticate)):
//!
//! | a request with | is |
//! |---|---|
//! | a good token that is accepted | [`SignedIn`](RequestState::SignedIn), with an [`Auth`] |
//! | no token, a bad one, one of another kind | [`SignedOut`](RequestState::SignedOut), with a [`Reason`]: answer 401 |
//! | a token that nobody can judge now | [`Unavailable`](RequestState::Unavailable): answer 503 |
//! | a page that a browser has to get fresh cookies for | [`Handshake`](RequestState::Handshake): answer with it |
//!
//! **Browsers and the handshake:** a browser whose session cookie has expired is sent through a redirect, Clerk's
//! handshake, where pages are rendered on the server: see [`Handshake`]. Without one, every state that would start it is
//! `SignedOut` with its reason (such as `client-uat-but-no-session-token` or `token-expired`), and a page that was loaded
//! with an expired cookie looks signed out until Clerk's script in it has renewed the cookie. Requests that a front
//! end makes with `Authorization: Bearer` are not concerned.
//!
//! With `clerk_hyper` and `clerk_blocking` there is `Clerk::authenticate`, which also keeps the keys fresh. Here
//! with a client of the core:
//!
//! ```
//! # #[cfg(all(feature = "testing", any(feature = "ring", feature = "aws-lc-rs", feature = "rust-crypto")))] {
//! use clerk_core::{
//!     Client, Config,
//!     auth::{AuthenticateOptions, Reason, Require},
//!     testing::{StandIn, StandInTransport, TestKey},
//! };
//!
//! let clerk = Client::new(Config::new("sk_test_abc")?, StandInTransport::new(StandIn::new("sk_test_abc")), 7);
//! let verifier = clerk
//!     .verifier() // fetches the keys of the instance when they are needed
//!     .publishable_key("pk_test_Y2xlcmsuZXhhbXBsZS5jb20k") // whose issuer is https://clerk.example.com
//!     .authorized_party("https://example.com") // the origins of your front ends
//!     .build()?;
//!
//! // A request as any server has it, with a token that the stand-in's key has signed.
//! let token = TestKey::first()
//!     .session("user_1")
//!     .issuer("https://clerk.example.com")
//!     .authorized_party("https://example.com")
//!     .organization("org_1", "org:admin")
//!     .mint(1_800_000_000);
//! let request = http::Request::get("/").header("authorization", format!("Bearer {token}")).body(())?;
//! let (parts, ()) = request.into_parts();
//!
//! let state = clerk.run(verifier.authenticate(&parts, &AuthenticateOptions::new()));
//! let auth = state.auth().expect("it is a good token");
//! assert_eq!(auth.user_id().unwrap().as_str(), "user_1");
//! assert!(auth.has(&Require::new().role("org:admin")));
//!
//! let (parts, ()) = http::Request::get("/").body(())?.into_parts();
//! let state = clerk.run(verifier.authenticate(&parts, &AuthenticateOptions::new()));
//! assert_eq!(state.reason(), Some(Reason::SessionTokenAndUatMissing)); // for your log
//! assert_eq!(state.refusal().unwrap().status(), 401); // for them
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What is checked
//!
//! In this order; the first check that fails gives the reason, and nothing that a token says counts before
//! its signature is good.
//!
//! | | of a JWT |
//! |---|---|
//! | 1 | it has at most 16 KiB |
//! | 2 | three parts in strict base64url, a header that is one JSON object, no member twice |
//! | 3, 4 | the algorithm is RS256 |
//! | 5 | nothing in the header changes what the rest means (`crit`, `zip`) |
//! | 6 | its class (`typ`, `cat`) is that of the kind that is wanted |
//! | 7 | the id of its key can be one |
//! | 8 | there is that key |
//! | 9 | the signature |
//! | 10 | claims that are one JSON object, no member twice; of a cookie: not older than `__client_uat` |
//! | 11, 12 | a subject, which is a machine in M2M tokens and in no others |
//! | 13 | the audience, if one is set |
//! | 14 | the authorized party, if any is set: then a token must have one |
//! | 15 | the issuer, unless [`any_issuer`](VerifierBuilder::any_issuer) was said |
//! | 16 to 21 | expiry, start and time of issue; clocks may differ by 5 s |
//!
//! Keys that a token names or brings by itself (`jku`, `jwk`, `x5u`, `x5c`) are not looked at.
//!
//! Each kind of token is a type of its own, and [`Verifier::verify`] accepts session tokens only: no M2M token,
//! no OAuth token, and no token that says in its header that it comes from a JWT template passes as one. (A token
//! without Clerk's category in its header can be a session's or a template's; Clerk puts it in.)
//!
//! # Keys
//!
//! With [`pem`](VerifierBuilder::pem) no network is needed for JWTs. Otherwise the key set of the instance is
//! fetched when it is first needed, by one caller for all who wait, and used for an hour at the most. From five
//! minutes on it is refreshed beside what is going on: by `Clerk::authenticate` and `Clerk::verify` of the transports
//! by themselves, elsewhere by whoever runs [`due_refresh`](Verifier::due_refresh). Forged JWTs cause hardly any
//! requests: a bad signature none, unknown key ids one in 30 s, and never more than three in a minute. Opaque tokens
//! cause one each, if they look like tokens and are accepted at all.
//!
//! # What others see
//!
//! The [`Reason`] is for your logs. [`Rejection`] and [`Unavailable`] say the same to everybody when they are
//! displayed, and so does [`RequestState::refusal`].
use std::fmt;

mod backend;
mod claims;
mod cookies;
mod handshake;
mod jws;
mod key;
mod keyring;
mod machine;
mod members;
mod opaque;
mod permissions;
mod publishable_key;
mod reason;
mod request;
mod session;
mod verifier;

#[cfg(feature = "aws-lc-rs")]
pub use self::backend::AwsLcRs;
#[cfg(feature = "ring")]
pub use self::backend::Ring;
#[cfg(feature = "rust-crypto")]
pub use self::backend::RustCrypto;
pub use self::{
    backend::{Rs256, Rs256Key},
    claims::{ActorClaim, Claims},
    handshake::{Handshake, NoHandshake, Redirects, SetHeaders},
    key::{KeySet, RsaPublicKey, VerifyingKey},
    machine::{ApiKeyAuth, M2mAuth, OauthAuth},
    permissions::{Level, Require, Reverification},
    publishable_key::PublishableKey,
    reason::{Reason, Rejection, TokenType, Unavailable, VerifyError},
    request::{Authenticate, AuthenticateOptions, RequestState},
    session::{ActiveOrganization, SessionAuth, TemplateAuth},
    verifier::{Refresh, TokenKind, Verifier, VerifierBuilder, Verify},
};
use crate::model::UserId;

/// Who is calling. It can only come from a [`Verifier`].
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
#[allow(clippy::large_enum_variant)] // Sessions are what nearly all of them are.
pub enum Auth {
    /// Somebody who is signed in.
    Session(SessionAuth),
    /// A machine.
    M2m(M2mAuth),
    /// An OAuth application, for a user.
    Oauth(OauthAuth),
    /// The holder of an API key.
    ApiKey(ApiKeyAuth),
}

impl Auth {
    /// The type of token that showed it.
    pub fn token_type(&self) -> TokenType {
        match self {
            Self::Session(_) => TokenType::Session,
            Self::M2m(_) => TokenType::M2m,
            Self::Oauth(_) => TokenType::Oauth,
            Self::ApiKey(_) => TokenType::ApiKey,
        }
    }

    /// The session, if it is one.
    pub fn session(&self) -> Option<&SessionAuth> {
        match self {
            Self::Session(session) => Some(session),
            _ => None,
        }
    }

    /// The machine, if it is one.
    pub fn m2m(&self) -> Option<&M2mAuth> {
        match self {
            Self::M2m(token) => Some(token),
            _ => None,
        }
    }

    /// The OAuth application, if it is one.
    pub fn oauth(&self) -> Option<&OauthAuth> {
        match self {
            Self::Oauth(token) => Some(token),
            _ => None,
        }
    }

    /// The holder of an API key, if it is one.
    pub fn api_key(&self) -> Option<&ApiKeyAuth> {
        match self {
            Self::ApiKey(key) => Some(key),
            _ => None,
        }
    }

    /// The user who is calling, or for whom somebody is.
    pub fn user_id(&self) -> Option<UserId> {
        match self {
            Self::Session(session) => Some(session.user_id.clone()),
            Self::Oauth(token) => Some(token.user_id.clone()),
            Self::ApiKey(key) => key.user_id(),
            Self::M2m(_) => None,
        }
    }

    /// Whether a session may do something: see [`SessionAuth::has`]. Nothing else has roles, permissions
    /// or plans, and so this denies it.
    pub fn has(&self, required: &Require) -> bool {
        self.session().is_some_and(|session| session.has(required))
    }
}

impl fmt::Display for Auth {
    /// The type of token and whom it shows, for logs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whom: &dyn fmt::Display = match self {
            Self::Session(session) => &session.user_id,
            Self::M2m(token) => &token.machine_id,
            Self::Oauth(token) => &token.user_id,
            Self::ApiKey(key) => &key.subject,
        };
        write!(f, "{} of {whom}", self.token_type())
    }
}
