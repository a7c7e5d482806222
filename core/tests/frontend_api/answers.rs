//! What goes back.
use clerk_core::frontend_api::{FrontendApiProxy, ProxyRefusal};
use http::{HeaderName, HeaderValue, Response, StatusCode, Version, response::Parts};

use super::{KEY, PROXY_URL, proxy, values};

fn answer(fields: &[(&str, &str)]) -> Parts {
    let mut response = Response::builder().status(307);
    for (name, value) in fields {
        response = response.header(*name, *value);
    }
    response.body(()).unwrap().into_parts().0
}

/// Where an answer points to once it is through the proxy.
fn location(api: &str, from: &str) -> String {
    let proxy = FrontendApiProxy::builder(PROXY_URL, KEY).frontend_api_url(api).build().unwrap();
    let mut parts = answer(&[("location", from)]);
    proxy.response(&mut parts).unwrap();
    values(&parts.headers, "location").join("|")
}

#[test]
fn what_is_at_the_frontend_api_leads_through_the_proxy() {
    let api = "https://frontend-api.clerk.dev";
    for (from, rest) in [
        ("https://frontend-api.clerk.dev/v1/x?a=b#c", "/v1/x?a=b#c"),
        ("https://frontend-api.clerk.dev:443/v1", "/v1"),
        ("http://frontend-api.clerk.dev/v1", "/v1"),
        ("HTTPS://Frontend-API.clerk.dev/v1", "/v1"),
        ("//frontend-api.clerk.dev/v1", "/v1"),
        ("https://frontend-api.clerk.dev", ""),
        ("https://frontend-api.clerk.dev/", "/"),
        ("https://frontend-api.clerk.dev?a", "?a"),
        ("https://frontend-api.clerk.dev#a", "#a"),
        ("/", "/"),
        ("/v1/x?to=https://evil.example/../", "/v1/x?to=https://evil.example/../"),
        ("/v1/a%2Fb", "/v1/a%2Fb"),
    ] {
        assert_eq!(location(api, from), format!("{PROXY_URL}{rest}"), "{from}");
    }
}

#[test]
fn others_stay_as_they_are() {
    let api = "https://frontend-api.clerk.dev";
    for from in [
        "https://app.example.com/after",
        "https://accounts.example.com/sign-in?redirect_url=https://frontend-api.clerk.dev/",
        "https://frontend-api.clerk.dev:444/v1",
        "http://frontend-api.clerk.dev:443/v1",
        "https://frontend-api.clerk.dev.evil.example/v1",
        "https://evil.example/https://frontend-api.clerk.dev/",
        "https://user@frontend-api.clerk.dev/v1",
        "https://frontend-api.clerk.dev@evil.example/v1",
        "https://frontend-api.clerk.dev\\@evil.example/v1",
        "https://frontend-api.clerk.dev\\evil",
        "https:/frontend-api.clerk.dev/v1",
        "https:frontend-api.clerk.dev/v1",
        "ftp://frontend-api.clerk.dev/v1",
        "myapp://frontend-api.clerk.dev/v1",
        "javascript://frontend-api.clerk.dev/v1",
        "//evil.example/v1",
        "///evil.example/v1",
        "/\\evil.example/v1",
        "/../v1",
        "/%2e%2e/v1",
        "/%2fevil.example",
        "https://frontend-api.clerk.dev//evil.example",
        "v1/x",
        "?a=b",
        "#a",
        "",
    ] {
        assert_eq!(location(api, from), from);
    }
}

