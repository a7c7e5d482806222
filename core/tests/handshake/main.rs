//! The handshake of browsers: one table of inputs and what becomes of each, where people are sent to sign in, and
//! settings that are refused.
#![cfg(all(
    feature = "catalog",
    feature = "testing",
    any(feature = "ring", feature = "aws-lc-rs", feature = "rust-crypto")
))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // A test says what is wrong by failing.

#[path = "../auth/recipe.rs"]
mod recipe;
mod redirects;
mod settings;
mod table;

/// The publishable key of a production instance with the Frontend API clerk.example.com, and of a development one.
const LIVE: &str = "pk_live_Y2xlcmsuZXhhbXBsZS5jb20k";
const TEST: &str = "pk_test_Y2xlcmsuZXhhbXBsZS5jb20k";
