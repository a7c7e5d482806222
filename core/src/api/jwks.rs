//! The keys with which the tokens of an instance are verified.
//!
//! ```
//! # fn example<T: clerk_core::Transport>(clerk: &clerk_core::Client<T>) {
//! let keys = clerk.jwks().get().send(); // `.await` it with clerk-hyper
//! # }
//! ```
use crate::{
    model::JwkSet,
    operation::macros::{group, operation},
};

group! {
    /// The keys with which the tokens of an instance are verified.
    jwks => Jwks, tag = "JWKS"
}

operation!(
    Jwks::get,
    GET("/jwks"),
    operation_id("GetJWKS"),
    returns(JwkSet),
    errors(),
    /// Retrieve the keys with which the tokens of the instance are verified.
    #[doc(alias = "GetJWKS")]
    #[doc(alias = "getJWKS")]
    pub struct GetJwks {}
);
