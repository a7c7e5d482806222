//! Directories: how an identity provider provisions users.
//!
//! [`scim_directories`](super::scim_directories) has the same operations for SCIM. In this module,
//! Clerk's document calls the names that begin with `scim_` legacy names of those that begin with
//! `directory_`, with the same values. It does not say whether a directory of the one module can be
//! used with the other, and deprecates neither.
//!
//! ```
//! # fn example<T: clerk_core::Transport>(clerk: &clerk_core::Client<T>) {
//! # let provider = "";
//! let directories = clerk.directories();
//! let created = directories.create("ent_1", provider).send(); // `.await` it with clerk-hyper
//! let changed = directories.update("directory_1").group_role_mapping_enabled(true).send();
//! let mapping = directories
//!     .create_group_role_mapping("directory_1", "role_1")
//!     .directory_group_id("group_1")
//!     .send();
//! let key = directories.rotate_api_key("directory_1").send(); // for the identity provider
//! # }
//! ```
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    Nullable, Sensitive, Timestamp,
    model::{
        DeletedObject, DirectoryCustomAttribute, DirectoryGroupId, DirectoryGroupRoleMappingId,
        DirectoryId, EnterpriseConnectionId, List, ObjectType, Role, RoleId, ScimDirectoryId,
        ScimGroupId, macros::input,
    },
    operation::macros::{group, operation},
};

group! {
    /// Directories: how an identity provider provisions users.
    directories => Directories, tag = "Directories"
}

operation!(
    Directories::list,
    GET("/directories"),
    returns(List<Directory>),
    errors(401, 403),
    pages(Directory),
    /// List the directories of the instance.
    #[doc(alias = "directoriesList")]
    #[doc(alias = "listDirectories")]
    #[doc(alias = "ListDirectoriesRequest")]
    pub struct ListDirectories {},
    struct Optional {
        /// How many, from 1 to 500; 10 unless set.
        limit: Query<u64>,
        /// How many to skip; none unless set.
        offset: Query<u64>,
    }
);

operation!(
    Directories::create,
    POST("/directories"),
    returns(Directory),
    errors(400, 401, 403, 422),
    /// Create a directory.
    ///
    /// Its key is in the answer, and later answers are without it. Not repeated when it may have
    /// arrived: look through the list before you do, and [rotate the key](RotateDirectoryApiKey) of
    /// one that you find there.
    #[doc(alias = "directoriesCreate")]
    #[doc(alias = "createDirectory")]
    #[doc(alias = "CreateDirectoryRequestBody")]
    pub struct CreateDirectory {
        /// The enterprise connection that it belongs to.
        #[doc(alias = "enterpriseConnectionId")]
        enterprise_connection_id: Body<EnterpriseConnectionId>,
        /// The identity provider.
        provider: Body<String>,
    },
    struct Optional {
        /// Its name.
        name: Body<String>,
        /// Which roles the members of groups get, from the start.
        #[doc(alias = "groupRoleMappings")]
        group_role_mappings: Body<Vec<NewDirectoryGroupRoleMapping>>,
    }
);

operation!(
    Directories::get,
    GET("/directories/{directory_id}"),
    returns(Directory),
    errors(401, 403, 404),
    /// Retrieve a directory.
    #[doc(alias = "directoriesGet")]
    #[doc(alias = "getDirectory")]
    #[doc(alias = "GetDirectoryRequest")]
    pub struct GetDirectory {
        /// The directory.
        #[doc(alias = "directoryId")]
        directory_id: Path<DirectoryId>,
    }
);

