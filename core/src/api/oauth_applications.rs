//! OAuth applications: clients whose users sign in with this instance.
//!
//! ```
//! # fn example<T: clerk_core::Transport>(clerk: &clerk_core::Client<T>) {
//! let applications = clerk.oauth_applications();
//! let application = applications
//!     .create("Partner portal")
//!     .redirect_uris(["https://partner.example.com/callback"])
//!     .scopes("profile email")
//!     .send(); // `.await` it with clerk-hyper
//! let same = applications.list().name_query("client_1").send(); // by its client id
//! # }
//! ```
use serde::{Deserialize, Serialize};

use crate::{
    Nullable, Sensitive, Timestamp,
    model::{
        DeletedObject, InstanceId, List, OauthApplicationId, OauthClientId, ObjectType, UserId,
    },
    operation::{
        macros::{group, operation},
        multipart::File,
    },
};

group! {
    /// OAuth applications: clients whose users sign in with this instance.
    #[doc(alias = "oauthApplications")]
    oauth_applications => OauthApplications, tag = "OAuth Applications"
}

operation!(
    OauthApplications::list,
    GET("/oauth_applications"),
    operation_id("ListOAuthApplications"),
    returns(List<OauthApplication>),
    errors(400, 403, 422),
    pages(OauthApplication),
    /// List the OAuth applications.
    #[doc(alias = "oauthApplicationsList")]
    #[doc(alias = "listOAuthApplications")]
    #[doc(alias = "ListOAuthApplications")]
    #[doc(alias = "ListOAuthApplicationsRequest")]
    pub struct ListOauthApplications {},
    struct Optional {
        /// How many, from 1 to 500; 10 unless set.
        limit: Query<u64>,
        /// How many to skip; none unless set.
        offset: Query<u64>,
        /// The order: `created_at` or `name`, with `-` in front for descending. Set it if it
        /// matters: Clerk documents both directions of `created_at` as the default.
        #[doc(alias = "orderBy")]
        order_by: Query<String>,
        /// Only those with this text in the name, in upper or lower case, and the one whose client
        /// id is exactly this text.
        #[doc(alias = "nameQuery")]
        name_query: Query<String>,
    }
);

operation!(
    OauthApplications::create,
    POST("/oauth_applications"),
    operation_id("CreateOAuthApplication"),
    returns(OauthApplicationWithSecret),
    errors(400, 403, 422),
    /// Create an OAuth application.
    ///
    /// The answer has the client secret, which [`GetOauthApplication`] does not give again. Not
    /// repeated when it may have arrived: look for the name with [`ListOauthApplications`] before
    /// you do, and if it is there, get a new secret with [`RotateOauthApplicationSecret`].
    #[doc(alias = "oauthApplicationsCreate")]
    #[doc(alias = "createOAuthApplication")]
    #[doc(alias = "CreateOAuthApplication")]
    #[doc(alias = "CreateOAuthApplicationRequestBody")]
    pub struct CreateOauthApplication {
        /// The name, at most 256 characters.
        name: Body<String>,
    },
    struct Optional {
        /// Where users may be sent back to, with any scheme: `https://…`, `myapp://…`.
        #[doc(alias = "redirectUris")]
        redirect_uris: Body<Nullable<Vec<String>>>,
        /// Where users are sent back to, at most 1024 characters.
        #[deprecated(note = "Use `redirect_uris`.")]
        #[doc(alias = "callbackUrl")]
        callback_url: Body<Nullable<String>>,
        /// What the application may ask for, separated by spaces, at most 1024 characters:
        /// `email`, `profile`, `private_metadata`, `public_metadata`. It says what the user info
        /// endpoint tells of a user; `profile email` unless set. With `private_metadata`, the
        /// application learns what otherwise only your backends see.
        scopes: Body<Nullable<String>>,
        /// Whether users are asked for their consent; they are unless this is `false`.
        #[doc(alias = "consentScreenEnabled")]
        consent_screen_enabled: Body<Nullable<bool>>,
        /// Whether PKCE must be used; it need not unless this is `true`.
        #[doc(alias = "pkceRequired")]
        pkce_required: Body<Nullable<bool>>,
        /// Whether the client is public: it gets no secret, and can use PKCE.
        public: Body<Nullable<bool>>,
    }
);

operation!(
    OauthApplications::get,
    GET("/oauth_applications/{oauth_application_id}"),
    operation_id("GetOAuthApplication"),
    returns(OauthApplication),
    errors(403, 404),
    /// Retrieve an OAuth application by its id.
    ///
    /// To find it by its client id, use [`ListOauthApplications`] with a `name_query`.
    #[doc(alias = "oauthApplicationsGet")]
    #[doc(alias = "getOAuthApplication")]
    #[doc(alias = "GetOAuthApplication")]
    #[doc(alias = "GetOAuthApplicationRequest")]
    pub struct GetOauthApplication {
        /// The application.
        #[doc(alias = "oauthApplicationId")]
        oauth_application_id: Path<OauthApplicationId>,
    }
);

