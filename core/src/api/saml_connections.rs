//! SAML connections: let people sign in with a SAML identity provider.
//!
//! Deprecated, and to be removed by Clerk: use
//! [`enterprise_connections`](crate::api::enterprise_connections).
//!
//! ```
//! # #[allow(deprecated)]
//! # fn example<T: clerk_core::Transport>(clerk: &clerk_core::Client<T>) {
//! // `.await` what `send` gives with clerk-hyper
//! let list = clerk.saml_connections().list().search("acme").send();
//! // What takes their place:
//! let list = clerk.enterprise_connections().list().active(true).send();
//! # }
//! ```
use serde::{Deserialize, Serialize};

use crate::{
    Nullable, Timestamp,
    model::{
        DeletedObject, EnterpriseConnectionId, List, LoginHint, LoginHintInput, ObjectType,
        OrganizationId, SamlConnectionId, SamlProvider, macros::input,
    },
    operation::macros::{group, operation},
};

group! {
    /// SAML connections: let people sign in with a SAML identity provider.
    #[doc(alias = "samlConnections")]
    saml_connections => SamlConnections, tag = "SAML Connections"
}

operation!(
    SamlConnections::list,
    GET("/saml_connections"),
    operation_id("ListSAMLConnections"),
    returns(List<SamlConnection>),
    errors(402, 403, 422),
    deprecated("Use `ListEnterpriseConnections`."),
    pages(SamlConnection),
    /// List the SAML connections, the newest first unless ordered otherwise.
    #[doc(alias = "samlConnectionsList")]
    #[doc(alias = "listSAMLConnections")]
    #[doc(alias = "ListSAMLConnections")]
    #[doc(alias = "ListSAMLConnectionsRequest")]
    pub struct ListSamlConnections {},
    struct Optional {
        /// How many, from 1 to 500; 10 unless set.
        limit: Query<u64>,
        /// How many to skip; none unless set.
        offset: Query<u64>,
        /// Only those with this text in the name, in upper or lower case.
        #[doc(alias = "query")]
        search: Query<"query", String>,
        /// The field to order by, such as `created_at`, with `-` in front for descending.
        #[doc(alias = "orderBy")]
        order_by: Query<String>,
        /// Only those of one of these organizations, at most 100; with `-` in front of an id
        /// (`-org_1`), only the others.
        #[doc(alias = "organizationId")]
        organization_id: Query<Vec<OrganizationId>>,
    }
);

operation!(
    SamlConnections::create,
    POST("/saml_connections"),
    operation_id("CreateSAMLConnection"),
    returns(SamlConnection),
    errors(402, 403, 404, 409, 422),
    deprecated("Use `CreateEnterpriseConnection`."),
    /// Create a SAML connection.
    ///
    /// Set [`domains`](CreateSamlConnection::domains): the server wants at least one. Not repeated
    /// when it may have arrived: look for it in the list before you do.
    #[doc(alias = "samlConnectionsCreate")]
    #[doc(alias = "createSAMLConnection")]
    #[doc(alias = "CreateSAMLConnection")]
    #[doc(alias = "CreateSAMLConnectionRequestBody")]
    pub struct CreateSamlConnection {
        /// The name for people.
        name: Body<String>,
        /// The identity provider.
        provider: Body<SamlProvider>,
    },
    struct Optional {
        /// The domain whose users it is for.
        #[deprecated(note = "Use `domains`.")]
        domain: Body<String>,
        /// The domains whose users it is for: whoever signs in with an email address of one of
        /// them.
        domains: Body<Vec<String>>,
        /// The identity provider's entity id.
        #[doc(alias = "idpEntityId")]
        idp_entity_id: Body<Nullable<String>>,
        /// Where the identity provider signs users in.
        #[doc(alias = "idpSsoUrl")]
        idp_sso_url: Body<Nullable<String>>,
        /// The identity provider's certificate, in X.509.
        #[doc(alias = "idpCertificate")]
        idp_certificate: Body<Nullable<String>>,
        /// The URL of the identity provider's metadata; it takes precedence over the single fields
        /// about it.
        #[doc(alias = "idpMetadataUrl")]
        idp_metadata_url: Body<Nullable<String>>,
        /// The identity provider's metadata itself, as XML; it takes precedence over the single
        /// fields about it.
        #[doc(alias = "idpMetadata")]
        idp_metadata: Body<Nullable<String>>,
        /// The organization that its users join.
        #[doc(alias = "organizationId")]
        organization_id: Body<Nullable<OrganizationId>>,
        /// What the identity provider calls a user's attributes.
        #[doc(alias = "attributeMapping")]
        attribute_mapping: Body<Nullable<SamlAttributeMappingInput>>,
        /// Whether the identity provider has to ask users to sign in again, even if they are signed
        /// in there (`ForceAuthn`).
        #[doc(alias = "forceAuthn")]
        force_authn: Body<bool>,
        /// What the identity provider is told beforehand of who signs in.
        #[doc(alias = "loginHint")]
        login_hint: Body<Nullable<LoginHintInput>>,
    }
);

