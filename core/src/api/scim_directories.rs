//! SCIM directories: how an identity provider provisions users by SCIM.
//!
//! [`directories`](super::directories) has the same operations for directories in general; there,
//! Clerk's document calls the names that begin with `scim_` legacy names. What an answer has under
//! both names is the same value. The document does not say whether a directory of the one module
//! can be used with the other, and deprecates neither.
//!
//! ```
//! # fn example<T: clerk_core::Transport>(clerk: &clerk_core::Client<T>) {
//! # let provider = "";
//! let directories = clerk.scim_directories();
//! let created = directories.create("ent_1", provider).send(); // `.await` it with clerk-hyper
//! let changed = directories.update("directory_1").group_role_mapping_enabled(true).send();
//! let mapping = directories.create_group_role_mapping("directory_1", "group_1", "role_1").send();
//! let key = directories.rotate_api_key("directory_1").send(); // for the identity provider
//! # }
//! ```
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    Nullable, Sensitive, Timestamp,
    model::{
        DeletedObject, DirectoryCustomAttribute, DirectoryGroupId, DirectoryId,
        EnterpriseConnectionId, List, ObjectType, Role, RoleId, ScimDirectoryId, ScimGroupId,
        ScimGroupRoleMappingId, macros::input,
    },
    operation::macros::{group, operation},
};

group! {
    /// SCIM directories: how an identity provider provisions users by SCIM.
    #[doc(alias = "scimDirectories")]
    scim_directories => ScimDirectories, tag = "SCIM Directories"
}

operation!(
    ScimDirectories::list,
    GET("/scim_directories"),
    operation_id("ListSCIMDirectories"),
    returns(List<ScimDirectory>),
    errors(401, 403),
    pages(ScimDirectory),
    /// List the SCIM directories of the instance.
    #[doc(alias = "scimDirectoriesList")]
    #[doc(alias = "listSCIMDirectories")]
    #[doc(alias = "ListSCIMDirectories")]
    #[doc(alias = "ListSCIMDirectoriesRequest")]
    pub struct ListScimDirectories {},
    struct Optional {
        /// How many, from 1 to 500; 10 unless set.
        limit: Query<u64>,
        /// How many to skip; none unless set.
        offset: Query<u64>,
    }
);

operation!(
    ScimDirectories::create,
    POST("/scim_directories"),
    operation_id("CreateSCIMDirectory"),
    returns(ScimDirectory),
    errors(400, 401, 403, 422),
    /// Create a SCIM directory.
    ///
    /// Its key is in the answer, and later answers are without it. Not repeated when it may have
    /// arrived: look through the list before you do, and [rotate the
    /// key](RotateScimDirectoryApiKey) of one that you find there.
    #[doc(alias = "scimDirectoriesCreate")]
    #[doc(alias = "createSCIMDirectory")]
    #[doc(alias = "CreateSCIMDirectory")]
    #[doc(alias = "CreateSCIMDirectoryRequestBody")]
    pub struct CreateScimDirectory {
        /// The enterprise connection that it belongs to.
        #[doc(alias = "enterpriseConnectionId")]
        enterprise_connection_id: Body<EnterpriseConnectionId>,
        /// The identity provider.
        provider: Body<String>,
    },
    struct Optional {
        /// Its name.
        name: Body<String>,
        /// Which roles the members of SCIM groups get, from the start.
        #[doc(alias = "groupRoleMappings")]
        group_role_mappings: Body<Vec<NewScimGroupRoleMapping>>,
    }
);

operation!(
    ScimDirectories::get,
    GET("/scim_directories/{scim_directory_id}"),
    operation_id("GetSCIMDirectory"),
    returns(ScimDirectory),
    errors(401, 403, 404),
    /// Retrieve a SCIM directory.
    #[doc(alias = "scimDirectoriesGet")]
    #[doc(alias = "getSCIMDirectory")]
    #[doc(alias = "GetSCIMDirectory")]
    #[doc(alias = "GetSCIMDirectoryRequest")]
    pub struct GetScimDirectory {
        /// The directory.
        #[doc(alias = "scimDirectoryId")]
        scim_directory_id: Path<ScimDirectoryId>,
    }
);

