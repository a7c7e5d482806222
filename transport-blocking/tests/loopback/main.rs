//! The blocking transport against servers on loopback that are written here.
// Helpers of tests may fail as loudly as tests.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

mod agent;
#[cfg(feature = "ring")] // Something has to sign and verify.
mod authenticate;
mod calls;
mod configuration;
mod connections;
mod limits;
mod lists;
mod proxy;
mod server;
