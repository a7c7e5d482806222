//! What this project promises, measured against servers that misbehave: one suite for both
//! transports.
//!
//! The promises have the numbers 1 to 24; `core/docs/promises.md` lists them. Each is measured by a test, which
//! prints one line: the figure, and whether the promise holds. By default the tests are small
//! enough for every change; with `CLERK_PROMISES=full` in the environment they are as large as the
//! promises say. `.ci/promises` runs all of them in full, and gathers the lines.

mod canaries;
mod driver;
mod figure;
mod joined;
mod page;
pub mod storm;
mod transports;

pub use self::{
    canaries::Canaries,
    driver::{Driver, Run},
    figure::{Figure, is_full},
    joined::{Cell, Joined, Table},
    page::{PAGE, marked},
    transports::{Settings, Transport},
};