operation!(
    OauthApplications::update,
    PATCH("/oauth_applications/{oauth_application_id}"),
    operation_id("UpdateOAuthApplication"),
    returns(OauthApplication),
    errors(400, 403, 404, 422),
    // The values are given and not computed: giving them twice gives the same ones.
    retry(Safe),
    /// Change an OAuth application. What is not set stays as it is.
    #[doc(alias = "oauthApplicationsUpdate")]
    #[doc(alias = "updateOAuthApplication")]
    #[doc(alias = "UpdateOAuthApplication")]
    #[doc(alias = "UpdateOAuthApplicationRequestBody")]
    pub struct UpdateOauthApplication {
        /// The application.
        #[doc(alias = "oauthApplicationId")]
        oauth_application_id: Path<OauthApplicationId>,
    },
    struct Optional {
        /// The name, at most 256 characters.
        name: Body<Nullable<String>>,
        /// Where users may be sent back to: the whole list.
        #[doc(alias = "redirectUris")]
        redirect_uris: Body<Nullable<Vec<String>>>,
        /// Where users are sent back to, at most 1024 characters.
        #[deprecated(note = "Use `redirect_uris`.")]
        #[doc(alias = "callbackUrl")]
        callback_url: Body<Nullable<String>>,
        /// What the application may ask for, separated by spaces, at most 1024 characters:
        /// `email`, `profile`, `private_metadata`, `public_metadata`. With `private_metadata`, the
        /// application learns what otherwise only your backends see.
        scopes: Body<Nullable<String>>,
        /// Whether users are asked for their consent. Where the application registered itself, they
        /// always are.
        #[doc(alias = "consentScreenEnabled")]
        consent_screen_enabled: Body<Nullable<bool>>,
        /// Whether PKCE must be used.
        #[doc(alias = "pkceRequired")]
        pkce_required: Body<Nullable<bool>>,
        /// Whether the client is public, and can use PKCE.
        public: Body<Nullable<bool>>,
    }
);

operation!(
    OauthApplications::delete,
    DELETE("/oauth_applications/{oauth_application_id}"),
    operation_id("DeleteOAuthApplication"),
    returns(DeletedObject),
    errors(403, 404),
    /// Delete an OAuth application, for good.
    ///
    /// Where an earlier attempt got no answer, a 404 may mean that it worked: see
    /// [`Error::is_after_retry`](crate::Error::is_after_retry).
    #[doc(alias = "oauthApplicationsDelete")]
    #[doc(alias = "deleteOAuthApplication")]
    #[doc(alias = "DeleteOAuthApplication")]
    #[doc(alias = "DeleteOAuthApplicationRequest")]
    pub struct DeleteOauthApplication {
        /// The application.
        #[doc(alias = "oauthApplicationId")]
        oauth_application_id: Path<OauthApplicationId>,
    }
);

operation!(
    OauthApplications::upload_logo,
    PUT("/oauth_applications/{oauth_application_id}/logo"),
    operation_id("UploadOAuthApplicationLogo"),
    returns(OauthApplication),
    errors(400, 403, 404, 413),
    /// Upload the logo of an OAuth application, in place of the one that it has.
    ///
    /// ```
    /// use clerk_core::{File, api::oauth_applications::UploadOauthApplicationLogo};
    ///
    /// # let png: &[u8] = b"";
    /// let logo = File::new("logo.png", png.to_vec()).content_type("image/png");
    /// let upload = UploadOauthApplicationLogo::new("oa_1", logo);
    /// ```
    #[doc(alias = "oauthApplicationsUploadLogo")]
    #[doc(alias = "uploadOAuthApplicationLogo")]
    #[doc(alias = "UploadOAuthApplicationLogo")]
    #[doc(alias = "UploadOAuthApplicationLogoRequestBody")]
    pub struct UploadOauthApplicationLogo {
        /// The application.
        #[doc(alias = "oauthApplicationId")]
        oauth_application_id: Path<OauthApplicationId>,
        /// The logo: JPEG, PNG, GIF or WebP, at most 10 MB.
        file: Form<File>,
    },
    struct Optional {
        /// The user who counts as the uploader.
        #[doc(alias = "uploaderUserId")]
        uploader_user_id: Form<UserId>,
    }
);

operation!(
    OauthApplications::rotate_secret,
    POST("/oauth_applications/{oauth_application_id}/rotate_secret"),
    operation_id("RotateOAuthApplicationSecret"),
    returns(OauthApplicationWithSecret),
    errors(403, 404),
    // The first new secret would be lost, and the second call would end it.
    /// Replace the client secret of an OAuth application.
    ///
    /// The answer has the new secret, which clients must use from then on. Not repeated when it may
    /// have arrived: the secret that clients know may be replaced, and the new one lost.
    #[doc(alias = "oauthApplicationsRotateSecret")]
    #[doc(alias = "rotateOAuthApplicationSecret")]
    #[doc(alias = "RotateOAuthApplicationSecret")]
    #[doc(alias = "RotateOAuthApplicationSecretRequest")]
    pub struct RotateOauthApplicationSecret {
        /// The application.
        #[doc(alias = "oauthApplicationId")]
        oauth_application_id: Path<OauthApplicationId>,
    }
);

