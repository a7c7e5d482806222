//! What an answer can cost, whatever it is: memory (P06), heads (P07), interim answers (P09).
//!
//! With `CLERK_PROMISES=full` each case runs with all limits on all transports, and the answers are as large as the
//! default limits allow.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // A test says what is wrong by failing.
use std::{
    fs,
    sync::{Mutex, MutexGuard, PoisonError},
};

mod heads;
mod interim;
mod memory;

#[global_allocator]
static HEAP: peak_alloc::PeakAlloc = peak_alloc::PeakAlloc;

/// One test at a time: the peak is to be that of what is measured.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How many descriptors this process has open, where that can be told.
fn descriptors() -> Option<usize> {
    clerk_promises::storm::warm_up();
    Some(fs::read_dir("/proc/self/fd").ok()?.count())
}

/// A head without its end.
fn head(status: u16, headers: &str) -> String {
    format!("HTTP/1.1 {status} As Asked\r\n{headers}")
}
