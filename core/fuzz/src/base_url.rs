//! URLs in settings: where a request goes is where a reader of the setting would say that it goes.
use clerk_core::{
    CallOptions, Config, Error, ErrorKind, Operation as _,
    api::users::GetUser,
    auth::{Handshake, PublishableKey, Verifier},
    frontend_api::FrontendApiProxy,
    testing::TestKey,
};
use http::{Request, Uri, header::AUTHORIZATION};

use super::kit::{CANARY, assert_error, config, text};

/// A URL, a publishable key, or a host.
pub fn base_url(data: &[u8]) {
    let text = &*text(data);
    base(text, "sk_test", false);
    base(text, "sk_live", false);
    base(text, "sk_live", true);
    for_one_call(text);
    proxy(text);
    publishable_key(text);
    handshake(text);
}

/// What is wrong with a setting: an error that names it, and says nothing of what may be a password in it.
fn refused(error: &Error) {
    assert_eq!(error.kind(), ErrorKind::InvalidRequest);
    assert_error(error, 300);
}

fn base(url: &str, kind: &str, anywhere: bool) {
    let builder = Config::builder(format!("{kind}_{CANARY}")).base_url(url);
    let builder = if anywhere { builder.allow_live_key_anywhere() } else { builder };
    let config = match builder.build() {
        Ok(config) => config,
        Err(error) => return refused(&error),
    };
    let uri = assert_base(url, &config.base_url());
    if kind == "sk_live" && !anywhere {
        assert!(is_clerks(uri.host().unwrap()), "{uri}");
    }
    // One normal form: it is its own.
    let builder = Config::builder("sk_test_abc").base_url(config.base_url());
    assert_eq!(builder.build().unwrap().base_url(), config.base_url());
    let request = GetUser::new("user_1").to_request(&config).unwrap();
    let expected = format!("{}/users/user_1", config.base_url());
    assert_eq!(request.uri().to_string(), expected);
    assert!(request.headers().contains_key(AUTHORIZATION));
    let shown = format!("{config:?} {:?}", request.headers());
    assert!(!shown.contains(CANARY) || in_path(url), "{shown}");
}

/// Whether a secret is written as a part of a URL's path: then it is one, and shown.
fn in_path(url: &str) -> bool {
    url.splitn(4, '/').nth(3).is_some_and(|path| path.contains(CANARY))
}

/// Compares what became of a URL with what another reader says of it.
fn assert_base(url: &str, base: &str) -> Uri {
    let uri: Uri = base.parse().unwrap();
    let authority = uri.authority().unwrap();
    assert!(!base.contains(['?', '#', '\\', ' ']) && base.is_ascii(), "{base}");
    assert!(!authority.as_str().contains('@'), "{base}");
    assert!(uri.path().split('/').all(|segment| !matches!(segment, "." | "..")), "{base}");
    let host = uri.host().unwrap();
    let is_loopback = matches!(host, "localhost" | "[::1]")
        || host.parse().is_ok_and(|address: std::net::Ipv4Addr| address.is_loopback())
        || host.starts_with("[") && host.ends_with("]");
    assert!(uri.scheme_str() == Some("https") || is_loopback, "{base}");
    // As browsers read it: the same place.
    let seen = match url::Url::parse(url.trim_ascii()) {
        Ok(seen) => seen,
        // What claims to be an encoded name and is none leads browsers nowhere, and nobody has such a host.
        Err(_) if host.split('.').any(|label| label.starts_with("xn--")) => return uri,
        Err(error) => panic!("{error}: {url}"),
    };
    assert_eq!(Some(seen.scheme()), uri.scheme_str(), "{url}");
    assert!(seen.username().is_empty() && seen.password().is_none(), "{url}");
    let default = if seen.scheme() == "https" { 443 } else { 80 };
    assert_eq!(seen.port_or_known_default(), Some(authority.port_u16().unwrap_or(default)));
    let address = |host: &str| {
        host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().map_err(|_| host.to_owned())
    };
    assert_eq!(address(seen.host_str().unwrap()), address(host), "{url}");
    uri
}

fn is_clerks(host: &str) -> bool {
    ["clerk.com", "clerk.dev"]
        .iter()
        .any(|domain| host == *domain || host.ends_with(&format!(".{domain}")))
}

fn for_one_call(url: &str) {
    let options = CallOptions::new().base_url(url);
    let call = clerk_core::Call::with_options(GetUser::new("user_1"), &config(), 0, options);
    let mut sent: Option<Request<_>> = None;
    let start = clerk_core::Moment::at(std::time::Duration::from_secs(1));
    let result = super::kit::drive(
        call,
        start,
        |request, _| {
            sent = Some(request);
            clerk_core::Event::Reply(Ok(http::Response::new(bytes::Bytes::new())))
        },
        |_| {},
    );
    match sent {
        Some(request) => {
            let whole = request.uri().to_string();
            assert_base(url, whole.strip_suffix("/users/user_1").unwrap());
        }
        None => refused(&result.unwrap_err()),
    }
}

