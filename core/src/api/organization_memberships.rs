//! Memberships: who is in which organization, and in what role.
//!
//! ```
//! # fn example<T: clerk_core::Transport>(clerk: &clerk_core::Client<T>) {
//! let memberships = clerk.organization_memberships();
//! // `.await` these with clerk-hyper.
//! let added = memberships.create("org_1", "user_1", "org:member").send();
//! let admins = memberships.list("org_1").role(["org:admin"]).limit(100).send();
//! let promoted = memberships.update("org_1", "user_1", "org:admin").send();
//! let removed = memberships.delete("org_1", "user_1").send();
//! # }
//! ```
use crate::{
    JsonObject, Nullable, Timestamp,
    model::{List, OrganizationId, OrganizationMembership, RoleKey, UserId},
    operation::macros::{group, operation},
};

group! {
    /// Memberships: who is in which organization, and in what role.
    #[doc(alias = "organizationMemberships")]
    organization_memberships => OrganizationMemberships, tag = "Organization Memberships"
}

operation!(
    OrganizationMemberships::create,
    POST("/organizations/{organization_id}/memberships"),
    returns(OrganizationMembership),
    errors(400, 403, 404, 422),
    /// Make a user a member of an organization, without an invitation.
    ///
    /// The user's next session starts in it unless another organization is chosen before. Not
    /// repeated when it may have arrived: nobody can be a member twice, and that would be an error.
    #[doc(alias = "organizationMembershipsCreate")]
    #[doc(alias = "createOrganizationMembership")]
    #[doc(alias = "CreateOrganizationMembershipRequestBody")]
    pub struct CreateOrganizationMembership {
        /// The organization.
        #[doc(alias = "organizationId")]
        organization_id: Path<OrganizationId>,
        /// The user.
        #[doc(alias = "userId")]
        user_id: Body<UserId>,
        /// The role that the user will have.
        role: Body<RoleKey>,
    },
    struct Optional {
        /// Data of yours that frontends can read.
        #[doc(alias = "publicMetadata")]
        public_metadata: Body<Nullable<JsonObject>>,
        /// Data of yours that only backends see.
        #[doc(alias = "privateMetadata")]
        private_metadata: Body<Nullable<JsonObject>>,
    }
);

operation!(
    OrganizationMemberships::list,
    GET("/organizations/{organization_id}/memberships"),
    returns(List<OrganizationMembership>),
    errors(401, 422),
    pages(OrganizationMembership),
    /// List the members of an organization.
    ///
    /// The filters look at the users; what a filter lists and does not exist is ignored.
    #[doc(alias = "organizationMembershipsList")]
    #[doc(alias = "listOrganizationMemberships")]
    #[doc(alias = "ListOrganizationMembershipsRequest")]
    pub struct ListOrganizationMemberships {
        /// The organization.
        #[doc(alias = "organizationId")]
        organization_id: Path<OrganizationId>,
    },
    struct Optional {
        /// The order: `created_at`, `email_address`, `phone_number`, `username`, `first_name` or
        /// `last_name`, with `-` in front for descending.
        #[doc(alias = "orderBy")]
        order_by: Query<String>,
        /// Only these, at most 100; with `-` in front of an id (`-user_1`), all but these.
        #[doc(alias = "userId")]
        user_id: Query<Vec<UserId>>,
        /// Only those with one of these email addresses, at most 100.
        #[doc(alias = "emailAddress")]
        email_address: Query<Vec<String>>,
        /// Only those with one of these phone numbers, at most 100.
        #[doc(alias = "phoneNumber")]
        phone_number: Query<Vec<String>>,
        /// Only those with one of these user names, at most 100.
        username: Query<Vec<String>>,
        /// Only those with one of these web3 wallets, at most 100.
        #[doc(alias = "web3Wallet")]
        web3_wallet: Query<Vec<String>>,
        /// Only those with one of these roles, at most 100.
        role: Query<Vec<RoleKey>>,
        /// Only those with this text in an email address, phone number, user name or web3 wallet,
        /// or in the id or the name.
        #[doc(alias = "query")]
        search: Query<"query", String>,
        /// Only those with this text in an email address, in upper or lower case.
        #[doc(alias = "emailAddressQuery")]
        email_address_query: Query<String>,
        /// Only those with this text in a phone number.
        #[doc(alias = "phoneNumberQuery")]
        phone_number_query: Query<String>,
        /// Only those with this text in the user name, in upper or lower case.
        #[doc(alias = "usernameQuery")]
        username_query: Query<String>,
        /// Only those with this text in the name, in upper or lower case.
        #[doc(alias = "nameQuery")]
        name_query: Query<String>,
        /// Only those whose sessions were all last active before this time.
        #[doc(alias = "lastActiveAtBefore")]
        last_active_at_before: Query<Timestamp>,
        /// Only those with a session that was active after this time.
        #[doc(alias = "lastActiveAtAfter")]
        last_active_at_after: Query<Timestamp>,
        /// Only those who were created before this time.
        #[doc(alias = "createdAtBefore")]
        created_at_before: Query<Timestamp>,
        /// Only those who were created after this time.
        #[doc(alias = "createdAtAfter")]
        created_at_after: Query<Timestamp>,
        /// How many, from 1 to 500; 10 unless set.
        limit: Query<u64>,
        /// How many to skip; none unless set.
        offset: Query<u64>,
    }
);

