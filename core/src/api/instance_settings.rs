//! The settings of the instance.
//!
//! ```
//! # fn example<T: clerk_core::Transport>(clerk: &clerk_core::Client<T>) {
//! let settings = clerk.instance_settings();
//! settings.update().support_email("help@example.com").send(); // `.await` it with clerk-hyper
//! settings.update_restrictions().block_disposable_email_domains(true).send();
//! settings.update_organization_settings().enabled(true).max_allowed_memberships(50).send();
//! # }
//! ```
use serde::{Deserialize, Serialize};

use crate::{
    Nullable,
    model::{
        EnrollmentMode, InstanceId, ObjectType, RoleId, RoleKey, RoleSetKey, WorkspaceId,
        macros::open_enum,
    },
    operation::macros::{group, operation},
};

group! {
    /// The settings of the instance.
    #[doc(alias = "instanceSettings")]
    instance_settings => InstanceSettings, tag = "Instance Settings"
}

operation!(
    InstanceSettings::update,
    PATCH("/instance"),
    returns(()),
    success(204),
    errors(422),
    // The settings are given and not computed: giving them twice gives the same ones.
    retry(Safe),
    /// Change settings of the instance. What is not set stays as it is.
    #[doc(alias = "updateInstance")]
    #[doc(alias = "UpdateInstanceRequestBody")]
    pub struct UpdateInstance {},
    struct Optional {
        /// Whether test email addresses and test phone numbers can be used; on for development
        /// instances unless set. Not for production: their code is public, so anybody could sign in
        /// with them.
        #[doc(alias = "testMode")]
        test_mode: Body<Nullable<bool>>,
        /// Whether passwords are looked up in HIBP, the list of breached passwords.
        hibp: Body<Nullable<bool>>,
        /// Where users find help.
        #[doc(alias = "supportEmail")]
        support_email: Body<Nullable<String>>,
        /// The version of `clerk-js` that is served.
        #[doc(alias = "clerkJsVersion")]
        clerk_js_version: Body<Nullable<String>>,
        /// The origin of the application in development.
        #[doc(alias = "developmentOrigin")]
        development_origin: Body<Nullable<String>>,
        /// The origins of applications that are not web sites: browser extensions
        /// (`chrome-extension://…`), Electron, Capacitor (`capacitor://localhost`). Give all of
        /// them: Clerk does not say that others stay.
        #[doc(alias = "allowedOrigins")]
        allowed_origins: Body<Vec<String>>,
        /// Whether development works without third-party cookies.
        #[deprecated(note = "Use `url_based_session_syncing`.")]
        #[doc(alias = "cookielessDev")]
        cookieless_dev: Body<Nullable<bool>>,
        /// Whether sessions are synchronised by URL in development, without third-party cookies.
        #[doc(alias = "urlBasedSessionSyncing")]
        url_based_session_syncing: Body<Nullable<bool>>,
        /// Which way to sign in Clerk's components offer first where a password is required; the
        /// password unless set.
        #[doc(alias = "preferredSignInStrategyWhenPasswordRequired")]
        preferred_sign_in_strategy_when_password_required: Body<Nullable<PreferredSignInStrategy>>,
    }
);

open_enum! {
    /// Which way to sign in is offered first.
    pub enum PreferredSignInStrategy {
        /// The password.
        Password = "password",
        /// A code that is sent.
        Otp = "otp",
        /// As if it had never been set.
        Unset = "",
    }
}

operation!(
    InstanceSettings::get,
    GET("/instance"),
    returns(Instance),
    errors(),
    /// Retrieve the instance that the secret key belongs to.
    #[doc(alias = "instanceSettingsGet")]
    #[doc(alias = "getInstance")]
    pub struct GetInstance {}
);

