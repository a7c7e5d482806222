//! The core's flows against a scripted server, in virtual time: no sockets, no threads, no sleeping.
//!
//! A world is made from a seed: who calls when, what the network does to each request, when the server is down, when
//! somebody goes away, when the wall clock jumps. What must hold is checked at each step, against what the server
//! saw. The same seed is the same world to the byte. `CLERK_SIMULATION_SEEDS=2000` runs more of them, from
//! `CLERK_SIMULATION_FIRST` on (0 unless set).
#![cfg(all(
    feature = "testing",
    any(feature = "ring", feature = "aws-lc-rs", feature = "rust-crypto")
))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // A test says what is wrong by failing.

mod calls;
mod found;
mod key_figures;
mod keys;
mod lists;
mod server;
mod storms;
mod world;

/// The seeds of a test that runs `default` worlds unless told otherwise; says which.
fn seeds(what: &str, default: u64) -> std::ops::Range<u64> {
    #[allow(clippy::disallowed_methods)]
    // More worlds than fit in `cargo test` have to be asked for from outside.
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let first = number("CLERK_SIMULATION_FIRST").unwrap_or(0);
    let seeds = first..first + number("CLERK_SIMULATION_SEEDS").unwrap_or(default);
    println!("{what}: seeds {} to {}", seeds.start, seeds.end - 1);
    seeds
}

#[test]
fn the_same_seed_gives_the_same_log() {
    type Log = fn(u64) -> world::Told;
    let kinds: [(&str, Log); 3] =
        [("calls", calls::log), ("lists", lists::log), ("keys", keys::log)];
    let (mut worlds, mut lines, mut all) = (0, 0, std::collections::BTreeSet::new());
    for (name, log) in kinds {
        for seed in 0..5 {
            let first = log(seed);
            for _ in 0..2 {
                assert_eq!(log(seed), first, "{name}, seed {seed}");
            }
            assert!(first.lines > 2, "{name}, seed {seed}: nothing happens");
            assert!(all.insert(first.hash), "{name}: seed {seed} is like another");
            worlds += 1;
            lines += first.lines;
        }
    }
    println!("P18 holds: {worlds} worlds, 3 runs each, {lines} lines of log, 0 bytes differ");
}
