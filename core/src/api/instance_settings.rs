//! The settings of the instance.
use crate::{
    Nullable,
    model::macros::open_enum,
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
        /// instances unless set.
        #[doc(alias = "testMode")]
        test_mode: Body<Nullable<bool>>,
        /// Whether new passwords are looked up in HIBP, the list of breached passwords.
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
        /// (`chrome-extension://…`), Electron, Capacitor (`capacitor://localhost`).
        #[doc(alias = "allowedOrigins")]
        allowed_origins: Body<Vec<String>>,
        /// Whether development works without third-party cookies. Deprecated: use
        /// [`url_based_session_syncing`](Self::url_based_session_syncing).
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
