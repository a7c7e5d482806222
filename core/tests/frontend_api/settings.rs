//! What a proxy can be made of.
use clerk_core::frontend_api::{FrontendApiProxy, FrontendApiProxyBuilder};
use http::Method;

use super::{KEY, PROXY_URL, head};

pub(crate) fn builder() -> FrontendApiProxyBuilder {
    FrontendApiProxy::builder("https://user:canary7f3a@app.example.com/__clerk", KEY)
}

#[test]
fn the_public_url() {
    for (url, normal, path, proto, host) in [
        (PROXY_URL, PROXY_URL, "/__clerk", "https", "app.example.com"),
        ("https://app.example.com/__clerk/", PROXY_URL, "/__clerk", "https", "app.example.com"),
        ("HTTPS://APP.example.com:443/__clerk", PROXY_URL, "/__clerk", "https", "app.example.com"),
        (
            "https://app.example.com:8443/a/B",
            "https://app.example.com:8443/a/B",
            "/a/B",
            "https",
            "app.example.com:8443",
        ),
        ("http://localhost:3000/x", "http://localhost:3000/x", "/x", "http", "localhost:3000"),
        ("http://shop.localhost:80/x", "http://shop.localhost/x", "/x", "http", "shop.localhost"),
        ("http://127.0.0.1/x", "http://127.0.0.1/x", "/x", "http", "127.0.0.1"),
        ("http://[::1]:3000/x", "http://[::1]:3000/x", "/x", "http", "[::1]:3000"),
    ] {
        let proxy = FrontendApiProxy::builder(url, KEY).build().unwrap();
        assert_eq!((&*proxy.proxy_url(), proxy.path()), (normal, path));
        let uri = format!("{path}/v1").parse().unwrap();
        let headers = proxy.request(&head(Method::GET, uri), None).unwrap().headers;
        assert_eq!(headers["clerk-proxy-url"], normal);
        assert_eq!(headers["x-forwarded-proto"], proto);
        assert_eq!(headers["x-forwarded-host"], host);
        assert_eq!(headers["host"], "frontend-api.clerk.dev");
    }
}

#[test]
fn what_is_no_public_url() {
    for (url, problem) in [
        ("", "it must begin with https://"),
        ("/__clerk", "it must begin with https://"),
        ("ftp://app.example.com/x", "it must begin with https://"),
        ("http://app.example.com/x", "plain http is only for loopback"),
        ("http://localhost.example.com/x", "plain http is only for loopback"),
        ("http://evillocalhost/x", "plain http is only for loopback"),
        ("https://app.example.com", "it has no path"),
        ("https://app.example.com/", "it has no path"),
        ("https://user:canary7f3a@app.example.com/x", "user info"),
        ("https://app.example.com/x?y", "a query or fragment"),
        ("https://app.example.com/x#y", "a query or fragment"),
        ("https://app.example.com/x/../y", "its path has a segment of dots"),
        ("https://app.example.com/%2e%2e", "its path has a segment of dots"),
        ("https://app.example.com/%252e", "its path has a character that browsers escape"),
        ("https://app.example.com/a%20b", "its path has a character that browsers escape"),
        ("https://app.example.com/{a}", "its path has a character that browsers escape"),
        ("https://app.example.com//x", "its path has two slashes in a row"),
        ("https://app.example.com/x//", "its path has two slashes in a row"),
        ("https://app.example.com\\x/", "it contains a character that no URL has"),
        ("https://app.example.com:0/x", "its port is not between 1 and 65535"),
        ("https:///x", "its host cannot be one"),
    ] {
        let error = FrontendApiProxy::builder(url, KEY).build().unwrap_err().to_string();
        assert!(error.starts_with(&format!("invalid `proxy_url`: {problem}")), "{url}: {error}");
        assert!(!error.contains("canary"), "{error}");
    }
}

#[test]
fn where_keys_go() {
    let build = |key: &str, api: &str| {
        FrontendApiProxy::builder(PROXY_URL, key).frontend_api_url(api).build()
    };
    for api in ["https://frontend-api.clerk.dev", "https://clerk.com", "https://x.clerk.com:8443/y"]
    {
        assert_eq!(build("sk_live_canary7f3a", api).unwrap().frontend_api_url(), api);
    }
    for api in [
        "http://127.0.0.1:4010",
        "https://example.com",
        "https://evilclerk.dev",
        "https://clerk.dev.example.com",
        "https://frontend-api.clerk.dev.",
    ] {
        let error = build("sk_live_canary7f3a", api).unwrap_err().to_string();
        let expected = "invalid `frontend_api_url`: a live key (sk_live_…) goes to Clerk's hosts only, \
                        unless allow_live_key_anywhere() is set";
        assert_eq!(error, expected);
        assert_eq!(build(KEY, api).unwrap().frontend_api_url(), api);
        let anywhere = FrontendApiProxy::builder(PROXY_URL, "sk_live_canary7f3a")
            .allow_live_key_anywhere()
            .frontend_api_url(api);
        assert!(anywhere.build().is_ok());
    }
    for (api, problem) in [
        ("http://example.com", "plain http is only for loopback"),
        ("https://user@example.com", "user info"),
        ("https://example.com/?x", "a query or fragment"),
        ("https://app.example.com/__clerk", "it is the proxy itself"),
        ("https://app.example.com:443/__clerk/x", "it is the proxy itself"),
    ] {
        let error = build(KEY, api).unwrap_err().to_string();
        assert!(error.starts_with(&format!("invalid `frontend_api_url`: {problem}")), "{error}");
    }
    for key in ["", "pk_test_canary7f3a", "ak_canary7f3a", "sk_test_a b"] {
        let error = build(key, "https://clerk.com").unwrap_err().to_string();
        assert!(
            error.starts_with("invalid `secret_key`: ") && !error.contains("canary"),
            "{error}"
        );
    }
}
