//! **Unofficial** Rust SDK for the Clerk Backend API, not affiliated with or endorsed by Clerk: for
//! async programs, on hyper and tokio.
//!
//! ```no_run
//! use clerk_hyper::{Clerk, api::actor_tokens::Actor};
//!
//! # async fn show() -> Result<(), clerk_hyper::Error> {
//! let clerk = Clerk::from_env()?; // CLERK_SECRET_KEY
//!
//! let token = clerk.actor_tokens().create("user_1", Actor::new("user_2")).expires_in_seconds(600).send().await?;
//! println!("{} is {}", token.id, token.status);
//!
//! match clerk.actor_tokens().revoke(token.id).send().await {
//!     Err(error) if error.is_not_found() => println!("it is gone already"),
//!     other => drop(other?),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Store the [`Clerk`] and clone it: clones share connections and the retry budget. Calls own what
//! they need, so that `tokio::spawn(clerk.actor_tokens().revoke(id).send())` compiles. Dropping the
//! future of a call cancels it; the client stays usable.
//!
//! # Runtime
//!
//! Calls run on tokio, with one thread or many, and need its IO and time drivers
//! (`#[tokio::main]` has them; a `Builder` needs `enable_all`). Outside of such a runtime they panic,
//! as everything of tokio does. Making a client needs no runtime. A client's idle connections belong
//! to the runtime that opened them: where several runtimes follow each other, as in tests, give each
//! its own client.
//!
//! # Requests of others
//!
//! [`AuthLayer`] stands in front of your handlers, in axum, tonic or a bare hyper server, and lets through who is
//! signed in; with the feature `axum` there are extractors, too (`clerk_hyper::axum`). Below it is
//! [`Clerk::authenticate`], which tells who sent one request: a user's session, a machine, an OAuth application,
//! an API key; see [`auth`]. For pages that you render there is the browser [handshake](auth::Handshake), which the layer
//! carries out by itself, and [`frontend_api`] passes on what browsers ask Clerk for through your own host. Clerk's own
//! calls to you are verified by [`webhook`].
//!
//! # Limits
//!
//! | what | unless set | |
//! |---|---|---|
//! | connecting, TLS included | 3 s | [`connect_timeout`](ClerkBuilder::connect_timeout) |
//! | one attempt | 10 s | [`attempt_timeout`](ClerkBuilder::attempt_timeout) |
//! | a call with all its attempts | 30 s | [`deadline`](ClerkBuilder::deadline) |
//! | body of an answer | 16 MiB | [`max_response_body`](ClerkBuilder::max_response_body) |
//! | head of an answer | 64 KiB, 100 fields | |
//! | all bytes of an answer | body + 1 MiB | |
//!
//! HTTP/1.1 only; no redirects, no decompression, no proxy unless asked.
//!
//! # Features
//!
//! `ring` (on unless turned off) and `aws-lc-rs` are what TLS computes with, and what the signatures of
//! tokens are checked with; with both it is ring, and no default for the process is installed or used.
//! `rust-crypto` checks signatures, too. `webpki-roots` brings
//! `ClerkBuilder::webpki_roots`. `catalog`, `jiff` and `testing` are those of the core; with `testing`
//! there is `ClerkBuilder::stand_in`, too. `axum` brings extractors for its handlers.
#![cfg_attr(docsrs, feature(doc_cfg))]

use std::{error::Error as StdError, fmt, ops::Deref, pin::Pin};

mod authenticate;
#[cfg(feature = "axum")]
pub mod axum;
mod body;
mod builder;
mod classify;
mod connector;
mod driver;
pub mod frontend_api;
mod ingress;
mod items;
mod layer;
mod pool;
mod proxy;
mod service;
#[cfg(feature = "testing")]
mod stand_in;
mod tls;

/// The flow behind `items()`; [`Items`] here is the stream.
pub use clerk_core::Items as ItemsFlow;
#[cfg(feature = "catalog")]
pub use clerk_core::catalog;
#[cfg(feature = "testing")]
pub use clerk_core::testing;
pub use clerk_core::{
    API_VERSION, ApiError, ApiResponse, Arg, Attached, Call, CallOptions, CallWithResponse,
    CancelFlag, ClerkError, Client, Config, ConfigBuilder, Detached, Draft, Error, ErrorKind,
    Event, Failure, FailureKind, File, Flow, FractionalTimestamp, JsonObject, Listing,
    MachineSecretKey, Meta, Moment, Nullable, Operation, Outgoing, Page, Paged, Pages, Phase,
    Position, QueryValue, RawOperation, Reach, RetryPolicy, RetrySafety, Rfc3339, Seconds,
    SecretKey, Sensitive, Step, Timestamp, Transport, api, auth, error, flow, model, operation,
    webhook,
};
/// The types in the interface that are of other crates.
pub use {bytes, http, rustls};

pub use self::layer::{AuthFuture, AuthLayer, AuthService, EmptyBody, Refusal, Responder};
pub use self::{body::Body, builder::ClerkBuilder, driver::Hyper};
pub use self::{items::Items, service::HttpService};

/// Any error, as services and connectors report them.
pub type BoxError = Box<dyn StdError + Send + Sync>;
/// What [`Transport::run`] of [`Hyper`] gives.
pub type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// The Clerk Backend API, asynchronously.
///
/// One pointer: clones are cheap and share connections and the retry budget. Everything it can do
/// is on [`Client`], which it dereferences to.
#[derive(Clone)]
pub struct Clerk(Client<Hyper>);

impl Clerk {
    /// A client for this secret key (`sk_…`), to be adjusted. The key is checked by
    /// [`build`](ClerkBuilder::build).
    pub fn builder(secret_key: impl Into<String>) -> ClerkBuilder {
        ClerkBuilder::new(Config::builder(secret_key))
    }

    /// A client for one machine, with the secret key of that machine (`ak_…`): for the operations on M2M
    /// tokens, and for nothing else.
    pub fn for_machine(machine_secret_key: impl Into<String>) -> ClerkBuilder {
        ClerkBuilder::new(Config::for_machine(machine_secret_key))
    }

    /// A client with the settings of the environment: see [`ClerkBuilder::from_env`].
    ///
    /// # Errors
    ///
    /// If there is no key, or a variable cannot be used.
    pub fn from_env() -> Result<Self, Error> {
        ClerkBuilder::from_env().build()
    }
}

impl Deref for Clerk {
    type Target = Client<Hyper>;

    fn deref(&self) -> &Client<Hyper> {
        &self.0
    }
}

impl fmt::Debug for Clerk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clerk").field("config", self.0.config()).finish_non_exhaustive()
    }
}

/// Compiles the example of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
