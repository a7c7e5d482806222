//! API keys: secrets that stand for a user, an organization or a machine.
//!
//! ```
//! use clerk_core::api::api_keys::ApiKey;
//!
//! fn may_read(key: &ApiKey) -> bool {
//!     key.is_usable() && key.scopes.iter().any(|scope| scope == "invoices:read")
//! }
//!
//! # fn example<T: clerk_core::Transport>(clerk: &clerk_core::Client<T>, presented: &str) {
//! let keys = clerk.api_keys();
//! let created = keys.create("Invoices", "user_1").scopes(["invoices:read"]).send();
//! let verified = keys.verify(presented).send(); // `.await` it with clerk-hyper
//! # }
//! ```
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    FractionalTimestamp, Nullable, Seconds, Sensitive,
    model::{ApiKeyId, ApiKeySubject, DeletedObject, List, ObjectType, TextBool, UserId},
    operation::macros::{group, operation},
};

group! {
    /// API keys: secrets that stand for a user, an organization or a machine.
    #[doc(alias = "apiKeys")]
    api_keys => ApiKeys, tag = "API Keys"
}

operation!(
    ApiKeys::create,
    POST("/api_keys"),
    operation_id("createApiKey"),
    returns(CreatedApiKey),
    errors(400, 409),
    /// Create an API key.
    ///
    /// The answer has its secret; later, [`GetApiKeySecret`] gives it. Not repeated when it may
    /// have arrived: look among the subject's keys ([`GetApiKeys`]) before you do.
    #[doc(alias = "createApiKey")]
    #[doc(alias = "CreateApiKeyRequestBody")]
    pub struct CreateApiKey {
        /// The name: at least 3 characters, without white space at either end.
        name: Body<String>,
        /// Whom the key stands for: an id that begins with `user_`, `org_`, `mch_` or `scim_`.
        subject: Body<ApiKeySubject>,
    },
    struct Optional {
        /// What kind of key it is, in 3 to 25 characters; `api_key` unless set.
        r#type: Body<String>,
        /// What it is for, in at most 255 characters.
        description: Body<Nullable<String>>,
        /// What else the key says: any JSON.
        claims: Body<Nullable<Value>>,
        /// What the key permits, in words of your own; nothing unless set.
        scopes: Body<Vec<String>>,
        /// Who creates it.
        #[doc(alias = "createdBy")]
        created_by: Body<Nullable<UserId>>,
        /// How long the key can be used, in seconds. The answer says until when
        /// ([`expiration`](CreatedApiKey::expiration)).
        #[doc(alias = "secondsUntilExpiration")]
        seconds_until_expiration: Body<Nullable<Seconds>>,
    }
);

operation!(
    ApiKeys::list,
    GET("/api_keys"),
    operation_id("getApiKeys"),
    returns(List<ApiKey, f64>),
    errors(400, 404),
    pages(ApiKey, max(100)),
    /// List the API keys of one subject and one type.
    ///
    /// Keys that are not valid are left out unless asked for, and so are keys of any other `type`
    /// than `api_key`. The `total_count` of the answer is an `f64`, as the API does not promise a
    /// whole number.
    #[doc(alias = "getApiKeys")]
    #[doc(alias = "GetApiKeysRequest")]
    pub struct GetApiKeys {
        /// Whose keys: an id that begins with `user_`, `org_`, `mch_` or `scim_`.
        subject: Query<ApiKeySubject>,
    },
    struct Optional {
        /// Only keys of this kind, in 3 characters or more; `api_key` unless set.
        r#type: Query<String>,
        /// Whether keys that are not valid are listed as well; not unless set.
        #[doc(alias = "includeInvalid")]
        include_invalid: Query<TextBool>,
        /// How many, from 1 to 100; 10 unless set.
        limit: Query<u64>,
        /// How many to skip; none unless set.
        offset: Query<u64>,
        /// Only those that match this text.
        #[doc(alias = "query")]
        search: Query<"query", String>,
    }
);

