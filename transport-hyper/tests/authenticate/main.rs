//! Who sent a request, when keys and answers come over a real socket.
#![cfg(any(feature = "ring", feature = "aws-lc-rs", feature = "rust-crypto"))] // Something has to sign and verify.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // A test says what is wrong by failing.
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clerk_core::testing::TestKey;
use clerk_hyper::{
    Clerk, RetryPolicy,
    auth::{AuthenticateOptions, Reason, RequestState, Verifier},
};
use http::{Request, StatusCode, request::Parts};
use serde_json::json;
use tokio::time::timeout;

mod keys;
mod opaque;
mod secrets;

pub(crate) const ISSUER: &str = "https://clerk.example.com";
pub(crate) const SECRET_KEY: &str = "sk_test_secret";
/// What takes longer will never happen.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
pub(crate) fn key_set() -> String {
    json!({ "keys": [TestKey::first().jwk()] }).to_string()
}

pub(crate) fn unix_time() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap()
}

/// A request with a good session token.
pub(crate) fn request() -> Parts {
    bearer(&session())
}

pub(crate) fn session() -> String {
    session_by(&TestKey::first())
}

pub(crate) fn session_by(key: &TestKey) -> String {
    let now = i64::try_from(unix_time().as_secs()).unwrap();
    key.session("user_1").issuer(ISSUER).lifetime(3600).mint(now)
}

pub(crate) fn bearer(token: &str) -> Parts {
    let request = Request::get("/").header("authorization", format!("Bearer {token}"));
    request.body(()).unwrap().into_parts().0
}

pub(crate) fn clerk(url: &str) -> Clerk {
    let delay = Duration::from_millis(1);
    let policy = RetryPolicy::default().initial_delay(delay).max_delay(delay);
    Clerk::builder(SECRET_KEY).base_url(url).retry(policy).build().unwrap()
}

pub(crate) fn verifier(clerk: &Clerk) -> Verifier {
    clerk.verifier().issuer(ISSUER).build().unwrap()
}

pub(crate) fn sessions() -> AuthenticateOptions {
    AuthenticateOptions::new()
}

pub(crate) fn assert_signed_in(state: &RequestState) {
    let auth = state.auth().unwrap_or_else(|| panic!("{state:?}"));
    assert_eq!(auth.user_id().unwrap().as_str(), "user_1");
}

/// The bound of every test.
pub(crate) async fn in_time(test: impl Future<Output = ()>) {
    timeout(PATIENCE, test).await.expect("it hangs");
}

/// Nobody can say who it is: 503, with the seconds until it is worth another try.
pub(crate) fn assert_unavailable(state: &RequestState, reason: Reason) -> u64 {
    assert!(matches!(state, RequestState::Unavailable(_)), "{state:?}");
    assert_eq!(state.reason(), Some(reason));
    let refusal = state.refusal().unwrap();
    assert_eq!(refusal.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(!refusal.headers().contains_key("www-authenticate"), "it is no 401");
    refusal.headers()["retry-after"].to_str().unwrap().parse().unwrap()
}
