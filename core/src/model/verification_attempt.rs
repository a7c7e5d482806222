use serde::{Deserialize, Serialize};

use super::{ObjectType, VerificationId, VerificationStatus, VerificationStrategy};
use crate::Timestamp;

/// A verification that the backend does itself, with a code that it has Clerk send.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct VerificationAttempt {
    /// What kind of verification it is.
    pub object: Option<ObjectType>,
    /// Its id. The code is checked against the verification with this id.
    pub id: Option<VerificationId>,
    /// Where it stands; `unverified` until a code was right. See
    /// [`is_verified`](Self::is_verified).
    pub status: Option<VerificationStatus>,
    /// By what means: `email_code` or `phone_code`.
    pub strategy: Option<VerificationStrategy>,
    /// How often it was tried.
    pub attempts: Option<i64>,
    /// Until when the code can be used.
    pub expire_at: Option<Timestamp>,
    /// How the code was delivered, for codes sent to phones.
    pub channel: Option<String>,
}

impl VerificationAttempt {
    /// Whether the code was right.
    ///
    /// ```
    /// use clerk_core::model::VerificationAttempt;
    /// use serde_json::json;
    ///
    /// let attempt: VerificationAttempt =
    ///     serde_json::from_value(json!({ "status": "unverified", "attempts": 1 }))?;
    /// assert!(!attempt.is_verified());
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn is_verified(&self) -> bool {
        self.status == Some(VerificationStatus::Verified)
    }
}
