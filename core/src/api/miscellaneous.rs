//! What fits nowhere else.
//!
//! ```
//! # fn example<T: clerk_core::Transport>(clerk: &clerk_core::Client<T>) {
//! let interstitial = clerk.miscellaneous().get_public_interstitial();
//! let page = interstitial.publishable_key("pk_test_abc").send(); // `.await` it with clerk-hyper
//! # }
//! ```
use crate::operation::macros::{group, operation};

group! {
    /// What fits nowhere else.
    miscellaneous => Miscellaneous, tag = "Miscellaneous"
}

operation!(
    Miscellaneous::get_public_interstitial,
    GET("/public/interstitial"),
    returns(Text),
    errors(400, 500),
    auth(None),
    /// Retrieve the page of HTML that finds out in the browser whether a user is signed in.
    ///
    /// Sent without a key. Name the instance by its publishable key or its Frontend API.
    #[doc(alias = "getPublicInterstitial")]
    pub struct GetPublicInterstitial {},
    struct Optional {
        /// The host of the instance's Frontend API. Deprecated: use
        /// [`frontend_api`](Self::frontend_api).
        #[deprecated(note = "Use `frontend_api`.")]
        #[doc(alias = "frontendApi")]
        legacy_frontend_api: Query<"frontendApi", String>,
        /// The host of the instance's Frontend API.
        frontend_api: Query<String>,
        /// The publishable key of the instance (`pk_…`).
        #[doc(alias = "publishableKey")]
        publishable_key: Query<String>,
        /// The URL of your proxy in front of the Frontend API.
        #[doc(alias = "proxyUrl")]
        proxy_url: Query<String>,
        /// The domain of the instance, such as that of a satellite.
        domain: Query<String>,
        /// The URL of your sign-in page.
        #[doc(alias = "signInUrl")]
        sign_in_url: Query<String>,
        /// Whether the page loads its script from `domain`.
        #[doc(alias = "useDomainForScript")]
        use_domain_for_script: Query<bool>,
    }
);
