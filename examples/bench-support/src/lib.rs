//! What the benchmarks share.
//!
//! Each benchmark compares this project with a *limit*: the least that a program in Rust can do for
//! the same result, written by hand ([`limit`]). Both run in one program, on the same answers
//! ([`answers`]), and what is reported is their ratio. [`values`] is for what needs no network,
//! [`wire`] for calls over loopback.
//!
//! Counted are instructions of user space (by valgrind's callgrind), allocations (in a build of its
//! own, with the feature `count-allocations`) and CPU time. The first two hardly vary from run to
//! run: a missed bar on them is a failure. CPU time varies with whatever else the machine does: a
//! missed bar on it is a warning.
// Nobody is there to handle an error of a benchmark: it stops and shows it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

pub mod answers;
mod count;
pub mod limit;
mod report;
pub mod values;
pub mod wire;

/// The key that every request carries.
pub const SECRET_KEY: &str = "sk_test_0123456789abcdefghijklmnopqrstuvwxyzABCDEF";
/// The user who is acted for.
pub const USER_ID: &str = "user_2xQ7bTnR4cVw9LkZs1HfGm6YpDa";
/// The user who acts.
pub const ACTOR_ID: &str = "user_2yB3nKf8RsXq5WjTd0VhCz7MgEu";
/// The version of the API that is asked for.
pub const API_VERSION: &str = "2026-05-12";
