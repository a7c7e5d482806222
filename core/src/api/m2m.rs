//! Tokens by which machines know each other.
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    FractionalTimestamp, Nullable, Seconds, Sensitive,
    model::{M2mTokenId, MachineId, ObjectType, macros::open_enum},
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
    returns(M2mToken),
    success(201),
    errors(400, 409),
    auth(MachineSecretKey),
    /// Create a token by which this machine shows who it is.
    ///
    /// Goes with the [secret key of the machine](crate::ConfigBuilder::machine_secret_key), not
    /// with that of the instance. Not repeated when it may have arrived: the first token would stay
    /// valid without anybody who has it.
    #[doc(alias = "createM2MToken")]
    pub struct CreateM2mToken {},
    struct Optional {
        /// In which form; opaque unless set.
        #[doc(alias = "tokenFormat")]
        token_format: Body<M2mTokenFormat>,
        /// How long the token can be used, in seconds; `null` for as long as the machine's default.
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
        /// Random text that the API looks up.
        Opaque = "opaque",
        /// A JWT, which is verified without the API and cannot be revoked.
        Jwt = "jwt",
    }
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
    /// The token itself.
    pub token: Sensitive<String>,
    /// Whether it was revoked.
    pub revoked: bool,
    /// Why it was revoked.
    pub revocation_reason: Option<String>,
    /// Whether its time is over.
    pub expired: bool,
    /// Until when it can be used; `None` for ever.
    pub expiration: Option<FractionalTimestamp>,
    /// When it was last used.
    pub last_used_at: Option<FractionalTimestamp>,
    /// When it was created.
    pub created_at: FractionalTimestamp,
    /// When it was last changed.
    pub updated_at: FractionalTimestamp,
}