operation!(
    InstanceSettings::update_restrictions,
    PATCH("/instance/restrictions"),
    returns(InstanceRestrictions),
    errors(402, 422),
    // The values are given and not computed: giving them twice gives the same ones.
    retry(Safe),
    /// Change who is kept out. What is not set stays as it is.
    #[doc(alias = "instanceSettingsUpdateRestrictions")]
    #[doc(alias = "updateInstanceRestrictions")]
    #[doc(alias = "UpdateInstanceRestrictionsRequestBody")]
    pub struct UpdateInstanceRestrictions {},
    struct Optional {
        /// Whether the allowlist is in force, so that only those on it can sign up.
        allowlist: Body<Nullable<bool>>,
        /// Whether the blocklist is in force.
        blocklist: Body<Nullable<bool>>,
        /// Whether neither list matters when somebody signs in.
        #[doc(alias = "allowlistBlocklistDisabledOnSignIn")]
        allowlist_blocklist_disabled_on_sign_in: Body<Nullable<bool>>,
        /// Whether email addresses with a subaddress (`ann+news@example.com`) are refused.
        #[doc(alias = "blockEmailSubaddresses")]
        block_email_subaddresses: Body<Nullable<bool>>,
        /// Whether email addresses at disposable domains are refused.
        #[doc(alias = "blockDisposableEmailDomains")]
        block_disposable_email_domains: Body<Nullable<bool>>,
    }
);

operation!(
    InstanceSettings::get_protect,
    GET("/instance/protect"),
    returns(InstanceProtect),
    errors(),
    /// Retrieve the settings of Protect.
    #[doc(alias = "getInstanceProtect")]
    pub struct GetInstanceProtect {}
);

operation!(
    InstanceSettings::update_protect,
    PATCH("/instance/protect"),
    returns(InstanceProtect),
    errors(422),
    // The values are given and not computed: giving them twice gives the same ones.
    retry(Safe),
    /// Change settings of Protect. What is not set stays as it is.
    #[doc(alias = "updateInstanceProtect")]
    #[doc(alias = "UpdateInstanceProtectRequestBody")]
    pub struct UpdateInstanceProtect {},
    struct Optional {
        /// Whether its rules are in force.
        #[doc(alias = "rulesEnabled")]
        rules_enabled: Body<Nullable<bool>>,
        /// Whether Specter is on.
        #[doc(alias = "specterEnabled")]
        specter_enabled: Body<Nullable<bool>>,
    }
);

operation!(
    InstanceSettings::get_communication,
    GET("/instance/communication"),
    returns(InstanceCommunication),
    errors(),
    /// Retrieve the settings for text messages.
    #[doc(alias = "instanceSettingsGetCommunication")]
    #[doc(alias = "getInstanceCommunication")]
    pub struct GetInstanceCommunication {}
);

operation!(
    InstanceSettings::update_communication,
    PATCH("/instance/communication"),
    returns(InstanceCommunication),
    errors(422),
    // The values are given and not computed: giving them twice gives the same ones.
    retry(Safe),
    /// Replace the list of countries that get no text messages.
    ///
    /// Codes of countries that cannot be blocked are dropped without an error: look at the answer.
    /// Without a list nothing changes.
    #[doc(alias = "instanceSettingsUpdateCommunication")]
    #[doc(alias = "updateInstanceCommunication")]
    #[doc(alias = "UpdateInstanceCommunicationRequestBody")]
    pub struct UpdateInstanceCommunication {},
    struct Optional {
        /// The whole list, at most 250 countries: their ISO 3166-1 codes of two capital letters,
        /// each one once.
        #[doc(alias = "blockedCountryCodes")]
        blocked_country_codes: Body<Nullable<Vec<String>>>,
    }
);

operation!(
    InstanceSettings::get_oauth_application_settings,
    GET("/instance/oauth_application_settings"),
    operation_id("GetInstanceOAuthApplicationSettings"),
    returns(OauthApplicationSettings),
    errors(),
    /// Retrieve the settings for OAuth applications.
    #[doc(alias = "instanceSettingsGetOAuthApplicationSettings")]
    #[doc(alias = "getInstanceOAuthApplicationSettings")]
    #[doc(alias = "GetInstanceOAuthApplicationSettings")]
    pub struct GetInstanceOauthApplicationSettings {}
);

