//! Tokens for links to the admin portal.
//!
//! ```
//! # fn example<T: clerk_core::Transport>(clerk: &clerk_core::Client<T>) {
//! let tokens = clerk.admin_portal_link_tokens();
//! let created = tokens.create().organization_id("org_1").seconds_until_expiration(600).send();
//! let revoked = tokens.revoke("aplt_1").send(); // `.await` it with clerk-hyper
//! # }
//! ```
use serde::{Deserialize, Serialize};

use crate::{
    FractionalTimestamp, Nullable, Seconds, Sensitive,
    model::{
        AdminPortalLinkId, AdminPortalLinkTokenId, InstanceId, ItContactId, ObjectType,
        OrganizationId,
    },
    operation::macros::{group, operation},
};

group! {
    /// Tokens for links to the admin portal.
    #[doc(alias = "adminPortalLinkTokens")]
    admin_portal_link_tokens => AdminPortalLinkTokens, tag = "Admin Portal Link Tokens"
}

operation!(
    AdminPortalLinkTokens::create,
    POST("/admin_portal_link_tokens"),
    operation_id("createAdminPortalLinkToken"),
    returns(CreatedAdminPortalLinkToken),
    success(201),
    errors(400, 401, 403, 409),
    /// Create a token for a link to the admin portal.
    ///
    /// It can be used once, and only this answer has it. Whoever has it can use it.
    #[doc(alias = "createAdminPortalLinkToken")]
    #[doc(alias = "CreateAdminPortalLinkTokenRequestBody")]
    pub struct CreateAdminPortalLinkToken {},
    struct Optional {
        /// The organization.
        #[doc(alias = "organizationId")]
        organization_id: Body<OrganizationId>,
        /// The IT contact for whom the link is: any text that identifies them to you.
        #[doc(alias = "itContactId")]
        it_contact_id: Body<ItContactId>,
        /// What the token permits.
        scopes: Body<Vec<String>>,
        /// How long the token can be used, in seconds, at most 86400 (a day); 3600 (an hour) unless
        /// set.
        #[doc(alias = "secondsUntilExpiration")]
        seconds_until_expiration: Body<Seconds>,
    }
);

operation!(
    AdminPortalLinkTokens::revoke,
    POST("/admin_portal_link_tokens/{adminPortalLinkTokenID}/revoke"),
    operation_id("revokeAdminPortalLinkToken"),
    returns(AdminPortalLinkToken),
    errors(400, 401, 403, 404),
    // Revoking twice may be an error, so after a lost answer the caller looks for themselves.
    /// Revoke a token for a link to the admin portal.
    ///
    /// Not repeated when it may have arrived: whether a token can be revoked twice is not
    /// documented.
    #[doc(alias = "revokeAdminPortalLinkToken")]
    #[doc(alias = "RevokeAdminPortalLinkTokenRequestBody")]
    pub struct RevokeAdminPortalLinkToken {
        /// The token.
        #[doc(alias = "adminPortalLinkTokenID")]
        admin_portal_link_token_id: Path<"adminPortalLinkTokenID", AdminPortalLinkTokenId>,
    },
    struct Optional {
        /// Why, for the record.
        #[doc(alias = "revocationReason")]
        revocation_reason: Body<Nullable<String>>,
    }
);

/// A token for a link to the admin portal, with the token itself: only the answer to its creation
/// has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CreatedAdminPortalLinkToken {
    /// Always `admin_portal_link_token`.
    pub object: ObjectType,
    /// Its id.
    pub id: AdminPortalLinkTokenId,
    /// The link that it was made for.
    pub admin_portal_link_id: AdminPortalLinkId,
    /// The instance.
    pub instance_id: InstanceId,
    /// The organization, if the link is for one that exists.
    pub organization_id: Option<OrganizationId>,
    /// The IT contact of the link.
    pub it_contact_id: Option<ItContactId>,
    /// What it permits, as its creator said.
    pub scopes: Option<Vec<String>>,
    /// The token itself. It can be used once, and goes in a URL: keep it secret.
    pub token: Sensitive<String>,
    /// Whether it was revoked.
    pub revoked: bool,
    /// Why it was revoked.
    pub revocation_reason: Option<String>,
    /// Whether its time is over.
    pub expired: bool,
    /// Until when it can be used, if it has an end.
    pub expiration: Option<FractionalTimestamp>,
    /// When it was created.
    pub created_at: FractionalTimestamp,
    /// When it was last changed.
    pub updated_at: FractionalTimestamp,
}

/// A token for a link to the admin portal, without the token itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AdminPortalLinkToken {
    /// Always `admin_portal_link_token`.
    pub object: ObjectType,
    /// Its id.
    pub id: AdminPortalLinkTokenId,
    /// The link that it was made for.
    pub admin_portal_link_id: AdminPortalLinkId,
    /// The instance.
    pub instance_id: InstanceId,
    /// The organization, if the link is for one that exists.
    pub organization_id: Option<OrganizationId>,
    /// The IT contact of the link.
    pub it_contact_id: Option<ItContactId>,
    /// What it permits, as its creator said.
    pub scopes: Option<Vec<String>>,
    /// Whether it was revoked.
    pub revoked: bool,
    /// Why it was revoked.
    pub revocation_reason: Option<String>,
    /// Whether its time is over.
    pub expired: bool,
    /// Until when it can be used, if it has an end.
    pub expiration: Option<FractionalTimestamp>,
    /// When it was created.
    pub created_at: FractionalTimestamp,
    /// When it was last changed.
    pub updated_at: FractionalTimestamp,
}
