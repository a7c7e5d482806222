//! Enterprise connections: let an enterprise's people sign in with its own identity provider.
//!
//! ```
//! # fn example<T: clerk_core::Transport>(clerk: &clerk_core::Client<T>, client_secret: &str) {
//! use clerk_core::api::enterprise_connections::EnterpriseOidc;
//!
//! let connections = clerk.enterprise_connections();
//! let oidc = EnterpriseOidc::new()
//!     .discovery_url("https://idp.example.com/.well-known/openid-configuration")
//!     .client_id("acme")
//!     .client_secret(client_secret);
//! let create = connections.create("Acme", "oidc_custom", ["example.com"]).oidc(oidc);
//! create.send(); // `.await` it with clerk-hyper
//! connections.create_test_run("entconn_1").send(); // open its `url` in a browser
//! // Before you switch it on, see `UpdateEnterpriseConnection`: domains may be deleted.
//! connections.update("entconn_1").active(true).send();
//! # }
//! ```
mod test_runs;

pub use self::test_runs::{
    CreateEnterpriseConnectionTestRun, EnterpriseConnectionTestRun, EnterpriseConnectionTestRunUrl,
    ListEnterpriseConnectionTestRuns, TestRunLog, TestRunOauth, TestRunSaml, TestRunStatus,
    TestRunUserInfo,
};
use serde::{Deserialize, Serialize};

use crate::{
    Nullable, Sensitive, Timestamp,
    model::{
        DeletedObject, EnterpriseConnectionId, EnterpriseOauthConfigId, List, LoginHint,
        LoginHintInput, ObjectType, OrganizationId, SamlConnectionId,
        macros::{input, named, open_enum},
    },
    operation::macros::{group, operation},
};

group! {
    /// Enterprise connections: let an enterprise's people sign in with its own identity provider.
    #[doc(alias = "enterpriseConnections")]
    enterprise_connections => EnterpriseConnections, tag = "Enterprise Connections"
}

operation!(
    EnterpriseConnections::list,
    GET("/enterprise_connections"),
    returns(List<EnterpriseConnection>),
    errors(402, 403, 422),
    pages(EnterpriseConnection),
    /// List the enterprise connections.
    #[doc(alias = "enterpriseConnectionsList")]
    #[doc(alias = "listEnterpriseConnections")]
    #[doc(alias = "ListEnterpriseConnectionsRequest")]
    pub struct ListEnterpriseConnections {},
    struct Optional {
        /// How many, from 1 to 500; 10 unless set.
        limit: Query<u64>,
        /// How many to skip; none unless set.
        offset: Query<u64>,
        /// Only those of this organization.
        #[doc(alias = "organizationId")]
        organization_id: Query<OrganizationId>,
        /// Only those that are in use, or only those that are not.
        active: Query<bool>,
    }
);

