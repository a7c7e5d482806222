//! A small stand-in for what browsers know of Clerk: the Frontend API with its handshake, and the page on which people
//! sign in; and for the few operations of the Backend API that the handshake takes.
//!
//! It is written from what is known of Clerk, and proves nothing about Clerk. It has one user, forgets everything when
//! it ends, and everybody can read the key with which it signs.
use std::{
    fmt,
    net::TcpListener,
    sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::AtomicI64},
};

use axum::http::StatusCode;
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    response::Response,
};
use clerk_core::auth::PublishableKey;

use self::{
    asked::Asked,
    state::{Clients, Kind},
};
use crate::Failure;

mod asked;
mod backend;
mod browsers;
mod query;
mod state;
#[cfg(test)]
mod tests;

pub(crate) use self::query::encoded;
pub use self::query::parameter;

/// No request of the applications is as long.
const MAX_BODY: usize = 64 << 10;

/// The manners of Clerk's two kinds of instances.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Manner {
    /// The Frontend API is on a domain of its own: what the handshake ends with comes in the URL, and browsers are told
    /// apart by a token that goes along.
    #[default]
    Development,
    /// The Frontend API is on the domain of the application, and what the handshake ends with comes in a cookie.
    Production,
}

/// Where everything is: names under `localhost`, which browsers look for on this machine and trust as they do https.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Places {
    /// What they are like.
    pub(crate) manner: Manner,
    /// The port of the application.
    pub(crate) application: u16,
    /// The port of its satellite.
    pub(crate) satellite: u16,
    /// The port of the stand-in.
    pub(crate) clerk: u16,
}

impl Places {
    fn is_production(&self) -> bool {
        self.manner == Manner::Production
    }

    /// The origin of the application.
    pub(crate) fn application(&self) -> String {
        format!("http://app.primary.localhost:{}", self.application)
    }

    /// The origin of the satellite.
    pub(crate) fn satellite(&self) -> String {
        format!("http://shop.satellite.localhost:{}", self.satellite)
    }

    /// The host of the Frontend API, with its port.
    pub(crate) fn clerk_host(&self) -> String {
        let host = match self.manner {
            Manner::Development => "happy-cat-1.clerk.accounts.localhost",
            Manner::Production => "clerk.primary.localhost",
        };
        format!("{host}:{}", self.clerk)
    }

    /// The host of the Frontend API that a satellite knows: one on its own domain in production.
    pub(crate) fn satellite_clerk_host(&self) -> String {
        match self.manner {
            Manner::Development => self.clerk_host(),
            Manner::Production => format!("clerk.satellite.localhost:{}", self.clerk),
        }
    }

    fn publishable_key(&self) -> Result<PublishableKey, clerk_core::Error> {
        match self.manner {
            Manner::Development => PublishableKey::test(&self.clerk_host()),
            Manner::Production => PublishableKey::live(&self.clerk_host()),
        }
    }
}

/// What an application has to know of the instance, and of itself.
#[derive(Clone)]
pub struct Site {
    /// How it is called in its log.
    pub name: &'static str,
    /// The secret key.
    pub secret_key: String,
    /// The publishable key.
    pub publishable_key: String,
    /// Where the Backend API is.
    pub api_url: String,
    /// Where browsers reach the Frontend API.
    pub frontend_api: String,
    /// Where browsers reach the application.
    pub origin: String,
    /// The page on which people sign in.
    pub sign_in_url: String,
    /// The page that signs them out.
    pub sign_out_url: String,
    /// Whether it is a satellite.
    pub is_satellite: bool,
    /// The other of the two applications: the satellite of the primary one, and the other way around.
    pub other: String,
}

impl fmt::Debug for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the secret key.
        f.debug_struct("Site").field("name", &self.name).finish_non_exhaustive()
    }
}

/// The stand-in.
#[derive(Debug)]
pub(crate) struct FrontendApi {
    places: Places,
    key: PublishableKey,
    secret_key: &'static str,
    /// How long session tokens live, in seconds.
    lifetime: AtomicI64,
    clients: Mutex<Clients>,
}

