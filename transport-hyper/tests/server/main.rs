//! The layer in front of real servers: who gets through, what the others are told, and who waits.
#![cfg(any(feature = "ring", feature = "aws-lc-rs", feature = "rust-crypto"))] // Something has to sign and verify.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // A test says what is wrong by failing.
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clerk_core::testing::{TestKey, TokenBuilder};
use clerk_hyper::{
    AuthLayer, Clerk, RetryPolicy,
    auth::{AuthenticateOptions, Verifier, VerifierBuilder},
};
use tokio::time::timeout;

mod api;
mod browsers;
mod crowds;
#[cfg(feature = "axum")]
mod extractors;
mod grpc;
mod layers;
mod matrix;
mod paths;
mod readiness;
mod unreachable;
mod wire;

pub(crate) const ISSUER: &str = "https://clerk.example.com";
/// Of the instance with this issuer.
pub(crate) const PUBLISHABLE_KEY: &str = "pk_test_Y2xlcmsuZXhhbXBsZS5jb20k";
pub(crate) const PARTY: &str = "https://app.example.com";
pub(crate) const SECRET_KEY: &str = "sk_test_secret";
/// What takes longer will never happen.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// What everybody is answered who is signed out, without the date.
pub(crate) const UNAUTHORIZED: &str = "HTTP/1.1 401 Unauthorized\r\n\
    cache-control: no-store\r\nwww-authenticate: Bearer\r\ncontent-length: 0\r\n\r\n";
/// What is answered where nobody can say.
pub(crate) const UNAVAILABLE: &str = "HTTP/1.1 503 Service Unavailable\r\n\
    cache-control: no-store\r\nretry-after: 1\r\ncontent-length: 0\r\n\r\n";
/// What the handler answers.
pub(crate) const REACHED: &str = "HTTP/1.1 200 OK\r\ncontent-length: 7\r\n\r\nreached";

pub(crate) fn unix_time() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap()
}

/// A session of `user_1`, good for an hour.
pub(crate) fn session(key: &TestKey) -> TokenBuilder {
    key.session("user_1").issuer(ISSUER).authorized_party(PARTY).lifetime(3600)
}

pub(crate) fn session_token() -> String {
    session(&TestKey::first()).mint(unix_time())
}

pub(crate) fn clerk(url: &str) -> Clerk {
    let delay = Duration::from_millis(1);
    let policy = RetryPolicy::default().initial_delay(delay).max_delay(delay);
    Clerk::builder(SECRET_KEY).base_url(url).retry(policy).build().unwrap()
}

pub(crate) fn adjusted(clerk: &Clerk) -> VerifierBuilder {
    clerk.verifier().publishable_key(PUBLISHABLE_KEY).authorized_party(PARTY)
}

pub(crate) fn verifier(clerk: &Clerk) -> Verifier {
    adjusted(clerk).build().unwrap()
}

/// A verifier that has its keys.
pub(crate) async fn warm(clerk: &Clerk) -> Verifier {
    let verifier = verifier(clerk);
    clerk.run(verifier.refresh()).await.unwrap();
    verifier
}

pub(crate) fn any() -> AuthenticateOptions {
    AuthenticateOptions::new().accept_any()
}

/// The two modes of the layer.
pub(crate) fn modes(clerk: &Clerk, verifier: &Verifier) -> [AuthLayer; 2] {
    let required = AuthLayer::new(clerk, verifier);
    [required.clone(), required.optional()]
}

/// The bound of every test.
pub(crate) async fn in_time(test: impl Future<Output = ()>) {
    timeout(PATIENCE, test).await.expect("it hangs");
}
