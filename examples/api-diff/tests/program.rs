//! The program ends with the code that it promises.
#![cfg(feature = "yaml")]
#![allow(clippy::unwrap_used)] // A test says what is wrong by failing.
use std::{
    ffi::OsStr,
    fs,
    path::PathBuf,
    process::{Command, Output, Stdio},
};

use clerk_api_diff::Facts;

const OLD: &str = "{ openapi: 3.0.3, info: { version: v1 }, paths: {} }";
const NEW: &str = "{ openapi: 3.0.3, info: { version: v2 }, paths: { /x: { get: { operationId: X, \
                   responses: { 204: {} } } } } }";

fn file(name: &str, text: impl AsRef<[u8]>) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, text).unwrap();
    path
}

fn program<A: AsRef<OsStr>>(arguments: &[A]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_api_diff"));
    command.args(arguments);
    command
}

fn said(output: &Output) -> (Option<i32>, &str, &str) {
    let text = |bytes| str::from_utf8(bytes).unwrap();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn differences_and_none() {
    let (old, new) = (file("differences-old.yml", OLD), file("differences-new.yml", NEW));
    let output = program(&[&old, &new]).output().unwrap();
    let last = "v2 (1 operations) against v1 (0): 1 operations new, 0 gone, 1 differences in all";
    assert_eq!(said(&output), (Some(1), &*format!("+ X: GET /x\n{last}\n"), ""));
    let output = program(&[&new, &new]).output().unwrap();
    let (code, out, err) = said(&output);
    assert_eq!((code, err), (Some(0), ""));
    assert!(out.ends_with("0 operations new, 0 gone, 0 differences in all\n"), "{out}");
    // Against what this crate is held to.
    let output = program(&[&new]).output().unwrap();
    let (code, out, err) = said(&output);
    assert_eq!((code, err), (Some(1), ""));
    assert!(out.starts_with("- ") && out.contains("\n+ X: GET /x\n"), "{out}");
}

#[test]
fn webhooks() {
    let text = "{ openapi: 3.0.3, info: { version: v3 }, x-webhooks: { a.b: { post: { requestBody: \
                { content: { json: { schema: { type: string } } } } } } } }";
    let (old, new) = (file("webhooks-old.yml", OLD), file("webhooks-new.yml", text));
    let output = program(&[&old, &new]).output().unwrap();
    let last = "v3 (1 events) against v1 (0): 1 events new, 0 gone, 1 differences in all";
    assert_eq!(said(&output), (Some(1), &*format!("+ event a.b\n{last}\n"), ""));
    // Against what this crate is held to, which are events.
    let output = program(&[&new]).output().unwrap();
    let (code, out, err) = said(&output);
    assert_eq!((code, err), (Some(1), ""));
    assert!(out.contains("\n- event user.created\n"), "{out}");
    assert!(!out.contains(": GET /"), "{out}");
    let last = out.lines().last().unwrap();
    let expected = "v3 (1 events) against v1 (45): 1 events new, 45 gone, ";
    assert!(last.starts_with(expected), "{last}");
}

#[test]
fn facts() {
    let new = file("facts.yml", NEW);
    let output = program(&[OsStr::new("--facts"), new.as_os_str()]).output().unwrap();
    let (code, out, err) = said(&output);
    assert_eq!((code, err), (Some(0), ""));
    assert_eq!(out, "version v2\n\noperation X GET /x \"\"\n  204 nothing\n");
    assert_eq!(out.parse::<Facts>().unwrap().to_string(), out);
}

#[test]
fn texts_that_older_yaml_took_for_booleans() {
    let parameter = "{ name: n, in: query, schema: { enum: [on, off, y, true] } }";
    let text = NEW.replace("responses", &format!("parameters: [{parameter}], responses"));
    let path = file("booleans.yml", text);
    let output = program(&[OsStr::new("--facts"), path.as_os_str()]).output().unwrap();
    let (code, out, err) = said(&output);
    assert_eq!((code, err), (Some(0), ""));
    assert!(out.contains("query n enum [\"on\",\"off\",\"y\",true]\n"), "{out}");
}

#[test]
fn wrong_arguments() {
    let none: [&str; 0] = [];
    for arguments in
        [&none[..], &["--facts"], &["--help"], &["a", "b", "c"], &["a", "-b"], &["--facts", "-b"]]
    {
        let output = program(arguments).output().unwrap();
        let (code, out, err) = said(&output);
        assert_eq!((code, out), (Some(2), ""), "{arguments:?}");
        assert!(err.starts_with("usage: ") && err.contains("Not compared"), "{err}");
    }
}

#[test]
fn files_that_are_no_documents() {
    let missing = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("missing.yml");
    let good = file("good.yml", OLD);
    for (path, expected) in [
        (missing, "missing.yml: "),
        (file("not-yaml.yml", "a: [b"), "not-yaml.yml: "),
        (file("twice.yml", "a: 1\na: 2\n"), "twice.yml: "),
        (file("not-text.yml", [0xff, 0xfe, 0x00]), "not-text.yml: "),
        (file("empty.yml", ""), "empty.yml: "),
        (file("pathless.yml", "{ openapi: 3.0.3, info: { version: v } }"), "`paths` is missing"),
        (file("later.yml", "openapi: 3.1.0"), "only 3.0.x is understood"),
    ] {
        for arguments in [vec![&path], vec![&path, &good], vec![&good, &path]] {
            let output = program(&arguments).output().unwrap();
            let (code, out, err) = said(&output);
            assert_eq!((code, out), (Some(2), ""), "{path:?}");
            assert!(err.contains(expected), "{err}");
            assert_eq!(err.lines().next().map(|line| line.contains("panicked")), Some(false));
        }
    }
}

#[cfg(unix)]
#[test]
fn an_argument_that_is_no_text() {
    use std::os::unix::ffi::OsStrExt as _;
    let output = program(&[OsStr::from_bytes(b"missing-\xff.yml")]).output().unwrap();
    let (code, out, err) = said(&output);
    assert_eq!((code, out), (Some(2), ""));
    assert!(err.starts_with("missing-"), "{err}");
}

#[test]
fn a_reader_that_has_seen_enough() {
    let (old, new) = (file("pipe-old.yml", OLD), file("pipe-new.yml", NEW));
    for (arguments, expected) in [([&old, &new], 1), ([&new, &new], 0)] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = program(&arguments).stdout(writer).output().unwrap();
        assert_eq!(said(&output), (Some(expected), "", ""));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written() {
    let new = file("full.yml", NEW);
    let full = || fs::File::options().write(true).open("/dev/full").unwrap();
    let output = program(&[&new, &new]).stdout(full()).output().unwrap();
    let (code, _, err) = said(&output);
    assert_eq!(code, Some(2));
    assert!(err.starts_with("cannot write the output: "), "{err}");
    // Not even that can be said.
    let status = program(&["--help"]).stderr(full()).stdout(Stdio::null()).status().unwrap();
    assert_eq!(status.code(), Some(2));
}
