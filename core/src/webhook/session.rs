//! What events say of sessions. Not a flattened [`Session`](crate::model::Session): errors could not say
//! where in it they are.
use serde::{Deserialize, Serialize};

use crate::{
    JsonObject, Timestamp,
    model::{
        ClientId, ObjectType, OrganizationId, SessionActivity, SessionId, SessionStatus,
        SessionTask, User, UserId,
    },
};

/// A session, with the user who signed in.
#[doc(alias = "SessionEventPayload")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SessionWithUser {
    /// Always `session`.
    pub object: Option<ObjectType>,
    /// Its id.
    pub id: SessionId,
    /// The user's id.
    pub user_id: UserId,
    /// The user, where Clerk tells it.
    pub user: Option<User>,
    /// The client, such as a browser, that the user signed in at.
    pub client_id: Option<ClientId>,
    /// Who acts as the user, if somebody does: the claim `act` of the session's tokens.
    pub actor: Option<JsonObject>,
    /// Where it stands.
    pub status: SessionStatus,
    /// The organization that was last chosen in it.
    pub last_active_organization_id: Option<OrganizationId>,
    /// When it was last active.
    pub last_active_at: Option<Timestamp>,
    /// From where it was last active.
    pub latest_activity: Option<SessionActivity>,
    /// When it expires.
    pub expire_at: Option<Timestamp>,
    /// When it counts as abandoned.
    pub abandon_at: Option<Timestamp>,
    /// When it was last changed.
    pub updated_at: Option<Timestamp>,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// What the user has yet to do before the session is active.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub tasks: Vec<SessionTask>,
}

impl SessionWithUser {
    /// Whether it is active: not over, and not waiting for a task.
    pub fn is_active(&self) -> bool {
        self.status == SessionStatus::Active
    }
}
