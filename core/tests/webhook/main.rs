//! Webhooks: one table of good and bad deliveries, published vectors, replays, and what is in them.
#![cfg(all(feature = "catalog", feature = "testing"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // A test says what is wrong by failing.

mod event;
mod outside;
mod properties;
mod recipe;
mod replay;
mod table;

/// The secret that most deliveries are signed with.
const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
/// The time at which they are judged, in Unix seconds.
const NOW: i64 = 1_700_000_000;
/// What they tell.
const DELETED: &str =
    r#"{"type":"user.deleted","data":{"object":"user","id":"user_1","deleted":true}}"#;

/// Asks the catalog.
fn ask(question: &serde_json::Value) -> serde_json::Value {
    serde_json::from_str(&clerk_core::catalog::answer_line(question.to_string().as_bytes()))
        .unwrap()
}
