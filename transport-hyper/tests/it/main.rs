//! The transport against servers of its own, on loopback.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // A test says what is wrong by failing.

mod calls;
mod cancellation;
mod limits;
mod lists;
mod own;
#[cfg(feature = "ring")] // They need some TLS.
mod proxies;
mod server;
mod settings;