operation!(
    InstanceSettings::update_oauth_application_settings,
    PATCH("/instance/oauth_application_settings"),
    operation_id("UpdateInstanceOAuthApplicationSettings"),
    returns(OauthApplicationSettings),
    errors(422),
    // The values are given and not computed: giving them twice gives the same ones.
    retry(Safe),
    /// Change settings for OAuth applications. What is not set stays as it is.
    ///
    /// ```
    /// use clerk_core::{Config, Nullable, Operation};
    /// use clerk_core::api::instance_settings::UpdateInstanceOauthApplicationSettings;
    ///
    /// // Back to the scopes that Clerk provides.
    /// let update = UpdateInstanceOauthApplicationSettings::new().default_scopes(Nullable::Null);
    /// let request = update.to_request(&Config::new("sk_test_abc")?)?;
    /// assert_eq!(request.body(), r#"{"default_scopes":null}"#);
    /// # Ok::<(), clerk_core::Error>(())
    /// ```
    #[doc(alias = "instanceSettingsUpdateOAuthApplicationSettings")]
    #[doc(alias = "updateInstanceOAuthApplicationSettings")]
    #[doc(alias = "UpdateInstanceOAuthApplicationSettings")]
    #[doc(alias = "UpdateInstanceOAuthApplicationSettingsRequestBody")]
    pub struct UpdateInstanceOauthApplicationSettings {},
    struct Optional {
        /// Whether clients can register themselves (RFC 7591).
        #[doc(alias = "dynamicOauthClientRegistration")]
        dynamic_oauth_client_registration: Body<Nullable<bool>>,
        /// The default scopes; `null` for those that Clerk provides.
        #[doc(alias = "defaultScopes")]
        default_scopes: Body<Nullable<Vec<String>>>,
        /// Whether access tokens are JWTs; else they are opaque.
        #[doc(alias = "oauthJwtAccessTokens")]
        oauth_jwt_access_tokens: Body<Nullable<bool>>,
        /// Whether the metadata of the authorization server says that clients can come with a
        /// Client ID Metadata Document.
        #[doc(alias = "clientIdMetadataDocumentsAdvertised")]
        client_id_metadata_documents_advertised: Body<Nullable<bool>>,
        /// Whether a client with such a document is refused unless it is known: by registration, or
        /// because it connected before. One that is deleted is not known any more.
        #[doc(alias = "clientIdMetadataDocumentsOnlyAllowPreRegisteredClients")]
        client_id_metadata_documents_only_allow_pre_registered_clients: Body<Nullable<bool>>,
        /// Whether a client with such a document is refused if it was only allowed implicitly. The
        /// access tokens that it has remain valid.
        #[doc(alias = "clientIdMetadataDocumentsBlockImplicitlyAllowedClients")]
        client_id_metadata_documents_block_implicitly_allowed_clients: Body<Nullable<bool>>,
    }
);

operation!(
    InstanceSettings::get_organization_settings,
    GET("/instance/organization_settings"),
    returns(OrganizationSettings),
    errors(402, 404, 422),
    /// Retrieve the settings for organizations.
    #[doc(alias = "instanceSettingsGetOrganizationSettings")]
    #[doc(alias = "getInstanceOrganizationSettings")]
    pub struct GetInstanceOrganizationSettings {}
);

operation!(
    InstanceSettings::update_organization_settings,
    PATCH("/instance/organization_settings"),
    returns(OrganizationSettings),
    errors(400, 402, 403, 404, 422),
    // The values are given and not computed: giving them twice gives the same ones.
    retry(Safe),
    /// Change settings for organizations. What is not set stays as it is.
    #[doc(alias = "instanceSettingsUpdateOrganizationSettings")]
    #[doc(alias = "updateInstanceOrganizationSettings")]
    #[doc(alias = "UpdateInstanceOrganizationSettingsRequestBody")]
    pub struct UpdateInstanceOrganizationSettings {},
    struct Optional {
        /// Whether there are organizations.
        enabled: Body<Nullable<bool>>,
        /// How many members an organization can have.
        #[doc(alias = "maxAllowedMemberships")]
        max_allowed_memberships: Body<Nullable<u32>>,
        /// Whether administrators can delete their organization from a frontend, by default.
        #[doc(alias = "adminDeleteEnabled")]
        admin_delete_enabled: Body<Nullable<bool>>,
        /// Whether organizations can have domains.
        #[doc(alias = "domainsEnabled")]
        domains_enabled: Body<Nullable<bool>>,
        /// Whether organizations do without slugs.
        #[doc(alias = "slugDisabled")]
        slug_disabled: Body<Nullable<bool>>,
        /// How users whose email address is of an organization's domain may get into it:
        /// [`AutomaticInvitation`](EnrollmentMode::AutomaticInvitation) and
        /// [`AutomaticSuggestion`](EnrollmentMode::AutomaticSuggestion) can be given.
        #[doc(alias = "domainsEnrollmentModes")]
        domains_enrollment_modes: Body<Vec<EnrollmentMode>>,
        /// The role of whoever creates an organization.
        #[doc(alias = "creatorRoleId")]
        creator_role_id: Body<Nullable<RoleId>>,
        /// The role of those who get in by a domain.
        #[doc(alias = "domainsDefaultRoleId")]
        domains_default_role_id: Body<Nullable<RoleId>>,
    }
);

