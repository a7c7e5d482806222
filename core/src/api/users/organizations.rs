use super::Users;
use crate::{
    model::{
        InvitationStatus, List, OrganizationInvitationWithPublicOrganizationData,
        OrganizationMembership, UserId,
    },
    operation::macros::operation,
};

operation!(
    Users::get_organization_memberships,
    GET("/users/{user_id}/organization_memberships"),
    returns(List<OrganizationMembership>),
    errors(403),
    pages(OrganizationMembership),
    /// List the organizations that a user is a member of, with the role in each.
    #[doc(alias = "usersGetOrganizationMemberships")]
    #[doc(alias = "UsersGetOrganizationMembershipsRequest")]
    pub struct UsersGetOrganizationMemberships {
        /// The user.
        #[doc(alias = "userId")]
        user_id: Path<UserId>,
    },
    struct Optional {
        /// How many, from 1 to 500; 10 unless set.
        limit: Query<u64>,
        /// How many to skip; none unless set.
        offset: Query<u64>,
    }
);

operation!(
    Users::get_organization_invitations,
    GET("/users/{user_id}/organization_invitations"),
    returns(List<OrganizationInvitationWithPublicOrganizationData>),
    errors(400, 403, 404),
    pages(OrganizationInvitationWithPublicOrganizationData),
    /// List the invitations to organizations that a user got, with what everybody may know of each
    /// organization.
    #[doc(alias = "usersGetOrganizationInvitations")]
    #[doc(alias = "UsersGetOrganizationInvitationsRequest")]
    pub struct UsersGetOrganizationInvitations {
        /// The user.
        #[doc(alias = "userId")]
        user_id: Path<UserId>,
    },
    struct Optional {
        /// How many, from 1 to 500; 10 unless set.
        limit: Query<u64>,
        /// How many to skip; none unless set.
        offset: Query<u64>,
        /// Only those with this status.
        status: Query<InvitationStatus>,
    }
);
