//! What is fuzzed, and what has to hold for every input: one function for each target.
//!
//! Inputs are texts that people can read, where that is possible. An input that makes no case is a case as well: no
//! function refuses any. What is compared with is a second reading, made of other means than the crate's own.
#![forbid(unsafe_code)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // A target says what is wrong by panicking.

mod base_url;
mod error_body;
mod ids;
mod key_set;
mod kit;
mod multipart;
mod request_headers;
mod responses;
mod retry_after;
mod token;
mod webhook;

pub use self::{
    base_url::base_url, error_body::error_body, ids::ids, key_set::key_set, multipart::multipart,
    request_headers::request_headers, responses::responses, retry_after::retry_after, token::token,
    webhook::webhook,
};
