//! Settings, and what is said of those that cannot be used.
use std::time::Duration;

use clerk_blocking::{Clerk, ClerkBuilder, ErrorKind};

fn builder() -> ClerkBuilder {
    Clerk::builder("sk_test_abc").base_url("http://127.0.0.1:4010")
}

#[test]
fn settings_are_checked_and_named() {
    let (no_time, nothing) =
        ("no time at all: give more than zero", "nothing at all: give more than zero");
    for (builder, field, problem) in [
        (builder().connect_timeout(Duration::ZERO), "connect_timeout", no_time),
        (builder().max_response_body(0), "max_response_body", nothing),
        (builder().max_idle_connections(0), "max_idle_connections", nothing),
        (builder().idle_timeout(Duration::ZERO), "idle_timeout", no_time),
        (builder().attempt_timeout(Duration::ZERO), "attempt_timeout", no_time),
        (builder().deadline(Duration::ZERO), "deadline", no_time),
        (
            builder().base_url("http://api.clerk.com"),
            "base_url",
            "plain http is only for loopback (127.0.0.0/8, ::1, localhost): use https",
        ),
        (
            builder().proxy("socks5://127.0.0.1"),
            "proxy",
            "only proxies at http:// that know CONNECT can be used",
        ),
    ] {
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidRequest);
        assert_eq!(error.to_string(), format!("invalid `{field}`: {problem}"));
    }
}

#[test]
fn the_longest_times_are_fine() {
    let server = crate::server::Server::answering(|_| crate::server::ok("{}"));
    let (time, size) = (Duration::MAX, usize::MAX);
    let builder = server
        .builder()
        .connect_timeout(time)
        .idle_timeout(time)
        .attempt_timeout(time)
        .deadline(time);
    let clerk = builder.max_response_body(size).max_idle_connections(size).build().unwrap();
    for _ in 0..2 {
        clerk.call(clerk_blocking::RawOperation::new(http::Method::GET, "/things")).unwrap();
    }
}

#[test]
fn no_secret_is_shown() {
    let builder = Clerk::builder("sk_test_canary")
        .base_url("http://127.0.0.1:4010")
        .machine_secret_key("ak_canary")
        .header("x-canary", "canary")
        .proxy("http://name:canary@proxy.test");
    let shown = format!("{builder:?}");
    assert!(!shown.contains("canary"), "{shown}");
    let clerk = builder.build().unwrap();
    let shown =
        format!("{clerk:?} {:?} {:?}", clerk.transport(), clerk.actor_tokens().revoke("act_1"));
    assert!(!shown.contains("_canary") && !shown.contains(":canary"), "{shown}");
    assert!(format!("{clerk:?}").starts_with("Clerk {"));
}

/// What the next test runs with variables of its own.
#[test]
fn as_a_child() {
    if std::env::var_os("CLERK_TEST_ENVIRONMENT").is_none() {
        return;
    }
    match ClerkBuilder::from_env().proxy_from_env().build() {
        Ok(clerk) => println!("[{}]", clerk.config().base_url()),
        Err(error) => println!("[{error}]"),
    }
}

#[cfg(unix)] // Elsewhere, what is not Unicode is made in other ways.
#[test]
fn the_environment_is_read_and_what_is_not_unicode_is_refused() {
    use std::{ffi::OsStr, os::unix::ffi::OsStrExt as _, process::Command};

    let key = ("CLERK_SECRET_KEY", &b"sk_test_abc"[..]);
    let url = ("CLERK_API_URL", &b"http://127.0.0.1:4010"[..]);
    for (variables, said) in [
        (&[key, url][..], "[http://127.0.0.1:4010/v1]"),
        (&[("CLERK_BEARER_AUTH", b"sk_test_abc"), url], "[http://127.0.0.1:4010/v1]"),
        (&[key, url, ("HTTPS_PROXY", b"proxy.test:3128")], "[http://127.0.0.1:4010/v1]"),
        (&[url], "[invalid `secret_key`: there is none: set CLERK_SECRET_KEY"),
        (&[("CLERK_SECRET_KEY", b"sk_test_a\xFFc"), url], "[invalid `secret_key`: "),
        (&[key, ("CLERK_API_URL", b"https://\xFF.test")], "[invalid `base_url`: "),
        (&[key, url, ("ALL_PROXY", b"http://\xFF.test")], "[invalid `proxy`: "),
    ] {
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "configuration::as_a_child", "--nocapture"])
            .env_clear()
            .env("CLERK_TEST_ENVIRONMENT", "1")
            .envs(variables.iter().map(|(name, value)| (name, OsStr::from_bytes(value))))
            .output()
            .unwrap();
        let output = String::from_utf8_lossy(&output.stdout);
        assert!(output.contains(said), "{output} does not say {said}");
    }
}

#[cfg(feature = "webpki-roots")]
#[test]
fn bundled_roots_need_no_machine() {
    assert!(Clerk::builder("sk_test_abc").webpki_roots().build().is_ok());
}

#[cfg(not(any(feature = "ring", feature = "aws-lc-rs")))]
#[test]
fn without_cryptography_there_is_no_https() {
    let error = Clerk::builder("sk_test_abc").build().unwrap_err();
    assert_eq!(
        error.to_string(),
        "invalid `tls_config`: no cryptography is built in: turn on the feature `ring` (it is on by default) or `aws-lc-rs` of clerk-blocking, or \
         give `.tls_config(…)`"
    );
    let own = Clerk::builder("sk_test_abc").tls_config(crate::proxy::trusting_nobody());
    assert!(own.build().is_ok());

    // Loopback needs none, until it is to be https.
    let server = crate::server::Server::answering(|_| crate::server::ok("{}"));
    let clerk = server.client();
    let get = || clerk_blocking::RawOperation::new(http::Method::GET, "/things");
    clerk.call(get()).unwrap();
    let options =
        clerk_blocking::CallOptions::new().base_url(&server.url().replace("http:", "https:"));
    let error = clerk.call_with(get(), options).unwrap_err();
    assert_eq!(error.failure().unwrap().kind, clerk_blocking::FailureKind::Tls);
    assert!(error.to_string().contains("no cryptography is built in"), "{error}");
    assert!(!error.may_have_been_sent());
}
