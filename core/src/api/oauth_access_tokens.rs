//! OAuth access tokens: check those that your instance gave to OAuth applications.
//!
//! ```
//! # fn example<T: clerk_core::Transport>(clerk: &clerk_core::Client<T>, bearer: &str) {
//! let verify = clerk.oauth_access_tokens().verify().access_token(bearer);
//! let answer = verify.send(); // `.await` it with clerk-hyper
//! // Trust only what `usable()` gives of the answer, and look at its scopes.
//! # }
//! ```
use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{Error as _, MapAccess, Visitor},
};
use serde_json::{Map, Value};

use crate::{
    FractionalTimestamp, JsonObject, Sensitive,
    model::{OauthAccessTokenId, OauthClientId, ObjectType, UserId},
    operation::macros::{group, operation},
};

group! {
    /// OAuth access tokens: check those that your instance gave to OAuth applications.
    #[doc(alias = "oauthAccessTokens")]
    oauth_access_tokens => OauthAccessTokens, tag = "OAuth Access Tokens"
}

operation!(
    OauthAccessTokens::verify,
    POST("/oauth_applications/access_tokens/verify"),
    operation_id("verifyOAuthAccessToken"),
    returns(OauthAccessTokenVerification),
    errors(400, 404),
    // It only looks at a token.
    retry(Safe),
    /// Ask what an OAuth access token is worth.
    ///
    /// Set [`access_token`](VerifyOauthAccessToken::access_token). An answer is no approval: a
    /// token that is revoked or expired is answered as well, so trust only what
    /// [`usable`](OauthAccessTokenVerification::usable) gives.
    #[doc(alias = "oauthAccessTokensVerify")]
    #[doc(alias = "verifyOAuthAccessToken")]
    #[doc(alias = "VerifyOAuthAccessTokenRequestBody")]
    pub struct VerifyOauthAccessToken {},
    struct Optional {
        /// The token, as the application sent it.
        #[doc(alias = "accessToken")]
        access_token: Body<Sensitive<String>>,
        /// The token, by its former name.
        #[deprecated(note = "Use `access_token`.")]
        secret: Body<Sensitive<String>>,
    }
);

/// What the API knows of an OAuth access token.
///
/// ```
/// use clerk_core::api::oauth_access_tokens::OauthAccessTokenVerification;
/// use serde_json::json;
///
/// let token = |revoked: bool| json!({
///     "object": "clerk_idp_oauth_access_token",
///     "id": "oat_1",
///     "client_id": "client_1",
///     "subject": "user_1",
///     "scopes": ["read", "write"],
///     "revoked": revoked,
///     "revocation_reason": null,
///     "expired": false,
///     "expiration": null,
///     "created_at": 1716883200000_i64,
///     "updated_at": 1716883200000_i64,
/// });
/// let good: OauthAccessTokenVerification = serde_json::from_value(token(false))?;
/// assert!(good.usable().is_some_and(|token| token.scopes.iter().any(|scope| scope == "read")));
///
/// for bad in [token(true), json!({ "active": false }), json!({ "active": true })] {
///     let bad: OauthAccessTokenVerification = serde_json::from_value(bad)?;
///     assert_eq!(bad.usable(), None);
/// }
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum OauthAccessTokenVerification {
    /// A token of this instance. It may be revoked or expired: see
    /// [`is_usable`](VerifiedOauthAccessToken::is_usable).
    Token(Box<VerifiedOauthAccessToken>),
    /// No token that can be used, such as a JWT that has expired: `{"active":false}`.
    Inactive,
    /// An answer that this version of the crate does not know: not a token. It may hold a secret:
    /// `Debug` shows the names of the members only.
    Unknown(JsonObject),
}

impl fmt::Debug for OauthAccessTokenVerification {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Token(token) => f.debug_tuple("Token").field(token).finish(),
            Self::Inactive => f.write_str("Inactive"),
            Self::Unknown(object) => crate::model::macros::unknown(object, f),
        }
    }
}

