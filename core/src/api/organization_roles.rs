//! The roles that members of organizations can have.
//!
//! ```
//! # fn example<T: clerk_core::Transport>(clerk: &clerk_core::Client<T>) {
//! let roles = clerk.organization_roles();
//! let guest = roles
//!     .create("Guest", "org:guest")
//!     .include_in_initial_role_set(true)
//!     .send(); // `.await` it with clerk-hyper
//! let permitted = roles.assign_permission("role_1", "perm_1").send();
//! let all = roles.list().order_by("name").items(); // one after the other
//! # }
//! ```
use crate::{
    Nullable,
    model::{DeletedObject, List, PermissionId, Role, RoleId, RoleKey},
    operation::macros::{group, operation},
};

group! {
    /// The roles that members of organizations can have.
    #[doc(alias = "organizationRoles")]
    organization_roles => OrganizationRoles, tag = "Organization Roles"
}

operation!(
    OrganizationRoles::list,
    GET("/organization_roles"),
    returns(List<Role>),
    errors(400, 401, 403, 422),
    pages(Role),
    /// List the roles of the instance, the newest first unless ordered otherwise.
    #[doc(alias = "organizationRolesList")]
    #[doc(alias = "listOrganizationRoles")]
    #[doc(alias = "ListOrganizationRolesRequest")]
    pub struct ListOrganizationRoles {},
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
    OrganizationRoles::create,
    POST("/organization_roles"),
    returns(Role),
    errors(400, 401, 402, 403, 404, 422),
    /// Create a role.
    ///
    /// Organizations have it once it is in their role set: see
    /// [`include_in_initial_role_set`](CreateOrganizationRole::include_in_initial_role_set) and
    /// [`AddRolesToRoleSet`](crate::api::role_sets::AddRolesToRoleSet). Not repeated when it may
    /// have arrived: look for the key before you do, as no two roles can have the same.
    ///
    /// ```
    /// use clerk_core::{
    ///     Config, Operation, api::organization_roles::CreateOrganizationRole, model::PermissionId,
    /// };
    ///
    /// let create = CreateOrganizationRole::new("Guest", "org:guest")
    ///     .permissions(vec![PermissionId::from("perm_1")]) // ids, not keys
    ///     .include_in_initial_role_set(true);
    /// let request = create.to_request(&Config::new("sk_test_abc")?)?;
    /// assert_eq!(
    ///     request.body(),
    ///     concat!(
    ///         r#"{"name":"Guest","key":"org:guest","permissions":["perm_1"],"#,
    ///         r#""include_in_initial_role_set":true}"#
    ///     )
    /// );
    /// # Ok::<(), clerk_core::Error>(())
    /// ```
    #[doc(alias = "organizationRolesCreate")]
    #[doc(alias = "createOrganizationRole")]
    #[doc(alias = "CreateOrganizationRoleRequestBody")]
    pub struct CreateOrganizationRole {
        /// Its name.
        name: Body<String>,
        /// Its key: `org:`, and then lowercase letters, digits and underscores. No two roles can
        /// have the same.
        key: Body<RoleKey>,
    },
    struct Optional {
        /// What it is for.
        description: Body<Nullable<String>>,
        /// What it permits: ids of permissions, not their keys.
        permissions: Body<Nullable<Vec<PermissionId>>>,
        /// Whether the initial role set gets it as well.
        #[doc(alias = "includeInInitialRoleSet")]
        include_in_initial_role_set: Body<Nullable<bool>>,
    }
);

operation!(
    OrganizationRoles::get,
    GET("/organization_roles/{organization_role_id}"),
    returns(Role),
    errors(401, 403, 404),
    /// Retrieve a role.
    #[doc(alias = "organizationRolesGet")]
    #[doc(alias = "getOrganizationRole")]
    #[doc(alias = "GetOrganizationRoleRequest")]
    pub struct GetOrganizationRole {
        /// The role.
        #[doc(alias = "organizationRoleId")]
        organization_role_id: Path<RoleId>,
    }
);

