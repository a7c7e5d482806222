//! Actor tokens: let somebody act as a user.
//!
//! ```
//! use clerk_core::api::actor_tokens::Actor;
//!
//! # fn example<T: clerk_core::Transport>(clerk: &clerk_core::Client<T>) {
//! let actor = Actor::new("user_2").claim("reason", "ticket 17");
//! let tokens = clerk.actor_tokens();
//! let token = tokens.create("user_1", actor).send(); // `.await` it with clerk-hyper
//! let revoked = tokens.revoke("act_1").send();
//! # }
//! ```
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    Arg, JsonObject, Seconds, Sensitive, Timestamp,
    model::{ActorTokenId, ObjectType, TokenStatus, UserId},
    operation::macros::{group, operation},
};

group! {
    /// Actor tokens: let somebody act as a user.
    #[doc(alias = "actorTokens")]
    actor_tokens => ActorTokens, tag = "Actor Tokens"
}

operation!(
    ActorTokens::create,
    POST("/actor_tokens"),
    returns(ActorToken),
    errors(400, 402, 422),
    /// Create a token that lets an actor sign in as a user.
    ///
    /// Whoever has the token, or the URL that holds it, is let in as the user: hand it to the actor
    /// only.
    #[doc(alias = "actorTokensCreate")]
    #[doc(alias = "CreateActorTokenRequestBody")]
    pub struct CreateActorToken {
        /// The user who is acted for.
        #[doc(alias = "userId")]
        user_id: Body<UserId>,
        /// Who acts.
        actor: Body<Actor>,
    },
    struct Optional {
        /// How long the token can be used, in seconds; the server takes 3600 (an hour) unless set.
        #[doc(alias = "expiresInSeconds")]
        expires_in_seconds: Body<Seconds>,
        /// How long the session that the token starts may last, in seconds; the server takes 1800
        /// (half an hour) unless set.
        #[doc(alias = "sessionMaxDurationInSeconds")]
        session_max_duration_in_seconds: Body<Seconds>,
    }
);

operation!(
    ActorTokens::revoke,
    POST("/actor_tokens/{actor_token_id}/revoke"),
    returns(ActorToken),
    errors(400, 404),
    // Revoking twice may be an error, so after a lost answer the caller looks for themselves.
    /// Revoke an actor token that is still pending.
    ///
    /// One that was used is not pending: end its session with
    /// [`RevokeSession`](crate::api::sessions::RevokeSession). Not repeated when it may have
    /// arrived: a token that was revoked is no longer pending.
    #[doc(alias = "actorTokensRevoke")]
    #[doc(alias = "RevokeActorTokenRequest")]
    pub struct RevokeActorToken {
        /// The token.
        #[doc(alias = "actorTokenId")]
        actor_token_id: Path<ActorTokenId>,
    }
);

/// Who acts as a user, as a request says it.
///
/// ```
/// use clerk_core::api::actor_tokens::Actor;
/// use serde_json::json;
///
/// let actor = Actor::new("user_2").claim("reason", "ticket 17");
/// assert_eq!(serde_json::to_value(&actor)?, json!({ "sub": "user_2", "reason": "ticket 17" }));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Actor {
    /// The user who acts.
    pub sub: UserId,
    /// Whatever else the tokens of the session shall say in their claim `act`.
    #[serde(flatten)]
    pub claims: Map<String, Value>,
}

impl Actor {
    /// This user, without further claims.
    pub fn new(sub: impl Arg<UserId>) -> Self {
        Self { sub: sub.into_arg(), claims: Map::new() }
    }

    /// With a further claim.
    #[must_use]
    pub fn claim(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.claims.insert(name.into(), value.into());
        self
    }
}

/// A token that lets an actor sign in as a user.
#[doc(alias = "CreateActorTokenResponse")]
#[doc(alias = "RevokeActorTokenResponse")]
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ActorToken {
    /// Always `actor_token`.
    pub object: ObjectType,
    /// The token's id.
    pub id: ActorTokenId,
    /// Where it stands.
    pub status: TokenStatus,
    /// The user who is acted for.
    pub user_id: UserId,
    /// Who acts: any object. See [`sub`](Self::sub).
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub actor: JsonObject,
    /// The token itself: whoever has it is let in as the user.
    pub token: Option<Sensitive<String>>,
    /// The URL at which the token is used. It holds the token.
    pub url: Option<Sensitive<String>>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

impl ActorToken {
    /// Which user acts, if the actor says so.
    pub fn sub(&self) -> Option<&str> {
        self.actor.get("sub")?.as_str()
    }
}
