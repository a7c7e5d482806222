//! What a request takes along.
use std::net::IpAddr;

use http::{HeaderValue, Version};

use super::{KEY, PROXY_URL, proxy, values, with};

/// What every request has, whatever was in it.
const OWN: [&str; 5] =
    ["clerk-proxy-url", "clerk-secret-key", "host", "x-forwarded-host", "x-forwarded-proto"];

#[test]
fn nobody_else_sets_what_is_ours() {
    for (name, value) in [
        ("clerk-secret-key", "sk_test_stranger"),
        ("Clerk-Secret-Key", "sk_test_stranger"),
        ("clerk_secret_key", "sk_test_stranger"),
        ("Clerk_Secret-Key", "sk_test_stranger"),
        ("clerk-proxy-url", "https://stranger.example"),
        ("clerk_proxy_url", "https://stranger.example"),
        ("host", "stranger.example"),
        ("x-forwarded-host", "stranger.example"),
        ("x_forwarded_host", "stranger.example"),
        ("x-forwarded-proto", "stranger"),
        ("x-forwarded-for", "6.6.6.6, stranger"),
        ("x-forwarded-port", "stranger"),
        ("x-forwarded-server", "stranger"),
        ("x-forwarded-prefix", "/stranger"),
        ("x-forwarded-", "stranger"),
        ("forwarded", "for=stranger;host=stranger"),
        ("cf-connecting-ip", "stranger"),
        ("cf_connecting_ip", "stranger"),
        ("cf-connecting-ipv6", "stranger"),
        ("x-real-ip", "stranger"),
        ("X-Real_IP", "stranger"),
        ("true-client-ip", "stranger"),
        ("x-client-ip", "stranger"),
        ("x-cluster-client-ip", "stranger"),
        ("fastly-client-ip", "stranger"),
        ("x-original-url", "/stranger"),
        ("x-rewrite-url", "/stranger"),
        ("connection", "stranger"),
        ("keep-alive", "stranger"),
        ("proxy-authenticate", "stranger"),
        ("proxy-authorization", "stranger"),
        ("proxy-connection", "stranger"),
        ("te", "stranger"),
        ("trailer", "stranger"),
        ("transfer-encoding", "stranger"),
        ("upgrade", "stranger"),
        ("http2-settings", "stranger"),
        ("expect", "100-continue; stranger"),
        ("content-length", "stranger"),
    ] {
        // Once, twice, and named by `Connection`.
        for fields in [
            &[(name, value)][..],
            &[(name, value), (name, value)],
            &[("connection", name), (name, value)],
        ] {
            let request = proxy().request(&with(fields), None).unwrap();
            let mut names: Vec<_> = request.headers.keys().map(|name| name.as_str()).collect();
            names.sort_unstable();
            assert_eq!(names, OWN, "{fields:?}");
            for (name, value) in &request.headers {
                assert!(!value.to_str().unwrap().contains("stranger"), "{name}: {fields:?}");
            }
            assert_eq!(request.headers.len(), 5, "{fields:?}");
            assert_eq!(values(&request.headers, "clerk-secret-key"), [KEY]);
            assert_eq!(values(&request.headers, "clerk-proxy-url"), [PROXY_URL]);
            assert_eq!(values(&request.headers, "host"), ["frontend-api.clerk.dev"]);
            assert_eq!(values(&request.headers, "x-forwarded-host"), ["app.example.com"]);
            assert_eq!(values(&request.headers, "x-forwarded-proto"), ["https"]);
        }
    }
}

#[test]
fn what_connection_names_does_not_pass() {
    let request = proxy()
        .request(
            &with(&[
                ("connection", "close, X-Hop ,, host"),
                ("connection", "clerk-secret-key, clerk-proxy-url,x-forwarded-for"),
                ("connection", "content-length"),
                ("x-hop", "1"),
                ("x-end", "2"),
                ("content-length", "5"),
            ]),
            Some([203, 0, 113, 7].into()),
        )
        .unwrap();
    let mut names: Vec<_> = request.headers.keys().map(|name| name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "clerk-proxy-url",
            "clerk-secret-key",
            "content-length",
            "host",
            "x-end",
            "x-forwarded-for",
            "x-forwarded-host",
            "x-forwarded-proto",
        ]
    );
    assert_eq!(values(&request.headers, "clerk-secret-key"), [KEY]);
    assert_eq!(values(&request.headers, "x-forwarded-for"), ["203.0.113.7"]);
    assert_eq!(values(&request.headers, "content-length"), ["5"]);
}

