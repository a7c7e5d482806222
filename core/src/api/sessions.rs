//! Sessions: where a user is signed in.
//!
//! ```
//! # fn example<T: clerk_core::Transport>(clerk: &clerk_core::Client<T>) {
//! use clerk_core::model::SessionStatus;
//!
//! let sessions = clerk.sessions();
//! let active = sessions.list().user_id("user_1").status(SessionStatus::Active).send();
//! let token = sessions.create_token("sess_1").expires_in_seconds(300).send();
//! let revoked = sessions.revoke("sess_1").send(); // `.await` it with clerk-hyper
//! # }
//! ```
use serde::{Deserialize, Serialize};

use crate::{
    JsonObject, Nullable, Seconds, Sensitive,
    model::{
        ClientId, JwtTemplateName, ObjectType, OrganizationId, PlainList, Session, SessionId,
        SessionStatus, UserId,
        macros::{named, open_enum, union},
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

named! {
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

operation!(
    Sessions::list,
    GET("/sessions"),
    returns(PlainList<Session>),
    errors(400, 401, 422),
    pages(Session, total_if(paginated)),
    /// List the sessions of a user or a client, the newest first.
    ///
    /// Say whose: [`user_id`](GetSessionList::user_id), [`client_id`](GetSessionList::client_id) or
    /// both. Sessions that are old and no longer in use are removed after a while, and missing from
    /// the list then.
    #[doc(alias = "sessionsList")]
    #[doc(alias = "getSessionList")]
    #[doc(alias = "GetSessionListRequest")]
    pub struct GetSessionList {},
    struct Optional {
        /// Only those of this client: a browser or a device.
        #[doc(alias = "clientId")]
        client_id: Query<ClientId>,
        /// Only those of this user.
        #[doc(alias = "userId")]
        user_id: Query<UserId>,
        /// Only those with this status; there is no filter for `pending`.
        status: Query<SessionStatus>,
        /// Whether to tell how many there are in all.
        paginated: Query<bool>,
        /// How many, from 1 to 500; 10 unless set.
        limit: Query<u64>,
        /// How many to skip; none unless set.
        offset: Query<u64>,
    }
);

operation!(
    Sessions::create,
    POST("/sessions"),
    operation_id("createSession"),
    returns(Session),
    errors(400, 401, 404, 422),
    /// Create an active session of a user, to test with.
    ///
    /// Only in development: a production instance refuses it. To sign a user in from a backend, use
    /// [`CreateSignInToken`](crate::api::sign_in_tokens::CreateSignInToken). Not repeated when it
    /// may have arrived: the user would have two sessions.
    #[doc(alias = "sessionsCreate")]
    #[doc(alias = "createSession")]
    #[doc(alias = "CreateSessionRequestBody")]
    pub struct CreateSession {
        /// The user.
        #[doc(alias = "userId")]
        user_id: Body<UserId>,
    },
    struct Optional {
        /// The organization that is active in it.
        #[doc(alias = "activeOrganizationId")]
        active_organization_id: Body<OrganizationId>,
    }
);

operation!(
    Sessions::get,
    GET("/sessions/{session_id}"),
    returns(Session),
    errors(400, 401, 404),
    /// Retrieve a session.
    #[doc(alias = "sessionsGet")]
    #[doc(alias = "getSession")]
    #[doc(alias = "GetSessionRequest")]
    pub struct GetSession {
        /// The session.
        #[doc(alias = "sessionId")]
        session_id: Path<SessionId>,
    }
);

operation!(
    Sessions::revoke,
    POST("/sessions/{session_id}/revoke"),
    returns(Session),
    errors(400, 401, 404),
    // Revoking twice does no harm; not revoking may.
    retry(Safe),
    /// Revoke a session, to sign its user out: they have to sign in again.
    ///
    /// A token that the session gave out before is a JWT: whoever only checks its signature and its
    /// times accepts it until it expires. Where a client can have several sessions, it goes on to
    /// list this one, as `revoked`.
    ///
    /// Where an earlier attempt got no answer, an error may mean that it worked: see
    /// [`Error::is_after_retry`](crate::Error::is_after_retry).
    #[doc(alias = "sessionsRevoke")]
    #[doc(alias = "revokeSession")]
    #[doc(alias = "RevokeSessionRequest")]
    pub struct RevokeSession {
        /// The session.
        #[doc(alias = "sessionId")]
        session_id: Path<SessionId>,
    }
);

operation!(
    Sessions::create_token,
    POST("/sessions/{session_id}/tokens"),
    returns(SessionJwt),
    errors(401, 404),
    // A token is signed and not stored: a second one changes nothing.
    retry(Safe),
    /// Create a token of a session.
    ///
    /// Whoever has it can act as the user until it expires, and no operation takes it back: keep
    /// its life short. For a token with claims of your own, use [`CreateSessionTokenFromTemplate`].
    #[doc(alias = "sessionsCreateToken")]
    #[doc(alias = "createSessionToken")]
    #[doc(alias = "CreateSessionTokenRequestBody")]
    pub struct CreateSessionToken {
        /// The session.
        #[doc(alias = "sessionId")]
        session_id: Path<SessionId>,
    },
    struct Optional {
        /// How long the token is valid, in seconds, from 30 to 315,360,000 (ten years); as long as
        /// session tokens are by default unless set.
        #[doc(alias = "expiresInSeconds")]
        expires_in_seconds: Body<Nullable<Seconds>>,
    }
);

operation!(
    Sessions::create_token_from_template,
    POST("/sessions/{session_id}/tokens/{template_name}"),
    returns(SessionJwt),
    errors(401, 404),
    // A token is signed and not stored: a second one changes nothing.
    retry(Safe),
    /// Create a token of a session, with the claims of a JWT template.
    ///
    /// No operation takes it back: keep its life short.
    #[doc(alias = "sessionsCreateTokenFromTemplate")]
    #[doc(alias = "createSessionTokenFromTemplate")]
    #[doc(alias = "CreateSessionTokenFromTemplateRequestBody")]
    pub struct CreateSessionTokenFromTemplate {
        /// The session.
        #[doc(alias = "sessionId")]
        session_id: Path<SessionId>,
        /// The name of the template, and not its id.
        #[doc(alias = "templateName")]
        template_name: Path<JwtTemplateName>,
    },
    struct Optional {
        /// How long the token is valid, in seconds, from 30 to 315,360,000 (ten years); as long as
        /// the template says unless set.
        #[doc(alias = "expiresInSeconds")]
        expires_in_seconds: Body<Nullable<Seconds>>,
    }
);

/// A new token of a session. It is a secret: who has it can act as the user until it expires.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct SessionJwt {
    /// Always `token`.
    pub object: Option<ObjectType>,
    /// The token, a JWT.
    pub jwt: Option<Sensitive<String>>,
}
