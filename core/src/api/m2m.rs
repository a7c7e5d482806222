//! Tokens by which machines know each other.
//!
//! ```
//! use clerk_core::api::m2m::M2mToken;
//!
//! fn may_enter(token: &M2mToken) -> bool {
//!     token.is_usable() && token.subject == "mch_1"
//! }
//!
//! # fn example<T: clerk_core::Transport>(clerk: &clerk_core::Client<T>, shown: &str) {
//! let m2m = clerk.m2m();
//! let created = m2m.create().seconds_until_expiration(600).send(); // at the machine that calls
//! let verified = m2m.verify(shown).send(); // at the one that is called; `.await` with clerk-hyper
//! # }
//! ```
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    FractionalTimestamp, Listing, Nullable, Seconds, Sensitive,
    model::{M2mTokenId, MachineId, ObjectType, common::whole, macros::open_enum},
    operation::macros::{group, operation},
};

group! {
    /// Tokens by which machines know each other.
    #[doc(alias = "m2mTokens")]
    m2m => M2m, tag = "M2M Tokens"
}

operation!(
    M2m::create,
    POST("/m2m_tokens"),
    operation_id("createM2MToken"),
    returns(CreatedM2mToken),
    success(201),
    errors(400, 409),
    auth(MachineSecretKey),
    /// Create a token by which this machine shows who it is.
    ///
    /// Goes with the [secret key of the machine](crate::ConfigBuilder::machine_secret_key), not
    /// with that of the instance. Not repeated when it may have arrived: the first token would stay
    /// valid, and nobody would have it.
    #[doc(alias = "m2mCreateToken")]
    #[doc(alias = "createM2MToken")]
    #[doc(alias = "CreateM2MTokenRequestBody")]
    pub struct CreateM2mToken {},
    struct Optional {
        /// In which form; opaque unless set.
        #[doc(alias = "tokenFormat")]
        token_format: Body<M2mTokenFormat>,
        /// How long the token can be used, in seconds; the machine's default unless set. What
        /// `null` means, Clerk does not say.
        #[doc(alias = "secondsUntilExpiration")]
        seconds_until_expiration: Body<Nullable<Seconds>>,
        /// What else the token says: any JSON, `null` included.
        claims: Body<Value>,
        /// Answers with an existing token of this machine that has the same claims and scopes, if
        /// it can still be used for this long, in seconds. Must be less than the lifetime of a
        /// token; only for opaque tokens.
        #[doc(alias = "minRemainingTtlSeconds")]
        min_remaining_ttl_seconds: Body<Seconds>,
    }
);

open_enum! {
    /// In which form a token of a machine is.
    pub enum M2mTokenFormat {
        /// Text without a meaning of its own; the API keeps the token.
        Opaque = "opaque",
        /// A JWT, of which the API keeps nothing: it is in no list and cannot be revoked.
        Jwt = "jwt",
    }
}

operation!(
    M2m::list,
    GET("/m2m_tokens"),
    operation_id("getM2MTokens"),
    returns(M2mTokenList),
    errors(400, 403, 404),
    auth(MachineSecretKey),
    pages(M2mToken, max(100)),
    /// List the opaque tokens of a machine.
    ///
    /// Tokens that are JWTs are in no list. The key of a machine lists only tokens of that machine,
    /// the key of the instance those of any. The machine secret key of the client is used if it has
    /// one.
    #[doc(alias = "m2mListTokens")]
    #[doc(alias = "getM2MTokens")]
    #[doc(alias = "GetM2MTokensRequest")]
    pub struct GetM2mTokens {
        /// Whose tokens.
        subject: Query<MachineId>,
    },
    struct Optional {
        /// Whether tokens that were revoked are listed; not unless set.
        revoked: Query<bool>,
        /// Whether tokens whose time is over are listed; not unless set.
        expired: Query<bool>,
        /// How many, from 1 to 100; 10 unless set.
        limit: Query<u64>,
        /// How many to skip; none unless set.
        offset: Query<u64>,
    }
);

