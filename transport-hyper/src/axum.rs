//! Extractors for axum's handlers, behind an [`AuthLayer`](crate::AuthLayer).
//!
//! | argument of a handler | signed in | signed out | nobody can say |
//! |---|---|---|---|
//! | [`Auth`] | who it is | 401 | 503 |
//! | `Option<Auth>` | who it is | `None` | 503 |
//! | [`Session`] | the session; 403 if it is a machine | 401 | 503 |
//! | `Option<Session>` | the same | `None` | 503 |
//! | [`Protected`] | the session; 403 if it may not | 401 | 503 |
//!
//! 503 is what the layer answers. Signed-out requests come to a handler only behind
//! [`optional`](crate::AuthLayer::optional), and are answered 401 here if it wants somebody. Without any layer every
//! one of these is answered 500, the optional ones included: nobody is let in because something was forgotten.
//!
//! axum adds an `allow` header to the answer of a route that does not know a method, also where the layer gave it: a
//! stranger can tell from it which routes there are. Where that matters, put the layer around the whole router:
//! `Router::new().fallback_service(layer.layer(router))`.
//!
//! Their 401 and 403 are answered without a body. For one of your own take a `Result<Session, AuthRejection>` as the
//! argument, which axum never answers by itself.
//!
//! ```
//! use axum::{Router, routing::get};
//! use clerk_hyper::{AuthLayer, auth::Require, axum::{Protect, Protected, Session}};
//!
//! async fn me(Session(session): Session) -> String {
//!     session.user_id.to_string()
//! }
//!
//! async fn hello(session: Option<Session>) -> String {
//!     session.map_or("hello".to_owned(), |session| format!("hello, {}", session.user_id))
//! }
//!
//! struct Admin;
//!
//! impl Protect for Admin {
//!     fn require() -> Require {
//!         Require::new().role("org:admin")
//!     }
//! }
//!
//! async fn admin(admin: Protected<Admin>) -> String {
//!     format!("{} may", admin.session.user_id)
//! }
//!
//! fn app(layer: AuthLayer) -> Router {
//!     Router::new()
//!         .route("/me", get(me))
//!         .route("/admin", get(admin))
//!         .layer(layer.clone())
//!         .merge(Router::new().route("/", get(hello)).layer(layer.optional()))
//! }
//! # _ = app;
//! ```
use std::{error::Error as StdError, fmt, marker::PhantomData, ops::Deref};

use axum_core::{
    body::Body,
    extract::{FromRequestParts, OptionalFromRequestParts},
    response::{IntoResponse, Response},
};
use clerk_core::auth::{self, Rejection, Require, SessionAuth, VerifyError};
use http::{HeaderValue, StatusCode, header::CACHE_CONTROL, request::Parts};

use crate::layer::refusal;

/// Who is calling.
///
/// Among the extensions of a request is what is in it, an [`auth::Auth`]: `get::<clerk_hyper::auth::Auth>()` finds it, and
/// `get` of this type finds nothing.
#[derive(Clone, Debug)]
pub struct Auth(pub auth::Auth);

impl Deref for Auth {
    type Target = auth::Auth;

    fn deref(&self) -> &auth::Auth {
        &self.0
    }
}

/// The session of the user who is calling.
#[derive(Clone, Debug)]
pub struct Session(pub SessionAuth);

impl Deref for Session {
    type Target = SessionAuth;

    fn deref(&self) -> &SessionAuth {
        &self.0
    }
}

/// What a session must be allowed to do; see [`Protected`].
pub trait Protect {
    /// The role, permission, feature, plan or reverification that is required.
    fn require() -> Require;
}

/// The session of a user who may do what `P` requires.
pub struct Protected<P> {
    /// The session.
    pub session: SessionAuth,
    required: PhantomData<fn() -> P>,
}

impl<P> fmt::Debug for Protected<P> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Protected").field("session", &self.session).finish_non_exhaustive()
    }
}

/// Why a handler is not called.
#[derive(Debug)]
#[non_exhaustive]
pub enum AuthRejection {
    /// Nobody is signed in: 401.
    SignedOut(Rejection),
    /// It is known who it is, and that is not enough: 403.
    Forbidden,
    /// There is no [`AuthLayer`](crate::AuthLayer) in front of the handler: 500, and a mistake in the program. The
    /// answer says so in debug builds.
    NoLayer,
}

const NO_LAYER: &str = "there is no AuthLayer in front of this handler";

impl fmt::Display for AuthRejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SignedOut(rejection) => rejection.fmt(f),
            Self::Forbidden => f.write_str("forbidden"),
            Self::NoLayer => f.write_str(NO_LAYER),
        }
    }
}

impl StdError for AuthRejection {}

impl IntoResponse for AuthRejection {
    fn into_response(self) -> Response {
        match self {
            Self::SignedOut(rejection) => {
                refusal(&VerifyError::Rejected(rejection).into()).map(|()| Body::empty())
            }
            Self::Forbidden => {
                let mut response = StatusCode::FORBIDDEN.into_response();
                let headers = response.headers_mut();
                headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
                response
            }
            // Who develops is told; strangers learn nothing of a mistake.
            Self::NoLayer if cfg!(debug_assertions) => {
                (StatusCode::INTERNAL_SERVER_ERROR, NO_LAYER).into_response()
            }
            Self::NoLayer => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        }
    }
}

/// Who is calling, or why that is not known.
fn known(parts: &Parts) -> Result<&auth::Auth, AuthRejection> {
    parts.extensions.get().ok_or_else(|| match parts.extensions.get::<Rejection>() {
        Some(rejection) => AuthRejection::SignedOut(rejection.clone()),
        None => AuthRejection::NoLayer,
    })
}

fn session(parts: &Parts) -> Result<&SessionAuth, AuthRejection> {
    known(parts)?.session().ok_or(AuthRejection::Forbidden)
}

impl<S: Sync> FromRequestParts<S> for Auth {
    type Rejection = AuthRejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AuthRejection> {
        known(parts).cloned().map(Self)
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for Auth {
    type Rejection = AuthRejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, AuthRejection> {
        match known(parts) {
            Ok(auth) => Ok(Some(Self(auth.clone()))),
            Err(AuthRejection::SignedOut(_)) => Ok(None),
            Err(rejection) => Err(rejection),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Session {
    type Rejection = AuthRejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AuthRejection> {
        session(parts).cloned().map(Self)
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for Session {
    type Rejection = AuthRejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, AuthRejection> {
        match session(parts) {
            Ok(session) => Ok(Some(Self(session.clone()))),
            Err(AuthRejection::SignedOut(_)) => Ok(None),
            Err(rejection) => Err(rejection),
        }
    }
}

impl<S: Sync, P: Protect> FromRequestParts<S> for Protected<P> {
    type Rejection = AuthRejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AuthRejection> {
        let session = session(parts)?;
        if session.has(&P::require()) {
            Ok(Self { session: session.clone(), required: PhantomData })
        } else {
            Err(AuthRejection::Forbidden)
        }
    }
}