operation!(
    OauthApplications::revoke_token,
    POST("/oauth_applications/{oauth_application_id}/revoke_token"),
    operation_id("RevokeOAuthApplicationToken"),
    returns(()),
    success(204),
    errors(400, 403, 404, 422),
    // Revoking twice does no harm; not revoking may.
    retry(Safe),
    /// Revoke a token that an OAuth application got, together with all others of the same grant.
    ///
    /// An access token that is a JWT cannot be revoked: it stays valid until it expires. Where an
    /// earlier attempt got no answer, an error may mean that it worked: see
    /// [`Error::is_after_retry`](crate::Error::is_after_retry).
    #[doc(alias = "oauthApplicationsRevokeToken")]
    #[doc(alias = "revokeOAuthApplicationToken")]
    #[doc(alias = "RevokeOAuthApplicationToken")]
    #[doc(alias = "RevokeOAuthApplicationTokenRequestBody")]
    pub struct RevokeOauthApplicationToken {
        /// The application.
        #[doc(alias = "oauthApplicationId")]
        oauth_application_id: Path<OauthApplicationId>,
        /// The access token or the refresh token. It must be opaque.
        token: Body<Sensitive<String>>,
    }
);

/// An OAuth application.
#[doc(alias = "OAuthApplication")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OauthApplication {
    /// Always `oauth_application`.
    pub object: ObjectType,
    /// Its id.
    pub id: OauthApplicationId,
    /// The instance.
    pub instance_id: InstanceId,
    /// The name.
    pub name: String,
    /// Its id in OAuth.
    pub client_id: OauthClientId,
    /// A page about it.
    pub client_uri: Option<String>,
    /// Its logo.
    pub client_image_url: Option<String>,
    /// Whether it registered itself (RFC 7591).
    pub dynamically_registered: bool,
    /// Whether users are asked for their consent.
    pub consent_screen_enabled: bool,
    /// Whether PKCE must be used.
    pub pkce_required: bool,
    /// Whether the client is public: it has no secret.
    pub public: bool,
    /// What it may ask for, separated by spaces: see [`CreateOauthApplication::scopes`].
    pub scopes: String,
    /// Where users may be sent back to.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub redirect_uris: Vec<String>,
    /// Where users are sent back to.
    #[deprecated(note = "Use `redirect_uris`.")]
    pub callback_url: String,
    /// The endpoint where users sign in and consent.
    pub authorize_url: String,
    /// The endpoint that gives tokens.
    pub token_fetch_url: String,
    /// The endpoint that tells who the user is.
    pub user_info_url: String,
    /// Where clients discover these endpoints.
    pub discovery_url: String,
    /// The endpoint that tells what a token is worth.
    pub token_introspection_url: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// An OAuth application, with its secret: only creating it and rotating the secret answer with it.
#[doc(alias = "OAuthApplicationWithSecret")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OauthApplicationWithSecret {
    /// Always `oauth_application`.
    pub object: ObjectType,
    /// Its id.
    pub id: OauthApplicationId,
    /// The instance.
    pub instance_id: InstanceId,
    /// The name.
    pub name: String,
    /// Its id in OAuth.
    pub client_id: OauthClientId,
    /// A page about it.
    pub client_uri: Option<String>,
    /// Its logo.
    pub client_image_url: Option<String>,
    /// Whether it registered itself (RFC 7591).
    pub dynamically_registered: bool,
    /// Whether users are asked for their consent.
    pub consent_screen_enabled: bool,
    /// Whether PKCE must be used.
    pub pkce_required: bool,
    /// Whether the client is public: it has no secret.
    pub public: bool,
    /// What it may ask for, separated by spaces: see [`CreateOauthApplication::scopes`].
    pub scopes: String,
    /// Where users may be sent back to.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub redirect_uris: Vec<String>,
    /// Where users are sent back to.
    #[deprecated(note = "Use `redirect_uris`.")]
    pub callback_url: String,
    /// The endpoint where users sign in and consent.
    pub authorize_url: String,
    /// The endpoint that gives tokens.
    pub token_fetch_url: String,
    /// The endpoint that tells who the user is.
    pub user_info_url: String,
    /// Where clients discover these endpoints.
    pub discovery_url: String,
    /// The endpoint that tells what a token is worth.
    pub token_introspection_url: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// The client secret; empty or absent if the client is public.
    pub client_secret: Option<Sensitive<String>>,
}