operation!(
    SamlConnections::get,
    GET("/saml_connections/{saml_connection_id}"),
    operation_id("GetSAMLConnection"),
    returns(SamlConnection),
    errors(402, 403, 404),
    deprecated("Use `GetEnterpriseConnection`."),
    /// Retrieve a SAML connection.
    #[doc(alias = "samlConnectionsGet")]
    #[doc(alias = "getSAMLConnection")]
    #[doc(alias = "GetSAMLConnection")]
    #[doc(alias = "GetSAMLConnectionRequest")]
    pub struct GetSamlConnection {
        /// The connection.
        #[doc(alias = "samlConnectionId")]
        saml_connection_id: Path<SamlConnectionId>,
    }
);

operation!(
    SamlConnections::update,
    PATCH("/saml_connections/{saml_connection_id}"),
    operation_id("UpdateSAMLConnection"),
    returns(SamlConnection),
    errors(402, 403, 404, 409, 422),
    // The values are given and not computed: giving them twice gives the same ones.
    retry(Safe),
    deprecated("Use `UpdateEnterpriseConnection`."),
    /// Change a SAML connection. What is not set stays as it is.
    ///
    /// Switching it on fails while one of its domains is also a verified domain by which an
    /// organization enrolls users, unless `consent_verified_domains_deletion` is set.
    #[doc(alias = "samlConnectionsUpdate")]
    #[doc(alias = "updateSAMLConnection")]
    #[doc(alias = "UpdateSAMLConnection")]
    #[doc(alias = "UpdateSAMLConnectionRequestBody")]
    pub struct UpdateSamlConnection {
        /// The connection.
        #[doc(alias = "samlConnectionId")]
        saml_connection_id: Path<SamlConnectionId>,
    },
    struct Optional {
        /// The name for people.
        name: Body<Nullable<String>>,
        /// The domain whose users it is for.
        #[deprecated(note = "Use `domains`.")]
        domain: Body<Nullable<String>>,
        /// The domains whose users it is for.
        domains: Body<Nullable<Vec<String>>>,
        /// The identity provider's entity id.
        #[doc(alias = "idpEntityId")]
        idp_entity_id: Body<Nullable<String>>,
        /// Where the identity provider signs users in.
        #[doc(alias = "idpSsoUrl")]
        idp_sso_url: Body<Nullable<String>>,
        /// The identity provider's certificate, in X.509.
        #[doc(alias = "idpCertificate")]
        idp_certificate: Body<Nullable<String>>,
        /// The URL of the identity provider's metadata; it takes precedence over the single fields
        /// about it, and replaces them.
        #[doc(alias = "idpMetadataUrl")]
        idp_metadata_url: Body<Nullable<String>>,
        /// The identity provider's metadata itself, as XML; it takes precedence over the single
        /// fields about it.
        #[doc(alias = "idpMetadata")]
        idp_metadata: Body<Nullable<String>>,
        /// The organization that its users join.
        #[doc(alias = "organizationId")]
        organization_id: Body<Nullable<OrganizationId>>,
        /// What the identity provider calls a user's attributes.
        #[doc(alias = "attributeMapping")]
        attribute_mapping: Body<Nullable<SamlAttributeMappingInput>>,
        /// Whether it is in use.
        active: Body<Nullable<bool>>,
        /// Whether each sign-in brings the user's attributes up to date.
        #[doc(alias = "syncUserAttributes")]
        sync_user_attributes: Body<Nullable<bool>>,
        /// Whether it is for users of subdomains too.
        #[doc(alias = "allowSubdomains")]
        allow_subdomains: Body<Nullable<bool>>,
        /// Whether a sign-in may start at the identity provider.
        #[doc(alias = "allowIdpInitiated")]
        allow_idp_initiated: Body<Nullable<bool>>,
        /// Whether its users cannot add other ways to be identified.
        #[doc(alias = "disableAdditionalIdentifications")]
        disable_additional_identifications: Body<Nullable<bool>>,
        /// Whether a user's account can be linked with it through membership in the organization.
        #[doc(alias = "allowOrganizationAccountLinking")]
        allow_organization_account_linking: Body<Nullable<bool>>,
        /// Whether the identity provider has to ask users to sign in again, even if they are signed
        /// in there (`ForceAuthn`).
        #[doc(alias = "forceAuthn")]
        force_authn: Body<bool>,
        /// What the identity provider is told beforehand of who signs in.
        #[doc(alias = "loginHint")]
        login_hint: Body<Nullable<LoginHintInput>>,
        /// Whether switching it on may delete organizations' verified domains that enroll users and
        /// are among its own; unless it may, one such domain makes the request fail.
        #[doc(alias = "consentVerifiedDomainsDeletion")]
        consent_verified_domains_deletion: Body<Nullable<bool>>,
    }
);

