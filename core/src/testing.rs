//! A stand-in for the Clerk Backend API, in memory and without IO, for tests and demonstrations
//! (feature `testing`).
//!
//! [`StandIn::handle`] takes an [`http::Request`] and gives an [`http::Response`]. Put it behind a
//! real server, hand it to a client as its transport ([`StandInTransport`]), or call it in a test:
//!
//! ```
//! use clerk_core::{Client, Config, api::actor_tokens::Actor, testing::{StandIn, StandInTransport}};
//!
//! let mut stand_in = StandIn::new("sk_test_abc");
//! let (user, support) = (stand_in.add_user("ann@example.com"), stand_in.add_user("bob@example.com"));
//! let client = Client::new(Config::new("sk_test_abc")?, StandInTransport::new(stand_in), 7);
//!
//! let token = client.actor_tokens().create(&user, Actor::new(&support)).send()?;
//! assert_eq!(token.status.as_str(), "pending");
//! assert_eq!(client.actor_tokens().revoke(&token.id).send()?.status.as_str(), "revoked");
//! assert!(client.actor_tokens().revoke(&token.id).send().unwrap_err().has_code("actor_token_cannot_be_revoked_code"));
//! # Ok::<(), clerk_core::Error>(())
//! ```
//!
//! It knows users, actor tokens, its own keys, and the tokens of machines so far. Statuses, codes and
//! the shape of errors are Clerk's, the messages are our own. It is no proof of what Clerk does: it is
//! written from the specification.
//!
//! # Who is calling
//!
//! A handler that needs a signed-in user can be tested without a network and without an account: a
//! [`TestKey`] signs whatever token the test wants, the stand-in answers with its public half, and the
//! clock of [`StandInTransport`] is a number that a test can [move](StandInTransport::advance). A `Clerk` of the
//! transports goes by the clock of the system, also over a stand-in: mint its tokens at `SystemTime::now()`. Opaque
//! tokens are [added](StandIn::add_m2m_token) to the stand-in, which says what they are worth.
//!
//! ```
//! # #[cfg(any(feature = "ring", feature = "aws-lc-rs", feature = "rust-crypto"))] {
//! use clerk_core::{
//!     Client, Config,
//!     auth::{AuthenticateOptions, RequestState, Require, Verifier},
//!     testing::{StandIn, StandInTransport, TestKey},
//! };
//! use http::{Request, StatusCode};
//!
//! /// The handler: it deletes a post if whoever asks may do that.
//! fn delete_post(
//!     clerk: &Client<StandInTransport>, // clerk_hyper::Clerk or clerk_blocking::Clerk, in the application
//!     verifier: &Verifier,
//!     request: Request<()>,
//! ) -> StatusCode {
//!     let (parts, ()) = request.into_parts();
//!     let state = clerk.run(verifier.authenticate(&parts, &AuthenticateOptions::new()));
//!     match &state {
//!         RequestState::SignedIn { auth, .. } if auth.has(&Require::new().permission("posts:delete")) => StatusCode::NO_CONTENT,
//!         RequestState::SignedIn { .. } => StatusCode::FORBIDDEN,
//!         _ => state.refusal().map_or(StatusCode::UNAUTHORIZED, |refusal| refusal.status()),
//!     }
//! }
//!
//! // The test: a stand-in, and tokens that its key has signed.
//! let api = StandInTransport::new(StandIn::new("sk_test_abc"));
//! let clerk = Client::new(Config::new("sk_test_abc")?, api.clone(), 7);
//! let verifier = clerk.verifier().issuer("https://clerk.test").build()?;
//! let ask = |token: Option<String>| {
//!     let mut request = Request::delete("/posts/1");
//!     if let Some(token) = token {
//!         request = request.header("authorization", format!("Bearer {token}"));
//!     }
//!     delete_post(&clerk, &verifier, request.body(()).unwrap())
//! };
//! let user = TestKey::first().session("user_1").issuer("https://clerk.test").organization("org_1", "org:member");
//! let editor = user.clone().permissions(&[("posts", "delete")]);
//! let now = api.now().as_secs();
//!
//! assert_eq!(ask(None), StatusCode::UNAUTHORIZED);
//! assert_eq!(ask(Some(user.mint(now))), StatusCode::FORBIDDEN);
//! assert_eq!(ask(Some(editor.mint(now))), StatusCode::NO_CONTENT);
//! assert_eq!(ask(Some(editor.mint(now - 3600))), StatusCode::UNAUTHORIZED); // it is over
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
use std::{collections::VecDeque, fmt, time::Duration};

