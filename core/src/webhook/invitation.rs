//! What events say of invitations to organizations.
use serde::{Deserialize, Serialize};

use crate::{
    JsonObject, Sensitive, Timestamp,
    model::{
        InvitationStatus, ObjectType, OrganizationId, OrganizationInvitationId, PublicInviterData,
        PublicOrganizationData, RoleKey, UserId,
    },
};

/// An invitation to an organization, as events tell it.
#[doc(alias = "OrganizationInvitationAcceptedPayload")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EventOrganizationInvitation {
    /// Always `organization_invitation`.
    pub object: Option<ObjectType>,
    /// Its id.
    pub id: OrganizationInvitationId,
    /// Who is invited.
    pub email_address: Option<String>,
    /// The role of the member to be.
    pub role: Option<RoleKey>,
    /// The role's name for people.
    pub role_name: Option<String>,
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
    pub created_at: Option<Timestamp>,
    /// When it was last changed.
    pub updated_at: Option<Timestamp>,
    /// Who has accepted it.
    pub user_id: Option<UserId>,
    /// Where Clerk's document has the organization. See [`organization`](Self::organization).
    pub data: Option<OrganizationInvitationData>,
    /// Where the API has the organization. See [`organization`](Self::organization).
    pub public_organization_data: Option<PublicOrganizationData>,
}

/// What stands in the member `data` of an [`EventOrganizationInvitation`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OrganizationInvitationData {
    /// What everybody may know of the organization.
    pub public_organization_data: Option<PublicOrganizationData>,
}

impl EventOrganizationInvitation {
    /// What everybody may know of the organization, wherever Clerk has written it.
    ///
    /// ```
    /// use clerk_core::webhook::{Event, EventData};
    ///
    /// let event = Event::from_json(
    ///     r#"{"type":"organizationInvitation.accepted","data":{"id":"orginv_1","user_id":"user_1","data":
    ///     {"public_organization_data":{"id":"org_1","name":"Acme","slug":"acme","has_image":false}}}}"#,
    /// )?;
    /// let EventData::OrganizationInvitationAccepted(invitation) = event.data()? else { unreachable!() };
    /// assert_eq!(invitation.organization().map(|it| it.name.as_str()), Some("Acme"));
    /// # Ok::<(), clerk_core::Error>(())
    /// ```
    pub fn organization(&self) -> Option<&PublicOrganizationData> {
        let inside = self.data.as_ref().and_then(|data| data.public_organization_data.as_ref());
        inside.or(self.public_organization_data.as_ref())
    }
}