operation!(
    OrganizationRoles::update,
    PATCH("/organization_roles/{organization_role_id}"),
    returns(Role),
    errors(400, 401, 403, 404, 422),
    // The values are given and not computed: giving them twice gives the same ones.
    retry(Safe),
    /// Change a role. What is not set stays as it is.
    #[doc(alias = "organizationRolesUpdate")]
    #[doc(alias = "updateOrganizationRole")]
    #[doc(alias = "UpdateOrganizationRoleRequestBody")]
    pub struct UpdateOrganizationRole {
        /// The role.
        #[doc(alias = "organizationRoleId")]
        organization_role_id: Path<RoleId>,
    },
    struct Optional {
        /// Its name.
        name: Body<Nullable<String>>,
        /// Its key: `org:`, and then lowercase letters, digits and underscores. No two roles can
        /// have the same. Settings that give this role to creators of organizations, or for a
        /// domain, follow.
        key: Body<Nullable<RoleKey>>,
        /// What it is for.
        description: Body<Nullable<String>>,
        /// All that it permits from now on: ids of permissions, not their keys.
        permissions: Body<Nullable<Vec<PermissionId>>>,
    }
);

operation!(
    OrganizationRoles::delete,
    DELETE("/organization_roles/{organization_role_id}"),
    returns(DeletedObject),
    errors(401, 403, 404, 422),
    /// Delete a role that is not used.
    ///
    /// Refused while members or invitations have it, and while it is what creators of organizations
    /// or the users of a domain get by default.
    ///
    /// Where an earlier attempt got no answer, a 404 may mean that it worked: see
    /// [`Error::is_after_retry`](crate::Error::is_after_retry).
    #[doc(alias = "organizationRolesDelete")]
    #[doc(alias = "deleteOrganizationRole")]
    #[doc(alias = "DeleteOrganizationRoleRequest")]
    pub struct DeleteOrganizationRole {
        /// The role.
        #[doc(alias = "organizationRoleId")]
        organization_role_id: Path<RoleId>,
    }
);

operation!(
    OrganizationRoles::assign_permission,
    POST("/organization_roles/{organization_role_id}/permissions/{permission_id}"),
    returns(Role),
    errors(401, 403, 404, 409),
    // Whether assigning twice is an error is not documented.
    /// Give a role one more permission.
    ///
    /// Not repeated when it may have arrived: look at the role before you do, as it may have the
    /// permission.
    #[doc(alias = "organizationRolesAssignPermission")]
    #[doc(alias = "assignPermissionToOrganizationRole")]
    #[doc(alias = "AssignPermissionToOrganizationRoleRequest")]
    pub struct AssignPermissionToOrganizationRole {
        /// The role.
        #[doc(alias = "organizationRoleId")]
        organization_role_id: Path<RoleId>,
        /// The permission, by its id.
        #[doc(alias = "permissionId")]
        permission_id: Path<PermissionId>,
    }
);

operation!(
    OrganizationRoles::remove_permission,
    DELETE("/organization_roles/{organization_role_id}/permissions/{permission_id}"),
    returns(Role),
    errors(401, 403, 404, 422),
    /// Take a permission away from a role.
    ///
    /// Where an earlier attempt got no answer, a 404 may mean that it worked: see
    /// [`Error::is_after_retry`](crate::Error::is_after_retry).
    #[doc(alias = "organizationRolesRemovePermission")]
    #[doc(alias = "removePermissionFromOrganizationRole")]
    #[doc(alias = "RemovePermissionFromOrganizationRoleRequest")]
    pub struct RemovePermissionFromOrganizationRole {
        /// The role.
        #[doc(alias = "organizationRoleId")]
        organization_role_id: Path<RoleId>,
        /// The permission, by its id.
        #[doc(alias = "permissionId")]
        permission_id: Path<PermissionId>,
    }
);