#[test]
fn what_is_the_browsers_passes() {
    let fields = [
        ("authorization", "Bearer eyJ.session"),
        ("cookie", "__client=a; __session=b"),
        ("cookie", "c=d"),
        ("origin", "https://app.example.com"),
        ("referer", "https://app.example.com/x"),
        ("user-agent", "browser"),
        ("accept", "*/*"),
        ("accept", "text/html"),
        ("accept-encoding", "gzip, br"),
        ("content-type", "application/x-www-form-urlencoded"),
        ("content-length", "12"),
        ("if-none-match", "\"x\""),
        ("range", "bytes=0-1"),
        ("x-forwardedfor", "not one of those"),
        ("x-own", "\u{e9}"),
    ];
    let request = proxy().request(&with(&fields), None).unwrap();
    assert_eq!(values(&request.headers, "authorization"), ["Bearer eyJ.session"]);
    // One field, as HTTP/1.1 wants it.
    assert_eq!(values(&request.headers, "cookie"), ["__client=a; __session=b; c=d"]);
    assert_eq!(values(&request.headers, "accept"), ["*/*", "text/html"]);
    assert_eq!(request.headers["x-own"].as_bytes(), "\u{e9}".as_bytes());
    for (name, value) in &fields[3..] {
        if !matches!(*name, "accept" | "x-own") {
            assert_eq!(values(&request.headers, name), [*value]);
        }
    }
    assert_eq!(request.headers.len(), OWN.len() + fields.len() - 1);
}

#[test]
fn lengths() {
    let length = |fields: &[(&str, &str)]| {
        let request = proxy().request(&with(fields), None).unwrap();
        values(&request.headers, "content-length").join("|")
    };
    assert_eq!(length(&[("content-length", "0")]), "0");
    assert_eq!(length(&[("content-length", "18446744073709551615")]), "18446744073709551615");
    for field in ["", "+1", "-1", "1, 1", "0x1", "1.0", "18446744073709551616", "\u{661}"] {
        assert_eq!(length(&[("content-length", field)]), "", "{field}");
    }
    assert_eq!(length(&[("content-length", "1"), ("content-length", "1")]), "");
    assert_eq!(length(&[("content-length", "1"), ("transfer-encoding", "chunked")]), "");
}

#[test]
fn the_clients_address_is_what_the_caller_says() {
    for (address, expected) in [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8::1", "2001:db8::1"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
    ] {
        let address: IpAddr = address.parse().unwrap();
        let parts = with(&[("x-forwarded-for", "6.6.6.6"), ("x-real-ip", "6.6.6.6")]);
        let request = proxy().request(&parts, Some(address)).unwrap();
        assert_eq!(values(&request.headers, "x-forwarded-for"), [expected]);
    }
}

#[test]
fn nothing_of_the_connection_is_taken_along() {
    let mut parts = with(&[]);
    parts.version = Version::HTTP_2;
    parts.extensions.insert("something of the server's");
    let request = proxy().request(&parts, None).unwrap();
    assert_eq!(request.version, Version::HTTP_11);
    assert!(request.extensions.is_empty());
}

#[test]
fn nothing_shows_a_secret() {
    let mut parts =
        with(&[("cookie", "__session=canary7f3a"), ("authorization", "Bearer canary7f3a")]);
    parts.headers.insert("clerk-secret-key", HeaderValue::from_static(KEY));
    let request = proxy().request(&parts, None).unwrap();
    let shown = format!("{request:?} {:?} {:?}", proxy(), super::settings::builder());
    assert!(!shown.contains("canary"), "{shown}");
    assert!(shown.contains("Sensitive") && shown.contains(PROXY_URL), "{shown}");
}