impl OauthAccessTokenVerification {
    /// The token, if it was one that can be used when the API answered.
    ///
    /// Whether its scopes suffice, and whether its application may do what it wants, is still for
    /// you to check.
    pub fn usable(&self) -> Option<&VerifiedOauthAccessToken> {
        match self {
            Self::Token(token) if token.is_usable() => Some(token),
            _ => None,
        }
    }
}

/// An OAuth access token, without the token itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct VerifiedOauthAccessToken {
    /// Always `clerk_idp_oauth_access_token`.
    pub object: ObjectType,
    /// Its id.
    pub id: OauthAccessTokenId,
    /// The OAuth application that it was given to.
    pub client_id: OauthClientId,
    /// The user for whom the application acts.
    pub subject: UserId,
    /// What it allows.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub scopes: Vec<String>,
    /// Whether it was revoked: then it must not be accepted.
    pub revoked: bool,
    /// Why it was revoked, for people.
    pub revocation_reason: Option<String>,
    /// Whether it has expired: then it must not be accepted.
    pub expired: bool,
    /// When it expires, or did. Clerk does not document the unit, and its example is in seconds,
    /// while a [`FractionalTimestamp`] is in milliseconds: go by [`expired`](Self::expired), and
    /// calculate with this only when you have seen what your instance answers.
    pub expiration: Option<FractionalTimestamp>,
    /// When it was created, in the same unit as [`expiration`](Self::expiration).
    pub created_at: FractionalTimestamp,
    /// When it was last changed, in the same unit as [`expiration`](Self::expiration).
    pub updated_at: FractionalTimestamp,
}

impl VerifiedOauthAccessToken {
    /// Whether it was neither revoked nor expired when the API answered.
    pub fn is_usable(&self) -> bool {
        !self.revoked && !self.expired
    }
}

impl Serialize for OauthAccessTokenVerification {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Token(token) => token.serialize(serializer),
            Self::Inactive => serializer.collect_map([("active", false)]),
            Self::Unknown(object) => object.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for OauthAccessTokenVerification {
    /// What says `active: false` is inactive, whatever else it says. Of the rest, what does not say
    /// that it is a token is none; what says so and cannot be read as one is an error.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let object = deserializer.deserialize_map(Members)?;
        match object.get("active") {
            Some(Value::Bool(false)) => return Ok(Self::Inactive),
            Some(Value::Bool(true)) | None => {}
            Some(_) => return Ok(Self::Unknown(object.into())),
        }
        if object.get("object").and_then(Value::as_str) != Some("clerk_idp_oauth_access_token") {
            return Ok(Self::Unknown(object.into()));
        }
        VerifiedOauthAccessToken::deserialize(Value::Object(object))
            .map(|token| Self::Token(Box::new(token)))
            .map_err(D::Error::custom)
    }
}

/// Reads an object and refuses a member that comes twice, as what serde derives does: a map would
/// keep the last one, and `active` or `revoked` could be overruled.
struct Members;

impl<'de> Visitor<'de> for Members {
    type Value = Map<String, Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut object = Map::new();
        while let Some((name, value)) = map.next_entry()? {
            if object.insert(name, value).is_some() {
                return Err(A::Error::custom("a member twice, expected each member once"));
            }
        }
        Ok(object)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::Operation as _;

    /// A token that can be used, but for these members; `null` removes one.
    fn token(changes: &[(&str, Value)]) -> Value {
        let mut token = json!({
            "object": "clerk_idp_oauth_access_token", "id": "oat_1", "client_id": "client_1",
            "subject": "user_1", "scopes": ["read"], "revoked": false, "revocation_reason": null,
            "expired": false, "expiration": null, "created_at": 1, "updated_at": 1,
        });
        for (name, value) in changes {
            match value {
                Value::Null => _ = token.as_object_mut().unwrap().remove(*name),
                value => token[name] = value.clone(),
            }
        }
        token
    }

