//! What comes back to the browser.
use bytes::Bytes;
use http::Request;
use http_body_util::{BodyExt as _, Empty};
use hyper::body::Body as _;
use tower::ServiceExt as _;

use crate::{
    in_time, service, unreachable,
    wire::{Peer, Upstream, ask, bare, both},
};

const GET: &str = "GET /__clerk/v1 HTTP/1.1\r\nhost: a\r\n\r\n";

#[tokio::test]
async fn fields_and_cookies() {
    in_time(async {
        let api = Upstream::answering(
            "HTTP/1.1 201 Whatever\r\nSet-Cookie: __client=a; Path=/; HttpOnly\r\ncontent-type: text/plain\r\n\
             Set-Cookie: __session=b\r\nconnection: keep-alive, x-hop\r\nx-hop: 1\r\nkeep-alive: timeout=5\r\n\
             clerk-secret-key: sk_test_canary7f3a\r\nalt-svc: h3=\":443\"\r\ncontent-encoding: br\r\n\
             content-length: 3\r\n\r\nabc",
        )
        .await;
        for app in both(&service(api.address)).await {
            let expected = "HTTP/1.1 201 Created\r\nset-cookie: __client=a; Path=/; HttpOnly\r\n\
                            set-cookie: __session=b\r\ncontent-type: text/plain\r\ncontent-encoding: br\r\n\
                            content-length: 3\r\n\r\nabc";
            assert_eq!(ask(app, GET).await, expected);
        }
    })
    .await;
}

#[tokio::test]
async fn locations_lead_through_the_proxy() {
    in_time(async {
        for (from, to) in [
            ("http://API/v1/x?y#z", "https://app.example.com/__clerk/v1/x?y#z"),
            ("/v1/x", "https://app.example.com/__clerk/v1/x"),
            ("https://app.example.com/after", "https://app.example.com/after"),
            ("//evil.example/", "//evil.example/"),
        ] {
            let api = Upstream::start(move |mut peer| async move {
                while let Some(head) = peer.head().await {
                    let host = crate::wire::field(&head, "host").unwrap().to_owned();
                    let from = from.replace("API", &host);
                    peer.send(format!(
                        "HTTP/1.1 307 X\r\nlocation: {from}\r\ncontent-length: 0\r\n\r\n"
                    ))
                    .await;
                }
            })
            .await;
            for app in both(&service(api.address)).await {
                let expected = format!(
                    "HTTP/1.1 307 Temporary Redirect\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n"
                );
                assert_eq!(ask(app, GET).await, expected);
            }
        }
    })
    .await;
}

#[tokio::test]
async fn answers_without_a_body() {
    in_time(async {
        for (method, answer, expected) in [
            (
                "HEAD",
                "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n",
                "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n",
            ),
            (
                "HEAD",
                "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
                "HTTP/1.1 200 OK\r\n\r\n",
            ),
            (
                "GET",
                "HTTP/1.1 304 X\r\netag: \"a\"\r\n\r\n",
                "HTTP/1.1 304 Not Modified\r\netag: \"a\"\r\n\r\n",
            ),
            (
                "GET",
                "HTTP/1.1 304 X\r\netag: \"a\"\r\ncontent-length: 5\r\n\r\n",
                // hyper, in front, leaves the length out.
                "HTTP/1.1 304 Not Modified\r\netag: \"a\"\r\n\r\n",
            ),
            ("POST", "HTTP/1.1 204 X\r\n\r\n", "HTTP/1.1 204 No Content\r\n\r\n"),
            (
                "POST",
                "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
                "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
            ),
        ] {
            let api = Upstream::answering(answer).await;
            for app in both(&service(api.address)).await {
                let mut browser = Peer::connect(app).await;
                // Twice on each connection: nothing is left of the first one.
                for _ in 0..2 {
                    browser.send(format!("{method} /__clerk/v1 HTTP/1.1\r\nhost: a\r\n\r\n")).await;
                    assert_eq!(browser.head().await.unwrap(), expected, "{method}");
                }
                browser.finish().await;
                assert_eq!(browser.rest().await, "");
            }
            assert_eq!(api.seen().len(), 4);
        }
    })
    .await;
}