operation!(
    ScimDirectories::update,
    PATCH("/scim_directories/{scim_directory_id}"),
    operation_id("UpdateSCIMDirectory"),
    returns(ScimDirectory),
    errors(400, 401, 403, 404, 422),
    // The values are given and not computed: giving them twice gives the same ones.
    retry(Safe),
    /// Change a SCIM directory. What is not set stays as it is.
    ///
    /// The [`attribute_mapping`](UpdateScimDirectory::attribute_mapping) is changed entry by entry:
    /// one that is `null` is removed, one that is not given stays.
    ///
    /// ```
    /// use clerk_core::{Config, Nullable, Operation, api::scim_directories::UpdateScimDirectory};
    ///
    /// let update = UpdateScimDirectory::new("directory_1").attribute_mapping([
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
    #[doc(alias = "scimDirectoriesUpdate")]
    #[doc(alias = "updateSCIMDirectory")]
    #[doc(alias = "UpdateSCIMDirectory")]
    #[doc(alias = "UpdateSCIMDirectoryRequestBody")]
    pub struct UpdateScimDirectory {
        /// The directory.
        #[doc(alias = "scimDirectoryId")]
        scim_directory_id: Path<ScimDirectoryId>,
    },
    struct Optional {
        /// Its name.
        name: Body<String>,
        /// Whether it is in use.
        enabled: Body<bool>,
        /// The identity provider.
        provider: Body<String>,
        /// Changes of where the attributes of users are found: SCIM paths by attribute, and `null`
        /// for what is to be removed.
        #[doc(alias = "attributeMapping")]
        attribute_mapping: Body<BTreeMap<String, Nullable<String>>>,
        /// Whether its groups decide which roles users get. The mappings can only be changed while
        /// they do.
        #[doc(alias = "groupRoleMappingEnabled")]
        group_role_mapping_enabled: Body<bool>,
    }
);

operation!(
    ScimDirectories::delete,
    DELETE("/scim_directories/{scim_directory_id}"),
    operation_id("DeleteSCIMDirectory"),
    returns(DeletedObject),
    errors(401, 403, 404),
    /// Delete a SCIM directory. No more users come from it, and its key no longer works.
    ///
    /// Where an earlier attempt got no answer, a 404 may mean that it worked: see
    /// [`Error::is_after_retry`](crate::Error::is_after_retry).
    #[doc(alias = "scimDirectoriesDelete")]
    #[doc(alias = "deleteSCIMDirectory")]
    #[doc(alias = "DeleteSCIMDirectory")]
    #[doc(alias = "DeleteSCIMDirectoryRequest")]
    pub struct DeleteScimDirectory {
        /// The directory.
        #[doc(alias = "scimDirectoryId")]
        scim_directory_id: Path<ScimDirectoryId>,
    }
);

operation!(
    ScimDirectories::rotate_api_key,
    POST("/scim_directories/{scim_directory_id}/rotate_api_key"),
    operation_id("RotateSCIMDirectoryAPIKey"),
    returns(ScimDirectory),
    errors(401, 403, 404),
    // The first new key would be lost, and each call lets the key before it run out.
    /// Give a SCIM directory a new key.
    ///
    /// Only the answer to this call has it; the identity provider needs it soon, as the key before
    /// it goes on working for a short time only. Not repeated when it may have arrived: a key that
    /// was lost on the way cannot be read again, so rotate once more.
    #[doc(alias = "scimDirectoriesRotateApiKey")]
    #[doc(alias = "rotateSCIMDirectoryAPIKey")]
    #[doc(alias = "RotateSCIMDirectoryAPIKey")]
    #[doc(alias = "RotateSCIMDirectoryAPIKeyRequest")]
    pub struct RotateScimDirectoryApiKey {
        /// The directory.
        #[doc(alias = "scimDirectoryId")]
        scim_directory_id: Path<ScimDirectoryId>,
    }
);

