//! The domains of organizations.
use crate::{
    model::{List, OrganizationDomain, OrganizationId, TextBool, macros::open_enum},
    operation::macros::{group, operation},
};

group! {
    /// The domains of organizations.
    #[doc(alias = "organizationDomains")]
    organization_domains => OrganizationDomains, tag = "Organization Domains"
}

operation!(
    OrganizationDomains::list_all,
    GET("/organization_domains"),
    returns(List<OrganizationDomain>),
    errors(401, 403, 422),
    pages(OrganizationDomain),
    /// List the domains of all organizations of the instance, the newest first unless ordered
    /// otherwise.
    #[doc(alias = "organizationDomainsListAll")]
    #[doc(alias = "ListAllOrganizationDomainsRequest")]
    pub struct ListAllOrganizationDomains {},
    struct Optional {
        /// Only those of this organization.
        #[doc(alias = "organizationId")]
        organization_id: Query<OrganizationId>,
        /// Only those that are verified, or only those that are not.
        verified: Query<TextBool>,
        /// Only those with one of these modes of enrollment, and without those that are excluded.
        #[doc(alias = "enrollmentMode")]
        enrollment_mode: Joined<Vec<EnrollmentModeFilter>>,
        /// Only those with this text in the name; a text that begins with `org_` is the id of an
        /// organization. Not empty, and not only white space.
        #[doc(alias = "query")]
        search: Query<"query", String>,
        /// Only those with one of these names.
        domains: Query<Vec<String>>,
        /// The order: `name` or `created_at`, with `-` in front for descending. `-created_at`
        /// unless set.
        #[doc(alias = "orderBy")]
        order_by: Query<String>,
        /// How many to skip; none unless set.
        offset: Query<u64>,
        /// How many, from 1 to 500; 10 unless set.
        limit: Query<u64>,
    }
);

open_enum! {
    /// A mode of enrollment to look for, or one to leave out.
    ///
    /// See [`EnrollmentMode`](crate::model::EnrollmentMode) for what they mean.
    pub enum EnrollmentModeFilter {
        /// Only when somebody invites them.
        ManualInvitation = "manual_invitation",
        /// Anything but that.
        NotManualInvitation = "-manual_invitation",
        /// They are invited automatically.
        AutomaticInvitation = "automatic_invitation",
        /// Anything but that.
        NotAutomaticInvitation = "-automatic_invitation",
        /// They are offered to ask for membership.
        AutomaticSuggestion = "automatic_suggestion",
        /// Anything but that.
        NotAutomaticSuggestion = "-automatic_suggestion",
        /// By signing in with the enterprise's identity provider.
        EnterpriseSso = "enterprise_sso",
        /// Anything but that.
        NotEnterpriseSso = "-enterprise_sso",
    }
}