#[test]
fn a_base_with_a_path_and_a_port() {
    let api = "http://127.0.0.1:4010/base";
    for (from, to) in [
        ("/base/v1", "https://app.example.com/__clerk/v1"),
        ("/base", "https://app.example.com/__clerk"),
        ("http://127.0.0.1:4010/base/v1", "https://app.example.com/__clerk/v1"),
        ("//127.0.0.1:4010/base/v1", "https://app.example.com/__clerk/v1"),
        // Not to be reached through the proxy.
        ("/v1", "/v1"),
        ("/basement", "/basement"),
        ("http://127.0.0.1:4010/v1", "http://127.0.0.1:4010/v1"),
        ("http://127.0.0.1:4011/base/v1", "http://127.0.0.1:4011/base/v1"),
        ("http://127.0.0.1/base/v1", "http://127.0.0.1/base/v1"),
    ] {
        assert_eq!(location(api, from), to);
    }
}

#[test]
fn each_location_is_looked_at() {
    let mut parts =
        answer(&[("location", "/a"), ("location", "https://x.example/"), ("location", "/b")]);
    proxy().response(&mut parts).unwrap();
    let expected = [
        "https://app.example.com/__clerk/a",
        "https://x.example/",
        "https://app.example.com/__clerk/b",
    ];
    assert_eq!(values(&parts.headers, "location"), expected);
}

#[test]
fn a_length_beside_an_encoding_says_nothing() {
    let mut parts = answer(&[("content-length", "3"), ("transfer-encoding", "chunked")]);
    proxy().response(&mut parts).unwrap();
    assert!(parts.headers.is_empty(), "{:?}", parts.headers);
}

#[test]
fn fields() {
    let mut parts = answer(&[
        ("set-cookie", "__client=a; Path=/; HttpOnly"),
        ("content-type", "application/json"),
        ("set-cookie", "__session=b; Path=/"),
        ("connection", "keep-alive, X-Hop, content-length"),
        ("connection", "x-hop-2"),
        ("x-hop", "1"),
        ("x-hop-2", "1"),
        ("keep-alive", "timeout=5"),
        ("proxy-authenticate", "Basic"),
        ("proxy-connection", "close"),
        ("trailer", "x"),
        ("te", "trailers"),
        ("upgrade", "h2c"),
        ("alt-svc", "h3=\":443\""),
        ("clerk-secret-key", KEY),
        ("clerk_secret_key", KEY),
        ("content-length", "5"),
        ("content-encoding", "br"),
        ("set-cookie", "__client=a; Path=/; HttpOnly"),
        ("vary", "origin"),
        ("vary", "accept-encoding"),
    ]);
    parts.version = Version::HTTP_10;
    parts.extensions.insert("something of the client's");
    proxy().response(&mut parts).unwrap();
    let mut names: Vec<_> = parts.headers.keys().map(HeaderName::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["content-encoding", "content-length", "content-type", "set-cookie", "vary"]);
    assert_eq!(
        values(&parts.headers, "set-cookie"),
        ["__client=a; Path=/; HttpOnly", "__session=b; Path=/", "__client=a; Path=/; HttpOnly",]
    );
    assert_eq!(values(&parts.headers, "vary"), ["origin", "accept-encoding"]);
    assert_eq!((parts.status.as_u16(), parts.version), (307, Version::HTTP_11));
    assert!(parts.extensions.is_empty());
}

#[test]
fn what_is_no_answer_is_refused() {
    for status in [100, 101, 102, 103, 199] {
        let mut parts = answer(&[("upgrade", "websocket")]);
        parts.status = StatusCode::from_u16(status).unwrap();
        assert_eq!(proxy().response(&mut parts), Err(ProxyRefusal::ProtocolSwitched));
    }
    for status in [200, 204, 304, 404, 500, 599, 999] {
        let mut parts = answer(&[]);
        parts.status = StatusCode::from_u16(status).unwrap();
        assert_eq!(proxy().response(&mut parts), Ok(()));
        assert_eq!(parts.status.as_u16(), status);
    }
}

#[test]
fn a_location_that_is_no_text_stays() {
    let mut parts = answer(&[]);
    let value = HeaderValue::from_bytes(b"https://frontend-api.clerk.dev/\xff").unwrap();
    parts.headers.insert("location", value.clone());
    proxy().response(&mut parts).unwrap();
    assert_eq!(parts.headers["location"], value);
}
