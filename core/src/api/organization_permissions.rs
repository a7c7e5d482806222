//! What roles can permit to members of organizations.
//!
//! ```
//! # fn example<T: clerk_core::Transport>(clerk: &clerk_core::Client<T>) {
//! let permissions = clerk.organization_permissions();
//! let manage = permissions
//!     .create("Manage billing", "org:billing:manage")
//!     .description("Change plans and ways to pay.")
//!     .send(); // `.await` it with clerk-hyper
//! let found = permissions.list().search("billing").send();
//! # }
//! ```
use crate::{
    model::{DeletedObject, List, Permission, PermissionId, PermissionKey},
    operation::macros::{group, operation},
};

group! {
    /// What roles can permit to members of organizations.
    #[doc(alias = "organizationPermissions")]
    organization_permissions => OrganizationPermissions, tag = "Organization Permissions"
}

operation!(
    OrganizationPermissions::list,
    GET("/organization_permissions"),
    returns(List<Permission>),
    errors(401, 422),
    pages(Permission),
    /// List the permissions of the instance.
    #[doc(alias = "organizationPermissionsList")]
    #[doc(alias = "listOrganizationPermissions")]
    #[doc(alias = "ListOrganizationPermissionsRequest")]
    pub struct ListOrganizationPermissions {},
    struct Optional {
        /// Only the one with this id, and those with this text in the name or the key.
        #[doc(alias = "query")]
        search: Query<"query", String>,
        /// The order: `created_at`, `name` or `key`, with `-` in front for descending.
        #[doc(alias = "orderBy")]
        order_by: Query<String>,
        /// How many, from 1 to 500; 10 unless set.
        limit: Query<u64>,
        /// How many to skip; none unless set.
        offset: Query<u64>,
    }
);

operation!(
    OrganizationPermissions::create,
    POST("/organization_permissions"),
    returns(Permission),
    errors(400, 401, 402, 404, 422),
    /// Create a permission, for roles to be given.
    ///
    /// Not repeated when it may have arrived: look for the key before you do.
    #[doc(alias = "organizationPermissionsCreate")]
    #[doc(alias = "createOrganizationPermission")]
    #[doc(alias = "CreateOrganizationPermissionRequestBody")]
    pub struct CreateOrganizationPermission {
        /// Its name.
        name: Body<String>,
        /// Its key: `org:`, a feature, `:` and an action (`org:billing:manage`), both of lowercase
        /// letters, digits and underscores. Only system permissions begin with `org:sys_`.
        key: Body<PermissionKey>,
    },
    struct Optional {
        /// What it permits, in words.
        description: Body<String>,
    }
);

operation!(
    OrganizationPermissions::get,
    GET("/organization_permissions/{permission_id}"),
    returns(Permission),
    errors(401, 404),
    /// Retrieve a permission.
    #[doc(alias = "organizationPermissionsGet")]
    #[doc(alias = "getOrganizationPermission")]
    #[doc(alias = "GetOrganizationPermissionRequest")]
    pub struct GetOrganizationPermission {
        /// The permission.
        #[doc(alias = "permissionId")]
        permission_id: Path<PermissionId>,
    }
);

operation!(
    OrganizationPermissions::update,
    PATCH("/organization_permissions/{permission_id}"),
    returns(Permission),
    errors(400, 401, 403, 404, 422),
    // The values are given and not computed: giving them twice gives the same ones.
    retry(Safe),
    /// Change a permission of your own. What is not set stays as it is.
    ///
    /// System permissions (`org:sys_…`) cannot be changed.
    #[doc(alias = "organizationPermissionsUpdate")]
    #[doc(alias = "updateOrganizationPermission")]
    #[doc(alias = "UpdateOrganizationPermissionRequestBody")]
    pub struct UpdateOrganizationPermission {
        /// The permission.
        #[doc(alias = "permissionId")]
        permission_id: Path<PermissionId>,
    },
    struct Optional {
        /// Its name.
        name: Body<String>,
        /// Its key: `org:`, a feature, `:` and an action (`org:billing:manage`), both of lowercase
        /// letters, digits and underscores. Only system permissions begin with `org:sys_`.
        key: Body<PermissionKey>,
        /// What it permits, in words.
        description: Body<String>,
    }
);

operation!(
    OrganizationPermissions::delete,
    DELETE("/organization_permissions/{permission_id}"),
    returns(DeletedObject),
    errors(401, 403, 404),
    /// Delete a permission of your own.
    ///
    /// System permissions (`org:sys_…`) cannot be deleted.
    ///
    /// Where an earlier attempt got no answer, a 404 may mean that it worked: see
    /// [`Error::is_after_retry`](crate::Error::is_after_retry).
    #[doc(alias = "organizationPermissionsDelete")]
    #[doc(alias = "deleteOrganizationPermission")]
    #[doc(alias = "DeleteOrganizationPermissionRequest")]
    pub struct DeleteOrganizationPermission {
        /// The permission.
        #[doc(alias = "permissionId")]
        permission_id: Path<PermissionId>,
    }
);
