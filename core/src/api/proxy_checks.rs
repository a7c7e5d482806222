//! Proxy checks: find out whether a proxy of a domain reaches Clerk.
//!
//! ```
//! # fn example<T: clerk_core::Transport>(clerk: &clerk_core::Client<T>) {
//! let check = clerk
//!     .proxy_checks()
//!     .verify()
//!     .domain_id("dmn_1")
//!     .proxy_url("https://example.com/__clerk")
//!     .send(); // `.await` it with clerk-hyper
//! # }
//! ```
use serde::{Deserialize, Serialize};

use crate::{
    Timestamp,
    model::{DomainId, ObjectType, ProxyCheckId},
    operation::macros::{group, operation},
};

group! {
    /// Proxy checks: find out whether a proxy of a domain reaches Clerk.
    #[doc(alias = "proxyChecks")]
    proxy_checks => ProxyChecks, tag = "Proxy Checks"
}

operation!(
    ProxyChecks::verify,
    POST("/proxy_checks"),
    returns(ProxyCheck),
    errors(400, 422),
    // It looks whether the proxy answers: looking twice does no harm.
    retry(Safe),
    /// Check that a proxy reaches Clerk's Frontend API.
    ///
    /// Do so before you set it with [`UpdateDomain`](crate::api::domains::UpdateDomain), so that
    /// nothing breaks; one that is set can be checked again. What was found is in
    /// [`successful`](ProxyCheck::successful).
    #[doc(alias = "proxyChecksVerify")]
    #[doc(alias = "verifyDomainProxy")]
    #[doc(alias = "VerifyDomainProxyRequestBody")]
    pub struct VerifyDomainProxy {},
    struct Optional {
        /// The domain.
        #[doc(alias = "domainId")]
        domain_id: Body<DomainId>,
        /// The proxy, as a whole URL (`https://example.com/__clerk`). It need not be the one that
        /// the domain has.
        #[doc(alias = "proxyUrl")]
        proxy_url: Body<String>,
    }
);

/// What a check of a proxy found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ProxyCheck {
    /// Always `proxy_check`.
    pub object: ObjectType,
    /// Its id.
    pub id: ProxyCheckId,
    /// The domain.
    pub domain_id: DomainId,
    /// When it last ran.
    pub last_run_at: Option<Timestamp>,
    /// The proxy that was checked.
    pub proxy_url: String,
    /// Whether the proxy works.
    pub successful: bool,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}
