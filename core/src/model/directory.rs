use serde::{Deserialize, Serialize};

/// An attribute of users that an identity provider has, and where it goes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DirectoryCustomAttribute {
    /// Its name for people.
    pub name: Option<String>,
    /// The member of the user's metadata in which it is kept.
    pub key: Option<String>,
    /// Where it is found when the user signs in: a path in the claims of SAML or OIDC.
    pub sso_path: Option<String>,
    /// The older name of [`directory_path`](Self::directory_path), with the same value.
    pub scim_path: Option<String>,
    /// Where it is found in what the directory sends of the user: a path in the syntax of GJSON.
    pub directory_path: Option<String>,
    /// Whether it has several values, which the user's public metadata then holds as a list.
    pub multi_valued: Option<bool>,
}