    fn read(json: &Value) -> OauthAccessTokenVerification {
        serde_json::from_value(json.clone()).unwrap()
    }

    /// As an answer is read, with the error that its caller sees.
    fn decode(body: String) -> Result<OauthAccessTokenVerification, String> {
        VerifyOauthAccessToken::decode(&body.into()).map_err(|unreadable| unreadable.problem)
    }

    #[test]
    fn a_token_is_usable_unless_it_is_revoked_or_expired() {
        let yes = || Value::Bool(true);
        for (changes, usable) in [
            (&[][..], true),
            (&[("active", yes())], true),
            (&[("new_member", yes())], true),
            (&[("revoked", yes())], false),
            (&[("expired", yes())], false),
            (&[("revoked", yes()), ("expired", yes())], false),
            (&[("active", yes()), ("expired", yes())], false),
        ] {
            let verification = read(&token(changes));
            let OauthAccessTokenVerification::Token(token) = &verification else {
                panic!("{changes:?}: {verification:?}");
            };
            assert_eq!(token.is_usable(), usable, "{changes:?}");
            assert_eq!(verification.usable().is_some(), usable, "{changes:?}");
        }
    }

    #[test]
    fn what_is_not_active_is_never_a_token() {
        for json in [
            json!({ "active": false }),
            token(&[("active", Value::Bool(false))]),
            json!({ "active": false, "id": 7, "object": null }),
        ] {
            let verification = read(&json);
            assert_eq!(verification, OauthAccessTokenVerification::Inactive, "{json}");
            assert_eq!(verification.usable(), None);
            assert_eq!(serde_json::to_value(&verification).unwrap(), json!({ "active": false }));
        }
    }

    #[test]
    fn what_does_not_say_that_it_is_a_token_is_none() {
        let mut odd_active = token(&[]);
        odd_active["active"] = Value::Null;
        for json in [
            json!({}),
            json!({ "active": true }),
            json!({ "active": true, "id": "oat_1", "subject": "user_1" }),
            odd_active,
            token(&[("active", json!("false"))]),
            token(&[("active", json!(0))]),
            token(&[("object", Value::Null)]),
            token(&[("object", json!("machine_to_machine_token"))]),
            token(&[("object", json!(["clerk_idp_oauth_access_token"]))]),
        ] {
            let verification = read(&json);
            assert!(matches!(verification, OauthAccessTokenVerification::Unknown(_)), "{json}");
            assert_eq!(verification.usable(), None);
            assert_eq!(serde_json::to_value(&verification).unwrap(), json);
        }
    }

    #[test]
    fn what_cannot_be_read_is_an_error() {
        for (changes, problem) in [
            (("id", Value::Null), "missing field `id`"),
            (("subject", Value::Null), "missing field `subject`"),
            (("revoked", Value::Null), "missing field `revoked`"),
            (("expired", Value::Null), "missing field `expired`"),
            (("expired", json!("no")), "expected a boolean"),
        ] {
            assert_eq!(decode(token(&[changes]).to_string()).unwrap_err(), problem);
        }
        for json in ["null", "false", "[]", "\"oat_1\""] {
            assert_eq!(decode(json.to_owned()).unwrap_err(), "expected an object");
        }
    }

    #[test]
    fn no_member_can_be_overruled_by_another_of_its_name() {
        for (first, last) in [
            (r#"{"active":false,"#, r#","active":true}"#),
            (r#"{"active":true,"#, r#","active":false}"#),
            (r#"{"revoked":true,"#, "}"),
            ("{", r#","revoked":true}"#),
        ] {
            let token = token(&[]).to_string();
            let members = token.trim_start_matches('{').trim_end_matches('}');
            let problem = decode(format!("{first}{members}{last}")).unwrap_err();
            assert_eq!(problem, "expected each member once");
        }
    }
}