operation!(
    M2m::revoke,
    POST("/m2m_tokens/{m2m_token_id}/revoke"),
    operation_id("revokeM2MToken"),
    returns(M2mToken),
    errors(400, 404),
    auth(MachineSecretKey),
    // Revoking twice does no harm; not revoking may.
    retry(Safe),
    /// Revoke an opaque token.
    ///
    /// A token that is a JWT cannot be revoked. The key of a machine revokes only tokens of that
    /// machine, the key of the instance all. The machine secret key of the client is used if it has
    /// one. Where an earlier attempt got no answer, an error may mean that it worked: see
    /// [`Error::is_after_retry`](crate::Error::is_after_retry).
    #[doc(alias = "m2mRevokeToken")]
    #[doc(alias = "revokeM2MToken")]
    #[doc(alias = "RevokeM2MTokenRequestBody")]
    pub struct RevokeM2mToken {
        /// The token.
        #[doc(alias = "m2mTokenId")]
        m2m_token_id: Path<M2mTokenId>,
    },
    struct Optional {
        /// Why, for the record.
        #[doc(alias = "revocationReason")]
        revocation_reason: Body<Nullable<String>>,
    }
);

operation!(
    M2m::verify,
    POST("/m2m_tokens/verify"),
    operation_id("verifyM2MToken"),
    returns(M2mToken),
    errors(400, 404),
    auth(MachineSecretKey),
    // It only looks at a token.
    retry(Safe),
    /// Look up a token that a machine showed.
    ///
    /// **Success does not mean that the token is valid.** The answer may be about a token that was
    /// revoked, or whose time is over: ask [`M2mToken::is_usable`] before you let anybody in.
    ///
    /// The key of a machine verifies only tokens for that machine, the key of the instance all:
    /// then look at [`scopes`](M2mToken::scopes) as well. The machine secret key of the client is
    /// used if it has one.
    #[doc(alias = "m2mVerifyToken")]
    #[doc(alias = "verifyM2MToken")]
    #[doc(alias = "VerifyM2MTokenRequestBody")]
    pub struct VerifyM2mToken {
        /// The token that the machine showed.
        token: Body<Sensitive<String>>,
    }
);

/// A token by which a machine shows who it is, with the token itself: only the answer to its
/// creation has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CreatedM2mToken {
    /// Always `machine_to_machine_token`.
    pub object: ObjectType,
    /// The token's id.
    pub id: M2mTokenId,
    /// The machine that it shows.
    pub subject: MachineId,
    /// What else it says: any JSON.
    pub claims: Option<Value>,
    /// The machines that it is for.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub scopes: Vec<MachineId>,
    /// The token itself.
    pub token: Sensitive<String>,
    /// Whether it was revoked.
    pub revoked: bool,
    /// Why it was revoked.
    pub revocation_reason: Option<String>,
    /// Whether its time is over.
    pub expired: bool,
    /// Until when it can be used, if it has an end.
    pub expiration: Option<FractionalTimestamp>,
    /// When it was last used.
    pub last_used_at: Option<FractionalTimestamp>,
    /// When it was created.
    pub created_at: FractionalTimestamp,
    /// When it was last changed.
    pub updated_at: FractionalTimestamp,
}

/// A token by which a machine shows who it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[doc(alias = "M2MToken")]
pub struct M2mToken {
    /// Always `machine_to_machine_token`.
    pub object: ObjectType,
    /// The token's id.
    pub id: M2mTokenId,
    /// The machine that it shows.
    pub subject: MachineId,
    /// What else it says: any JSON.
    pub claims: Option<Value>,
    /// The machines that it is for.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub scopes: Vec<MachineId>,
    /// Whether it was revoked.
    pub revoked: bool,
    /// Why it was revoked.
    pub revocation_reason: Option<String>,
    /// Whether its time is over.
    pub expired: bool,
    /// Until when it can be used, if it has an end.
    pub expiration: Option<FractionalTimestamp>,
    /// When it was last used.
    pub last_used_at: Option<FractionalTimestamp>,
    /// When it was created.
    pub created_at: FractionalTimestamp,
    /// When it was last changed.
    pub updated_at: FractionalTimestamp,
}

impl M2mToken {
    /// Whether the token is neither revoked nor expired, as of the answer.
    pub fn is_usable(&self) -> bool {
        !self.revoked && !self.expired
    }
}

/// A page of the tokens of a machine, and how many there are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct M2mTokenList {
    /// The tokens of this page.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub m2m_tokens: Vec<M2mToken>,
    /// How many there are in all: an `f64`, as the API does not promise a whole number.
    pub total_count: f64,
}

impl From<M2mTokenList> for Listing<M2mToken> {
    fn from(list: M2mTokenList) -> Self {
        Self { items: list.m2m_tokens, total: whole(list.total_count) }
    }
}

impl IntoIterator for M2mTokenList {
    type Item = M2mToken;
    type IntoIter = std::vec::IntoIter<M2mToken>;

    fn into_iter(self) -> Self::IntoIter {
        self.m2m_tokens.into_iter()
    }
}
