use serde::{Deserialize, Serialize};

use super::{
    ClientId, ObjectType, OrganizationId, SessionActivityId, SessionId, SessionStatus, UserId,
};
use crate::{JsonObject, Timestamp};

/// A session: a user who signed in at a client.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Session {
    /// Always `session`.
    pub object: ObjectType,
    /// Its id.
    pub id: SessionId,
    /// The user.
    pub user_id: UserId,
    /// The client, such as a browser, that the user signed in at.
    pub client_id: ClientId,
    /// Who acts as the user, if somebody does: the claim `act` of the session's tokens.
    pub actor: Option<JsonObject>,
    /// Where it stands.
    pub status: SessionStatus,
    /// The organization that was last chosen in it.
    pub last_active_organization_id: Option<OrganizationId>,
    /// When it was last active.
    pub last_active_at: Timestamp,
    /// From where it was last active.
    pub latest_activity: Option<SessionActivity>,
    /// When it expires.
    pub expire_at: Timestamp,
    /// When it counts as abandoned.
    pub abandon_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was created.
    pub created_at: Timestamp,
    /// What the user has yet to do before the session is active.
    pub tasks: Option<Vec<SessionTask>>,
}

impl Session {
    /// Whether it is active: not over, and not waiting for a task.
    ///
    /// ```
    /// use clerk_core::model::Session;
    /// use serde_json::json;
    ///
    /// let session: Session = serde_json::from_value(json!({
    ///     "object": "session",
    ///     "id": "sess_1",
    ///     "user_id": "user_1",
    ///     "client_id": "client_1",
    ///     "status": "pending",
    ///     "tasks": [{ "key": "choose-organization" }],
    ///     "last_active_at": 1_700_690_400_000_i64,
    ///     "expire_at": 1_701_295_200_000_i64,
    ///     "abandon_at": 1_703_282_400_000_i64,
    ///     "updated_at": 1_700_690_400_000_i64,
    ///     "created_at": 1_700_690_400_000_i64,
    /// }))?;
    /// assert!(!session.is_active());
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn is_active(&self) -> bool {
        self.status == SessionStatus::Active
    }
}

/// From where a session was active.
#[doc(alias = "SessionActivityResponse")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SessionActivity {
    /// What kind of object it is.
    pub object: ObjectType,
    /// Its id.
    pub id: SessionActivityId,
    /// The kind of device.
    pub device_type: Option<String>,
    /// Whether the device is a mobile one.
    pub is_mobile: bool,
    /// The browser.
    pub browser_name: Option<String>,
    /// The browser's version.
    pub browser_version: Option<String>,
    /// The IP address.
    pub ip_address: Option<String>,
    /// The city.
    pub city: Option<String>,
    /// The country.
    pub country: Option<String>,
}

/// Something that the user has yet to do before a session is active.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SessionTask {
    /// Which task it is.
    pub key: String,
}
