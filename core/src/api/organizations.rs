//! Organizations.
use crate::{
    model::{List, Organization, OrganizationId, UserId},
    operation::macros::{group, operation},
};

group! {
    /// Organizations.
    organizations => Organizations, tag = "Organizations"
}

operation!(
    Organizations::list,
    GET("/organizations"),
    returns(List<Organization>),
    errors(400, 403, 422),
    pages(Organization),
    /// List the organizations of the instance, the newest first unless ordered otherwise.
    #[doc(alias = "listOrganizations")]
    #[doc(alias = "ListOrganizationsRequest")]
    pub struct ListOrganizations {},
    struct Optional {
        /// Whether to count the members of each.
        #[doc(alias = "includeMembersCount")]
        include_members_count: Query<bool>,
        /// Whether to find out if nobody in it has the rights to manage it.
        #[doc(alias = "includeMissingMemberWithElevatedPermissions")]
        include_missing_member_with_elevated_permissions: Query<bool>,
        /// Only those with this id, or with this text in the name or the slug.
        #[doc(alias = "query")]
        search: Query<"query", String>,
        /// Only those with one of these users as a member; with `-` in front of an id (`-user_1`),
        /// only those without. Ids that do not exist are ignored.
        #[doc(alias = "userId")]
        user_id: Query<Vec<UserId>>,
        /// Only these, at most 100; with `-` in front of an id (`-org_1`), all but these. Ids that
        /// do not exist are ignored.
        #[doc(alias = "organizationId")]
        organization_id: Query<Vec<OrganizationId>>,
        /// The order: `name`, `created_at` or `members_count`, with `-` in front for descending.
        /// `-created_at` unless set.
        #[doc(alias = "orderBy")]
        order_by: Query<String>,
        /// How many, from 1 to 500; 10 unless set.
        limit: Query<u64>,
        /// How many to skip; none unless set.
        offset: Query<u64>,
    }
);