operation!(
    OrganizationMemberships::update,
    PATCH("/organizations/{organization_id}/memberships/{user_id}"),
    returns(OrganizationMembership),
    errors(404, 422),
    // The values are given and not computed: giving them twice gives the same ones.
    retry(Safe),
    /// Give a member of an organization another role.
    ///
    /// To change the metadata, use [`UpdateOrganizationMembershipMetadata`].
    #[doc(alias = "organizationMembershipsUpdate")]
    #[doc(alias = "updateOrganizationMembership")]
    #[doc(alias = "UpdateOrganizationMembershipRequestBody")]
    pub struct UpdateOrganizationMembership {
        /// The organization.
        #[doc(alias = "organizationId")]
        organization_id: Path<OrganizationId>,
        /// The user.
        #[doc(alias = "userId")]
        user_id: Path<UserId>,
        /// The role that the user will have.
        role: Body<RoleKey>,
    }
);

operation!(
    OrganizationMemberships::delete,
    DELETE("/organizations/{organization_id}/memberships/{user_id}"),
    returns(OrganizationMembership),
    errors(401, 404, 422),
    /// End the membership of a user in an organization.
    ///
    /// The answer is the membership that was. Where an earlier attempt got no answer, a 404 may
    /// mean that it worked: see [`Error::is_after_retry`](crate::Error::is_after_retry).
    #[doc(alias = "organizationMembershipsDelete")]
    #[doc(alias = "deleteOrganizationMembership")]
    #[doc(alias = "DeleteOrganizationMembershipRequest")]
    pub struct DeleteOrganizationMembership {
        /// The organization.
        #[doc(alias = "organizationId")]
        organization_id: Path<OrganizationId>,
        /// The user.
        #[doc(alias = "userId")]
        user_id: Path<UserId>,
    }
);

operation!(
    OrganizationMemberships::merge_metadata,
    PATCH("/organizations/{organization_id}/memberships/{user_id}/metadata"),
    returns(OrganizationMembership),
    errors(400, 404, 422),
    // Merging the same values into the result of merging them changes nothing.
    retry(Safe),
    /// Change a membership's metadata, member by member and on every level.
    ///
    /// A member that is `null` is removed, one that is not given stays.
    ///
    /// ```
    /// use clerk_core::{
    ///     Config, Operation, api::organization_memberships::UpdateOrganizationMembershipMetadata,
    /// };
    /// use serde_json::{Value, json};
    ///
    /// let update = UpdateOrganizationMembershipMetadata::new("org_1", "user_1")
    ///     .public_metadata([("desk", json!("4b")), ("trainee", Value::Null)]);
    /// let request = update.to_request(&Config::new("sk_test_abc")?)?;
    /// assert_eq!(request.body(), r#"{"public_metadata":{"desk":"4b","trainee":null}}"#);
    /// # Ok::<(), clerk_core::Error>(())
    /// ```
    #[doc(alias = "organizationMembershipsUpdateMetadata")]
    #[doc(alias = "updateOrganizationMembershipMetadata")]
    #[doc(alias = "UpdateOrganizationMembershipMetadataRequestBody")]
    pub struct UpdateOrganizationMembershipMetadata {
        /// The organization.
        #[doc(alias = "organizationId")]
        organization_id: Path<OrganizationId>,
        /// The user.
        #[doc(alias = "userId")]
        user_id: Path<UserId>,
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
    OrganizationMemberships::list_all,
    GET("/organization_memberships"),
    returns(List<OrganizationMembership>),
    errors(400, 401, 422, 500),
    pages(OrganizationMembership),
    /// List the memberships in all organizations of the instance.
    #[doc(alias = "usersGetInstanceOrganizationMemberships")]
    #[doc(alias = "instanceGetOrganizationMemberships")]
    #[doc(alias = "InstanceGetOrganizationMembershipsRequest")]
    pub struct InstanceGetOrganizationMemberships {},
    struct Optional {
        /// The order: `created_at`, `email_address`, `phone_number`, `username`, `first_name` or
        /// `last_name`, with `-` in front for descending.
        #[doc(alias = "orderBy")]
        order_by: Query<String>,
        /// How many, from 1 to 500; 10 unless set.
        limit: Query<u64>,
        /// How many to skip; none unless set.
        offset: Query<u64>,
    }
);
