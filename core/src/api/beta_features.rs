//! Beta features: settings of the instance that are in beta.
//!
//! ```
//! # fn example<T: clerk_core::Transport>(clerk: &clerk_core::Client<T>) {
//! let settings = clerk.beta_features().update_instance_settings();
//! settings.restricted_to_allowlist(true).send(); // `.await` it with clerk-hyper
//! # }
//! ```
use serde::{Deserialize, Serialize};

use crate::{
    Nullable,
    model::{InstanceId, ObjectType},
    operation::macros::{group, operation},
};

group! {
    /// Beta features: settings of the instance that are in beta.
    #[doc(alias = "betaFeatures")]
    beta_features => BetaFeatures, tag = "Beta Features"
}

operation!(
    BetaFeatures::update_instance_settings,
    PATCH("/beta_features/instance_settings"),
    returns(InstanceAuthConfig),
    errors(402, 422),
    // The values are given and not computed: giving them twice gives the same ones.
    retry(Safe),
    /// Change settings of the instance that are in beta. What is not set stays as it is.
    #[doc(alias = "betaFeaturesUpdateInstanceSettings")]
    #[doc(alias = "updateInstanceAuthConfig")]
    #[doc(alias = "UpdateInstanceAuthConfigRequestBody")]
    pub struct UpdateInstanceAuthConfig {},
    struct Optional {
        /// Whether only those on the allowlist can sign up. Clerk documents `false` as its default:
        /// if it has to stay on, set it in every call.
        #[doc(alias = "restrictedToAllowlist")]
        restricted_to_allowlist: Body<Nullable<bool>>,
        /// What stands before the `@` in the address that codes and links are mailed from: letters
        /// and digits only.
        #[doc(alias = "fromEmailAddress")]
        from_email_address: Body<Nullable<String>>,
        /// Whether users sign up progressively.
        #[deprecated(note = "Clerk retires it: ask Clerk's support for help.")]
        #[doc(alias = "progressiveSignUp")]
        progressive_sign_up: Body<Nullable<bool>>,
        /// Whether test email addresses and test phone numbers can be used; on for development
        /// instances unless set. Not for production: their code is public, so anybody could sign in
        /// with them.
        #[doc(alias = "testMode")]
        test_mode: Body<Nullable<bool>>,
    }
);

operation!(
    BetaFeatures::update_production_instance_domain,
    PUT("/beta_features/domain"),
    returns(()),
    success(202),
    errors(400, 422),
    // Each one starts work in the background, as for its successor.
    retry(Unsafe),
    deprecated("Use `ChangeProductionInstanceDomain`."),
    /// Move the production instance to another domain.
    ///
    /// This ends all sessions. See [`ChangeProductionInstanceDomain`] for what has to follow. Not
    /// repeated when it may have arrived: look at the domains with
    /// [`ListDomains`](crate::api::domains::ListDomains) before you do.
    #[doc(alias = "betaFeaturesUpdateProductionInstanceDomain")]
    #[doc(alias = "updateProductionInstanceDomain")]
    #[doc(alias = "UpdateProductionInstanceDomainRequestBody")]
    pub struct UpdateProductionInstanceDomain {},
    struct Optional {
        /// The new home URL, such as `https://www.example.com`.
        #[doc(alias = "homeUrl")]
        home_url: Body<String>,
        /// Whether it is for a secondary application.
        #[doc(alias = "isSecondary")]
        is_secondary: Body<bool>,
    }
);

operation!(
    BetaFeatures::change_production_instance_domain,
    POST("/instance/change_domain"),
    returns(()),
    success(202),
    errors(400, 422),
    // Each one starts work in the background.
    /// Move the production instance to another domain.
    ///
    /// This ends all sessions, and there is some downtime. DNS records, certificates, the redirect
    /// URLs at OAuth providers and the keys in your code have to follow. The answer comes before
    /// the work is done. Not repeated when it may have arrived: look at the domains with
    /// [`ListDomains`](crate::api::domains::ListDomains) before you do.
    #[doc(alias = "instanceSettingsChangeDomain")]
    #[doc(alias = "changeProductionInstanceDomain")]
    #[doc(alias = "ChangeProductionInstanceDomainRequestBody")]
    pub struct ChangeProductionInstanceDomain {},
    struct Optional {
        /// The new home URL, such as `https://www.example.com`.
        #[doc(alias = "homeUrl")]
        home_url: Body<String>,
        /// Whether it is for a secondary application: then its subdomain is kept as part of the
        /// domain, so that several applications can share a root domain.
        #[doc(alias = "isSecondary")]
        is_secondary: Body<bool>,
    }
);

/// Settings of the instance that are in beta.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct InstanceAuthConfig {
    /// Always `instance_settings`.
    pub object: Option<ObjectType>,
    /// Its id.
    pub id: Option<InstanceId>,
    /// Whether only those on the allowlist can sign up.
    pub restricted_to_allowlist: Option<bool>,
    /// What stands before the `@` in the address that codes and links are mailed from.
    pub from_email_address: Option<String>,
    /// Whether users sign up progressively.
    pub progressive_sign_up: Option<bool>,
    /// Whether emails for signing in take Clerk's older way of delivery.
    #[deprecated(note = "Set up the instance's own domain for sending emails.")]
    pub enhanced_email_deliverability: Option<bool>,
}
