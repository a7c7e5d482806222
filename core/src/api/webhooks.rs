//! Webhooks: manage the Svix app of the instance. They are not verified here.
//!
//! What is here creates the app, deletes it, and gives access to its dashboard. Whether a webhook
//! that reaches you is genuine must be checked by other means.
//!
//! ```
//! # fn example<T: clerk_core::Transport>(clerk: &clerk_core::Client<T>) {
//! clerk.webhooks().create_svix_app().send(); // `.await` it with clerk-hyper
//! let dashboard = clerk.webhooks().generate_svix_auth_url().send();
//! # }
//! ```
use serde::{Deserialize, Serialize};

use crate::{
    Sensitive,
    operation::macros::{group, operation},
};

group! {
    /// Webhooks: manage the Svix app of the instance. They are not verified here.
    webhooks => Webhooks, tag = "Webhooks"
}

operation!(
    Webhooks::create_svix_app,
    POST("/webhooks/svix"),
    returns(SvixUrl),
    errors(400),
    /// Create the Svix app of the instance.
    ///
    /// Not repeated when it may have arrived: if it is there, [`GenerateSvixAuthUrl`] opens it.
    #[doc(alias = "webhooksCreateSvixApp")]
    #[doc(alias = "createSvixApp")]
    pub struct CreateSvixApp {}
);

operation!(
    Webhooks::delete_svix_app,
    DELETE("/webhooks/svix"),
    returns(()),
    success(204),
    errors(400),
    /// Delete the Svix app of the instance, through which its webhooks are sent.
    ///
    /// No operation brings it back: [`CreateSvixApp`] creates another one. Where an earlier attempt
    /// got no answer, an error may mean that it worked: see
    /// [`Error::is_after_retry`](crate::Error::is_after_retry).
    #[doc(alias = "webhooksDeleteSvixApp")]
    #[doc(alias = "deleteSvixApp")]
    pub struct DeleteSvixApp {}
);

operation!(
    Webhooks::generate_svix_auth_url,
    POST("/webhooks/svix_url"),
    operation_id("GenerateSvixAuthURL"),
    returns(SvixUrl),
    errors(400),
    // The first URL would stay valid without anybody who has it.
    /// Create a URL that opens the dashboard of the Svix app.
    ///
    /// Not repeated when it may have arrived: a URL that nobody has would remain.
    #[doc(alias = "webhooksGenerateSvixAuthURL")]
    #[doc(alias = "generateSvixAuthURL")]
    #[doc(alias = "GenerateSvixAuthURL")]
    pub struct GenerateSvixAuthUrl {}
);

/// A way into the dashboard of the Svix app.
#[doc(alias = "SvixURL")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SvixUrl {
    /// The URL of the dashboard. It lets in whoever has it.
    pub svix_url: Sensitive<String>,
}