operation!(
    ScimDirectories::list_group_role_mappings,
    GET("/scim_directories/{scim_directory_id}/group_role_mappings"),
    operation_id("ListSCIMGroupRoleMappings"),
    returns(List<ScimGroupRoleMapping>),
    errors(401, 403, 404),
    /// List the mappings of the SCIM groups of a directory to roles, in the order of their
    /// precedence.
    #[doc(alias = "scimDirectoriesListGroupRoleMappings")]
    #[doc(alias = "listSCIMGroupRoleMappings")]
    #[doc(alias = "ListSCIMGroupRoleMappings")]
    #[doc(alias = "ListSCIMGroupRoleMappingsRequest")]
    pub struct ListScimGroupRoleMappings {
        /// The directory.
        #[doc(alias = "scimDirectoryId")]
        scim_directory_id: Path<ScimDirectoryId>,
    }
);

operation!(
    ScimDirectories::create_group_role_mapping,
    POST("/scim_directories/{scim_directory_id}/group_role_mappings"),
    operation_id("CreateSCIMGroupRoleMapping"),
    returns(ScimGroupRoleMapping),
    errors(400, 401, 403, 404, 422),
    /// Map a SCIM group to a role, which its members get.
    ///
    /// The directory must have
    /// [`group_role_mapping_enabled`](UpdateScimDirectory::group_role_mapping_enabled). Not
    /// repeated when it may have arrived: list the mappings before you do.
    #[doc(alias = "scimDirectoriesCreateGroupRoleMapping")]
    #[doc(alias = "createSCIMGroupRoleMapping")]
    #[doc(alias = "CreateSCIMGroupRoleMapping")]
    #[doc(alias = "CreateSCIMGroupRoleMappingRequestBody")]
    pub struct CreateScimGroupRoleMapping {
        /// The directory.
        #[doc(alias = "scimDirectoryId")]
        scim_directory_id: Path<ScimDirectoryId>,
        /// The group, by its id at the identity provider.
        #[doc(alias = "scimGroupId")]
        scim_group_id: Body<ScimGroupId>,
        /// The role.
        #[doc(alias = "roleId")]
        role_id: Body<RoleId>,
    },
    struct Optional {
        /// Which mapping wins for users who are in several groups: the one with the lowest number,
        /// from 1 on. Behind all others unless set.
        precedence: Body<u32>,
    }
);

operation!(
    ScimDirectories::replace_group_role_mappings,
    PUT("/scim_directories/{scim_directory_id}/group_role_mappings"),
    operation_id("ReplaceSCIMGroupRoleMappings"),
    returns(List<ScimGroupRoleMapping>),
    errors(400, 401, 403, 404, 422),
    /// Replace all mappings of the SCIM groups of a directory to roles.
    ///
    /// The first mapping gets precedence 1, the next one 2, and so on. The directory must have
    /// [`group_role_mapping_enabled`](UpdateScimDirectory::group_role_mapping_enabled).
    ///
    /// ```
    /// use clerk_core::{
    ///     Config, Operation,
    ///     api::scim_directories::{ReplaceScimGroupRoleMappings, ScimGroupRole},
    /// };
    ///
    /// let replace = ReplaceScimGroupRoleMappings::new(
    ///     "directory_1",
    ///     [ScimGroupRole::new("group_1", "role_1"), ScimGroupRole::new("group_2", "role_2")],
    /// );
    /// let request = replace.to_request(&Config::new("sk_test_abc")?)?;
    /// assert_eq!(
    ///     request.body(),
    ///     concat!(
    ///         r#"{"mappings":[{"scim_group_id":"group_1","role_id":"role_1"},"#,
    ///         r#"{"scim_group_id":"group_2","role_id":"role_2"}]}"#
    ///     )
    /// );
    /// # Ok::<(), clerk_core::Error>(())
    /// ```
    #[doc(alias = "scimDirectoriesReplaceGroupRoleMappings")]
    #[doc(alias = "replaceSCIMGroupRoleMappings")]
    #[doc(alias = "ReplaceSCIMGroupRoleMappings")]
    #[doc(alias = "ReplaceSCIMGroupRoleMappingsRequestBody")]
    pub struct ReplaceScimGroupRoleMappings {
        /// The directory.
        #[doc(alias = "scimDirectoryId")]
        scim_directory_id: Path<ScimDirectoryId>,
        /// The mappings, the most important one first; none removes them all.
        mappings: Body<Vec<ScimGroupRole>>,
    }
);