use bytes::Bytes;
use http::{
    HeaderValue, Method, Request, Response, StatusCode,
    header::{AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER},
};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::{
    Meta, Operation, Timestamp,
    api::{
        actor_tokens::{ActorToken, CreateActorToken, RevokeActorToken},
        api_keys::VerifyApiKey,
        jwks::GetJwks,
        m2m::{CreateM2mToken, GetM2mTokens, RevokeM2mToken, VerifyM2mToken},
        oauth_access_tokens::VerifyOauthAccessToken,
        users,
    },
    model::{MachineId, User, UserId},
    operation::{Auth, Place},
};

mod actor_tokens;
mod machine_tokens;
mod test_key;
#[cfg(any(feature = "ring", feature = "aws-lc-rs", feature = "rust-crypto"))]
mod tokens;
mod transport;
mod user_store;

use self::machine_tokens::{Machine, OpaqueToken};
#[cfg(any(feature = "ring", feature = "aws-lc-rs", feature = "rust-crypto"))]
pub use self::tokens::TokenBuilder;
pub use self::{
    test_key::TestKey,
    transport::{StandInTransport, Walk},
};

/// How many requests [`StandIn::requests`] remembers.
const REMEMBERED: usize = 1000;

/// An in-memory Clerk Backend API.
pub struct StandIn {
    authorization: String,
    users: Vec<User>,
    actor_tokens: Vec<ActorToken>,
    keys: Vec<TestKey>,
    issuer: String,
    machines: Vec<Machine>,
    tokens: Vec<OpaqueToken>,
    next_id: u64,
    throttled: Option<(u32, Option<Duration>)>,
    requests: VecDeque<Served>,
}

/// A request that a [`StandIn`] has answered.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Served {
    /// The method.
    pub method: Method,
    /// The path, with `/v1` and without the query.
    pub path: String,
    /// The query, empty without one.
    pub query: String,
    /// What it was answered with.
    pub status: StatusCode,
}

impl fmt::Debug for StandIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StandIn")
            .field("users", &self.users.len())
            .field("actor_tokens", &self.actor_tokens.len())
            .field("keys", &self.keys)
            .field("machines", &self.machines.len())
            .field("tokens", &self.tokens.len())
            .finish_non_exhaustive()
    }
}

impl StandIn {
    /// An empty instance with this secret key.
    pub fn new(secret_key: &str) -> Self {
        Self {
            authorization: format!("Bearer {secret_key}"),
            users: Vec::new(),
            actor_tokens: Vec::new(),
            keys: vec![TestKey::first()],
            issuer: "https://standin.invalid".to_owned(),
            machines: Vec::new(),
            tokens: Vec::new(),
            next_id: 0,
            throttled: None,
            requests: VecDeque::new(),
        }
    }

    /// Adds a user with this e-mail address, created at the Unix epoch.
    pub fn add_user(&mut self, email_address: &str) -> UserId {
        let arguments = Map::from_iter([("email_address".to_owned(), json!([email_address]))]);
        // An address is text, so this makes a user.
        self.insert_user(arguments, Timestamp::from_millis(0))
            .map_or_else(|_| UserId::from(""), |user| user.id)
    }

    /// Sets the keys that it answers with when it is asked for them, and with the first of which it signs:
    /// [`TestKey::first`] alone unless set. With none, no token is good.
    ///
    /// ```
    /// # #[cfg(any(feature = "ring", feature = "aws-lc-rs", feature = "rust-crypto"))] {
    /// use clerk_core::{Client, Config, auth::Reason, testing::{StandIn, StandInTransport, TestKey}};
    ///
    /// let api = StandInTransport::new(StandIn::new("sk_test_abc"));
    /// let clerk = Client::new(Config::new("sk_test_abc")?, api.clone(), 7);
    /// let verifier = clerk.verifier().any_issuer().build()?;
    /// let verify = |key: TestKey| {
    ///     let token = key.session("user_1").mint(api.now().as_secs());
    ///     clerk.run(verifier.verify(token)).map_err(|error| error.reason())
    /// };
    /// assert!(verify(TestKey::first()).is_ok());
    ///
    /// // The instance has a new key: it is found at once, and the old one is good no more.
    /// api.with(|stand_in| stand_in.set_keys([TestKey::second()]));
    /// assert!(verify(TestKey::second()).is_ok());
    /// assert_eq!(verify(TestKey::first()).unwrap_err(), Reason::JwkKidMismatch);
    /// # }
    /// # Ok::<(), clerk_core::Error>(())
    /// ```
    pub fn set_keys(&mut self, keys: impl IntoIterator<Item = TestKey>) {
        self.keys = keys.into_iter().collect();
    }

    /// Sets who issues the tokens that it signs itself; `https://standin.invalid` unless set.
    pub fn set_issuer(&mut self, issuer: impl Into<String>) {
        self.issuer = issuer.into();
    }

