//! What a configuration refuses, by its text, and what it makes of the rest.
#![allow(clippy::unwrap_used, clippy::panic)] // A test says what is wrong by failing.
use std::time::Duration;

use clerk_core::{
    Call, CallOptions, Config, ConfigBuilder, Event, Flow as _, MachineSecretKey, Moment,
    Operation, RawOperation, Step,
    api::{
        actor_tokens::RevokeActorToken,
        jwks::GetJwks,
        m2m::{CreateM2mToken, GetM2mTokens, RevokeM2mToken, VerifyM2mToken},
        miscellaneous::GetPublicInterstitial,
    },
};

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

/// The `authorization` of the first request of a call; the text of the error if nothing is sent.
fn key_of<O: Operation>(
    operation: O,
    config: &Config,
    options: CallOptions,
) -> Result<Option<String>, String> {
    let mut call = Call::with_options(operation, config, 7, options);
    match call.advance(Event::Start, Moment::at(Duration::from_secs(1_800_000_000))) {
        Step::Send(outgoing) => Ok(outgoing
            .request
            .headers()
            .get("authorization")
            .map(|key| key.to_str().unwrap().to_owned())),
        Step::Done(Err(error)) => Err(error.to_string()),
        step => panic!("{step:?}"),
    }
}

#[test]
fn the_key_of_a_machine_is_enough_for_its_tokens() {
    let own = || Ok(Some("Bearer ak_machine".to_owned()));
    let given = Config::for_machine(" ak_machine\n").build().unwrap();
    let on_loopback = Config::for_machine("ak_machine").base_url("http://127.0.0.1:4010");
    for config in [given, on_loopback.build().unwrap()] {
        let plain = CallOptions::new;
        assert_eq!(key_of(CreateM2mToken::new(), &config, plain()), own());
        assert_eq!(key_of(VerifyM2mToken::new("mt_1"), &config, plain()), own());
        assert_eq!(key_of(GetM2mTokens::new("mch_1"), &config, plain()), own());
        assert_eq!(key_of(RevokeM2mToken::new("mt_1"), &config, plain()), own());
        // A call may still go with the key of another machine.
        let other = plain().machine_secret_key(&MachineSecretKey::new("ak_other").unwrap());
        assert_eq!(
            key_of(CreateM2mToken::new(), &config, other),
            Ok(Some("Bearer ak_other".to_owned()))
        );
        assert_eq!(key_of(GetPublicInterstitial::new(), &config, plain()), Ok(None));
    }
}

#[test]
fn the_key_of_a_machine_is_for_nothing_else() {
    let problem = "invalid `secret_key`: this operation goes with the secret key of the instance, and there is only that of a machine";
    let config = Config::for_machine("ak_machine").build().unwrap();
    let plain = CallOptions::new;
    for refused in [
        key_of(RevokeActorToken::new("act_1"), &config, plain()),
        key_of(GetJwks::new(), &config, plain()),
        key_of(RawOperation::new(http::Method::GET, "/users"), &config, plain()),
        // Nor with another base URL, and nor for another machine.
        key_of(GetJwks::new(), &config, plain().base_url("http://127.0.0.1:4010")),
        key_of(
            GetJwks::new(),
            &config,
            plain().machine_secret_key(&MachineSecretKey::new("ak_other").unwrap()),
        ),
    ] {
        let refused = refused.unwrap_err();
        assert!(refused.ends_with(problem), "{refused}");
    }
    let error = RevokeActorToken::new("act_1").to_request(&config).unwrap_err();
    assert_eq!(error.to_string(), format!("RevokeActorToken: {problem}"));
}

#[test]
fn what_cannot_be_the_key_of_a_machine() {
    for (key, problem) in [
        ("sk_test_abc", "this is the secret key of an instance (sk_…), not of a machine"),
        (
            "pk_test_abc",
            "this is a publishable key (pk_…); the Backend API takes a secret key (sk_…)",
        ),
        ("mt_abc", "this is a machine token, not a key"),
        ("", "it is empty"),
    ] {
        let error = Config::for_machine(key).build().unwrap_err().to_string();
        assert_eq!(error, format!("invalid `machine_secret_key`: {problem}"), "{key}");
    }
    // It may be a live one: nobody can tell.
    let elsewhere = || Config::for_machine("ak_machine").base_url("https://example.com");
    let error = elsewhere().build().unwrap_err().to_string();
    assert!(error.starts_with("invalid `base_url`: the key of a machine"), "{error}");
    assert!(elsewhere().allow_live_key_anywhere().build().is_ok());
    // In the environment it does not stand for the key of the instance, which may have been forgotten.
    let from_variables = ConfigBuilder::from_variables(|name| {
        (name == "CLERK_MACHINE_SECRET_KEY").then(|| "ak_machine".to_owned())
    });
    let error = from_variables.build().unwrap_err().to_string();
    assert!(error.starts_with("invalid `secret_key`: there is none"), "{error}");
    // One that is there and cannot be used is not passed over for another.
    let variables = [("CLERK_SECRET_KEY", ""), ("CLERK_MACHINE_SECRET_KEY", "ak_machine")];
    let from_variables = ConfigBuilder::from_variables(|name| {
        variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    });
    assert_eq!(
        from_variables.build().unwrap_err().to_string(),
        "invalid `secret_key`: it is empty"
    );
}

#[test]
fn the_key_of_the_instance_stays_beside_that_of_a_machine() {
    let config = Config::builder("sk_test_abc").machine_secret_key("ak_machine").build().unwrap();
    let key = |key: &str| Ok(Some(format!("Bearer {key}")));
    assert_eq!(key_of(CreateM2mToken::new(), &config, CallOptions::new()), key("ak_machine"));
    assert_eq!(key_of(GetJwks::new(), &config, CallOptions::new()), key("sk_test_abc"));
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
    let machine = Config::for_machine("ak_canary");
    assert!(!format!("{machine:?} {:?}", machine.clone().build().unwrap()).contains("canary"));
    let request = RevokeActorToken::new("act_1").to_request(&config).unwrap();
    assert!(!format!("{request:?}").contains("canary"), "{request:?}");
}
