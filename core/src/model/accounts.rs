use serde::{Deserialize, Serialize};

use super::{
    EnterpriseAccountId, EnterpriseConnectionId, EnterpriseProtocol, ExternalAccountId,
    IdentificationId, ObjectType, SamlAccountId, SamlConnectionId, Verification,
};
use crate::{JsonObject, Timestamp};

/// An account of a user with an OAuth provider.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[doc(alias = "ExternalAccountWithVerification")]
pub struct ExternalAccount {
    /// `external_account`; `google_account` or `facebook_account` for some accounts of these.
    pub object: ObjectType,
    /// Its id.
    pub id: ExternalAccountId,
    /// The provider, such as `oauth_google`.
    pub provider: String,
    /// What identifies the user by this account.
    pub identification_id: IdentificationId,
    /// The user's id at the provider.
    pub provider_user_id: String,
    /// What the user allowed at the provider: scopes, separated by spaces.
    pub approved_scopes: String,
    /// The user's email address at the provider.
    pub email_address: String,
    /// Whether the provider had verified that address when the account was connected; `None` if
    /// that is not known.
    pub email_address_verified: Option<bool>,
    /// The first name at the provider.
    pub first_name: String,
    /// The last name at the provider.
    pub last_name: String,
    /// A picture of the user.
    #[deprecated(note = "Use `image_url`.")]
    pub avatar_url: Option<String>,
    /// A picture of the user.
    pub image_url: Option<String>,
    /// The user name at the provider.
    pub username: Option<String>,
    /// The phone number at the provider.
    pub phone_number: Option<String>,
    /// What the provider tells of the user, that frontends may see too.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub public_metadata: JsonObject,
    /// What tells this account from others of the same provider.
    pub label: Option<String>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// How it was verified.
    pub verification: Option<Box<Verification>>,
}

/// An account of a user with a SAML identity provider.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[doc(alias = "SAMLAccount")]
pub struct SamlAccount {
    /// Its id.
    pub id: SamlAccountId,
    /// Always `saml_account`.
    pub object: ObjectType,
    /// The identity provider, such as `saml_okta`.
    pub provider: String,
    /// Whether the connection is in use.
    pub active: bool,
    /// The user's email address at the provider.
    pub email_address: String,
    /// The first name at the provider.
    pub first_name: Option<String>,
    /// The last name at the provider.
    pub last_name: Option<String>,
    /// The user's id at the provider.
    pub provider_user_id: Option<String>,
    /// When the user last signed in with it.
    pub last_authenticated_at: Option<Timestamp>,
    /// What the provider tells of the user, that frontends may see too.
    pub public_metadata: Option<JsonObject>,
    /// How it was verified.
    pub verification: Option<Box<Verification>>,
    /// The connection to the identity provider.
    pub saml_connection: Option<Box<SamlAccountConnection>>,
}

/// The connection behind a [`SamlAccount`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[doc(alias = "SAMLAccountConnection")]
pub struct SamlAccountConnection {
    /// Its id.
    pub id: SamlConnectionId,
    /// Its name.
    pub name: String,
    /// The domain whose users it is for.
    #[deprecated(note = "Use `domains`.")]
    pub domain: Option<String>,
    /// The domains whose users it is for.
    pub domains: Option<Vec<String>>,
    /// Whether it is in use.
    pub active: bool,
    /// The identity provider, such as `saml_okta`.
    pub provider: String,
    /// Whether each sign-in brings the user's attributes up to date.
    pub sync_user_attributes: bool,
    /// Whether it is for users of subdomains too.
    pub allow_subdomains: Option<bool>,
    /// Whether a sign-in may start at the identity provider.
    pub allow_idp_initiated: Option<bool>,
    /// Whether its users cannot add other ways to be identified.
    pub disable_additional_identifications: Option<bool>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// An account of a user with an enterprise's identity provider.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EnterpriseAccount {
    /// Its id.
    pub id: EnterpriseAccountId,
    /// Always `enterprise_account`.
    pub object: ObjectType,
    /// How it signs in.
    pub protocol: Option<EnterpriseProtocol>,
    /// The identity provider, such as `saml_okta`.
    pub provider: String,
    /// Whether the connection is in use.
    pub active: bool,
    /// The user's email address at the provider.
    pub email_address: String,
    /// The first name at the provider.
    pub first_name: Option<String>,
    /// The last name at the provider.
    pub last_name: Option<String>,
    /// The user's id at the provider.
    pub provider_user_id: Option<String>,
    /// The connection to the identity provider.
    pub enterprise_connection_id: Option<EnterpriseConnectionId>,
    /// What the provider tells of the user, that frontends may see too.
    pub public_metadata: Option<JsonObject>,
    /// How it was verified.
    pub verification: Option<Box<Verification>>,
    /// The connection to the identity provider, in full.
    pub enterprise_connection: Option<Box<EnterpriseAccountConnection>>,
    /// When the user last signed in with it.
    pub last_authenticated_at: Option<Timestamp>,
}

/// The connection behind an [`EnterpriseAccount`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EnterpriseAccountConnection {
    /// Its id.
    pub id: EnterpriseConnectionId,
    /// How its accounts sign in.
    pub protocol: EnterpriseProtocol,
    /// The identity provider, such as `saml_okta`.
    pub provider: String,
    /// Its name.
    pub name: String,
    /// A logo.
    pub logo_public_url: Option<String>,
    /// The domain whose users it is for.
    #[deprecated(note = "Use `domains`.")]
    pub domain: Option<String>,
    /// The domains whose users it is for.
    pub domains: Option<Vec<String>>,
    /// Whether it is in use.
    pub active: bool,
    /// Whether each sign-in brings the user's attributes up to date.
    pub sync_user_attributes: bool,
    /// Whether it is for users of subdomains too.
    pub allow_subdomains: bool,
    /// Whether a sign-in may start at the identity provider.
    pub allow_idp_initiated: bool,
    /// Whether its users cannot add other ways to be identified.
    pub disable_additional_identifications: bool,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}
