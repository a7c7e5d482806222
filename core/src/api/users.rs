//! Users of the application.
//!
//! ```
//! # fn example<T: clerk_core::Transport>(clerk: &clerk_core::Client<T>) {
//! let ann = clerk.users().get("user_1").send(); // `.await` it with clerk-hyper
//! let rename = clerk.users().update("user_1").first_name("Ann").last_name(None).send();
//! let plan = clerk.users().merge_metadata("user_1").public_metadata([("plan", "pro")]).send();
//! let banned = clerk.users().list().banned(true).items(); // page after page
//! # }
//! ```
mod access;
mod billing;
mod credentials;
mod devices;
mod list;
mod organizations;
mod write;

pub use self::{
    access::{BanUser, LockUser, UnbanUser, UnlockUser, UsersBan, UsersUnban},
    billing::{
        AdjustUserBillingCreditBalance, GetUserBillingCreditBalance, GetUserBillingSubscription,
    },
    credentials::{
        AffectedUser, DeleteBackupCode, DeleteExternalAccount, DeleteTotp, DisableMfa,
        GetOauthAccessToken, OauthAccessToken, PasswordVerification, RemoveUserPassword,
        SetUserPasswordCompromised, TotpCodeType, TotpVerification, UnsetUserPasswordCompromised,
        UserPasskeyDelete, UserWeb3WalletDelete, VerifyPassword, VerifyTotp,
    },
    devices::{
        ListUserTrustedDevices, RevokeUserTrustedDevice, TrustedDevice, TrustedDeviceAlgorithm,
        TrustedDevicePlatform, TrustedDeviceStatus,
    },
    list::{GetUserList, GetUsersCount},
    organizations::{UsersGetOrganizationInvitations, UsersGetOrganizationMemberships},
    write::{CreateUser, UpdateUser},
};
use crate::{
    JsonObject,
    model::{DeletedObject, User, UserId},
    operation::{
        macros::{group, operation},
        multipart::File,
    },
};

group! {
    /// Users of the application.
    users => Users, tag = "Users"
}

operation!(
    Users::get,
    GET("/users/{user_id}"),
    returns(User),
    errors(400, 401, 404),
    /// Retrieve a user.
    #[doc(alias = "usersGet")]
    #[doc(alias = "getUser")]
    pub struct GetUser {
        /// The user.
        #[doc(alias = "userId")]
        user_id: Path<UserId>,
    }
);

operation!(
    Users::delete,
    DELETE("/users/{user_id}"),
    returns(DeletedObject),
    errors(400, 401, 404),
    /// Delete a user. No operation brings one back.
    ///
    /// To keep somebody out without deleting them, use [`BanUser`]. Where an earlier attempt got no
    /// answer, a 404 may mean that it worked: see
    /// [`Error::is_after_retry`](crate::Error::is_after_retry).
    #[doc(alias = "usersDelete")]
    #[doc(alias = "deleteUser")]
    pub struct DeleteUser {
        /// The user.
        #[doc(alias = "userId")]
        user_id: Path<UserId>,
    }
);

operation!(
    Users::merge_metadata,
    PATCH("/users/{user_id}/metadata"),
    returns(User),
    errors(400, 401, 404, 422),
    // Merging the same values into the result of merging them changes nothing.
    retry(Safe),
    /// Change a user's metadata, member by member and on every level.
    ///
    /// A member that is `null` is removed, one that is not given stays. To replace everything, use
    /// [`ReplaceUserMetadata`].
    ///
    /// ```
    /// use clerk_core::{Config, Operation, api::users::UpdateUserMetadata};
    /// use serde_json::{Value, json};
    ///
    /// let update = UpdateUserMetadata::new("user_1")
    ///     .public_metadata([("plan", json!("pro")), ("trial_ends", Value::Null)]);
    /// let request = update.to_request(&Config::new("sk_test_abc")?)?;
    /// assert_eq!(request.body(), r#"{"public_metadata":{"plan":"pro","trial_ends":null}}"#);
    /// # Ok::<(), clerk_core::Error>(())
    /// ```
    #[doc(alias = "usersMergeMetadata")]
    #[doc(alias = "updateUserMetadata")]
    #[doc(alias = "UpdateUserMetadataRequestBody")]
    pub struct UpdateUserMetadata {
        /// The user.
        #[doc(alias = "userId")]
        user_id: Path<UserId>,
    },
    struct Optional {
        /// Changes of the data that frontends can read.
        #[doc(alias = "publicMetadata")]
        public_metadata: Body<JsonObject>,
        /// Changes of the data that only backends see.
        #[doc(alias = "privateMetadata")]
        private_metadata: Body<JsonObject>,
        /// Changes of the data that frontends can change.
        #[doc(alias = "unsafeMetadata")]
        unsafe_metadata: Body<JsonObject>,
    }
);

operation!(
    Users::replace_metadata,
    PUT("/users/{user_id}/metadata"),
    returns(User),
    errors(400, 401, 404, 422),
    /// Replace a user's metadata.
    ///
    /// What is given takes the place of everything that was there; kinds of metadata that are not
    /// given stay. To change single members, use [`UpdateUserMetadata`].
    #[doc(alias = "usersReplaceMetadata")]
    #[doc(alias = "replaceUserMetadata")]
    #[doc(alias = "ReplaceUserMetadataRequestBody")]
    pub struct ReplaceUserMetadata {
        /// The user.
        #[doc(alias = "userId")]
        user_id: Path<UserId>,
    },
    struct Optional {
        /// The data that frontends can read.
        #[doc(alias = "publicMetadata")]
        public_metadata: Body<JsonObject>,
        /// The data that only backends see.
        #[doc(alias = "privateMetadata")]
        private_metadata: Body<JsonObject>,
        /// The data that frontends can change.
        #[doc(alias = "unsafeMetadata")]
        unsafe_metadata: Body<JsonObject>,
    }
);

operation!(
    Users::set_profile_image,
    POST("/users/{user_id}/profile_image"),
    returns(User),
    errors(400, 401, 404),
    // The second upload replaces the first one with the same picture.
    retry(Safe),
    /// Upload a picture of a user.
    ///
    /// ```
    /// use clerk_core::{File, api::users::SetUserProfileImage};
    ///
    /// # let png: &[u8] = b"";
    /// let image = File::new("ann.png", png.to_vec()).content_type("image/png");
    /// let upload = SetUserProfileImage::new("user_1", image);
    /// ```
    #[doc(alias = "usersSetProfileImage")]
    #[doc(alias = "setUserProfileImage")]
    #[doc(alias = "SetUserProfileImageRequestBody")]
    pub struct SetUserProfileImage {
        /// The user.
        #[doc(alias = "userId")]
        user_id: Path<UserId>,
        /// The picture.
        file: Form<File>,
    }
);

operation!(
    Users::delete_profile_image,
    DELETE("/users/{user_id}/profile_image"),
    returns(User),
    errors(404),
    /// Delete the uploaded picture of a user.
    ///
    /// Where an earlier attempt got no answer, a 404 may mean that it worked: see
    /// [`Error::is_after_retry`](crate::Error::is_after_retry).
    #[doc(alias = "usersDeleteProfileImage")]
    #[doc(alias = "deleteUserProfileImage")]
    #[doc(alias = "DeleteUserProfileImageRequest")]
    pub struct DeleteUserProfileImage {
        /// The user.
        #[doc(alias = "userId")]
        user_id: Path<UserId>,
    }
);
