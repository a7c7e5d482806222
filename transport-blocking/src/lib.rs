//! **Unofficial** Rust SDK for the Clerk Backend API, not affiliated with or endorsed by Clerk: for
//! programs without an async runtime.
//!
//! ```no_run
//! use clerk_blocking::{Clerk, api::actor_tokens::Actor};
//!
//! fn main() -> Result<(), clerk_blocking::Error> {
//!     let clerk = Clerk::from_env()?; // CLERK_SECRET_KEY
//!
//!     for user in clerk.users().list().banned(false).items() {
//!         println!("{}", user?.id);
//!     }
//!
//!     let actor = Actor::new("user_2");
//!     let token = clerk.actor_tokens().create("user_1", actor).expires_in_seconds(600).send()?;
//!     match clerk.actor_tokens().revoke(token.id).send() {
//!         Ok(token) => println!("it is {} now", token.status),
//!         Err(error) if error.is_not_found() => println!("it was gone"),
//!         Err(error) => return Err(error),
//!     }
//!     Ok(())
//! }
//! ```
//!
//! Every call blocks its thread until it is answered, retries and waits included, and at most for its
//! deadline (30 s unless set). A [`Clerk`] can be cloned and shared between threads; clones share
//! connections and the retry budget. To stop early from another thread there is [`CancelFlag`].
//!
//! # The network
//!
//! HTTP/1.1 over [`ureq`], TLS by [`rustls`], with whom the machine trusts. Redirects are not
//! followed, nothing is decompressed, no proxy is used unless asked for, and every answer is limited
//! in time and size. All of that is set on the [`ClerkBuilder`]; whoever needs more brings an
//! [`agent`](ClerkBuilder::agent).
//!
//! A failed call says whether the server may have seen it ([`Error::may_have_been_sent`]): not by
//! guessing from an error, but because every connection notes the first byte that leaves.
//!
//! # Logs
//!
//! This crate logs nothing, and what its errors show holds no secret. `ureq` logs with the `log` crate: up to the level
//! `Debug` without secrets, but at `Trace` with whole URLs (`ureq::run`) and with every byte of requests and answers, keys
//! and passwords among them (`ureq_proto::util`). Nothing can be marked so that it does not: leave `Trace` off for
//! these two targets in production.
//!
//! # Requests of others
//!
//! [`Clerk::authenticate`] tells who sent a request to *your* server: a user's session, a machine, an OAuth
//! application, an API key; see [`auth`]. It takes an `http::request::Parts`, which any server can make, and
//! [`require`](auth::RequestState::require) makes of it who is signed in, or the answer for everybody else. For pages that
//! you render there is the browser [handshake](auth::Handshake). Clerk's own calls to you are verified by [`webhook`].
//!
//! # Features
//!
//! - `ring` (on by default) or `aws-lc-rs`: the cryptography of TLS, and of the signatures of tokens. With
//!   both, ring; with none, [`ClerkBuilder::tls_config`] is needed for https. No process-wide default is set
//!   or used.
//! - `rust-crypto`: signatures of tokens in Rust alone.
//! - `webpki-roots`: Mozilla's roots in the program, for machines that have none.
//! - `catalog`, `jiff` and `testing` are those of the core; with `testing` there is
//!   `ClerkBuilder::stand_in`, too.
#![cfg_attr(docsrs, feature(doc_cfg))]

mod authenticate;
mod builder;
mod classify;
mod dial;
mod driver;
mod exchange;
mod tls;
mod wire;

use std::{fmt, ops::Deref};

pub use self::{
    builder::ClerkBuilder,
    driver::{Blocking, Items},
};
/// The flow behind `items()`; [`Items`] here is the iterator.
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
    SecretKey, Sensitive, Step, Timestamp, Transport, api, auth, error, flow, frontend_api, model,
    operation, webhook,
};
pub use ureq;
pub use {bytes, http, rustls};

/// The Clerk Backend API, called with blocking calls.
///
/// Everything that can be called is a method of the core's [`Client`], which this dereferences to:
/// `clerk.users()`, `clerk.actor_tokens()` and so on. Clones are cheap, and share connections and the
/// retry budget.
///
/// ```
/// use std::time::Duration;
/// use clerk_blocking::Clerk;
///
/// let clerk = Clerk::builder("sk_test_abc")
///     .base_url("http://127.0.0.1:4010") // a stand-in
///     .deadline(Duration::from_secs(5))
///     .build()?;
/// assert!(!format!("{clerk:?}").contains("sk_test_abc"));
/// # Ok::<(), clerk_blocking::Error>(())
/// ```
#[derive(Clone)]
pub struct Clerk(Client<Blocking>);

impl Clerk {
    /// A client to be adjusted. The key is checked by [`build`](ClerkBuilder::build).
    pub fn builder(secret_key: impl Into<String>) -> ClerkBuilder {
        ClerkBuilder::new(Config::builder(secret_key))
    }

    /// A client for one machine, with the secret key of that machine (`ak_…`): for the operations on M2M
    /// tokens, and for nothing else.
    pub fn for_machine(machine_secret_key: impl Into<String>) -> ClerkBuilder {
        ClerkBuilder::new(Config::for_machine(machine_secret_key))
    }

    /// A client with its settings out of the environment: see [`ClerkBuilder::from_env`].
    ///
    /// # Errors
    ///
    /// As [`ClerkBuilder::build`].
    pub fn from_env() -> Result<Self, Error> {
        ClerkBuilder::from_env().build()
    }
}

impl Deref for Clerk {
    type Target = Client<Blocking>;

    fn deref(&self) -> &Client<Blocking> {
        &self.0
    }
}

impl fmt::Debug for Clerk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Clerk").field("config", self.0.config()).finish_non_exhaustive()
    }
}
