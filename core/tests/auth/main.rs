//! Who is calling: one table of good and bad inputs, published vectors, and keys that change.
#![cfg(all(
    feature = "catalog",
    feature = "testing",
    any(feature = "ring", feature = "aws-lc-rs", feature = "rust-crypto")
))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // A test says what is wrong by failing.

mod keyring;
mod outside;
mod recipe;
mod table;
mod vectors;
mod waiting;

/// The names of the backends that are compiled in.
const BACKENDS: &[&str] = &[
    #[cfg(feature = "ring")]
    "ring",
    #[cfg(feature = "aws-lc-rs")]
    "aws-lc-rs",
    #[cfg(feature = "rust-crypto")]
    "rust-crypto",
];

/// Asks the catalog.
fn ask(question: &serde_json::Value) -> serde_json::Value {
    serde_json::from_str(&clerk_core::catalog::answer_line(question.to_string().as_bytes()))
        .unwrap()
}
