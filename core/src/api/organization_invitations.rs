//! Invitations to organizations.
//!
//! ```
//! # fn example<T: clerk_core::Transport>(clerk: &clerk_core::Client<T>) {
//! let invitations = clerk.organization_invitations();
//! // `.await` these with clerk-hyper.
//! let pending = invitations.list("org_1").status("pending").send();
//! let invited = invitations.create("org_1", "ann@example.com", "org:member").send();
//! let revoked = invitations.revoke("org_1", "orginv_1").send();
//! # }
//! ```
use crate::{
    JsonObject, Nullable,
    model::{
        InvitationStatus, List, OrganizationId, OrganizationInvitation, OrganizationInvitationId,
        OrganizationInvitationWithPublicOrganizationData, RoleKey, UserId, macros::input,
    },
    operation::macros::{group, operation},
};

group! {
    /// Invitations to organizations.
    #[doc(alias = "organizationInvitations")]
    organization_invitations => OrganizationInvitations, tag = "Organization Invitations"
}

operation!(
    OrganizationInvitations::list_all,
    GET("/organization_invitations"),
    returns(List<OrganizationInvitationWithPublicOrganizationData>),
    errors(400, 404, 422, 500),
    pages(OrganizationInvitationWithPublicOrganizationData),
    /// List the invitations to all organizations of the instance, the newest first unless ordered
    /// otherwise.
    #[doc(alias = "organizationInvitationsGetAll")]
    #[doc(alias = "listInstanceOrganizationInvitations")]
    #[doc(alias = "ListInstanceOrganizationInvitationsRequest")]
    pub struct ListInstanceOrganizationInvitations {},
    struct Optional {
        /// The order: `created_at` or `email_address`, with `-` in front for descending.
        /// `-created_at` unless set.
        #[doc(alias = "orderBy")]
        order_by: Query<String>,
        /// Only those with this status.
        status: Query<InvitationStatus>,
        /// Only those whose email address matches this text.
        #[doc(alias = "query")]
        search: Query<"query", String>,
        /// How many, from 1 to 500; 10 unless set.
        limit: Query<u64>,
        /// How many to skip; none unless set.
        offset: Query<u64>,
    }
);

operation!(
    OrganizationInvitations::create,
    POST("/organizations/{organization_id}/invitations"),
    returns(OrganizationInvitation),
    errors(400, 402, 403, 404, 422),
    /// Invite somebody to an organization.
    ///
    /// Clerk sends an email with a link, unless [`notify`](CreateOrganizationInvitation::notify) is
    /// `false`; until it is accepted, revoked or too old, the invitation is pending. Not repeated
    /// when it may have arrived: there could be two emails.
    #[doc(alias = "organizationInvitationsCreate")]
    #[doc(alias = "createOrganizationInvitation")]
    #[doc(alias = "CreateOrganizationInvitationRequestBody")]
    pub struct CreateOrganizationInvitation {
        /// The organization.
        #[doc(alias = "organizationId")]
        organization_id: Path<OrganizationId>,
        /// Where the invitation goes.
        #[doc(alias = "emailAddress")]
        email_address: Body<String>,
        /// The role of whoever accepts.
        role: Body<RoleKey>,
    },
    struct Optional {
        /// Who invites: an administrator of the organization.
        #[doc(alias = "inviterUserId")]
        inviter_user_id: Body<Nullable<UserId>>,
        /// What the membership's public metadata will hold, which frontends can read.
        #[doc(alias = "publicMetadata")]
        public_metadata: Body<Nullable<JsonObject>>,
        /// What the membership's private metadata will hold, which only backends see.
        #[doc(alias = "privateMetadata")]
        private_metadata: Body<Nullable<JsonObject>>,
        /// Where somebody who accepts is taken: a page of yours that goes on from there.
        #[doc(alias = "redirectUrl")]
        redirect_url: Body<Nullable<String>>,
        /// For how many days it can be accepted, from 1 to 365; 30 unless set.
        #[doc(alias = "expiresInDays")]
        expires_in_days: Body<Nullable<u32>>,
        /// Whether Clerk sends an email; it does unless this is `false`.
        notify: Body<Nullable<bool>>,
    }
);

operation!(
    OrganizationInvitations::list,
    GET("/organizations/{organization_id}/invitations"),
    returns(List<OrganizationInvitation>),
    errors(400, 404, 422),
    pages(OrganizationInvitation),
    /// List the invitations to an organization, the newest first unless ordered otherwise.
    ///
    /// Those that exist because of a domain of the organization are left out.
    #[doc(alias = "organizationInvitationsList")]
    #[doc(alias = "listOrganizationInvitations")]
    #[doc(alias = "ListOrganizationInvitationsRequest")]
    pub struct ListOrganizationInvitations {
        /// The organization.
        #[doc(alias = "organizationId")]
        organization_id: Path<OrganizationId>,
    },
    struct Optional {
        /// Only those with this status.
        status: Query<InvitationStatus>,
        /// Only those for this email address.
        #[doc(alias = "emailAddress")]
        email_address: Query<String>,
        /// The order: `created_at` or `email_address`, with `-` in front for descending.
        /// `-created_at` unless set.
        #[doc(alias = "orderBy")]
        order_by: Query<String>,
        /// How many, from 1 to 500; 10 unless set.
        limit: Query<u64>,
        /// How many to skip; none unless set.
        offset: Query<u64>,
    }
);

