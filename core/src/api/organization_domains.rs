//! The domains of organizations.
//!
//! ```
//! # fn example<T: clerk_core::Transport>(clerk: &clerk_core::Client<T>) {
//! use clerk_core::model::EnrollmentMode;
//!
//! let domains = clerk.organization_domains();
//! let added = domains
//!     .create("org_1")
//!     .name("example.com")
//!     .enrollment_mode(EnrollmentMode::AutomaticInvitation)
//!     .send(); // `.await` it with clerk-hyper
//! let unverified = domains.list("org_1").verified(false).send();
//! let owned = domains.verify_ownership("org_1", "orgdmn_1").send();
//! # }
//! ```
use crate::{
    Nullable,
    model::{
        DeletedObject, EnrollmentMode, List, OrganizationDomain, OrganizationDomainId,
        OrganizationId, TextBool, macros::open_enum,
    },
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
    /// See [`EnrollmentMode`] for what they mean.
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

operation!(
    OrganizationDomains::create,
    POST("/organizations/{organization_id}/domains"),
    returns(OrganizationDomain),
    errors(400, 403, 404, 422),
    /// Add a domain to an organization.
    ///
    /// It counts as verified at once, on your word, unless
    /// [`verified`](CreateOrganizationDomain::verified) is `false`: be sure that the domain is the
    /// organization's before you let people in by their email addresses. Not repeated when it may
    /// have arrived: look for the domain with [`ListOrganizationDomains`] before you do.
    #[doc(alias = "organizationDomainsCreate")]
    #[doc(alias = "createOrganizationDomain")]
    #[doc(alias = "CreateOrganizationDomainRequestBody")]
    pub struct CreateOrganizationDomain {
        /// The organization.
        #[doc(alias = "organizationId")]
        organization_id: Path<OrganizationId>,
    },
    struct Optional {
        /// The domain, such as `example.com`.
        name: Body<String>,
        /// How users with an email address of this domain get into the organization.
        #[doc(alias = "enrollmentMode")]
        enrollment_mode: Body<EnrollmentMode>,
        /// Whether the domain counts as verified; it does unless this is `false`.
        verified: Body<Nullable<bool>>,
    }
);

operation!(
    OrganizationDomains::list,
    GET("/organizations/{organization_id}/domains"),
    returns(List<OrganizationDomain>),
    errors(401, 422),
    pages(OrganizationDomain),
    /// List the domains of an organization.
    #[doc(alias = "organizationDomainsList")]
    #[doc(alias = "listOrganizationDomains")]
    #[doc(alias = "ListOrganizationDomainsRequest")]
    pub struct ListOrganizationDomains {
        /// The organization.
        #[doc(alias = "organizationId")]
        organization_id: Path<OrganizationId>,
    },
    struct Optional {
        /// Only those that are verified, or only those that are not.
        verified: Query<TextBool>,
        /// Only those with this mode of enrollment, or only those with another.
        #[doc(alias = "enrollmentMode")]
        enrollment_mode: Query<EnrollmentModeFilter>,
        /// How many, from 1 to 500; 10 unless set.
        limit: Query<u64>,
        /// How many to skip; none unless set.
        offset: Query<u64>,
    }
);

operation!(
    OrganizationDomains::update,
    PATCH("/organizations/{organization_id}/domains/{domain_id}"),
    returns(OrganizationDomain),
    errors(400, 403, 404, 422),
    // The values are given and not computed: giving them twice gives the same ones.
    retry(Safe),
    /// Change a domain of an organization. What is not set stays as it is.
    #[doc(alias = "organizationDomainsUpdate")]
    #[doc(alias = "updateOrganizationDomain")]
    #[doc(alias = "UpdateOrganizationDomainRequestBody")]
    pub struct UpdateOrganizationDomain {
        /// The organization.
        #[doc(alias = "organizationId")]
        organization_id: Path<OrganizationId>,
        /// The domain.
        #[doc(alias = "domainId")]
        domain_id: Path<OrganizationDomainId>,
    },
    struct Optional {
        /// How users with an email address of this domain get into the organization.
        #[doc(alias = "enrollmentMode")]
        enrollment_mode: Body<Nullable<EnrollmentMode>>,
        /// Whether the domain counts as verified.
        verified: Body<Nullable<bool>>,
    }
);

operation!(
    OrganizationDomains::delete,
    DELETE("/organizations/{organization_id}/domains/{domain_id}"),
    returns(DeletedObject),
    errors(400, 401, 403, 404),
    /// Take a domain away from an organization.
    ///
    /// Where an earlier attempt got no answer, a 404 may mean that it worked: see
    /// [`Error::is_after_retry`](crate::Error::is_after_retry).
    #[doc(alias = "organizationDomainsDelete")]
    #[doc(alias = "deleteOrganizationDomain")]
    #[doc(alias = "DeleteOrganizationDomainRequest")]
    pub struct DeleteOrganizationDomain {
        /// The organization.
        #[doc(alias = "organizationId")]
        organization_id: Path<OrganizationId>,
        /// The domain.
        #[doc(alias = "domainId")]
        domain_id: Path<OrganizationDomainId>,
    }
);

operation!(
    OrganizationDomains::verify_ownership,
    POST("/organizations/{organization_id}/domains/{domain_id}/verify_ownership"),
    returns(OrganizationDomain),
    errors(401, 403, 404),
    // A domain that is verified already stays as it is.
    retry(Safe),
    /// Declare that an organization owns a domain, on your word: nothing is looked up in the DNS.
    ///
    /// The [`ownership_verification`](crate::model::OrganizationDomain::ownership_verification) of
    /// the domain then has the strategy `manual_override`. For a domain that is verified already,
    /// nothing changes.
    #[doc(alias = "organizationDomainsVerifyOwnership")]
    #[doc(alias = "verifyOrganizationDomainOwnership")]
    #[doc(alias = "VerifyOrganizationDomainOwnershipRequest")]
    pub struct VerifyOrganizationDomainOwnership {
        /// The organization.
        #[doc(alias = "organizationId")]
        organization_id: Path<OrganizationId>,
        /// The domain.
        #[doc(alias = "domainId")]
        domain_id: Path<OrganizationDomainId>,
    }
);
