//! What a service can be made of, and what `Debug` shows of it.
use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use clerk_hyper::frontend_api::{FrontendApiProxy, FrontendApiService};
use http::{Request, Uri};
use http_body_util::Empty;
use hyper_util::{client::legacy::connect::HttpConnector, rt::TokioIo};
use tokio::net::TcpStream;
use tower::{ServiceExt as _, service_fn};

use crate::{builder, in_time, wire::Upstream};

#[test]
fn what_cannot_be_used_is_named() {
    let new = || builder(([127, 0, 0, 1], 9).into());
    for (builder, message) in [
        (new().response_timeout(Duration::ZERO), "invalid `response_timeout`: no time at all"),
        (new().connect_timeout(Duration::ZERO), "invalid `connect_timeout`: no time at all"),
        (new().idle_timeout(Duration::ZERO), "invalid `idle_timeout`: no time at all"),
        (new().max_idle_connections(0), "invalid `max_idle_connections`: nothing at all"),
        (new().proxy("socks5://x"), "invalid `proxy`: only proxies at http://"),
        (
            new().connector(HttpConnector::new()).proxy("http://x"),
            "invalid `connector`: it does TLS and proxies by itself",
        ),
    ] {
        let error = builder.build().unwrap_err();
        assert!(error.to_string().starts_with(message), "{error}");
    }
    let longest = new().response_timeout(Duration::MAX).connect_timeout(Duration::MAX);
    assert!(longest.idle_timeout(Duration::MAX).build().is_ok());
}

#[test]
fn nothing_shows_the_key() {
    let builder = builder(([127, 0, 0, 1], 9).into());
    let shown = format!("{builder:?}");
    let shown = format!("{shown} {:?}", builder.build().unwrap());
    assert!(!shown.contains("canary"), "{shown}");
    assert!(shown.contains("https://app.example.com/__clerk"), "{shown}");
}

#[tokio::test]
async fn the_longest_time_is_a_time() {
    in_time(async {
        let api = Upstream::ok().await;
        let service = builder(api.address).response_timeout(Duration::MAX).build().unwrap();
        let request = Request::get("/__clerk/v1").body(Empty::<Bytes>::new()).unwrap();
        assert_eq!(service.oneshot(request).await.unwrap().status(), 200);
    })
    .await;
}

/// Unless set, it is Clerk that is asked. (The connector shows where to, and makes no TLS session.)
#[tokio::test]
async fn clerk_is_asked_unless_another_place_is_set() {
    in_time(async {
        let api = Upstream::ok().await;
        let address = api.address;
        let asked = Arc::<std::sync::Mutex<Vec<String>>>::default();
        let log = Arc::clone(&asked);
        let connector = service_fn(move |uri: Uri| {
            log.lock().unwrap().push(uri.to_string());
            async move { TcpStream::connect(address).await.map(TokioIo::new) }
        });
        let proxy = FrontendApiProxy::builder("https://app.example.com/__clerk", "sk_live_canary7f3a");
        let service = FrontendApiService::builder(&proxy.build().unwrap()).connector(connector);
        let request = Request::get("http://evil.example/__clerk/v1").header("host", "evil.example");
        let request = request.body(Empty::<Bytes>::new()).unwrap();
        assert_eq!(service.build().unwrap().oneshot(request).await.unwrap().status(), 200);
        assert_eq!(*asked.lock().unwrap(), ["https://frontend-api.clerk.dev/"]);
        assert_eq!(api.seen(), [
            "GET /v1 HTTP/1.1\r\nhost: frontend-api.clerk.dev\r\nclerk-proxy-url: https://app.example.com/__clerk\r\n\
             clerk-secret-key: sk_live_canary7f3a\r\nx-forwarded-host: app.example.com\r\nx-forwarded-proto: https\r\n\r\n"
        ]);
    })
    .await;
}
