//! Sessions: where a user is signed in.
use serde::{Deserialize, Serialize};

use crate::{
    JsonObject, Nullable, Sensitive,
    model::{
        SessionId,
        macros::{open_enum, union},
    },
    operation::macros::{group, operation},
};

group! {
    /// Sessions: where a user is signed in.
    sessions => Sessions, tag = "Sessions"
}

operation!(
    Sessions::refresh,
    POST("/sessions/{session_id}/refresh"),
    returns(SessionRefresh),
    errors(400, 401),
    /// Trade an expired session token for a new one.
    ///
    /// A 401 says that the session cannot be refreshed so, and that the browser has to go through
    /// the handshake. Not repeated when it may have arrived: whether a refresh token works twice is
    /// not documented.
    ///
    /// ```
    /// use clerk_core::api::sessions::{ExpiredToken, RefreshSession, RefreshToken, RequestOrigin};
    ///
    /// # let (session_cookie, refresh_cookie) = ("", "");
    /// let refresh = RefreshSession::new(
    ///     "sess_1",
    ///     ExpiredToken::new(session_cookie),
    ///     RefreshToken::new(refresh_cookie),
    ///     RequestOrigin::new("https://app.example.com"),
    /// );
    /// ```
    #[doc(alias = "sessionsRefresh")]
    #[doc(alias = "RefreshSessionRequestBody")]
    pub struct RefreshSession {
        /// The session.
        #[doc(alias = "sessionId")]
        session_id: Path<SessionId>,
        /// The session token that expired: the cookie `__session`. It must be of this session.
        #[doc(alias = "expiredToken")]
        expired_token: Body<ExpiredToken>,
        /// The refresh token that the handshake left: the cookie `__refresh`.
        #[doc(alias = "refreshToken")]
        refresh_token: Body<RefreshToken>,
        /// The origin of the request that brought them.
        #[doc(alias = "requestOrigin")]
        request_origin: Body<RequestOrigin>,
    },
    struct Optional {
        /// The headers of the request that brought them. They may hold secrets.
        #[doc(alias = "requestHeaders")]
        request_headers: Body<Nullable<Sensitive<JsonObject>>>,
        /// What to answer with; a token unless set.
        format: Body<Nullable<RefreshFormat>>,
        /// The IP address from which the request came.
        #[doc(alias = "requestOriginatingIp")]
        request_originating_ip: Body<Nullable<String>>,
    }
);

/// Declares texts that are easily mistaken for each other, and so are given with their name.
macro_rules! named_texts {
    ($($(#[$meta:meta])* $Name:ident($Text:ty);)*) => {$(
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $Name($Text);

        impl $Name {
            /// Names a text.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into().into())
            }
        }
    )*};
}

named_texts! {
    /// A session token that expired.
    ExpiredToken(Sensitive<String>);
    /// A refresh token.
    RefreshToken(Sensitive<String>);
    /// The origin of a request: scheme, host and port, such as `https://app.example.com`.
    RequestOrigin(String);
}

open_enum! {
    /// What a refresh answers with.
    pub enum RefreshFormat {
        /// A session token.
        Token = "token",
        /// Cookies, to be set as they are.
        Cookie = "cookie",
    }
}

union! {
    /// What a refresh answers with.
    pub enum SessionRefresh by "object" {
        /// A session token.
        "token" => Token(RefreshedToken),
        /// Cookies.
        "cookies" => Cookies(RefreshedCookies),
    }
}

/// A session token.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[doc(alias = "Token")]
pub struct RefreshedToken {
    /// The token, a JWT.
    pub jwt: Sensitive<String>,
}

/// Cookies with a session token.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[doc(alias = "Cookies")]
pub struct RefreshedCookies {
    /// The values for headers `Set-Cookie`.
    #[serde(default, deserialize_with = "crate::json::null_as_default")]
    pub cookies: Vec<Sensitive<String>>,
}
