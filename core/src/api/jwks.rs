//! The keys that an instance signs its tokens with.
use crate::{
    model::JwkSet,
    operation::macros::{group, operation},
};

group! {
    /// The keys that an instance signs its tokens with.
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
