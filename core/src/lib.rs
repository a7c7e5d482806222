//! **Unofficial** Rust SDK for the [Clerk](https://clerk.com) Backend API, not affiliated with or endorsed by Clerk: the core.
//!
//! It turns operations into [`http::Request`] values and [`http::Response`] values into typed
//! results, and holds everything around that which needs no IO: retries, deadlines, lists, errors.
//! It does no IO, reads no clock, draws no random number, starts no thread and needs no runtime.
//!
//! Two small crates run it, and re-export all of it: `clerk-hyper` for async services (hyper and
//! tokio), `clerk-blocking` for sync tools (ureq). Depend on one of those; on this one alone to
//! bring your own HTTP.
//!
//! # Three ways of use
//!
//! As values, on any runtime or none: an operation becomes a request, an answer becomes a value.
//!
//! ```
//! use clerk_core::{Config, Operation, api::actor_tokens::{Actor, CreateActorToken}};
//!
//! let config = Config::new("sk_test_abc")?;
//! let request = CreateActorToken::new("user_1", Actor::new("user_2")).to_request(&config)?;
//! assert_eq!(request.uri(), "https://api.clerk.com/v1/actor_tokens");
//! assert_eq!(request.body(), r#"{"user_id":"user_1","actor":{"sub":"user_2"}}"#);
//!
//! let answer = http::Response::builder().status(422).body(bytes::Bytes::new()).unwrap();
//! assert!(CreateActorToken::read(answer).unwrap_err().is_unprocessable());
//! # Ok::<(), clerk_core::Error>(())
//! ```
//!
//! As flows, with retries and deadlines: an event goes in, a step comes out. See [`flow`] for a
//! whole driver.
//!
//! ```
//! use std::time::Duration;
//! use clerk_core::{Call, Config, Event, Failure, FailureKind, Flow, Moment, Reach, Step, api::users::GetUser};
//!
//! let config = Config::new("sk_test_abc")?;
//! let mut call = Call::new(GetUser::new("user_1"), &config, 7);
//! let now = Moment::at(Duration::from_secs(1_800_000_000));
//!
//! let Step::Send(outgoing) = call.advance(Event::Start, now) else { unreachable!() };
//! assert_eq!(outgoing.time_left, Duration::from_secs(10));
//! // … the connection is reset …
//! let reset = Failure::new(FailureKind::Closed, Reach::MaybeSent, "connection reset");
//! let Step::Wait(time) = call.advance(Event::Reply(Err(reset)), now) else { unreachable!() };
//! assert!(time <= Duration::from_millis(100)); // a GET can be repeated, after a moment
//! # Ok::<(), clerk_core::Error>(())
//! ```
//!
//! With a client over a [`Transport`]: `client.users().get("user_1").send()`. Here over the
//! stand-in of the feature `testing`:
//!
//! ```
//! # #[cfg(feature = "testing")] {
//! use clerk_core::{Client, Config, testing::{StandIn, StandInTransport}};
//!
//! let mut stand_in = StandIn::new("sk_test_abc");
//! let id = stand_in.add_user("ann@example.com");
//! let client = Client::new(Config::new("sk_test_abc")?, StandInTransport::new(stand_in), 7);
//!
//! let user = client.users().get(&id).send()?;
//! assert_eq!(user.primary_email_address().unwrap().email_address, "ann@example.com");
//! assert!(client.users().get("user_none").send().unwrap_err().is_not_found());
//! # }
//! # Ok::<(), clerk_core::Error>(())
//! ```
//!
//! # Who is calling
//!
//! Session tokens, M2M tokens, OAuth tokens and API keys are verified in [`auth`], without a network call
//! where that is possible. Servers that render pages send browsers through Clerk's
//! [handshake](auth::Handshake), which gets them a fresh session.
//!
//! # Webhooks
//!
//! What Clerk sends to you is verified and typed by [`webhook`], without any call.
//!
//! # The Frontend API
//!
//! Where browsers are to reach Clerk through the application's own host, [`frontend_api`] makes the heads of
//! requests and answers that a proxy passes on.
//!
//! # What it leaves to others
//!
//! Sockets, TLS, clocks, timers, threads, randomness and the environment: a transport has them.
//! What a good value is: the server decides that, and this crate only refuses what cannot be sent.
//!
//! # Features
//!
//! None is on by default, and each only adds.
//!
//! | | |
//! |---|---|
//! | `ring`, `aws-lc-rs`, `rust-crypto` | what checks the signatures of tokens; one is enough, all may be on |
//! | `catalog` | every operation by its name, with JSON in and out |
//! | `jiff` | conversions between our times and those of the `jiff` crate |
//! | `testing` | a stand-in for the API, in memory |

/// Guides, which are part of the documentation only.
#[cfg(doc)]
pub mod guides {
    #[doc = include_str!("../docs/browser-sessions.md")]
    pub mod browser_sessions {}
    #[doc = include_str!("../docs/coming-from-another-sdk.md")]
    pub mod coming_from_another_sdk {}
    #[doc = include_str!("../docs/promises.md")]
    pub mod promises {}
    #[doc = include_str!("../docs/what-can-go-wrong.md")]
    pub mod what_can_go_wrong {}
}

mod arg;
pub mod auth;
mod base_url;
#[cfg(feature = "catalog")]
pub mod catalog;
mod client;
mod config;
pub mod connection;
mod decode;
pub mod error;
pub mod flow;
pub mod frontend_api;
mod json;
mod nullable;
pub mod operation;
mod options;
mod response;
mod secret;
#[cfg(feature = "testing")]
pub mod testing;
mod text;
mod time;
mod transport;
pub mod webhook;

pub mod api;
pub mod model;

pub use self::{
    arg::{Arg, QueryValue, TextType},
    client::Client,
    config::{API_VERSION, Config, ConfigBuilder},
    error::{ApiError, ClerkError, Error, ErrorKind},
    flow::{
        Event, Failure, FailureKind, Flow, Outgoing, Phase, Reach, Step,
        call::{Call, CallWithResponse},
        pages::{Items, Listing, Page, Paged, Pages, Position},
        retry::RetryPolicy,
    },
    json::JsonObject,
    nullable::Nullable,
    operation::{
        Attached, Detached, Draft, Meta, Operation, RetrySafety, multipart::File, raw::RawOperation,
    },
    options::{CallOptions, CancelFlag},
    response::ApiResponse,
    secret::{MachineSecretKey, SecretKey, Sensitive},
    time::{FractionalTimestamp, Moment, Rfc3339, Seconds, Timestamp},
    transport::Transport,
};
