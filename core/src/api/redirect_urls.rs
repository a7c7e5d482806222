//! Redirect URLs: where native applications may have users sent back to.
//!
//! ```
//! # fn example<T: clerk_core::Transport>(clerk: &clerk_core::Client<T>) {
//! let urls = clerk.redirect_urls();
//! let url = urls.create("my-app://oauth-callback").send(); // `.await` it with clerk-hyper
//! let first = urls.list().limit(100).paginated(true).send();
//! # }
//! ```
use serde::{Deserialize, Serialize};

use crate::{
    Timestamp,
    model::{DeletedObject, ObjectType, PlainList, RedirectUrlId},
    operation::macros::{group, operation},
};

group! {
    /// Redirect URLs: where native applications may have users sent back to.
    #[doc(alias = "redirectUrls")]
    redirect_urls => RedirectUrls, tag = "Redirect URLs"
}

operation!(
    RedirectUrls::list,
    GET("/redirect_urls"),
    operation_id("ListRedirectURLs"),
    returns(PlainList<RedirectUrl>),
    errors(),
    pages(RedirectUrl, total_if(paginated)),
    /// List the redirect URLs that the instance allows.
    #[doc(alias = "redirectUrlsList")]
    #[doc(alias = "listRedirectURLs")]
    #[doc(alias = "ListRedirectURLs")]
    #[doc(alias = "ListRedirectURLsRequest")]
    pub struct ListRedirectUrls {},
    struct Optional {
        /// Whether to tell how many there are in all.
        paginated: Query<bool>,
        /// How many, from 1 to 500; 10 unless set.
        limit: Query<u64>,
        /// How many to skip; none unless set.
        offset: Query<u64>,
    }
);

operation!(
    RedirectUrls::create,
    POST("/redirect_urls"),
    operation_id("CreateRedirectURL"),
    returns(RedirectUrl),
    errors(400, 422),
    /// Allow a redirect URL.
    ///
    /// Not repeated when it may have arrived: look for it with [`ListRedirectUrls`] before you do.
    #[doc(alias = "redirectUrlsCreate")]
    #[doc(alias = "createRedirectURL")]
    #[doc(alias = "CreateRedirectURL")]
    #[doc(alias = "CreateRedirectURLRequestBody")]
    pub struct CreateRedirectUrl {
        /// The whole URL, with `https://` or a scheme of your own (`my-app://oauth-callback`).
        url: Body<String>,
    }
);

operation!(
    RedirectUrls::get,
    GET("/redirect_urls/{id}"),
    operation_id("GetRedirectURL"),
    returns(RedirectUrl),
    errors(404),
    /// Retrieve a redirect URL by its id.
    #[doc(alias = "redirectUrlsGet")]
    #[doc(alias = "getRedirectURL")]
    #[doc(alias = "GetRedirectURL")]
    #[doc(alias = "GetRedirectURLRequest")]
    pub struct GetRedirectUrl {
        /// Its id.
        #[doc(alias = "redirectUrlId")]
        redirect_url_id: Path<"id", RedirectUrlId>,
    }
);

operation!(
    RedirectUrls::delete,
    DELETE("/redirect_urls/{id}"),
    operation_id("DeleteRedirectURL"),
    returns(DeletedObject),
    errors(404),
    /// Delete a redirect URL: it is no longer allowed.
    ///
    /// Where an earlier attempt got no answer, a 404 may mean that it worked: see
    /// [`Error::is_after_retry`](crate::Error::is_after_retry).
    #[doc(alias = "redirectUrlsDelete")]
    #[doc(alias = "deleteRedirectURL")]
    #[doc(alias = "DeleteRedirectURL")]
    #[doc(alias = "DeleteRedirectURLRequest")]
    pub struct DeleteRedirectUrl {
        /// Its id.
        #[doc(alias = "redirectUrlId")]
        redirect_url_id: Path<"id", RedirectUrlId>,
    }
);

/// A URL that users may be sent back to.
#[doc(alias = "RedirectURL")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RedirectUrl {
    /// Always `redirect_url`.
    pub object: ObjectType,
    /// Its id.
    pub id: RedirectUrlId,
    /// The URL.
    pub url: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}