operation!(
    ApiKeys::get,
    GET("/api_keys/{apiKeyID}"),
    operation_id("getApiKey"),
    returns(ApiKey),
    errors(400, 404),
    /// Retrieve an API key, without its secret.
    #[doc(alias = "getApiKey")]
    #[doc(alias = "GetApiKeyRequest")]
    pub struct GetApiKey {
        /// The key.
        #[doc(alias = "apiKeyID")]
        api_key_id: Path<"apiKeyID", ApiKeyId>,
    }
);

operation!(
    ApiKeys::update,
    PATCH("/api_keys/{apiKeyID}"),
    operation_id("updateApiKey"),
    returns(ApiKey),
    errors(400, 404),
    // At the worst the expiry moves by the time between the two.
    retry(Safe),
    /// Change an API key. What is not set is not sent; what is set to `null` is.
    ///
    /// ```
    /// use clerk_core::{Config, Operation, api::api_keys::UpdateApiKey};
    ///
    /// let update = UpdateApiKey::new("ak_1").scopes(["invoices:read"]).description(None);
    /// let request = update.to_request(&Config::new("sk_test_abc")?)?;
    /// assert_eq!(request.body(), r#"{"scopes":["invoices:read"],"description":null}"#);
    /// # Ok::<(), clerk_core::Error>(())
    /// ```
    #[doc(alias = "updateApiKey")]
    #[doc(alias = "UpdateApiKeyRequestBody")]
    pub struct UpdateApiKey {
        /// The key.
        #[doc(alias = "apiKeyID")]
        api_key_id: Path<"apiKeyID", ApiKeyId>,
    },
    struct Optional {
        /// What else the key says: any JSON.
        claims: Body<Nullable<Value>>,
        /// What the key permits, in words of your own.
        scopes: Body<Vec<String>>,
        /// What it is for, in at most 255 characters.
        description: Body<Nullable<String>>,
        /// Whom the key stands for: an id that begins with `user_`, `org_`, `mch_` or `scim_`.
        subject: Body<ApiKeySubject>,
        /// How long the key can be used from now on, in seconds. The answer says until when
        /// ([`expiration`](ApiKey::expiration)).
        #[doc(alias = "secondsUntilExpiration")]
        seconds_until_expiration: Body<Nullable<Seconds>>,
    }
);

operation!(
    ApiKeys::delete,
    DELETE("/api_keys/{apiKeyID}"),
    operation_id("deleteApiKey"),
    returns(DeletedObject),
    errors(400, 404),
    /// Delete an API key.
    ///
    /// To keep a record of a key that shall not be used any more, use [`RevokeApiKey`].
    ///
    /// Where an earlier attempt got no answer, a 404 may mean that it worked: see
    /// [`Error::is_after_retry`](crate::Error::is_after_retry).
    #[doc(alias = "deleteApiKey")]
    #[doc(alias = "DeleteApiKeyRequest")]
    pub struct DeleteApiKey {
        /// The key.
        #[doc(alias = "apiKeyID")]
        api_key_id: Path<"apiKeyID", ApiKeyId>,
    }
);

operation!(
    ApiKeys::get_secret,
    GET("/api_keys/{apiKeyID}/secret"),
    operation_id("getApiKeySecret"),
    returns(ApiKeySecret),
    errors(400, 404),
    /// Retrieve the secret of an API key.
    #[doc(alias = "getApiKeySecret")]
    #[doc(alias = "GetApiKeySecretRequest")]
    pub struct GetApiKeySecret {
        /// The key.
        #[doc(alias = "apiKeyID")]
        api_key_id: Path<"apiKeyID", ApiKeyId>,
    }
);

