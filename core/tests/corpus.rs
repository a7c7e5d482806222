//! The corpus of the fuzz targets (`core/fuzz`), and small changes of it, on any toolchain. `.ci/fuzz` goes further.
#![cfg(all(feature = "catalog", feature = "ring", feature = "testing"))]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)] // A test says what is wrong by failing.
use std::{
    fs,
    panic::{catch_unwind, resume_unwind},
};

#[path = "../fuzz/src/lib.rs"]
#[allow(unreachable_pub)] // In the fuzz crate they are public.
mod targets;

const SEED: u64 = 22;
/// Changes of each corpus, one input after the other.
const CHANGES: usize = 2000;

type Target = (&'static str, fn(&[u8]));

const TARGETS: [Target; 10] = [
    ("base_url", targets::base_url),
    ("error_body", targets::error_body),
    ("ids", targets::ids),
    ("key_set", targets::key_set),
    ("multipart", targets::multipart),
    ("request_headers", targets::request_headers),
    ("responses", targets::responses),
    ("retry_after", targets::retry_after),
    ("token", targets::token),
    ("webhook", targets::webhook),
];

#[test]
#[allow(clippy::disallowed_methods)] // One thread for each target: it is the tests that have threads.
fn every_input_holds() {
    let replayed: Vec<_> = std::thread::scope(|scope| {
        TARGETS.map(|target| scope.spawn(move || replay(target))).map(|thread| thread.join())
    })
    .into_iter()
    .map(|result| result.unwrap_or_else(|panic| resume_unwind(panic)))
    .collect();
    let inputs: usize = replayed.iter().sum();
    let (changes, targets) = (CHANGES * TARGETS.len(), TARGETS.len());
    println!(
        "the corpora: {inputs} inputs of {targets} fuzz targets replayed, and {changes} changes of them (seed {SEED})"
    );
}

/// Every corpus is one of a target, so that none is forgotten.
#[test]
fn every_corpus_has_a_target() {
    let names = |directory: &str, extension: &str| {
        let mut names: Vec<_> =
            fs::read_dir(format!("{}/fuzz/{directory}", env!("CARGO_MANIFEST_DIR")))
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .filter_map(|name| Some(name.strip_suffix(extension)?.to_owned()))
                .collect();
        names.sort_unstable();
        names
    };
    let targets = TARGETS.map(|(name, _)| name.to_owned());
    assert_eq!(names("corpus", ".txt"), targets);
    assert_eq!(names("fuzz_targets", ".rs"), targets);
}

/// Runs a target on its corpus and on changes of it; gives how many inputs the corpus has.
fn replay((name, target): Target) -> usize {
    let path = format!("{}/fuzz/corpus/{name}.txt", env!("CARGO_MANIFEST_DIR"));
    let corpus = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let inputs: Vec<_> = corpus.lines().map(unescaped).collect();
    assert!(!inputs.is_empty(), "{path} has no inputs");
    let run = |input: &[u8]| {
        if let Err(panic) = catch_unwind(|| target(input)) {
            eprintln!("{name} fails for {}", input.escape_ascii());
            resume_unwind(panic);
        }
    };
    for input in &inputs {
        run(input);
    }
    let mut random = SEED;
    for number in 0..CHANGES {
        let mut input = inputs[number % inputs.len()].clone();
        for _ in 0..=next(&mut random, 3) {
            change(&mut input, &inputs, &mut random);
        }
        run(&input);
    }
    inputs.len()
}

/// One small change: what fuzzers do, without what they learn from it.
fn change(input: &mut Vec<u8>, inputs: &[Vec<u8>], random: &mut u64) {
    let at = next(random, input.len() + 1);
    let end = at + next(random, (input.len() - at).min(16) + 1);
    match next(random, 6) {
        0 if at < input.len() => input[at] ^= 1 << next(random, 8),
        1 => input.insert(at, b"\"\\\r\n \t:,.;/%$0{}[]\x00\x7f\xc3\xff"[next(random, 22)]),
        2 => _ = input.drain(at..end),
        3 => {
            let other = &inputs[next(random, inputs.len())];
            input.truncate(at);
            input.extend_from_slice(&other[next(random, other.len() + 1)..]);
        }
        4 => {
            let piece = input[at..end].to_vec();
            input.splice(end..end, piece);
        }
        _ if at < input.len() => input[at] = next(random, 256).to_le_bytes()[0],
        _ => input.truncate(at),
    }
}

/// The next of a fixed series of numbers (SplitMix64), below a limit.
fn next(state: &mut u64, limit: usize) -> usize {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    usize::try_from((mixed ^ (mixed >> 31)) % u64::try_from(limit).unwrap()).unwrap()
}

/// Undoes `escape_ascii`.
fn unescaped(line: &str) -> Vec<u8> {
    let (mut bytes, mut out) = (line.bytes(), Vec::new());
    while let Some(byte) = bytes.next() {
        if byte != b'\\' {
            out.push(byte);
            continue;
        }
        let escape = bytes.next().expect("an escape");
        let mut digit = || char::from(bytes.next().unwrap()).to_digit(16).unwrap();
        out.push(match escape {
            b't' => b'\t',
            b'r' => b'\r',
            b'n' => b'\n',
            b'x' => u8::try_from(digit() * 16 + digit()).unwrap(),
            same => same,
        });
    }
    assert_eq!(out.escape_ascii().to_string(), line, "not as `escape_ascii` writes it");
    out
}
