//! What arrives at the Frontend API.
use std::net::SocketAddr;

use axum::{Router, extract::ConnectInfo};
use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt as _, Empty, Full, StreamBody};
use hyper::body::Frame;
use tower::{Service as _, ServiceExt as _};

use crate::{
    builder, in_time, passed_on, service,
    wire::{Upstream, ask, bare, both, on_axum, serve},
};

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

#[tokio::test]
async fn a_request_and_its_answer() {
    in_time(async {
        let api = Upstream::ok().await;
        for app in both(&service(api.address)).await {
            let request = "GET /__clerk/v1/client?_x=1 HTTP/1.1\r\nhost: app.example.com\r\nuser-agent: browser\r\n\
                           cookie: __session=a\r\nauthorization: Bearer b\r\n\r\n";
            assert_eq!(ask(app, request).await, OK);
        }
        let lines = "user-agent: browser\r\nauthorization: Bearer b\r\ncookie: __session=a\r\n";
        let expected = passed_on(api.address, "GET /v1/client?_x=1", lines);
        assert_eq!(api.seen(), [expected.clone(), expected]);
    })
    .await;
}

#[tokio::test]
async fn strangers_set_nothing_of_it() {
    in_time(async {
        let api = Upstream::ok().await;
        for app in both(&service(api.address)).await {
            let request = "GET /__clerk/v1 HTTP/1.1\r\nhost: evil.example\r\nclerk-secret-key: sk_test_stranger\r\n\
                           clerk_secret_key: sk_test_stranger\r\nclerk-proxy-url: https://evil.example\r\n\
                           x-forwarded-for: 6.6.6.6\r\nx-forwarded-host: evil.example\r\nforwarded: for=6.6.6.6\r\n\
                           cf-connecting-ip: 6.6.6.6\r\nx-real-ip: 6.6.6.6\r\nconnection: x-hop, clerk-secret-key, host\r\n\
                           x-hop: 1\r\nupgrade: websocket\r\nte: trailers\r\nkeep-alive: 1\r\nproxy-authorization: x\r\n\r\n";
            assert_eq!(ask(app, request).await, OK);
        }
        let expected = passed_on(api.address, "GET /v1", "");
        assert_eq!(api.seen(), [expected.clone(), expected]);
    })
    .await;
}

#[tokio::test]
async fn bodies_keep_their_length() {
    in_time(async {
        let api = Upstream::ok().await;
        let apps = both(&service(api.address)).await;
        for app in apps {
            for method in ["POST", "PUT", "PATCH", "DELETE", "GET"] {
                let request = format!(
                    "{method} /__clerk/v1 HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\na=b"
                );
                assert_eq!(ask(app, request).await, OK, "{method}");
                let seen = api.seen().pop().unwrap();
                let line = format!("{method} /v1");
                assert_eq!(seen, passed_on(api.address, &line, "content-length: 3\r\n"));
            }
            // Some servers insist on a length.
            assert_eq!(ask(app, "POST /__clerk/v1 HTTP/1.1\r\nhost: a\r\n\r\n").await, OK);
            let head = api.seen().pop().unwrap();
            assert!(head.contains("\r\ncontent-length: 0\r\n"), "{head}");
        }
    })
    .await;
}

/// What a layer in front has read is not there any more: a length that is left would take the next request with it.
#[tokio::test]
async fn a_body_that_is_gone_has_no_length() {
    in_time(async {
        let api = Upstream::ok().await;
        let service = service(api.address);
        let request = |body_length: &str| {
            Request::post("http://a/__clerk/v1").header("content-length", body_length)
        };
        let empty = request("50").body(Empty::<Bytes>::new()).unwrap();
        assert_eq!(service.clone().oneshot(empty).await.unwrap().status(), 200);
        let full = request("50").body(Full::from("a=b")).unwrap();
        let answer = service.clone().oneshot(full).await.unwrap();
        assert_eq!(answer.into_body().collect().await.unwrap().to_bytes(), "ok");
        let lengths: Vec<_> = api
            .seen()
            .iter()
            .map(|head| crate::wire::field(head, "content-length").unwrap().to_owned())
            .collect();
        assert_eq!(lengths, ["0", "3"]);
    })
    .await;
}

#[tokio::test]
async fn trailers_stay_behind() {
    in_time(async {
        let api = Upstream::start(|mut peer| async move {
            peer.head().await.unwrap();
            assert_eq!(peer.chunk().await.unwrap(), b"abc");
            // Nothing between the last chunk and the end.
            assert_eq!(peer.exactly(5).await, b"0\r\n\r\n");
            peer.send("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok").await;
        })
        .await;
        let mut trailers = http::HeaderMap::new();
        trailers.insert("clerk-secret-key", "sk_test_stranger".parse().unwrap());
        let frames = [Frame::data(Bytes::from("abc")), Frame::trailers(trailers)];
        let body = Frames(frames.into_iter().collect());
        let request =
            Request::post("/__clerk/v1").header("trailer", "clerk-secret-key").body(body).unwrap();
        assert_eq!(service(api.address).oneshot(request).await.unwrap().status(), 200);
    })
    .await;
}

