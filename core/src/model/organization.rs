use serde::{Deserialize, Serialize};

use super::{
    EnrollmentMode, ObjectType, OrganizationDomainId, OrganizationId, OrganizationMembershipId,
    PermissionKey, RoleKey, RoleSetKey, UserId, VerificationStatus, VerificationStrategy,
};
use crate::{JsonObject, Timestamp};

/// An organization.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Organization {
    /// Always `organization`.
    pub object: ObjectType,
    /// Its id.
    pub id: OrganizationId,
    /// Its name.
    pub name: String,
    /// Its name in URLs.
    pub slug: String,
    /// Its logo; one that was made up if there is none.
    pub image_url: Option<String>,
    /// Whether the logo was uploaded.
    pub has_image: bool,
    /// How many members it has, where that was asked for.
    pub members_count: Option<i64>,
    /// Whether nobody in it has the rights to manage it, where that was asked for.
    pub missing_member_with_elevated_permissions: Option<bool>,
    /// How many invitations are pending.
    pub pending_invitations_count: Option<i64>,
    /// How many members it can have. What 0 stands for is not documented.
    pub max_allowed_memberships: i64,
    /// Whether its administrators can delete it.
    pub admin_delete_enabled: bool,
    /// Data of yours that frontends can read.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub public_metadata: JsonObject,
    /// Data of yours that only backends see.
    pub private_metadata: Option<JsonObject>,
    /// Who created it.
    pub created_by: Option<UserId>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When a member was last active in it.
    pub last_active_at: Option<Timestamp>,
    /// The set of roles that it uses.
    pub role_set_key: Option<RoleSetKey>,
}

/// The membership of a user in an organization.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OrganizationMembership {
    /// Its id.
    pub id: OrganizationMembershipId,
    /// Always `organization_membership`.
    pub object: ObjectType,
    /// The role that the user has.
    pub role: RoleKey,
    /// The role's name for people.
    pub role_name: Option<String>,
    /// What the role permits.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub permissions: Vec<PermissionKey>,
    /// Data of yours that frontends can read.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub public_metadata: JsonObject,
    /// Data of yours that only backends see.
    pub private_metadata: Option<JsonObject>,
    /// The organization.
    pub organization: Organization,
    /// The user.
    pub public_user_data: Option<PublicUserData>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What the members of an organization see of each other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[doc(alias = "OrganizationMembershipPublicUserData")]
pub struct PublicUserData {
    /// The user.
    pub user_id: UserId,
    /// The first name.
    pub first_name: Option<String>,
    /// The last name.
    pub last_name: Option<String>,
    /// A picture of the user.
    #[deprecated(note = "Use `image_url`.")]
    pub profile_image_url: Option<String>,
    /// A picture of the user; one that was made up if there is none.
    pub image_url: String,
    /// Whether the picture was uploaded, or came from a provider.
    pub has_image: bool,
    /// What the user is known by: a phone number, a user name or an email address.
    pub identifier: Option<String>,
    /// The user name.
    pub username: Option<String>,
    /// Whether the user is banned.
    pub banned: Option<bool>,
    /// Whether a directory withdrew the user.
    pub deprovisioned: Option<bool>,
}

/// A domain of an organization.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OrganizationDomain {
    /// Always `organization_domain`.
    pub object: ObjectType,
    /// Its id.
    pub id: OrganizationDomainId,
    /// The organization.
    pub organization_id: OrganizationId,
    /// The domain, such as `example.com`.
    pub name: String,
    /// How users with an email address of this domain get into the organization.
    pub enrollment_mode: EnrollmentMode,
    /// The email address by which the affiliation was verified.
    pub affiliation_email_address: Option<String>,
    /// How it was verified that the organization is affiliated with the domain.
    pub affiliation_verification: Option<OrganizationDomainVerification>,
    /// How it was verified that the domain is the organization's own, once that was tried.
    pub ownership_verification: Option<OrganizationDomainVerification>,
    /// The same as [`affiliation_verification`](Self::affiliation_verification).
    #[deprecated(note = "Use `affiliation_verification`.")]
    pub verification: Option<OrganizationDomainVerification>,
    /// How many invitations are pending because of it.
    pub total_pending_invitations: i64,
    /// How many suggestions are pending because of it.
    pub total_pending_suggestions: i64,
    /// What everybody may know of the organization.
    pub public_organization_data: Option<PublicOrganizationData>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// How a domain of an organization was verified, or is to be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OrganizationDomainVerification {
    /// Where it stands.
    pub status: VerificationStatus,
    /// By what means.
    pub strategy: VerificationStrategy,
    /// How often it was tried.
    pub attempts: Option<i64>,
    /// Until when it can be completed.
    pub expire_at: Option<Timestamp>,
    /// When it succeeded; only for ownership.
    pub verified_at: Option<Timestamp>,
}

/// What everybody may know of an organization.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[doc(alias = "OrganizationInvitationPublicOrganizationData")]
pub struct PublicOrganizationData {
    /// Its id.
    pub id: OrganizationId,
    /// Its name.
    pub name: String,
    /// Its name in URLs.
    pub slug: String,
    /// Its logo; one that was made up if there is none.
    pub image_url: Option<String>,
    /// Whether the logo was uploaded.
    pub has_image: bool,
}
