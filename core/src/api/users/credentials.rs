use serde::{Deserialize, Serialize};

use super::Users;
use crate::{
    JsonObject, Nullable, Sensitive, Timestamp,
    model::{
        DeletedObject, ExternalAccountId, ObjectType, PasskeyId, PlainList, User, UserId,
        Web3WalletId, macros::open_enum,
    },
    operation::macros::operation,
};

operation!(
    Users::get_oauth_access_tokens,
    GET("/users/{user_id}/oauth_access_tokens/{provider}"),
    operation_id("GetOAuthAccessToken"),
    returns(PlainList<OauthAccessToken>),
    errors(400, 404, 422),
    pages(OauthAccessToken, total_if(paginated)),
    /// List a user's access tokens at an OAuth provider.
    ///
    /// The user must have signed in with the provider before. An OAuth 2.0 token that has expired
    /// is refreshed on the way, if there is a refresh token for it.
    #[doc(alias = "usersGetOAuthAccessToken")]
    #[doc(alias = "getOAuthAccessToken")]
    #[doc(alias = "GetOAuthAccessToken")]
    #[doc(alias = "GetOAuthAccessTokenRequest")]
    pub struct GetOauthAccessToken {
        /// The user.
        #[doc(alias = "userId")]
        user_id: Path<UserId>,
        /// The provider, such as `oauth_google`.
        provider: Path<String>,
    },
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
    Users::remove_password,
    POST("/users/{user_id}/remove_password"),
    returns(User),
    errors(400, 401, 403, 404, 500),
    // A password that the user sets in between would be removed too.
    /// Remove the password of a user, without asking for it.
    ///
    /// This works even where the user has no other way to sign in. A user without a password is
    /// answered as before. Not repeated when it may have arrived: a password that the user sets in
    /// between would be removed too.
    #[doc(alias = "usersRemovePassword")]
    #[doc(alias = "removeUserPassword")]
    #[doc(alias = "RemoveUserPasswordRequestBody")]
    pub struct RemoveUserPassword {
        /// The user.
        #[doc(alias = "userId")]
        user_id: Path<UserId>,
    },
    struct Optional {
        /// Whether to end all of the user's sessions; not unless set.
        #[doc(alias = "signOutOfOtherSessions")]
        sign_out_of_other_sessions: Body<bool>,
    }
);

operation!(
    Users::verify_password,
    POST("/users/{user_id}/verify_password"),
    returns(PasswordVerification),
    errors(400, 404, 422, 500),
    // A wrong password may count towards locking the user.
    /// Check a password of a user.
    ///
    /// A 422 says that it is wrong, a 400 that the user has none. Not repeated when it may have
    /// arrived: a wrong password may count towards locking the user.
    #[doc(alias = "usersVerifyPassword")]
    #[doc(alias = "verifyPassword")]
    #[doc(alias = "VerifyPasswordRequestBody")]
    pub struct VerifyPassword {
        /// The user.
        #[doc(alias = "userId")]
        user_id: Path<UserId>,
        /// The password to check.
        password: Body<Sensitive<String>>,
    }
);

operation!(
    Users::verify_totp,
    POST("/users/{user_id}/verify_totp"),
    operation_id("VerifyTOTP"),
    returns(TotpVerification),
    errors(400, 404, 422, 500),
    // A backup code works once, and a wrong code may count towards locking the user.
    /// Check a code of a user's authenticator app (TOTP), or a backup code, which is used up by
    /// that.
    ///
    /// A 422 says that it is wrong, a 400 that the user has no authenticator app. Not repeated when
    /// it may have arrived: a backup code works once.
    #[doc(alias = "usersVerifyTotp")]
    #[doc(alias = "verifyTOTP")]
    #[doc(alias = "VerifyTOTP")]
    #[doc(alias = "VerifyTOTPRequestBody")]
    pub struct VerifyTotp {
        /// The user.
        #[doc(alias = "userId")]
        user_id: Path<UserId>,
        /// The code to check.
        code: Body<Sensitive<String>>,
    }
);

