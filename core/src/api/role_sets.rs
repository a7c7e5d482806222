//! Role sets: which roles an organization has to choose from.
//!
//! ```
//! # fn example<T: clerk_core::Transport>(clerk: &clerk_core::Client<T>) {
//! use clerk_core::api::role_sets::{CreatorRole, DefaultRole, ToRole};
//!
//! let (member, creator) = (DefaultRole::new("org:member"), CreatorRole::new("org:admin"));
//! let sets = clerk.role_sets();
//! let created = sets
//!     .create("Team", member, creator, ["org:member", "org:admin"])
//!     .key("role_set:team")
//!     .send(); // `.await` it with clerk-hyper
//! let more = sets.add_roles("role_set:team", ["org:guest"]).send();
//! let fewer = sets.replace_role("role_set:team", "org:guest", ToRole::new("org:member")).send();
//! # }
//! ```
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    Nullable, Timestamp,
    model::{
        DeletedObject, InstanceId, List, ObjectType, OrganizationId, RoleId, RoleKey, RoleSetId,
        RoleSetKey, RoleSetKeyOrId, RoleSetMigrationId,
        macros::{named, open_enum},
    },
    operation::macros::{group, operation},
};

group! {
    /// Role sets: which roles an organization has to choose from.
    #[doc(alias = "roleSets")]
    role_sets => RoleSets, tag = "Role Sets"
}