    /// Who issues the tokens that it signs itself: the M2M tokens that are JWTs.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Answers the next `requests` requests with 429, with this `Retry-After` (in whole seconds) if
    /// any.
    pub fn throttle(&mut self, requests: u32, retry_after: Option<Duration>) {
        self.throttled = Some((requests, retry_after));
    }

    /// The requests answered so far, at most the last thousand.
    pub fn requests(&self) -> impl Iterator<Item = &Served> {
        self.requests.iter()
    }

    /// Answers a request. `now` is the wall clock.
    pub fn handle(&mut self, request: Request<Bytes>, now: Timestamp) -> Response<Bytes> {
        let (method, uri) = (request.method().clone(), request.uri().clone());
        let answer = self.admit(&request).and_then(|caller| self.route(request, caller, now));
        let mut response = match answer {
            Ok((status, body)) => respond(status, body),
            Err(refusal) => refusal.respond(),
        };
        let status = response.status();
        if self.requests.len() == REMEMBERED {
            self.requests.pop_front();
        }
        self.requests.push_back(Served {
            method,
            path: uri.path().to_owned(),
            query: uri.query().unwrap_or_default().to_owned(),
            status,
        });
        if status == StatusCode::TOO_MANY_REQUESTS
            && let Some((_, Some(time))) = self.throttled
            && let Ok(seconds) = HeaderValue::try_from(time.as_secs().to_string())
        {
            response.headers_mut().insert(RETRY_AFTER, seconds);
        }
        response
    }

    /// Whether the request gets as far as an operation, and whose key it has.
    fn admit(&mut self, request: &Request<Bytes>) -> Result<Caller, Refusal> {
        match &mut self.throttled {
            Some((left, _)) if *left > 0 => {
                *left -= 1;
                return Err(Refusal::new(
                    429,
                    "too_many_requests",
                    "too many requests, come back later",
                ));
            }
            _ => {}
        }
        let Some(key) = request.headers().get(AUTHORIZATION) else {
            return Err(Refusal::new(401, "authentication_invalid", "the request has no key"));
        };
        let is = |authorization: &str| key.as_bytes() == authorization.as_bytes();
        if is(&self.authorization) {
            return Ok(Caller::Instance);
        }
        let machine = self.machines.iter().find(|machine| is(&machine.authorization));
        machine.map(|machine| Caller::Machine(machine.id.clone())).ok_or_else(wrong_key)
    }

    fn route(
        &mut self,
        request: Request<Bytes>,
        caller: Caller,
        now: Timestamp,
    ) -> Result<(StatusCode, Value), Refusal> {
        let path = request.uri().path().to_owned();
        let mut known = false;
        for route in ROUTES {
            let Some(id) = route.captures(&path) else { continue };
            known = true;
            if request.method() == route.meta.method {
                if matches!(caller, Caller::Machine(_)) && route.meta.auth != Auth::MachineSecretKey
                {
                    return Err(wrong_key());
                }
                let arguments = Arguments::read(route.meta, id, caller, &request)?;
                let status = route.meta.success.first().copied().unwrap_or(200);
                let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
                return (route.handle)(self, arguments, now).map(|body| (status, body));
            }
        }
        Err(if known {
            Refusal::new(405, "method_not_allowed", "the resource does not take this method")
        } else {
            Refusal::new(
                404,
                "resource_not_found",
                "there is no such path, or this stand-in does not know it",
            )
        })
    }

    fn get_jwks(&mut self, _: Arguments, _: Timestamp) -> Result<Value, Refusal> {
        Ok(json!({ "keys": self.keys.iter().map(TestKey::jwk).collect::<Vec<_>>() }))
    }

    fn id(&mut self, prefix: &str) -> String {
        self.next_id += 1;
        format!("{prefix}_standin{:020}", self.next_id)
    }
}

type Handler = fn(&mut StandIn, Arguments, Timestamp) -> Result<Value, Refusal>;

/// An operation that the stand-in knows.
struct Route {
    meta: &'static Meta,
    handle: Handler,
}