operation!(
    EnterpriseConnections::create,
    POST("/enterprise_connections"),
    returns(EnterpriseConnection),
    success(201),
    errors(402, 403, 404, 409, 422),
    /// Create an enterprise connection.
    ///
    /// What describes the identity provider goes into [`saml`](CreateEnterpriseConnection::saml) or
    /// [`oidc`](CreateEnterpriseConnection::oidc), whichever the provider speaks; the server
    /// ignores the other one. Not repeated when it may have arrived: look for it in the list before
    /// you do.
    ///
    /// ```
    /// use clerk_core::api::enterprise_connections::{
    ///     CreateEnterpriseConnection, EnterpriseAttributeMapping, NewEnterpriseSaml,
    /// };
    /// use clerk_core::{Config, Operation};
    ///
    /// let mapping = EnterpriseAttributeMapping::new().email_address("mail").last_name("sn");
    /// let create = CreateEnterpriseConnection::new("Acme", "saml_okta", ["example.com"])
    ///     .active(true)
    ///     .saml(
    ///         NewEnterpriseSaml::new()
    ///             .idp_metadata_url("https://idp.example.com/metadata")
    ///             .attribute_mapping(mapping),
    ///     );
    /// let request = create.to_request(&Config::new("sk_test_abc")?)?;
    /// assert_eq!(
    ///     request.body(),
    ///     concat!(
    ///         r#"{"name":"Acme","provider":"saml_okta","domains":["example.com"],"active":true,"#,
    ///         r#""saml":{"idp_metadata_url":"https://idp.example.com/metadata","#,
    ///         r#""attribute_mapping":{"email_address":"mail","last_name":"sn"}}}"#,
    ///     )
    /// );
    /// # Ok::<(), clerk_core::Error>(())
    /// ```
    #[doc(alias = "enterpriseConnectionsCreate")]
    #[doc(alias = "createEnterpriseConnection")]
    #[doc(alias = "CreateEnterpriseConnectionRequestBody")]
    pub struct CreateEnterpriseConnection {
        /// The name for people.
        name: Body<String>,
        /// The identity provider, and how to speak with it.
        provider: Body<EnterpriseProvider>,
        /// The domains whose users it is for: at least one, in full (`example.com`). The server
        /// turns them to lower case.
        domains: Body<Vec<String>>,
    },
    struct Optional {
        /// The organization that it belongs to.
        #[doc(alias = "organizationId")]
        organization_id: Body<Nullable<OrganizationId>>,
        /// Whether a user's account can be linked with it through membership in the organization.
        #[doc(alias = "allowOrganizationAccountLinking")]
        allow_organization_account_linking: Body<Nullable<bool>>,
        /// Whether it is in use. With SAML, this needs the identity provider's metadata in
        /// [`saml`](Self::saml).
        active: Body<Nullable<bool>>,
        /// What SAML needs; for providers that begin with `saml_`.
        saml: Body<Nullable<NewEnterpriseSaml>>,
        /// What OIDC needs; for providers that begin with `oidc_`.
        oidc: Body<Nullable<EnterpriseOidc>>,
        /// What else of the identity provider's data goes into users' metadata. The instance needs
        /// the feature of custom attributes.
        #[doc(alias = "customAttributes")]
        custom_attributes: Body<Vec<NewCustomAttribute>>,
    }
);

operation!(
    EnterpriseConnections::get,
    GET("/enterprise_connections/{enterprise_connection_id}"),
    returns(EnterpriseConnection),
    errors(402, 403, 404),
    /// Retrieve an enterprise connection.
    #[doc(alias = "enterpriseConnectionsGet")]
    #[doc(alias = "getEnterpriseConnection")]
    #[doc(alias = "GetEnterpriseConnectionRequest")]
    pub struct GetEnterpriseConnection {
        /// The connection.
        #[doc(alias = "enterpriseConnectionId")]
        enterprise_connection_id: Path<EnterpriseConnectionId>,
    }
);

operation!(
    EnterpriseConnections::update,
    PATCH("/enterprise_connections/{enterprise_connection_id}"),
    returns(EnterpriseConnection),
    errors(400, 402, 403, 404, 422),
    // The values are given and not computed: giving them twice gives the same ones.
    retry(Safe),
    /// Change an enterprise connection. What is not set stays as it is.
    ///
    /// Take care with [`active`](UpdateEnterpriseConnection::active): switching a connection on
    /// deletes organizations' verified domains that are among its own.
    #[doc(alias = "enterpriseConnectionsUpdate")]
    #[doc(alias = "updateEnterpriseConnection")]
    #[doc(alias = "UpdateEnterpriseConnectionRequestBody")]
    pub struct UpdateEnterpriseConnection {
        /// The connection.
        #[doc(alias = "enterpriseConnectionId")]
        enterprise_connection_id: Path<EnterpriseConnectionId>,
    },
    struct Optional {
        /// The name for people.
        name: Body<Nullable<String>>,
        /// The domains whose users it is for, instead of all that it has; an empty list changes
        /// nothing. The server turns them to lower case.
        domains: Body<Nullable<Vec<String>>>,
        /// Whether it is in use. When it is switched on, organizations' verified domains that are
        /// among its own are deleted, and so no longer enroll users.
        active: Body<Nullable<bool>>,
        /// Whether each sign-in brings the user's attributes up to date.
        #[doc(alias = "syncUserAttributes")]
        sync_user_attributes: Body<Nullable<bool>>,
        /// Whether its users cannot add other ways to be identified.
        #[doc(alias = "disableAdditionalIdentifications")]
        disable_additional_identifications: Body<Nullable<bool>>,
        /// Whether a user's account can be linked with it through membership in the organization.
        #[doc(alias = "allowOrganizationAccountLinking")]
        allow_organization_account_linking: Body<Nullable<bool>>,
        /// The organization that it belongs to. It can be set and changed, but never be taken away.
        #[doc(alias = "organizationId")]
        organization_id: Body<Nullable<OrganizationId>>,
        /// Changes of what SAML needs; for connections with SAML.
        saml: Body<Nullable<EnterpriseSamlUpdate>>,
        /// Changes of what OIDC needs; for connections with OIDC.
        oidc: Body<Nullable<EnterpriseOidc>>,
        /// What else of the identity provider's data goes into users' metadata. The instance needs
        /// the feature of custom attributes.
        #[doc(alias = "customAttributes")]
        custom_attributes: Body<Nullable<Vec<NewCustomAttribute>>>,
    }
);