operation!(
    Users::disable_mfa,
    DELETE("/users/{user_id}/mfa"),
    operation_id("DisableMFA"),
    returns(AffectedUser),
    errors(404, 500),
    /// Remove all of a user's second factors at once, such as codes by SMS and the authenticator
    /// app.
    ///
    /// Where an earlier attempt got no answer, a 404 may mean that it worked: see
    /// [`Error::is_after_retry`](crate::Error::is_after_retry).
    #[doc(alias = "usersDisableMfa")]
    #[doc(alias = "disableMFA")]
    #[doc(alias = "DisableMFA")]
    #[doc(alias = "DisableMFARequest")]
    pub struct DisableMfa {
        /// The user.
        #[doc(alias = "userId")]
        user_id: Path<UserId>,
    }
);

operation!(
    Users::delete_backup_codes,
    DELETE("/users/{user_id}/backup_code"),
    returns(AffectedUser),
    errors(404, 500),
    /// Delete all backup codes of a user.
    ///
    /// Where an earlier attempt got no answer, a 404 may mean that it worked: see
    /// [`Error::is_after_retry`](crate::Error::is_after_retry).
    #[doc(alias = "usersDeleteBackupCodes")]
    #[doc(alias = "deleteBackupCode")]
    #[doc(alias = "DeleteBackupCodeRequest")]
    pub struct DeleteBackupCode {
        /// The user.
        #[doc(alias = "userId")]
        user_id: Path<UserId>,
    }
);

operation!(
    Users::delete_passkey,
    DELETE("/users/{user_id}/passkeys/{passkey_identification_id}"),
    returns(DeletedObject),
    errors(403, 404, 500),
    /// Delete a passkey of a user, who is told so by email.
    ///
    /// Where an earlier attempt got no answer, a 404 may mean that it worked: see
    /// [`Error::is_after_retry`](crate::Error::is_after_retry).
    #[doc(alias = "usersDeletePasskey")]
    #[doc(alias = "userPasskeyDelete")]
    #[doc(alias = "UserPasskeyDeleteRequest")]
    pub struct UserPasskeyDelete {
        /// The user.
        #[doc(alias = "userId")]
        user_id: Path<UserId>,
        /// The passkey.
        #[doc(alias = "passkeyIdentificationId")]
        passkey_identification_id: Path<PasskeyId>,
    }
);

operation!(
    Users::delete_web3_wallet,
    DELETE("/users/{user_id}/web3_wallets/{web3_wallet_identification_id}"),
    returns(DeletedObject),
    errors(400, 403, 404, 500),
    /// Remove a web3 wallet from a user.
    ///
    /// Where an earlier attempt got no answer, a 404 may mean that it worked: see
    /// [`Error::is_after_retry`](crate::Error::is_after_retry).
    #[doc(alias = "usersDeleteWeb3Wallet")]
    #[doc(alias = "userWeb3WalletDelete")]
    #[doc(alias = "UserWeb3WalletDeleteRequest")]
    pub struct UserWeb3WalletDelete {
        /// The user.
        #[doc(alias = "userId")]
        user_id: Path<UserId>,
        /// The web3 wallet.
        #[doc(alias = "web3WalletIdentificationId")]
        web3_wallet_identification_id: Path<Web3WalletId>,
    }
);

operation!(
    Users::delete_totp,
    DELETE("/users/{user_id}/totp"),
    operation_id("DeleteTOTP"),
    returns(AffectedUser),
    errors(404, 500),
    /// Remove the authenticator apps (TOTP) of a user, all of them.
    ///
    /// Where an earlier attempt got no answer, a 404 may mean that it worked: see
    /// [`Error::is_after_retry`](crate::Error::is_after_retry).
    #[doc(alias = "usersDeleteTOTP")]
    #[doc(alias = "deleteTOTP")]
    #[doc(alias = "DeleteTOTP")]
    #[doc(alias = "DeleteTOTPRequest")]
    pub struct DeleteTotp {
        /// The user.
        #[doc(alias = "userId")]
        user_id: Path<UserId>,
    }
);

