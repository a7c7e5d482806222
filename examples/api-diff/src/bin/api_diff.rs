//! What differs between two OpenAPI documents of Clerk's Backend API, or between one and this crate.
//!
//! ```text
//! cargo run --bin api_diff -- OLD.yml NEW.yml     what is new (+), gone (-) and changed (~)
//! cargo run --bin api_diff -- NEW.yml             the same, against what this crate is held to
//! cargo run --bin api_diff -- --facts NEW.yml     the table for core/facts/api.txt
//! ```
//!
//! A document of webhooks alone is held against `core/facts/webhooks.txt`, and its table is for that.
//!
//! Ends with 0 if there is no difference, with 1 if there is, with 2 if a document cannot be read or
//! the differences cannot be written. `--facts` ends with 0.
use std::{
    collections::BTreeSet,
    env, fs,
    io::{self, ErrorKind, Write as _},
    path::{Path, PathBuf},
    process::ExitCode,
};

use clerk_api_diff::{Facts, diff::diff, openapi};

const USAGE: &str = "\
usage: api_diff OLD.yml NEW.yml | api_diff NEW.yml | api_diff --facts NEW.yml
Compares names, types and statuses. Not compared are media types but the first of each body and
answer, the bodies of errors, limits (such as lengths and patterns) and defaults.";

fn main() -> ExitCode {
    let arguments: Vec<_> = env::args_os().skip(1).map(PathBuf::from).collect();
    let is_flag = |path: &PathBuf| path.as_os_str().as_encoded_bytes().starts_with(b"-");
    let result = match arguments.as_slice() {
        [flag, new] if flag.as_os_str() == "--facts" && !is_flag(new) => {
            read(new).map(|facts| (facts.to_string(), ExitCode::SUCCESS))
        }
        arguments if arguments.iter().any(is_flag) => Err(USAGE.to_owned()),
        [new] => read(new).and_then(|new| Ok(compare(&own(&new)?, &new))),
        [old, new] => read(old).and_then(|old| Ok(compare(&old, &read(new)?))),
        _ => Err(USAGE.to_owned()),
    };
    result.and_then(|(text, code)| print(&text).map(|()| code)).unwrap_or_else(|problem| {
        // If nobody listens there either, the code says it.
        let _ = writeln!(io::stderr(), "{problem}");
        ExitCode::from(2)
    })
}

fn print(text: &str) -> Result<(), String> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        // A reader that has seen enough is no error.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(format!("cannot write the output: {error}"))
        }
        _ => Ok(()),
    }
}

/// What this crate is held to, of the same kind as `new`.
fn own(new: &Facts) -> Result<Facts, String> {
    let own = if is_of_webhooks(new) {
        include_str!("../../../../core/facts/webhooks.txt")
    } else {
        include_str!("../../../../core/facts/api.txt")
    };
    own.parse().map_err(|error| format!("{error}"))
}

fn is_of_webhooks(facts: &Facts) -> bool {
    facts.operations.is_empty() && !facts.events.is_empty()
}

fn read(path: &Path) -> Result<Facts, String> {
    let about = |problem: &dyn std::fmt::Display| format!("{}: {problem}", path.display());
    let text = fs::read_to_string(path).map_err(|error| about(&error))?;
    // `on`, `off`, `y` and `n` are texts since YAML 1.2.
    let options = serde_saphyr::options! { strict_booleans: true };
    let document =
        serde_saphyr::from_str_with_options(&text, options).map_err(|error| about(&error))?;
    openapi::read(&document).map_err(|problem| about(&problem))
}

fn compare(old: &Facts, new: &Facts) -> (String, ExitCode) {
    let lines = diff(old, new);
    let (things, ids): (_, fn(&Facts) -> BTreeSet<&String>) = if is_of_webhooks(new) {
        ("events", |facts| facts.events.keys().collect())
    } else {
        ("operations", |facts| facts.operations.keys().collect())
    };
    let (before, after) = (ids(old), ids(new));
    let mut text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    text.push_str(&format!(
        "{} ({} {things}) against {} ({}): {} {things} new, {} gone, {} differences in all\n",
        new.version,
        after.len(),
        old.version,
        before.len(),
        after.difference(&before).count(),
        before.difference(&after).count(),
        lines.len(),
    ));
    (text, if lines.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
