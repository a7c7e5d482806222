//! Organizations.
//!
//! ```
//! # fn example<T: clerk_core::Transport>(clerk: &clerk_core::Client<T>) {
//! let organizations = clerk.organizations();
//! let acme = organizations.create("Acme").slug("acme").send(); // `.await` it with clerk-hyper
//! let hers = organizations.list().user_id(["user_1"]).include_members_count(true).send();
//! let renamed = organizations.update("org_1").name("Acme Inc.").send();
//! # }
//! ```
use serde::{Deserialize, Serialize};

use crate::{
    JsonObject, Nullable, Rfc3339, Timestamp,
    model::{
        CreditAdjustment, CreditBalance, CreditLedgerEntry, DeletedObject, IdempotencyKey, List,
        ObjectType, Organization, OrganizationId, RoleSetKey, Subscription, UserId,
    },
    operation::{
        macros::{group, operation},
        multipart::File,
    },
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
        /// The order: `created_at`, `name` or `members_count`, with `-` in front for descending.
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
    Organizations::create,
    POST("/organizations"),
    returns(Organization),
    errors(400, 402, 403, 422),
    /// Create an organization.
    ///
    /// The user in [`created_by`](CreateOrganization::created_by) becomes its administrator, and
    /// that user's next session starts in it unless another organization is chosen before.
    ///
    /// Not repeated when it may have arrived: to repeat it by hand can make a second organization
    /// of the same name. With a [`slug`](CreateOrganization::slug), which no two can share, that is
    /// an error instead; without one, [search](ListOrganizations::search) for the name before you
    /// do.
    ///
    /// ```
    /// use clerk_core::{Config, Operation, api::organizations::CreateOrganization};
    ///
    /// let create = CreateOrganization::new("Acme").slug("acme").created_by("user_1");
    /// let request = create.to_request(&Config::new("sk_test_abc")?)?;
    /// assert_eq!(request.body(), r#"{"name":"Acme","created_by":"user_1","slug":"acme"}"#);
    /// # Ok::<(), clerk_core::Error>(())
    /// ```
    #[doc(alias = "organizationsCreate")]
    #[doc(alias = "createOrganization")]
    #[doc(alias = "CreateOrganizationRequestBody")]
    pub struct CreateOrganization {
        /// The name, at most 256 characters, without URLs and HTML.
        name: Body<String>,
    },
    struct Optional {
        /// The user who becomes its administrator.
        #[doc(alias = "createdBy")]
        created_by: Body<Nullable<UserId>>,
        /// Data of yours that only backends see.
        #[doc(alias = "privateMetadata")]
        private_metadata: Body<Nullable<JsonObject>>,
        /// Data of yours that frontends can read.
        #[doc(alias = "publicMetadata")]
        public_metadata: Body<Nullable<JsonObject>>,
        /// Its name in URLs, of lower-case letters, digits and `-`. No two organizations can have
        /// the same. Only where the instance has slugs turned on.
        slug: Body<Nullable<String>>,
        /// How many members it can have.
        #[doc(alias = "maxAllowedMemberships")]
        max_allowed_memberships: Body<Nullable<u32>>,
        /// When it was created, if not now.
        #[doc(alias = "createdAt")]
        created_at: Body<Nullable<Rfc3339>>,
        /// The set of roles that it uses.
        #[doc(alias = "roleSetKey")]
        role_set_key: Body<Nullable<RoleSetKey>>,
    }
);

operation!(
    Organizations::get,
    GET("/organizations/{organization_id}"),
    returns(Organization),
    errors(403, 404),
    /// Retrieve an organization by its id, or by its slug.
    #[doc(alias = "organizationsGet")]
    #[doc(alias = "getOrganization")]
    #[doc(alias = "GetOrganizationRequest")]
    pub struct GetOrganization {
        /// The organization: its id or its slug.
        #[doc(alias = "organizationId")]
        organization_id: Path<OrganizationId>,
    },
    struct Optional {
        /// Whether to count its members.
        #[doc(alias = "includeMembersCount")]
        include_members_count: Query<bool>,
        /// Whether to find out if nobody in it has the rights to manage it.
        #[doc(alias = "includeMissingMemberWithElevatedPermissions")]
        include_missing_member_with_elevated_permissions: Query<bool>,
    }
);