operation!(
    Directories::update,
    PATCH("/directories/{directory_id}"),
    returns(Directory),
    errors(400, 401, 403, 404, 422),
    // The values are given and not computed: giving them twice gives the same ones.
    retry(Safe),
    /// Change a directory. What is not set stays as it is.
    ///
    /// The [`attribute_mapping`](UpdateDirectory::attribute_mapping) is changed entry by entry: one
    /// that is `null` is removed, one that is not given stays.
    ///
    /// ```
    /// use clerk_core::{Config, Nullable, Operation, api::directories::UpdateDirectory};
    ///
    /// let update = UpdateDirectory::new("directory_1").attribute_mapping([
    ///     ("first_name", Nullable::Value("name.givenName".to_owned())), // put in
    ///     ("last_name", Nullable::Null),                                // removed
    /// ]);
    /// let request = update.to_request(&Config::new("sk_test_abc")?)?;
    /// assert_eq!(
    ///     request.body(),
    ///     r#"{"attribute_mapping":{"first_name":"name.givenName","last_name":null}}"#
    /// );
    /// # Ok::<(), clerk_core::Error>(())
    /// ```
    #[doc(alias = "directoriesUpdate")]
    #[doc(alias = "updateDirectory")]
    #[doc(alias = "UpdateDirectoryRequestBody")]
    pub struct UpdateDirectory {
        /// The directory.
        #[doc(alias = "directoryId")]
        directory_id: Path<DirectoryId>,
    },
    struct Optional {
        /// Its name.
        name: Body<String>,
        /// Whether it is in use.
        enabled: Body<bool>,
        /// The identity provider.
        provider: Body<String>,
        /// Changes of where the attributes of users are found: paths in the directory by attribute,
        /// and `null` for what is to be removed.
        #[doc(alias = "attributeMapping")]
        attribute_mapping: Body<BTreeMap<String, Nullable<String>>>,
        /// Whether its groups decide which roles users get. The mappings can only be changed while
        /// they do.
        #[doc(alias = "groupRoleMappingEnabled")]
        group_role_mapping_enabled: Body<bool>,
    }
);

operation!(
    Directories::delete,
    DELETE("/directories/{directory_id}"),
    returns(DeletedObject),
    errors(401, 403, 404),
    /// Delete a directory. No more users come from it, and its key no longer works.
    ///
    /// Where an earlier attempt got no answer, a 404 may mean that it worked: see
    /// [`Error::is_after_retry`](crate::Error::is_after_retry).
    #[doc(alias = "directoriesDelete")]
    #[doc(alias = "deleteDirectory")]
    #[doc(alias = "DeleteDirectoryRequest")]
    pub struct DeleteDirectory {
        /// The directory.
        #[doc(alias = "directoryId")]
        directory_id: Path<DirectoryId>,
    }
);

operation!(
    Directories::rotate_api_key,
    POST("/directories/{directory_id}/rotate_api_key"),
    operation_id("RotateDirectoryAPIKey"),
    returns(Directory),
    errors(401, 403, 404),
    // The first new key would be lost, and each call lets the key before it run out.
    /// Give a directory a new key.
    ///
    /// Only the answer to this call has it; the identity provider needs it soon, as the key before
    /// it goes on working for a short time only. Not repeated when it may have arrived: a key that
    /// was lost on the way cannot be read again, so rotate once more.
    #[doc(alias = "directoriesRotateApiKey")]
    #[doc(alias = "rotateDirectoryAPIKey")]
    #[doc(alias = "RotateDirectoryAPIKey")]
    #[doc(alias = "RotateDirectoryAPIKeyRequest")]
    pub struct RotateDirectoryApiKey {
        /// The directory.
        #[doc(alias = "directoryId")]
        directory_id: Path<DirectoryId>,
    }
);

operation!(
    Directories::list_group_role_mappings,
    GET("/directories/{directory_id}/group_role_mappings"),
    returns(List<DirectoryGroupRoleMapping>),
    errors(401, 403, 404),
    /// List the mappings of the groups of a directory to roles, in the order of their precedence.
    #[doc(alias = "directoriesListGroupRoleMappings")]
    #[doc(alias = "listDirectoryGroupRoleMappings")]
    #[doc(alias = "ListDirectoryGroupRoleMappingsRequest")]
    pub struct ListDirectoryGroupRoleMappings {
        /// The directory.
        #[doc(alias = "directoryId")]
        directory_id: Path<DirectoryId>,
    }
);

