//! Where requests go, and which go nowhere.
use clerk_core::frontend_api::{FrontendApiProxy, ProxyRefusal};
use http::{Method, Uri};

use super::{KEY, PROXY_URL, head, proxy, values};

/// Passed on, with this path and query.
fn to(path: &str) -> Result<&str, ProxyRefusal> {
    Ok(path)
}

const MALFORMED: Result<&str, ProxyRefusal> = Err(ProxyRefusal::PathMalformed);
const NOT_FOUND: Result<&str, ProxyRefusal> = Err(ProxyRefusal::PathNotProxied);

#[test]
fn each_target_is_the_configured_one_or_none() {
    let table = [
        // As browsers ask.
        ("/__clerk", to("/")),
        ("/__clerk/", to("/")),
        ("/__clerk?a=b", to("/?a=b")),
        ("/__clerk/v1/client", to("/v1/client")),
        (
            "/__clerk/v1/client?_method=PATCH&x=%2e%2e%2f",
            to("/v1/client?_method=PATCH&x=%2e%2e%2f"),
        ),
        ("/__clerk/v1/client?", to("/v1/client?")),
        ("/__clerk/v1/client/", to("/v1/client/")),
        (
            "/__clerk/npm/@clerk/clerk-js@5/dist/clerk.browser.js",
            to("/npm/@clerk/clerk-js@5/dist/clerk.browser.js"),
        ),
        ("/__clerk/v1/a%2Fb", to("/v1/a%2Fb")),
        ("/__clerk/v1/caf%C3%A9", to("/v1/caf%C3%A9")),
        ("/__clerk/v1/100%25", to("/v1/100%25")),
        ("/__clerk/.well-known/jwks.json", to("/.well-known/jwks.json")),
        ("/__clerk/v1/...", to("/v1/...")),
        ("/__clerk/v1/a..b", to("/v1/a..b")),
        ("/__clerk/v1//client", to("/v1//client")),
        ("/__clerk/__clerk/x", to("/__clerk/x")),
        // A host in the path, or behind it.
        ("/__clerk//evil.example", MALFORMED),
        ("/__clerk//evil.example/v1/client", MALFORMED),
        ("/__clerk///evil.example", MALFORMED),
        ("/__clerk//evil.example@frontend-api.clerk.dev/", MALFORMED),
        ("/__clerk//frontend-api.clerk.dev/v1", MALFORMED),
        ("/__clerk/%2fevil.example", MALFORMED),
        ("/__clerk/%252fevil.example", MALFORMED),
        ("/__clerk/%25252Fevil.example", MALFORMED),
        ("/__clerk//%2fevil.example", MALFORMED),
        ("/__clerk/@evil.example", to("/@evil.example")),
        ("/__clerk/:443@evil.example/", to("/:443@evil.example/")),
        ("/__clerk/.evil.example/", to("/.evil.example/")),
        ("/__clerk/http://evil.example/", to("/http://evil.example/")),
        ("/__clerk/https:evil.example/", to("/https:evil.example/")),
        ("/__clerk/x?//evil.example", to("/x?//evil.example")),
        ("/__clerk?@evil.example/", to("/?@evil.example/")),
        ("/__clerk/x?https://evil.example/?#", to("/x?https://evil.example/?")),
        // Not below the path.
        ("/__clerk@evil.example/", NOT_FOUND),
        ("/__clerk:443@evil.example/", NOT_FOUND),
        ("/__clerk.evil.example/", NOT_FOUND),
        ("/__clerkx", NOT_FOUND),
        ("/__clerk%2fv1", NOT_FOUND),
        ("/__clerk%00", NOT_FOUND),
        ("/__clerk;x/v1", NOT_FOUND),
        ("/__CLERK/v1", NOT_FOUND),
        ("/__cler", NOT_FOUND),
        ("/%5f%5fclerk/v1", NOT_FOUND),
        ("/", NOT_FOUND),
        ("/v1/client", NOT_FOUND),
        ("//__clerk/v1", NOT_FOUND),
        ("//evil.example/__clerk/v1", NOT_FOUND),
        ("/./__clerk/v1", NOT_FOUND),
        ("/x/../__clerk/v1", NOT_FOUND),
        ("*", NOT_FOUND),
        ("evil.example:443", NOT_FOUND),
        // Another host in the request line says nothing.
        ("http://evil.example/__clerk/v1/client", to("/v1/client")),
        ("https://evil.example:444/__clerk/v1/client?a", to("/v1/client?a")),
        ("https://user:pass@evil.example/__clerk/v1", to("/v1")),
        ("http://evil.example", NOT_FOUND),
        ("http://evil.example/v1/client", NOT_FOUND),
        ("http://__clerk/v1/client", NOT_FOUND),
        ("http://evil.example/__clerk//frontend-api.clerk.dev/", MALFORMED),
        // Segments of dots, in every dress.
        ("/__clerk/.", MALFORMED),
        ("/__clerk/..", MALFORMED),
        ("/__clerk/../", MALFORMED),
        ("/__clerk/../v1", MALFORMED),
        ("/__clerk/./v1", MALFORMED),
        ("/__clerk/v1/..", MALFORMED),
        ("/__clerk/v1/../../..", MALFORMED),
        ("/__clerk/..//evil.example", MALFORMED),
        ("/__clerk/%2e%2e/x", MALFORMED),
        ("/__clerk/%2E%2e/x", MALFORMED),
        ("/__clerk/.%2e/x", MALFORMED),
        ("/__clerk/%2e./x", MALFORMED),
        ("/__clerk/%2e/x", MALFORMED),
        ("/__clerk/%252e%252e/x", MALFORMED),
        ("/__clerk/%25252e%25252e/x", MALFORMED),
        ("/__clerk/%2525252525252e./x", MALFORMED),
        ("/__clerk/%25%32%65%25%32%65/x", MALFORMED),
        ("/__clerk/%%32e%%32e/x", MALFORMED),
        ("/__clerk/..%2fx", MALFORMED),
        ("/__clerk/v1%2f..%2fx", MALFORMED),
        ("/__clerk/v1/..%252fx", MALFORMED),
        ("/__clerk/v1%2f%2e%2e", MALFORMED),
        ("/__clerk/..;/x", MALFORMED),
        ("/__clerk/..;a=b/x", MALFORMED),
        ("/__clerk/.;/x", MALFORMED),
        ("/__clerk/..%3b/x", MALFORMED),
        // Overlong UTF-8, and what is none.
        ("/__clerk/%c0%ae%c0%ae/x", MALFORMED),
        ("/__clerk/%e0%80%ae/x", MALFORMED),
        ("/__clerk/%c0%af", MALFORMED),
        ("/__clerk/%ff", MALFORMED),
        // Backslashes.
        ("/__clerk/\\evil.example", MALFORMED),
        ("/__clerk\\evil.example", NOT_FOUND),
        ("/__clerk/v1\\..\\x", MALFORMED),
        ("/__clerk/%5cevil.example", MALFORMED),
        ("/__clerk/%5C%5Cevil.example", MALFORMED),
        ("/__clerk/%255cevil.example", MALFORMED),
        ("/__clerk/v1%5c..%5cx", MALFORMED),
        // Control characters.
        ("/__clerk/%00", MALFORMED),
        ("/__clerk/x%0d%0aclerk-secret-key:%20x", MALFORMED),
        ("/__clerk/x%250d%250ahost:%20evil", MALFORMED),
        ("/__clerk/%09", MALFORMED),
        ("/__clerk/%7f", MALFORMED),
        ("/__clerk/%257F", MALFORMED),
        // Escapes that are none.
        ("/__clerk/%", MALFORMED),
        ("/__clerk/%2", MALFORMED),
        ("/__clerk/%zz", MALFORMED),
        ("/__clerk/%u002e%u002e/x", MALFORMED),
        ("/__clerk/%2", MALFORMED),
    ];
    let proxy = proxy();
    for (uri, expected) in table {
        let parts = head(Method::POST, uri.parse().unwrap());
        assert_eq!(proxy.matches(&parts.uri), expected != NOT_FOUND, "{uri}");
        match proxy.request(&parts, None) {
            Ok(request) => {
                assert_eq!(request.uri.scheme_str(), Some("https"), "{uri}");
                assert_eq!(request.uri.authority().unwrap(), "frontend-api.clerk.dev", "{uri}");
                assert_eq!(request.uri.port(), None, "{uri}");
                assert_eq!(expected, to(request.uri.path_and_query().unwrap().as_str()), "{uri}");
                assert_eq!(values(&request.headers, "host"), ["frontend-api.clerk.dev"], "{uri}");
                assert_eq!(values(&request.headers, "clerk-secret-key"), [KEY], "{uri}");
                assert_eq!(values(&request.headers, "clerk-proxy-url"), [PROXY_URL], "{uri}");
            }
            Err(refusal) => assert_eq!(expected, Err(refusal), "{uri}"),
        }
    }
    assert!(table.len() >= 100, "{}", table.len());
}