operation!(
    EnterpriseConnections::delete,
    DELETE("/enterprise_connections/{enterprise_connection_id}"),
    returns(DeletedObject),
    errors(402, 403, 404),
    /// Delete an enterprise connection.
    ///
    /// Where an earlier attempt got no answer, a 404 may mean that it worked: see
    /// [`Error::is_after_retry`](crate::Error::is_after_retry).
    #[doc(alias = "enterpriseConnectionsDelete")]
    #[doc(alias = "deleteEnterpriseConnection")]
    #[doc(alias = "DeleteEnterpriseConnectionRequest")]
    pub struct DeleteEnterpriseConnection {
        /// The connection.
        #[doc(alias = "enterpriseConnectionId")]
        enterprise_connection_id: Path<EnterpriseConnectionId>,
    }
);

input! {
    /// What a new connection with SAML needs.
    pub struct NewEnterpriseSaml {}
    struct Optional {
        /// The identity provider's entity id.
        idp_entity_id: Nullable<String>,
        /// Where the identity provider signs users in.
        idp_sso_url: Nullable<String>,
        /// The identity provider's certificate, as PEM.
        idp_certificate: Nullable<String>,
        /// The URL of the identity provider's metadata.
        idp_metadata_url: Nullable<String>,
        /// The identity provider's metadata itself, as XML.
        idp_metadata: Nullable<String>,
        /// What the identity provider calls a user's attributes.
        attribute_mapping: Nullable<EnterpriseAttributeMapping>,
        /// Whether it is for users of subdomains too.
        allow_subdomains: Nullable<bool>,
        /// Whether a sign-in may start at the identity provider.
        allow_idp_initiated: Nullable<bool>,
        /// Whether the identity provider has to ask users to sign in again, even if they are signed
        /// in there (`ForceAuthn`).
        force_authn: Nullable<bool>,
        /// What the identity provider is told beforehand of who signs in.
        login_hint: Nullable<LoginHintInput>,
    }
}

input! {
    /// What the identity provider calls a user's attributes, in SAML.
    pub struct EnterpriseAttributeMapping {}
    struct Optional {
        /// The attribute with the user's id.
        user_id: Nullable<String>,
        /// The attribute with the email address.
        email_address: Nullable<String>,
        /// The attribute with the first name.
        first_name: Nullable<String>,
        /// The attribute with the last name.
        last_name: Nullable<String>,
    }
}

input! {
    /// What a connection with OIDC needs, to create or to change it.
    pub struct EnterpriseOidc {}
    struct Optional {
        /// The client id that the identity provider gave you.
        client_id: Nullable<String>,
        /// The client secret that the identity provider gave you.
        client_secret: Nullable<Sensitive<String>>,
        /// The URL of the identity provider's discovery document.
        discovery_url: Nullable<String>,
        /// The identity provider's authorization endpoint.
        auth_url: Nullable<String>,
        /// The identity provider's token endpoint.
        token_url: Nullable<String>,
        /// The identity provider's userinfo endpoint.
        user_info_url: Nullable<String>,
        /// Whether PKCE is used; without a [`client_secret`](Self::client_secret), it has to be.
        requires_pkce: Nullable<bool>,
    }
}