operation!(
    Directories::create_group_role_mapping,
    POST("/directories/{directory_id}/group_role_mappings"),
    returns(DirectoryGroupRoleMapping),
    errors(400, 401, 403, 404, 422),
    /// Map a group to a role, which its members get.
    ///
    /// The directory must have
    /// [`group_role_mapping_enabled`](UpdateDirectory::group_role_mapping_enabled). The group is
    /// given by [`directory_group_id`](CreateDirectoryGroupRoleMapping::directory_group_id). Not
    /// repeated when it may have arrived: list the mappings before you do.
    #[doc(alias = "directoriesCreateGroupRoleMapping")]
    #[doc(alias = "createDirectoryGroupRoleMapping")]
    #[doc(alias = "CreateDirectoryGroupRoleMappingRequestBody")]
    pub struct CreateDirectoryGroupRoleMapping {
        /// The directory.
        #[doc(alias = "directoryId")]
        directory_id: Path<DirectoryId>,
        /// The role.
        #[doc(alias = "roleId")]
        role_id: Body<RoleId>,
    },
    struct Optional {
        /// The group, by its id at the identity provider. Needed, here or by its older name.
        #[doc(alias = "directoryGroupId")]
        directory_group_id: Body<DirectoryGroupId>,
        /// The older name of [`directory_group_id`](Self::directory_group_id): set one of them, or
        /// both to the same text.
        #[doc(alias = "scimGroupId")]
        scim_group_id: Body<ScimGroupId>,
        /// Which mapping wins for users who are in several groups: the one with the lowest number,
        /// from 1 on. Behind all others unless set.
        precedence: Body<u32>,
    }
);

operation!(
    Directories::replace_group_role_mappings,
    PUT("/directories/{directory_id}/group_role_mappings"),
    returns(List<DirectoryGroupRoleMapping>),
    errors(400, 401, 403, 404, 422),
    /// Replace all mappings of the groups of a directory to roles.
    ///
    /// The first mapping gets precedence 1, the next one 2, and so on. The directory must have
    /// [`group_role_mapping_enabled`](UpdateDirectory::group_role_mapping_enabled).
    ///
    /// ```
    /// use clerk_core::{
    ///     Config, Operation,
    ///     api::directories::{DirectoryGroupRole, ReplaceDirectoryGroupRoleMappings},
    /// };
    ///
    /// let replace = ReplaceDirectoryGroupRoleMappings::new(
    ///     "directory_1",
    ///     [
    ///         DirectoryGroupRole::new("role_1").directory_group_id("group_1"),
    ///         DirectoryGroupRole::new("role_2").directory_group_id("group_2"),
    ///     ],
    /// );
    /// let request = replace.to_request(&Config::new("sk_test_abc")?)?;
    /// assert_eq!(
    ///     request.body(),
    ///     concat!(
    ///         r#"{"mappings":[{"role_id":"role_1","directory_group_id":"group_1"},"#,
    ///         r#"{"role_id":"role_2","directory_group_id":"group_2"}]}"#
    ///     )
    /// );
    /// # Ok::<(), clerk_core::Error>(())
    /// ```
    #[doc(alias = "directoriesReplaceGroupRoleMappings")]
    #[doc(alias = "replaceDirectoryGroupRoleMappings")]
    #[doc(alias = "ReplaceDirectoryGroupRoleMappingsRequestBody")]
    pub struct ReplaceDirectoryGroupRoleMappings {
        /// The directory.
        #[doc(alias = "directoryId")]
        directory_id: Path<DirectoryId>,
        /// The mappings, the most important one first; none removes them all.
        mappings: Body<Vec<DirectoryGroupRole>>,
    }
);

