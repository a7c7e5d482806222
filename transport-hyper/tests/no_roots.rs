//! A machine that trusts nobody: an error that says so and what to do, and loopback still works.
#![allow(clippy::unwrap_used, clippy::panic)] // A test says what is wrong by failing.
use std::process::Command;

use clerk_hyper::{Clerk, ErrorKind};

/// What the other test runs in a process whose roots are nowhere.
#[test]
fn as_a_child() {
    if std::env::var_os("CLERK_TEST_WITHOUT_ROOTS").is_none() {
        return;
    }
    let error = Clerk::builder("sk_test_abc").build().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    println!("[{error}]");
    assert!(Clerk::builder("sk_test_abc").base_url("http://127.0.0.1:4010").build().is_ok());
    #[cfg(feature = "webpki-roots")]
    assert!(Clerk::builder("sk_test_abc").webpki_roots().build().is_ok());
}

#[test]
#[cfg(target_os = "linux")] // Elsewhere the system verifies, and cannot be made to trust nobody.
fn it_says_what_to_do() {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "as_a_child", "--nocapture"])
        .env("CLERK_TEST_WITHOUT_ROOTS", "1")
        .env("SSL_CERT_FILE", "/nowhere")
        .env("SSL_CERT_DIR", "/nowhere")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    for text in [
        "invalid `tls_config`",
        "no trusted roots",
        "CA certificates",
        "webpki_roots",
        "tls_config(",
    ] {
        assert!(said.contains(text), "{said} does not say {text}");
    }
}