#[tokio::test]
async fn chunks_and_what_ends_with_the_connection() {
    in_time(async {
        let api = Upstream::start(|mut peer| async move {
            peer.head().await.unwrap();
            peer.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntrailer: x-end\r\n\r\n")
                .await;
            peer.send("3\r\nabc\r\n2;a=b\r\nde\r\n0\r\nx-end: 1\r\n\r\n").await;
            peer.head().await.unwrap();
            peer.send("HTTP/1.1 200 OK\r\n\r\nuntil it ends").await;
        })
        .await;
        let app = bare(service(api.address)).await;
        let mut browser = Peer::connect(app).await;
        browser.send(GET).await;
        assert_eq!(
            browser.head().await.unwrap(),
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
        );
        assert_eq!(browser.chunks().await, (b"abcde".to_vec(), true));
        browser.send(GET).await;
        assert_eq!(
            browser.head().await.unwrap(),
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
        );
        assert_eq!(browser.chunks().await, (b"until it ends".to_vec(), true));
    })
    .await;
}

#[tokio::test]
async fn an_old_browser_gets_no_chunks() {
    in_time(async {
        let api = Upstream::answering(
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
        )
        .await;
        for app in both(&service(api.address)).await {
            let mut browser = Peer::connect(app).await;
            browser.send("GET /__clerk/v1 HTTP/1.0\r\n\r\n").await;
            assert_eq!(browser.head().await.unwrap(), "HTTP/1.0 200 OK\r\n\r\n");
            assert_eq!(browser.rest().await, "abc");
        }
    })
    .await;
}

#[tokio::test]
async fn interim_answers_are_waited_through() {
    in_time(async {
        let interim = "HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n".repeat(20);
        let api =
            Upstream::answering(format!("{interim}HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"))
                .await;
        for app in both(&service(api.address)).await {
            assert_eq!(ask(app, GET).await, "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
        }
    })
    .await;
}

#[tokio::test]
async fn protocols_are_not_switched() {
    in_time(async {
        let api = Upstream::start(|mut peer| async move {
            peer.head().await.unwrap();
            peer.send("HTTP/1.1 101 X\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\nhello").await;
            assert_eq!(peer.head().await, None);
        })
        .await;
        for app in both(&service(api.address)).await {
            let request = "GET /__clerk/v1 HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n";
            let answer = ask(app, request).await;
            let message = "the Frontend API gave an answer that cannot be passed on";
            let refused = crate::told("502 Bad Gateway", "", "proxy_request_failed", message);
            assert!(answer == refused || answer == unreachable(), "{answer}");
        }
        for head in api.seen() {
            assert_eq!(head, crate::passed_on(api.address, "GET /v1", ""));
        }
    })
    .await;
}

/// Whatever server is in front: trailers stay behind, and where there is no body, nothing is said of its length.
#[tokio::test]
async fn bodies_as_servers_see_them() {
    in_time(async {
        let api = Upstream::start(|mut peer| async move {
            while let Some(head) = peer.head().await {
                peer.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntrailer: clerk-secret-key\r\n\r\n").await;
                if head.starts_with("GET ") {
                    peer.send("3\r\nabc\r\n0\r\nclerk-secret-key: sk_test_canary7f3a\r\n\r\n").await;
                }
            }
        })
        .await;
        let service = service(api.address);
        let request = Request::get("/__clerk/v1").body(Empty::<Bytes>::new()).unwrap();
        let body = service.clone().oneshot(request).await.unwrap().into_body().collect().await.unwrap();
        assert!(body.trailers().is_none());
        assert_eq!(body.to_bytes(), "abc");
        let request = Request::head("/__clerk/v1").body(Empty::<Bytes>::new()).unwrap();
        let body = service.oneshot(request).await.unwrap().into_body();
        assert_eq!((body.is_end_stream(), body.size_hint().exact()), (true, None));
        assert!(body.collect().await.unwrap().to_bytes().is_empty());
    })
    .await;
}