operation!(
    SamlConnections::delete,
    DELETE("/saml_connections/{saml_connection_id}"),
    operation_id("DeleteSAMLConnection"),
    returns(DeletedObject),
    errors(402, 403, 404),
    deprecated("Use `DeleteEnterpriseConnection`."),
    /// Delete a SAML connection.
    ///
    /// Where an earlier attempt got no answer, a 404 may mean that it worked: see
    /// [`Error::is_after_retry`](crate::Error::is_after_retry).
    #[doc(alias = "samlConnectionsDelete")]
    #[doc(alias = "deleteSAMLConnection")]
    #[doc(alias = "DeleteSAMLConnection")]
    #[doc(alias = "DeleteSAMLConnectionRequest")]
    pub struct DeleteSamlConnection {
        /// The connection.
        #[doc(alias = "samlConnectionId")]
        saml_connection_id: Path<SamlConnectionId>,
    }
);

input! {
    /// What the identity provider shall be taken to call a user's attributes.
    pub struct SamlAttributeMappingInput {}
    struct Optional {
        /// The attribute with the user's id.
        user_id: String,
        /// The attribute with the email address.
        email_address: String,
        /// The attribute with the first name.
        first_name: String,
        /// The attribute with the last name.
        last_name: String,
    }
}

/// A connection to a SAML identity provider.
#[doc(alias = "SAMLConnection")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SamlConnection {
    /// Always `saml_connection`.
    pub object: ObjectType,
    /// Its id.
    pub id: SamlConnectionId,
    /// The name for people.
    pub name: String,
    /// The domain whose users it is for.
    #[deprecated(note = "Use `domains`.")]
    pub domain: Option<String>,
    /// The domains whose users it is for.
    pub domains: Option<Vec<String>>,
    /// The identity provider's entity id.
    pub idp_entity_id: Option<String>,
    /// Where the identity provider signs users in.
    pub idp_sso_url: Option<String>,
    /// The identity provider's certificate, in X.509.
    pub idp_certificate: Option<String>,
    /// From when the certificate is valid, if there is one.
    pub idp_certificate_issued_at: Option<Timestamp>,
    /// Until when the certificate is valid, if there is one.
    pub idp_certificate_expires_at: Option<Timestamp>,
    /// The URL of the identity provider's metadata.
    pub idp_metadata_url: Option<String>,
    /// The identity provider's metadata itself, as XML.
    pub idp_metadata: Option<String>,
    /// Where the identity provider sends its assertions (the ACS URL), for its settings.
    pub acs_url: String,
    /// The application's own entity id, for the identity provider's settings.
    pub sp_entity_id: String,
    /// The URL of the application's metadata, for the identity provider's settings.
    pub sp_metadata_url: String,
    /// The organization that its users join.
    pub organization_id: Option<OrganizationId>,
    /// What the identity provider calls a user's attributes.
    pub attribute_mapping: Option<SamlAttributeMapping>,
    /// Whether it is in use.
    pub active: bool,
    /// The identity provider, such as `saml_okta`.
    pub provider: String,
    /// How many users it has.
    pub user_count: i64,
    /// Whether each sign-in brings the user's attributes up to date.
    pub sync_user_attributes: bool,
    /// Whether it is for users of subdomains too.
    pub allow_subdomains: bool,
    /// Whether a sign-in may start at the identity provider.
    pub allow_idp_initiated: bool,
    /// Whether its users cannot add other ways to be identified.
    pub disable_additional_identifications: bool,
    /// Whether a user's account can be linked with it through membership in the organization.
    pub allow_organization_account_linking: bool,
    /// Whether the identity provider has to ask users to sign in again, even if they are signed in
    /// there (`ForceAuthn`).
    pub force_authn: bool,
    /// What the identity provider is told beforehand of who signs in.
    pub login_hint: LoginHint,
    /// The enterprise connection that it is part of.
    pub enterprise_connection_id: Option<EnterpriseConnectionId>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What a SAML identity provider calls a user's attributes.
#[doc(alias = "SAMLConnectionAttributeMapping")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SamlAttributeMapping {
    /// The attribute with the user's id.
    pub user_id: String,
    /// The attribute with the email address.
    pub email_address: String,
    /// The attribute with the first name.
    pub first_name: String,
    /// The attribute with the last name.
    pub last_name: String,
}