operation!(
    RoleSets::list,
    GET("/role_sets"),
    returns(List<RoleSet>),
    errors(400, 401, 403, 422),
    pages(RoleSet),
    /// List the role sets of the instance, the newest first unless ordered otherwise.
    #[doc(alias = "roleSetsList")]
    #[doc(alias = "listRoleSets")]
    #[doc(alias = "ListRoleSetsRequest")]
    pub struct ListRoleSets {},
    struct Optional {
        /// Only the one with this id, and those with this text in the name or the key.
        #[doc(alias = "query")]
        search: Query<"query", String>,
        /// The order: `created_at`, `name` or `key`, with `-` in front for descending.
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
    RoleSets::create,
    POST("/role_sets"),
    returns(RoleSet),
    errors(400, 401, 402, 403, 404, 422),
    /// Create a role set.
    ///
    /// Not repeated when it may have arrived: without a [`key`](CreateRoleSet::key) there could be
    /// two sets then. Look for the name before you do.
    ///
    /// ```
    /// use clerk_core::{
    ///     Config, Operation,
    ///     api::role_sets::{CreateRoleSet, CreatorRole, DefaultRole},
    /// };
    ///
    /// let create = CreateRoleSet::new(
    ///     "Team",
    ///     DefaultRole::new("org:member"),
    ///     CreatorRole::new("org:admin"),
    ///     ["org:member", "org:admin"],
    /// );
    /// let request = create.to_request(&Config::new("sk_test_abc")?)?;
    /// assert_eq!(
    ///     request.body(),
    ///     concat!(
    ///         r#"{"name":"Team","default_role_key":"org:member","creator_role_key":"org:admin","#,
    ///         r#""roles":["org:member","org:admin"]}"#
    ///     )
    /// );
    /// # Ok::<(), clerk_core::Error>(())
    /// ```
    #[doc(alias = "roleSetsCreate")]
    #[doc(alias = "createRoleSet")]
    #[doc(alias = "CreateRoleSetRequestBody")]
    pub struct CreateRoleSet {
        /// Its name.
        name: Body<String>,
        /// The role that new members get: one of the set.
        #[doc(alias = "defaultRoleKey")]
        default_role_key: Body<DefaultRole>,
        /// The role that whoever creates an organization gets: one of the set.
        #[doc(alias = "creatorRoleKey")]
        creator_role_key: Body<CreatorRole>,
        /// The roles of the set, from 1 to 10.
        roles: Body<Vec<RoleKey>>,
    },
    struct Optional {
        /// Its key: `role_set:`, and then lowercase letters, digits and underscores. No two sets
        /// can have the same; one is made out of the name unless set.
        key: Body<RoleSetKey>,
        /// What it is for.
        description: Body<Nullable<String>>,
        /// Whether new organizations get it.
        r#type: Body<RoleSetType>,
    }
);

named! {
    /// The role that new members get.
    DefaultRole(RoleKey);
    /// The role that whoever creates an organization gets.
    CreatorRole(RoleKey);
}

operation!(
    RoleSets::get,
    GET("/role_sets/{role_set_key_or_id}"),
    returns(RoleSet),
    errors(401, 403, 404),
    /// Retrieve a role set.
    #[doc(alias = "roleSetsGet")]
    #[doc(alias = "getRoleSet")]
    #[doc(alias = "GetRoleSetRequest")]
    pub struct GetRoleSet {
        /// The set, by key or id.
        #[doc(alias = "roleSetKeyOrId")]
        role_set_key_or_id: Path<RoleSetKeyOrId>,
    }
);

operation!(
    RoleSets::update,
    PATCH("/role_sets/{role_set_key_or_id}"),
    returns(RoleSet),
    errors(400, 401, 403, 404, 422),
    // The values are given and not computed: giving them twice gives the same ones.
    retry(Safe),
    /// Change a role set. What is not set stays as it is.
    ///
    /// Roles get in and out with [`AddRolesToRoleSet`] and [`ReplaceRoleInRoleSet`].
    #[doc(alias = "roleSetsUpdate")]
    #[doc(alias = "updateRoleSet")]
    #[doc(alias = "UpdateRoleSetRequestBody")]
    pub struct UpdateRoleSet {
        /// The set, by key or id.
        #[doc(alias = "roleSetKeyOrId")]
        role_set_key_or_id: Path<RoleSetKeyOrId>,
    },
    struct Optional {
        /// Its name.
        name: Body<Nullable<String>>,
        /// Its key: `role_set:`, and then lowercase letters, digits and underscores. No two sets
        /// can have the same.
        key: Body<Nullable<RoleSetKey>>,
        /// What it is for.
        description: Body<Nullable<String>>,
        /// That new organizations get it: only [`Initial`](RoleSetType::Initial) can be set. The
        /// set that they got until then becomes a [`Custom`](RoleSetType::Custom) one.
        r#type: Body<Nullable<RoleSetType>>,
        /// The role that new members get: one of the set.
        #[doc(alias = "defaultRoleKey")]
        default_role_key: Body<Nullable<RoleKey>>,
        /// The role that whoever creates an organization gets: one of the set.
        #[doc(alias = "creatorRoleKey")]
        creator_role_key: Body<Nullable<RoleKey>>,
    }
);

operation!(
    RoleSets::replace,
    POST("/role_sets/{role_set_key_or_id}/replace"),
    returns(DeletedObject),
    errors(400, 401, 403, 404, 422),
    // The set is gone after the first one.
    /// Delete a role set, and move the organizations that use it to another one.
    ///
    /// Both in one step. Not repeated when it may have arrived: the set would be gone already.
    ///
    /// ```
    /// use clerk_core::api::role_sets::{DestRoleSet, ReplaceRoleSet};
    /// use clerk_core::{Config, Operation};
    ///
    /// let request = ReplaceRoleSet::new("role_set:old", DestRoleSet::new("role_set:new"))
    ///     .reassignment_mappings([("org:guest", "org:member")])
    ///     .to_request(&Config::new("sk_test_abc")?)?;
    /// assert_eq!(
    ///     request.body(),
    ///     concat!(
    ///         r#"{"dest_role_set_key":"role_set:new","#,
    ///         r#""reassignment_mappings":{"org:guest":"org:member"}}"#
    ///     )
    /// );
    /// # Ok::<(), clerk_core::Error>(())
    /// ```
    #[doc(alias = "roleSetsReplace")]
    #[doc(alias = "replaceRoleSet")]
    #[doc(alias = "ReplaceRoleSetRequestBody")]
    pub struct ReplaceRoleSet {
        /// The set that goes, by key or id.
        #[doc(alias = "roleSetKeyOrId")]
        role_set_key_or_id: Path<RoleSetKeyOrId>,
        /// The role set that its organizations move to.
        #[doc(alias = "destRoleSetKey")]
        dest_role_set_key: Body<DestRoleSet>,
    },
    struct Optional {
        /// The roles that members get, by the roles that they have. Needed if members have a role
        /// that they cannot keep.
        #[doc(alias = "reassignmentMappings")]
        reassignment_mappings: Body<BTreeMap<RoleKey, RoleKey>>,
    }
);

named! {
    /// The role set that organizations move to.
    DestRoleSet(RoleSetKey);
}

operation!(
    RoleSets::add_roles,
    POST("/role_sets/{role_set_key_or_id}/roles"),
    returns(RoleSet),
    errors(400, 401, 403, 404, 422),
    // Whether adding twice is an error is not documented.
    /// Add roles to a set.
    ///
    /// Not repeated when it may have arrived: look at the set before you do, as it may have the
    /// roles.
    #[doc(alias = "roleSetsAddRoles")]
    #[doc(alias = "addRolesToRoleSet")]
    #[doc(alias = "AddRolesToRoleSetRequestBody")]
    pub struct AddRolesToRoleSet {
        /// The set, by key or id.
        #[doc(alias = "roleSetKeyOrId")]
        role_set_key_or_id: Path<RoleSetKeyOrId>,
        /// The roles, from 1 to 10.
        #[doc(alias = "roleKeys")]
        role_keys: Body<Vec<RoleKey>>,
    },
    struct Optional {
        /// The role that new members get from now on: one of those that are added.
        #[doc(alias = "defaultRoleKey")]
        default_role_key: Body<RoleKey>,
        /// The role that whoever creates an organization gets from now on: one of those that are
        /// added.
        #[doc(alias = "creatorRoleKey")]
        creator_role_key: Body<RoleKey>,
    }
);

operation!(
    RoleSets::replace_role,
    POST("/role_sets/{role_set_key_or_id}/roles/replace"),
    returns(RoleSet),
    errors(400, 401, 403, 404, 422),
    // The role is gone after the first one.
    /// Take a role out of a role set, and give its members another one.
    ///
    /// Both in one step. Not repeated when it may have arrived: the role would be gone already.
    #[doc(alias = "roleSetsReplaceRole")]
    #[doc(alias = "replaceRoleInRoleSet")]
    #[doc(alias = "ReplaceRoleInRoleSetRequestBody")]
    pub struct ReplaceRoleInRoleSet {
        /// The set, by key or id.
        #[doc(alias = "roleSetKeyOrId")]
        role_set_key_or_id: Path<RoleSetKeyOrId>,
        /// The role that goes.
        #[doc(alias = "roleKey")]
        role_key: Body<RoleKey>,
        /// The role that its members get.
        #[doc(alias = "toRoleKey")]
        to_role_key: Body<ToRole>,
    }
);

named! {
    /// The role that members get instead.
    ToRole(RoleKey);
}

/// A set of roles. Every organization uses one: its members can have the roles of that set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RoleSet {
    /// Always `role_set`.
    pub object: ObjectType,
    /// Its id.
    pub id: RoleSetId,
    /// Its name.
    pub name: String,
    /// Its key, such as `role_set:default`.
    pub key: RoleSetKey,
    /// What it is for.
    pub description: Option<String>,
    /// The roles in it.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub roles: Vec<RoleSetItem>,
    /// The role that new members get.
    pub default_role: Option<RoleSetItem>,
    /// The role that whoever creates an organization gets.
    pub creator_role: Option<RoleSetItem>,
    /// Whether new organizations get it.
    pub r#type: RoleSetType,
    /// What moves members to other roles right now; only while that waits or goes on.
    pub role_set_migration: Option<RoleSetMigration>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A role, as a set has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RoleSetItem {
    /// Always `role_set_item`.
    pub object: ObjectType,
    /// Its id.
    pub id: RoleId,
    /// Its name.
    pub name: String,
    /// Its key, such as `org:admin`.
    pub key: RoleKey,
    /// What it is for.
    pub description: Option<String>,
    /// How many members have it by this set.
    pub members_count: Option<i64>,
    /// Whether any members have it by this set.
    pub has_members: Option<bool>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// The move of members to other roles, after a set or a role went away.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RoleSetMigration {
    /// Always `role_set_migration`.
    pub object: ObjectType,
    /// Its id.
    pub id: RoleSetMigrationId,
    /// The organization, if it is about one only.
    pub organization_id: Option<OrganizationId>,
    /// The instance.
    pub instance_id: InstanceId,
    /// The role set that they leave.
    pub source_role_set_id: RoleSetId,
    /// The role set that they move to.
    pub dest_role_set_id: Option<RoleSetId>,
    /// What started it, such as `role_set_deletion` or `role_removal`.
    pub trigger_type: String,
    /// Where it stands, such as `enqueued`, `in_progress` or `completed`.
    pub status: String,
    /// How many members were moved so far.
    pub migrated_members: i64,
    /// The roles that members get, by the roles that they had.
    pub mappings: Option<BTreeMap<RoleKey, RoleKey>>,
    /// When it started, once it has.
    pub started_at: Option<Timestamp>,
    /// When it was completed, once it is.
    pub completed_at: Option<Timestamp>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

open_enum! {
    /// Whether new organizations get a [`RoleSet`].
    pub enum RoleSetType {
        /// They do, unless they are created with another one. An instance has no more than one such
        /// set.
        Initial = "initial",
        /// They do not, unless they are created with it.
        Custom = "custom",
    }
}
