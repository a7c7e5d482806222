//! What a configuration refuses, by its text, and what it makes of the rest.
#![allow(clippy::unwrap_used, clippy::panic)] // A test says what is wrong by failing.
use std::time::Duration;

use clerk_core::{Config, ConfigBuilder, Operation, api::actor_tokens::RevokeActorToken};

fn base(url: &str) -> Result<String, String> {
    Config::builder("sk_test_abc")
        .base_url(url)
        .build()
        .map(|config| config.base_url())
        .map_err(|error| error.to_string())
}

#[test]
fn base_urls_have_one_normal_form() {
    for (url, normal) in [
        ("https://api.clerk.com/v1", "https://api.clerk.com/v1"),
        ("https://api.clerk.com/v1/", "https://api.clerk.com/v1"),
        ("https://api.clerk.com//v1", "https://api.clerk.com/v1"),
        ("https://api.clerk.com", "https://api.clerk.com/v1"),
        ("https://api.clerk.com/", "https://api.clerk.com/v1"),
        ("HTTPS://API.Clerk.com/v1\n", "https://api.clerk.com/v1"),
        ("https://proxy.example:8443/clerk/v1", "https://proxy.example:8443/clerk/v1"),
        ("http://localhost:4010", "http://localhost:4010/v1"),
        ("http://127.0.0.1:4010/v1", "http://127.0.0.1:4010/v1"),
        ("http://127.3.2.1", "http://127.3.2.1/v1"),
        ("http://[::1]:4010", "http://[::1]:4010/v1"),
    ] {
        assert_eq!(base(url).as_deref(), Ok(normal), "{url}");
    }
}

#[test]
fn base_urls_that_are_refused() {
    const LOOPBACK: &str =
        "plain http is only for loopback (127.0.0.0/8, ::1, localhost): use https";
    const SCHEME: &str = "it must begin with https://";
    const ODD: &str = "its host is an odd spelling of an address";
    const HOST: &str = "its host cannot be one";
    for (url, problem) in [
        ("", SCHEME),
        ("api.clerk.com/v1", SCHEME),
        ("ftp://api.clerk.com", SCHEME),
        ("javascript:alert(1)", SCHEME),
        ("https:api.clerk.com", SCHEME),
        ("https://", HOST),
        ("https:///v1", HOST),
        ("https://api.clerk.com:99999", "its port is not between 1 and 65535"),
        ("https://api.clerk.com:0", "its port is not between 1 and 65535"),
        ("https://api.clerk.com:http", "its port is not a number"),
        (
            "https://user:secret@api.clerk.com",
            "user info (name or password) is no part of a base URL",
        ),
        (
            "https://sk_live_secret@api.clerk.com",
            "user info (name or password) is no part of a base URL",
        ),
        ("https://api.clerk.com/v1?key=secret", "a query or fragment is no part of a base URL"),
        ("https://api.clerk.com/v1#secret", "a query or fragment is no part of a base URL"),
        ("http://api.clerk.com/v1", LOOPBACK),
        ("http://localhost.evil.example", LOOPBACK),
        ("http://10.0.0.1", LOOPBACK),
        ("http://0.0.0.0", LOOPBACK),
        ("http://[::2]", LOOPBACK),
        ("http://127.1", ODD),
        ("http://2130706433", ODD),
        ("http://0x7f.1", ODD),
        (
            "https://api.clerk.com\\@evil.example",
            "it contains a character that no URL has (a blank, a backslash, a non-ASCII character)",
        ),
        ("https://api.clerk.com%2eevil.example", HOST),
        (
            "https://äpi.clerk.com",
            "it contains a character that no URL has (a blank, a backslash, a non-ASCII character)",
        ),
        ("https://api.clerk.com/v1/../x", "its path has a segment of dots"),
        ("https://api.clerk.com/v1/%2E%2e/x", "its path has a segment of dots"),
        ("https://[::1", HOST),
        ("https://[zz]", "its host is not an IPv6 address"),
    ] {
        let error = base(url).unwrap_err();
        assert_eq!(error, format!("invalid `base_url`: {problem}"), "{url}");
        assert!(!error.contains("secret"));
    }
}

