//! Requests that nobody thought of.
use clerk_core::frontend_api::FrontendApiProxy;
use http::{HeaderName, HeaderValue, Method, Request, Response, Uri};
use proptest::prelude::{
    Just, ProptestConfig, Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest,
};

use super::{KEY, PROXY_URL, head, values};

/// Pieces of which attacks are made, among anything else.
fn pieces() -> impl Strategy<Value = Vec<u8>> {
    let known: Vec<&[u8]> = vec![
        b"/",
        b"//",
        b".",
        b"..",
        b"%2e",
        b"%252e",
        b"%2f",
        b"%5c",
        b"\\",
        b"%",
        b"25",
        b"2e",
        b"@",
        b":",
        b";",
        b"?",
        b"#",
        b"evil.example",
        b"http://",
        b"frontend-api.clerk.dev",
        b"/__clerk",
        b"%00",
        b"%0d%0a",
        b"v1",
        b":443",
    ];
    let known = prop::sample::select(known).prop_map(<[u8]>::to_vec);
    let piece = prop_oneof![4 => known, 1 => prop::collection::vec(any::<u8>(), 0..4)];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// The path as one reader after the other might take it, escapes taken away each time.
fn readings(path: &str) -> Vec<Vec<u8>> {
    let mut readings = vec![path.as_bytes().to_vec()];
    loop {
        let last = readings.last().unwrap();
        let next: Vec<u8> = percent_encoding::percent_decode(last).collect();
        if next == *last {
            return readings;
        }
        readings.push(next);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 4096, ..ProptestConfig::default() })]

    /// Whatever the target of a request is, it goes to the configured place or nowhere.
    #[test]
    fn the_place_is_the_configured_one(
        start in prop_oneof![
            4 => Just("/__clerk/"), 1 => Just("/__clerk"), 1 => Just("http://evil.example/__clerk/"), 1 => Just(""), 1 => Just("/"),
        ],
        more in pieces(),
        method in prop::sample::select(vec!["GET", "POST", "TRACE", "CONNECT", "X"]),
        (api, scheme, authority, base) in prop::sample::select(vec![
            ("https://frontend-api.clerk.dev", "https", "frontend-api.clerk.dev", ""),
            ("http://127.0.0.1:4010/base", "http", "127.0.0.1:4010", "/base"),
        ]),
    ) {
        let proxy = FrontendApiProxy::builder(PROXY_URL, KEY).frontend_api_url(api).build().unwrap();
        if let Ok(uri) = Uri::from_maybe_shared([start.as_bytes(), &more].concat()) {
            let parts = head(method.parse().unwrap(), uri.clone());
            let result = proxy.request(&parts, None);
            prop_assert!(proxy.matches(&uri) || result.is_err());
            if let Ok(request) = result {
                prop_assert!(matches!(method, "GET" | "POST"));
                prop_assert_eq!(request.uri.scheme_str(), Some(scheme));
                prop_assert_eq!(request.uri.authority().unwrap().as_str(), authority);
                // It is read again as it was meant.
                let again: Uri = request.uri.to_string().parse().unwrap();
                prop_assert_eq!(again.authority().unwrap().as_str(), authority);
                prop_assert_eq!(&again, &request.uri);
                prop_assert_eq!(request.uri.query(), uri.query());
                let path = request.uri.path();
                let below = path.strip_prefix(base).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
                prop_assert!(below, "{}", path);
                let rest = &path[base.len()..];
                for reading in readings(rest) {
                    prop_assert!(!reading.starts_with(b"//"), "{}", path);
                    prop_assert!(!reading.iter().any(|byte| byte.is_ascii_control() || *byte == b'\\'), "{}", path);
                    let mut segments = reading.split(|byte| *byte == b'/');
                    prop_assert!(!segments.any(|segment| segment == b"." || segment == b".."), "{}", path);
                }
                prop_assert_eq!(values(&request.headers, "clerk-secret-key"), [KEY]);
                prop_assert_eq!(values(&request.headers, "host"), [authority]);
            }
        }
    }

    /// Whatever the fields of a request are, the proxy's are its own, and `Debug` shows no key.
    #[test]
    fn the_fields_are_its_own(
        fields in prop::collection::vec((
            prop_oneof![
                prop::sample::select(vec![
                    "clerk-secret-key", "clerk_secret_key", "clerk-proxy-url", "host", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto",
                    "connection", "content-length", "transfer-encoding", "cookie", "x-own",
                ]).prop_map(str::to_owned),
                "[a-zA-Z_-]{1,12}",
            ],
            prop_oneof![
                prop::collection::vec(any::<u8>(), 0..12),
                Just(b"host, clerk-secret-key ,clerk-proxy-url, x-forwarded-host".to_vec()),
            ],
        ), 0..8),
    ) {
        let proxy = FrontendApiProxy::builder(PROXY_URL, KEY).build().unwrap();
        let (mut parts, ()) = Request::get("/__clerk/v1").body(()).unwrap().into_parts();
        for (name, value) in fields {
            if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_bytes(&value)) {
                parts.headers.append(name, value);
            }
        }
        let request = proxy.request(&parts, None).unwrap();
        prop_assert_eq!(values(&request.headers, "clerk-secret-key"), [KEY]);
        prop_assert_eq!(values(&request.headers, "clerk-proxy-url"), [PROXY_URL]);
        prop_assert_eq!(values(&request.headers, "host"), ["frontend-api.clerk.dev"]);
        prop_assert_eq!(values(&request.headers, "x-forwarded-host"), ["app.example.com"]);
        prop_assert_eq!(values(&request.headers, "x-forwarded-proto"), ["https"]);
        for name in ["x-forwarded-for", "clerk_secret_key", "connection", "transfer-encoding"] {
            prop_assert!(!request.headers.contains_key(name));
        }
        prop_assert!(request.headers.get_all("content-length").iter().count() < 2);
        prop_assert!(request.headers.get_all("cookie").iter().count() < 2);
        let shown = format!("{request:?}");
        prop_assert!(!shown.contains("canary"), "{}", shown);
    }

    /// A location leads through the proxy or stays as it is; through the proxy it can be asked for.
    #[test]
    fn locations(
        start in prop::sample::select(vec!["", "/", "https://frontend-api.clerk.dev", "https://frontend-api.clerk.dev/", "//", "http://"]),
        more in pieces(),
    ) {
        let proxy = FrontendApiProxy::builder(PROXY_URL, KEY).build().unwrap();
        if let Ok(from) = HeaderValue::from_bytes(&[start.as_bytes(), &more].concat()) {
            let (mut parts, ()) = Response::builder().header("location", &from).body(()).unwrap().into_parts();
            proxy.response(&mut parts).unwrap();
            let to = &parts.headers["location"];
            if *to != from {
                let to = to.to_str().unwrap();
                let rest = to.strip_prefix("https://app.example.com").unwrap();
                prop_assert!(from.to_str().unwrap().ends_with(rest.strip_prefix("/__clerk").unwrap()));
                if let Ok(uri) = to.parse::<Uri>() {
                    prop_assert_eq!(uri.host(), Some("app.example.com"));
                    prop_assert!(proxy.matches(&uri));
                    let asked = proxy.request(&head(Method::GET, uri), None);
                    prop_assert!(asked.is_ok(), "{}", to);
                }
            }
        }
    }
}