operation!(
    Directories::delete_group_role_mapping,
    DELETE("/directories/{directory_id}/group_role_mappings/{mapping_id}"),
    returns(DeletedObject),
    errors(400, 401, 403, 404),
    /// Delete one mapping of a group to a role.
    ///
    /// The directory must have
    /// [`group_role_mapping_enabled`](UpdateDirectory::group_role_mapping_enabled).
    ///
    /// Where an earlier attempt got no answer, a 404 may mean that it worked: see
    /// [`Error::is_after_retry`](crate::Error::is_after_retry).
    #[doc(alias = "directoriesDeleteGroupRoleMapping")]
    #[doc(alias = "deleteDirectoryGroupRoleMapping")]
    #[doc(alias = "DeleteDirectoryGroupRoleMappingRequest")]
    pub struct DeleteDirectoryGroupRoleMapping {
        /// The directory.
        #[doc(alias = "directoryId")]
        directory_id: Path<DirectoryId>,
        /// The mapping.
        #[doc(alias = "mappingId")]
        mapping_id: Path<DirectoryGroupRoleMappingId>,
    }
);

input! {
    /// Which role the members of a group get, for a directory to be created.
    pub struct NewDirectoryGroupRoleMapping {
        /// The role.
        role_id: RoleId,
    }
    struct Optional {
        /// The group, by its id at the identity provider. Needed, here or by its older name.
        directory_group_id: DirectoryGroupId,
        /// The older name of [`directory_group_id`](Self::directory_group_id): set one of them, or
        /// both to the same text.
        scim_group_id: ScimGroupId,
        /// The group's name for people, at most 255 characters.
        directory_group_display_name: String,
        /// The older name of [`directory_group_display_name`](Self::directory_group_display_name):
        /// set one of them, or both to the same text.
        scim_group_display_name: String,
        /// Which mapping wins for users who are in several groups: the one with the lowest number,
        /// from 1 on. The place in the list unless set.
        precedence: u32,
    }
}

input! {
    /// Which role the members of a group get, in a list whose order is the precedence.
    pub struct DirectoryGroupRole {
        /// The role.
        role_id: RoleId,
    }
    struct Optional {
        /// The group, by its id at the identity provider. Needed, here or by its older name.
        directory_group_id: DirectoryGroupId,
        /// The older name of [`directory_group_id`](Self::directory_group_id): set one of them, or
        /// both to the same text.
        scim_group_id: ScimGroupId,
    }
}

/// How an identity provider provisions users.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Directory {
    /// Always `directory`.
    pub object: ObjectType,
    /// Its id.
    pub id: DirectoryId,
    /// Its name.
    pub name: String,
    /// The enterprise connection that it belongs to.
    pub enterprise_connection_id: Option<EnterpriseConnectionId>,
    /// Where the identity provider sends its requests.
    pub endpoint_url: String,
    /// The identity provider.
    pub provider: String,
    /// Whether it is in use.
    pub enabled: bool,
    /// Whether its groups decide which roles users get.
    pub group_role_mapping_enabled: bool,
    /// Where the attributes of users are found: paths in the directory by attribute.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub attribute_mapping: BTreeMap<String, String>,
    /// Attributes of your own; only for instances that have that feature.
    pub custom_attributes: Option<Vec<DirectoryCustomAttribute>>,
    /// The key with which the identity provider sends its requests: only in the answers to
    /// [`CreateDirectory`] and [`RotateDirectoryApiKey`].
    pub api_key: Option<Sensitive<String>>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// Which role the members of a group get.
///
/// Users who are in several groups get the role with the lowest [`precedence`](Self::precedence).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DirectoryGroupRoleMapping {
    /// Always `directory_group_role_mapping`.
    pub object: ObjectType,
    /// Its id.
    pub id: DirectoryGroupRoleMappingId,
    /// The directory.
    pub directory_id: DirectoryId,
    /// The directory, under the older name of [`directory_id`](Self::directory_id).
    pub scim_directory_id: ScimDirectoryId,
    /// The group, by its id at the identity provider.
    pub directory_group_id: DirectoryGroupId,
    /// The group, under the older name of [`directory_group_id`](Self::directory_group_id).
    pub scim_group_id: ScimGroupId,
    /// The group's name for people, from the identity provider.
    pub directory_group_display_name: String,
    /// The group's name, under the older name of
    /// [`directory_group_display_name`](Self::directory_group_display_name).
    pub scim_group_display_name: String,
    /// The role.
    pub role: Option<Role>,
    /// Its place among the mappings of the directory, from 1 on: the lowest one wins.
    pub precedence: i64,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}