#[test]
fn a_live_key_stays_with_clerk() {
    let build = |url: &str| Config::builder("sk_live_abc").base_url(url).build();
    for url in ["https://api.clerk.com", "https://api.clerk.dev/v1", "https://eu.api.clerk.com"] {
        assert!(build(url).is_ok(), "{url}");
    }
    for url in [
        "https://proxy.example",
        "https://api.clerk.com.evil.example",
        "https://evilclerk.com",
        "http://127.0.0.1:4010",
    ] {
        assert_eq!(
            build(url).unwrap_err().to_string(),
            "invalid `base_url`: a live key (sk_live_…) goes to Clerk's hosts only, unless allow_live_key_anywhere() is set"
        );
    }
    assert!(
        Config::builder("sk_live_abc")
            .base_url("https://proxy.example")
            .allow_live_key_anywhere()
            .build()
            .is_ok()
    );
}

#[test]
fn variables() {
    let from = |variables: &'static [(&str, &str)]| {
        ConfigBuilder::from_variables(|name| {
            variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
        })
        .build()
    };
    let key = |config: Config| {
        let request = RevokeActorToken::new("act_1").to_request(&config).unwrap();
        (request.headers()["authorization"].to_str().unwrap().to_owned(), request.uri().to_string())
    };
    let url = "https://api.clerk.com/v1/actor_tokens/act_1/revoke".to_owned();
    assert_eq!(
        key(from(&[("CLERK_SECRET_KEY", "sk_test_a\n"), ("CLERK_BEARER_AUTH", "sk_test_b")])
            .unwrap()),
        ("Bearer sk_test_a".to_owned(), url.clone())
    );
    assert_eq!(
        key(from(&[("CLERK_BEARER_AUTH", "sk_test_b")]).unwrap()),
        ("Bearer sk_test_b".to_owned(), url)
    );
    let local =
        from(&[("CLERK_SECRET_KEY", "sk_test_a"), ("CLERK_API_URL", "http://localhost:4010")])
            .unwrap();
    assert_eq!(local.base_url(), "http://localhost:4010/v1");
    assert_eq!(
        from(&[]).unwrap_err().to_string(),
        "invalid `secret_key`: there is none: set CLERK_SECRET_KEY, or give it to the builder"
    );
    assert_eq!(
        from(&[("CLERK_SECRET_KEY", "")]).unwrap_err().to_string(),
        "invalid `secret_key`: it is empty"
    );
    assert!(
        from(&[("CLERK_SECRET_KEY", "sk_test_a"), ("CLERK_MACHINE_SECRET_KEY", "sk_test_a")])
            .unwrap_err()
            .to_string()
            .starts_with("invalid `machine_secret_key`")
    );
}

#[test]
fn other_settings() {
    let error = |builder: ConfigBuilder| builder.build().unwrap_err().to_string();
    let new = || Config::builder("sk_test_abc");
    assert_eq!(
        error(new().deadline(Duration::ZERO)),
        "invalid `deadline`: no time at all: give more than zero"
    );
    assert_eq!(
        error(new().attempt_timeout(Duration::ZERO)),
        "invalid `attempt_timeout`: no time at all: give more than zero"
    );
    assert_eq!(
        error(new().api_version("a\nb")),
        "invalid `api_version`: it has a character that no header can have"
    );
    assert_eq!(
        error(new().header("authorization", "x")),
        "invalid `header`: `authorization` is set by the SDK or the HTTP library"
    );
    assert!(new().deadline(Duration::MAX).attempt_timeout(Duration::MAX).build().is_ok());

    let config = new()
        .user_agent("shop/1.2")
        .header("x-team", "t")
        .api_version("2025-11-10")
        .build()
        .unwrap();
    let request = RevokeActorToken::new("act_1").to_request(&config).unwrap();
    assert!(request.headers()["user-agent"].to_str().unwrap().ends_with(" shop/1.2"));
    assert_eq!(request.headers()["clerk-api-version"], "2025-11-10");
    assert_eq!(request.headers()["x-team"], "t");
}

#[test]
fn nothing_shows_the_key() {
    let builder = Config::builder("sk_test_canary")
        .machine_secret_key("ak_canary")
        .base_url("https://user:canary@example.com")
        .header("x", "canary");
    assert!(!format!("{builder:?}").contains("canary"));
    let config = Config::builder("sk_test_canary")
        .machine_secret_key("ak_canary")
        .header("x", "canary")
        .build()
        .unwrap();
    assert!(!format!("{config:?}").contains("canary"), "{config:?}");
    let request = RevokeActorToken::new("act_1").to_request(&config).unwrap();
    assert!(!format!("{request:?}").contains("canary"), "{request:?}");
}
