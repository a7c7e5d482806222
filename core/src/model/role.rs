use serde::{Deserialize, Serialize};

use super::{ObjectType, PermissionId, PermissionKey, RoleId, RoleKey};
use crate::Timestamp;

/// A role that members of organizations can have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Role {
    /// Always `role`.
    pub object: ObjectType,
    /// Its id.
    pub id: RoleId,
    /// Its name for people.
    pub name: String,
    /// Its key, such as `org:admin`.
    pub key: RoleKey,
    /// What it is for.
    pub description: Option<String>,
    /// Whether it can be the role of those who create an organization.
    pub is_creator_eligible: Option<bool>,
    /// What it permits. See [`has_permission`](Self::has_permission).
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub permissions: Vec<Permission>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl Role {
    /// Whether it has the permission with this key.
    ///
    /// ```
    /// use clerk_core::model::Role;
    /// use serde_json::json;
    ///
    /// let role: Role = serde_json::from_value(json!({
    ///     "object": "role",
    ///     "id": "role_1",
    ///     "name": "Accountant",
    ///     "key": "org:accountant",
    ///     "is_creator_eligible": false,
    ///     "permissions": [{
    ///         "object": "permission",
    ///         "id": "perm_1",
    ///         "name": "Read invoices",
    ///         "key": "org:invoices:read",
    ///         "description": "",
    ///         "type": "user",
    ///         "created_at": 1_700_690_400_000_i64,
    ///         "updated_at": 1_700_690_400_000_i64,
    ///     }],
    ///     "created_at": 1_700_690_400_000_i64,
    ///     "updated_at": 1_700_690_400_000_i64,
    /// }))?;
    /// assert!(role.has_permission("org:invoices:read"));
    /// assert!(!role.has_permission("org:invoices:write"));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    pub fn has_permission(&self, key: &str) -> bool {
        self.permissions.iter().any(|permission| permission.key == *key)
    }
}

/// Something that roles permit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Permission {
    /// Always `permission`.
    pub object: ObjectType,
    /// Its id.
    pub id: PermissionId,
    /// Its name for people.
    pub name: String,
    /// Its key: `org:`, a feature, `:`, an action. Clerk's own begin with `org:sys_`.
    pub key: PermissionKey,
    /// What it permits, for people.
    pub description: String,
    /// What kind of permission it is.
    pub r#type: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}
