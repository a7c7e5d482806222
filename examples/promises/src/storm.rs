//! Storms: many random calls against a server that does random wrong things, from many callers that
//! share one client, and what must hold of all of them.
//!
//! What is random comes from a seed, which is the same for every run unless
//! `CLERK_PROMISES_SEED` says otherwise; only sockets and threads take turns as they like.

mod ask;
mod drive;
mod judge;
mod random;
mod scripts;
mod watch;

pub use self::{
    ask::{Asked, Cancel, Ended, Told},
    drive::{Run, Settings, Work},
    judge::{Lateness, Verdict, judge, some},
    random::{Random, seed},
    scripts::{bad_handshake, closing, is_refusal, stormy},
    watch::{Baseline, panics, warm_up, watch_panics},
};
