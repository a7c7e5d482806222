//! Settings: what is refused and how, and what `Debug` shows.
use std::time::Duration;

use clerk_hyper::{Clerk, ClerkBuilder};
use hyper_util::client::legacy::connect::HttpConnector;

fn builder() -> ClerkBuilder {
    Clerk::builder("sk_test_secret").base_url("http://127.0.0.1:9")
}

#[test]
fn what_cannot_be_used_is_named() {
    for (builder, message) in [
        (Clerk::builder("pk_test_x"), "invalid `secret_key`: this is a publishable key"),
        (
            builder().base_url("http://example.com"),
            "invalid `base_url`: plain http is only for loopback",
        ),
        (builder().connect_timeout(Duration::ZERO), "invalid `connect_timeout`: no time at all"),
        (builder().idle_timeout(Duration::ZERO), "invalid `idle_timeout`: no time at all"),
        (builder().attempt_timeout(Duration::ZERO), "invalid `attempt_timeout`: no time at all"),
        (builder().max_response_body(0), "invalid `max_response_body`: nothing at all"),
        (builder().max_idle_connections(0), "invalid `max_idle_connections`: nothing at all"),
        (builder().proxy("proxy.internal"), "invalid `proxy`: it is not the URL of a proxy"),
        (builder().proxy("nonsense://x"), "invalid `proxy`: only proxies at http://"),
        (builder().proxy("https://x"), "invalid `proxy`: only proxies at http://"),
        (
            builder().connector(HttpConnector::new()).proxy("http://x"),
            "invalid `connector`: it does TLS and proxies by itself",
        ),
    ] {
        let error = builder.build().unwrap_err();
        assert!(error.to_string().starts_with(message), "{error}");
    }
}

#[test]
fn no_limit_is_too_large() {
    builder()
        .connect_timeout(Duration::MAX)
        .idle_timeout(Duration::MAX)
        .max_response_body(usize::MAX)
        .build()
        .unwrap();
}

#[test]
fn debug_shows_no_secret() {
    let builder = builder()
        .proxy("http://user:proxysecret@127.0.0.1:9")
        .header("x-mine", "headersecret")
        .machine_secret_key("ak_secret");
    assert!(
        !format!("{builder:?}").contains("secret@") && !format!("{builder:?}").contains("sk_test")
    );
    let clerk = builder.build().unwrap();
    for shown in [
        format!("{clerk:?}"),
        format!("{:?}", *clerk),
        format!("{:?}", clerk.transport()),
        format!("{:?}", clerk.actor_tokens()),
    ] {
        for secret in ["sk_test_secret", "ak_secret", "headersecret", "proxysecret"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
    assert!(
        format!("{clerk:?}")
            .starts_with("Clerk { config: Config { base_url: \"http://127.0.0.1:9/v1\""),
        "{clerk:?}"
    );
}

#[test]
#[cfg(not(any(feature = "ring", feature = "aws-lc-rs")))]
fn without_a_provider_only_loopback_works() {
    builder().build().unwrap();
    let error = Clerk::builder("sk_test_x").build().unwrap_err();
    assert!(error.to_string().contains("enable the feature `ring` or `aws-lc-rs`"), "{error}");
}
