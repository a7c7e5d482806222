//! What differs between two OpenAPI documents of Clerk's Backend API, or between one and this crate.
//!
//! ```text
//! cargo run --bin api_diff -- OLD.yml NEW.yml     what is new (+), gone (-) and changed (~)
//! cargo run --bin api_diff -- NEW.yml             the same, against what this crate is held to
//! cargo run --bin api_diff -- --facts NEW.yml     the table for core/facts/api.txt
//! ```
//!
//! Ends with 0 if there is no difference, with 1 if there is, with 2 if a document cannot be read or
//! the differences cannot be written. `--facts` ends with 0.
use std::{
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
        [new] => own().and_then(|own| Ok(compare(&own, &read(new)?))),
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

/// What this crate is held to.
fn own() -> Result<Facts, String> {
    include_str!("../../../../core/facts/api.txt").parse().map_err(|error| format!("{error}"))
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
    let only_in = |some: &Facts, others: &Facts| {
        some.operations.keys().filter(|id| !others.operations.contains_key(*id)).count()
    };
    let mut text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    text.push_str(&format!(
        "{} ({} operations) against {} ({}): {} operations new, {} gone, {} differences in all\n",
        new.version,
        new.operations.len(),
        old.version,
        old.operations.len(),
        only_in(new, old),
        only_in(old, new),
        lines.len(),
    ));
    (text, if lines.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
