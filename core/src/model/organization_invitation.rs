use serde::{Deserialize, Serialize};

use super::{
    InvitationStatus, ObjectType, OrganizationId, OrganizationInvitationId, PublicOrganizationData,
    RoleKey, UserId,
};
use crate::{JsonObject, Sensitive, Timestamp};

/// An invitation to an organization, with what everybody may know of the organization.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OrganizationInvitationWithPublicOrganizationData {
    /// Always `organization_invitation`.
    pub object: ObjectType,
    /// Its id.
    pub id: OrganizationInvitationId,
    /// Who is invited.
    pub email_address: String,
    /// The role of the member to be.
    pub role: RoleKey,
    /// The role's name for people.
    pub role_name: String,
    /// The organization.
    pub organization_id: Option<OrganizationId>,
    /// Who invites, if a user does.
    pub inviter_id: Option<UserId>,
    /// What is shown of the user who invites.
    pub public_inviter_data: Option<PublicInviterData>,
    /// Where it stands.
    pub status: Option<InvitationStatus>,
    /// What the new membership's public metadata will hold.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub public_metadata: JsonObject,
    /// What the new membership's private metadata will hold; only backends see it.
    pub private_metadata: Option<JsonObject>,
    /// Where it is accepted. It may hold a ticket, so it is treated as a secret.
    pub url: Option<Sensitive<String>>,
    /// Until when it can be accepted.
    pub expires_at: Option<Timestamp>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// What everybody may know of the organization.
    pub public_organization_data: Option<PublicOrganizationData>,
}

impl OrganizationInvitationWithPublicOrganizationData {
    /// Whether it can be accepted.
    pub fn is_pending(&self) -> bool {
        self.status == Some(InvitationStatus::Pending)
    }
}

/// What is shown of the user who invites somebody.
#[doc(alias = "OrganizationInvitationPublicUserData")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PublicInviterData {
    /// The user.
    pub user_id: UserId,
    /// The first name.
    pub first_name: Option<String>,
    /// The last name.
    pub last_name: Option<String>,
    /// A picture of the user; one that was made up if there is none.
    pub image_url: String,
    /// Whether the picture was uploaded, or came from a provider.
    pub has_image: bool,
    /// What the user is known by: a phone number, a user name or an email address.
    pub identifier: String,
}

/// An invitation to an organization.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OrganizationInvitation {
    /// Always `organization_invitation`.
    pub object: ObjectType,
    /// Its id.
    pub id: OrganizationInvitationId,
    /// Who is invited.
    pub email_address: String,
    /// The role of the member to be.
    pub role: RoleKey,
    /// The role's name for people.
    pub role_name: String,
    /// The organization.
    pub organization_id: Option<OrganizationId>,
    /// Who invites, if a user does.
    pub inviter_id: Option<UserId>,
    /// What is shown of the user who invites.
    pub public_inviter_data: Option<PublicInviterData>,
    /// Where it stands.
    pub status: Option<InvitationStatus>,
    /// What the new membership's public metadata will hold.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub public_metadata: JsonObject,
    /// What the new membership's private metadata will hold; only backends see it.
    pub private_metadata: Option<JsonObject>,
    /// Where it is accepted. It may hold a ticket, so it is treated as a secret.
    pub url: Option<Sensitive<String>>,
    /// Until when it can be accepted.
    pub expires_at: Option<Timestamp>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl OrganizationInvitation {
    /// Whether it can be accepted.
    ///
    /// ```
    /// use clerk_core::model::OrganizationInvitation;
    /// use serde_json::json;
    ///
    /// let invitation: OrganizationInvitation = serde_json::from_value(json!({
    ///     "object": "organization_invitation",
    ///     "id": "orginv_1",
    ///     "email_address": "ann@example.com",
    ///     "role": "org:member",
    ///     "role_name": "Member",
    ///     "status": "pending",
    ///     "created_at": 1_700_690_400_000_i64,
    ///     "updated_at": 1_700_690_400_000_i64,
    /// }))?;
    /// assert!(invitation.is_pending());
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn is_pending(&self) -> bool {
        self.status == Some(InvitationStatus::Pending)
    }
}