operation!(
    Users::delete_external_account,
    DELETE("/users/{user_id}/external_accounts/{external_account_id}"),
    returns(DeletedObject),
    errors(400, 403, 404, 500),
    /// Remove an account with an OAuth provider from a user.
    ///
    /// Where an earlier attempt got no answer, a 404 may mean that it worked: see
    /// [`Error::is_after_retry`](crate::Error::is_after_retry).
    #[doc(alias = "usersDeleteExternalAccount")]
    #[doc(alias = "deleteExternalAccount")]
    #[doc(alias = "DeleteExternalAccountRequest")]
    pub struct DeleteExternalAccount {
        /// The user.
        #[doc(alias = "userId")]
        user_id: Path<UserId>,
        /// The account.
        #[doc(alias = "externalAccountId")]
        external_account_id: Path<ExternalAccountId>,
    }
);

operation!(
    Users::set_password_compromised,
    POST("/users/{user_id}/password/set_compromised"),
    returns(User),
    errors(400, 401, 403, 404, 422),
    // It may end sessions that started in between.
    /// Mark a user's password as compromised, so that the user is asked for a new one at the next
    /// sign-in.
    ///
    /// Not repeated when it may have arrived: it could end sessions that began in between.
    #[doc(alias = "usersSetPasswordCompromised")]
    #[doc(alias = "setUserPasswordCompromised")]
    #[doc(alias = "SetUserPasswordCompromisedRequestBody")]
    pub struct SetUserPasswordCompromised {
        /// The user.
        #[doc(alias = "userId")]
        user_id: Path<UserId>,
    },
    struct Optional {
        /// Whether to end all of the user's sessions.
        #[doc(alias = "revokeAllSessions")]
        revoke_all_sessions: Body<Nullable<bool>>,
    }
);

operation!(
    Users::unset_password_compromised,
    POST("/users/{user_id}/password/unset_compromised"),
    returns(User),
    errors(400, 401, 403, 404, 422),
    // A mark that is taken away twice is as gone as one that is taken away once.
    retry(Safe),
    /// Take back that a user's password is marked as compromised.
    ///
    /// Where a password is in quarantine because of a reserved email address, it stays there: only
    /// setting another password or removing it ends that.
    #[doc(alias = "usersUnsetPasswordCompromised")]
    #[doc(alias = "unsetUserPasswordCompromised")]
    #[doc(alias = "UnsetUserPasswordCompromisedRequest")]
    pub struct UnsetUserPasswordCompromised {
        /// The user.
        #[doc(alias = "userId")]
        user_id: Path<UserId>,
    }
);

/// That a password is right: a wrong one is an error.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PasswordVerification {
    /// Whether it is right.
    pub verified: Option<bool>,
}

impl PasswordVerification {
    /// Whether the answer says that the password was right.
    pub fn is_verified(&self) -> bool {
        self.verified == Some(true)
    }
}

/// An access token of a user at an OAuth provider.
#[doc(alias = "OAuthAccessToken")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct OauthAccessToken {
    /// Always `oauth_access_token`.
    pub object: ObjectType,
    /// The account at the provider.
    pub external_account_id: ExternalAccountId,
    /// The user's id at the provider.
    pub provider_user_id: String,
    /// The access token.
    pub token: Sensitive<String>,
    /// When the token expires. Clerk does not document the unit; it is read as milliseconds.
    pub expires_at: Option<Timestamp>,
    /// The provider, such as `oauth_google`.
    pub provider: String,
    /// The public metadata of the account.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub public_metadata: JsonObject,
    /// What tells the account from others of the same provider.
    pub label: Option<String>,
    /// What the token permits; only with OAuth 2.0.
    pub scopes: Option<Vec<String>>,
    /// The ID token, where an OpenID Connect provider gave one.
    pub id_token: Option<Sensitive<String>>,
    /// The secret of the token; only with OAuth 1.0.
    pub token_secret: Option<Sensitive<String>>,
}

/// The user whose second factors were changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AffectedUser {
    /// The user.
    pub user_id: Option<UserId>,
}

/// That a code is right: a wrong one is an error.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TotpVerification {
    /// Whether it is right.
    pub verified: Option<bool>,
    /// What kind of code it is.
    pub code_type: Option<TotpCodeType>,
}

impl TotpVerification {
    /// Whether the answer says that the code was right.
    pub fn is_verified(&self) -> bool {
        self.verified == Some(true)
    }
}

open_enum! {
    /// What kind of code was checked.
    pub enum TotpCodeType {
        /// One of the authenticator app.
        Totp = "totp",
        /// A backup code, which is used up now.
        BackupCode = "backup_code",
    }
}