/// What the type for URIs takes, although no text of one has it.
#[test]
fn odd_bytes_are_refused() {
    let proxy = proxy();
    let (mut uris, mut refused) = (0, 0);
    for byte in 0..=255_u8 {
        for path in [&b"/__clerk/a"[..], b"/__clerk/", b"/__clerk/x?a"] {
            let Ok(uri) = Uri::from_maybe_shared([path, &[byte]].concat()) else { continue };
            uris += 1;
            let is_path = uri.query().is_none();
            let is_odd = byte.is_ascii_control() || is_path && !byte.is_ascii();
            // A backslash, half an escape; a segment of one dot, two slashes.
            let is_odd = is_odd
                || is_path && matches!(byte, b'\\' | b'%')
                || is_path && path.ends_with(b"/") && matches!(byte, b'.' | b'/');
            match proxy.request(&head(Method::GET, uri.clone()), None) {
                Ok(request) => {
                    assert!(!is_odd, "{uri:?}");
                    assert_eq!(request.uri.authority().unwrap(), "frontend-api.clerk.dev");
                }
                Err(refusal) => {
                    assert!(is_odd && refusal == ProxyRefusal::PathMalformed, "{uri:?}");
                    refused += 1;
                }
            }
        }
    }
    assert!(uris > 200 && refused >= 4, "{uris} {refused}");
}

