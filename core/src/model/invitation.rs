use serde::{Deserialize, Serialize};

use super::{InvitationId, InvitationStatus, ObjectType};
use crate::{JsonObject, Sensitive, Timestamp};

/// An invitation to the application.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Invitation {
    /// Always `invitation`.
    pub object: ObjectType,
    /// Its id.
    pub id: InvitationId,
    /// Who is invited.
    pub email_address: String,
    /// What the new user's public metadata will hold.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub public_metadata: JsonObject,
    /// Whether it was revoked.
    pub revoked: Option<bool>,
    /// Where it stands.
    pub status: InvitationStatus,
    /// Where it is accepted. It holds a ticket: whoever has it can sign up with it.
    pub url: Option<Sensitive<String>>,
    /// Until when it can be accepted.
    pub expires_at: Option<Timestamp>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl Invitation {
    /// Whether it can be accepted.
    ///
    /// ```
    /// use clerk_core::model::Invitation;
    /// use serde_json::json;
    ///
    /// let invitation: Invitation = serde_json::from_value(json!({
    ///     "object": "invitation",
    ///     "id": "inv_1",
    ///     "email_address": "ann@example.com",
    ///     "status": "accepted",
    ///     "created_at": 1_700_690_400_000_i64,
    ///     "updated_at": 1_700_690_400_000_i64,
    /// }))?;
    /// assert!(!invitation.is_pending());
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn is_pending(&self) -> bool {
        self.status == InvitationStatus::Pending
    }
}