operation!(
    ScimDirectories::delete_group_role_mapping,
    DELETE("/scim_directories/{scim_directory_id}/group_role_mappings/{mapping_id}"),
    operation_id("DeleteSCIMGroupRoleMapping"),
    returns(DeletedObject),
    errors(400, 401, 403, 404),
    /// Delete one mapping of a SCIM group to a role.
    ///
    /// The directory must have
    /// [`group_role_mapping_enabled`](UpdateScimDirectory::group_role_mapping_enabled).
    ///
    /// Where an earlier attempt got no answer, a 404 may mean that it worked: see
    /// [`Error::is_after_retry`](crate::Error::is_after_retry).
    #[doc(alias = "scimDirectoriesDeleteGroupRoleMapping")]
    #[doc(alias = "deleteSCIMGroupRoleMapping")]
    #[doc(alias = "DeleteSCIMGroupRoleMapping")]
    #[doc(alias = "DeleteSCIMGroupRoleMappingRequest")]
    pub struct DeleteScimGroupRoleMapping {
        /// The directory.
        #[doc(alias = "scimDirectoryId")]
        scim_directory_id: Path<ScimDirectoryId>,
        /// The mapping.
        #[doc(alias = "mappingId")]
        mapping_id: Path<ScimGroupRoleMappingId>,
    }
);

input! {
    /// Which role the members of a group get, for a directory to be created.
    pub struct NewScimGroupRoleMapping {
        /// The group, by its id at the identity provider.
        scim_group_id: ScimGroupId,
        /// The role.
        role_id: RoleId,
    }
    struct Optional {
        /// The group's name for people, at most 255 characters.
        scim_group_display_name: String,
        /// Which mapping wins for users who are in several groups: the one with the lowest number,
        /// from 1 on. The place in the list unless set.
        precedence: u32,
    }
}

input! {
    /// Which role the members of a group get, in a list whose order is the precedence.
    pub struct ScimGroupRole {
        /// The group, by its id at the identity provider.
        scim_group_id: ScimGroupId,
        /// The role.
        role_id: RoleId,
    }
}

/// What an identity provider provisions users by, with SCIM.
#[doc(alias = "SCIMDirectory")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ScimDirectory {
    /// Always `scim_directory`.
    pub object: ObjectType,
    /// Its id.
    pub id: ScimDirectoryId,
    /// Its name.
    pub name: String,
    /// The enterprise connection that it belongs to.
    pub enterprise_connection_id: Option<EnterpriseConnectionId>,
    /// Where the identity provider sends its SCIM requests.
    pub endpoint_url: String,
    /// The identity provider.
    pub provider: String,
    /// Whether it is in use.
    pub enabled: bool,
    /// Whether its groups decide which roles users get.
    pub group_role_mapping_enabled: bool,
    /// Where the attributes of users are found: SCIM paths by attribute.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub attribute_mapping: BTreeMap<String, String>,
    /// Attributes of your own; only for instances that have that feature.
    pub custom_attributes: Option<Vec<DirectoryCustomAttribute>>,
    /// The key with which the identity provider sends its requests: only in the answers to
    /// [`CreateScimDirectory`] and [`RotateScimDirectoryApiKey`].
    pub api_key: Option<Sensitive<String>>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// Which role the members of a group get.
///
/// Users who are in several groups get the role with the lowest [`precedence`](Self::precedence).
#[doc(alias = "SCIMGroupRoleMapping")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ScimGroupRoleMapping {
    /// Always `scim_group_role_mapping`.
    pub object: ObjectType,
    /// Its id.
    pub id: ScimGroupRoleMappingId,
    /// The directory.
    pub scim_directory_id: ScimDirectoryId,
    /// The directory: the same as [`scim_directory_id`](Self::scim_directory_id).
    pub directory_id: DirectoryId,
    /// The group, by its id at the identity provider.
    pub scim_group_id: ScimGroupId,
    /// The group: the same as [`scim_group_id`](Self::scim_group_id).
    pub directory_group_id: DirectoryGroupId,
    /// The group's name for people, from the identity provider.
    pub scim_group_display_name: String,
    /// The group's name: the same as [`scim_group_display_name`](Self::scim_group_display_name).
    pub directory_group_display_name: String,
    /// The role.
    pub role: Option<Role>,
    /// Its place among the mappings of the directory, from 1 on: the lowest one wins.
    pub precedence: i64,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}
