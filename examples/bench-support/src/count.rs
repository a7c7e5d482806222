//! Counting: instructions and allocations.
use std::process::Command;

/// How often a piece of code allocated, and how much.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Allocations {
    pub(crate) count: f64,
    pub(crate) bytes: f64,
}

/// Whether this build counts allocations, and nothing else.
pub(crate) const COUNTS_ALLOCATIONS: bool = cfg!(feature = "count-allocations");

#[cfg(feature = "count-allocations")]
mod counting {
    use std::alloc::System;

    use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

    use super::Allocations;

    #[global_allocator]
    static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

    /// Counts while `run` runs, on all threads; gives the average of `times`. A block that grows
    /// counts as one more, with what it grows by.
    pub(crate) fn allocations(times: u32, run: impl FnOnce()) -> Allocations {
        let region = Region::new(ALLOCATOR);
        run();
        let change = region.change();
        let average = |total: usize| total as f64 / f64::from(times);
        Allocations {
            count: average(change.allocations + change.reallocations),
            bytes: average(change.bytes_allocated),
        }
    }
}

#[cfg(not(feature = "count-allocations"))]
mod counting {
    use super::Allocations;

    pub(crate) fn allocations(_: u32, run: impl FnOnce()) -> Allocations {
        run();
        Allocations::default()
    }
}

pub(crate) use counting::allocations;

/// The instructions that this program executes for one repetition, when it is started with
/// `arguments` for two numbers of repetitions: what comes before and after them is in both.
///
/// `None` without valgrind.
pub(crate) fn instructions(
    few: u32,
    many: u32,
    arguments: impl Fn(u32) -> Vec<String>,
) -> Option<f64> {
    let (few_in_all, many_in_all) = (callgrind(&arguments(few))?, callgrind(&arguments(many))?);
    Some((many_in_all as f64 - few_in_all as f64) / f64::from(many - few))
}

fn callgrind(arguments: &[String]) -> Option<u64> {
    let program = std::env::current_exe().unwrap();
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args(arguments)
        .output()
        .ok()?;
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "under valgrind, {arguments:?} failed: {log}");
    let collected = log.lines().find_map(|line| line.split_once("Collected : "));
    collected.unwrap().1.trim().parse().ok()
}

pub(crate) fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    let middle = values.len() / 2;
    if values.len() % 2 == 1 { values[middle] } else { (values[middle - 1] + values[middle]) / 2.0 }
}

/// The ratios of what was measured in the same round.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ratios {
    pub(crate) lowest: f64,
    pub(crate) median: f64,
    pub(crate) highest: f64,
}

impl Ratios {
    pub(crate) fn new(ours: &[f64], limit: &[f64]) -> Self {
        let mut ratios: Vec<f64> =
            ours.iter().zip(limit).map(|(ours, limit)| ours / limit).collect();
        let median = median(&mut ratios);
        Self { lowest: ratios[0], median, highest: ratios[ratios.len() - 1] }
    }
}