impl FrontendApi {
    /// An instance at these places, whose session tokens live so many seconds; Clerk's live for 60.
    ///
    /// # Errors
    ///
    /// If there can be no key for these places.
    pub(crate) fn new(places: Places, lifetime: i64) -> Result<Self, Failure> {
        let secret_key = match places.manner {
            Manner::Development => "sk_test_standin",
            Manner::Production => "sk_live_standin",
        };
        let key = places.publishable_key()?;
        let lifetime = AtomicI64::new(lifetime);
        Ok(Self { places, key, secret_key, lifetime, clients: Mutex::default() })
    }

    /// What the primary application and the satellite have to know.
    pub(crate) fn sites(&self) -> [Site; 2] {
        let Places { clerk, .. } = self.places;
        let (application, satellite) = (self.places.application(), self.places.satellite());
        let clerk_url = format!("http://{}", self.places.clerk_host());
        let primary = Site {
            name: "app",
            secret_key: self.secret_key.to_owned(),
            publishable_key: self.key.to_string(),
            api_url: format!("http://127.0.0.1:{clerk}/v1"),
            frontend_api: clerk_url.clone(),
            origin: application.clone(),
            sign_in_url: format!("{clerk_url}/sign-in"),
            sign_out_url: format!("{clerk_url}/sign-out"),
            is_satellite: false,
            other: satellite.clone(),
        };
        let satellite = Site {
            name: "shop",
            frontend_api: format!("http://{}", self.places.satellite_clerk_host()),
            origin: satellite,
            // People sign in at the primary application, which knows the page for it.
            sign_in_url: format!("{application}/sign-in"),
            is_satellite: true,
            other: application,
            ..primary.clone()
        };
        [primary, satellite]
    }

    /// What the names of its cookies end with.
    pub(crate) fn cookie_suffix(&self) -> &str {
        self.key.cookie_suffix()
    }

    /// A session token that expired ten seconds ago: of the session that began last, made out to this origin.
    pub(crate) fn expired_session(&self, origin: &str) -> Option<String> {
        self.session(Kind::Expired, origin)
    }

    fn clients(&self) -> MutexGuard<'_, Clients> {
        self.clients.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn answer(&self, asked: &Asked, body: &[u8]) -> Response {
        match (asked.method.as_str(), asked.path.as_str()) {
            ("GET", "/v1/client/handshake") => self.handshake(asked),
            ("GET", "/v1/client/sync") => self.sync(asked),
            ("GET", "/sign-in") => self.sign_in_page(asked),
            ("POST", "/sign-in") => self.sign_in(asked),
            ("GET", "/sign-out") => self.sign_out(asked),
            ("GET", "/control/session") => self.control_session(asked),
            ("GET", "/control/lifetime") => self.control_lifetime(asked),
            (_, path) if path.starts_with("/v1/") => self.backend(asked, body),
            _ => status(StatusCode::NOT_FOUND),
        }
    }
}

/// Serves a stand-in, with a line in the log for each request.
///
/// # Errors
///
/// If the listener cannot be used.
#[tokio::main(flavor = "current_thread")]
pub(crate) async fn serve_frontend_api(
    listener: TcpListener,
    stand_in: Arc<FrontendApi>,
) -> Result<(), Failure> {
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let router = Router::new().fallback(answer).with_state(stand_in);
    Ok(axum::serve(listener, router).await?)
}

async fn answer(State(stand_in): State<Arc<FrontendApi>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let asked = Asked::read(&parts);
    let response = match to_bytes(body, MAX_BODY).await {
        Ok(body) => stand_in.answer(&asked, &body),
        Err(_) => status(StatusCode::PAYLOAD_TOO_LARGE),
    };
    let Asked { method, host, path, .. } = &asked;
    let why = asked.reason().map(|reason| format!(", {reason}")).unwrap_or_default();
    eprintln!("clerk: {method} {host} {path}: {}{why}", response.status().as_u16());
    response
}

fn status(status: StatusCode) -> Response {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}