fn proxy(url: &str) {
    let key = format!("sk_test_{CANARY}");
    match FrontendApiProxy::builder(url, &*key).build() {
        Err(error) => refused(&error),
        Ok(proxy) => {
            let public: Uri = proxy.proxy_url().parse().unwrap();
            assert!(proxy.path().starts_with('/') && public.path() == proxy.path());
            assert!(!proxy.path().contains("//") && !proxy.path().contains('%'), "{url}");
            passed_on(&proxy, "https://frontend-api.clerk.dev");
        }
    }
    let builder = FrontendApiProxy::builder("https://app.example.com/__clerk", &*key);
    match builder.frontend_api_url(url).build() {
        Err(error) => refused(&error),
        Ok(proxy) => {
            assert_base(url, &proxy.frontend_api_url());
            let target = proxy.frontend_api_url();
            passed_on(&proxy, &target);
        }
    }
    // And a path that browsers ask for.
    if let Ok(uri) = format!("/__clerk{url}").parse::<Uri>() {
        let proxy = FrontendApiProxy::builder("https://app.example.com/__clerk", &*key);
        let proxy = proxy.build().unwrap();
        let (parts, ()) = Request::get(uri).body(()).unwrap().into_parts();
        if let Ok(passed_on) = proxy.request(&parts, None) {
            let uri = passed_on.uri.to_string();
            assert_eq!(passed_on.uri.authority().unwrap().as_str(), "frontend-api.clerk.dev");
            assert_eq!(passed_on.uri.scheme_str(), Some("https"));
            // Nobody resolves it to somewhere else.
            let seen = url::Url::parse(&uri).unwrap();
            assert_eq!(seen.host_str(), Some("frontend-api.clerk.dev"), "{uri}");
            let decoded = |path| percent_encoding::percent_decode_str(path).collect::<Vec<_>>();
            assert_eq!(decoded(seen.path()), decoded(passed_on.uri.path()), "{uri}");
        }
    }
}

fn passed_on(proxy: &FrontendApiProxy, target: &str) {
    let uri = format!("{}/v1/client", proxy.path());
    let (parts, ()) = Request::get(uri).body(()).unwrap().into_parts();
    let passed_on = proxy.request(&parts, None).unwrap();
    assert_eq!(passed_on.uri.to_string(), format!("{target}/v1/client"));
    let shown = format!("{proxy:?} {:?}", passed_on.headers);
    assert!(!shown.contains(CANARY) || in_path(target) || proxy.path().contains(CANARY), "{shown}");
}

fn publishable_key(text: &str) {
    for key in [PublishableKey::new(text), PublishableKey::live(text), PublishableKey::test(text)] {
        let key = match key {
            Ok(key) => key,
            Err(error) => {
                refused(&error);
                continue;
            }
        };
        assert_eq!(PublishableKey::new(key.as_str()).unwrap(), key);
        assert_eq!(key.as_str().starts_with("pk_live_"), key.is_live());
        let issuer: Uri = key.issuer().parse().unwrap();
        assert_eq!(issuer.authority().unwrap().as_str(), key.frontend_api());
        let portal: Uri = key.account_portal().parse().unwrap();
        assert!(portal.host().is_some() && portal.path() == "/", "{portal}");
        let is_suffix = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        assert!(key.cookie_suffix().len() == 8 && key.cookie_suffix().bytes().all(is_suffix));
    }
}

/// Origins, pages and issuers, in the settings of a verifier.
fn handshake(url: &str) {
    let settings = [
        Handshake::new().origin(url),
        Handshake::new().origin("https://app.example.com").proxy_url(url),
        Handshake::new().origin("https://app.example.com").sign_in_url(url).sign_up_url(url),
        Handshake::new().origin("https://app.example.com").allowed_redirect_origin(url),
        Handshake::new()
            .origin("https://app.example.com")
            .satellite()
            .sign_in_url("https://primary.example/in")
            .domain(url),
        Handshake::new()
            .origin("https://app.example.com")
            .organization_pattern(url)
            .personal_account_pattern(url),
    ];
    for host in ["pk_live_Y2xlcmsuY2xlcmsuZGV2JA", "pk_test_Y2xlcmsuY2xlcmsuZGV2JA"] {
        for handshake in settings.clone() {
            let builder = Verifier::builder()
                .config(&config())
                .pem(TestKey::first().pem())
                .publishable_key(host)
                .handshake(handshake);
            match builder.build() {
                Ok(verifier) => {
                    let shown = format!("{verifier:?}");
                    assert!(!shown.contains(CANARY) || in_path(url), "{shown}");
                }
                Err(error) => refused(&error),
            }
        }
    }
    let builder = Verifier::builder().pem(TestKey::first().pem()).issuer(url);
    if let Err(error) = builder.build() {
        assert!(url.trim().is_empty(), "{error}");
    }
}