input! {
    /// An attribute that goes from the identity provider's data into users' metadata.
    ///
    /// ```
    /// use clerk_core::api::enterprise_connections::{CustomAttributeKey, NewCustomAttribute};
    ///
    /// let key = CustomAttributeKey::new("cost_center");
    /// let cost_center = NewCustomAttribute::new("Cost center", key).sso_path("costCenter");
    /// ```
    pub struct NewCustomAttribute {
        /// The name for people.
        name: String,
        /// The member of the user's metadata in which it is kept.
        key: CustomAttributeKey,
    }
    struct Optional {
        /// Where it stands in what comes with a sign-in: a SAML assertion or OIDC claims.
        sso_path: String,
        /// Where it stands in a SCIM user, as a GJSON path: the former name of
        /// [`directory_path`](Self::directory_path).
        scim_path: String,
        /// Where it stands in a user of a directory, as a GJSON path. If
        /// [`scim_path`](Self::scim_path) is given too, it must be the same.
        directory_path: String,
        /// Whether it can have several values: then they are kept as a list, in the public
        /// metadata. Not unless set.
        multi_valued: bool,
    }
}

named! {
    /// The member of a user's metadata that holds a custom attribute: ASCII letters, digits, `_`
    /// and `-`, with no `_` in front.
    CustomAttributeKey(String);
}

input! {
    /// Changes of what a connection with SAML needs. What is not set stays as it is.
    pub struct EnterpriseSamlUpdate {}
    struct Optional {
        /// The name for people of the SAML connection.
        name: Nullable<String>,
        /// The identity provider's entity id.
        idp_entity_id: Nullable<String>,
        /// Where the identity provider signs users in.
        idp_sso_url: Nullable<String>,
        /// The identity provider's certificate, as PEM.
        idp_certificate: Nullable<String>,
        /// The URL of the identity provider's metadata.
        idp_metadata_url: Nullable<String>,
        /// The identity provider's metadata itself, as XML.
        idp_metadata: Nullable<String>,
        /// What the identity provider calls a user's attributes.
        attribute_mapping: Nullable<EnterpriseAttributeMapping>,
        /// Whether it is for users of subdomains too.
        allow_subdomains: Nullable<bool>,
        /// Whether a sign-in may start at the identity provider.
        allow_idp_initiated: Nullable<bool>,
        /// Whether the identity provider has to ask users to sign in again, even if they are signed
        /// in there (`ForceAuthn`).
        force_authn: Nullable<bool>,
        /// What the identity provider is told beforehand of who signs in.
        login_hint: Nullable<LoginHintInput>,
    }
}

/// A connection to an enterprise's identity provider.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EnterpriseConnection {
    /// Always `enterprise_connection`.
    pub object: ObjectType,
    /// Its id.
    pub id: EnterpriseConnectionId,
    /// The name for people.
    pub name: String,
    /// The identity provider, such as `saml_okta`.
    pub provider: String,
    /// A logo of the provider.
    pub logo_public_url: Option<String>,
    /// Whether it is in use.
    pub active: bool,
    /// The domains whose users it is for.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub domains: Vec<String>,
    /// The organization that it belongs to, if it belongs to one.
    pub organization_id: Option<OrganizationId>,
    /// Whether each sign-in brings the user's attributes up to date.
    pub sync_user_attributes: Option<bool>,
    /// Whether its users cannot add other ways to be identified.
    pub disable_additional_identifications: Option<bool>,
    /// Whether a user's account can be linked with it through membership in the organization.
    pub allow_organization_account_linking: Option<bool>,
    /// What else of the identity provider's data goes into users' metadata.
    pub custom_attributes: Option<Vec<CustomAttribute>>,
    /// The SAML part, if it uses SAML.
    pub saml_connection: Option<EnterpriseSamlConnection>,
    /// The OAuth part, if it uses OIDC or EASIE.
    pub oauth_config: Option<EnterpriseOauthConfig>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// An attribute that goes from the identity provider's data into users' metadata.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CustomAttribute {
    /// The name for people.
    pub name: String,
    /// The member of the user's metadata in which it is kept.
    pub key: String,
    /// Where it stands in what comes with a sign-in: a SAML assertion or OIDC claims.
    pub sso_path: Option<String>,
    /// The same as [`directory_path`](Self::directory_path), by its former name.
    pub scim_path: Option<String>,
    /// Where it stands in a user of a directory, as a GJSON path.
    pub directory_path: Option<String>,
    /// Whether it can have several values: then they are kept as a list, in the public metadata.
    pub multi_valued: Option<bool>,
}