/// A body of these frames.
struct Frames(std::collections::VecDeque<Frame<Bytes>>);

impl hyper::body::Body for Frames {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        std::task::Poll::Ready(self.0.pop_front().map(Ok))
    }
}

#[tokio::test]
async fn the_address_of_the_client() {
    in_time(async {
        let api = Upstream::ok().await;
        let service = builder(api.address)
            .client_ip(|parts| Some(parts.extensions.get::<ConnectInfo<SocketAddr>>()?.0.ip()))
            .build()
            .unwrap();
        let request = "GET /__clerk/v1 HTTP/1.1\r\nhost: a\r\nx-forwarded-for: 6.6.6.6\r\n\r\n";
        assert_eq!(ask(on_axum(service.clone()).await, request).await, OK);
        // Where nothing is known, nothing is said.
        assert_eq!(ask(bare(service).await, request).await, OK);
        let addresses: Vec<_> = api
            .seen()
            .iter()
            .map(|head| crate::wire::field(head, "x-forwarded-for").map(str::to_owned))
            .collect();
        assert_eq!(addresses, [Some("127.0.0.1".to_owned()), None]);
    })
    .await;
}

#[tokio::test]
async fn connections_are_kept() {
    in_time(async {
        let connections = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let count = std::sync::Arc::clone(&connections);
        let api = Upstream::start(move |mut peer| {
            count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            async move {
                while peer.head().await.is_some() {
                    peer.send(OK).await;
                }
            }
        })
        .await;
        let app = bare(service(api.address)).await;
        for _ in 0..5 {
            assert_eq!(ask(app, "GET /__clerk/v1 HTTP/1.1\r\nhost: a\r\n\r\n").await, OK);
        }
        assert_eq!(api.seen().len(), 5);
        assert_eq!(connections.load(std::sync::atomic::Ordering::SeqCst), 1);
    })
    .await;
}

#[tokio::test]
async fn who_waits_to_send_is_told_to() {
    in_time(async {
        let api = Upstream::ok().await;
        for app in both(&service(api.address)).await {
            let mut browser = crate::wire::Peer::connect(app).await;
            browser
                .send("POST /__clerk/v1 HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 3\r\n\r\n")
                .await;
            assert_eq!(browser.head().await.unwrap(), "HTTP/1.1 100 Continue\r\n\r\n");
            browser.send("a=b").await;
            assert_eq!(browser.answer().await, OK);
            assert_eq!(
                api.seen().pop().unwrap(),
                passed_on(api.address, "POST /v1", "content-length: 3\r\n")
            );
        }
    })
    .await;
}

#[tokio::test]
async fn it_wants_the_whole_path() {
    in_time(async {
        let api = Upstream::ok().await;
        let service = service(api.address);
        let nested = serve(Router::new().nest_service("/__clerk", service.clone())).await;
        let answer = ask(nested, "GET /__clerk/v1 HTTP/1.1\r\nhost: a\r\n\r\n").await;
        assert!(answer.starts_with("HTTP/1.1 404 Not Found\r\n"), "{answer}");
        assert!(answer.contains("proxy_path_mismatch"), "{answer}");
        assert_eq!(api.seen().len(), 0);
        let fallback = serve(Router::new().fallback_service(service)).await;
        assert_eq!(ask(fallback, "GET /__clerk/v1 HTTP/1.1\r\nhost: a\r\n\r\n").await, OK);
        assert_eq!(api.seen(), [passed_on(api.address, "GET /v1", "")]);
    })
    .await;
}

#[tokio::test]
async fn it_is_always_ready_and_takes_any_body() {
    in_time(async {
        let api = Upstream::ok().await;
        let mut service = service(api.address);
        let body = StreamBody::new(Nothing);
        let ready = std::future::poll_fn(|cx| {
            tower::Service::<Request<Empty<Bytes>>>::poll_ready(&mut service, cx)
        });
        ready.await.unwrap();
        let request = Request::delete("/__clerk/v1").body(body).unwrap();
        assert_eq!(service.call(request).await.unwrap().status(), 200);
    })
    .await;
}

/// A stream that ends at once.
struct Nothing;

impl futures_core::Stream for Nothing {
    type Item = Result<Frame<Bytes>, std::io::Error>;

    fn poll_next(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Self::Item>> {
        std::task::Poll::Ready(None)
    }
}
