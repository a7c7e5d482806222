//! Testing tokens: let end-to-end tests pass the detection of bots.
//!
//! ```
//! # fn example<T: clerk_core::Transport>(clerk: &clerk_core::Client<T>) {
//! let token = clerk.testing_tokens().create().send(); // `.await` it with clerk-hyper
//! # }
//! ```
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::{
    Sensitive, Timestamp,
    model::ObjectType,
    operation::macros::{group, operation},
};

group! {
    /// Testing tokens: let end-to-end tests pass the detection of bots.
    #[doc(alias = "testingTokens")]
    testing_tokens => TestingTokens, tag = "Testing Tokens"
}

operation!(
    TestingTokens::create,
    POST("/testing_tokens"),
    returns(TestingToken),
    errors(),
    // The token is for tests, belongs to nobody and ends by itself.
    retry(Safe),
    /// Create a token for tests.
    ///
    /// Tests add it to requests to the Frontend API, in the query parameter
    /// `__clerk_testing_token`.
    #[doc(alias = "testingTokensCreate")]
    #[doc(alias = "createTestingToken")]
    pub struct CreateTestingToken {}
);

/// A token for tests.
///
/// ```
/// use clerk_core::{Timestamp, api::testing_tokens::TestingToken};
///
/// let json = r#"{"object":"testing_token","token":"","expires_at":1700690400}"#;
/// let token: TestingToken = serde_json::from_str(json)?;
/// assert_eq!(token.expires_at, Timestamp::from_secs(1_700_690_400)); // not milliseconds
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TestingToken {
    /// Always `testing_token`.
    pub object: ObjectType,
    /// The token itself, for the query parameter `__clerk_testing_token`.
    pub token: Sensitive<String>,
    /// When it expires. The API writes this time in seconds.
    #[serde(deserialize_with = "from_seconds", serialize_with = "to_seconds")]
    pub expires_at: Timestamp,
}

/// The specification only says that it is a Unix timestamp; its example is one in seconds.
fn from_seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Timestamp, D::Error> {
    let seconds = i64::deserialize(deserializer)?;
    let millis = seconds.checked_mul(1000).ok_or_else(|| D::Error::custom("out of range"))?;
    Ok(Timestamp::from_millis(millis))
}

fn to_seconds<S: Serializer>(time: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i64(time.as_secs())
}