/// The SAML part of an [`EnterpriseConnection`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EnterpriseSamlConnection {
    /// Its id.
    pub id: Option<SamlConnectionId>,
    /// The name for people.
    pub name: Option<String>,
    /// The identity provider's entity id. Not in every answer.
    pub idp_entity_id: Option<String>,
    /// Where the identity provider signs users in. Not in every answer.
    pub idp_sso_url: Option<String>,
    /// The URL of the identity provider's metadata. Not in every answer.
    pub idp_metadata_url: Option<String>,
    /// Where the identity provider sends its assertions (the ACS URL), for its settings.
    pub acs_url: Option<String>,
    /// The application's own entity id, for the identity provider's settings.
    pub sp_entity_id: Option<String>,
    /// The URL of the application's metadata, for the identity provider's settings.
    pub sp_metadata_url: Option<String>,
    /// Whether it is in use.
    pub active: Option<bool>,
    /// Whether a sign-in may start at the identity provider.
    pub allow_idp_initiated: Option<bool>,
    /// Whether it is for users of subdomains too.
    pub allow_subdomains: Option<bool>,
    /// Whether the identity provider has to ask users to sign in again, even if they are signed in
    /// there (`ForceAuthn`).
    pub force_authn: Option<bool>,
    /// What the identity provider is told beforehand of who signs in.
    pub login_hint: Option<LoginHint>,
}

/// The OAuth part of an [`EnterpriseConnection`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EnterpriseOauthConfig {
    /// Its id.
    pub id: Option<EnterpriseOauthConfigId>,
    /// The name for people, of a custom provider.
    pub name: Option<String>,
    /// The provider's key, such as `oidc_custom`, or one that begins with `oidc_ghe_` or
    /// `oidc_gitlab_ent_`.
    pub provider_key: Option<String>,
    /// The client id at the identity provider.
    pub client_id: Option<String>,
    /// The URL of the identity provider's discovery document.
    pub discovery_url: Option<String>,
    /// The authorization endpoint, where it is set or was discovered.
    pub auth_url: Option<String>,
    /// The token endpoint, where it is set or was discovered.
    pub token_url: Option<String>,
    /// The userinfo endpoint, where it is set or was discovered.
    pub user_info_url: Option<String>,
    /// Whether PKCE is used.
    pub requires_pkce: Option<bool>,
    /// A logo of the provider.
    pub logo_public_url: Option<String>,
    /// When it was created.
    pub created_at: Option<Timestamp>,
    /// When it was last changed.
    pub updated_at: Option<Timestamp>,
}

open_enum! {
    /// An identity provider, and how to speak with it.
    pub enum EnterpriseProvider {
        /// Any provider, with SAML.
        SamlCustom = "saml_custom",
        /// Okta, with SAML.
        SamlOkta = "saml_okta",
        /// Google, with SAML.
        SamlGoogle = "saml_google",
        /// Microsoft, with SAML.
        SamlMicrosoft = "saml_microsoft",
        /// Any provider, with OIDC.
        OidcCustom = "oidc_custom",
        /// GitHub Enterprise, with OIDC.
        OidcGithubEnterprise = "oidc_github_enterprise",
        /// GitLab, with OIDC.
        OidcGitlab = "oidc_gitlab",
    }
}