operation!(
    ApiKeys::revoke,
    POST("/api_keys/{apiKeyID}/revoke"),
    operation_id("revokeApiKey"),
    returns(ApiKey),
    errors(400, 404),
    // Revoking twice does no harm; not revoking may.
    retry(Safe),
    /// Revoke an API key.
    ///
    /// Where an earlier attempt got no answer, an error may mean that it worked: see
    /// [`Error::is_after_retry`](crate::Error::is_after_retry).
    #[doc(alias = "revokeApiKey")]
    #[doc(alias = "RevokeApiKeyRequestBody")]
    pub struct RevokeApiKey {
        /// The key.
        #[doc(alias = "apiKeyID")]
        api_key_id: Path<"apiKeyID", ApiKeyId>,
    },
    struct Optional {
        /// Why, for the record.
        #[doc(alias = "revocationReason")]
        revocation_reason: Body<Nullable<String>>,
    }
);

operation!(
    ApiKeys::verify,
    POST("/api_keys/verify"),
    operation_id("verifyApiKey"),
    returns(ApiKey),
    errors(400, 404),
    // It only looks at a key.
    retry(Safe),
    /// Look up the API key that has this secret.
    ///
    /// **Success does not mean that the key is valid.** The answer may be about a key that was
    /// revoked, or whose time is over: ask [`ApiKey::is_usable`] before you let anybody in.
    #[doc(alias = "verifyApiKey")]
    #[doc(alias = "VerifyApiKeyRequestBody")]
    pub struct VerifyApiKey {
        /// The secret that somebody showed you.
        secret: Body<Sensitive<String>>,
    }
);

/// An API key, with its secret: of the answers with a key, only that to its creation has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CreatedApiKey {
    /// Always `api_key`.
    pub object: ObjectType,
    /// Its id.
    pub id: ApiKeyId,
    /// What kind of key it is; `api_key` unless said otherwise.
    pub r#type: String,
    /// Whom it stands for.
    pub subject: ApiKeySubject,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// What else it says: any JSON.
    pub claims: Option<Value>,
    /// What it permits, in words of your own.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub scopes: Vec<String>,
    /// The secret. Later, [`GetApiKeySecret`] gives it.
    pub secret: Sensitive<String>,
    /// Whether it was revoked.
    pub revoked: bool,
    /// Why it was revoked.
    pub revocation_reason: Option<String>,
    /// Whether its time is over.
    pub expired: bool,
    /// Until when it can be used, if it has an end.
    pub expiration: Option<FractionalTimestamp>,
    /// Who created it.
    pub created_by: Option<UserId>,
    /// When it was last used.
    pub last_used_at: Option<FractionalTimestamp>,
    /// When it was created.
    pub created_at: FractionalTimestamp,
    /// When it was last changed.
    pub updated_at: FractionalTimestamp,
}

/// An API key, without its secret.
///
/// Clerk's document says that its times are in milliseconds, but has examples that look like
/// seconds. Whether it can be used does not depend on that: ask [`is_usable`](Self::is_usable).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ApiKey {
    /// Always `api_key`.
    pub object: ObjectType,
    /// Its id.
    pub id: ApiKeyId,
    /// What kind of key it is; `api_key` unless said otherwise.
    pub r#type: String,
    /// Whom it stands for.
    pub subject: ApiKeySubject,
    /// Its name.
    pub name: String,
    /// What it is for.
    pub description: Option<String>,
    /// What else it says: any JSON.
    pub claims: Option<Value>,
    /// What it permits, in words of your own.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub scopes: Vec<String>,
    /// Whether it was revoked.
    pub revoked: bool,
    /// Why it was revoked.
    pub revocation_reason: Option<String>,
    /// Whether its time is over.
    pub expired: bool,
    /// Until when it can be used, if it has an end.
    pub expiration: Option<FractionalTimestamp>,
    /// Who created it.
    pub created_by: Option<UserId>,
    /// When it was last used.
    pub last_used_at: Option<FractionalTimestamp>,
    /// When it was created.
    pub created_at: FractionalTimestamp,
    /// When it was last changed.
    pub updated_at: FractionalTimestamp,
}

impl ApiKey {
    /// Whether the key is neither revoked nor expired, as of the answer.
    pub fn is_usable(&self) -> bool {
        !self.revoked && !self.expired
    }
}

/// The secret of an API key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ApiKeySecret {
    /// The secret.
    pub secret: Sensitive<String>,
}