/// In the order in which they are tried: a fixed path before one with a parameter.
static ROUTES: &[Route] = &[
    Route { meta: CreateActorToken::META, handle: StandIn::create_actor_token },
    Route { meta: RevokeActorToken::META, handle: StandIn::revoke_actor_token },
    Route { meta: GetJwks::META, handle: StandIn::get_jwks },
    Route { meta: CreateM2mToken::META, handle: StandIn::create_m2m_token },
    Route { meta: GetM2mTokens::META, handle: StandIn::list_m2m_tokens },
    Route { meta: VerifyM2mToken::META, handle: StandIn::verify_m2m_token },
    Route { meta: RevokeM2mToken::META, handle: StandIn::revoke_m2m_token },
    Route { meta: VerifyOauthAccessToken::META, handle: StandIn::verify_oauth_access_token },
    Route { meta: VerifyApiKey::META, handle: StandIn::verify_api_key },
    Route { meta: users::GetUserList::META, handle: StandIn::list_users },
    Route { meta: users::CreateUser::META, handle: StandIn::create_user },
    Route { meta: users::GetUsersCount::META, handle: StandIn::count_users },
    Route { meta: users::UsersBan::META, handle: StandIn::bulk_ban_users },
    Route { meta: users::GetUser::META, handle: StandIn::get_user },
    Route { meta: users::UpdateUser::META, handle: StandIn::update_user },
    Route { meta: users::DeleteUser::META, handle: StandIn::delete_user },
    Route { meta: users::BanUser::META, handle: StandIn::ban_user },
    Route { meta: users::UpdateUserMetadata::META, handle: StandIn::merge_user_metadata },
    Route { meta: users::ReplaceUserMetadata::META, handle: StandIn::replace_user_metadata },
];

impl Route {
    /// The decoded parameter of the path, empty if it has none; `None` if the path is another.
    fn captures(&self, path: &str) -> Option<String> {
        let mut segments = path.strip_prefix("/v1/")?.split('/');
        let mut captured = String::new();
        for expected in self.meta.path.split('/').skip(1) {
            let segment = segments.next()?;
            if expected.starts_with('{') {
                captured =
                    percent_encoding::percent_decode_str(segment).decode_utf8().ok()?.into_owned();
            } else if segment != expected {
                return None;
            }
        }
        segments.next().is_none().then_some(captured)
    }
}

/// Whose key a request has.
enum Caller {
    Instance,
    Machine(MachineId),
}

/// The arguments of a request, checked against the declaration of its operation.
struct Arguments {
    caller: Caller,
    id: String,
    query: Vec<(String, String)>,
    body: Map<String, Value>,
}

impl Arguments {
    fn read(
        meta: &'static Meta,
        id: String,
        caller: Caller,
        request: &Request<Bytes>,
    ) -> Result<Self, Refusal> {
        let decode = |text: &str| {
            percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
        };
        let query = request.uri().query().unwrap_or_default();
        let query = query.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        });
        let body = if request.body().is_empty() {
            Map::new()
        } else {
            serde_json::from_slice(request.body()).map_err(|_| {
                Refusal::new(400, "request_body_invalid", "the body is not a JSON object")
            })?
        };
        let fields = || meta.params.iter().filter(|param| param.place == Place::Body);
        for name in body.keys() {
            if !fields().any(|field| field.name == name) {
                return Err(Refusal::about(
                    422,
                    "form_param_unknown",
                    format!("there is no parameter `{name}`"),
                    name,
                ));
            }
        }
        for field in fields().filter(|field| field.required) {
            if body.get(field.name).is_none_or(Value::is_null) {
                return Err(Refusal::about(
                    422,
                    "form_param_missing",
                    format!("`{}` must be given", field.name),
                    field.name,
                ));
            }
        }
        Ok(Self { caller, id, query: query.collect(), body })
    }

    /// A number from the query.
    fn number(&self, name: &str, default: usize, at_most: usize) -> Result<usize, Refusal> {
        let Some((_, value)) = self.query.iter().find(|(known, _)| known == name) else {
            return Ok(default);
        };
        match value.parse() {
            Ok(number) if number <= at_most => Ok(number),
            _ => Err(Refusal::about(
                422,
                "form_param_format_invalid",
                format!("`{name}` must be a whole number up to {at_most}"),
                name,
            )),
        }
    }

    /// All values of a name in the query.
    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.query.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// An error answer.
struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: String,
    param: Option<String>,
}

impl Refusal {
    fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        Self { status, code, message: message.into(), param: None }
    }

    fn about(status: u16, code: &'static str, message: String, param: &str) -> Self {
        Self { param: Some(param.to_owned()), ..Self::new(status, code, message) }
    }

    fn not_found(what: &str) -> Self {
        Self::new(404, "resource_not_found", format!("there is no such {what}"))
    }

    fn respond(self) -> Response<Bytes> {
        let Self { status, code, message, param } = self;
        let meta = param.map_or_else(|| json!({}), |name| json!({ "param_name": name }));
        let error =
            json!({ "code": code, "message": message, "long_message": message, "meta": meta });
        respond(status, json!({ "errors": [error], "clerk_trace_id": "standin" }))
    }
}

fn wrong_key() -> Refusal {
    Refusal::new(401, "clerk_key_invalid", "this is not the key of the instance")
}

fn respond(status: StatusCode, body: Value) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body.to_string()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

/// What a model is on the wire.
fn wire(model: &impl Serialize) -> Result<Value, Refusal> {
    serde_json::to_value(model).map_err(|_| {
        Refusal::new(500, "internal_clerk_error", "the stand-in cannot write its own answer")
    })
}