operation!(
    Organizations::update,
    PATCH("/organizations/{organization_id}"),
    returns(Organization),
    errors(400, 402, 403, 404, 422),
    // The values are given and not computed: giving them twice gives the same ones.
    retry(Safe),
    /// Change an organization. What is not set stays as it is.
    ///
    /// Metadata has operations of its own: [`MergeOrganizationMetadata`] and
    /// [`ReplaceOrganizationMetadata`].
    #[doc(alias = "organizationsUpdate")]
    #[doc(alias = "updateOrganization")]
    #[doc(alias = "UpdateOrganizationRequestBody")]
    pub struct UpdateOrganization {
        /// The organization.
        #[doc(alias = "organizationId")]
        organization_id: Path<OrganizationId>,
    },
    struct Optional {
        /// The name, at most 256 characters, without URLs and HTML.
        name: Body<Nullable<String>>,
        /// Its name in URLs. No two organizations can have the same.
        slug: Body<Nullable<String>>,
        /// How many members it can have.
        #[doc(alias = "maxAllowedMemberships")]
        max_allowed_memberships: Body<Nullable<u32>>,
        /// Whether its administrators can delete it in a frontend.
        #[doc(alias = "adminDeleteEnabled")]
        admin_delete_enabled: Body<Nullable<bool>>,
        /// When it was created.
        #[doc(alias = "createdAt")]
        created_at: Body<Nullable<Rfc3339>>,
        /// The set of roles that it uses.
        #[doc(alias = "roleSetKey")]
        role_set_key: Body<Nullable<RoleSetKey>>,
    }
);

operation!(
    Organizations::delete,
    DELETE("/organizations/{organization_id}"),
    returns(DeletedObject),
    errors(404),
    /// Delete an organization, with all its memberships and invitations. Nothing brings it back.
    ///
    /// Active sessions in which it was chosen are cleared of it. Where an earlier attempt got no
    /// answer, a 404 may mean that it worked: see
    /// [`Error::is_after_retry`](crate::Error::is_after_retry).
    #[doc(alias = "organizationsDelete")]
    #[doc(alias = "deleteOrganization")]
    #[doc(alias = "DeleteOrganizationRequest")]
    pub struct DeleteOrganization {
        /// The organization.
        #[doc(alias = "organizationId")]
        organization_id: Path<OrganizationId>,
    }
);

operation!(
    Organizations::merge_metadata,
    PATCH("/organizations/{organization_id}/metadata"),
    returns(Organization),
    errors(400, 401, 404, 422),
    // Merging the same values into the result of merging them changes nothing.
    retry(Safe),
    /// Change an organization's metadata, member by member and on every level.
    ///
    /// A member that is `null` is removed, one that is not given stays. To replace everything, use
    /// [`ReplaceOrganizationMetadata`].
    ///
    /// ```
    /// use clerk_core::{Config, Operation, api::organizations::MergeOrganizationMetadata};
    /// use serde_json::{Value, json};
    ///
    /// let merge = MergeOrganizationMetadata::new("org_1")
    ///     .public_metadata([("plan", json!("pro")), ("trial_ends", Value::Null)]);
    /// let request = merge.to_request(&Config::new("sk_test_abc")?)?;
    /// assert_eq!(request.body(), r#"{"public_metadata":{"plan":"pro","trial_ends":null}}"#);
    /// # Ok::<(), clerk_core::Error>(())
    /// ```
    #[doc(alias = "organizationsMergeMetadata")]
    #[doc(alias = "mergeOrganizationMetadata")]
    #[doc(alias = "MergeOrganizationMetadataRequestBody")]
    pub struct MergeOrganizationMetadata {
        /// The organization.
        #[doc(alias = "organizationId")]
        organization_id: Path<OrganizationId>,
    },
    struct Optional {
        /// Changes of the data that frontends can read.
        #[doc(alias = "publicMetadata")]
        public_metadata: Body<JsonObject>,
        /// Changes of the data that only backends see.
        #[doc(alias = "privateMetadata")]
        private_metadata: Body<JsonObject>,
    }
);

operation!(
    Organizations::replace_metadata,
    PUT("/organizations/{organization_id}/metadata"),
    returns(Organization),
    errors(400, 401, 404, 422),
    /// Replace an organization's metadata.
    ///
    /// What is given takes the place of everything that was there; kinds of metadata that are not
    /// given stay. To change single members, use [`MergeOrganizationMetadata`].
    #[doc(alias = "organizationsReplaceMetadata")]
    #[doc(alias = "replaceOrganizationMetadata")]
    #[doc(alias = "ReplaceOrganizationMetadataRequestBody")]
    pub struct ReplaceOrganizationMetadata {
        /// The organization.
        #[doc(alias = "organizationId")]
        organization_id: Path<OrganizationId>,
    },
    struct Optional {
        /// The data that frontends can read.
        #[doc(alias = "publicMetadata")]
        public_metadata: Body<JsonObject>,
        /// The data that only backends see.
        #[doc(alias = "privateMetadata")]
        private_metadata: Body<JsonObject>,
    }
);

operation!(
    Organizations::upload_logo,
    PUT("/organizations/{organization_id}/logo"),
    returns(OrganizationWithLogo),
    errors(400, 403, 404, 413),
    /// Upload a logo of an organization; it takes the place of the one that was there.
    ///
    /// ```
    /// use clerk_core::{File, api::organizations::UploadOrganizationLogo};
    ///
    /// # let png: &[u8] = b"";
    /// let logo = File::new("acme.png", png.to_vec()).content_type("image/png");
    /// let upload = UploadOrganizationLogo::new("org_1", logo).uploader_user_id("user_1");
    /// ```
    #[doc(alias = "organizationsUploadLogo")]
    #[doc(alias = "uploadOrganizationLogo")]
    #[doc(alias = "UploadOrganizationLogoRequestBody")]
    pub struct UploadOrganizationLogo {
        /// The organization.
        #[doc(alias = "organizationId")]
        organization_id: Path<OrganizationId>,
        /// The picture, at most 10 MB: a GIF, JPEG, PNG or WebP, with its media type (`image/png`).
        file: Form<File>,
    },
    struct Optional {
        /// The user who counts as the one who uploaded it.
        #[doc(alias = "uploaderUserId")]
        uploader_user_id: Form<UserId>,
    }
);

