//! Browsers, and whoever sends them links: where they can be sent, how often, and what goes with them.
#![cfg(all(
    feature = "testing",
    any(feature = "ring", feature = "aws-lc-rs", feature = "rust-crypto")
))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // A test says what is wrong by failing.

mod app;
mod hostile;
mod jar;
mod loops;
mod places;
mod properties;
mod redirects;
mod world;