/// The instance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Instance {
    /// Always `instance`.
    pub object: ObjectType,
    /// Its id.
    pub id: InstanceId,
    /// What it is for, such as `development`.
    pub environment_type: String,
    /// The origins that requests may come from.
    pub allowed_origins: Option<Vec<String>>,
    /// The workspace to which the application belongs, if it has an owner.
    pub workspace_id: Option<WorkspaceId>,
}

/// Who is kept out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InstanceRestrictions {
    /// Always `instance_restrictions`.
    pub object: ObjectType,
    /// Whether the allowlist is in force.
    pub allowlist: bool,
    /// Whether the blocklist is in force.
    pub blocklist: bool,
    /// Whether neither list matters when somebody signs in.
    pub allowlist_blocklist_disabled_on_sign_in: bool,
    /// Whether email addresses with a subaddress (`ann+news@example.com`) are refused.
    pub block_email_subaddresses: bool,
    /// Whether email addresses at disposable domains are refused.
    pub block_disposable_email_domains: bool,
}

/// The settings of Protect.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InstanceProtect {
    /// Always `instance_protect`.
    pub object: ObjectType,
    /// Whether its rules are in force.
    pub rules_enabled: bool,
    /// Whether Specter is on.
    pub specter_enabled: bool,
    /// Whether the checks that come before Protect are skipped, as the instance says that its setup
    /// is right.
    pub checks_bypassed: bool,
}

/// The settings for text messages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InstanceCommunication {
    /// Always `instance_communication`.
    pub object: ObjectType,
    /// The countries that get no text messages, as ISO 3166-1 codes of two letters.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub blocked_country_codes: Vec<String>,
}

/// The settings for OAuth applications.
#[doc(alias = "OAuthApplicationSettings")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OauthApplicationSettings {
    /// Always `oauth_application_settings`.
    pub object: ObjectType,
    /// Whether clients can register themselves (RFC 7591).
    pub dynamic_oauth_client_registration: bool,
    /// The default scopes, if they are not those that Clerk provides.
    pub default_scopes: Option<Vec<String>>,
    /// Whether access tokens are JWTs; else they are opaque.
    pub oauth_jwt_access_tokens: bool,
    /// Whether the metadata of the authorization server says that clients can come with a Client ID
    /// Metadata Document.
    pub client_id_metadata_documents_advertised: bool,
    /// Whether a client with such a document is refused unless it is known: by registration, or
    /// because it connected before. One that is deleted is not known any more.
    pub client_id_metadata_documents_only_allow_pre_registered_clients: bool,
    /// Whether a client with such a document is refused if it was only allowed implicitly. The
    /// access tokens that it has remain valid.
    pub client_id_metadata_documents_block_implicitly_allowed_clients: bool,
}

/// The settings for organizations.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OrganizationSettings {
    /// Always `organization_settings`.
    pub object: ObjectType,
    /// Whether there are organizations.
    pub enabled: bool,
    /// How many members an organization can have.
    pub max_allowed_memberships: i64,
    /// How many roles there can be.
    pub max_allowed_roles: i64,
    /// How many sets of roles there can be.
    pub max_role_sets_allowed: Option<i64>,
    /// How many domains an organization can have.
    pub max_allowed_domains: i64,
    /// How many permissions there can be.
    #[deprecated(note = "Permissions are unlimited: ignore it.")]
    pub max_allowed_permissions: Option<i64>,
    /// The role that whoever creates an organization gets in it.
    pub creator_role: RoleKey,
    /// Whether administrators can delete their organization from a frontend, by default.
    pub admin_delete_enabled: bool,
    /// Whether organizations can have domains.
    pub domains_enabled: bool,
    /// Whether organizations do without slugs.
    pub slug_disabled: Option<bool>,
    /// How users whose email address is of an organization's domain may get into it.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub domains_enrollment_modes: Vec<EnrollmentMode>,
    /// The role that an invitation or a suggestion gives that comes from a domain.
    pub domains_default_role: RoleKey,
    /// The set of roles that a new organization uses.
    pub initial_role_set_key: Option<RoleSetKey>,
}