operation!(
    Organizations::delete_logo,
    DELETE("/organizations/{organization_id}/logo"),
    returns(Organization),
    errors(404),
    /// Delete the logo of an organization.
    ///
    /// Where an earlier attempt got no answer, a 404 may mean that it worked: see
    /// [`Error::is_after_retry`](crate::Error::is_after_retry).
    #[doc(alias = "organizationsDeleteLogo")]
    #[doc(alias = "deleteOrganizationLogo")]
    #[doc(alias = "DeleteOrganizationLogoRequest")]
    pub struct DeleteOrganizationLogo {
        /// The organization.
        #[doc(alias = "organizationId")]
        organization_id: Path<OrganizationId>,
    }
);

operation!(
    Organizations::get_billing_subscription,
    GET("/organizations/{organization_id}/billing/subscription"),
    returns(Subscription),
    errors(400, 401, 403, 404, 422, 500),
    /// Retrieve an organization's subscription, with what it is made of and the next payment.
    #[doc(alias = "organizationsGetBillingSubscription")]
    #[doc(alias = "getOrganizationBillingSubscription")]
    #[doc(alias = "GetOrganizationBillingSubscriptionRequest")]
    pub struct GetOrganizationBillingSubscription {
        /// The organization.
        #[doc(alias = "organizationId")]
        organization_id: Path<OrganizationId>,
    }
);

operation!(
    Organizations::get_billing_credit_balance,
    GET("/organizations/{organization_id}/billing/credits"),
    returns(CreditBalance),
    errors(400, 401, 403, 404, 422, 500),
    /// Retrieve how much credit an organization has.
    ///
    /// Credit lowers what is charged, at the checkout or when a plan is renewed.
    #[doc(alias = "organizationsGetBillingCreditBalance")]
    #[doc(alias = "getOrganizationBillingCreditBalance")]
    #[doc(alias = "GetOrganizationBillingCreditBalanceRequest")]
    pub struct GetOrganizationBillingCreditBalance {
        /// The organization.
        #[doc(alias = "organizationId")]
        organization_id: Path<OrganizationId>,
    }
);

operation!(
    Organizations::adjust_billing_credit_balance,
    POST("/organizations/{organization_id}/billing/credits"),
    returns(CreditLedgerEntry),
    errors(400, 401, 403, 404, 409, 422, 500),
    // The server knows the idempotency key again and does not count twice.
    retry(Safe),
    /// Give credit to an organization, or take some away.
    ///
    /// Each adjustment becomes an entry of its own. One with a key that was used before changes
    /// nothing and gives the entry of then, so it is repeated after any passing trouble: use a new
    /// key for each adjustment, and the same when you try it again yourself.
    #[doc(alias = "organizationsAdjustBillingCreditBalance")]
    #[doc(alias = "adjustOrganizationBillingCreditBalance")]
    #[doc(alias = "AdjustOrganizationBillingCreditBalanceRequestBody")]
    pub struct AdjustOrganizationBillingCreditBalance {
        /// The organization.
        #[doc(alias = "organizationId")]
        organization_id: Path<OrganizationId>,
        /// How much, in the smallest unit of the currency, such as cents: more than 0 for a
        /// decrease too.
        amount: Body<i64>,
        /// Whether the balance goes up or down.
        action: Body<CreditAdjustment>,
        /// The key of this adjustment: any text that no other one has.
        #[doc(alias = "idempotencyKey")]
        idempotency_key: Body<IdempotencyKey>,
    },
    struct Optional {
        /// The currency, such as `EUR`; `USD` unless set.
        currency: Body<String>,
        /// A note that the entry keeps.
        note: Body<String>,
    }
);

/// An organization, after its logo was uploaded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OrganizationWithLogo {
    /// Always `organization`.
    pub object: ObjectType,
    /// Its id.
    pub id: OrganizationId,
    /// Its name.
    pub name: String,
    /// Its name in URLs.
    pub slug: String,
    /// Its logo.
    pub image_url: String,
    /// Whether the logo was uploaded.
    pub has_image: bool,
    /// How many members it has, where that was asked for.
    pub members_count: Option<i64>,
    /// Whether nobody in it has the rights to manage it, where that was asked for.
    pub missing_member_with_elevated_permissions: Option<bool>,
    /// How many invitations are pending.
    pub pending_invitations_count: Option<i64>,
    /// How many members it can have.
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
    /// Its logo. Deprecated: use [`image_url`](Self::image_url).
    #[deprecated(note = "Use `image_url`.")]
    pub logo_url: Option<String>,
}
