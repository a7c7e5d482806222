//! Domains: where an instance is reached, and what its DNS must say.
//!
//! ```
//! # fn example<T: clerk_core::Transport>(clerk: &clerk_core::Client<T>) {
//! let domains = clerk.domains();
//! let domain = domains.add("shop.example.com", true).send(); // `.await` it with clerk-hyper
//! let proxied = domains.update("dmn_1").proxy_url("https://shop.example.com/__clerk").send();
//! # }
//! ```
use serde::{Deserialize, Serialize};

use crate::{
    Nullable,
    model::{DeletedObject, DomainId, List, ObjectType},
    operation::macros::{group, operation},
};

group! {
    /// Domains: where an instance is reached, and what its DNS must say.
    domains => Domains, tag = "Domains"
}

operation!(
    Domains::list,
    GET("/domains"),
    returns(List<Domain>),
    errors(),
    /// List the domains of the instance: the primary one and its satellites.
    #[doc(alias = "domainsList")]
    #[doc(alias = "listDomains")]
    pub struct ListDomains {}
);

operation!(
    Domains::add,
    POST("/domains"),
    returns(Domain),
    errors(400, 402, 422),
    /// Add a satellite domain.
    ///
    /// An instance has one primary domain, so [`is_satellite`](AddDomain::is_satellite) must be
    /// `true`. Not repeated when it may have arrived: look for the name with [`ListDomains`] before
    /// you do.
    #[doc(alias = "domainsAdd")]
    #[doc(alias = "addDomain")]
    #[doc(alias = "AddDomainRequestBody")]
    pub struct AddDomain {
        /// The domain, such as `example.com`; in development it can have a port (`localhost:3000`).
        name: Body<String>,
        /// Whether it is a satellite. Must be `true`: the server takes nothing else.
        #[doc(alias = "isSatellite")]
        is_satellite: Body<bool>,
    },
    struct Optional {
        /// The proxy between the domain and Clerk's Frontend API, as a whole URL. In production
        /// only.
        #[doc(alias = "proxyUrl")]
        proxy_url: Body<Nullable<String>>,
    }
);

operation!(
    Domains::delete,
    DELETE("/domains/{domain_id}"),
    returns(DeletedObject),
    errors(403, 404),
    /// Delete a satellite domain. The primary domain cannot be deleted.
    ///
    /// Where an earlier attempt got no answer, a 404 may mean that it worked: see
    /// [`Error::is_after_retry`](crate::Error::is_after_retry).
    #[doc(alias = "domainsDelete")]
    #[doc(alias = "deleteDomain")]
    #[doc(alias = "DeleteDomainRequest")]
    pub struct DeleteDomain {
        /// The domain: a satellite.
        #[doc(alias = "domainId")]
        domain_id: Path<DomainId>,
    }
);

operation!(
    Domains::update,
    PATCH("/domains/{domain_id}"),
    returns(Domain),
    errors(400, 404, 422),
    // Not safe: another name of the primary domain starts work in the background.
    /// Change a domain, primary or satellite. What is not set stays as it is.
    ///
    /// Before the primary domain of a production instance gets another name, its DNS and its emails
    /// must be ready, or there is downtime; the home origin of the instance changes with it, and so
    /// do default paths. Not repeated when it may have arrived.
    ///
    /// ```
    /// use clerk_core::{Config, Nullable, Operation, api::domains::UpdateDomain};
    ///
    /// // Without a proxy: Clerk is reached by DNS again.
    /// let update = UpdateDomain::new("dmn_1").proxy_url(Nullable::Null);
    /// let request = update.to_request(&Config::new("sk_test_abc")?)?;
    /// assert_eq!(request.body(), r#"{"proxy_url":null}"#);
    /// # Ok::<(), clerk_core::Error>(())
    /// ```
    #[doc(alias = "domainsUpdate")]
    #[doc(alias = "updateDomain")]
    #[doc(alias = "UpdateDomainRequestBody")]
    pub struct UpdateDomain {
        /// The domain.
        #[doc(alias = "domainId")]
        domain_id: Path<DomainId>,
    },
    struct Optional {
        /// The domain, without a scheme: a full name in production (`example.com`); in development
        /// it can have a port (`localhost:3000`).
        name: Body<Nullable<String>>,
        /// The proxy between the domain and Clerk's Frontend API, as a whole URL; `null` for DNS
        /// instead. In production only: see
        /// [`VerifyDomainProxy`](crate::api::proxy_checks::VerifyDomainProxy).
        #[doc(alias = "proxyUrl")]
        proxy_url: Body<Nullable<String>>,
        /// Whether it is for a secondary application: then its subdomain is kept as part of the
        /// domain, so that several applications can share a root domain.
        #[doc(alias = "isSecondary")]
        is_secondary: Body<Nullable<bool>>,
    }
);

/// A domain of the instance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Domain {
    /// Always `domain`.
    pub object: ObjectType,
    /// Its id.
    pub id: DomainId,
    /// The domain.
    pub name: String,
    /// Whether it is a satellite, and not the primary domain.
    pub is_satellite: bool,
    /// Where Clerk's Frontend API is for this domain.
    pub frontend_api_url: String,
    /// Where the accounts portal is; satellites have none.
    pub accounts_portal_url: Option<String>,
    /// The proxy between the domain and Clerk's Frontend API.
    pub proxy_url: Option<String>,
    /// The origin of the application in development.
    pub development_origin: String,
    /// The CNAME records for its DNS.
    pub cname_targets: Option<Vec<CnameTarget>>,
}

/// A CNAME record for the DNS of a domain.
#[doc(alias = "CNameTarget")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CnameTarget {
    /// The name of the record.
    pub host: String,
    /// What it points to.
    pub value: String,
    /// Whether the domain counts as deployed only once it is there.
    pub required: bool,
}
