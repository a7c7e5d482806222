//! Sign-in tokens: let users in without a password or a code, once.
//!
//! ```
//! # fn example<T: clerk_core::Transport>(clerk: &clerk_core::Client<T>) {
//! let tokens = clerk.sign_in_tokens();
//! let token = tokens.create("user_1").expires_in_seconds(600).send(); // `.await` with clerk-hyper
//! let revoked = tokens.revoke("sit_1").send();
//! # }
//! ```
use serde::{Deserialize, Serialize};

use crate::{
    Nullable, Seconds, Sensitive, Timestamp,
    model::{ObjectType, OrganizationId, SignInTokenId, TokenStatus, UserId},
    operation::macros::{group, operation},
};

group! {
    /// Sign-in tokens: let users in without a password or a code, once.
    #[doc(alias = "signInTokens")]
    sign_in_tokens => SignInTokens, tag = "Sign-in Tokens"
}

operation!(
    SignInTokens::create,
    POST("/sign_in_tokens"),
    returns(SignInToken),
    errors(403, 404, 422),
    /// Create a token with which a user can sign in once.
    ///
    /// A frontend redeems it by the strategy `ticket`. Whoever has it is let in as the user.
    #[doc(alias = "signInTokensCreate")]
    #[doc(alias = "createSignInToken")]
    #[doc(alias = "CreateSignInTokenRequestBody")]
    pub struct CreateSignInToken {
        /// The user.
        #[doc(alias = "userId")]
        user_id: Body<UserId>,
    },
    struct Optional {
        /// The organization that is active when the user has signed in. The user has to be a
        /// member, and the instance to have organizations.
        #[doc(alias = "orgId")]
        org_id: Body<Nullable<OrganizationId>>,
        /// How long the token can be used, in seconds, at least 1; 2,592,000 (30 days) unless set.
        #[doc(alias = "expiresInSeconds")]
        expires_in_seconds: Body<Nullable<Seconds>>,
    }
);

operation!(
    SignInTokens::revoke,
    POST("/sign_in_tokens/{sign_in_token_id}/revoke"),
    returns(SignInToken),
    errors(400, 404),
    // Revoking twice may be an error, so after a lost answer the caller looks for themselves.
    /// Revoke a sign-in token that is still pending.
    ///
    /// One that was used is no longer pending: to end the session that came of it, see
    /// [`RevokeSession`](crate::api::sessions::RevokeSession). Not repeated when it may have
    /// arrived: a token that was revoked is no longer pending.
    #[doc(alias = "signInTokensRevoke")]
    #[doc(alias = "revokeSignInToken")]
    #[doc(alias = "RevokeSignInTokenRequest")]
    pub struct RevokeSignInToken {
        /// The token.
        #[doc(alias = "signInTokenId")]
        sign_in_token_id: Path<SignInTokenId>,
    }
);

/// A token with which a user can sign in once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SignInToken {
    /// Always `sign_in_token`.
    pub object: ObjectType,
    /// Its id.
    pub id: SignInTokenId,
    /// Where it stands.
    pub status: TokenStatus,
    /// The user.
    pub user_id: UserId,
    /// The token itself.
    pub token: Option<Sensitive<String>>,
    /// The URL at which the token is used. It holds the token.
    pub url: Option<Sensitive<String>>,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}