operation!(
    OrganizationInvitations::bulk_create,
    POST("/organizations/{organization_id}/invitations/bulk"),
    returns(List<OrganizationInvitation>),
    errors(400, 403, 404, 422),
    /// Invite several people to an organization, at most 10 in one call.
    ///
    /// Clerk sends each of them an email with a link, unless
    /// [`notify`](NewOrganizationInvitation::notify) is `false`. Each can have another role and
    /// another inviter. Not repeated when it may have arrived: people could get two emails.
    ///
    /// ```
    /// use clerk_core::api::organization_invitations::{
    ///     CreateOrganizationInvitationBulk, NewOrganizationInvitation,
    /// };
    /// use clerk_core::{Config, Operation};
    ///
    /// let invite = CreateOrganizationInvitationBulk::new(
    ///     "org_1",
    ///     [
    ///         NewOrganizationInvitation::new("ann@example.com", "org:admin").expires_in_days(7),
    ///         NewOrganizationInvitation::new("bob@example.com", "org:member").notify(false),
    ///     ],
    /// );
    /// let request = invite.to_request(&Config::new("sk_test_abc")?)?;
    /// assert_eq!(
    ///     request.body(),
    ///     concat!(
    ///         r#"[{"email_address":"ann@example.com","role":"org:admin","expires_in_days":7},"#,
    ///         r#"{"email_address":"bob@example.com","role":"org:member","notify":false}]"#
    ///     )
    /// );
    /// # Ok::<(), clerk_core::Error>(())
    /// ```
    #[doc(alias = "organizationInvitationsBulkCreate")]
    #[doc(alias = "createOrganizationInvitationBulk")]
    #[doc(alias = "CreateOrganizationInvitationBulkRequestBody")]
    pub struct CreateOrganizationInvitationBulk {
        /// The organization.
        #[doc(alias = "organizationId")]
        organization_id: Path<OrganizationId>,
        /// The invitations, from 1 to 10.
        invitations: WholeBody<Vec<NewOrganizationInvitation>>,
    }
);

operation!(
    OrganizationInvitations::list_pending,
    GET("/organizations/{organization_id}/invitations/pending"),
    returns(List<OrganizationInvitation>),
    errors(400, 404),
    deprecated("Use `ListOrganizationInvitations` with the status `pending`."),
    pages(OrganizationInvitation),
    /// List the invitations to an organization that are pending, the newest first.
    ///
    /// Those that exist because of a domain of the organization are left out. Deprecated: use
    /// [`ListOrganizationInvitations`] with its [`status`](ListOrganizationInvitations::status).
    #[doc(alias = "organizationInvitationsListPending")]
    #[doc(alias = "listPendingOrganizationInvitations")]
    #[doc(alias = "ListPendingOrganizationInvitationsRequest")]
    pub struct ListPendingOrganizationInvitations {
        /// The organization.
        #[doc(alias = "organizationId")]
        organization_id: Path<OrganizationId>,
    },
    struct Optional {
        /// How many, from 1 to 500; 10 unless set.
        limit: Query<u64>,
        /// How many to skip; none unless set.
        offset: Query<u64>,
    }
);

operation!(
    OrganizationInvitations::get,
    GET("/organizations/{organization_id}/invitations/{invitation_id}"),
    returns(OrganizationInvitation),
    errors(400, 403, 404),
    /// Retrieve an invitation to an organization.
    #[doc(alias = "organizationInvitationsGet")]
    #[doc(alias = "getOrganizationInvitation")]
    #[doc(alias = "GetOrganizationInvitationRequest")]
    pub struct GetOrganizationInvitation {
        /// The organization.
        #[doc(alias = "organizationId")]
        organization_id: Path<OrganizationId>,
        /// The invitation.
        #[doc(alias = "invitationId")]
        invitation_id: Path<OrganizationInvitationId>,
    }
);

operation!(
    OrganizationInvitations::revoke,
    POST("/organizations/{organization_id}/invitations/{invitation_id}/revoke"),
    returns(OrganizationInvitation),
    errors(400, 403, 404),
    // Revoking twice may be an error, so after a lost answer the caller looks for themselves.
    /// Revoke an invitation to an organization that is still pending: nobody can accept it
    /// afterwards.
    ///
    /// Not repeated when it may have arrived: an invitation cannot be revoked twice.
    #[doc(alias = "organizationInvitationsRevoke")]
    #[doc(alias = "revokeOrganizationInvitation")]
    #[doc(alias = "RevokeOrganizationInvitationRequestBody")]
    pub struct RevokeOrganizationInvitation {
        /// The organization.
        #[doc(alias = "organizationId")]
        organization_id: Path<OrganizationId>,
        /// The invitation.
        #[doc(alias = "invitationId")]
        invitation_id: Path<OrganizationInvitationId>,
    },
    struct Optional {
        /// Who revokes it: an administrator of the organization.
        #[doc(alias = "requestingUserId")]
        requesting_user_id: Body<Nullable<UserId>>,
    }
);

input! {
    /// Somebody to invite to an organization.
    pub struct NewOrganizationInvitation {
        /// Where the invitation goes.
        email_address: String,
        /// The role of whoever accepts.
        role: RoleKey,
    }
    struct Optional {
        /// Who invites: an administrator of the organization.
        inviter_user_id: Nullable<UserId>,
        /// What the membership's public metadata will hold, which frontends can read.
        public_metadata: Nullable<JsonObject>,
        /// What the membership's private metadata will hold, which only backends see.
        private_metadata: Nullable<JsonObject>,
        /// Where somebody who accepts is taken: a page of yours that goes on from there.
        redirect_url: Nullable<String>,
        /// For how many days it can be accepted, from 1 to 365; 30 unless set.
        expires_in_days: Nullable<u32>,
        /// Whether Clerk sends an email; it does unless this is `false`.
        notify: Nullable<bool>,
    }
}
