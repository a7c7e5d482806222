//! `browser_session` shows what it says that it shows, in both manners. A real browser goes through the same, and more,
//! in `.ci/browser`.
use std::net::TcpListener;

use crate::run;

const PROGRAM: &str = env!("CARGO_BIN_EXE_browser_session");

/// A text without the ports in it, which are others each time.
fn without_ports(text: &str) -> String {
    let mut pieces = text.split(':');
    let mut kept = pieces.next().unwrap().to_owned();
    for piece in pieces {
        let rest = piece.trim_start_matches(|digit: char| digit.is_ascii_digit());
        let is_port = rest.len() < piece.len()
            && (kept.ends_with(".localhost") || kept.ends_with("127.0.0.1"));
        kept.push_str(&if is_port { rest.to_owned() } else { format!(":{piece}") });
    }
    kept
}

fn shows(arguments: &[&str], expected: &str) {
    let (code, out, log) = run(PROGRAM, arguments, &[]);
    assert_eq!(code, Some(0), "{out}{log}");
    for secret in ["eyJ", "sk_", "nonce_", "client_1", "dvb_", "refresh_1", "ticket_"] {
        assert!(!out.contains(secret) && !log.contains(secret), "{secret} was printed");
    }
    let all = format!("{out}\nthe log\n{log}");
    // By lines, so that the first one that differs is told.
    let (all, wanted) = (without_ports(&all), expected.lines());
    for (number, (line, wanted)) in all.lines().zip(wanted).enumerate() {
        assert_eq!(line, wanted, "line {}", number + 1);
    }
    assert_eq!(all.lines().count(), expected.lines().count());
}

#[test]
fn browser_session_shows_itself_in_the_manner_of_development() {
    shows(&[], include_str!("browser_session.development.txt"));
}

#[test]
fn browser_session_shows_itself_in_the_manner_of_production() {
    shows(&["--production"], include_str!("browser_session.production.txt"));
}

#[test]
fn ports_are_taken_away_and_nothing_else() {
    for (text, rest) in [
        ("http://app.primary.localhost:1234/x: 1", "http://app.primary.localhost/x: 1"),
        ("app: GET 127.0.0.1:1 /: 200", "app: GET 127.0.0.1 /: 200"),
        ("a:1 b", "a:1 b"),
    ] {
        assert_eq!(without_ports(text), rest);
    }
}

#[test]
fn mistakes_are_told() {
    for (arguments, problem) in [
        (&["--sk_live_1234"][..], "there is no such option"),
        (&["sk_live_1234"], "there is no such option"),
        (&["--real"], "there is no such option"),
        (&["--production=sk_live_1234"], "an option has a value, and takes none"),
        (&["--serve", "sk_live_1234"], "--serve wants an address such as 127.0.0.1:3000"),
        (&["--serve", "127.0.0.1:0", "sk_live_1234"], "there is no such option"),
        (&["--serve", "0.0.0.0:0"], "it serves this machine only: 127.0.0.1, or [::1]"),
        (&["--lifetime"], "--lifetime needs a number of seconds, up to a day"),
        (&["--lifetime", "0"], "--lifetime needs a number of seconds, up to a day"),
        (&["--lifetime", "86401"], "--lifetime needs a number of seconds, up to a day"),
    ] {
        let (code, out, error) = run(PROGRAM, arguments, &[]);
        assert_eq!((code, &*out), (Some(2), ""), "{arguments:?}");
        assert_eq!(error.lines().next().unwrap(), format!("error: {problem}"), "{arguments:?}");
        assert!(!error.contains("1234"), "{error}");
    }
    let (code, out, error) = run(PROGRAM, &["--help"], &[]);
    assert_eq!((code, &*error), (Some(0), ""));
    assert!(out.contains("  browser_session --serve [ADDRESS] "), "{out}");
}

#[test]
fn an_address_that_is_taken_is_an_error() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (code, out, error) = run(PROGRAM, &["--serve", &address], &[]);
    assert_eq!((code, &*out), (Some(1), ""));
    assert!(error.starts_with(&format!("error: cannot listen on {address}: ")), "{error}");
}