#[test]
fn many_layers_of_escapes_take_no_time() {
    let uri = format!("/__clerk/%{}2e", "25".repeat(30_000)).parse().unwrap();
    let refusal = proxy().request(&head(Method::GET, uri), None).unwrap_err();
    assert_eq!(refusal, ProxyRefusal::PathMalformed);
}

#[test]
fn other_places_are_kept_to_the_letter() {
    for (api, path, expected) in [
        ("http://127.0.0.1:4010", "/__clerk/v1", "http://127.0.0.1:4010/v1"),
        ("http://[::1]:4010/", "/__clerk/v1", "http://[::1]:4010/v1"),
        ("http://localhost/base/", "/__clerk", "http://localhost/base"),
        (
            "https://api.example.com:8443/base",
            "/__clerk/?x",
            "https://api.example.com:8443/base/?x",
        ),
        ("HTTPS://API.example.com:443", "/__clerk/v1", "https://api.example.com/v1"),
        ("http://127.0.0.1:80", "/__clerk/v1", "http://127.0.0.1/v1"),
    ] {
        let proxy =
            FrontendApiProxy::builder(PROXY_URL, KEY).frontend_api_url(api).build().unwrap();
        let request = proxy.request(&head(Method::GET, path.parse().unwrap()), None).unwrap();
        assert_eq!(request.uri, expected);
        assert_eq!(request.headers["host"], *request.uri.authority().unwrap().as_str());
        // Out of the base there is no way.
        let out = head(Method::GET, "/__clerk/%2e%2e/x".parse().unwrap());
        assert_eq!(proxy.request(&out, None).unwrap_err(), ProxyRefusal::PathMalformed);
    }
}

#[test]
fn methods() {
    let proxy = proxy();
    let passes = |method: &str| {
        let parts = head(method.parse().unwrap(), "/__clerk/v1".parse().unwrap());
        proxy.request(&parts, None).map(|request| request.method.to_string())
    };
    for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] {
        assert_eq!(passes(method).unwrap(), method);
    }
    for method in ["CONNECT", "TRACE", "trace", "Connect", "TRACK", "DEBUG", "PROPFIND", "get", "X"]
    {
        assert_eq!(passes(method), Err(ProxyRefusal::MethodNotAllowed), "{method}");
    }
    // Whose path it is comes first.
    let elsewhere = head(Method::TRACE, "/x".parse().unwrap());
    assert_eq!(proxy.request(&elsewhere, None).unwrap_err(), ProxyRefusal::PathNotProxied);
    let connect = head(Method::CONNECT, "evil.example:443".parse().unwrap());
    assert!(proxy.request(&connect, None).is_err());
}

#[test]
fn refusals_are_answers() {
    for (refusal, status, code) in [
        (ProxyRefusal::PathNotProxied, 404, "proxy_path_mismatch"),
        (ProxyRefusal::PathMalformed, 400, "proxy_request_failed"),
        (ProxyRefusal::MethodNotAllowed, 405, "proxy_request_failed"),
        (ProxyRefusal::ProtocolSwitched, 502, "proxy_request_failed"),
    ] {
        let response = refusal.response();
        assert_eq!((response.status().as_u16(), refusal.code()), (status, code));
        assert_eq!(response.headers()["cache-control"], "no-store");
        let allow = response.headers().get("allow").map(|methods| methods.to_str().unwrap());
        let expected = (status == 405).then_some("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
        assert_eq!(allow, expected);
    }
}
